"""What is seen of the questions about rows while they are asked: the queries, and how far a long one has come."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from checker.asking import Asking
from checker.outputs.escape import visible, visible_lines


@contextmanager
def watched(asking: Asking, *, shown: bool) -> Iterator[None]:
    """The queries on standard error where they are wanted, the progress where that is a terminal."""
    is_terminal = sys.stderr.isatty()
    if shown:
        asking.show = _query
    elif is_terminal:
        asking.progress = _progress
    try:
        yield
    finally:
        if asking.progress:
            _progress("")


def _query(sql: str) -> None:
    """A query as it is about to be sent."""
    print("\n".join(visible_lines(sql)) + "\n;", file=sys.stderr, flush=True)


def _progress(text: str) -> None:
    """One line that the next one replaces."""
    print(f"\r\x1b[K{visible(text)}", end="", file=sys.stderr, flush=True)
