"""Identity columns and generation expressions that come and go."""

from __future__ import annotations

from checker.apply.applied import Applied
from checker.apply.columns import alter_column, check_generated, check_identity, shares_identity
from checker.apply.lookup import column_of, require_free, table_of
from checker.catalog import Catalog, Column, Table
from checker.change import (
    AddIdentity,
    DropExpression,
    DropIdentity,
    SetExpression,
    SetIdentity,
    TableChange,
)
from checker.errors import Refused
from checker.values import replace

STATE = "55000"


def _refuse_apart(catalog: Catalog, table: Table, change: TableChange, action: str) -> None:
    """42P16 where a partition and its partitioned table would no longer have the same identity."""
    if not shares_identity(catalog):
        return
    words = ""
    if table.kind == "partitioned" and change.only:
        words = (
            "a column of only the partitioned table"
            if "column" not in action
            else "only the partitioned table"
        )
    elif table.is_partition:
        words = "a column of a partition" if "column" not in action else "a partition"
    if words:
        raise Refused("42P16", f"cannot {action} {words}", str(table.name))


def _prerequisite(table: Table, column: Column, words: str) -> Refused:
    full = f"{table.name}.{column.name}"
    return Refused(STATE, f'column "{column.name}" of relation "{table.name.name}" {words}', full)


def add_identity(catalog: Catalog, change: AddIdentity) -> Applied:
    """ADD GENERATED … AS IDENTITY: on a NOT NULL column of whole numbers that has no default."""
    table = table_of(catalog, change.table, "ALTER COLUMN ... ADD IDENTITY")
    column = column_of(catalog, table, change.column) if table else None
    if table is None or column is None:
        return Applied(catalog)
    _refuse_apart(catalog, table, change, "add identity to")
    check_identity(replace(column, identity="always"), f"{table.name}.{column.name}")
    if column.nullable:
        raise _prerequisite(table, column, "must be declared NOT NULL before identity can be added")
    if column.identity:
        raise _prerequisite(table, column, "is already an identity column")
    if column.default is not None:
        raise _prerequisite(table, column, "already has a default value")
    require_free(catalog, change.sequence.name)
    catalog = catalog.put(change.sequence)
    return Applied(_with_identity(catalog, table, column, change.identity))


def _with_identity(catalog: Catalog, table: Table, column: Column, identity: object) -> Catalog:
    def changed(old: Column) -> Column:
        return replace(old, identity=identity)  # type: ignore[arg-type]

    spreads = table.kind == "partitioned" and shares_identity(catalog)
    return alter_column(catalog, table, column.name, changed, children=spreads)


def _identity_column(
    catalog: Catalog, change: SetIdentity | DropIdentity, action: str
) -> tuple[Table, Column] | None:
    table = table_of(catalog, change.table, "ALTER COLUMN ... SET")
    column = column_of(catalog, table, change.column) if table else None
    if table is None or column is None:
        return None
    _refuse_apart(catalog, table, change, action)
    if not column.identity:
        if isinstance(change, DropIdentity) and change.if_exists:
            return None
        raise _prerequisite(table, column, "is not an identity column")
    return table, column


def set_identity(catalog: Catalog, change: SetIdentity) -> Applied:
    """SET GENERATED, or only options of the sequence."""
    found = _identity_column(catalog, change, "change identity column of")
    if found is None or change.identity is None:
        return Applied(catalog)
    return Applied(_with_identity(catalog, *found, change.identity))


def drop_identity(catalog: Catalog, change: DropIdentity) -> Applied:
    """DROP IDENTITY: the sequence goes with it."""
    found = _identity_column(catalog, change, "drop identity from")
    if found is None:
        return Applied(catalog)
    table, column = found
    owned = [one for one in catalog.owned_sequences(table.name) if one.owner == (table.name, column.name)]
    if len(owned) > 1 and catalog.server.version < (13,):
        # `getOwnedSequence` of 12 does not tell the identity's own from the others (measured on 12 to 18)
        names = tuple(str(one.name) for one in owned)
        raise Refused("XX000", "more than one owned sequence found", f"{table.name}.{column.name}", names)
    catalog = _with_identity(catalog, table, column, None)
    for sequence in owned:
        if sequence.identity:
            catalog = catalog.without(sequence.name)
    return Applied(catalog)


def set_expression(catalog: Catalog, change: SetExpression) -> Applied:
    """SET EXPRESSION (from PostgreSQL 17 on)."""
    table = table_of(catalog, change.table, "ALTER COLUMN ... SET EXPRESSION")
    column = column_of(catalog, table, change.column) if table else None
    if table is None or column is None:
        return Applied(catalog)
    if not column.generated:
        raise _prerequisite(table, column, "is not a generated column")
    new = replace(column, expression=change.expression)
    check_generated(catalog, table, new)
    return Applied(
        alter_column(catalog, table, column.name, lambda old: replace(old, expression=change.expression))
    )


def drop_expression(catalog: Catalog, change: DropExpression) -> Applied:
    """DROP EXPRESSION: the column keeps its values and is an ordinary one from then on."""
    table = table_of(catalog, change.table, "ALTER COLUMN ... DROP EXPRESSION")
    column = column_of(catalog, table, change.column) if table else None
    if table is None or column is None:
        return Applied(catalog)
    if not column.generated:
        if change.if_exists:
            return Applied(catalog)
        words = (
            "is not a stored generated column"
            if catalog.server.version < (18,)
            else "is not a generated column"
        )
        raise _prerequisite(table, column, words)
    if column.generated == "virtual":
        message = "ALTER TABLE / DROP EXPRESSION is not supported for virtual generated columns"
        raise Refused("0A000", message, f"{table.name}.{column.name}")
    if column.inherited:
        raise Refused(
            "42P16", "cannot drop generation expression from inherited column", f"{table.name}.{column.name}"
        )

    def plain(old: Column) -> Column:
        return replace(old, generated=None, expression=None)

    return Applied(alter_column(catalog, table, column.name, plain))
