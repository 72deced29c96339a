"""Questions on their way over the pages of a large table, a range at a time.

A question is settled when enough offenders were found; all are when the last page was read. When the time is up before
that, the rows that were looked at prove nothing about the others, and the answer says how far it came.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from checker.live.asking.plan import Pages, Pass
from checker.live.asking.port import NoAnswer, Raised, Row, TooLong
from checker.probe import Always, Answer, Count, Probe, Unanswered

if TYPE_CHECKING:
    from checker.live.asking.answering import Round


class Passing:
    """One pass: what is still open, what was found so far, how many rows and pages were looked at."""

    def __init__(self, query: Pass, round_: Round) -> None:
        self.query, self.round = query, round_
        self.open = list(query.probes)
        self.found = dict.fromkeys(query.probes, 0)
        self.raised: dict[Probe, Answer] = {}
        self.settled_after: dict[Probe, float] = {}
        self.rows = self.pages = 0
        self.seconds = 0.0
        self.allowed = round_.asking.timeout * len(query.probes)

    def answers(self) -> Iterator[tuple[Probe, Answer | Unanswered]]:
        """Read range after range until nothing is open or the time is up; an answer to each question."""
        why = self._go()
        for probe in self.query.probes:
            yield probe, self._answer(probe, why)

    def _go(self) -> str:
        """Why the pass ended before it was done; "" where it did not."""
        for pages in self.query.ranges():
            if not self.open:
                break
            if self.left <= 0:
                return self._in_part()
            if why := self._read(pages):
                return why
            self.pages = min(self.pages + self.query.step, self.query.held.longest)
            if self.round.asking.progress:
                self.round.asking.progress(f"{self.query.table}: {self._share} looked at")
        return ""

    @property
    def left(self) -> float:
        """The seconds that are left."""
        return min(self.allowed - self.seconds, self.round.asking.left)

    @property
    def _share(self) -> str:
        return f"{self.pages * 100 // max(self.query.held.longest, 1)} %"

    def _in_part(self) -> str:
        return f"looked at {self._share} of {self.query.table} and found none, then the time was up"

    def _read(self, pages: Pages) -> str:
        """Ask about the rows of these pages; why nobody can answer, "" where it is answered."""
        result = self._ask(self.open, pages)
        if isinstance(result, Raised):
            return self._blame(result, pages)
        if isinstance(result, NoAnswer):
            return self._why(result)
        self.rows += self._note(self.open, result, pages)
        return ""

    def _ask(self, probes: list[Probe], pages: Pages) -> Row | Raised | NoAnswer:
        result, seconds = self.round.row(self.query.query(probes, pages), max(self.left, 0.001))
        self.seconds += seconds
        return result

    def _why(self, problem: NoAnswer) -> str:
        return self._in_part() if isinstance(problem, TooLong) else self.round.why(self.query.tables, problem)

    def _blame(self, problem: Raised, pages: Pages) -> str:
        """The question whose values raise the error is answered by it; the others go on."""
        for probe in tuple(self.open):
            result = self._ask([probe], pages) if len(self.open) > 1 else problem
            if isinstance(result, Raised):
                self.raised[probe] = Answer(1, True, None, "computed", self.seconds, result.code, result.said)
                self.open.remove(probe)
            elif isinstance(result, NoAnswer):
                return self._why(result)
            else:
                self._note([probe], result, pages)
        return ""

    def _note(self, probes: list[Probe], row: Row, pages: Pages) -> int:
        """Count the offenders of a range and close what is settled by them; the rows that there were."""
        if self.query.computes:
            return 0
        for place, probe in enumerate(tuple(probes), 1):
            every = isinstance(probe, Count) and isinstance(probe.condition, Always)
            number = int(row[0] if every else row[place])
            self.found[probe] += number
            if number:
                self.round.places.setdefault(probe, pages)
            if self.found[probe] >= self.query.limit:
                self.settled_after[probe] = self.seconds
                self.open.remove(probe)
        return int(row[0])

    def _answer(self, probe: Probe, why: str) -> Answer | Unanswered:
        if probe in self.raised:
            return self.raised[probe]
        found = self.found[probe]
        if probe in self.settled_after:
            how = "found" if self.query.limit == 1 else "counted"
            return Answer(found, True, how=how, seconds=self.settled_after[probe])
        seconds = self.seconds / len(self.query.probes)
        if self.query.computes:
            return Unanswered(why) if why else Answer(0, how="computed", seconds=seconds)
        if why:
            return Answer(found, True, seconds=seconds) if found else Unanswered(why)
        return Answer(found, total=self.rows if not self.raised else None, seconds=seconds)
