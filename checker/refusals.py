"""What a server refuses because of the rows: refusals that carry the question and its answer.

    RowsRefused
    ├── NullsFound        23502: NULL where there must be a value
    ├── DuplicatesFound   23505: a key that must be unique occurs more than once
    ├── OrphansFound      23503: a row refers to one that is not there, or is referred to and goes
    ├── ConflictFound     23P01: rows that an exclusion constraint keeps apart
    ├── CheckViolated     23514: a CHECK is false
    ├── DoesNotFit        22001 22003: a value is longer or larger than the type allows
    ├── EnumValueInUse    22P02: a label is still in use that the new type does not have
    ├── StillInUse        55006: deferred constraints have still to look at its rows
    └── ValueRefused      any error while values are computed
        └── DoesNotCast   22P02 22003 22007 …: a value is none of the new type

Codes are PostgreSQL's; SQLite has `SQLITE_CONSTRAINT`.
"""

from __future__ import annotations

from typing import TypeVar

from checker.catalog import QName
from checker.errors import ApplyError
from checker.probe import Answer, Probe
from checker.values import dataclass

R = TypeVar("R", bound="RowsRefused")


class RowsRefused(ApplyError):
    """The server refuses the change for its rows.

    `table` and `columns` say whose, `probe` is the question that decides it and `answer` what was answered; None
    where nobody could say (then it is a risk and no refusal). `constraint` is the name of what is violated, "" for
    none. `already` says that the rows were like that before the change and the change trips over them;
    False where the migration itself puts them there.
    """

    def __init__(
        self,
        code: str,
        message: str,
        table: QName,
        columns: tuple[str, ...],
        probe: Probe,
        *,
        constraint: str = "",
        already: bool = True,
        others: tuple[str, ...] = (),
        answer: Answer | None = None,
    ) -> None:
        name = f"{table}.{columns[0]}" if len(columns) == 1 else str(table)
        super().__init__(code, message, name, others)
        self.table, self.columns, self.probe, self.constraint = table, columns, probe, constraint
        self.already, self.answer = already, answer

    def answered(self: R, answer: Answer) -> R:
        """The same refusal, proven by this answer; the server's own code where it raised one."""
        code = answer.error or self.code
        message = answer.said or self.message
        return type(self)(
            code, message, self.table, self.columns, self.probe, constraint=self.constraint,
            already=self.already, others=self.others, answer=answer,
        )  # fmt: skip

    @property
    def evidence(self) -> str:
        """How the offenders were found: `3 of 12,481 rows, counted in 40 ms`; "" where nobody looked."""
        return self.answer.evidence(self.counted) if self.answer else ""

    @property
    def offenders(self) -> str:
        """How many there are: `3 of 12,481 rows`; "" where nobody looked."""
        return self.answer.amount(self.counted) if self.answer else ""

    counted = "rows"


class NullsFound(RowsRefused):
    """NULL in a column that must not be NULL."""


class DuplicatesFound(RowsRefused):
    """Keys that occur more than once under a unique constraint or index."""

    counted = "keys"


class OrphansFound(RowsRefused):
    """Rows without the row that a foreign key makes them refer to; `others` is the table referred to."""


class ConflictFound(RowsRefused):
    """Rows that an exclusion constraint keeps apart; nobody looks for them yet."""


class CheckViolated(RowsRefused):
    """Rows for which a CHECK is false."""


class DoesNotFit(RowsRefused):
    """Values that are too long or too large for the type."""


class EnumValueInUse(RowsRefused):
    """Rows with a label that the new type does not have."""


class StillInUse(RowsRefused):
    """Rows of the table that were written in this transaction have still to be looked at."""


class ValueRefused(RowsRefused):
    """The server raises an error while it computes the values."""


class DoesNotCast(ValueRefused):
    """Values that are none of the new type."""


@dataclass(frozen=True, slots=True)
class Demand:
    """What the rows must meet, or the server refuses the change: the question that finds the offenders."""

    refusal: RowsRefused
    counts_only: bool = False
    """An error that the server raises while it looks is left to the demands that follow."""
    far_fetched: bool = False
    """It takes a value that hardly anybody stores: asked where somebody answers, and no risk where nobody does."""
    errors_only: bool = False
    """Rows that are found are none of its business; an error that the server raises while it looks is."""
    doubt: str = ""
    """Why rows that are found do not prove that the server refuses; "" where they do."""

    @property
    def probe(self) -> Probe:
        """The question."""
        return self.refusal.probe

    def may_stay_open(self, *, looked: bool) -> bool:
        """True where it is worth a question and no more: that nobody answered it is nothing to tell."""
        return self.errors_only or bool(self.doubt) or (self.far_fetched and not looked)

    def is_broken(self, answer: Answer) -> bool:
        """True where the answer shows what must not be."""
        if answer.error is not None:
            return not self.counts_only
        return not answer.none and not self.errors_only


@dataclass(frozen=True, slots=True)
class Risk:
    """A demand that nobody could decide: the refusal that it may come to, and why it is not known.

    `met` says that the rows do meet it as far as they were followed: only `why`, code that ran before, could have
    changed that.
    """

    refusal: RowsRefused
    why: str
    met: bool = False
