"""How questions are asked: which of them together, how thoroughly, which first.

Tables that are small are counted. In one that is large a question stops at its first offender (`full`: at the
thousandth); where there is none the whole table has to be read, unless an index knows.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from checker.asking import CAP
from checker.casts_sql import RANGES
from checker.catalog import QName
from checker.live.asking.leaves import tables
from checker.live.asking.port import UNKNOWN, Held
from checker.live.asking.probes_sql import ProbesSql
from checker.probe import (
    Count,
    DoesNotCast,
    Duplicates,
    Evaluates,
    Fails,
    Holds,
    IsNotNull,
    IsNull,
    Matching,
    Orphans,
    Probe,
    Strength,
)
from checker.rows import Rows, Stored

_WEIGHT = {Count: 1, Evaluates: 2, Orphans: 3, Matching: 3, Duplicates: 6}
"""How long a question takes on a large table, measured on 10 million rows against one that counts."""


@dataclass(frozen=True, slots=True)
class Query:
    """One query, and the questions that its row answers.

    `kind` says how the row is read: counts has the number of rows and then one of offenders for each question,
    found has one of offenders, at most `limit`, computed tells by its being there that nothing was refused.
    """

    probes: tuple[Probe, ...]
    text: str
    kind: Literal["counts", "found", "computed"]
    tables: frozenset[QName]
    limit: int = CAP
    cost: float = 0.0


@dataclass(frozen=True)
class Plan:
    """Makes the queries for one round of questions."""

    sql: ProbesSql
    held: Mapping[QName, Held]
    strength: Strength

    def queries(self, probes: Sequence[Probe]) -> list[Query]:
        """All queries, the cheap ones first."""
        return sorted(self._queries(probes), key=lambda one: one.cost)

    def _queries(self, probes: Sequence[Probe]) -> Iterator[Query]:
        together: dict[tuple[Rows, str], list[Count]] = {}
        for probe in probes:
            if self._is_counted(probe) and isinstance(probe, Count):
                alias = probe.condition.alias if isinstance(probe.condition, Holds | Fails) else ""
                together.setdefault((probe.rows, alias), []).append(probe)
            else:
                yield self.alone(probe)
        for counts in together.values():
            yield self._counts(tuple(counts))

    def _is_counted(self, probe: Probe) -> bool:
        """True for questions that are answered by one pass over small tables."""
        return (
            isinstance(probe, Count)
            and self.sql.condition(probe.condition) is not None
            and not self._is_large(probe)
        )

    def _counts(self, probes: tuple[Count, ...]) -> Query:
        text = self.sql.counts(probes[0].rows, [one.condition for one in probes])
        read = frozenset[QName]().union(*map(tables, probes))
        return Query(probes, text, "counts", read, cost=self._pages(read))

    def alone(self, probe: Probe) -> Query:
        """One question by a query of its own."""
        read = tables(probe)
        limit = 1 if self.strength == "cheap" and self._is_large(probe) else CAP
        cost = 0.0 if self._has_index(probe) else self._pages(read) * _WEIGHT[type(probe)]
        match probe:
            case Count(condition=condition) if self.sql.condition(condition) is None:
                return Query((probe,), self.sql.tried(probe), "computed", read, cost=cost)
            case Evaluates():
                return Query((probe,), self.sql.evaluates(probe), "computed", read, cost=cost)
            case Count():
                text = self.sql.found(probe, limit)
            case Duplicates():
                text = self.sql.duplicates(probe, limit)
            case Matching():
                text = self.sql.matching(probe, limit)
            case Orphans():
                text = self.sql.orphans(probe, limit)
        return Query((probe,), text, "found", read, limit, cost)

    def _is_large(self, probe: Probe) -> bool:
        return any(self.held.get(name, UNKNOWN).large for name in tables(probe))

    def _has_index(self, probe: Probe) -> bool:
        """True where an index finds the offenders without a look at the other rows."""
        if not isinstance(probe, Count) or not isinstance(probe.rows, Stored):
            return False
        match probe.condition:
            case IsNull(column=column) | IsNotNull(column=column):
                pass
            case DoesNotCast(column=column, source=source) if source.name in RANGES:
                pass
            case _:
                return False
        return column in self.held.get(probe.rows.table, UNKNOWN).leading

    def _pages(self, read: frozenset[QName]) -> float:
        return float(sum(self.held.get(name, UNKNOWN).pages for name in read))
