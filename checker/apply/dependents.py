"""Who depends on whom: PostgreSQL's `pg_depend`, read off the catalog instead of stored.

A tie says that one thing depends on another, and how: `normal` dependents block a drop without CASCADE,
`auto` and `internal` ones go along silently. Parts of a table (columns, constraints, indexes, defaults, triggers,
policies) carry the table's name and their own as `part`.
Source: `recordDependencyOn` calls in PostgreSQL's backend/commands and backend/catalog; each kind has a case
in the truth tests.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import Literal, NamedTuple

from checker.catalog import (
    Catalog,
    Check,
    CompositeType,
    Domain,
    Exclusion,
    Expr,
    ForeignKey,
    Function,
    Index,
    PrimaryKey,
    QName,
    Sequence,
    Table,
    Unique,
    View,
)
from checker.sqltype import SqlType
from checker.values import dataclass

Kind = Literal[
    "relation", "column", "constraint", "index", "default", "trigger", "policy", "type", "function", "schema",
    "extension",
]  # fmt: skip
How = Literal["normal", "auto", "internal"]


@dataclass(frozen=True, slots=True)
class Thing:
    """The address of an object: a relation, type or function by name, a part of a table by table and part."""

    kind: Kind
    name: QName
    part: str = ""
    arguments: tuple[SqlType, ...] = ()


class Tie(NamedTuple):
    """`dependent` depends on `on`."""

    dependent: Thing
    on: Thing
    how: How


def dependents(catalog: Catalog, things: Collection[Thing]) -> Iterator[Tie]:
    """Every tie to one of these things.

    What can only be used by name from elsewhere (types, functions, sequences) is looked for in every
    expression; columns, constraints and indexes only where their table is named.
    """
    wanted = frozenset(things)
    names = frozenset(thing.name for thing in wanted)
    by_name = any(thing.kind in ("relation", "type", "function") for thing in wanted)
    for tie in _all_ties(catalog, names, by_name):
        if tie.on in wanted:
            yield tie
    schemas = {thing.name.schema for thing in wanted if thing.kind == "schema"}
    if schemas:
        yield from _in_schemas(catalog, schemas)
    for thing in wanted:
        if thing.kind == "extension":
            yield from _members(catalog, thing)


def _all_ties(catalog: Catalog, names: frozenset[QName], by_name: bool) -> Iterator[Tie]:
    for relation in catalog.relations.concerned(*names):
        match relation:
            case Table():
                yield from _ties_of_table(catalog, relation, names, by_name)
            case View():
                yield from _ties_of_view(relation)
            case Sequence(owner=(table, column)) if table in names:
                how: How = "internal" if relation.identity else "auto"
                me = Thing("relation", relation.name)
                yield Tie(me, Thing("column", table, column), how)
                yield Tie(me, Thing("relation", table), how)
            case _:
                pass
    if by_name:
        yield from _ties_of_types(catalog)
        for functions in catalog.functions.values():
            for function in functions:
                yield from _ties_of_function(catalog, function)


def _ties_of_table(catalog: Catalog, table: Table, names: frozenset[QName], by_name: bool) -> Iterator[Tie]:
    if table.name in names:
        yield from _own_ties(catalog, table)
    for constraint in table.constraints:
        if isinstance(constraint, ForeignKey) and constraint.target in names:
            yield from _foreign_key_ties(catalog, table, constraint)
    for parent in table.parents:
        how: How = "auto" if table.is_partition else "normal"
        yield Tie(Thing("relation", table.name), Thing("relation", parent), how)
    if by_name:
        yield from _outside_ties(catalog, table)


def _own_ties(catalog: Catalog, table: Table) -> Iterator[Tie]:
    """What the parts of a table need of its own columns."""
    for constraint in table.constraints:
        me = Thing("constraint", table.name, constraint.name)
        yield from _on_columns(me, table.name, own_columns(constraint), "auto")
    for index in table.indexes:
        me = index_thing(index)
        if index.constraint is not None:
            yield Tie(me, Thing("constraint", table.name, index.constraint), "internal")
        else:
            yield from _on_columns(me, table.name, index.reads, "auto")
    generated: How = "normal" if catalog.server.version >= (15,) else "auto"
    for column in table.columns:
        me = Thing("column", table.name, column.name)
        if column.default is not None:
            yield Tie(Thing("default", table.name, column.name), me, "auto")
        if column.generated and column.expression is not None:
            yield from _on_columns(me, table.name, column.expression.columns - {column.name}, generated)
    for trigger in table.triggers:
        yield from _on_columns(
            Thing("trigger", table.name, trigger.name), table.name, trigger.columns, "normal"
        )
    for policy in table.policies:
        yield from _on_columns(Thing("policy", table.name, policy.name), table.name, policy.columns, "normal")


def own_columns(constraint: object) -> Iterable[str]:
    """The columns of its own table that a constraint stands on; INCLUDE columns count."""
    match constraint:
        case PrimaryKey() | Unique():
            return (*constraint.columns, *constraint.include)
        case ForeignKey() | Exclusion() | Check():
            return constraint.columns
        case _:
            return getattr(constraint, "columns", ())


def index_thing(index: Index) -> Thing:
    """The address of an index: it is a part of its table."""
    return Thing("index", index.table, index.name.name)


def _on_columns(me: Thing, table: QName, columns: Iterable[str], how: How) -> Iterator[Tie]:
    for column in columns:
        yield Tie(me, Thing("column", table, column), how)


def _foreign_key_ties(catalog: Catalog, table: Table, key: ForeignKey) -> Iterator[Tie]:
    """A foreign key needs the columns it refers to and the one index that proves them unique."""
    me = Thing("constraint", table.name, key.name)
    yield Tie(me, Thing("relation", key.target), "normal")
    yield from _on_columns(me, key.target, key.references, "normal")
    target = catalog.table(key.target)
    index = proving_index(target, key.references) if target is not None else None
    if index is None:
        return
    yield Tie(me, index_thing(index), "normal")
    if index.constraint is not None:
        yield Tie(me, Thing("constraint", index.table, index.constraint), "normal")


def proving_index(table: Table, columns: tuple[str, ...]) -> Index | None:
    """The unique index that a foreign key to these columns stands on: the primary key's before others."""
    proving = [index for index in table.indexes if index.proves_unique(columns)]
    key = table.primary_key
    return next((index for index in proving if key and index.constraint == key.name), None) or next(
        iter(proving), None
    )


