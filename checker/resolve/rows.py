"""INSERT, UPDATE, DELETE, queries, and what is understood but changes nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from checker import change as to
from checker.catalog import Expr, QName, Table, View
from checker.change import Change
from checker.resolve.drops import signature_types
from checker.resolve.queries import look_up
from checker.resolve.scope import Scope
from checker.sql import nodes

OUTSIDE_TRANSACTION = frozenset(
    (
        "vacuum", "vacuum full", "reindex concurrently", "create database", "drop database", "alter system",
        "create tablespace", "drop tablespace",
    )
)  # fmt: skip
"""What PostgreSQL refuses inside a transaction block (25001, `PreventInTransactionBlock`)."""


def insert(scope: Scope, node: nodes.Insert) -> Iterator[Change]:
    """INSERT, REPLACE and COPY … FROM."""
    table = scope.relation(node.table)
    columns = scope.columns(table, node.columns) if node.columns is not None else None
    found = look_up(scope, node.text)
    rows = None
    if node.rows is not None:
        rows = tuple(tuple(_value(scope, value) for value in row) for row in node.rows)
    yield to.Insert(
        table=table,
        columns=columns,
        rows=rows,
        default_values=node.default_values,
        query=scope.expr(node.query),
        conflict=scope.columns(table, node.conflict) if node.conflict is not None else None,
        conflict_constraint=node.conflict_constraint,
        overriding=node.overriding,
        copy=node.copy,
        tolerates=node.tolerates,
        ctes=node.ctes,
        limited=node.limited,
        width=found.width,
        unresolved=found.unresolved,
        enforced=scope.enforces_keys,
        at=node.at,
    )


def _value(scope: Scope, value: Expr) -> Expr:
    return scope.expr(value) if value.uses else value  # type: ignore[return-value]


def _columns(scope: Scope, table: QName) -> tuple[str, ...]:
    found = scope.catalog.relations.get(table)
    return tuple(column.name for column in found.columns) if isinstance(found, Table | View) else ()


def update(scope: Scope, node: nodes.Update) -> Iterator[Change]:
    """UPDATE."""
    table = scope.relation(node.table)
    known = _columns(scope, table)
    sets = tuple(
        (scope.column(table, column), scope.expr(value, known) or value) for column, value in node.sets
    )
    yield to.Update(
        table=table, sets=sets, where=scope.expr(node.where, known), alias=node.alias, sources=node.sources,
        ctes=node.ctes, tolerant=node.tolerant, limited=node.limited,
        unresolved=look_up(scope, node.text).unresolved, enforced=scope.enforces_keys, at=node.at,
    )  # fmt: skip


def delete(scope: Scope, node: nodes.Delete) -> Iterator[Change]:
    """DELETE."""
    table = scope.relation(node.table)
    where = scope.expr(node.where, _columns(scope, table))
    yield to.Delete(
        table=table, where=where, alias=node.alias, sources=node.sources, ctes=node.ctes,
        limited=node.limited, unresolved=look_up(scope, node.text).unresolved, enforced=scope.enforces_keys, at=node.at,
    )  # fmt: skip


def query(scope: Scope, node: nodes.Query) -> Iterator[Change]:
    """A query changes nothing, but for the functions that it calls."""
    calls = (scope.function(nodes.Name(tuple(name.split(".")))) for name in sorted(node.calls))
    own = tuple(name for name in calls if name in scope.catalog.functions)
    unresolved = look_up(scope, node.text).unresolved
    names = _names(scope, node.reads)
    draws = any(name.rpartition(".")[2] in ("setval", "nextval") for name in node.calls)
    yield to.NoChange(words="select", names=names, calls=own, draws=draws, unresolved=unresolved, at=node.at)


def utility(scope: Scope, node: nodes.Utility) -> Iterator[Change]:
    """COMMENT, GRANT, LOCK, VACUUM …"""
    outside = node.words in OUTSIDE_TRANSACTION and scope.is_postgres
    names = _names(scope, _relations(node))
    about = _about(scope, node) if node.names else None
    yield to.NoChange(words=node.words, names=names, outside_transaction=outside, about=about, at=node.at)


def _about(scope: Scope, node: nodes.Utility) -> to.About | None:
    """What the comment is about, where that is no relation itself; the function of an event trigger."""
    if node.words == "create event trigger":
        return to.About("function", scope.function(node.names[0]), arguments=())
    if not node.words.startswith("comment on"):
        return None
    name, *part = node.names
    match node.kind:
        case None if len(name.parts) > 1:
            table = scope.relation(nodes.Name(name.parts[:-1]))
            return to.About("column", table, scope.column(table, name.last))
        case "table" if part:
            return to.About("constraint", scope.relation(name), scope.cut(part[0].last))
        case "trigger" | "policy" as kind if part:
            return to.About(kind, scope.relation(name), scope.cut(part[0].last))
        case "function" | "procedure" | "aggregate" | "routine" as kind:
            return to.About(kind, scope.function(name), arguments=signature_types(scope, node.arguments))
        case "type" | "domain" as kind if not part:
            return to.About(kind, scope.type_name(name))
        case "schema" | "extension" as kind:
            return to.About(kind, QName("", scope.cut(name.last)))
        case _:
            return None


_RELATION_KINDS = frozenset(("table", "foreign table", "view", "materialized view", "sequence", "index"))


def _relations(node: nodes.Utility) -> tuple[nodes.Name, ...]:
    """Those of the names that are relations; of a column, constraint, trigger or policy it is the table."""
    if node.words == "create event trigger":
        return ()
    if node.words == "comment on column":
        return tuple(nodes.Name(name.parts[:-1], name.at) for name in node.names if len(name.parts) > 1)
    if node.words == "comment on constraint" or node.kind in ("trigger", "policy", "rule"):
        return node.names[:1] if len(node.names) > 1 and node.kind != "domain" else ()
    return node.names if node.kind in _RELATION_KINDS else ()


def _names(scope: Scope, written: Iterable[nodes.Name]) -> tuple[QName, ...]:
    return tuple(dict.fromkeys(scope.relation(name) for name in written))


def unreadable(scope: Scope, node: nodes.Unreadable) -> Iterator[Change]:
    """What was not understood; without a name of a relation it may have changed anything."""
    names = _names(scope, node.names)
    yield to.NotUnderstood(reason=node.reason, names=names, everything=not names, at=node.at)
