"""PostgreSQL 18: every NOT NULL column has a constraint that says so, with a name of its own.

The name is the parent's where a column is inherited, else `table_column_not_null`.
"""

from __future__ import annotations

from checker.catalog import Catalog, NotNull, QName, Table
from checker.names import not_null_name
from checker.values import replace


def with_named_not_nulls(catalog: Catalog, name: QName | None) -> Catalog:
    """The catalog with the constraints that the columns of this table, and of those below it, call for."""
    table = catalog.table(name) if name is not None else None
    if table is None or catalog.server.version < (18,) or not catalog.server.is_postgres:
        return catalog
    catalog = _named(catalog, table)
    for child in tuple(catalog.children_of(table.name)):
        catalog = with_named_not_nulls(catalog, child.name)
    return catalog


def _named(catalog: Catalog, table: Table) -> Catalog:
    """The table's columns and its NOT NULL constraints in agreement."""
    required = {column.name for column in table.columns if not column.nullable}
    said = {one.column for one in table.constraints if isinstance(one, NotNull)}
    if said == required:
        return catalog
    kept = tuple(one for one in table.constraints if not isinstance(one, NotNull) or one.column in required)
    table = replace(table, constraints=kept)
    catalog = catalog.put(table)
    for column in table.columns:
        if column.name in required - said:
            new = NotNull(_name(catalog, table, column.name), column.name)
            table = replace(table, constraints=(*table.constraints, new))
            catalog = catalog.put(table)
    return catalog


def _name(catalog: Catalog, table: Table, column: str) -> str:
    for parent in filter(None, map(catalog.table, table.parents)):
        for one in parent.constraints:
            if isinstance(one, NotNull) and one.column == column and table.constraint(one.name) is None:
                return one.name
    return not_null_name(catalog, table.name, column)
