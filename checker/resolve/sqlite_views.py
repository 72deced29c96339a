"""CREATE VIEW and CREATE TABLE AS on SQLite: names as its columns spell them, types by affinity."""

from __future__ import annotations

from collections.abc import Iterable

from checker.catalog import Column, Expr, QName, Table, View, ViewColumn
from checker.resolve.queries import look_up
from checker.resolve.scope import Scope
from checker.sql import nodes
from checker.sql.results import Result, Results
from checker.sql.view_text import reads_of
from checker.sqltype import SqlType

# What a table made from a query says of its columns (`createTableStmt` in SQLite's build.c)
_DECLARED = {"text": "TEXT", "numeric": "NUM", "integer": "INT", "real": "REAL", "blob": ""}


def sqlite_view(scope: Scope, name: QName, node: nodes.CreateView) -> View:
    """The view; its columns have no types of their own, and what it reads need not exist."""
    named = node.columns or _names(look_up(scope, node.query.text).results)
    columns = tuple(Column(one, SqlType("")) for one in named)
    return View(name, columns, _reads(scope, node.query), text=node.query.text)


def _reads(scope: Scope, query: Expr) -> frozenset[ViewColumn]:
    known = {
        found.name.lower(): (found.name, [column.name for column in relation.columns])
        for found, relation in scope.catalog.relations.items()
        if isinstance(relation, Table | View)
    }
    return reads_of(query.text, query.uses, known)


def sqlite_table_of_query(scope: Scope, name: QName, node: nodes.CreateTable, query: Expr) -> Table:
    """The table; assumed to have any column where the query's are not known."""
    results = look_up(scope, query.text).results
    columns = [
        Column(spelled, _type(scope, result))
        for spelled, result in zip(_names(results), results or (), strict=True)
    ]
    return Table(name, tuple(columns), temporary=node.temporary, assumed=not columns)


def _names(results: Results) -> Iterable[str]:
    """The names of all columns, or none; one that was given before gets a number."""
    if results is None or not all(one.spelled for one in results):
        return ()
    names: list[str] = []
    for one in results:
        name, number = one.spelled, 0
        while name.lower() in {other.lower() for other in names}:
            number += 1
            name = f"{one.spelled}:{number}"
        names.append(name)
    return names


def _type(scope: Scope, result: Result) -> SqlType:
    """The affinity of the column that it is, or of its cast; none of any other expression."""
    if result.cast:
        return SqlType(_DECLARED[SqlType(result.cast).affinity()])
    origin = scope.catalog.relations.get(result.origin[0]) if result.origin else None
    column = origin.column(result.origin[1]) if isinstance(origin, Table) and result.origin else None
    return SqlType(_DECLARED[column.type.affinity()]) if column else SqlType("")
