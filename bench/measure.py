"""Medians and the table that shows them."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

RUNS = 5


@dataclass(frozen=True)
class Row:
    """One measurement in seconds, what it is held against, and the limit of the two's ratio (or of itself)."""

    what: str
    seconds: float
    against: str = ""
    baseline: float | None = None
    limit: float | None = None

    @property
    def ratio(self) -> float | None:
        """How many times the baseline."""
        return self.seconds / self.baseline if self.baseline else None

    @property
    def missed(self) -> bool:
        """True where the limit is exceeded."""
        measured = self.ratio if self.baseline else self.seconds
        return self.limit is not None and measured is not None and measured > self.limit


def median(action: Callable[[], object]) -> float:
    """The median time of five runs, after one that does not count."""
    action()
    return statistics.median(_timed(action) for _ in range(RUNS))


def _timed(action: Callable[[], object]) -> float:
    start = time.perf_counter()
    action()
    return time.perf_counter() - start


def command(*words: str | Path, python_path: Path | None = None) -> Callable[[], None]:
    """Something that runs a command and minds neither its output nor that it found something (exit 1)."""
    added = {"PYTHONPATH": str(python_path)} if python_path else {}

    def run() -> None:
        done = subprocess.run(
            [str(word) for word in words], capture_output=True, text=True, env=os.environ | added
        )
        if done.returncode not in (0, 1):
            raise SystemExit(f"{words[0]} ended with {done.returncode}: {done.stderr[-1000:]}")

    return run


def beside_python(program: str) -> Path:
    """A program that is installed in the same environment as this Python."""
    return Path(sys.executable).parent / program


def table(rows: Sequence[Row]) -> str:
    """The rows as text, columns aligned."""
    head = ("measured", "seconds", "against", "seconds", "ratio", "limit", "")
    lines = [head, *map(_cells, rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(head))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    )


def _cells(row: Row) -> tuple[str, ...]:
    limit = "" if row.limit is None else f"{row.limit:g}" + (" ×" if row.baseline else " s")
    return (
        row.what,
        f"{row.seconds:.3f}",
        row.against,
        f"{row.baseline:.3f}" if row.baseline else "",
        f"{row.ratio:.2f} ×" if row.ratio else "",
        limit,
        "MISSED" if row.missed else ("ok" if row.limit is not None else ""),
    )
