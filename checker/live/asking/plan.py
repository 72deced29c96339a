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
from checker.live.asking.leaves import only_leaf, tables
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
    Longest,
    Matching,
    Orphans,
    Probe,
    Strength,
)
from checker.rows import Rows, Stored
from checker.values import replace

_WEIGHT = {Count: 1, Evaluates: 2, Longest: 2, Orphans: 3, Matching: 3, Duplicates: 6}
"""How long a question takes on a large table, measured on 10 million rows against one that counts."""
TID_RANGES = (14,)
"""The first PostgreSQL that reads a range of pages without a look at the others."""
STEP = 2000
"""Pages at a time: 16 MB are read in about 15 ms, and 95 such queries cost 5 % more than one over the whole table."""
MOST_CHARACTERS = 2**31
"""No text of a server's is longer."""
MOST_PARTS = 100
"""Of a table with more partitions the planning of every range would take longer than its reading."""

Pages = tuple[int, int | None]
"""From the first page on, before the second."""


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


@dataclass(frozen=True, slots=True)
class Pass:
    """Questions about the rows of one large table, asked of some pages at a time; see `passing`."""

    probes: tuple[Probe, ...]
    table: QName
    held: Held
    limit: int
    cost: float
    sql: ProbesSql

    @property
    def tables(self) -> frozenset[QName]:
        """The one table."""
        return frozenset((self.table,))

    @property
    def computes(self) -> bool:
        """True where the server is made to compute values, and only an error would be an offender."""
        first = self.probes[0]
        return isinstance(first, Evaluates) or (
            isinstance(first, Count) and self.sql.condition(first.condition) is None
        )

    @property
    def text(self) -> str:
        """The query of the first pages."""
        return f"{self.query(self.probes, (0, self.step))}\n-- and so on, {self.step:,} pages at a time"

    @property
    def step(self) -> int:
        """So many pages at a time."""
        return max(STEP // self.held.parts, 1)

    def ranges(self) -> Iterator[Pages]:
        """All pages: the oldest rows, the newest, then those between. The last range is open, for the table grows."""
        starts = range(0, max(self.held.longest, 1), self.step)
        last = starts[-1]
        for start in dict.fromkeys((0, last, *starts)):
            yield start, None if start == last else start + self.step

    def query(self, probes: Sequence[Probe], pages: Pages) -> str:
        """The questions about the rows of some pages: the number of rows, then of offenders for each question."""
        sql = replace(self.sql, pages=pages)
        match probes[0]:
            case Evaluates() as probe:
                return sql.evaluates(probe)
            case Count() as probe if self.computes:
                return sql.tried(probe)
        counts = [one for one in probes if isinstance(one, Count)]
        return sql.counts(counts[0].rows, [one.condition for one in counts])


@dataclass(frozen=True)
class Plan:
    """Makes the queries for one round of questions."""

    sql: ProbesSql
    held: Mapping[QName, Held]
    strength: Strength

    def queries(self, probes: Sequence[Probe]) -> list[Query | Pass]:
        """All queries, the cheap ones first."""
        return sorted(self._queries(probes), key=lambda one: one.cost)

    def _queries(self, probes: Sequence[Probe]) -> Iterator[Query | Pass]:
        together: dict[tuple[Rows, str], list[Count]] = {}
        for probe in probes:
            if self._is_counted(probe) and isinstance(probe, Count):
                alias = probe.condition.alias if isinstance(probe.condition, Holds | Fails) else ""
                together.setdefault((probe.rows, alias), []).append(probe)
            else:
                yield self.alone(probe)
        for counts in together.values():
            yield self._pass(tuple(counts)) if self._is_large(counts[0]) else self._counts(tuple(counts))

    def _is_counted(self, probe: Probe) -> bool:
        """True for questions that one look at each row answers."""
        return (
            isinstance(probe, Count)
            and self.sql.condition(probe.condition) is not None
            and (self._is_paged(probe) or not self._is_large(probe))
        )

    def _is_paged(self, probe: Probe) -> bool:
        """True where each row of one large table is asked for by itself, and its pages can be told apart."""
        if not isinstance(probe, Count | Evaluates) or self.sql.version < TID_RANGES:
            return False
        if not self._is_large(probe) or self._has_index(probe):
            return False
        leaf = only_leaf(probe.rows)
        held = self.held.get(leaf.table, UNKNOWN) if leaf is not None else UNKNOWN
        return held.longest > 0 and held.parts <= MOST_PARTS and len(tables(probe)) == 1

    def _pass(self, probes: tuple[Probe, ...]) -> Pass:
        (table,) = tables(probes[0])
        held = self.held[table]
        limit = 1 if self.strength == "cheap" else CAP
        return Pass(probes, table, held, limit, held.pages * (1 + len(probes) / 2), self.sql)

    def _counts(self, probes: tuple[Count, ...]) -> Query:
        text = self.sql.counts(probes[0].rows, [one.condition for one in probes])
        read = frozenset[QName]().union(*map(tables, probes))
        return Query(probes, text, "counts", read, cost=self._pages(read))

    def alone(self, probe: Probe) -> Query | Pass:
        """One question by a query of its own."""
        if self._is_paged(probe):
            return self._pass((probe,))
        read = tables(probe)
        limit = 1 if self.strength == "cheap" and self._is_large(probe) else CAP
        cost = 0.0 if self._has_index(probe) else self._pages(read) * _WEIGHT[type(probe)]
        match probe:
            case Count(condition=condition) if self.sql.condition(condition) is None:
                return Query((probe,), self.sql.tried(probe), "computed", read, cost=cost)
            case Evaluates():
                return Query((probe,), self.sql.evaluates(probe), "computed", read, cost=cost)
            case Longest():
                return Query((probe,), self.sql.longest(probe), "found", read, MOST_CHARACTERS, cost)
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
