"""What new and changed rows must meet: INSERT, UPDATE and DELETE."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from checker import change as to
from checker.catalog import Check, Column, Exclusion, ForeignKey, Index, QName, Table
from checker.data import conflicts, writes
from checker.data.constraints import Demands
from checker.data.formulas import Unfollowed
from checker.data.keys import unique_indexes
from checker.data.numbers import is_numbered
from checker.probe import (
    Count,
    Duplicates,
    Evaluates,
    Fails,
    IsNull,
    IsTooLong,
    Key,
    Matching,
    NotAmong,
    Orphans,
    Probe,
)
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
from checker.rows import (
    Field,
    Formula,
    Given,
    Kept,
    Nothing,
    Rows,
    Unknown,
    fields_of,
    kept,
    rows_of,
    with_text,
)
from checker.values import replace


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
            gone = _doomed(view, table, change)
            if view.is_postgres and isinstance(gone, Kept):
                message = "the condition cannot be computed"
                refusal = ValueRefused("22000", message, table.name, (), Count(gone), already=False)
                yield Demand(refusal, counts_only=False, errors_only=True)
            yield from _deleted(view, table, gone)


def new_default(view: Demands, change: to.AddColumn) -> Iterator[Demand]:
    """A constant default of a new column is computed at once, rows or not."""
    column = change.column
    if view.is_postgres and column.default is not None and not column.generated:
        value = view.reader.default(column)
        if isinstance(value, Formula) and not value.columns and not value.readings:
            one = Given((Field(column.name, column.type, column.collation),), ((value,),))
            yield from limited(change.table, column, one, already=False)


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
    old = rows_of(view.before, table.name)
    taken = _taken(view, table, change, new, old)
    if conflicts.is_or_ignore(view.reader, change):
        yield from _keys_of(view, table, taken, None)
        return
    given = writes.given(view.reader, table, change)
    numbered = {one.name for one in table.columns if is_numbered(view.before, table, one)} - given
    yield from _values(view, table, new, tuple(column.name for column in table.columns), numbered)
    apart = change.tolerates is None or conflicts.are_apart(new, conflicts.arbiters(table, change))
    if change.tolerates == "update" and view.is_postgres:
        yield from _met_twice(view, table, change, new)
    if change.tolerates != "replace":
        for index in _judging(view, table, change, given):
            yield from _collisions(view, table, index, taken, old, among=apart)
    elif any(writes.references(view.reader, table.name)):
        yield from _deleted(view, table, _replaced(table, change, new, old))
    yield from _keys_of(view, table, taken, None)


def _met_twice(view: Demands, table: Table, change: to.Insert, new: Rows) -> Iterator[Demand]:
    """ON CONFLICT DO UPDATE meets no row twice in one statement."""
    for columns in conflicts.arbiters(table, change):
        message = "ON CONFLICT DO UPDATE command cannot affect row a second time"
        probe = Duplicates(new, tuple(map(Key, columns)))
        yield Demand(DuplicatesFound("21000", message, table.name, columns, probe, already=False))


def _taken(view: Demands, table: Table, change: to.Insert, new: Rows, old: Rows) -> Rows:
    """The new rows that give way to none that is there."""
    if change.tolerates not in ("nothing", "update"):
        return new
    try:
        return conflicts.taken(view.reader, table, change, new, old)
    except Unfollowed as problem:
        return Unknown(str(problem), fields_of(table))


def _replaced(table: Table, change: to.Insert, new: Rows, old: Rows) -> Rows:
    """The rows that OR REPLACE takes away."""
    keys = conflicts.arbiters(table, change)
    if isinstance(new, Unknown) or len(keys) != 1:
        return Unknown("which rows are replaced is not followed", fields_of(table))
    return kept(old, "x", conflicts.has_partner(new, keys[0], keys[0]))


def _judging(view: Demands, table: Table, change: to.Insert, given: frozenset[str]) -> Iterator[Index]:
    """The unique indexes that refuse a row; ON CONFLICT DO NOTHING leaves out those that it names.

    SQLite gives out row ids that are free, PostgreSQL's sequences do not look.
    """
    arbiters = conflicts.arbiters(table, change)
    numbers = [one.name for one in table.columns if table.is_row_id(one) and one.name not in given]
    for index in unique_indexes(table):
        if all(one in numbers for one in index.columns):
            continue
        if view.is_put_off(table, index):
            continue
        if change.tolerates is None or tuple(filter(None, index.columns)) not in arbiters:
            yield index


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
    constants = writes.constants(view.reader, table, change)
    if constants.fields and view.is_postgres:
        # they are read when the statement is planned, whether it finds a row or not
        yield from _types(view, table, constants, tuple(one.name for one in constants.fields))
    if isinstance(rows.changed, Nothing):
        return
    named = tuple(column.name for column in table.columns if column.name in touched)
    yield from _values(view, table, rows.changed, named)
    for index in unique_indexes(table):
        if not touched.isdisjoint(index.reads) and not view.is_put_off(table, index):
            keys, where, found = view.index_keys(index, rows.everything, table.name.name)
            probe = Duplicates(found, keys, where, table.name.name, index.nulls_not_distinct)
            yield Demand(_duplicate(view, table, index, probe))
            yield from _in_the_way(view, table, index, change)
    yield from _keys_of(view, table, rows.changed, touched)
    yield from _left_behind(view, table, touched, rows)


def _in_the_way(view: Demands, table: Table, index: Index, change: to.Update) -> Iterator[Demand]:
    """Keys that move to where other keys still are: the server looks at every row as soon as it has written it."""
    columns = tuple(filter(None, index.columns))
    if len(columns) < len(index.keys) or view.is_deferrable(table, index):
        return
    try:
        rows = writes.moved(view.reader, table, change, columns)
    except Unfollowed:
        return
    if not isinstance(rows, Nothing | Unknown):
        keys = tuple(Key(one.column, one.collation) for one in index.keys if one.column)
        probe = Matching(rows, rows_of(view.before, table.name), keys, keys)
        doubt = "it depends on the order in which the server takes the rows"
        yield Demand(_duplicate(view, table, index, probe), doubt=doubt)


def _left_behind(view: Demands, table: Table, touched: set[str], rows: writes.Updated) -> Iterator[Demand]:
    """Children whose parent's key was changed under them."""
    for child, key in writes.references(view.reader, table.name):
        if touched.isdisjoint(key.references) or key.on_update not in ("no action", "restrict"):
            continue
        held = rows.everything if child.name == table.name else rows_of(view.before, child.name)
        yield from _without_parent(view, table, child, key, held, rows.everything)


