"""From PostgreSQL's catalog rows to the catalog's values.

`load` asks for rows in a fixed order: relations and their parts, then everything that those point at by
oid (types, names of relations that were not loaded, dependencies), each in one query. Then `Build`
puts the values together without asking anything.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from functools import partial
from itertools import repeat
from typing import Any

from checker.catalog import Catalog, Extension, Function, Index, QName, Relation, Relations, Server, Unloaded
from checker.finding import NotChecked
from checker.live import postgres_sql as sql
from checker.live.port import LiveCatalog
from checker.live.postgres_build import Build
from checker.live.postgres_names import Names
from checker.live.postgres_rows import fetch
from checker.live.postgres_scope import neighbourhood
from checker.live.postgres_types import Rows, TypeNames
from checker.live.postgres_usertypes import user_types

_KINDS: dict[str, Any] = {
    "r": "table", "p": "partitioned", "f": "foreign", "v": "view", "m": "materialized view", "S": "sequence",
    "i": "index", "I": "index",
}  # fmt: skip


def load(
    rows: Rows,
    server: Server,
    search_path: tuple[str, ...],
    touched: frozenset[str] | None,
    locked: tuple[int, ...],
) -> LiveCatalog:
    """The catalog as this transaction sees it; `locked` are relations whose texts must not be printed."""
    listed = rows(sql.SCHEMAS, {})
    schemas = {oid: name for oid, name, _ in listed}
    hidden = {name for _, name, usable in listed if not usable}
    names, types = Names(rows, schemas), TypeNames(rows)
    relations: dict[QName, Relation] = {}
    if touched is None:
        parts = fetch(rows, server.version, sql.ALL, {"schemas": list(schemas), "locked": list(locked)})
    else:
        oids, sequences = neighbourhood(rows, schemas, touched)
        scope = {"oids": list(oids | sequences), "locked": list(locked)}
        parts = fetch(rows, server.version, sql.SOME, scope)
        relations, parts.composites = _names_only(rows, schemas)
    routines = _routines(rows, schemas, names)
    build = Build(rows, server.version, parts, names, types)
    catalog_types = user_types(rows, schemas, parts.composites, types, build)
    functions = _functions(rows, schemas, routines, names, types)
    for relation in build.relations():
        relations[relation.name] = relation
        relations.update((index.name, index) for index in _indexes(relation))
    catalog = Catalog(
        server, frozenset(schemas.values()), Relations(relations), catalog_types, functions,
        _extensions(rows, schemas), search_path,
    )  # fmt: skip
    return LiveCatalog(catalog, tuple(_not_checked(hidden, build.schemas_seen)))


def _indexes(relation: Relation) -> tuple[Index, ...]:
    return getattr(relation, "indexes", ())


def _names_only(rows: Rows, schemas: dict[int, str]) -> tuple[dict[QName, Relation], list[int]]:
    """Every relation by name alone, and the oids of those that are composite types."""
    found: dict[QName, Relation] = {}
    composites: list[int] = []
    for namespace, kind, joined, number, oids in rows(sql.NAMES, {"schemas": list(schemas)}):
        composites += oids or ()
        names = joined.split(sql.SEPARATOR)
        if len(names) != number:  # a name holds the separator
            names = [name for (name,) in rows(sql.NAMES_ONE_BY_ONE, {"schema": namespace, "kind": kind})]
        if word := _KINDS.get(kind):
            # QName(schema, name) without its Python frame: this loop is a third of a small change's load
            qnames = list(map(partial(tuple.__new__, QName), zip(repeat(schemas[namespace]), names)))
            found.update(zip(qnames, map(Unloaded, qnames, repeat(word)), strict=True))
    return found, composites


def _routines(rows: Rows, schemas: dict[int, str], names: Names) -> list[tuple[Any, ...]]:
    """The rows of all functions, their argument types read; their names go to `names`."""
    listed = rows(sql.FUNCTIONS, {"schemas": list(schemas)})
    names.functions.update((row[0], names.qname(row[1], row[2])) for row in listed)
    return [(row[0], row[3], [int(oid) for oid in row[4].split()], row[5]) for row in listed]


def _functions(
    rows: Rows, schemas: dict[int, str], routines: list[tuple[Any, ...]], names: Names, types: TypeNames
) -> dict[QName, tuple[Function, ...]]:
    listed = rows(sql.FUNCTION_USES, {"schemas": list(schemas)}) if routines else []
    uses = _function_uses(listed, names, types)
    types.want((oid, -1) for row in routines for oid in (*row[2], row[3]) if oid)
    found: dict[QName, tuple[Function, ...]] = {}
    for oid, kind, arguments, returns in routines:
        name = names.functions[oid]
        result = types.get(returns) if returns and kind != "p" else None
        function = Function(name, tuple(map(types.get, arguments)), _FUNCTION_KINDS[kind], result, uses[oid])
        found[name] = (*found.get(name, ()), function)
    return found


_FUNCTION_KINDS: dict[str, Any] = {"f": "function", "p": "procedure", "a": "aggregate", "w": "window"}


def _function_uses(
    listed: list[tuple[Any, ...]], names: Names, types: TypeNames
) -> dict[int, frozenset[QName]]:
    """What the server knows that functions use: types of arguments, and SQL-standard bodies (14 and later)."""
    names.want(oid for _, catalog, oid, _ in listed if catalog == sql.CLASS)
    types.want((oid, -1) for _, catalog, oid, _ in listed if catalog == sql.TYPE)
    uses: dict[int, set[QName]] = defaultdict(set)
    for function, catalog, oid, _ in listed:
        if name := names.used(catalog, oid, types):
            uses[function].add(name)
    return defaultdict(frozenset, {function: frozenset(found) for function, found in uses.items()})


def _extensions(rows: Rows, schemas: dict[int, str]) -> dict[str, Extension]:
    members: dict[int, set[QName]] = defaultdict(set)
    classes: dict[int, set[str]] = defaultdict(set)
    for extension, namespace, name, operator_class in rows(sql.MEMBERS, {}):
        if name is not None and namespace in schemas:
            members[extension].add(QName(schemas[namespace], name))
        elif operator_class is not None:
            classes[extension].add(operator_class)
    return {
        name: Extension(name, schema, version, frozenset(members[oid]), frozenset(classes[oid]))
        for oid, name, schema, version in rows(sql.EXTENSIONS, {})
    }


def _not_checked(hidden: set[str], seen: set[str]) -> Iterable[NotChecked]:
    for schema in sorted(hidden & seen):
        why = "this role has no USAGE on it; its definitions were read all the same"
        yield NotChecked(f"the rows of schema {schema}", why)
