"""SET NOT NULL and DROP NOT NULL, and who has to agree: primary keys, identity, parents and partitions."""

from __future__ import annotations

from checker.apply.applied import Applied
from checker.apply.columns import alter_column, with_column
from checker.apply.lookup import column_of, table_of
from checker.catalog import Catalog, Column, NotNull, Table
from checker.change import DropNotNull, SetNotNull
from checker.errors import Refused
from checker.names import not_null_name
from checker.values import replace

NAMED = (18,)
"""Since then every NOT NULL is a constraint, and may be NO INHERIT (release notes of 18; measured on 12 to 18)."""


def set_not_null(catalog: Catalog, change: SetNotNull) -> Applied:
    """SET NOT NULL, also in the children."""
    table = table_of(catalog, change.table, "ALTER COLUMN ... SET NOT NULL")
    column = column_of(catalog, table, change.column) if table else None
    if table is None or column is None:
        return Applied(catalog)
    if change.only:
        return Applied(_only_here(catalog, table, column))
    _refuse_alone(table, column)
    return Applied(alter_column(catalog, table, column.name, lambda found: replace(found, nullable=False)))


def _only_here(catalog: Catalog, table: Table, column: Column) -> Catalog:
    """ALTER TABLE ONLY: with partitions below it is refused; with children it is NO INHERIT from 18 on.

    Up to PostgreSQL 17 the partitions may say NOT NULL already (measured on 12 to 18).
    """
    named = catalog.server.version >= NAMED
    children = tuple(catalog.children_of(table.name))
    if not column.nullable or not children:
        return catalog.put(with_column(table, replace(column, nullable=False)))
    if table.kind == "partitioned":
        parts = (child.column(column.name) for child in children)
        if named or any(part is None or part.nullable for part in parts):
            full = f"{table.name}.{column.name}"
            raise Refused("42P16", "constraint must be added to child tables too", full)
    if named:
        alone = NotNull(not_null_name(catalog, table.name, column.name), column.name, no_inherit=True)
        table = replace(table, constraints=(*table.constraints, alone))
    return catalog.put(with_column(table, replace(column, nullable=False)))


def _refuse_alone(table: Table, column: Column) -> None:
    for one in table.constraints:
        if isinstance(one, NotNull) and one.column == column.name and one.no_inherit:
            message = (
                f'cannot change NO INHERIT status of NOT NULL constraint "{one.name}" '
                f'on relation "{table.name.name}"'
            )
            raise Refused("0A000", message, f"{table.name}.{column.name}", (f"constraint {one.name}",))


def drop_not_null(catalog: Catalog, change: DropNotNull) -> Applied:
    """DROP NOT NULL; refused for primary keys, identity columns and where the partitioned parent says NOT NULL."""
    table = table_of(catalog, change.table, "ALTER COLUMN ... DROP NOT NULL")
    column = column_of(catalog, table, change.column) if table else None
    if table is None or column is None:
        return Applied(catalog)
    full = f"{table.name}.{column.name}"
    if column.identity:
        message = f'column "{column.name}" of relation "{table.name.name}" is an identity column'
        raise Refused("42601", message, full)
    key = table.primary_key
    if key is not None and column.name in key.columns:
        raise Refused(
            "42P16", f'column "{column.name}" is in a primary key', full, (f"primary key {key.name}",)
        )
    if table.is_partition and _is_not_null_in_parent(catalog, table, column.name):
        raise Refused("42P16", f'column "{column.name}" is marked NOT NULL in parent table', full)
    apart = change.only and table.kind == "partitioned" and catalog.server.version < NAMED
    if apart and any(catalog.children_of(table.name)):
        message = "cannot remove constraint from only the partitioned table when partitions exist"
        raise Refused("42P16", message, full)
    return Applied(
        alter_column(
            catalog, table, column.name, lambda found: replace(found, nullable=True), children=not change.only
        )
    )


def _is_not_null_in_parent(catalog: Catalog, table: Table, name: str) -> bool:
    parents = (catalog.table(parent) for parent in table.parents)
    columns = (parent.column(name) for parent in parents if parent is not None)
    return any(column is not None and not column.nullable for column in columns)
