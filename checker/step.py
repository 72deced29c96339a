"""One change on its way over the catalog: what a rule looks at."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import field
from typing import Generic, TypeVar, overload

from checker.catalog import Catalog, QName, Table
from checker.change import Change, describe, object_name
from checker.datafacts import NO_FACTS, DataFacts
from checker.errors import ApplyError
from checker.finding import Certainty, Claim, Severity
from checker.probe import NOT_LOOKED, Answer, Count, Probe, Unanswered
from checker.questions import Questions
from checker.refusals import Risk, RowsRefused
from checker.rows import Rows, rows_of
from checker.session import Session
from checker.statement import Migration, Statement
from checker.values import dataclass

C = TypeVar("C", bound=Change, covariant=True)


@dataclass(frozen=True, slots=True)
class Gone:
    """Something that goes along with a drop without having been named: a view, a constraint, a default.

    `kind` is the server's word for it, `name` its full name, `detail` what it is (`foreign key (a) -> b`);
    `holds_data` says that rows or values go with it, `cascaded` that it goes only because CASCADE was said.
    """

    kind: str
    name: str
    detail: str = ""
    holds_data: bool = False
    cascaded: bool = False


class Committed(Sequence[str]):
    """The first so many of these changes, in SQL's words. All steps of a file share the list, which only grows."""

    def __init__(self, changes: Sequence[Change], count: int) -> None:
        self._changes, self._count = changes, count

    def __len__(self) -> int:
        return self._count

    @overload
    def __getitem__(self, at: int) -> str: ...

    @overload
    def __getitem__(self, at: slice) -> tuple[str, ...]: ...

    def __getitem__(self, at: int | slice) -> str | tuple[str, ...]:
        if isinstance(at, slice):
            return tuple(describe(self._changes[one]) for one in range(self._count)[at])
        return describe(self._changes[range(self._count)[at]])


@dataclass(frozen=True, slots=True)
class Step(Generic[C]):
    """A change, the catalog before and after it, and all that is known around it.

    `error` is the server's refusal (then `after` is `before`); `live` is the catalog before anything ran;
    `along` are the objects that go with it; `committed` are the changes of this file whose effects stay
    whatever happens later (none where everything is one transaction). `assumed` says that the
    relation it is about was not seen anywhere and is taken to exist (no live side, or uncertain).
    `facts` is what the run itself has shown about rows and columns so far; `risks` are the refusals for its rows
    that nobody could decide. `undecided` is set where `error` is such a risk and no refusal: why nobody knows.
    """

    change: C
    statement: Statement
    migration: Migration
    index: int
    before: Catalog
    after: Catalog
    live: Catalog
    session: Session
    error: ApplyError | None = None
    along: tuple[Gone, ...] = ()
    committed: Sequence[str] = ()
    assumed: bool = False
    risks: tuple[Risk, ...] = ()
    undecided: str = ""
    questions: Questions = field(default_factory=Questions, compare=False)
    facts: DataFacts = field(default=NO_FACTS, compare=False)

    def ask(self, probe: Probe) -> Answer | None:
        """The live side's answer to a question about rows; None where it is not known (yet)."""
        answer = self.questions.ask(probe)
        return None if isinstance(answer, Unanswered) else answer

    def evidence(self, error: RowsRefused) -> str:
        """How the rows in question were found, or why nobody knows."""
        return _not_known(self.undecided) if self.undecided else error.evidence

    def said(self, probe: Probe) -> str:
        """How a question was answered, or why nobody knows; "" as long as it is open."""
        match self.questions.ask(probe):
            case Answer() as answer:
                return answer.evidence()
            case Unanswered(why=why):
                return _not_known(why)
            case None:
                return ""

    def count(self, name: QName) -> Count:
        """The question how many rows a table has before this step."""
        return Count(self.rows(name))

    def rows(self, name: QName) -> Rows:
        """What the table holds before this step."""
        return rows_of(self.before, name)

    def table(self, name: QName) -> Table | None:
        """The table as it is before this step."""
        return self.before.table(name)

    def is_born_here(self, name: QName) -> bool:
        """True where this run created the relation: the live database holds no rows of it."""
        return name in self.session.born

    def is_new_table(self, name: QName) -> bool:
        """True where no running code can know the relation: born here, under a name that the live side has not."""
        return self.is_born_here(name) and self.live.relation(name) is None

    def is_empty(self, name: QName) -> bool:
        """True where the run itself shows that the table has no rows now: born here or emptied, not filled since."""
        return name in self.facts.emptied or (self.is_born_here(name) and not self.facts.may_fill(name))

    def is_scratch(self, name: QName) -> bool:
        """True where nothing of the live database is in the table: born here, and no other table copied into it."""
        return self.is_born_here(name) and not self.facts.was_copied_into(name)

    def is_new_column(self, table: QName, column: str) -> bool:
        """True where no value of the live database is in the column: this run added it, or built the table."""
        return self.facts.was_added(table, column) or self.is_scratch(table)

    @property
    def is_offline(self) -> bool:
        """True where there is no live side."""
        return not self.live.complete

    @property
    def certainty(self) -> Certainty:
        """proven where the live catalog shows it; possible where nobody could look.

        A refusal that follows from the files alone is likely: nobody saw what the live side adds.
        """
        if self.assumed or self.undecided:
            return Certainty.POSSIBLE
        if self.is_offline:
            return Certainty.LIKELY if self.error else Certainty.POSSIBLE
        if isinstance(self.error, RowsRefused):
            return Certainty.LIKELY if self.before.unfollowed else Certainty.PROVEN
        return Certainty.PROVEN

    def claim(
        self,
        message: str,
        *,
        evidence: str = "",
        remedy: str = "",
        object: str = "",
        certainty: Certainty | None = None,
        severity: Severity | None = None,
        at: tuple[int, int] | None = None,
        unless: Callable[[Catalog], bool] | None = None,
    ) -> Claim:
        """A claim about this step: certainty, object and place are the step's own unless given."""
        return Claim(
            message,
            evidence,
            remedy,
            object or object_name(self.change),
            certainty or self.certainty,
            severity or (Severity.WARNING if self.undecided else None),
            at or self.change.at,
            unless,
        )


def _not_known(why: str) -> str:
    """Why one question has no answer; where none has, the report says so once."""
    return "" if why in NOT_LOOKED else f"not known: {why}"
