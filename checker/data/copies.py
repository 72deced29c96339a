"""What a copy leaves out: columns of a table whose rows others have taken over."""

from __future__ import annotations

from collections.abc import Iterator

from checker.catalog import QName, Table
from checker.change import Change
from checker.rows import Both, Computed, Formula, Kept, Rows, Selected, Unknown, rows_of
from checker.step import Step


def heirs(step: Step[Change], table: QName) -> tuple[Table, ...]:
    """The other tables that its rows were copied into."""
    found = (step.table(name) for name in sorted(step.facts.targets_of(table)))
    return tuple(one for one in found if one is not None)


def left_out(step: Step[Change], table: QName) -> Iterator[str]:
    """The columns of a table whose values none of its copies has taken over."""
    old, built = step.table(table), heirs(step, table)
    for column in old.columns if old is not None else ():
        if built and not any(_takes(step, old, new, column.name) for new in built if old is not None):
            yield column.name


def _takes(step: Step[Change], old: Table, new: Table, column: str) -> bool:
    """Whether the copy has the column: under its name, or read for one that only the new table has."""
    read = _read(rows_of(step.before, new.name))
    if read is not None and column not in read:
        return False
    return new.column(column) is not None or (
        read is not None and any(old.column(one.name) is None for one in new.columns)
    )


def _read(rows: Rows) -> frozenset[str] | None:
    """The columns that the queries behind the rows mention; None where that is not known."""
    if isinstance(rows, Unknown):
        return None
    queries = tuple(_queries(rows))
    if not queries or any("*" in one.text for one in queries):
        return None
    return frozenset[str]().union(*(one.columns for one in queries))


def _queries(rows: Rows) -> Iterator[Formula]:
    match rows:
        case Selected(query=query):
            yield query
        case Computed(source=source) | Kept(source=source):
            yield from _queries(source)
        case Both(first=first, second=second):
            yield from _queries(first)
            yield from _queries(second)
