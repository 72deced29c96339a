"""What a Change makes of the rows: one node on top of what the table held."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from checker import change as to
from checker.catalog import Catalog, QName, Table, View
from checker.change import Change
from checker.data import deferred, shapes, writes
from checker.data.formulas import Reader, Unfollowed
from checker.data.numbers import with_draws
from checker.data.triggers import trigger_at
from checker.resolve.scope import Scope
from checker.rows import Nothing, Rows, Unknown, fields_of, rows_of
from checker.session import Session
from checker.values import replace

_SHAPE_ALONE = frozenset((
    to.AddConstraint, to.Begin, to.CreateIndex, to.CreateView, to.DropConstraint, to.DropDefault, to.DropIndex,
    to.DropNotNull, to.EndOfFile, to.SetDefault, to.SetNotNull, to.SetSetting,
))  # fmt: skip
"""The most frequent of those Changes that neither rows nor sequences notice."""


def with_rows(before: Catalog, after: Catalog, change: Change, session: Session) -> Catalog:
    """The catalog after the change with what its tables hold then; `session` is the one before."""
    if type(change) in _SHAPE_ALONE:
        return after
    if before.server.is_postgres and (draws := with_draws(before, after, change)) is not after.draws:
        after = replace(after, draws=draws)
    reader = Reader(Scope(before, session))
    match change:
        case to.Commit() | to.Rollback(savepoint=None):
            return replace(after, pending={}) if after.pending else after
        case to.CreateTable(table=table) if after.table(table.name) is not None:
            return _put(after, {table.name: _born(reader, after, change)})
        case to.DropTable(table=name):
            return _put(after, writes.emptied(reader, name), gone=name)
        case to.RenameTable(table=old, new=new):
            return _moved(before, after, old, QName(old.schema, new))
        case to.SetSchema(kind="table", name=old, schema=schema):
            return _moved(before, after, old, QName(schema, old.name))
        case to.Truncate():
            return _put(after, _truncated(before, change))
        case to.Insert() | to.Update() | to.Delete():
            return _written(reader, before, after, change)
        case to.MayWrite(tables=tables):
            why = "its rows may be written under a condition that nobody can decide"
            return _put(after, _unknown(after, tables, why))
        case to.RenameEnumValue():
            return _put(after, shapes.relabelled(before, change))
        case (
            to.AttachPartition(table=parent, partition=part)
            | to.DetachPartition(table=parent, partition=part)
        ):
            return _put(after, _unknown(after, (parent, part), "partitions were attached or detached"))
        case to.Inherit(table=child, parent=parent) | to.NoInherit(table=child, parent=parent):
            return _put(after, _unknown(after, (parent, child), "its children changed"))
        case to.NoChange(calls=calls) if calls:
            return _unfollowed(after, f"the function {calls[0]}")
        case (
            to.DropColumn(cascade=True)
            | to.DropTable()
            | to.DropType()
            | to.DropSchema()
            | to.DropExtension()
        ):
            return _put(after, shapes.reshaped_all(reader, after, change))
        case to.TableChange(table=name) if before.table(name) is not None:
            return _put(after, shapes.reshaped(reader, after, change))
        case _:
            return after


def _put(catalog: Catalog, rows: Mapping[QName, Rows], *, gone: QName | None = None) -> Catalog:
    if not rows and gone not in catalog.data:
        return catalog
    merged: dict[QName, object] = {**catalog.data, **rows}
    if gone is not None:
        merged.pop(gone, None)
    return catalog.but(data=merged)


def _unfollowed(catalog: Catalog, what: str) -> Catalog:
    return replace(catalog, unfollowed=catalog.unfollowed | {what})


def _unknown(catalog: Catalog, names: tuple[QName, ...], why: str) -> dict[QName, Rows]:
    tables = (catalog.table(name) for name in names)
    return {table.name: Unknown(why, fields_of(table)) for table in tables if table is not None}


def _born(reader: Reader, after: Catalog, change: to.CreateTable) -> Rows:
    table = after.table(change.table.name)
    assert table is not None
    fields = fields_of(table)
    if not change.filled:
        return Nothing(fields)
    if change.query is None:
        return Unknown("a query filled it", fields)
    return writes.selected(reader, change.query.text, fields)


def _moved(before: Catalog, after: Catalog, old: QName, new: QName) -> Catalog:
    if before.table(old) is None or after.table(new) is None:
        return after
    return _put(after, {new: rows_of(before, old)}, gone=old)


def _truncated(before: Catalog, change: to.Truncate) -> dict[QName, Rows]:
    names = {change.table, *change.along}
    tables = [table for name in names if (table := before.table(name)) is not None]
    below = [child for table in tables for child in shapes.descendants(before, table.name)]
    return {table.name: Nothing(fields_of(table)) for table in (*tables, *below)}


def _written(
    reader: Reader, before: Catalog, after: Catalog, change: to.Insert | to.Update | to.Delete
) -> Catalog:
    """INSERT, UPDATE and DELETE with what foreign keys do to other tables, and what triggers may do."""
    table = before.table(change.table)
    if table is None:
        below = tuple(_below(before, change.table))
        return _put(after, _unknown(before, below, f"it was written through the view {change.table}"))
    try:
        rows = writes.written(reader, table, change)
    except Unfollowed as problem:
        rows = {table.name: Unknown(str(problem), fields_of(table))}
    rows |= _relatives(before, table)
    if isinstance(change, to.Insert) and before.server.is_postgres:
        after = replace(after, draws={**after.draws, **writes.draws(reader, table, change)})
    after = deferred.with_pending(reader, after, table, change)
    if trigger := trigger_at(table, change):
        why = f"the trigger {trigger} ran"
        rows[table.name] = Unknown(why, fields_of(table))
        after = _unfollowed(after, f"the trigger {trigger} on {table.name}")
    return _put(after, rows)


def _below(catalog: Catalog, name: QName) -> Iterator[QName]:
    """The tables that a view reads, by itself or through others: one that is written writes to them."""
    view = catalog.relation(name)
    if isinstance(view, View):
        for relation in {one.relation for one in view.reads}:
            yield relation
            yield from _below(catalog, relation)


def _relatives(before: Catalog, table: Table) -> dict[QName, Rows]:
    """The tables above and below one that was written: which of their rows are meant is not followed."""
    names: list[QName] = [child.name for child in shapes.descendants(before, table.name)]
    above = list(table.parents)
    while above:
        name = above.pop()
        names.append(name)
        found = before.table(name)
        above += found.parents if found else ()
    return _unknown(before, tuple(names), "a part of it was written")
