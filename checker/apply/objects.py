"""Schemas, functions, triggers, policies and extensions."""

from __future__ import annotations

from checker.apply.applied import Applied
from checker.apply.dependents import Thing, extension_thing, function_thing, schema_thing
from checker.apply.drops import drop
from checker.apply.lookup import (
    column_of,
    is_known,
    is_open,
    kind_of,
    missing_column,
    missing_relation,
    relation_of,
    require_schema,
    said,
    signature,
    similar,
)
from checker.apply.type_names import check_type
from checker.apply.types import refuse_member
from checker.apply.unresolved import refuse_unresolved
from checker.catalog import Catalog, Function, OtherType, QName, Table, View
from checker.change import (
    About,
    CreateExtension,
    CreateFunction,
    CreatePolicy,
    CreateSchema,
    CreateTrigger,
    DropExtension,
    DropFunction,
    DropPolicy,
    DropSchema,
    DropTrigger,
    EnableTrigger,
    NoChange,
)
from checker.errors import DuplicateObject, MissingObject, Refused
from checker.sqltype import SqlType
from checker.values import replace

# Schemas


def create_schema(catalog: Catalog, change: CreateSchema) -> Applied:
    """CREATE SCHEMA."""
    if change.name in catalog.schemas:
        cut = any(short == change.name for _, short in change.cut)
        message = f'schema "{change.name}" already exists'
        raise DuplicateObject("42P06", message, change.name, kind="schema", cut=cut)
    if change.name.startswith("pg_") and catalog.server.is_postgres:
        raise Refused("42939", f'unacceptable schema name "{change.name}"', change.name)
    return Applied(replace(catalog, schemas=catalog.schemas | {change.name}))


def drop_schema(catalog: Catalog, change: DropSchema) -> Applied:
    """DROP SCHEMA; with CASCADE everything in it goes along."""
    if change.name not in catalog.schemas:
        require_schema(catalog, change.name)
        return Applied(catalog)
    together = [schema_thing(name) for name in change.together if name != change.name]
    return drop(catalog, [schema_thing(change.name)], cascade=change.cascade, together=together)


# Functions


def create_function(catalog: Catalog, change: CreateFunction) -> Applied:
    """CREATE [OR REPLACE] FUNCTION; a replacement keeps kind and return type."""
    new = change.function
    require_schema(catalog, new.name.schema)
    refuse_unresolved(catalog, change.unresolved)
    functions = catalog.functions.get(new.name, ())
    old = next((found for found in functions if same_arguments(found.arguments, new.arguments)), None)
    if old is not None:
        _check_replacement(old, change)
        kept = tuple(new if found is old else found for found in functions)
    else:
        kept = (*functions, new)
    return Applied(replace(catalog, functions={**catalog.functions, new.name: kept}))


def same_arguments(one: tuple[SqlType, ...], other: tuple[SqlType, ...]) -> bool:
    """Signatures do not keep modifiers."""
    return tuple(type.bare() for type in one) == tuple(type.bare() for type in other)


def _check_replacement(old: Function, change: CreateFunction) -> None:
    new, full = change.function, signature(str(old.name), old.arguments)
    if not change.or_replace:
        message = f'function "{new.name.name}" already exists with same argument types'
        cut = any(short == new.name.name for _, short in change.cut)
        raise DuplicateObject("42723", message, full, (f"{old.kind} {full}",), kind="function", cut=cut)
    if old.kind != new.kind:
        raise Refused("42809", "cannot change routine kind", full, (f"{old.kind} {full}",))
    if old.returns is not None and new.returns is not None and old.returns.bare() != new.returns.bare():
        raise Refused("42P13", "cannot change return type of existing function", full, (str(old.returns),))


def drop_function(catalog: Catalog, change: DropFunction) -> Applied:
    """DROP FUNCTION, PROCEDURE, AGGREGATE or ROUTINE."""
    function = function_of(catalog, change.name, change.arguments, change.kind)
    if function is None:
        return Applied(catalog)
    thing = function_thing(catalog, function)
    refuse_member(catalog, thing)
    together = [Thing("function", name) for name in change.together if name != change.name]
    return drop(catalog, [thing], cascade=change.cascade, together=together)


