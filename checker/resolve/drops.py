"""DROP of everything, and TRUNCATE: one Change per object, each knowing what goes with it in the same statement."""

from __future__ import annotations

from collections.abc import Iterator

from checker import change as to
from checker.catalog import Catalog, QName, Table, View
from checker.change import Change
from checker.resolve.protocol import skipped
from checker.resolve.scope import Scope
from checker.sql.nodes import At, Drop, ObjectKind, Signature, Truncate
from checker.sqltype import SqlType
from checker.values import replace

_RELATIONS: tuple[ObjectKind, ...] = (
    "table", "foreign table", "view", "materialized view", "index", "sequence",
)  # fmt: skip


def resolve_drop(scope: Scope, node: Drop) -> Iterator[Change]:
    """The Changes of a DROP."""
    match node.kind:
        case "trigger" | "policy":
            yield from _on_table(scope, node)
        case "function" | "procedure" | "routine" | "aggregate":
            yield from _routines(scope, node)
        case "schema":
            yield from _schemas(scope, node)
        case "extension":
            yield from _extensions(scope, node)
        case "type" | "domain":
            yield from _types(scope, node)
        case kind if kind in _RELATIONS:
            yield from _relations(scope, node)
        case "owned":
            reason = "DROP OWNED: what the role owns is not followed"
            yield to.NotUnderstood(reason=reason, everything=True, at=node.at)
        case kind:
            yield to.NoChange(words=f"drop {kind}", outside_transaction=kind == "database", at=node.at)


def _relations(scope: Scope, node: Drop) -> Iterator[Change]:
    names = tuple(dict.fromkeys(scope.relation(name) for name in node.names))
    gone = tuple(name for name in names if node.if_exists and scope.surely_missing(name))
    kept = tuple(name for name in names if name not in gone)
    for name in names:
        if name in gone:
            yield skipped(f"drop {node.kind}", name, at=_at(scope, node, name))
        else:
            change = _relation(node, name, kept if len(kept) > 1 else (), _at(scope, node, name))
            enforced = isinstance(change, to.DropTable) and scope.enforces_keys
            yield replace(change, enforced=True) if enforced else change  # type: ignore[call-arg]


def _at(scope: Scope, node: Drop, name: QName) -> At:
    """The name's own place in a statement that drops several."""
    if len(node.names) == 1:
        return node.at
    return next((one.at for one in node.names if scope.cut(one.last).lower() == name.name.lower()), node.at)


def _relation(node: Drop, name: QName, together: tuple[QName, ...], at: At) -> Change:
    cascade = node.cascade
    match node.kind:
        case "view" | "materialized view":
            materialized = node.kind == "materialized view"
            return to.DropView(
                name=name, cascade=cascade, materialized=materialized, together=together, at=at
            )
        case "index":
            concurrently = node.concurrently
            return to.DropIndex(
                name=name, concurrently=concurrently, cascade=cascade, together=together, at=at
            )
        case "sequence":
            return to.DropSequence(name=name, cascade=cascade, together=together, at=at)
        case _:
            return to.DropTable(table=name, cascade=cascade, together=together, at=at)


def _types(scope: Scope, node: Drop) -> Iterator[Change]:
    names = tuple(dict.fromkeys(scope.type_name(name) for name in node.names))
    together = names if len(names) > 1 else ()
    for name in names:
        if node.if_exists and not scope.is_type(name) and scope.is_known(name):
            yield skipped(f"drop {node.kind}", at=node.at)
        else:
            domain = node.kind == "domain"
            yield to.DropType(name=name, cascade=node.cascade, domain=domain, together=together, at=node.at)


def _schemas(scope: Scope, node: Drop) -> Iterator[Change]:
    names = tuple(scope.cut(name.last) for name in node.names)
    together = names if len(names) > 1 else ()
    for name in names:
        if node.if_exists and not scope.has_schema(name):
            yield skipped("drop schema", at=node.at)
        else:
            yield to.DropSchema(name=name, cascade=node.cascade, together=together, at=node.at)


