"""A history replayed twice, on a real server and in the simulator, and every statement's outcome compared.

After a statement that the server accepted, the two catalogs must be equal; a statement that the server refused
must be refused by the simulator with the same code. When the two have drifted apart the simulator is handed
the server's catalog, so that one miss is counted once and does not spoil what follows. So it is where an extension
was created, for what comes with one is written nowhere but in the server's files.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import Enum
from typing import Protocol

from checker.catalog import Catalog
from checker.statement import Statement, StatementKind
from tests.truth.compare import differences


class Outcome(Enum):
    """What became of one statement, on the server and in the simulator."""

    EQUAL = "accepted, and the catalogs are equal"
    DIFFERS = "accepted, but the catalogs differ"
    FALSE_FAILURE = "accepted, but the simulator refuses it"
    PREDICTED = "refused, as predicted"
    WRONG_CODE = "refused, but with another code than predicted"
    MISSED = "refused, but the simulator accepts it"
    DATA = "refused for its rows, which the simulator does not see"


GOOD = frozenset((Outcome.EQUAL, Outcome.PREDICTED, Outcome.DATA))


class Server(Protocol):
    """A real server with one connection."""

    def run(self, statement: Statement) -> str | None:
        """Execute it; the error's code where it is refused."""

    def catalog(self) -> Catalog | None:
        """The schema as this connection sees it; None while an aborted transaction lets nobody look."""


@dataclass(frozen=True)
class Simulated:
    """What the simulator makes of one statement."""

    catalog: Catalog
    code: str | None = None
    understood: bool = True


class Simulator(Protocol):
    """The simulator, one statement at a time."""

    def run(self, statement: Statement) -> Simulated:
        """Fold the statement over the current state."""

    def resync(self, catalog: Catalog | None, code: str | None) -> None:
        """Go on from the server's catalog; where it shows none, its transaction is aborted by `code`."""


@dataclass(frozen=True)
class Verdict:
    """One statement and what became of it."""

    statement: Statement
    outcome: Outcome
    understood: bool
    details: tuple[str, ...] = ()

    def __str__(self) -> str:
        sql = " ".join(self.statement.text.split())
        place = f"{self.statement.source.name}:{self.statement.span.line}"
        lines = [
            f"{place}: {self.outcome.value}",
            f"    {sql[:300]}",
            *(f"    {line}" for line in self.details),
        ]
        return "\n".join(lines)


@dataclass
class Score:
    """The figures of one or many replays, and every miss."""

    counts: Counter[Outcome] = field(default_factory=Counter)
    statements: int = 0
    understood: int = 0
    misses: list[Verdict] = field(default_factory=list)
    unread: list[Verdict] = field(default_factory=list)

    def add(self, verdict: Verdict) -> None:
        """Count one statement."""
        self.counts[verdict.outcome] += 1
        self.statements += 1
        self.understood += verdict.understood
        if not verdict.understood:
            self.unread.append(verdict)
        if verdict.outcome not in GOOD:
            self.misses.append(verdict)

    def merge(self, other: Score) -> None:
        """Add the figures of another replay."""
        self.counts.update(other.counts)
        self.statements += other.statements
        self.understood += other.understood
        self.misses += other.misses
        self.unread += other.unread

    @property
    def equal(self) -> tuple[int, int]:
        """How many of the accepted statements left equal catalogs."""
        accepted = (Outcome.EQUAL, Outcome.DIFFERS, Outcome.FALSE_FAILURE)
        return self.counts[Outcome.EQUAL], sum(self.counts[each] for each in accepted)

    @property
    def predicted(self) -> tuple[int, int]:
        """How many of the refused statements were predicted with the right code, data-caused ones aside."""
        refused = (Outcome.PREDICTED, Outcome.WRONG_CODE, Outcome.MISSED)
        return self.counts[Outcome.PREDICTED], sum(self.counts[each] for each in refused)

    def summary(self) -> str:
        """One line of figures."""
        return (
            f"{self.statements} statements; equal catalogs {_share(*self.equal)}; refusals predicted"
            f" {_share(*self.predicted)}, false failures {self.counts[Outcome.FALSE_FAILURE]}, data-caused"
            f" {self.counts[Outcome.DATA]}; understood {_share(self.understood, self.statements)}"
        )


def _share(part: int, whole: int) -> str:
    return f"{part}/{whole}" + (f" = {100 * part / whole:.2f} %" if whole else "")


def replay(statements: Iterable[Statement], server: Server, simulator: Simulator) -> Iterator[Verdict]:
    """The verdict on each statement, in order; a client's own commands are passed over."""
    for statement in statements:
        if statement.kind is not StatementKind.CLIENT_COMMAND:
            yield _judge(statement, server, simulator)


def _judge(statement: Statement, server: Server, simulator: Simulator) -> Verdict:
    simulated = simulator.run(statement)
    code, real = server.run(statement), server.catalog()
    details = differences(real, simulated.catalog) if real is not None else []
    outcome = _outcome(code, simulated.code, bool(details))
    extended = real is not None and any(
        found.members != simulated.catalog.extensions[name].members
        for name, found in real.extensions.items()
        if name in simulated.catalog.extensions
    )
    if details or code != simulated.code or not simulated.understood or extended:
        simulator.resync(real, code)
    if code != simulated.code:
        details.insert(0, f"server: {code or 'accepts'}, simulator: {simulated.code or 'accepts'}")
    return Verdict(statement, outcome, simulated.understood, tuple(details))


def _outcome(code: str | None, predicted: str | None, differ: bool) -> Outcome:
    if code is None:
        if predicted is not None:
            return Outcome.FALSE_FAILURE
        return Outcome.DIFFERS if differ else Outcome.EQUAL
    if code == predicted:
        return Outcome.DIFFERS if differ else Outcome.PREDICTED
    if code[:2] in ("22", "23") and predicted is None:
        return Outcome.DATA
    return Outcome.WRONG_CODE if predicted else Outcome.MISSED