def _without_parent(
    view: Demands, table: Table, child: Table, key: ForeignKey, held: Rows, parents: Rows
) -> Iterator[Demand]:
    """Rows of a child that had a parent before and have none among these; orphans from before do not count."""
    if isinstance(held, Nothing) or (view.waits(key) and key.on_delete != "restrict"):
        return
    try:
        partner = conflicts.has_partner(rows_of(view.before, table.name), key.columns, key.references)
        held = kept(held, "x", partner)
    except Unfollowed as problem:
        held = Unknown(str(problem), held.fields)
    probe = Orphans(held, parents, key.columns, key.references)
    yield Demand(_still_referenced(view, table, child, key, probe))


# The values themselves


def _values(
    view: Demands, table: Table, rows: Rows, columns: tuple[str, ...], numbered: Collection[str] = ()
) -> Iterator[Demand]:
    """The values of these columns: computed without an error, of the type, not NULL, and as the CHECKs say.

    To the `numbered` ones the server itself gives numbers.
    """
    if view.is_postgres:
        yield from _types(view, table, rows, columns)
    for name in columns:
        column = table.column(name)
        if column is not None and _forbids_null(table, column) and name not in numbered:
            yield Demand(_null(view, table, column, rows))
    for check in table.constraints:
        if isinstance(check, Check) and check.enforced and not check.expr.is_true:
            # PostgreSQL holds a changed row against all CHECKs, and of those NOT VALID nobody knows the old values
            if check.validated and check.expr.columns and check.expr.columns.isdisjoint(columns):
                continue
            yield _checked(view, table, check, rows)
    yield from _kept_apart(view, table, columns)
    if table.is_partition or table.kind == "partitioned":
        yield from view.within_bounds(table.name, rows, already=False)


def _forbids_null(table: Table, column: Column) -> bool:
    """True where NULL is refused; SQLite puts a number in the place of a NULL row id."""
    return not column.nullable and not table.is_row_id(column)


def _kept_apart(view: Demands, table: Table, columns: tuple[str, ...]) -> Iterator[Demand]:
    for one in table.constraints:
        if isinstance(one, Exclusion) and (not one.columns or not set(one.columns).isdisjoint(columns)):
            yield view.excluded(table.name, one, already=False)


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
        if key.enforced and not view.waits(key) and (touched is None or not touched.isdisjoint(key.columns)):
            yield view.orphans(table.name, key, rows, already=False)
        elif touched is not None and _looks_again(view, table, key):
            doubt = "the server looks again at rows that the transaction wrote before; which is not followed"
            yield replace(view.orphans(table.name, key, rows), doubt=doubt)


def _looks_again(view: Demands, table: Table, key: ForeignKey) -> bool:
    """True where a row may be written twice in a transaction: PostgreSQL then checks keys that stay the same."""
    marks = view.reader.scope.session.marks
    if key.validated or not key.enforced or not marks or not view.is_postgres:
        return False
    return view.before.data.get(table.name) != marks[0].catalog.data.get(table.name)


# DELETE


def _doomed(view: Demands, table: Table, change: to.Delete) -> Rows:
    try:
        return writes.doomed(view.reader, table, change)
    except Unfollowed as problem:
        return Unknown(str(problem), fields_of(table))


def _deleted(view: Demands, table: Table, gone: Rows, depth: int = 0) -> Iterator[Demand]:
    """Rows that others refer to must not go, where their keys do not go or change along."""
    if isinstance(gone, Nothing) or depth > writes.DEEPEST_CASCADE:
        return
    for child, key in writes.references(view.reader, table.name):
        if key.on_delete in ("no action", "restrict"):
            yield from _still_held(view, table, child, key, gone)
        elif child.name != table.name:
            yield from _acted_on(view, child, key, gone, depth)


def _still_held(view: Demands, table: Table, child: Table, key: ForeignKey, gone: Rows) -> Iterator[Demand]:
    held = rows_of(view.after, child.name)
    if isinstance(held, Nothing) or (view.waits(key) and key.on_delete != "restrict"):
        return
    if child.name == table.name:
        yield from _without_parent(view, table, child, key, held, held)
    else:
        probe = Matching(held, gone, tuple(map(Key, key.columns)), tuple(map(Key, key.references)))
        yield Demand(_still_referenced(view, table, child, key, probe))


def _acted_on(view: Demands, child: Table, key: ForeignKey, gone: Rows, depth: int) -> Iterator[Demand]:
    """What CASCADE, SET NULL and SET DEFAULT do to the rows of a child has to be allowed too."""
    meant = writes.followers(view.before, child, key, gone)
    if isinstance(meant, Nothing):
        return
    if key.on_delete == "cascade":
        yield from _deleted(view, child, meant, depth + 1)
        return
    changed = writes.nulled(view.reader, child, key, meant)
    yield from _values(view, child, changed, key.columns)
    if key.on_delete == "set default":
        yield view.orphans(child.name, key, changed, already=False)


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
