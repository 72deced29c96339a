"""Rows when their table changes its shape: columns come, go, get another name or another type."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from checker import change as to
from checker.catalog import Catalog, Column, QName, Table
from checker.change import Change
from checker.data.formulas import Reader, Unfollowed, is_plain_cast
from checker.rows import (
    Computed,
    Copy,
    Field,
    Formula,
    Opaque,
    Output,
    Rows,
    Value,
    computed,
    fields_of,
    rows_of,
)
from checker.sqltype import SqlType


def descendants(catalog: Catalog, name: QName) -> Iterator[Table]:
    """All tables below one: its children and partitions, and theirs."""
    for child in catalog.children_of(name):
        yield child
        yield from descendants(catalog, child.name)


def reshaped(reader: Reader, after: Catalog, change: to.TableChange) -> dict[QName, Rows]:
    """What the table and those below it hold when the change has altered their columns."""
    before = reader.scope.catalog
    if not isinstance(
        change, to.AddColumn | to.DropColumn | to.RenameColumn | to.AlterColumnType | to.SetExpression
    ):
        return {}
    names = (change.table, *(child.name for child in descendants(before, change.table)))
    return dict(_reshaped(reader, after, change, names))


def reshaped_all(reader: Reader, after: Catalog, change: Change) -> dict[QName, Rows]:
    """The same for every table that lost a column by CASCADE."""
    before = reader.scope.catalog
    names = tuple(
        name for name in before.relations.differing(after.relations)
        if (was := before.table(name)) and (now := after.table(name)) and now.columns != was.columns
    )  # fmt: skip
    return dict(_reshaped(reader, after, change, names))


def _reshaped(
    reader: Reader, after: Catalog, change: Change, names: tuple[QName, ...]
) -> Iterator[tuple[QName, Rows]]:
    for name in names:
        old, new = reader.scope.catalog.table(name), after.table(name)
        if old is None or new is None or old.assumed:
            continue
        known = {column.name: column for column in old.columns}
        outputs = tuple(
            Output(
                _field(now),
                Copy(now.name) if now is known.get(now.name) else _value(reader, known, now, change),
            )
            for now in new.columns
        )
        rows = computed(rows_of(reader.scope.catalog, name), name.name, outputs)
        yield name, rows


def is_converted(catalog: Catalog, change: to.AlterColumnType) -> bool:
    """True where USING says no more than the change of type itself: to an enum, or to the very type."""
    using, kind = change.using, change.type
    if using is None or not is_plain_cast(using.text, change.column):
        return using is None
    is_enum = catalog.enum(QName(kind.schema or "", kind.name)) is not None
    written = using.text.replace('"', "").replace(" ", "").lower()
    return is_enum or (written.count("::") == 1 and written.rpartition("::")[2] in _spellings(kind))


def _spellings(kind: SqlType) -> frozenset[str]:
    """The ways in which a type is written, without blanks."""
    rest = (f"({','.join(map(str, kind.args))})" if kind.args else "") + ("[]" if kind.array else "")
    return frozenset((str(kind).replace(" ", ""), *(short + rest for short in _SHORT.get(kind.name, ()))))


_SHORT = {
    "integer": ("int", "int4"), "bigint": ("int8",), "smallint": ("int2",), "boolean": ("bool",),
    "character varying": ("varchar",), "character": ("char",), "numeric": ("decimal", "dec"),
    "double precision": ("float8", "float"), "real": ("float4",), "bit varying": ("varbit",),
    "timestamp with time zone": ("timestamptz",), "timestamp without time zone": ("timestamp",),
    "time with time zone": ("timetz",), "time without time zone": ("time",),
}  # fmt: skip


def _field(column: Column) -> Field:
    return Field(column.name, column.type, column.collation)


def _value(reader: Reader, known: Collection[str], column: Column, change: Change) -> Value:
    """What a column of the new shape gets from a row of the old one, whose columns are `known`."""
    match change:
        case to.RenameColumn(column=was, new=name) if name == column.name:
            return Copy(was)
        case to.AlterColumnType(column=name, using=using) if name == column.name and using is not None:
            plain = is_converted(reader.scope.catalog, change)
            return Copy(name) if plain else _formula(reader, using.text)
        case to.SetExpression(column=name, expression=expression) if name == column.name:
            return _formula(reader, expression.text)
        case _ if column.name in known:
            return Copy(column.name)
    if column.generated and column.expression is not None:
        return _formula(reader, column.expression.text)
    return reader.default(column)


def _formula(reader: Reader, text: str) -> Value:
    try:
        return reader.formula(text)
    except Unfollowed:
        return Opaque()


def relabelled(before: Catalog, change: to.RenameEnumValue) -> dict[QName, Rows]:
    """RENAME VALUE: every column of that type holds the new label in the place of the old one."""
    found: dict[QName, Rows] = {}
    for table in before.tables():
        meant = {
            one.name for one in table.columns if QName(one.type.schema or "", one.type.name) == change.type
        }
        if meant:
            outputs = tuple(
                Output(field, _relabelled(field.name, change) if field.name in meant else Copy(field.name))
                for field in fields_of(table)
            )
            found[table.name] = computed(rows_of(before, table.name), table.name.name, outputs)
    return found


def _relabelled(column: str, change: to.RenameEnumValue) -> Formula:
    old, new, name = _quoted(change.label), _quoted(change.new), '"' + column.replace('"', '""') + '"'
    return Formula(f"CASE WHEN {name}::text = {old} THEN {new} ELSE {name}::text END", frozenset((column,)))


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def regenerated(reader: Reader, table: Table, rows: Rows) -> Rows:
    """The rows with the generated columns computed anew from the others."""
    if not any(column.generated for column in table.columns) or not isinstance(rows, Computed):
        return rows
    outputs = tuple(
        Output(_field(column), _formula(reader, column.expression.text))
        if column.generated and column.expression is not None
        else Output(_field(column), Copy(column.name))
        for column in table.columns
    )
    return computed(rows, table.name.name, outputs)
