"""The command line: the only place that prints, reads the environment and ends the process."""

from __future__ import annotations

from checker.cli.main import main

__all__ = ["main"]
