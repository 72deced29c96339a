"""CREATE INDEX: keys as the catalog keeps them, and the automatic name."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from checker.catalog import Expr, Index, IndexKey, QName, Table, View
from checker.change import Change
from checker.change import CreateIndex as CreateIndexChange
from checker.names import index_name
from checker.resolve.protocol import skipped
from checker.resolve.scope import ROWID_NAMES, SYSTEM_COLUMNS, Scope
from checker.sql.nodes import CreateIndex, IndexKeyNode


def resolve_create_index(scope: Scope, node: CreateIndex) -> Iterator[Change]:
    """The Change of a CREATE INDEX. IF NOT EXISTS looks at the name alone, whatever has it."""
    table = scope.relation(node.table)
    found = scope.catalog.relations.get(table)
    columns = tuple(column.name for column in found.columns) if isinstance(found, Table | View) else ()
    keys = tuple(_key(scope, table, columns, key) for key in node.keys)
    include = scope.columns(table, node.include)
    name = _name(scope, node, table, keys, include)
    index = Index(
        name,
        table,
        keys,
        unique=node.unique,
        method=node.method,
        include=include,
        where=_with_missing(scope, node.where, scope.expr(node.where, columns)),
        nulls_not_distinct=node.nulls_not_distinct,
    )
    exists = node.if_not_exists and name in scope.catalog.relations
    if exists and not (
        scope.is_postgres and isinstance(found, Table) and _names_nothing(scope, found, index)
    ):
        yield skipped("create index", table, at=node.at)
        return
    cut = scope.cuts(node.name.last if node.name else None)
    yield CreateIndexChange(
        table=table, only=node.only, index=index, concurrently=node.concurrently, at=node.at, cut=cut
    )


def _names_nothing(scope: Scope, table: Table, index: Index) -> bool:
    """True where a column of the index is surely missing, which PostgreSQL sees before it sees the name."""
    known = {column.name for column in table.columns}
    return not table.assumed and scope.is_known(table.name) and bool(index.reads - known - SYSTEM_COLUMNS)


def _name(
    scope: Scope, node: CreateIndex, table: QName, keys: tuple[IndexKey, ...], include: tuple[str, ...]
) -> QName:
    """The index lives in its table's schema; SQLite lets a name say it."""
    if node.name is not None:
        qualified = len(node.name.parts) > 1 and not scope.is_postgres
        return QName(node.name.parts[-2] if qualified else table.schema, scope.cut(node.name.last))
    return QName(table.schema, index_name(scope.catalog, table, keys, include))


def _with_missing(scope: Scope, written: Expr | None, expr: Expr | None) -> Expr | None:
    """SQLite: with the words that can only be columns and are none; in double quotes they are strings."""
    if scope.is_postgres or written is None or expr is None:
        return expr
    known = {column.lower() for column in expr.columns}
    passed = known | ROWID_NAMES
    missing = {one for one in written.columns if one.lower() not in passed and f'"{one}"' not in written.text}
    return replace(expr, columns=expr.columns | missing)


def _key(scope: Scope, table: QName, columns: tuple[str, ...], node: IndexKeyNode) -> IndexKey:
    column = scope.column(table, node.column) if node.column is not None else None
    expr = _with_missing(scope, node.expr, scope.expr(node.expr, columns))
    if column is not None and expr is not None:
        column, expr = (column, None) if column in columns else (None, expr)
    return IndexKey(column, expr, node.descending, node.opclass, node.collation)
