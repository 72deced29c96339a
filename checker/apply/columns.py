"""ADD, DROP and RENAME COLUMN, and defaults, as PostgreSQL does them."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from checker.apply.applied import Applied
from checker.apply.defaults import check_default
from checker.apply.dependents import Thing
from checker.apply.drops import drop
from checker.apply.heirs import leave
from checker.apply.lookup import (
    column_of,
    is_open,
    missing_column,
    refuse_system,
    refuse_system_column,
    relation_of,
    require_free,
    table_of,
)
from checker.apply.renames import rename_column_everywhere
from checker.apply.type_names import check_type
from checker.catalog import Catalog, Column, Expr, QName, Table, View
from checker.change import (
    AddColumn,
    DropColumn,
    DropDefault,
    RenameColumn,
    SetDefault,
    TableChange,
)
from checker.errors import DuplicateObject, IncompatibleTypes, MissingObject, Refused
from checker.values import replace

WITH_PARTITIONS = (17,)
"""Since then partitions have the identity of the partitioned table (release notes of 17; measured on 12 to 18)."""


def shares_identity(catalog: Catalog) -> bool:
    """True where an identity column of a partitioned table is one in its partitions too."""
    return catalog.server.is_postgres and catalog.server.version >= WITH_PARTITIONS


def with_column(table: Table, column: Column) -> Table:
    """The table with this column in the place of the one of the same name, or at the end."""
    if table.column(column.name) is None:
        return replace(table, columns=(*table.columns, column))
    columns = tuple(column if old.name == column.name else old for old in table.columns)
    return replace(table, columns=columns)


def descendants(catalog: Catalog, table: QName) -> Iterator[Table]:
    """All tables that inherit from this one, in all depth, and its partitions."""
    for child in catalog.children_of(table):
        yield child
        yield from descendants(catalog, child.name)


def alter_column(
    catalog: Catalog, table: Table, name: str, change: Callable[[Column], Column], *, children: bool = True
) -> Catalog:
    """The catalog with the column changed in the table and in those that inherit it."""
    column = table.column(name)
    if column is None:
        return catalog
    catalog = catalog.put(with_column(table, change(column)))
    for child in list(descendants(catalog, table.name)) if children else ():
        inherited = child.column(name)
        if inherited is not None:
            catalog = catalog.put(with_column(child, change(inherited)))
    return catalog


def add_column(catalog: Catalog, change: AddColumn) -> Applied:
    """ADD COLUMN, with its sequences, also in the children and partitions."""
    table = table_of(catalog, change.table, "ADD COLUMN")
    for sequence in change.sequences:
        require_free(catalog, sequence.name)
        catalog = catalog.put(sequence)
    if table is None:
        return Applied(catalog)
    if table.is_partition:
        raise Refused("42809", "cannot add column to a partition", str(table.name))
    _check_new_column(catalog, table, change)
    refuse_only(catalog, table, change, "column must be added to child tables too")
    _refuse_spreading_identity(catalog, table, change)
    catalog = catalog.put(with_column(table, change.column))
    for child in list(descendants(catalog, table.name)):
        catalog = catalog.put(_merged(child, change.column))
    return Applied(catalog)


def _refuse_spreading_identity(catalog: Catalog, table: Table, change: AddColumn) -> None:
    """42P16: children have no identity of their parent's, partitions only where they share it."""
    spreads = table.kind == "partitioned" and shares_identity(catalog)
    if change.column.identity and not spreads and any(catalog.children_of(table.name)):
        message = "cannot recursively add identity column to table that has child tables"
        raise Refused("42P16", message, f"{table.name}.{change.column.name}")


def refuse_only(catalog: Catalog, table: Table, change: TableChange, message: str) -> None:
    """42P16 where ALTER TABLE ONLY would leave the children behind."""
    if change.only and any(catalog.children_of(table.name)):
        raise Refused("42P16", message, str(table.name))


def _check_new_column(catalog: Catalog, table: Table, change: AddColumn) -> None:
    column, owner = change.column, f"{table.name}.{change.column.name}"
    if table.column(column.name) is not None:
        message = f'column "{column.name}" of relation "{table.name.name}" already exists'
        cut = any(short == column.name for _, short in change.cut)
        raise DuplicateObject("42701", message, owner, (owner,), kind="column", cut=cut)
    refuse_system_column(column.name, owner)
    check_type(catalog, column.type, owner)
    if (column.type.schema, column.type.name) == table.name:
        message = f"composite type {table.name.name} cannot be made a member of itself"
        raise Refused("42P16", message, owner)
    check_identity(column, owner)
    check_one_value(column, table)
    check_default(catalog, table, column)
    check_generated(catalog, with_column(table, column), column)


def _merged(child: Table, column: Column) -> Table:
    own = child.column(column.name)
    if own is None:
        return with_column(child, replace(column, inherited=True, own=False))
    if own.type.bare() != column.type.bare():
        message = f'child table "{child.name.name}" has different type for column "{column.name}"'
        raise IncompatibleTypes("42804", message, f"{child.name}.{column.name}")
    return with_column(child, replace(own, inherited=True))


def check_generated(catalog: Catalog, table: Table, column: Column) -> None:
    """A generated column reads existing columns that are not generated themselves."""
    if column.generated is None or column.expression is None or is_open(catalog, table):
        return
    for name in sorted(column.expression.columns):
        other = table.column(name)
        if other is None:
            raise missing_column(table, name, f'column "{name}" does not exist')
        if other.generated:
            message = f'cannot use generated column "{name}" in column generation expression'
            raise Refused("42P17", message, f"{table.name}.{column.name}")


