"""CREATE VIEW and CREATE TABLE AS: what a query returns and reads."""

from __future__ import annotations

from collections.abc import Iterator

from checker import change as to
from checker.catalog import Column, Expr, QName, Table, View, ViewColumn
from checker.change import Change
from checker.resolve.protocol import skipped
from checker.resolve.queries import look_up
from checker.resolve.scope import SYSTEM_SCHEMAS, Scope
from checker.resolve.sqlite_views import sqlite_table_of_query, sqlite_view
from checker.sql import nodes
from checker.sql.lineage import Lineage, lineage
from checker.sql.query import references
from checker.sql.tokens import tokenize
from checker.sqltype import SqlType


def create_view(scope: Scope, node: nodes.CreateView) -> Iterator[Change]:
    """CREATE [MATERIALIZED] VIEW."""
    name = scope.new(node.name, temporary=node.temporary)
    unresolved = look_up(scope, node.query.text).unresolved if scope.is_postgres else None
    if node.if_not_exists and name in scope.catalog.relations and unresolved is None:
        yield skipped("create view", name, at=node.at)
        return
    view = _view(scope, name, node) if scope.is_postgres else sqlite_view(scope, name, node)
    cut = scope.cuts(node.name.last)
    yield to.CreateView(view=view, or_replace=node.or_replace, unresolved=unresolved, at=node.at, cut=cut)


def _view(scope: Scope, name: QName, node: nodes.CreateView) -> View:
    reads, uses = _read(scope, node.query)
    traced = _lineage(scope, node.query)
    if traced is not None:
        wholes = {read.relation for read in reads} - {relation for relation, _ in traced.reads}
        by_column = frozenset(ViewColumn(relation, column) for relation, column in traced.reads)
        reads = by_column | frozenset(ViewColumn(relation, None) for relation in wholes)
    columns = _columns(scope, node.columns, traced)
    return View(name, columns, reads, uses, materialized=node.materialized, text=node.query.text)


def _read(scope: Scope, query: Expr) -> tuple[frozenset[ViewColumn], frozenset[QName]]:
    """The relations that a query reads, as wholes, and the types and functions that it uses."""
    dialect = scope.catalog.server.dialect
    resolved = scope.expr(query) or query
    found = (scope.relation(name) for name in references(tokenize(query.text, dialect), dialect).relations)
    relations = frozenset(name for name in found if name.schema not in SYSTEM_SCHEMAS)
    relations |= frozenset(name for name in resolved.uses if name in scope.catalog.relations)
    return frozenset(ViewColumn(name, None) for name in relations), resolved.uses - relations


def _lineage(scope: Scope, query: Expr) -> Lineage | None:
    """Which columns the query returns and reads; None where a relation's columns are not known.

    Then no parser is asked, for the first one costs its import.
    """

    def columns_of(name: nodes.Name) -> tuple[QName, dict[str, SqlType]] | None:
        found = scope.found(name)
        if not isinstance(found, Table | View) or (isinstance(found, Table) and found.assumed):
            return None
        return (found.name, {column.name: column.type for column in found.columns}) if found.columns else None

    dialect = scope.catalog.server.dialect
    named = references(tokenize(query.text, dialect), dialect).relations
    return lineage(query.text, dialect, columns_of) if all(map(columns_of, named)) else None


def _columns(scope: Scope, named: tuple[str, ...], traced: Lineage | None) -> tuple[Column, ...]:
    """The columns of a query; a list of names overrides the first of its own. An unknown type stays empty."""
    outputs = traced.outputs if traced else ()
    names = [*named, *(output.name for output in outputs[len(named) :])]
    types = [output.type or SqlType("") for output in outputs] or [SqlType("")] * len(names)
    return tuple(Column(scope.cut(name), type_) for name, type_ in zip(names, types, strict=False))


def table_of_query(scope: Scope, name: QName, node: nodes.CreateTable) -> Table:
    """The table of CREATE TABLE AS, as far as its columns are known."""
    if node.query is not None and not scope.is_postgres:
        return sqlite_table_of_query(scope, name, node, node.query)
    traced = _lineage(scope, node.query) if node.query else None
    columns = _columns(scope, node.query_columns, traced)
    return Table(name, columns, temporary=node.temporary, assumed=traced is None)
