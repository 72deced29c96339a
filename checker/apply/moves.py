"""RENAME TO and SET SCHEMA of everything but tables."""

from __future__ import annotations

from collections.abc import Iterator

from checker.apply.applied import Applied
from checker.apply.lookup import (
    relation_of,
    require_free,
    require_free_row_type,
    require_schema,
    similar,
)
from checker.apply.objects import function_of, same_arguments
from checker.apply.renames import readdress, rename_function, rename_type
from checker.apply.tables import rename_relation_to
from checker.apply.types import type_of_name
from checker.catalog import Catalog, Function, Index, QName, Sequence, Table, View
from checker.change import RenameObject, SetSchema
from checker.errors import DuplicateObject, MissingObject, Refused
from checker.values import replace

RELATIONS = ("table", "foreign table", "view", "materialized view", "index", "sequence")
ROUTINES = ("function", "procedure", "aggregate", "routine")


def rename_object(catalog: Catalog, change: RenameObject) -> Applied:
    """RENAME TO by kind; kinds that the catalog does not keep are left alone."""
    new = QName(change.name.schema, change.new)
    match change.kind:
        case kind if kind in RELATIONS:
            cut = any(short == change.new for _, short in change.cut)
            return Applied(rename_relation_to(catalog, change.name, new, kind, cut))
        case "type" | "domain":
            return Applied(_rename_type(catalog, change, new))
        case "schema":
            return Applied(_rename_schema(catalog, change.name.name, change.new))
        case kind if kind in ROUTINES:
            return Applied(_rename_routine(catalog, change, new))
        case "trigger" | "policy":
            return Applied(_rename_part(catalog, change))
        case _:
            return Applied(catalog)


def _rename_type(catalog: Catalog, change: RenameObject, new: QName) -> Catalog:
    if type_of_name(catalog, change.name) is None:
        relation = catalog.relation(change.name)
        if isinstance(relation, Table | View):
            raise Refused("42809", f"{change.name.name} is a table's row type", str(change.name))
        return catalog
    _require_free_type(catalog, new)
    return rename_type(catalog, change.name, new)


def _require_free_type(catalog: Catalog, name: QName, where: str = "") -> None:
    if name in catalog.types or isinstance(catalog.relation(name), Table | View):
        raise DuplicateObject("42710", f'type "{name.name}" already exists{where}', str(name), kind="type")


def _rename_schema(catalog: Catalog, old: str, new: str) -> Catalog:
    if old not in catalog.schemas:
        require_schema(catalog, old)
        return catalog
    if new in catalog.schemas:
        raise DuplicateObject("42P06", f'schema "{new}" already exists', new, kind="schema")
    if new.startswith("pg_"):
        raise Refused("42939", f'unacceptable schema name "{new}"', new)
    relations = {name: QName(new, name.name) for name in catalog.relations if name.schema == old}
    types = {name: QName(new, name.name) for name in catalog.types if name.schema == old}
    functions = {name: QName(new, name.name) for name in catalog.functions if name.schema == old}
    moved = readdress(catalog, relations, {**types, **relations}, functions)
    extensions = {
        name: replace(found, schema=new if found.schema == old else found.schema)
        for name, found in catalog.extensions.items()
    }
    return replace(moved, schemas=catalog.schemas - {old} | {new}, extensions=extensions)


def _rename_routine(catalog: Catalog, change: RenameObject, new: QName) -> Catalog:
    function = function_of(catalog, change.name, change.arguments, change.kind)
    return catalog if function is None else _move_function(catalog, function, new, in_schema=False)


def _move_function(catalog: Catalog, function: Function, new: QName, *, in_schema: bool) -> Catalog:
    if any(same_arguments(other.arguments, function.arguments) for other in catalog.functions.get(new, ())):
        arguments = ", ".join(map(str, function.arguments))
        message = f'function {new.name}({arguments}) already exists in schema "{new.schema}"'
        raise DuplicateObject("42723", message, f"{new}({arguments})", kind="function")
    siblings = catalog.functions[function.name]
    if len(siblings) == 1 and new not in catalog.functions:
        return rename_function(catalog, function.name, new)
    functions = dict(catalog.functions)
    functions[function.name] = tuple(other for other in siblings if other is not function)
    functions[new] = (*functions.get(new, ()), replace(function, name=new))
    return replace(catalog, functions={name: found for name, found in functions.items() if found})


