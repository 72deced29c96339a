"""CREATE of types, domains, sequences, functions, triggers, policies and extensions."""

from __future__ import annotations

from collections.abc import Iterator

from checker import change as to
from checker.catalog import (
    Check,
    Column,
    CompositeType,
    Domain,
    EnumType,
    Expr,
    Extension,
    Function,
    OtherType,
    Policy,
    QName,
    Sequence,
    Table,
    Trigger,
    UserType,
    View,
)
from checker.change import Change
from checker.names import constraint_name
from checker.resolve.alter import owning_column
from checker.resolve.drops import signature_types
from checker.resolve.extensions import OPERATOR_CLASSES_OF_EXTENSIONS, TYPES_OF_EXTENSIONS
from checker.resolve.protocol import skipped
from checker.resolve.queries import look_up_body
from checker.resolve.scope import Scope
from checker.sql import nodes
from checker.sql.tokens import identifier, tokenize
from checker.sqltype import SqlType
from checker.values import replace

# Types


def create_type(scope: Scope, node: nodes.CreateType) -> Iterator[Change]:
    """CREATE TYPE of any kind."""
    name = scope.new(node.name)
    yield to.CreateType(type=_new_type(scope, name, node), at=node.at, cut=scope.cuts(node.name.last))


def _new_type(scope: Scope, name: QName, node: nodes.CreateType) -> UserType:
    match node.kind:
        case "enum":
            return EnumType(name, node.labels)
        case "composite":
            return CompositeType(name, tuple(attribute(scope, column) for column in node.columns))
        case "range" | "shell" | "base" as kind:
            return OtherType(name, kind)


def attribute(scope: Scope, node: nodes.ColumnNode) -> Column:
    """One attribute of a composite type."""
    return Column(scope.cut(node.name), scope.type(node.type or SqlType("")), collation=node.collation)


def create_domain(scope: Scope, node: nodes.CreateDomain) -> Iterator[Change]:
    """CREATE DOMAIN; its unnamed checks are called after it."""
    name = scope.new(node.name)
    checks: list[Check] = []
    for written in node.checks:
        checks.append(domain_check(scope, name, written, [check.name for check in checks]))
    default = scope.expr(node.default)
    domain = Domain(name, scope.type(node.base), node.nullable, default, tuple(checks))
    yield to.CreateType(type=domain, at=node.at, cut=scope.cuts(node.name.last))


def domain_check(scope: Scope, domain: QName, node: nodes.ConstraintNode, taken: list[str]) -> Check:
    """A check of a domain: `domain_check`, `domain_check1` … where it has no name; VALUE is no column."""
    written = scope.cut(node.name) if node.name else None
    name = written or constraint_name(scope.catalog, domain.schema, domain.name, None, "check", taken)
    expr = replace(scope.expr(node.expr) or Expr(""), columns=frozenset())
    return Check(name, expr, validated=not node.not_valid)


def add_enum_value(scope: Scope, node: nodes.AddEnumValue) -> Iterator[Change]:
    """ALTER TYPE … ADD VALUE."""
    name = scope.type_name(node.name)
    enum = scope.catalog.enum(name)
    if node.if_not_exists and enum is not None and node.label in enum.labels:
        yield skipped("alter type add value", at=node.at)
        return
    yield to.AddEnumValue(
        type=name,
        label=node.label,
        before=node.before,
        after=node.after,
        if_not_exists=node.if_not_exists,
        at=node.at,
    )


def rename_enum_value(scope: Scope, node: nodes.RenameEnumValue) -> Iterator[Change]:
    """ALTER TYPE … RENAME VALUE."""
    name = scope.type_name(node.name)
    yield to.RenameEnumValue(type=name, label=node.label, new=node.new, at=node.at)


# Sequences, functions


def create_sequence(scope: Scope, node: nodes.CreateSequence) -> Iterator[Change]:
    """CREATE SEQUENCE."""
    name = scope.new(node.name, temporary=node.temporary)
    if node.if_not_exists and name in scope.catalog.relations:
        yield skipped("create sequence", name, at=node.at)
        return
    owner = owning_column(scope, node.owned_by) if node.owned_by is not None else None
    sequence = Sequence(name, node.type or SqlType("bigint"), owner)
    yield to.CreateSequence(sequence=sequence, at=node.at, cut=scope.cuts(node.name.last))