def _ties_of_view(view: View) -> Iterator[Tie]:
    me = Thing("relation", view.name)
    for read in view.reads:
        yield Tie(me, Thing("relation", read.relation), "normal")
        if read.column is not None:
            yield Tie(me, Thing("column", read.relation, read.column), "normal")
    for name in view.uses:
        yield from _by_name(me, name)
    for column in view.columns:
        yield from _on_type(me, column.type)
    for trigger in view.triggers:
        if trigger.function is not None:
            yield Tie(
                Thing("trigger", view.name, trigger.name), Thing("function", trigger.function), "normal"
            )


def _outside_ties(catalog: Catalog, table: Table) -> Iterator[Tie]:
    """What the parts of a table need of types, functions and sequences."""
    for column in table.columns:
        me = Thing("column", table.name, column.name)
        if column.type.schema is not None:
            yield from _on_type(me, column.type)
        if column.default is not None:
            yield from _used(Thing("default", table.name, column.name), column.default)
        yield from _used(me, column.expression)
    for constraint in table.constraints:
        if isinstance(constraint, Check):
            yield from _used(Thing("constraint", table.name, constraint.name), constraint.expr)
    for index in table.indexes:
        for expr in (index.where, *(key.expr for key in index.keys)):
            yield from _used(index_thing(index), expr)
    for trigger in table.triggers:
        if trigger.function is not None:
            yield Tie(
                Thing("trigger", table.name, trigger.name), Thing("function", trigger.function), "normal"
            )
    for policy in table.policies:
        for name in policy.uses:
            yield from _by_name(Thing("policy", table.name, policy.name), name)


def _used(me: Thing, expr: Expr | None) -> Iterator[Tie]:
    for name in expr.uses if expr is not None else ():
        yield from _by_name(me, name)


def _by_name(me: Thing, name: QName) -> Iterator[Tie]:
    """An expression says a name; whether it is a relation's, a type's or a function's is for the asker."""
    yield Tie(me, Thing("relation", name), "normal")
    yield Tie(me, Thing("type", name), "normal")
    yield Tie(me, Thing("function", name), "normal")


def _on_type(me: Thing, type: SqlType) -> Iterator[Tie]:
    if type.schema is not None:
        name = QName(type.schema, type.name)
        yield Tie(me, Thing("type", name), "normal")
        yield Tie(me, Thing("relation", name), "normal")


def _ties_of_types(catalog: Catalog) -> Iterator[Tie]:
    for type in catalog.types.values():
        me = Thing("type", type.name)
        match type:
            case Domain():
                yield from _on_type(me, type.base)
                for check in type.checks:
                    yield from _used(me, check.expr)
            case CompositeType():
                for column in type.columns:
                    yield from _on_type(Thing("column", type.name, column.name), column.type)
            case _:
                pass


def function_thing(catalog: Catalog, function: Function) -> Thing:
    """The address of a function; without arguments where its name is not overloaded, as expressions say it."""
    alone = len(catalog.functions.get(function.name, ())) <= 1
    return Thing(
        "function", function.name, "" if alone else "overloaded", () if alone else function.arguments
    )


def _ties_of_function(catalog: Catalog, function: Function) -> Iterator[Tie]:
    me = function_thing(catalog, function)
    for type in (*function.arguments, function.returns):
        if type is not None:
            yield from _on_type(me, type)
    for name in function.uses - {function.name}:
        yield from _by_name(me, name)


def _in_schemas(catalog: Catalog, schemas: set[str]) -> Iterator[Tie]:
    for relation in catalog.relations.values():
        if relation.name.schema in schemas and not isinstance(relation, Index):
            yield Tie(Thing("relation", relation.name), schema_thing(relation.name.schema), "normal")
    for name in catalog.types:
        if name.schema in schemas:
            yield Tie(Thing("type", name), schema_thing(name.schema), "normal")
    for name, functions in catalog.functions.items():
        if name.schema in schemas:
            for function in functions:
                yield Tie(function_thing(catalog, function), schema_thing(name.schema), "normal")
    for extension in catalog.extensions.values():
        if extension.schema in schemas:
            yield Tie(extension_thing(extension.name), schema_thing(extension.schema), "normal")


def _members(catalog: Catalog, extension: Thing) -> Iterator[Tie]:
    found = catalog.extensions.get(extension.name.name)
    classes = found.operator_classes if found else frozenset[str]()
    for table in catalog.tables() if classes else ():
        for index in table.indexes:
            if any(key.opclass in classes for key in index.keys):
                yield Tie(index_thing(index), extension, "normal")
    for name in found.members if found else ():
        if name in catalog.relations:
            yield Tie(Thing("relation", name), extension, "internal")
        if name in catalog.types:
            yield Tie(Thing("type", name), extension, "internal")
        for function in catalog.functions.get(name, ()):
            yield Tie(function_thing(catalog, function), extension, "internal")


def schema_thing(name: str) -> Thing:
    """The address of a schema."""
    return Thing("schema", QName(name, name))


def extension_thing(name: str) -> Thing:
    """The address of an extension."""
    return Thing("extension", QName("", name))
