"""CREATE VIEW and CREATE TABLE AS: what a query returns and reads."""

from __future__ import annotations

from collections.abc import Iterator

from checker import change as to
from checker.catalog import Column, Expr, QName, Table, View, ViewColumn
from checker.change import Change
from checker.resolve.protocol import skipped
from checker.resolve.scope import Scope
from checker.sql import nodes
from checker.sqltype import SqlType


def create_view(scope: Scope, node: nodes.CreateView) -> Iterator[Change]:
    """CREATE [MATERIALIZED] VIEW."""
    name = scope.new(node.name, temporary=node.temporary)
    if node.if_not_exists and name in scope.catalog.relations:
        yield skipped("create view", name, at=node.at)
        return
    reads, uses = _read(scope, node.query)
    view = View(
        name,
        tuple(Column(scope.cut(column), SqlType("")) for column in node.columns),
        reads,
        uses,
        materialized=node.materialized,
        text=node.query.text,
    )
    yield to.CreateView(view=view, or_replace=node.or_replace, at=node.at, cut=scope.cuts(node.name.last))


def _read(scope: Scope, query: Expr) -> tuple[frozenset[ViewColumn], frozenset[QName]]:
    """The relations that a query reads, as wholes, and the types and functions that it uses."""
    resolved = scope.expr(query) or query
    relations = frozenset(name for name in resolved.uses if name in scope.catalog.relations)
    return frozenset(ViewColumn(name, None) for name in relations), resolved.uses - relations


def table_of_query(scope: Scope, name: QName, node: nodes.CreateTable) -> Table:
    """The table of CREATE TABLE AS, as far as its columns are known."""
    columns = tuple(Column(scope.cut(column), SqlType("")) for column in node.query_columns)
    return Table(name, columns, temporary=node.temporary, assumed=True)