def _extensions(scope: Scope, node: Drop) -> Iterator[Change]:
    for written in node.names:
        name = scope.cut(written.last)
        if node.if_exists and scope.catalog.complete and name not in scope.catalog.extensions:
            yield skipped("drop extension", at=node.at)
        else:
            yield to.DropExtension(name=name, cascade=node.cascade, at=node.at)


def _routines(scope: Scope, node: Drop) -> Iterator[Change]:
    signatures = node.signatures or tuple(Signature(name, None) for name in node.names)
    resolved = [(scope.function(one.name), signature_types(scope, one.arguments)) for one in signatures]
    names = tuple(name for name, _ in resolved)
    for name, arguments in resolved:
        if node.if_exists and not has_function(scope.catalog, name, arguments) and scope.is_known(name):
            yield skipped(f"drop {node.kind}", at=node.at)
            continue
        together = names if len(names) > 1 else ()
        yield to.DropFunction(
            name=name,
            arguments=arguments,
            kind=node.kind,
            cascade=node.cascade,
            together=together,
            at=node.at,
        )


def signature_types(scope: Scope, arguments: tuple[SqlType, ...] | None) -> tuple[SqlType, ...] | None:
    """The types of a signature: full names, without modifiers, which signatures do not keep."""
    return None if arguments is None else tuple(scope.type(one).bare() for one in arguments)


def has_function(catalog: Catalog, name: QName, arguments: tuple[SqlType, ...] | None) -> bool:
    """True where there is a function of that name, with those arguments if they are given."""
    return any(arguments is None or one.arguments == arguments for one in catalog.functions.get(name, ()))


def _on_table(scope: Scope, node: Drop) -> Iterator[Change]:
    """DROP TRIGGER and DROP POLICY; on SQLite the trigger stands alone and its table is looked for."""
    name = scope.cut(node.names[0].last)
    table, name = _holder(scope, node, name)
    found = scope.catalog.relations.get(table)
    known = scope.is_seen(table) or scope.surely_missing(table)
    if node.if_exists and known and not _has_part(found, node.kind, name):
        yield skipped(f"drop {node.kind}", table, at=node.at)
    elif node.kind == "trigger":
        yield to.DropTrigger(table=table, name=name, cascade=node.cascade, at=node.at)
    else:
        yield to.DropPolicy(table=table, name=name, at=node.at)


def _holder(scope: Scope, node: Drop, name: str) -> tuple[QName, str]:
    """The table of the trigger, and the trigger's name as it is spelled there."""
    if node.table is not None:
        return scope.relation(node.table), name
    for relation in scope.catalog.relations.holding(name):
        if isinstance(relation, Table | View):
            for trigger in relation.triggers:
                if trigger.name.lower() == name.lower():
                    return relation.name, trigger.name
    return QName("main", ""), name


def _has_part(relation: object, kind: ObjectKind, name: str) -> bool:
    if isinstance(relation, Table) and (relation.assumed or kind == "policy"):
        return relation.assumed or any(one.name == name for one in relation.policies)
    return isinstance(relation, Table | View) and any(one.name == name for one in relation.triggers)


# TRUNCATE


def resolve_truncate(scope: Scope, node: Truncate) -> Iterator[Change]:
    """One Change per table; CASCADE takes those that refer to it, however far away."""
    names = tuple(dict.fromkeys(scope.relation(name) for name in node.tables))
    for name in names:
        along = _referring(scope.catalog, name) if node.cascade else frozenset()
        yield to.Truncate(
            table=name,
            cascade=node.cascade,
            restart=node.restart,
            along=tuple(sorted(along - set(names))),
            together=names if len(names) > 1 else (),
            at=node.at,
        )


def _referring(catalog: Catalog, table: QName) -> frozenset[QName]:
    """Every table with a foreign key to this one, directly or through others."""
    found: set[QName] = {table}
    waiting = [table]
    while waiting:
        target = waiting.pop()
        for child, _ in catalog.references_to(target):
            if child.name not in found:
                found.add(child.name)
                waiting.append(child.name)
    return frozenset(found - {table})
