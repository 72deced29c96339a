"""What new and changed rows must meet: INSERT, UPDATE and DELETE."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from checker import change as to
from checker.catalog import Check, Column, ForeignKey, Index, IndexKey, QName, Table
from checker.data import writes
from checker.data.formulas import Unfollowed
from checker.probe import Count, Duplicates, Evaluates, Fails, IsNull, IsTooLong, Matching, NotAmong, Probe
from checker.refusals import (
    CheckViolated,
    Demand,
    DoesNotFit,
    DuplicatesFound,
    EnumValueInUse,
    NullsFound,
    OrphansFound,
    ValueRefused,
)
from checker.rows import Nothing, Rows, Unknown, fields_of, rows_of, with_text

if TYPE_CHECKING:
    from checker.data.demands import Demands


def demands(view: Demands, change: to.Insert | to.Update | to.Delete) -> Iterator[Demand]:
    """The demands on the rows that a statement writes or takes away."""
    table = view.before.table(change.table)
    if table is None or table.assumed or table.kind == "virtual":
        return
    match change:
        case to.Insert():
            yield from _inserted(view, table, change)
        case to.Update():
            yield from _updated(view, table, change)
        case to.Delete():
            yield from _deleted(view, table, _doomed(view, table, change))


def dropped(view: Demands, name: QName) -> Iterator[Demand]:
    """DROP TABLE on SQLite deletes all rows first where foreign keys are on."""
    table = view.before.table(name)
    if table is not None:
        yield from _deleted(view, table, rows_of(view.before, name))


def _inserted(view: Demands, table: Table, change: to.Insert) -> Iterator[Demand]:
    try:
        new = writes.inserted(view.reader, table, change)
    except Unfollowed as problem:
        new = Unknown(str(problem), fields_of(table))
    if isinstance(new, Nothing):
        return
    if change.tolerates == "nothing" and not view.is_postgres:
        yield from _keys_of(view, table, new, None)
        return
    yield from _values(view, table, new, tuple(column.name for column in table.columns))
    if change.tolerates in (None, "nothing"):
        old = rows_of(view.before, table.name)
        for index in _judging(table, change):
            yield from _collisions(view, table, index, new, old, among=change.tolerates is None)
    yield from _keys_of(view, table, new, None)


def _judging(table: Table, change: to.Insert) -> Iterator[Index]:
    """The unique indexes that refuse a row; ON CONFLICT DO NOTHING leaves out those that it names."""
    for index in _unique_indexes(table):
        named = change.conflict is not None and (
            not change.conflict or set(change.conflict) == set(index.columns)
        )
        if not (change.tolerates == "nothing" and named):
            yield index


def _unique_indexes(table: Table) -> Iterator[Index]:
    """What keeps keys apart: the valid unique indexes, and SQLite's row id, which needs none."""
    yield from (index for index in table.indexes if index.unique and index.valid)
    key = table.primary_key
    if key is not None and not any(index.columns == key.columns for index in table.indexes):
        yield Index(
            QName(table.name.schema, key.name), table.name, tuple(map(IndexKey, key.columns)), unique=True
        )


def _updated(view: Demands, table: Table, change: to.Update) -> Iterator[Demand]:
    touched = {name for name, _ in change.sets}
    touched |= {
        one.name for one in table.columns if one.expression and not touched.isdisjoint(one.expression.columns)
    }
    try:
        rows = writes.updated(view.reader, table, change)
    except Unfollowed as problem:
        unknown = Unknown(str(problem), fields_of(table))
        rows = writes.Updated(unknown, unknown)
    if isinstance(rows.changed, Nothing):
        return
    named = tuple(column.name for column in table.columns if column.name in touched)
    yield from _values(view, table, rows.changed, named)
    for index in _unique_indexes(table):
        if not touched.isdisjoint(index.reads):
            keys, where, found = view.index_keys(index, rows.everything, table.name.name)
            probe = Duplicates(found, keys, where, table.name.name, index.nulls_not_distinct)
            yield Demand(_duplicate(view, table, index, probe))
    yield from _keys_of(view, table, rows.changed, touched)
    yield from _left_behind(view, table, touched, rows)


def _left_behind(view: Demands, table: Table, touched: set[str], rows: writes.Updated) -> Iterator[Demand]:
    """Children whose parent's key was changed under them."""
    for child, key in writes.references(view.reader, table.name):
        if key.on_update in ("no action", "restrict") and not touched.isdisjoint(key.references):
            held = rows.everything if child.name == table.name else rows_of(view.before, child.name)
            probe = Orphans_of(held, rows.everything, key)
            if not isinstance(held, Nothing):
                yield Demand(_still_referenced(view, table, child, key, probe))


def Orphans_of(held: Rows, parents: Rows, key: ForeignKey) -> Probe:
    """The rows of a child without their parent among these."""
    from checker.probe import Orphans

    return Orphans(held, parents, key.columns, key.references, key.match == "full")


# The values themselves


def _values(view: Demands, table: Table, rows: Rows, columns: tuple[str, ...]) -> Iterator[Demand]:
    """The values of these columns: computed without an error, of the type, not NULL, and as the CHECKs say."""
    if view.is_postgres:
        yield from _types(view, table, rows, columns)
    for name in columns:
        column = table.column(name)
        if column is not None and table.must_be_given(column) | (not column.nullable and not column.identity):
            yield Demand(_null(view, table, column, rows))
    for check in table.constraints:
        if isinstance(check, Check) and check.enforced and not check.expr.is_true:
            # what is valid stays so where none of its columns is written
            if check.validated and check.expr.columns and check.expr.columns.isdisjoint(columns):
                continue
            yield _checked(view, table, check, rows)


