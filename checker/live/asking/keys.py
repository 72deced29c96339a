"""Primary keys of offending rows: the only values that ever leave a database, and only where they were asked for."""

from __future__ import annotations

from collections.abc import Sequence

from checker.live.asking.leaves import only_leaf
from checker.live.asking.port import Row
from checker.probe import Count, Duplicates, Matching, Orphans, Probe
from checker.rows import Computed, Copy, Kept, Rows, Stored

MOST = 5
LONGEST = 60
"""Characters of a key that are shown."""


def stored_of(probe: Probe) -> Stored | None:
    """The live table whose keys tell the offenders apart; None where they come from nowhere in particular."""
    return only_leaf(probe.rows) if isinstance(probe, Count | Duplicates | Matching | Orphans) else None


def carried(rows: Rows, columns: Sequence[str]) -> tuple[str, ...]:
    """What the columns of the live table are called here; () where one of them did not stay as it was."""
    match rows:
        case Stored():
            return tuple(columns)
        case Kept(source=source):
            return carried(source, columns)
        case Computed(source=source, outputs=outputs):
            below = carried(source, columns)
            names = {one.value.column: one.field.name for one in outputs if isinstance(one.value, Copy)}
            return tuple(names[one] for one in below) if all(one in names for one in below) else ()
        case _:
            return ()


def shown(columns: Sequence[str], rows: Sequence[Row]) -> tuple[str, ...]:
    """The keys in words: `id = 7`, of duplicates `id = 7 and 9`.

    >>> shown(("id",), [("7",), ("8",)]), shown(("a", "b"), [("1, x", "2, x")])
    (('id = 7', 'id = 8'), ('(a, b) = (1, x) and (2, x)',))
    """
    name = ", ".join(columns)
    if len(columns) > 1:
        name = f"({name})"
    return tuple(
        f"{name} = {' and '.join(dict.fromkeys(_cut(value, columns) for value in row))}"
        for row in rows
        if all(isinstance(value, str) for value in row)
    )


def _cut(value: str, columns: Sequence[str]) -> str:
    text = value if len(value) <= LONGEST else value[: LONGEST - 1] + "…"
    return f"({text})" if len(columns) > 1 else text