def create_function(scope: Scope, node: nodes.CreateFunction) -> Iterator[Change]:
    """CREATE FUNCTION, PROCEDURE or AGGREGATE; of the body it is looked at whether its names mean something."""
    name = scope.new(node.signature.name)
    arguments = signature_types(scope, node.signature.arguments) or ()
    returns = scope.type(node.returns).bare() if node.returns is not None else None
    function = Function(name, arguments, node.kind, returns)
    cut = scope.cuts(node.signature.name.last)
    yield to.CreateFunction(
        function=function,
        or_replace=node.or_replace,
        unresolved=look_up_body(scope, node),
        at=node.at,
        cut=cut,
    )


# Parts of tables


def create_trigger(scope: Scope, node: nodes.CreateTrigger) -> Iterator[Change]:
    """CREATE TRIGGER. On SQLite the name is the schema's, and IF NOT EXISTS can be said."""
    table = scope.relation(node.table)
    name = scope.cut(node.name.last)
    if node.if_not_exists and _has_trigger(scope, name):
        yield skipped("create trigger", table, at=node.at)
        return
    function = scope.function(node.function) if node.function is not None else None
    columns = frozenset(scope.columns(table, node.columns)) | _read_in_body(scope, table, node.body)
    columns |= node.when.columns if node.when is not None else frozenset()
    events = sorted(node.events, key=_EVENTS.index) if scope.is_postgres else node.events
    trigger = Trigger(name, function, tuple(events), node.timing, columns)
    cut = scope.cuts(node.name.last)
    yield to.CreateTrigger(table=table, trigger=trigger, or_replace=node.or_replace, at=node.at, cut=cut)


_EVENTS = ("insert", "delete", "update", "truncate")
"""The events in the order of PostgreSQL's bits for them (`TRIGGER_TYPE_*`), in which the catalog has them."""


def _read_in_body(scope: Scope, table: QName, body: str) -> frozenset[str]:
    """SQLite: the columns of its table that the trigger's statements name as NEW.x or OLD.x."""
    found = scope.catalog.table(table)
    if scope.is_postgres or found is None:
        return frozenset()
    tokens = tokenize(body, "sqlite")
    read = {
        scope.column(table, identifier(after, "sqlite"))
        for row, dot, after in zip(tokens, tokens[1:], tokens[2:], strict=False)
        if dot.text == "." and row.upper in ("NEW", "OLD") and after.kind in ("word", "quoted")
    }
    return frozenset(column.name for column in found.columns if column.name in read)


def _has_trigger(scope: Scope, name: str) -> bool:
    return any(
        trigger.name.lower() == name.lower()
        for relation in scope.catalog.relations.holding(name)
        if isinstance(relation, Table | View)
        for trigger in relation.triggers
    )


def create_policy(scope: Scope, node: nodes.CreatePolicy) -> Iterator[Change]:
    """CREATE POLICY."""
    table = scope.relation(node.table)
    found = scope.catalog.table(table)
    expr = scope.expr(node.expr)
    columns = expr.columns if expr else frozenset()
    if found is not None and not found.assumed:
        columns &= {column.name for column in found.columns}
    policy = Policy(scope.cut(node.name), columns, expr.uses if expr else frozenset())
    yield to.CreatePolicy(table=table, policy=policy, at=node.at, cut=scope.cuts(node.name))


# Schemas, extensions


def create_schema(scope: Scope, node: nodes.CreateSchema) -> Iterator[Change]:
    """CREATE SCHEMA itself, without what it holds."""
    name = scope.cut(node.name)
    if node.if_not_exists and name in scope.catalog.schemas:
        yield skipped("create schema", at=node.at)
        return
    yield to.CreateSchema(name=name, at=node.at, cut=scope.cuts(node.name))


def create_extension(scope: Scope, node: nodes.CreateExtension) -> Iterator[Change]:
    """CREATE EXTENSION; of the well-known ones it is known which types they bring."""
    name = scope.cut(node.name)
    if node.if_not_exists and name in scope.catalog.extensions:
        yield skipped("create extension", at=node.at)
        return
    schema = node.schema or ("pg_catalog" if name == "plpgsql" else scope.creates_in or "public")
    members = frozenset(QName(schema, one) for one in TYPES_OF_EXTENSIONS.get(name, ()))
    classes = frozenset(OPERATOR_CLASSES_OF_EXTENSIONS.get(name, ()))
    extension = Extension(name, schema, members=members, operator_classes=classes)
    yield to.CreateExtension(extension=extension, cascade=node.cascade, at=node.at)
