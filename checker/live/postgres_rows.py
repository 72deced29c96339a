"""The rows of all relations in scope, grouped by the relation that they belong to."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from checker.live import postgres_sql as sql
from checker.live.postgres_types import Rows

Row = tuple[Any, ...]
ByRelation = dict[int, list[Row]]

TABLES_AND_VIEWS = ["r", "p", "f", "v", "m"]


@dataclass
class Parts:
    """Rows as the queries of `postgres_sql` give them."""

    relations: list[Row]
    columns: ByRelation
    constraints: ByRelation
    indexes: ByRelation
    parents: ByRelation
    partition_keys: ByRelation
    triggers: ByRelation
    policies: ByRelation
    view_texts: dict[int, str]
    sequences: list[Row]
    composites: frozenset[int] = frozenset()


def fetch(rows: Rows, version: tuple[int, ...], scope: str, parameters: dict[str, Any]) -> Parts:
    """All rows in scope; see `sql.ALL` and `sql.SOME`."""
    parameters = {**parameters, "kinds": TABLES_AND_VIEWS}

    def ask(query: str) -> list[Row]:
        return rows(query.replace("{scope}", scope), parameters)

    return Parts(
        relations=ask(sql.RELATIONS),
        columns=_grouped(ask(sql.COLUMNS), 0),
        constraints=_grouped(ask(sql.constraints(version)), 1),
        indexes=_grouped(ask(sql.indexes(version)), 1),
        parents=_grouped(ask(sql.INHERITS), 0),
        partition_keys=_grouped(ask(sql.PARTITION_KEYS), 0),
        triggers=_grouped(ask(sql.TRIGGERS), 1),
        policies=_grouped(ask(sql.POLICIES), 1),
        view_texts=dict(ask(sql.VIEW_TEXTS)),
        sequences=ask(sql.SEQUENCES),
    )


def columns_of(rows: Rows, oids: list[int]) -> ByRelation:
    """The columns of composite types."""
    parameters = {"oids": oids, "locked": []}
    return _grouped(rows(sql.COLUMNS.replace("{scope}", sql.SOME), parameters), 0) if oids else {}


def _grouped(rows: list[Row], key: int) -> ByRelation:
    groups: ByRelation = defaultdict(list)
    for row in rows:
        groups[row[key]].append(row)
    return groups