def function_of(
    catalog: Catalog, name: QName, arguments: tuple[SqlType, ...] | None, kind: str = "function"
) -> Function | None:
    """The function meant; None where nobody knows it; raises 42883, 42725 (not unique), 42809 (another kind)."""
    for type in arguments or ():
        check_type(catalog, type, str(name), pseudo=True)
    functions = catalog.functions.get(name, ())
    found = [one for one in functions if arguments is None or same_arguments(one.arguments, arguments)]
    if len(found) > 1:
        raise Refused("42725", f'{kind} name "{said(catalog, name)}" is not unique', str(name))
    if not found:
        _refuse_missing(catalog, name, arguments, kind)
        return None
    kinds = {"function": ("function", "window"), "procedure": ("procedure",), "aggregate": ("aggregate",)}
    if kind in kinds and found[0].kind not in kinds[kind]:
        if arguments is None:
            _refuse_missing(catalog, name, arguments, kind)
        article = "an" if kind == "aggregate" else "a"
        written = signature(said(catalog, name), found[0].arguments)
        words = f"function {written}" if kind == "aggregate" else written
        raise Refused("42809", f"{words} is not {article} {kind}", str(name), (found[0].kind,))
    return found[0]


def _refuse_missing(catalog: Catalog, name: QName, arguments: tuple[SqlType, ...] | None, kind: str) -> None:
    if not is_known(catalog, name) or name.schema == "pg_catalog" or _may_come_with_extension(catalog):
        return
    close = similar(name.name, (other.name for other in catalog.functions))
    if arguments is None:
        message = f'could not find a {kind} named "{said(catalog, name)}"'
    else:
        message = f"{kind} {signature(said(catalog, name), arguments)} does not exist"
    raise MissingObject("42883", message, signature(str(name), arguments), kind=kind, similar=close)


def _may_come_with_extension(catalog: Catalog) -> bool:
    """True where an extension was created in the run: which functions it brought is not known."""
    return any(
        not any(member in catalog.functions for member in extension.members)
        for extension in catalog.extensions.values()
        if extension.name != "plpgsql"
    )


# Triggers and policies


def create_trigger(catalog: Catalog, change: CreateTrigger) -> Applied:
    """CREATE [OR REPLACE] TRIGGER on a table or view."""
    relation = relation_of(catalog, change.table)
    new = change.trigger
    if not isinstance(relation, Table | View):
        return Applied(catalog)
    if isinstance(relation, View) and relation.materialized:
        message = f'relation "{relation.name.name}" cannot have triggers'
        raise Refused("42809", message, str(relation.name))
    _check_timing(relation, new.timing.lower())
    if isinstance(relation, Table) and not is_open(catalog, relation):
        for name in sorted(new.columns):
            if relation.column(name) is None:
                raise missing_column(relation, name)
    if new.function is not None and new.function not in catalog.functions:
        _refuse_missing(catalog, new.function, (), "function")
    old = next((found for found in relation.triggers if found.name == new.name), None)
    if old is not None and not change.or_replace:
        message = f'trigger "{new.name}" for relation "{relation.name.name}" already exists'
        full = f"{relation.name}.{new.name}"
        cut = any(short == new.name for _, short in change.cut)
        raise DuplicateObject("42710", message, full, (f"trigger {full}",), kind="trigger", cut=cut)
    kept = tuple(found for found in relation.triggers if found.name != new.name)
    return Applied(catalog.put(replace(relation, triggers=(*kept, new))))


def enable_trigger(catalog: Catalog, change: EnableTrigger) -> Applied:
    """ENABLE and DISABLE TRIGGER, of one or of all."""
    relation = relation_of(catalog, change.table)
    if not isinstance(relation, Table):
        return Applied(catalog)
    if change.name is not None and all(found.name != change.name for found in relation.triggers):
        _refuse_missing_part(catalog, relation, "trigger", change.name)
    triggers = tuple(
        replace(found, enabled=change.enabled) if change.name in (None, found.name) else found
        for found in relation.triggers
    )
    return Applied(catalog.put(replace(relation, triggers=triggers)))


def _check_timing(relation: Table | View, timing: str) -> None:
    """INSTEAD OF is for views alone."""
    if isinstance(relation, Table) and timing == "instead of":
        raise Refused("42809", f'"{relation.name.name}" is a table', str(relation.name))


def drop_trigger(catalog: Catalog, change: DropTrigger) -> Applied:
    """DROP TRIGGER."""
    relation = relation_of(catalog, change.table)
    if not isinstance(relation, Table | View):
        return Applied(catalog)
    if all(found.name != change.name for found in relation.triggers):
        _refuse_missing_part(catalog, relation, "trigger", change.name)
        return Applied(catalog)
    return drop(catalog, [Thing("trigger", relation.name, change.name)], cascade=change.cascade)


