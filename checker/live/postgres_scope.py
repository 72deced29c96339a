"""Which relations a change is about: those that it names, and the neighbours that it can touch or break."""

from __future__ import annotations

from collections.abc import Iterable

from checker.live import postgres_sql as sql
from checker.live.postgres_types import Rows

SCHEMA_SUFFIX = ".*"
_TABLES_AND_VIEWS, _VIEWS = "rpfvm", "vm"


def neighbourhood(rows: Rows, schemas: dict[int, str], touched: frozenset[str]) -> tuple[set[int], set[int]]:
    """The oids of tables and views to load, and of sequences.

    The tables named (also by an index or sequence of theirs) with their whole inheritance or partition
    tree; what depends on any of them: tables with foreign keys to them, views over them transitively,
    columns of their row types; what depends on a type, function or extension that is named; and the tables
    that all these tables' foreign keys point at.
    """
    named = _named(rows, schemas, touched)
    relations, sequences = _stand_for(rows, named[sql.CLASS])
    relations = _all(rows, sql.FAMILY, oids=relations)
    types = _all(rows, sql.ROW_TYPES, oids=relations, types=named[sql.TYPE])
    start = {(sql.CLASS, oid) for oid in relations | sequences}
    start |= {(sql.TYPE, oid) for oid in types} | {(sql.PROC, oid) for oid in named[sql.PROC]}
    found = relations | _dependents(rows, start)
    found = _all(rows, sql.FAMILY, oids=found)
    found |= _all(rows, sql.TARGETS, oids=found)
    return found, sequences | _all(rows, sql.SEQUENCES_OF, oids=found)


def _named(rows: Rows, schemas: dict[int, str], touched: frozenset[str]) -> dict[int, set[int]]:
    whole = {name.removesuffix(SCHEMA_SUFFIX) for name in touched if name.endswith(SCHEMA_SUFFIX)}
    found = rows(sql.NAMED, {"schemas": list(schemas), "names": sorted(touched)})
    if oids := [oid for oid, name in schemas.items() if name in whole]:
        found += rows(sql.WHOLE_SCHEMAS, {"whole": oids})
    named: dict[int, set[int]] = {sql.CLASS: set(), sql.TYPE: set(), sql.PROC: set()}
    for catalog, oid in found:
        named[catalog].add(oid)
    return named


def _stand_for(rows: Rows, oids: set[int]) -> tuple[set[int], set[int]]:
    """The tables and views that these relations are or belong to, and the sequences among them."""
    relations, sequences = set(), set()
    for oid, kind, table in rows(sql.STAND_FOR, {"oids": list(oids)}) if oids else ():
        if kind == "S":
            sequences.add(oid)
        if table or kind in _TABLES_AND_VIEWS:
            relations.add(table or oid)
    return relations, sequences


def _all(rows: Rows, query: str, **oids: Iterable[int]) -> set[int]:
    parameters = {name: list(values) for name, values in oids.items()}
    return {row[0] for row in rows(query, parameters)} if any(parameters.values()) else set()


def _dependents(rows: Rows, start: set[tuple[int, int]]) -> set[int]:
    """The tables and views that depend on these objects, through views and types as far as it goes."""
    found: set[int] = set()
    seen: set[tuple[int, int]] = set()
    waiting = start
    while waiting:
        seen |= waiting
        parameters = {"classes": [one for one, _ in waiting], "oids": [oid for _, oid in waiting]}
        following: set[tuple[int, int]] = set()
        for of, relation, kind, row_type, row_array, type_, array in rows(sql.DEPENDENTS, parameters):
            following |= {(sql.TYPE, oid) for oid in (type_, array) if oid}
            if kind is None or kind not in _TABLES_AND_VIEWS:
                continue
            found.add(relation)
            if kind in _VIEWS:
                following |= {(sql.CLASS, relation), (sql.TYPE, row_type), (sql.TYPE, row_array)}
            elif of != sql.CLASS:
                # a column goes with its type, and takes along what depends on it
                following.add((sql.CLASS, relation))
        waiting = following - seen
    return found
