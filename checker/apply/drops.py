"""Dropping anything: what goes along, what blocks, and the catalog without it.

PostgreSQL's `performMultipleDeletions`: dependents are followed in all depth; those that are reached by `auto` or
`internal` ties go silently, the others block unless CASCADE is said.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from checker.apply.applied import Applied
from checker.apply.dependents import Thing, dependents, function_thing
from checker.apply.lookup import kind_of, quoted, shown, signature
from checker.catalog import (
    Catalog,
    CompositeType,
    Constraint,
    Exclusion,
    ForeignKey,
    Function,
    Index,
    PrimaryKey,
    QName,
    Table,
    Unique,
    View,
)
from checker.errors import DependentObjects
from checker.sqltype import SqlType
from checker.step import Gone
from checker.values import replace

PARTS = ("column", "constraint", "index", "default", "trigger", "policy")


def drop(
    catalog: Catalog, things: Sequence[Thing], *, cascade: bool, together: Collection[Thing] = ()
) -> Applied:
    """Drop these things; raises DependentObjects without CASCADE where something else needs them.

    `together` are things that the same statement drops by Changes of their own: they do not block.
    """
    reached = _reach(catalog, things, frozenset(together))
    found = {thing: silent for thing, silent in reached.items() if not _is_covered(thing, reached)}
    blockers = [thing for thing, silent in found.items() if not silent]
    if blockers and not cascade:
        raise _refusal(catalog, things, blockers, bool(together))
    along = tuple(
        gone(catalog, thing, cascaded=not silent)
        for thing, silent in found.items()
        if thing not in things and not _goes_without_saying(catalog, thing, found)
    )
    return Applied(remove(catalog, list(found)), along)


def _reach(catalog: Catalog, things: Sequence[Thing], together: frozenset[Thing]) -> dict[Thing, bool]:
    """Everything that goes, and whether it goes silently; in the order in which it is met."""
    reached = dict.fromkeys(things, True)
    frontier = list(things)
    while frontier:
        following: list[Thing] = []
        for tie in dependents(catalog, frontier):
            if tie.dependent not in things and _goes_anyway(tie.dependent, together):
                continue
            silent = tie.how != "normal"
            if tie.dependent not in reached:
                following.append(tie.dependent)
                reached[tie.dependent] = silent
            elif silent:
                reached[tie.dependent] = True
        frontier = following
    return reached


def _goes_anyway(thing: Thing, together: frozenset[Thing]) -> bool:
    return thing in together or (thing.kind in PARTS and Thing("relation", thing.name) in together)


def _is_covered(thing: Thing, reached: dict[Thing, bool]) -> bool:
    """True for a part of a relation that goes as a whole."""
    if thing.kind not in PARTS:
        return False
    if Thing("relation", thing.name) in reached or Thing("type", thing.name) in reached:
        return True
    return thing.kind == "default" and Thing("column", thing.name, thing.part) in reached


def _goes_without_saying(catalog: Catalog, thing: Thing, found: dict[Thing, bool]) -> bool:
    """True for the index of a constraint that goes."""
    if thing.kind != "index":
        return False
    index = catalog.index(QName(thing.name.schema, thing.part))
    return bool(index and index.constraint and Thing("constraint", thing.name, index.constraint) in found)


def _refusal(
    catalog: Catalog, things: Sequence[Thing], blockers: list[Thing], several: bool
) -> DependentObjects:
    message = f"cannot drop {described(catalog, things[0])} because other objects depend on it"
    if several:
        message = "cannot drop desired object(s) because other objects depend on them"
    others = tuple(f"{item.kind} {item.name}" for item in (gone(catalog, thing) for thing in blockers))
    return DependentObjects("2BP01", message, full_name(catalog, things[0]), others)


# Names


def described(catalog: Catalog, thing: Thing) -> str:
    """A thing as PostgreSQL describes it: `column c of table t`."""
    name = shown(catalog, thing.name)
    relation = catalog.relation(thing.name)
    owner = f"{kind_of(relation) if relation else 'table'} {name}"
    match thing.kind:
        case "relation":
            return owner
        case "column":
            return f"column {quoted(thing.part)} of {owner}"
        case "default":
            return f"default value for column {quoted(thing.part)} of {owner}"
        case "constraint" | "trigger" | "policy":
            return f"{thing.kind} {quoted(thing.part)} on {owner}"
        case "index":
            return f"index {shown(catalog, QName(thing.name.schema, thing.part))}"
        case "function":
            return f"function {signature(name, _arguments(catalog, thing))}"
        case "schema" | "extension":
            return f"{thing.kind} {quoted(thing.name.name)}"
        case _:
            return f"type {name}"


def _arguments(catalog: Catalog, thing: Thing) -> tuple[SqlType, ...]:
    functions = catalog.functions.get(thing.name, ())
    return functions[0].arguments if len(functions) == 1 else thing.arguments


def full_name(catalog: Catalog, thing: Thing) -> str:
    """A thing's full name: `public.t.c`, `public.t_a_idx`, `public.f(integer)`."""
    match thing.kind:
        case "index":
            return str(QName(thing.name.schema, thing.part))
        case "function":
            return signature(str(thing.name), _arguments(catalog, thing))
        case "schema" | "extension":
            return thing.name.name
        case _:
            return f"{thing.name}.{thing.part}" if thing.part else str(thing.name)


def gone(catalog: Catalog, thing: Thing, *, cascaded: bool = False) -> Gone:
    """What is to be said about a thing that goes along."""
    kind, detail, holds_data = _about(catalog, thing)
    return Gone(kind, full_name(catalog, thing), detail, holds_data, cascaded)


