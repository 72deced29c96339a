"""INSERT, COPY, UPDATE and DELETE: the schema stays as it is, but they can be refused for it.

Rows that break a constraint are no business of this module: what is judged is what the server knows before it
looks at a row.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence

from checker.apply.applied import Applied
from checker.apply.comparable import assignable
from checker.apply.defaults import type_of
from checker.apply.lookup import is_open, kind_of, missing_column, relation_of, shown_type
from checker.apply.signatures import check_calls
from checker.apply.unresolved import refuse_unresolved
from checker.catalog import Catalog, Column, Expr, Index, PrimaryKey, QName, Table, Unique, View
from checker.catalog import Sequence as SequenceRelation
from checker.change import Delete, Insert, Update
from checker.errors import DuplicateObject, GeneratedColumnWrite, MissingObject, Refused, UncastableType
from checker.sqltype import SqlType


def insert(catalog: Catalog, change: Insert) -> Applied:
    """INSERT or COPY FROM."""
    table = _target(catalog, change.table, "copy to" if change.copy else "change")
    if table is None:
        refuse_unresolved(catalog, change.unresolved)
        return Applied(catalog)
    columns = _targets(catalog, table, change)
    refuse_unresolved(catalog, change.unresolved)
    if columns is None:
        return Applied(catalog)
    if change.copy:
        _check_copy(table, columns, change)
    else:
        _check_values(catalog, table, columns, change)
        _check_conflict(catalog, table, change)
    return Applied(catalog)


def _target(catalog: Catalog, name: QName, verb: str) -> Table | None:
    """The table to be written; None for views and where nothing is known."""
    found = relation_of(catalog, name, in_query=True)
    match found:
        case Table():
            return found
        case View(materialized=True) | SequenceRelation():
            words = f'cannot {verb} {kind_of(found)} "{name.name}"'
            raise Refused("42809", words, str(name))
        case Index():
            raise Refused("42809", f'"{name.name}" is an index', str(name), ("index",))
        case _:
            return None


def _targets(catalog: Catalog, table: Table, change: Insert) -> list[Column | None] | None:
    """The columns that get values, in order; None where that is not known."""
    if change.columns is None:
        return None if is_open(catalog, table) else list(table.columns)
    for name, times in Counter(change.columns).items():
        if times > 1:
            message = f'column "{name}" specified more than once'
            raise DuplicateObject("42701", message, f"{table.name}.{name}", kind="column")
    found: list[Column | None] = []
    for name in change.columns:
        column = table.column(name)
        if column is None and not is_open(catalog, table):
            raise missing_column(table, name)
        found.append(column)
    return found


def _check_copy(table: Table, columns: Sequence[Column | None], change: Insert) -> None:
    for column in columns if change.columns is not None else ():
        if column is not None and column.generated:
            message = f'column "{column.name}" is a generated column'
            raise GeneratedColumnWrite("42P10", message, f"{table.name}.{column.name}")


DEFAULT_IN_ROWS = (14,)
"""Since then DEFAULT may stand in any of several rows of VALUES (release notes of 14; measured on 12 to 18)."""


def _check_values(catalog: Catalog, table: Table, columns: Sequence[Column | None], change: Insert) -> None:
    rows = change.rows or ()
    full = str(table.name)
    if len({len(row) for row in rows}) > 1:
        raise Refused("42601", "VALUES lists must all be the same length", full)
    widths = [len(row) for row in rows[:1]] if change.width is None else [change.width]
    for width in widths:
        if width > len(columns):
            raise Refused("42601", "INSERT has more expressions than target columns", full)
        if change.columns is not None and width < len(columns):
            raise Refused("42601", "INSERT has more target columns than expressions", full)
    early = catalog.server.is_postgres and catalog.server.version < DEFAULT_IN_ROWS
    for place, column in enumerate(columns):
        if column is not None:
            _check_type(catalog, table, column, {row[place].text for row in rows if place < len(row)})
    for place, column in enumerate(columns):
        if column is None or not _is_given(change, rows, place, early=early):
            continue
        if column.generated or (column.identity == "always" and change.overriding is None):
            what = "cannot insert into" if early else "cannot insert a non-DEFAULT value into"
            raise _filled_by_server(catalog, table, column, f'{what} column "{column.name}"')


def _check_type(catalog: Catalog, table: Table, column: Column, values: Collection[str]) -> None:
    """42804: a value whose type is known, and which nothing turns into the column's."""
    for source in {known for text in values if text[:1] != "'" and (known := type_of(text))}:
        if assignable(catalog, SqlType(source), column.type) is False:
            shown = shown_type(catalog, column.type)
            message = f'column "{column.name}" is of type {shown} but expression is of type {source}'
            raise UncastableType("42804", message, f"{table.name}.{column.name}")


