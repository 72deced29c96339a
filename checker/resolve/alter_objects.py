"""ALTER of types, domains, schemas, functions, triggers and policies."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from checker import change as to
from checker.catalog import Check, CompositeType, Domain, QName, UserType
from checker.change import Change
from checker.errors import DuplicateObject, MissingObject
from checker.resolve.drops import signature_types
from checker.resolve.objects import attribute, domain_check
from checker.resolve.protocol import skipped
from checker.resolve.scope import Scope
from checker.sql import nodes
from checker.sqltype import SqlType
from checker.values import replace


def alter_object(scope: Scope, node: nodes.AlterObject) -> Iterator[Change]:
    """One Change per action; what the catalog does not keep (OWNER TO …) is a NoChange."""
    match node.kind:
        case "type" | "domain":
            yield from _alter_type(scope, node)
        case "function" | "procedure" | "routine" | "aggregate":
            name = scope.function(node.name)
            yield from _common(scope, node, name, arguments=signature_types(scope, node.arguments))
        case "trigger" | "policy":
            yield from _alter_part(scope, node)
        case "schema":
            schema = scope.cut(node.name.last)
            yield from _common(scope, node, QName(schema, schema))
        case "extension":
            yield from _common(scope, node, QName("", scope.cut(node.name.last)))
        case kind:
            yield to.NoChange(words=f"alter {kind}", at=node.at)


def _common(
    scope: Scope,
    node: nodes.AlterObject,
    name: QName,
    *,
    table: QName | None = None,
    arguments: tuple[SqlType, ...] | None = None,
) -> Iterator[Change]:
    """RENAME TO and SET SCHEMA, the same for every kind."""
    for action in node.actions:
        match action:
            case nodes.RenameTo(new=new):
                yield to.RenameObject(
                    kind=node.kind,
                    name=name,
                    new=scope.cut(new),
                    table=table,
                    arguments=arguments,
                    at=action.at,
                    cut=scope.cuts(new),
                )
            case nodes.SetSchema(schema=schema):
                new_schema = scope.cut(schema)
                yield to.SetSchema(
                    kind=node.kind, name=name, schema=new_schema, arguments=arguments, at=action.at
                )
            case _:
                words = getattr(action, "words", "")
                yield to.NoChange(words=f"alter {node.kind} {words}".strip(), at=action.at)


def _alter_part(scope: Scope, node: nodes.AlterObject) -> Iterator[Change]:
    """ALTER TRIGGER and ALTER POLICY … ON table."""
    if node.table is None:
        return
    table = scope.relation(node.table)
    if node.if_exists and scope.surely_missing(table):
        yield skipped(f"alter {node.kind}", table, at=node.at)
        return
    yield from _common(scope, node, QName(table.schema, scope.cut(node.name.last)), table=table)


# Types


def _alter_type(scope: Scope, node: nodes.AlterObject) -> Iterator[Change]:
    name = scope.type_name(node.name)
    known = scope.user_type(name)
    for action in node.actions:
        if isinstance(action, nodes.RenameTo | nodes.SetSchema | nodes.OtherAction):
            yield from _common(scope, replace(node, actions=(action,)), name)
            continue
        match known:
            case CompositeType():
                known = _alter_composite(scope, known, action)
                verb = _VERBS.get(type(action), "")
                yield to.AlterType(type=name, new=known, action=verb, at=action.at)
            case Domain():
                known, verb = _alter_domain(scope, known, action)
                yield to.AlterType(type=name, new=known, action=verb, at=action.at)
            case _ if scope.is_known(name) and known is None:
                raise MissingObject("42704", f'type "{name.name}" does not exist', str(name), kind="type")
            case _:
                yield to.NoChange(words=f"alter {node.kind}", at=action.at)


_VERBS: dict[type, str] = {
    nodes.AddColumn: "add attribute",
    nodes.DropColumn: "drop attribute",
    nodes.AlterColumnType: "alter attribute",
    nodes.RenameColumn: "rename attribute",
}


def _alter_composite(scope: Scope, type_: CompositeType, action: nodes.AlterAction) -> CompositeType:
    names = [column.name for column in type_.columns]
    match action:
        case nodes.AddColumn(column=written):
            _refuse_taken(type_.name, scope.cut(written.name), names)
            return replace(type_, columns=(*type_.columns, attribute(scope, written)))
        case nodes.DropColumn(column=old, if_exists=if_exists):
            if not if_exists:
                _require(type_.name, old, names)
            return replace(type_, columns=tuple(one for one in type_.columns if one.name != old))
        case nodes.AlterColumnType(column=old, type=new):
            _require(type_.name, old, names)
            found = scope.type(new)
            columns = (replace(one, type=found) if one.name == old else one for one in type_.columns)
            return replace(type_, columns=tuple(columns))
        case nodes.RenameColumn(column=old, new=name):
            _require(type_.name, old, names)
            _refuse_taken(type_.name, scope.cut(name), names)
            cut = scope.cut(name)
            columns = (replace(one, name=cut) if one.name == old else one for one in type_.columns)
            return replace(type_, columns=tuple(columns))
        case _:
            return type_


def _require(type_: QName, column: str, names: list[str]) -> None:
    if column not in names:
        message = f'column "{column}" of relation "{type_.name}" does not exist'
        raise MissingObject("42703", message, f"{type_}.{column}", kind="column")


def _refuse_taken(type_: QName, column: str, names: list[str]) -> None:
    if column in names:
        message = f'column "{column}" of relation "{type_.name}" already exists'
        raise DuplicateObject("42701", message, f"{type_}.{column}", kind="column")


def _alter_domain(scope: Scope, domain: Domain, action: nodes.AlterAction) -> tuple[UserType, str]:
    match action:
        case nodes.SetDefault(default=default):
            return replace(domain, default=scope.expr(default)), "set default"
        case nodes.ColumnAction(action="drop default"):
            return replace(domain, default=None), "drop default"
        case nodes.ColumnAction(action="set not null"):
            return replace(domain, nullable=False), "set not null"
        case nodes.ColumnAction(action="drop not null"):
            return replace(domain, nullable=True), "drop not null"
        case nodes.AddConstraint(constraint=written):
            return _add_domain_constraint(scope, domain, written), "add constraint"
        case nodes.DropConstraint(name=name, if_exists=if_exists):
            kept = tuple(check for check in domain.checks if check.name != name)
            if len(kept) == len(domain.checks) and not if_exists:
                raise _missing_constraint(domain, name)
            return replace(domain, checks=kept), "drop constraint"
        case nodes.ValidateConstraint(name=name):
            return _with_check(domain, name, lambda check: replace(check, validated=True)), "validate"
        case nodes.RenameConstraint(name=name, new=new):
            return _with_check(domain, name, lambda check: replace(check, name=new)), "rename constraint"
        case _:
            return domain, ""


def _add_domain_constraint(scope: Scope, domain: Domain, node: nodes.ConstraintNode) -> Domain:
    if node.kind == "not null":
        return replace(domain, nullable=False)
    names = [check.name for check in domain.checks]
    check = domain_check(scope, domain.name, node, names)
    if check.name in names:
        message = f'constraint "{check.name}" for domain "{domain.name.name}" already exists'
        raise DuplicateObject("42710", message, f"{domain.name}.{check.name}", kind="constraint")
    return replace(domain, checks=(*domain.checks, check))


def _with_check(domain: Domain, name: str, change: Callable[[Check], Check]) -> Domain:
    if all(check.name != name for check in domain.checks):
        raise _missing_constraint(domain, name)
    return replace(
        domain, checks=tuple(change(check) if check.name == name else check for check in domain.checks)
    )


def _missing_constraint(domain: Domain, name: str) -> MissingObject:
    message = f'constraint "{name}" of domain "{domain.name.name}" does not exist'
    return MissingObject("42704", message, f"{domain.name}.{name}", kind="constraint")