def _refuse_missing_part(catalog: Catalog, relation: Table | View, kind: str, name: str) -> None:
    if isinstance(relation, Table) and is_open(catalog, relation):
        return
    parts = relation.triggers if kind == "trigger" or isinstance(relation, View) else relation.policies
    message = f'{kind} "{name}" for table "{relation.name.name}" does not exist'
    close = similar(name, (part.name for part in parts))
    raise MissingObject("42704", message, f"{relation.name}.{name}", kind=kind, similar=close)


def create_policy(catalog: Catalog, change: CreatePolicy) -> Applied:
    """CREATE POLICY on a table."""
    relation = relation_of(catalog, change.table)
    if relation is None:
        return Applied(catalog)
    if not isinstance(relation, Table):
        if isinstance(relation, View):
            raise Refused(
                "42809", f'"{relation.name.name}" is not a table', str(relation.name), (kind_of(relation),)
            )
        return Applied(catalog)
    if any(found.name == change.policy.name for found in relation.policies):
        message = f'policy "{change.policy.name}" for table "{relation.name.name}" already exists'
        full = f"{relation.name}.{change.policy.name}"
        raise DuplicateObject("42710", message, full, (f"policy {full}",), kind="policy")
    return Applied(catalog.put(replace(relation, policies=(*relation.policies, change.policy))))


def drop_policy(catalog: Catalog, change: DropPolicy) -> Applied:
    """DROP POLICY."""
    relation = relation_of(catalog, change.table)
    if not isinstance(relation, Table):
        return Applied(catalog)
    if all(found.name != change.name for found in relation.policies):
        _refuse_missing_part(catalog, relation, "policy", change.name)
        return Applied(catalog)
    return drop(catalog, [Thing("policy", relation.name, change.name)], cascade=False)


# Extensions


def create_extension(catalog: Catalog, change: CreateExtension) -> Applied:
    """CREATE EXTENSION: the types it is known to bring are there from then on."""
    new = change.extension
    if new.name in catalog.extensions:
        message = f'extension "{new.name}" already exists'
        raise DuplicateObject("42710", message, new.name, kind="extension")
    require_schema(catalog, new.schema)
    brought = {name: OtherType(name) for name in new.members if name not in catalog.types}
    extensions = {**catalog.extensions, new.name: new}
    return Applied(replace(catalog, extensions=extensions, types={**catalog.types, **brought}))


def drop_extension(catalog: Catalog, change: DropExtension) -> Applied:
    """DROP EXTENSION with what it brought; what uses that blocks without CASCADE."""
    if change.name not in catalog.extensions:
        if catalog.complete and not catalog.doubted:
            message = f'extension "{change.name}" does not exist'
            close = similar(change.name, catalog.extensions)
            raise MissingObject("42704", message, change.name, kind="extension", similar=close)
        return Applied(catalog)
    return drop(catalog, [extension_thing(change.name)], cascade=change.cascade)


def no_change(catalog: Catalog, change: NoChange) -> Applied:
    """COMMENT, GRANT, SELECT …: the relations that it names must exist."""
    refuse_unresolved(catalog, change.unresolved)
    if change.about is not None:
        _require(catalog, change.about)
    for name in () if change.skipped else change.names:
        if name not in catalog.relations and is_known(catalog, name):
            raise missing_relation(catalog, name, in_query=change.words == "select")
    return Applied(catalog)


def _require(catalog: Catalog, about: About) -> None:
    """What COMMENT is about must exist."""
    kind, name, part = about.kind, about.name, about.part
    relation = catalog.relation(name)
    match kind:
        case "function" | "procedure" | "aggregate" | "routine":
            function_of(catalog, name, about.arguments, kind)
        case "type" | "domain":
            check_type(catalog, SqlType(name.name, schema=name.schema), str(name))
        case "schema":
            require_schema(catalog, name.name)
        case "extension" if name.name not in catalog.extensions and is_known(catalog, name):
            message = f'extension "{name.name}" does not exist'
            raise MissingObject("42704", message, name.name, kind="extension")
        case "trigger" | "policy" if isinstance(relation, Table):
            parts = relation.triggers if kind == "trigger" else relation.policies
            if all(found.name != part for found in parts):
                _refuse_missing_part(catalog, relation, kind, part)
        case "column" if isinstance(relation, Table):
            column_of(catalog, relation, part)
        case "constraint" if isinstance(relation, Table) and not is_open(catalog, relation):
            if relation.constraint(part) is None:
                message = f'constraint "{part}" for table "{name.name}" does not exist'
                raise MissingObject("42704", message, f"{name}.{part}", kind="constraint")
