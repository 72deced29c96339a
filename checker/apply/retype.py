"""ALTER COLUMN TYPE: what must not depend on the column, and what must be convertible.

The order of the checks is PostgreSQL's (`ATPrepAlterColumnType`, then `ATExecAlterColumnType`).
"""

from __future__ import annotations

from checker.apply.applied import Applied
from checker.apply.columns import (
    alter_column,
    check_identity,
    descendants,
    refuse_only,
    refuse_partition_key,
)
from checker.apply.comparable import assignable, comparable
from checker.apply.defaults import type_of
from checker.apply.lookup import column_of, refuse_system, shown_type, table_of
from checker.apply.opclasses import check_opclass, plain_key
from checker.apply.signatures import check_calls
from checker.apply.type_names import check_type
from checker.catalog import Catalog, Column, ForeignKey, Table, ViewColumn
from checker.change import AlterColumnType
from checker.errors import (
    ApplyError,
    DefaultOfWrongType,
    DependentObjects,
    IncompatibleTypes,
    Refused,
    UncastableType,
)
from checker.sqltype import SqlType
from checker.values import replace


def alter_column_type(catalog: Catalog, change: AlterColumnType) -> Applied:
    """The column in its new type, in the children too; the sequence of an identity column takes it as well."""
    table = table_of(catalog, change.table, "ALTER COLUMN ... SET DATA TYPE")
    if table is None:
        return Applied(catalog)
    refuse_system(change.column, "alter", f"{table.name}.{change.column}")
    check_calls(catalog, table, change.using)
    column = column_of(catalog, table, change.column)
    if column is None:
        return Applied(catalog)
    _check_column(catalog, table, column, change)
    refuse_only(
        catalog,
        table,
        change,
        f'type of inherited column "{column.name}" must be changed in child tables too',
    )
    for heir in (table, *descendants(catalog, table.name)):
        _check_dependents(catalog, heir, column.name)
    _check_default(catalog, table, column, change.type)
    _check_indexes(catalog, table, column, change.type)

    def retyped(old: Column) -> Column:
        return replace(old, type=change.type, collation=change.collation)

    catalog = _with_plain_keys(alter_column(catalog, table, column.name, retyped), table)
    _check_foreign_keys(catalog, change)
    return Applied(_with_identity_retyped(catalog, table, column, change.type))


def _check_column(catalog: Catalog, table: Table, column: Column, change: AlterColumnType) -> None:
    full = f"{table.name}.{column.name}"
    if column.generated and change.using is not None:
        message = "cannot specify USING when altering type of generated column"
        raise Refused("42611", message, full)
    if column.inherited:
        raise Refused(
            "42P16", f'cannot alter inherited column "{column.name}"', full, tuple(map(str, table.parents))
        )
    refuse_partition_key(table, column.name, "cannot alter")
    check_type(catalog, change.type, full, serial=False)
    check_identity(replace(column, type=change.type), full)
    if change.using is None and assignable(catalog, column.type, change.type) is False:
        shown = shown_type(catalog, change.type.bare())
        message = f'column "{column.name}" cannot be cast automatically to type {shown}'
        raise UncastableType("42804", message, full, (str(column.type), str(change.type)))


def _check_default(catalog: Catalog, table: Table, column: Column, new: SqlType) -> None:
    """A default is converted by assignment, whatever USING says about the rows."""
    if column.default is None or column.generated:
        return
    source = type_of(column.default.text)
    has = SqlType(source) if source is not None else column.type
    if assignable(catalog, has, new) is False:
        message = f'default for column "{column.name}" cannot be cast automatically to type {shown_type(catalog, new.bare())}'
        raise DefaultOfWrongType("42804", message, f"{table.name}.{column.name}", (column.default.text,))


def _check_dependents(catalog: Catalog, table: Table, name: str) -> None:
    """0A000 for what reads the column and is not made anew by the server."""
    if error := _dependent(catalog, table, name):
        raise error


def _dependent(catalog: Catalog, table: Table, name: str) -> ApplyError | None:
    full = f"{table.name}.{name}"
    for view in catalog.views(around=table.name):
        if ViewColumn(table.name, name) in view.reads:
            return _used(full, "by a view or rule", f"view {view.name}")
    for trigger in table.triggers:
        if name in trigger.columns:
            return _used(full, "in a trigger definition", f"trigger {table.name}.{trigger.name}")
    for policy in table.policies:
        if name in policy.columns:
            return _used(full, "in a policy definition", f"policy {table.name}.{policy.name}")
    for other in table.columns:
        if other.generated and other.name != name and other.expression and name in other.expression.columns:
            # 42601 before PostgreSQL 15 (measured on 12 to 18)
            code = "0A000" if catalog.server.version >= (15,) else "42601"
            return _used(full, "by a generated column", f"column {table.name}.{other.name}", code)
    return None


def _used(full: str, by: str, other: str, code: str = "0A000") -> DependentObjects:
    return DependentObjects(code, f"cannot alter type of a column used {by}", full, (other,))


def _check_indexes(catalog: Catalog, table: Table, column: Column, new: SqlType) -> None:
    for index in table.indexes:
        for key in index.keys:
            if key.column == column.name:
                check_opclass(catalog, index.method, key.opclass, new, str(index.name))


def _with_plain_keys(catalog: Catalog, table: Table) -> Catalog:
    """Indexes are made anew: an expression that was a cast may be none any more."""
    new = catalog.table(table.name) or table
    indexes = tuple(
        replace(index, keys=tuple(plain_key(new, index.method, key) for key in index.keys))
        for index in new.indexes
    )
    return catalog if indexes == new.indexes else catalog.put(replace(new, indexes=indexes))


def _check_foreign_keys(catalog: Catalog, change: AlterColumnType) -> None:
    """Foreign keys are made anew: the pair of types must be comparable still, when the whole statement is over."""
    for holder in catalog.tables(around=change.table):
        for key in holder.foreign_keys:
            if change.table not in (holder.name, key.target):
                continue
            if key.target == holder.name and not change.along.isdisjoint((*key.columns, *key.references)):
                continue
            _check_foreign_key(catalog, holder, key)


def _check_foreign_key(catalog: Catalog, holder: Table, key: ForeignKey) -> None:
    target = catalog.table(key.target)
    if target is None:
        return
    for mine, theirs in zip(key.columns, key.references, strict=False):
        one, other = holder.column(mine), target.column(theirs)
        if one and other and comparable(catalog, other.type, one.type) is False:
            message = f'foreign key constraint "{key.name}" cannot be implemented'
            full = f"{holder.name}.{key.name}"
            pair = (f"{holder.name}.{mine} {one.type}", f"{target.name}.{theirs} {other.type}")
            raise IncompatibleTypes("42804", message, full, pair)


def _with_identity_retyped(catalog: Catalog, table: Table, column: Column, new: SqlType) -> Catalog:
    if not column.identity:
        return catalog
    for sequence in catalog.owned_sequences(table.name):
        if sequence.identity and sequence.owner == (table.name, column.name):
            return catalog.put(replace(sequence, type=new.bare()))
    return catalog
