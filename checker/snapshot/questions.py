"""The usual questions about a table's rows: what a snapshot asks beforehand, and where it keeps each answer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias

from checker.catalog import Catalog, Check, ForeignKey, QName, Table
from checker.change import ValidateConstraint
from checker.data.demands import demands
from checker.probe import (
    Answer,
    Count,
    Duplicates,
    IsNull,
    Key,
    Longest,
    NotAmong,
    Probe,
    Unanswered,
    why_not,
)
from checker.rows import Stored, fields_of
from checker.session import Session
from checker.snapshot.contents import Number
from checker.sqltype import SqlType

Place: TypeAlias = tuple[str, ...]
"""Where an answer is kept: the field of `Contents`, then the keys in it."""

MOST_LABELS = 40
"""So many labels of an enum are looked for; with more of them every row would be compared too often."""
MOST_ROWS = 100_000
"""Up to so many rows keys are compared and texts are measured: sorting more is no cheap question."""
SHORT = 8
KEYED = frozenset(("integer", "bigint", "smallint", "uuid"))


def questions(catalog: Catalog, table: Table) -> Iterator[tuple[Place, Probe]]:
    """Rows, NULLs by column, labels in use, and rows that violate what is NOT VALID: one pass for most of them."""
    rows = Stored(table.name, fields_of(table))
    yield ("rows",), Count(rows)
    for column in table.columns:
        if column.nullable:
            yield ("nulls", column.name), Count(rows, IsNull(column.name))
        labels = catalog.labels_of(table.name, column.name) if not column.type.array else ()
        if len(labels) <= MOST_LABELS:
            for label in labels:
                others = tuple(one for one in labels if one != label)
                yield ("labels", column.name, label), Count(rows, NotAmong(column.name, others))
    yield from violations(catalog, table)


def violations(catalog: Catalog, table: Table) -> Iterator[tuple[Place, Probe]]:
    """What VALIDATE CONSTRAINT would ask, for each constraint that is NOT VALID."""
    for constraint in table.constraints:
        if isinstance(constraint, Check | ForeignKey) and constraint.enforced and not constraint.validated:
            change = ValidateConstraint(table=table.name, name=constraint.name)
            for demand in demands(catalog, catalog, change, Session()):
                if not why_not(demand.probe):
                    yield ("violations", constraint.name), demand.probe


def closer(catalog: Catalog, table: Table, rows: Number | None) -> Iterator[tuple[Place, Probe]]:
    """What is asked of a table that is not large: how long its texts are, and whether a column could be a key."""
    if rows is None or rows.at_least or not 0 < rows.found <= MOST_ROWS:
        return
    stored = Stored(table.name, fields_of(table))
    for column in table.columns if catalog.server.is_postgres else ():
        kind = column.type
        if kind.category == "string" and not (kind.array or kind.schema) and not _is_short(kind):
            yield ("longest", column.name), Longest(stored, column.name)
    if rows.found > 1:
        yield from _keys(catalog, table, stored)


def _is_short(kind: SqlType) -> bool:
    """True where the type itself limits the length so far that few would limit it more."""
    return bool(kind.args) and int(kind.args[0]) <= SHORT


def _keys(catalog: Catalog, table: Table, stored: Stored) -> Iterator[tuple[Place, Probe]]:
    """Whether a column holds no value twice; one that holds another table's keys is not asked."""
    foreign = {column for key in table.foreign_keys for column in key.columns}
    for column in table.columns:
        alone = (column.name,)
        is_key = table.primary_key is not None and table.primary_key.columns == alone
        known = column.name in foreign or is_key or table.is_unique_by(alone)
        if not known and _could_be_a_key(column.type, postgres=catalog.server.is_postgres):
            yield ("duplicates", column.name), Duplicates(stored, (Key(column.name),), None, table.name.name)


def _could_be_a_key(kind: SqlType, *, postgres: bool) -> bool:
    if not postgres:
        return kind.affinity() in ("integer", "text")
    return not kind.array and (kind.name in KEYED or kind.category == "string")


def kept(answers: Mapping[Place, Answer | Unanswered]) -> dict[str, Any]:
    """The answers as fields of `Contents`; what nobody could say is left out."""
    found: dict[str, Any] = {}
    for place, answer in answers.items():
        if isinstance(answer, Answer) and answer.error is None:
            number = Number(answer.found, answer.at_least)
            _put(found, place, number.found if place[0] == "longest" else number)
    return found


def _put(found: dict[str, Any], place: Place, number: Number | int) -> None:
    for step in place[:-1]:
        found = found.setdefault(step, {})
    found[place[-1]] = number


def is_asked(table: Table) -> bool:
    """True for a table with rows of its own; those of a partition are its parent's."""
    return table.kind in ("table", "partitioned") and not (
        table.temporary or table.is_partition or table.assumed
    )


def ancestors(catalog: Catalog, name: QName) -> Iterator[QName]:
    """The tables whose rows are also this one's, nearest first."""
    table = catalog.table(name)
    for parent in table.parents if table else ():
        yield parent
        yield from ancestors(catalog, parent)
