"""From what a statement says to what it does: names looked up, automatic names chosen, actions in order.

`resolve` is a generator that yields Changes and is sent the catalog after each (see `protocol`). Control flow
inside DO blocks is not here but in `checker.simulate`, which knows what to do when a part fails.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from checker import change as to
from checker.catalog import Catalog, QName
from checker.change import Change
from checker.errors import Refused, SyntaxFault
from checker.resolve import alter_objects, deferring, drops, indexes, objects, rows, views
from checker.resolve.alter import resolve_alter
from checker.resolve.protocol import Resolving, emit, skipped
from checker.resolve.queries import look_up
from checker.resolve.scope import Scope
from checker.resolve.sqlite import sqlite_table
from checker.resolve.tables import draft_table
from checker.session import Session
from checker.sql import nodes

__all__ = ["Resolving", "resolve"]


def resolve(node: nodes.Node, catalog: Catalog, session: Session) -> Resolving:
    """The Changes of one statement; send the catalog after each, the last one is returned.

    May raise ApplyError where the server refuses what has no Change of its own.
    """
    return _resolve(node, Scope(catalog, session))


def _resolve(node: nodes.Node, scope: Scope) -> Resolving:
    match node:
        case nodes.Alter():
            return (yield from resolve_alter(scope, node))
        case nodes.CreateSchema():
            return (yield from _create_schema(scope, node))
        case nodes.Block() | nodes.If() | nodes.Tolerated():
            reason = "control flow that nobody followed"
            return (yield from emit(scope, [to.NotUnderstood(reason=reason, everything=True, at=node.at)]))
        case _:
            return (yield from emit(scope, _SIMPLE[type(node)](scope, node)))


def _create_schema(scope: Scope, node: nodes.CreateSchema) -> Resolving:
    """CREATE SCHEMA, then what it holds, for which the new schema comes first in the search path."""
    for change in objects.create_schema(scope, node):
        scope = scope.at((yield change))
    inner = Scope(scope.catalog, scope.session, created_in=scope.cut(node.name))
    for element in node.elements:
        inner = inner.at((yield from _resolve(element, inner)))
    return inner.catalog


def _create_table(scope: Scope, node: nodes.CreateTable) -> Iterable[Change]:
    name = scope.new(node.name, temporary=node.temporary)
    unresolved = look_up(scope, node.query.text).unresolved if node.query is not None else None
    if node.if_not_exists and name in scope.catalog.relations and not (unresolved and scope.is_postgres):
        return [skipped("create table", name, at=node.at)]
    cut = scope.cuts(node.name.last, *_written_names(node))
    if node.query is not None:
        table = views.table_of_query(scope, name, node)
        return [
            to.CreateTable(
                table=table, filled=True, query=node.query, unresolved=unresolved, at=node.at, cut=cut
            )
        ]
    if not scope.is_postgres:
        shadows = tuple(QName(name.schema, f"{name.name}_{end}") for end in node.shadows)
        return [to.CreateTable(table=sqlite_table(scope, name, node), shadows=shadows, at=node.at)]
    draft = draft_table(scope, name, node)
    return [to.CreateTable(table=draft.table, sequences=draft.sequences, at=node.at, cut=cut)]


def _written_names(node: nodes.CreateTable) -> Iterable[str | None]:
    for column in node.columns:
        yield column.name
        yield from (constraint.name for constraint in column.constraints)
    yield from (constraint.name for constraint in node.constraints)


def _transaction(scope: Scope, node: nodes.TransactionControl) -> Iterable[Change]:
    at = node.at
    match node.action:
        case "begin":
            return [to.Begin(at=at)]
        case "commit" | "rollback" as action:
            if node.chain and not scope.session.in_transaction:
                message = f"{action.upper()} AND CHAIN can only be used in transaction blocks"
                raise Refused("25P01", message)
            end = to.Commit(at=at) if action == "commit" else to.Rollback(at=at)
            return [end, to.Begin(at=at)] if node.chain else [end]
        case "rollback to":
            return [to.Rollback(savepoint=node.savepoint, at=at)]
        case "savepoint" | "release":
            return [to.Savepoint(name=node.savepoint or "", release=node.action == "release", at=at)]
        case "prepare":
            reason = "PREPARE TRANSACTION: who commits it is not known"
            return [to.NotUnderstood(reason=reason, at=at)]


def _set(scope: Scope, node: nodes.SetSetting) -> Iterable[Change]:
    return [to.SetSetting(name=node.name, values=node.values, local=node.local, at=node.at)]


def _invalid(scope: Scope, node: nodes.Invalid) -> Iterable[Change]:
    """42601: the server refuses it before it looks at anything."""
    if node.until is not None and scope.catalog.server.version >= node.until:
        return [to.NotUnderstood(reason=node.message, everything=True, at=node.at)]
    raise SyntaxFault("42601" if scope.is_postgres else "SQLITE_ERROR", node.message)


def _raise(scope: Scope, node: nodes.Raise) -> Iterable[Change]:
    """A block that raises an exception itself is refused with it."""
    raise Refused(node.code, node.message)


_SIMPLE: Mapping[type, Callable[[Scope, Any], Iterable[Change]]] = {
    nodes.CreateTable: _create_table,
    nodes.CreateIndex: indexes.resolve_create_index,
    nodes.Drop: drops.resolve_drop,
    nodes.Truncate: drops.resolve_truncate,
    nodes.CreateView: views.create_view,
    nodes.CreateSequence: objects.create_sequence,
    nodes.CreateType: objects.create_type,
    nodes.AddEnumValue: objects.add_enum_value,
    nodes.RenameEnumValue: objects.rename_enum_value,
    nodes.CreateDomain: objects.create_domain,
    nodes.AlterObject: alter_objects.alter_object,
    nodes.CreateFunction: objects.create_function,
    nodes.CreateTrigger: objects.create_trigger,
    nodes.CreatePolicy: objects.create_policy,
    nodes.CreateExtension: objects.create_extension,
    nodes.TransactionControl: _transaction,
    nodes.SetSetting: _set,
    nodes.Insert: rows.insert,
    nodes.Update: rows.update,
    nodes.Delete: rows.delete,
    nodes.Query: rows.query,
    nodes.Utility: rows.utility,
    nodes.Unreadable: rows.unreadable,
    nodes.SetConstraints: deferring.set_constraints,
    nodes.Raise: _raise,
    nodes.Invalid: _invalid,
}
