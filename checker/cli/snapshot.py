"""`ddlguard snapshot`: what a check needs to know of a database, as a file."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from checker.asking import TIMEOUT, Asking
from checker.cli.arguments import parse, snapshot_parser
from checker.cli.settings import LiveChoice, database
from checker.cli.stop import Exit, Stop
from checker.outputs.escape import visible
from checker.snapshot.contents import Snapshot

BUDGET = 300.0
"""Seconds for all questions: a snapshot asks about every table, and nobody waits for it."""


def snapshot(arguments: list[str]) -> Exit:
    """The command; raises Stop where the database cannot be read or the file not be written."""
    given = parse(snapshot_parser(), arguments)
    asking = Asking(given.probes, given.probe_timeout or TIMEOUT, given.probe_budget or BUDGET)
    found = _taken(database(given, os.environ), given.name or "", asking)
    from checker.snapshot.document import dumps

    text = dumps(found)
    if given.output == "-":
        sys.stdout.write(text)
    else:
        _write(Path(given.output), text)
    for line in found.gaps:
        print(f"ddlguard: {visible(line)}", file=sys.stderr)
    return Exit.OK


def _taken(choice: LiveChoice, name: str, asking: Asking) -> Snapshot:
    from checker.live import LiveError, connect
    from checker.snapshot.take import taken

    try:
        with connect(choice.url or "") as live:
            return taken(live, name=name, asking=asking)
    except LiveError as problem:
        raise Stop(f"{choice.said}: {problem}", Exit.INCOMPLETE) from None


def _write(path: Path, text: str) -> None:
    """All of the file or nothing: what was there before stays until the new one is complete."""
    partial = path.with_name(f"{path.name}.partial")
    try:
        if path.exists() and not path.is_file():
            path.write_text(text, encoding="utf-8", newline="\n")
            return
        partial.write_text(text, encoding="utf-8", newline="\n")
        os.replace(partial, path)
    except (OSError, ValueError) as problem:
        partial.unlink(missing_ok=True)
        said = (getattr(problem, "strerror", None) or str(problem)).lower()
        raise Stop(f"cannot write {path}: {said}") from None