def _rename_part(catalog: Catalog, change: RenameObject) -> Catalog:
    relation = relation_of(catalog, change.table) if change.table is not None else None
    if not isinstance(relation, Table | View):
        return catalog
    if change.kind == "trigger":
        triggers = relation.triggers
        _check_part(relation, change, [part.name for part in triggers])
        named = tuple(
            replace(part, name=change.new) if part.name == change.name.name else part for part in triggers
        )
        return catalog.put(replace(relation, triggers=named))
    if isinstance(relation, View):
        return catalog
    _check_part(relation, change, [part.name for part in relation.policies])
    policies = tuple(
        replace(part, name=change.new) if part.name == change.name.name else part
        for part in relation.policies
    )
    return catalog.put(replace(relation, policies=policies))


def _check_part(relation: Table | View, change: RenameObject, names: list[str]) -> None:
    table, full = relation.name.name, f"{relation.name}.{change.new}"
    if change.name.name not in names and not (isinstance(relation, Table) and relation.assumed):
        message = f'{change.kind} "{change.name.name}" for table "{table}" does not exist'
        close = similar(change.name.name, names)
        raise MissingObject(
            "42704", message, f"{relation.name}.{change.name.name}", kind=change.kind, similar=close
        )
    if change.new in names:
        where = "relation" if change.kind == "trigger" else "table"
        message = f'{change.kind} "{change.new}" for {where} "{table}" already exists'
        raise DuplicateObject("42710", message, full, kind=change.kind)


# SET SCHEMA


def set_schema(catalog: Catalog, change: SetSchema) -> Applied:
    """SET SCHEMA: a table takes its indexes and owned sequences along."""
    new = QName(change.schema, change.name.name)
    match change.kind:
        case kind if kind in RELATIONS:
            return Applied(_move_relation(catalog, change, new))
        case "type" | "domain":
            if type_of_name(catalog, change.name) is None:
                return Applied(catalog)
            require_schema(catalog, change.schema)
            if new != change.name:
                _require_free_type(catalog, new, f' in schema "{new.schema}"')
            return Applied(rename_type(catalog, change.name, new))
        case kind if kind in ROUTINES:
            function = function_of(catalog, change.name, change.arguments, kind)
            require_schema(catalog, change.schema)
            if function is None or new == change.name:
                return Applied(catalog)
            return Applied(_move_function(catalog, function, new, in_schema=True))
        case _:
            return Applied(catalog)


def _move_relation(catalog: Catalog, change: SetSchema, new: QName) -> Catalog:
    found = relation_of(catalog, change.name)
    if found is None:
        return catalog
    if isinstance(found, Sequence) and found.owner is not None:
        raise Refused(
            "0A000",
            "cannot move an owned sequence into another schema",
            str(change.name),
            (str(found.owner[0]),),
        )
    require_schema(catalog, change.schema)
    if new == change.name:
        return catalog
    moves = {change.name: new}
    if not isinstance(found, Index | Sequence):
        require_free_row_type(catalog, new)
    for name in _companions(catalog, found):
        moves[name] = QName(change.schema, name.name)
    for target in moves.values():
        if target in catalog.relations:
            _refuse_taken(target)
        require_free(catalog, target)
    return readdress(catalog, moves, {change.name: new})


def _refuse_taken(target: QName) -> None:
    message = f'relation "{target.name}" already exists in schema "{target.schema}"'
    raise DuplicateObject("42P07", message, str(target), (str(target),), kind="relation")


def _companions(catalog: Catalog, relation: object) -> Iterator[QName]:
    """What moves with it: indexes, and the sequences that its columns own."""
    if isinstance(relation, Table | View):
        yield from (index.name for index in relation.indexes)
    if isinstance(relation, Table):
        yield from (sequence.name for sequence in catalog.owned_sequences(relation.name))
