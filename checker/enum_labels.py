"""New enum values may not be used in the transaction that adds them (55P04).

PostgreSQL refuses to read the value from a literal before the commit (`check_safe_enum_use` in
backend/utils/adt/enum.c), from 17 on unless the type itself is of the same transaction.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from checker.catalog import Catalog, Check, Expr, QName, Table
from checker.change import (
    AddColumn,
    AddConstraint,
    AlterColumnType,
    Change,
    CreateIndex,
    CreateTable,
    Delete,
    Insert,
    SetDefault,
    Update,
)
from checker.errors import NewEnumValueUsed
from checker.session import Session
from checker.sql.tokens import literal, tokenize
from checker.sqltype import SqlType

Use = tuple[Expr, Iterable[SqlType]]


def refuse_new_labels(session: Session, catalog: Catalog, change: Change) -> None:
    """Raises NewEnumValueUsed where the change reads a value that the open transaction has added."""
    if not session.new_labels:
        return
    for expr, types in _uses(catalog, change):
        named = {QName(one.schema, one.name) for one in types if one.schema is not None} | expr.uses
        written: frozenset[str] | None = None
        for type_, label in sorted(session.new_labels):
            if type_ in named:
                written = _strings(expr.text) if written is None else written
                if label in written:
                    message = f'unsafe use of new value "{label}" of enum type {type_.name}'
                    raise NewEnumValueUsed("55P04", message, str(type_), (label,))


def _strings(text: str) -> frozenset[str]:
    return frozenset(literal(token) for token in tokenize(text, "postgres") if token.kind == "string")


def _uses(catalog: Catalog, change: Change) -> Iterator[Use]:
    """Every expression that the server evaluates or checks, with the types that its literals may have."""
    match change:
        case CreateTable(table=table):
            yield from _uses_of_table(table)
        case AddColumn(column=column):
            for expr in (column.default, column.expression):
                if expr is not None:
                    yield expr, (column.type,)
        case SetDefault(table=name, column=written, default=expr):
            yield expr, _types(catalog, name, (written,))
        case AlterColumnType(table=name, using=Expr() as expr, type=new):
            yield expr, (new, *_types(catalog, name, expr.columns))
        case AddConstraint(table=name, constraint=Check(expr=expr)):
            yield expr, _types(catalog, name, expr.columns)
        case CreateIndex(table=name, index=index):
            for found in (index.where, *(key.expr for key in index.keys)):
                if found is not None:
                    yield found, _types(catalog, name, found.columns)
        case Insert() | Update() | Delete():
            yield from _uses_of_rows(catalog, change)
        case _:
            return


def _uses_of_table(table: Table) -> Iterator[Use]:
    for column in table.columns:
        for expr in (column.default, column.expression):
            if expr is not None:
                yield expr, (column.type,)
    types = {column.name: column.type for column in table.columns}
    for constraint in table.constraints:
        if isinstance(constraint, Check):
            read = constraint.expr.columns
            yield constraint.expr, [types[name] for name in read if name in types]


def _uses_of_rows(catalog: Catalog, change: Insert | Update | Delete) -> Iterator[Use]:
    name = change.table
    match change:
        case Insert(rows=rows, columns=columns):
            table = catalog.table(name)
            known = tuple(column.name for column in table.columns) if table else ()
            for row in rows or ():
                for column, value in zip(columns or known, row, strict=False):
                    yield value, _types(catalog, name, (column,))
            if change.query is not None:
                yield change.query, _types(catalog, name, columns or known)
        case Update(sets=sets):
            for column, value in sets:
                yield value, _types(catalog, name, (column, *value.columns))
        case Delete():
            pass
    where = None if isinstance(change, Insert) else change.where
    if where is not None:
        yield where, _types(catalog, name, where.columns)


def _types(catalog: Catalog, table: QName, columns: Iterable[str]) -> list[SqlType]:
    found = catalog.table(table)
    known = (found.column(name) for name in columns) if found else ()
    return [column.type for column in known if column is not None]