def _about(catalog: Catalog, thing: Thing) -> tuple[str, str, bool]:
    relation = catalog.relation(thing.name)
    match thing.kind, relation:
        case "relation", Table():
            return kind_of(relation), "with its rows", True
        case "relation", None:
            return "relation", "", False
        case "relation", _:
            return kind_of(relation), "", False  # type: ignore[arg-type]
        case "constraint", Table() if constraint := relation.constraint(thing.part):
            return constraint_kind(constraint), constraint_detail(constraint), False
        case "column", Table() if column := relation.column(thing.part):
            return "column", str(column.type), column.generated is None
        case "column", _ if isinstance(catalog.types.get(thing.name), CompositeType):
            return "attribute", "", True
        case "default", Table() if (column := relation.column(thing.part)) and column.default:
            return "default", column.default.text, False
        case "index", Table() if index := _index(relation, thing.part):
            return "index", index_detail(index), False
        case _:
            return thing.kind, "", False


def _index(relation: Table | View, name: str) -> Index | None:
    return next((index for index in relation.indexes if index.name.name == name), None)


def constraint_kind(constraint: Constraint) -> str:
    """The server's word for the kind of a constraint."""
    match constraint:
        case PrimaryKey():
            return "primary key"
        case Unique():
            return "unique constraint"
        case ForeignKey():
            return "foreign key"
        case Exclusion():
            return "exclusion constraint"
        case _:
            return "check constraint" if hasattr(constraint, "expr") else "not-null constraint"


def constraint_detail(constraint: Constraint) -> str:
    """What a constraint says, in short: `unique (a, b)`, `foreign key (a) -> public.b (id)`."""
    columns = f"({', '.join(constraint.columns)})"
    match constraint:
        case ForeignKey():
            return f"foreign key {columns} -> {constraint.target} ({', '.join(constraint.references)})"
        case PrimaryKey():
            return f"primary key {columns}"
        case Unique():
            return f"unique {columns}"
        case Exclusion():
            return constraint.text or f"exclude {columns}"
        case _:
            expr = getattr(constraint, "expr", None)
            return f"check ({expr.text})" if expr is not None else f"not null {columns}"


def index_detail(index: Index) -> str:
    """What an index is on: `unique (a, b) where …`."""
    keys = ", ".join(key.column or (f"({key.expr.text})" if key.expr else "?") for key in index.keys)
    where = f" where {index.where.text}" if index.where else ""
    return f"{'unique ' if index.unique else ''}({keys}){where}"


# Taking things out


def remove(catalog: Catalog, things: Collection[Thing]) -> Catalog:
    """The catalog without these things, whatever depends on them."""
    relations = catalog.relations.copy()
    parts: dict[QName, set[tuple[str, str]]] = {}
    for thing in things:
        if thing.kind in PARTS:
            parts.setdefault(thing.name, set()).add((thing.kind, thing.part))
    for name, of_it in parts.items():
        relation = relations.get(name)
        if isinstance(relation, Table | View):
            relations.put(_without_parts(relation, of_it))
    for thing in things:
        if thing.kind == "relation":
            relations.drop(thing.name)
    return _without_others(replace(catalog, relations=relations), things, parts)


def _without_parts(relation: Table | View, parts: set[tuple[str, str]]) -> Table | View:
    def keeps(kind: str, name: str) -> bool:
        return (kind, name) not in parts

    indexes = tuple(
        index for index in relation.indexes
        if keeps("index", index.name.name) and keeps("constraint", index.constraint or "")
    )  # fmt: skip
    triggers = tuple(trigger for trigger in relation.triggers if keeps("trigger", trigger.name))
    if isinstance(relation, View):
        return replace(relation, indexes=indexes, triggers=triggers)
    columns = tuple(
        column if keeps("default", column.name) else replace(column, default=None)
        for column in relation.columns
        if keeps("column", column.name)
    )
    return replace(
        relation,
        columns=columns,
        constraints=tuple(found for found in relation.constraints if keeps("constraint", found.name)),
        indexes=indexes,
        triggers=triggers,
        policies=tuple(policy for policy in relation.policies if keeps("policy", policy.name)),
    )


def _without_others(
    catalog: Catalog, things: Collection[Thing], parts: dict[QName, set[tuple[str, str]]]
) -> Catalog:
    """The catalog without the types, functions, schemas and extensions among these things."""
    types = {thing.name for thing in things if thing.kind == "type"}
    schemas = {thing.name.name for thing in things if thing.kind == "schema"}
    extensions = {thing.name.name for thing in things if thing.kind == "extension"}
    functions = {thing for thing in things if thing.kind == "function"}
    kept_types = {
        name: _without_attributes(type, parts.get(name, set())) if isinstance(type, CompositeType) else type
        for name, type in catalog.types.items()
        if name not in types
    }
    return replace(
        catalog,
        types=kept_types,
        schemas=catalog.schemas - schemas,
        extensions={name: found for name, found in catalog.extensions.items() if name not in extensions},
        functions=dict(_kept_functions(catalog, functions)) if functions else catalog.functions,
    )


def _without_attributes(type: CompositeType, parts: set[tuple[str, str]]) -> CompositeType:
    kept = tuple(column for column in type.columns if ("column", column.name) not in parts)
    return replace(type, columns=kept)


def _kept_functions(catalog: Catalog, dropped: set[Thing]) -> Iterator[tuple[QName, tuple[Function, ...]]]:
    for name, functions in catalog.functions.items():
        kept = tuple(found for found in functions if function_thing(catalog, found) not in dropped)
        if kept:
            yield name, kept