def _filled_by_server(catalog: Catalog, table: Table, column: Column, message: str) -> GeneratedColumnWrite:
    """428C9; before PostgreSQL 14 it was 42601 for generated columns (measured on 12 to 18)."""
    code = "42601" if column.generated and catalog.server.version < DEFAULT_IN_ROWS else "428C9"
    return GeneratedColumnWrite(code, message, f"{table.name}.{column.name}", (_why(column),))


def _is_given(change: Insert, rows: Sequence[Sequence[Expr]], place: int, *, early: bool) -> bool:
    """True where a value that is not DEFAULT goes into the column at this place.

    Before PostgreSQL 14 the server looked for DEFAULT in a single row only.
    """
    if change.query is not None:
        return change.columns is not None
    if early and len(rows) > 1 and place < len(rows[0]):
        return True
    return any(place < len(row) and row[place].text.strip().upper() != "DEFAULT" for row in rows)


def _why(column: Column) -> str:
    if column.generated:
        return f'Column "{column.name}" is a generated column.'
    return f'Column "{column.name}" is an identity column defined as GENERATED ALWAYS.'


def _check_conflict(catalog: Catalog, table: Table, change: Insert) -> None:
    if is_open(catalog, table):
        return
    if change.conflict_constraint is not None:
        if table.constraint(change.conflict_constraint) is None:
            message = (
                f'constraint "{change.conflict_constraint}" for table "{table.name.name}" does not exist'
            )
            full = f"{table.name}.{change.conflict_constraint}"
            raise MissingObject("42704", message, full, kind="constraint")
        return
    if not change.conflict:
        return
    for name in change.conflict:
        if table.column(name) is None:
            raise missing_column(table, name, f'column "{name}" does not exist')
    arbiters = [index for index in table.indexes if _arbitrates(index, change.conflict)]
    if not arbiters:
        message = "there is no unique or exclusion constraint matching the ON CONFLICT specification"
        raise Refused(
            "42P10", message, str(table.name), tuple(f"{table.name}.{name}" for name in change.conflict)
        )
    if all(_is_deferrable(table, index) for index in arbiters):
        message = (
            "ON CONFLICT does not support deferrable unique constraints/exclusion constraints as arbiters"
        )
        raise Refused("55000", message, str(table.name))


def _arbitrates(index: Index, columns: tuple[str, ...]) -> bool:
    """True where the index may be the one meant; a partial one is if the statement has its predicate."""
    return index.unique and index.valid and set(index.columns) == set(columns)


def _is_deferrable(table: Table, index: Index) -> bool:
    constraint = table.constraint(index.constraint) if index.constraint else None
    return isinstance(constraint, PrimaryKey | Unique) and constraint.deferrable


def update(catalog: Catalog, change: Update) -> Applied:
    """UPDATE: the assigned columns exist, once each, and are not generated."""
    table = _target(catalog, change.table, "change")
    refuse_unresolved(catalog, change.unresolved)
    if table is None:
        return Applied(catalog)
    for _, value in change.sets if change.sources is None else ():
        check_calls(catalog, table, value)
    for name, times in Counter(name for name, _ in change.sets).items():
        if times > 1:
            raise Refused("42601", f'multiple assignments to same column "{name}"', f"{table.name}.{name}")
    for name, value in change.sets:
        column = table.column(name)
        if column is None:
            if not is_open(catalog, table):
                raise missing_column(table, name)
            continue
        if change.sources is None:
            _check_type(catalog, table, column, (value.text,))
        written = value.text.strip().upper() != "DEFAULT"
        if written and (column.generated or column.identity == "always"):
            message = f'column "{name}" can only be updated to DEFAULT'
            raise _filled_by_server(catalog, table, column, message)
    return Applied(catalog)


def delete(catalog: Catalog, change: Delete) -> Applied:
    """DELETE: the table exists."""
    _target(catalog, change.table, "change")
    refuse_unresolved(catalog, change.unresolved)
    return Applied(catalog)