def _types(view: Demands, table: Table, rows: Rows, columns: tuple[str, ...]) -> Iterator[Demand]:
    name = table.name
    for column in filter(None, map(table.column, columns)):
        labels = view.after.labels_of(name, column.name)
        if labels and not column.type.array:
            said = f"invalid input value for enum {column.type}"
            probe: Probe = Count(with_text(rows, column.name), NotAmong(column.name, labels))
            refusal = EnumValueInUse("22P02", said, name, (column.name,), probe, already=False)
            yield Demand(refusal, counts_only=True)
    message = "a value cannot be computed, or is none of its column's type"
    yield Demand(ValueRefused("22P02", message, name, columns, Evaluates(rows), already=False))
    for column in filter(None, map(table.column, columns)):
        yield from limited(name, column, rows, already=False)


def limited(name: QName, column: Column, rows: Rows, *, already: bool) -> Iterator[Demand]:
    """No string that is longer than its column."""
    limit = column.type.args[0] if column.type.args else None
    strings = column.type.name in ("character varying", "character") and not column.type.array
    if strings and isinstance(limit, int):
        probe = Count(rows, IsTooLong(column.name, limit))
        said = f"value too long for type {column.type}"
        yield Demand(DoesNotFit("22001", said, name, (column.name,), probe, already=already))


def _null(view: Demands, table: Table, column: Column, rows: Rows) -> NullsFound:
    if view.is_postgres:
        message = f'null value in column "{column.name}" of relation "{table.name.name}" violates not-null constraint'
    else:
        message = f"NOT NULL constraint failed: {table.name.name}.{column.name}"
    probe = Count(rows, IsNull(column.name))
    return NullsFound(view.code("23502"), message, table.name, (column.name,), probe, already=False)


def _checked(view: Demands, table: Table, check: Check, rows: Rows) -> Demand:
    if view.is_postgres:
        message = f'new row for relation "{table.name.name}" violates check constraint "{check.name}"'
    else:
        message = f"CHECK constraint failed: {check.name}"
    rows, formula = view.formula(check.expr.text, rows)
    probe = Count(rows, Fails(formula, table.name.name))
    return Demand(
        CheckViolated(
            view.code("23514"),
            message,
            table.name,
            check.columns,
            probe,
            constraint=check.name,
            already=False,
        )
    )


# Keys


def _collisions(
    view: Demands, table: Table, index: Index, new: Rows, old: Rows, *, among: bool
) -> Iterator[Demand]:
    """New rows whose key is there already, or occurs twice among them."""
    keys, where, found = view.index_keys(index, new, table.name.name)
    equal = index.nulls_not_distinct
    if not isinstance(old, Nothing):
        probe: Matching | Duplicates = Matching(found, old, keys, keys, where, table.name.name, equal)
        yield Demand(_duplicate(view, table, index, probe))
    if among:
        probe = Duplicates(found, keys, where, table.name.name, equal)
        yield Demand(_duplicate(view, table, index, probe))


def _duplicate(view: Demands, table: Table, index: Index, probe: Probe) -> DuplicatesFound:
    columns = tuple(filter(None, index.columns))
    if view.is_postgres:
        message = f'duplicate key value violates unique constraint "{index.name.name}"'
    else:
        message = f"UNIQUE constraint failed: {', '.join(f'{table.name.name}.{one}' for one in columns)}"
    return DuplicatesFound(
        view.code("23505"), message, table.name, columns, probe, constraint=index.name.name, already=False
    )


def _keys_of(view: Demands, table: Table, rows: Rows, touched: set[str] | None) -> Iterator[Demand]:
    """The foreign keys of the new rows; `touched` None: all of them."""
    if not view.keys_enforced:
        return
    for key in table.foreign_keys:
        if (
            key.enforced
            and not key.initially_deferred
            and (touched is None or not touched.isdisjoint(key.columns))
        ):
            yield view.orphans(table.name, key, rows, already=False)


# DELETE


def _doomed(view: Demands, table: Table, change: to.Delete) -> Rows:
    try:
        return writes.doomed(view.reader, table, change)
    except Unfollowed as problem:
        return Unknown(str(problem), fields_of(table))


def _deleted(view: Demands, table: Table, gone: Rows) -> Iterator[Demand]:
    """Rows that others refer to must not go, where their keys do not go or change along."""
    if isinstance(gone, Nothing):
        return
    for child, key in writes.references(view.reader, table.name):
        if key.on_delete not in ("no action", "restrict") or key.initially_deferred:
            continue
        held = (
            rows_of(view.after, child.name) if child.name != table.name else rows_of(view.before, child.name)
        )
        if isinstance(held, Nothing):
            continue
        if child.name == table.name:
            probe: Probe = Orphans_of(rows_of(view.after, table.name), rows_of(view.after, table.name), key)
        else:
            from checker.probe import Key

            probe = Matching(held, gone, tuple(map(Key, key.columns)), tuple(map(Key, key.references)))
        yield Demand(_still_referenced(view, table, child, key, probe))


def _still_referenced(
    view: Demands, table: Table, child: Table, key: ForeignKey, probe: Probe
) -> OrphansFound:
    if view.is_postgres:
        message = (
            f'update or delete on table "{table.name.name}" violates foreign key constraint "{key.name}" '
            f'on table "{child.name.name}"'
        )
    else:
        message = "FOREIGN KEY constraint failed"
    return OrphansFound(
        view.code("23503"), message, child.name, key.columns, probe, constraint=key.name, already=False,
        others=(str(table.name),),
    )  # fmt: skip
