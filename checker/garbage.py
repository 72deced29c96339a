"""The collector of cycles, held back where values are made by the hundred thousand."""

from __future__ import annotations

import atexit
import gc
from collections.abc import Iterator
from contextlib import contextmanager

ENOUGH = 500_000
"""New objects between two collections, some 50 MB of them: a parsed query does hold cycles."""


@contextmanager
def rare_collections() -> Iterator[None]:
    """Frozen values have no cycles: looking for some takes a tenth to a third of the time, and finds nothing."""
    usual = gc.get_threshold()
    gc.set_threshold(ENOUGH, *usual[1:])
    try:
        yield
    finally:
        gc.set_threshold(*usual)


def rare_for_good() -> None:
    """The same for a process that runs one command and ends: what it holds then goes back to the system at once."""
    gc.set_threshold(ENOUGH, *gc.get_threshold()[1:])
    atexit.register(gc.freeze)
