"""Which relations a change is about: those that it names, and the neighbours that it can touch or break."""

from __future__ import annotations

from collections.abc import Iterable

from checker.live import postgres_sql as sql
from checker.live.postgres_types import Rows

SCHEMA_SUFFIX = ".*"


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
    found = set(relations)
    types = _all(rows, sql.ROW_TYPES, oids=relations, types=named[sql.TYPE])
    found |= _dependents(rows, sql.TYPE, types)
    found |= _dependents(rows, sql.PROC, named[sql.PROC])
    found |= _dependents(rows, sql.CLASS, sequences)
    found |= _dependents(rows, sql.CLASS, found)
    found = _all(rows, sql.FAMILY, oids=found)
    found |= _all(rows, sql.TARGETS, oids=found)
    found.discard(0)
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
        if table or kind in "rpfvm":
            relations.add(table or oid)
    return relations, sequences


def _all(rows: Rows, query: str, **oids: Iterable[int]) -> set[int]:
    parameters = {name: list(values) for name, values in oids.items()}
    return {row[0] for row in rows(query, parameters)} if any(parameters.values()) else set()


def _dependents(rows: Rows, catalog: int, oids: set[int]) -> set[int]:
    """The tables and views that depend on these objects, through types and views as far as it goes."""
    found: set[int] = set()
    seen: set[tuple[int, int]] = set()
    waiting = {(catalog, oid) for oid in oids}
    while waiting:
        seen |= waiting
        direct: set[tuple[int, int]] = set()
        for one in (sql.CLASS, sql.TYPE, sql.PROC):
            if of_class := [oid for its, oid in waiting if its == one]:
                relations, views, types = _direct(rows, one, of_class)
                found |= relations
                direct |= {(sql.CLASS, view) for view in views}
                direct |= {(sql.TYPE, oid) for oid in types}
        waiting = direct - seen
    return found


def _direct(rows: Rows, catalog: int, oids: list[int]) -> tuple[set[int], set[int], set[int]]:
    """What depends on these objects: relations, the views among them, types."""
    pairs = rows(sql.DEPENDENTS, {"class": catalog, "oids": oids})
    relations, _ = _stand_for(rows, {relation for relation, _ in pairs if relation})
    types = {oid for _, oid in pairs if oid}
    views = _all(rows, sql.VIEWS_AMONG, oids=relations)
    return relations, views, _all(rows, sql.ROW_TYPES, oids=views, types=types)
