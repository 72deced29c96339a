"""INSERT, UPDATE and DELETE on SQLite: what it refuses before it looks at a row."""

from __future__ import annotations

from checker.apply.applied import Applied
from checker.apply.lookup import is_known, is_open, similar, similar_relations
from checker.apply.sqlite_keys import refuse_broken_keys
from checker.apply.sqlite_names import CODE, find
from checker.apply.unresolved import refuse_unresolved
from checker.catalog import Catalog, Index, PrimaryKey, QName, Table, View
from checker.change import Delete, Insert, NoChange, Update
from checker.errors import GeneratedColumnWrite, MissingObject, Refused

ROWID = frozenset(("rowid", "_rowid_", "oid"))


def _target(catalog: Catalog, name: QName) -> Table | None:
    """The table to be written; a view needs an INSTEAD OF trigger."""
    if name.name.lower().startswith("sqlite_"):
        return None
    found = find(catalog, name)
    if isinstance(found, View) and not found.triggers:
        raise Refused(CODE, f"cannot modify {name.name} because it is a view", str(name), ("view",))
    if (found is None or isinstance(found, Index)) and is_known(catalog, name):
        raise _missing(catalog, name)
    return found if isinstance(found, Table) else None


def _missing(catalog: Catalog, name: QName) -> MissingObject:
    message = f"no such table: {name.name}"
    return MissingObject(CODE, message, str(name), kind="table", similar=similar_relations(catalog, name))


def insert(catalog: Catalog, change: Insert) -> Applied:
    """INSERT and REPLACE; a column may be named twice, the first value counts."""
    table = _target(catalog, change.table)
    refuse_unresolved(catalog, change.unresolved)
    if table is None or is_open(catalog, table) or table.kind == "virtual":
        return Applied(catalog)
    for name in change.columns or ():
        _check_column(table, name)
    rows = change.rows or ()
    widths = [len(row) for row in rows[:1]] if change.width is None else [change.width]
    if len({len(row) for row in rows}) > 1:
        raise Refused(CODE, "all VALUES must have the same number of terms", str(table.name))
    for width in () if change.default_values else widths:
        _check_count(table, change, width)
    _check_conflict(table, change)
    if change.enforced:
        refuse_broken_keys(catalog, table, "insert")
    return Applied(catalog)


def _check_column(table: Table, name: str) -> None:
    column = table.column(name)
    full = f"{table.name}.{name}"
    if column is None and name.lower() not in ROWID:
        close = similar(name, (found.name for found in table.columns))
        message = f"table {table.name.name} has no column named {name}"
        raise MissingObject(CODE, message, full, kind="column", similar=close)
    if column is not None and column.generated:
        raise GeneratedColumnWrite(CODE, f'cannot INSERT into generated column "{name}"', full)


def _check_count(table: Table, change: Insert, given: int) -> None:
    if change.columns is not None:
        if given != len(change.columns):
            raise Refused(CODE, f"{given} values for {len(change.columns)} columns", str(table.name))
        return
    wanted = sum(column.generated is None for column in table.columns)
    if given != wanted:
        message = f"table {table.name.name} has {wanted} columns but {given} values were supplied"
        raise Refused(CODE, message, str(table.name))


def _check_conflict(table: Table, change: Insert) -> None:
    if not change.conflict:
        return
    wanted = {name.lower() for name in change.conflict}
    keys = [found.columns for found in table.constraints if isinstance(found, PrimaryKey)]
    keys += [tuple(filter(None, index.columns)) for index in table.indexes if index.unique]
    if wanted <= ROWID or any({name.lower() for name in key} == wanted for key in keys):
        return
    message = "ON CONFLICT clause does not match any PRIMARY KEY or UNIQUE constraint"
    raise Refused(CODE, message, str(table.name), tuple(f"{table.name}.{name}" for name in change.conflict))


def update(catalog: Catalog, change: Update) -> Applied:
    """UPDATE."""
    table = _target(catalog, change.table)
    refuse_unresolved(catalog, change.unresolved)
    if table is None or is_open(catalog, table) or table.kind == "virtual":
        return Applied(catalog)
    for name, _ in change.sets:
        column = table.column(name)
        full = f"{table.name}.{name}"
        if column is None and name.lower() not in ROWID:
            close = similar(name, (found.name for found in table.columns))
            raise MissingObject(CODE, f"no such column: {name}", full, kind="column", similar=close)
        if column is not None and column.generated:
            raise GeneratedColumnWrite(CODE, f'cannot UPDATE generated column "{name}"', full)
    if change.enforced:
        refuse_broken_keys(catalog, table, "update", frozenset(name for name, _ in change.sets))
    return Applied(catalog)


def delete(catalog: Catalog, change: Delete) -> Applied:
    """DELETE."""
    table = _target(catalog, change.table)
    refuse_unresolved(catalog, change.unresolved)
    if table is not None and change.enforced:
        refuse_broken_keys(catalog, table, "delete")
    return Applied(catalog)


def no_change(catalog: Catalog, change: NoChange) -> Applied:
    """SELECT: what it reads must exist; SQLite's own tables and functions are left out."""
    refuse_unresolved(catalog, change.unresolved)
    for name in change.names if change.words == "select" and not change.skipped else ():
        own = name.name.lower().startswith(("sqlite_", "pragma_", "json_"))
        if find(catalog, name) is None and is_known(catalog, name) and not own:
            raise _missing(catalog, name)
    return Applied(catalog)
