"""Constraints that wait for the end of the transaction: what COMMIT looks at."""

from __future__ import annotations

from collections.abc import Iterator

from checker.catalog import Catalog, ForeignKey, PrimaryKey, QName, Table, Unique
from checker.data.conflicts import has_partner
from checker.data.constraints import Demands
from checker.probe import Key
from checker.refusals import Demand
from checker.rows import Nothing, Rows, Unknown, kept, rows_of


def demands(view: Demands) -> Iterator[Demand]:
    """What the rows must meet when the transaction ends, of the tables that it wrote."""
    marks = view.reader.scope.session.marks
    if not marks:
        return
    start = marks[0].catalog
    for table in view.before.tables():
        for constraint in table.constraints:
            match constraint:
                case ForeignKey(validated=True, enforced=True) if view.waits(constraint):
                    if view.keys_enforced and _is_written(view.before, start, table.name, constraint.target):
                        yield from _orphans(view, start, table, constraint)
                case PrimaryKey(initially_deferred=True) | Unique(initially_deferred=True):
                    if _is_written(view.before, start, table.name):
                        keys = tuple(map(Key, constraint.columns))
                        equal = isinstance(constraint, Unique) and constraint.nulls_not_distinct
                        yield from view.unique(table.name, constraint.name, keys, nulls_equal=equal)


def _is_written(now: Catalog, start: Catalog, *names: QName) -> bool:
    """True where the transaction has changed the rows of one of the tables."""
    return any(name in now.data and now.data.get(name) != start.data.get(name) for name in names)


def _orphans(view: Demands, start: Catalog, table: Table, key: ForeignKey) -> Iterator[Demand]:
    held = rows_of(view.before, table.name)
    if isinstance(held, Nothing):
        return
    if not view.is_postgres and start.table(table.name) is not None:
        held = _new(held, rows_of(start, table.name), rows_of(start, key.target), key)
    yield view.orphans(table.name, key, held, already=False)


def _new(held: Rows, children: Rows, parents: Rows, key: ForeignKey) -> Rows:
    """Without the keys that had no parent at the start: SQLite counts what the transaction itself breaks."""
    if isinstance(children, Nothing):
        return held
    if isinstance(parents, Unknown) or isinstance(children, Unknown):
        return Unknown("which rows had no parent before the transaction is not known", held.fields)
    orphans = kept(children, "x", has_partner(parents, key.columns, key.references), negated=True)
    if isinstance(orphans, Nothing | Unknown):
        return orphans if isinstance(orphans, Unknown) else held
    return kept(held, "x", has_partner(orphans, key.columns, key.columns), negated=True)
