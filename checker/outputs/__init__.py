"""The output port: one file per format, each with `render(report, options) -> str`, which is pure.

A new format is one file and one line in `FORMATS`; its module is imported when it is asked for.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    # names and --version must not wait for the report's classes
    from checker.finding import Report
    from checker.outputs.options import Options

Render: TypeAlias = "Callable[[Report, Options], str]"

FORMATS = {
    "text": "text",
    "json": "json_report",
    "github": "github",
}


def renderer(name: str) -> Render:
    """The function that renders the format; KeyError for a name that is not in `FORMATS`."""
    render: Render = import_module(f"{__name__}.{FORMATS[name]}").render
    return render


__all__ = ["FORMATS", "Render", "renderer"]
