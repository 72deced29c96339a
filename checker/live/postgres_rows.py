"""The rows of all relations in scope, grouped by the relation that they belong to."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from checker.live import postgres_sql as sql
from checker.live.postgres_types import Rows

Row = tuple[Any, ...]
ByRelation = dict[int, list[Row]]

KINDS = ["r", "p", "f", "v", "m", "c"]


@dataclass
class Parts:
    """Rows as the queries of `postgres_sql` give them."""

    relations: list[Row]
    composites: list[int]
    columns: ByRelation
    constraints: ByRelation
    indexes: ByRelation
    parents: ByRelation
    partition_keys: ByRelation
    triggers: ByRelation
    policies: ByRelation
    view_texts: dict[int, str]
    sequences: list[Row]


def fetch(rows: Rows, version: tuple[int, ...], scope: str, parameters: dict[str, Any]) -> Parts:
    """All rows in scope; see `sql.ALL` and `sql.SOME`."""
    parameters = {**parameters, "kinds": KINDS}

    def ask(query: str, *, when: bool = True) -> list[Row]:
        return rows(scoped(query, scope), parameters) if when else []

    relations = ask(sql.RELATIONS)
    kinds = {row[3] for row in relations}
    return Parts(
        relations=[row for row in relations if row[3] != "c"],
        composites=[row[0] for row in relations if row[3] == "c"],
        columns=_grouped(ask(sql.COLUMNS), 0),
        constraints=_grouped(ask(sql.constraints(version)), 1),
        indexes=_grouped(ask(sql.indexes(version)), 1),
        parents=_grouped(ask(sql.INHERITS), 0),
        partition_keys=_grouped(ask(sql.PARTITION_KEYS, when="p" in kinds), 0),
        triggers=_grouped(ask(sql.TRIGGERS), 1),
        policies=_grouped(ask(sql.POLICIES), 1),
        # to print a view the server opens every relation below it, locked ones too
        view_texts=dict(ask(sql.VIEW_TEXTS, when=not kinds.isdisjoint("vm") and not parameters["locked"])),
        sequences=ask(sql.SEQUENCES),
    )


def columns_of(rows: Rows, oids: list[int]) -> ByRelation:
    """The columns of composite types."""
    parameters = {"oids": oids, "locked": []}
    return _grouped(rows(scoped(sql.COLUMNS, sql.SOME), parameters), 0) if oids else {}


def scoped(query: str, scope: str) -> str:
    """The query with its `{scope}` or `{scope:key}` filled in."""
    found = re.search(r"\{scope:?([\w.]*)\}", query)
    assert found is not None
    also = sql.ALSO.replace("{key}", found[1]) if found[1] and scope == sql.SOME else ""
    return query.replace(found[0], scope + also)


def _grouped(rows: list[Row], key: int) -> ByRelation:
    groups: ByRelation = defaultdict(list)
    for row in rows:
        groups[row[key]].append(row)
    return groups