def check_one_value(column: Column, table: Table) -> None:
    """42601: a new column is filled by a default, an identity or an expression, not by two of them."""
    others = {"identity": column.identity, "generation expression": column.generated}
    for word, other in others.items():
        if column.default is not None and other:
            message = (
                f'both default and {word} specified for column "{column.name}" of table "{table.name.name}"'
            )
            raise Refused("42601", message, f"{table.name}.{column.name}")


def check_identity(column: Column, full: str) -> None:
    """22023: an identity column is a whole number."""
    if column.identity and (column.type.name not in ("smallint", "integer", "bigint") or column.type.array):
        raise Refused("22023", "identity column type must be smallint, integer, or bigint", full)


def drop_column(catalog: Catalog, change: DropColumn) -> Applied:
    """DROP COLUMN with all that stands on it; raises DependentObjects without CASCADE."""
    table = table_of(catalog, change.table, "DROP COLUMN")
    if table is None:
        return Applied(catalog)
    refuse_system(change.column, "drop", f"{table.name}.{change.column}")
    column = column_of(catalog, table, change.column)
    if column is None:
        return Applied(catalog)
    full = f"{table.name}.{column.name}"
    if column.inherited:
        raise Refused(
            "42P16", f'cannot drop inherited column "{column.name}"', full, tuple(map(str, table.parents))
        )
    refuse_partition_key(table, column.name, "cannot drop column")
    if change.only and table.kind == "partitioned" and any(catalog.children_of(table.name)):
        message = "cannot drop column from only the partitioned table when partitions exist"
        raise Refused("42P16", message, full)
    catalog, things = leave(catalog, table, "column", column.name, only=change.only)
    return drop(catalog, [Thing("column", table.name, column.name), *things], cascade=change.cascade)


def refuse_partition_key(table: Table, column: str, action: str) -> None:
    """42P16 for columns that the partition key reads."""
    if table.partition_key is not None and column in table.partition_key.columns:
        named = f'column "{column}"' if not action.endswith("column") else f'"{column}"'
        message = f'{action} {named} because it is part of the partition key of relation "{table.name.name}"'
        raise Refused("42P16", message, f"{table.name}.{column}")


def rename_column(catalog: Catalog, change: RenameColumn) -> Applied:
    """RENAME COLUMN of a table or view; what reads it follows, and so do the children."""
    relation = relation_of(catalog, change.table)
    if not isinstance(relation, Table | View):
        return Applied(catalog)
    _require_renamable(catalog, relation, change.column)
    related = [relation]
    if isinstance(relation, Table):
        related += descendants(catalog, relation.name)
    if isinstance(relation, Table):
        refuse_only(
            catalog,
            relation,
            change,
            f'inherited column "{change.column}" must be renamed in child tables too',
        )
    for found in related:
        _refuse_taken(found, change)
        refuse_system_column(change.new, f"{found.name}.{change.new}")
    for found in related:
        catalog = rename_column_everywhere(catalog, found.name, change.column, change.new)
    return Applied(catalog)


def _require_renamable(catalog: Catalog, relation: Table | View, name: str) -> None:
    full = f"{relation.name}.{name}"
    refuse_system(name, "rename", full)
    column = relation.column(name)
    if column is not None:
        if column.inherited:
            raise Refused("42P16", f'cannot rename inherited column "{name}"', full)
    elif isinstance(relation, View):
        if relation.columns:
            raise MissingObject("42703", f'column "{name}" does not exist', full, kind="column")
    elif not is_open(catalog, relation):
        raise missing_column(relation, name, f'column "{name}" does not exist')


def _refuse_taken(relation: Table | View, change: RenameColumn) -> None:
    if relation.column(change.new) is not None:
        full = f"{relation.name}.{change.new}"
        message = f'column "{change.new}" of relation "{relation.name.name}" already exists'
        cut = any(short == change.new for _, short in change.cut)
        raise DuplicateObject("42701", message, full, (full,), kind="column", cut=cut)


# Defaults


def set_default(catalog: Catalog, change: SetDefault) -> Applied:
    """SET DEFAULT; on a view too."""
    return _alter_default(catalog, change, change.default)


def drop_default(catalog: Catalog, change: DropDefault) -> Applied:
    """DROP DEFAULT; dropping none is no error."""
    return _alter_default(catalog, change, None)


def _alter_default(catalog: Catalog, change: SetDefault | DropDefault, default: Expr | None) -> Applied:
    view = relation_of(catalog, change.table)
    if isinstance(view, View):
        columns = tuple(
            replace(found, default=default) if found.name == change.column else found
            for found in view.columns
        )
        return Applied(catalog.put(replace(view, columns=columns)))
    table = table_of(catalog, change.table, "ALTER COLUMN ... SET DEFAULT")
    if table is None:
        return Applied(catalog)
    refuse_system(change.column, "alter", f"{table.name}.{change.column}")
    column = column_of(catalog, table, change.column)
    if column is None:
        return Applied(catalog)
    for state, words in ((column.identity, "an identity column"), (column.generated, "a generated column")):
        if state:
            message = f'column "{column.name}" of relation "{table.name.name}" is {words}'
            raise Refused("42601", message, f"{table.name}.{column.name}")
    if default is not None:
        check_default(catalog, table, replace(column, default=default))
    return Applied(
        alter_column(
            catalog,
            table,
            column.name,
            lambda found: replace(found, default=default),
            children=not change.only,
        )
    )
