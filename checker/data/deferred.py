"""Constraints that wait for the end of the transaction: what COMMIT looks at."""

from __future__ import annotations

from collections.abc import Iterator

from checker import change as to
from checker.catalog import Catalog, ForeignKey, PrimaryKey, QName, Table, Unique
from checker.change import Change
from checker.data import writes
from checker.data.conflicts import has_partner
from checker.data.constraints import Demands
from checker.data.formulas import Reader, Unfollowed
from checker.probe import Count, Key
from checker.refusals import Demand, StillInUse
from checker.rows import Nothing, Rows, Unknown, fields_of, kept, rows_of
from checker.values import replace


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


_LOCKED_OUT = (
    to.AddColumn | to.DropColumn | to.AlterColumnType | to.SetNotNull | to.DropNotNull | to.SetDefault | to.DropDefault
    | to.AddConstraint | to.DropConstraint | to.ValidateConstraint
)  # fmt: skip


def in_use(view: Demands, change: Change) -> Iterator[Demand]:
    """PostgreSQL alters no table of which deferred foreign keys have rows to look at."""
    match change:
        case to.Truncate(table=table, along=along, together=together):
            names, words = (table, *along, *together), "TRUNCATE"
        case to.DropTable(table=table):
            names, words = (table,), "DROP TABLE"
        case to.CreateIndex(table=table):
            names, words = (table,), "CREATE INDEX"
        case _ if isinstance(change, _LOCKED_OUT):
            names, words = (change.table,), "ALTER TABLE"
        case _:
            return
    for name in dict.fromkeys(names):
        for rows in view.before.pending.get(name, ()):
            message = f'cannot {words} "{name.name}" because it has pending trigger events'
            yield Demand(StillInUse("55006", message, name, (), Count(rows), already=False))


def with_pending(reader: Reader, after: Catalog, table: Table, change: Change) -> Catalog:
    """The catalog with the rows that a statement leaves to be looked at."""
    if not reader.scope.is_postgres or not reader.scope.session.in_transaction:
        return after
    rows = _left_to_look_at(reader, table, change)
    if rows is None or isinstance(rows, Nothing):
        return after
    return replace(after, pending={**after.pending, table.name: (*after.pending.get(table.name, ()), rows)})


def _left_to_look_at(reader: Reader, table: Table, change: Change) -> Rows | None:
    own = [key for key in table.foreign_keys if key.initially_deferred and key.enforced]
    theirs = [
        key for _, key in writes.references(reader, table.name)
        if key.initially_deferred and key.on_delete in ("no action", "restrict")
    ]  # fmt: skip
    try:
        match change:
            case to.Insert() if own:
                return writes.inserted(reader, table, change)
            case to.Update(sets=sets):
                keys = {one for key in own for one in key.columns}.union(*(key.references for key in theirs))
                if not keys.isdisjoint(name for name, _ in sets):
                    return writes.updated(reader, table, change).changed
            case to.Delete() if theirs:
                return writes.doomed(reader, table, change)
    except Unfollowed as problem:
        return Unknown(str(problem), fields_of(table))
    return None


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
