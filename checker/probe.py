"""Questions about rows, and their answers.

A probe is a value: two statements that ask the same ask once, and the answer is found by it. Where the
live side cannot answer it says why; that is an answer too, and never reads as "no".

    Probe = Count | Duplicates | Matching | Orphans | Evaluates | Longest
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import field
from typing import Literal, TypeAlias

from checker.catalog import QName
from checker.rows import Formula, Rows, Unknown
from checker.sqltype import SqlType
from checker.values import dataclass

# Conditions on one row


@dataclass(frozen=True, slots=True)
class Always:
    """Every row."""


@dataclass(frozen=True, slots=True)
class IsNull:
    column: str


@dataclass(frozen=True, slots=True)
class IsNotNull:
    column: str


@dataclass(frozen=True, slots=True)
class Holds:
    """The formula is true of the row, which it calls `alias`."""

    formula: Formula
    alias: str = ""


@dataclass(frozen=True, slots=True)
class Fails:
    """The formula is false of the row: what a CHECK refuses; NULL passes."""

    formula: Formula
    alias: str = ""


@dataclass(frozen=True, slots=True)
class DoesNotCast:
    """The value of the column is no value of the other type: its text cannot be read as one, or is out of range.

    `explicit` says that a cast is written (USING a::type), which cuts strings instead of refusing them.
    """

    column: str
    source: SqlType
    target: SqlType
    explicit: bool = False


@dataclass(frozen=True, slots=True)
class IsTooLong:
    """The value of the column is longer than `length` characters, blanks at its end not counted; `pads`: cut silently."""

    column: str
    length: int


@dataclass(frozen=True, slots=True)
class Loses:
    """The value of the column becomes another one by the cast, without an error: digits, fractions, characters go."""

    column: str
    source: SqlType
    target: SqlType


@dataclass(frozen=True, slots=True)
class NotAmong:
    """The value of the column, as text, is not NULL and none of these."""

    column: str
    values: tuple[str, ...]


Condition: TypeAlias = (
    Always | IsNull | IsNotNull | Holds | Fails | DoesNotCast | IsTooLong | Loses | NotAmong
)


# Probes


@dataclass(frozen=True, slots=True)
class Count:
    """How many rows meet the condition."""

    rows: Rows
    condition: Condition = field(default_factory=Always)

    def among(self, rows: Rows) -> Count:
        """The same question about other rows."""
        return Count(rows, self.condition)


@dataclass(frozen=True, slots=True)
class Key:
    """What is compared: a column, or an expression over the row (called `alias`); `collation` where it has its own."""

    value: str | Formula
    collation: str | None = None
    alias: str = ""


@dataclass(frozen=True, slots=True)
class Duplicates:
    """How many keys occur more than once among the rows for which `where` is true.

    Rows with NULL in a key are left out, unless `nulls_equal`.
    """

    rows: Rows
    keys: tuple[Key, ...]
    where: Formula | None = None
    alias: str = ""
    nulls_equal: bool = False


@dataclass(frozen=True, slots=True)
class Matching:
    """How many rows have a partner among `others` with equal keys (NULL equals nothing, unless `nulls_equal`).

    `where` limits both sides (the predicate of a partial index).
    """

    rows: Rows
    others: Rows
    keys: tuple[Key, ...]
    other_keys: tuple[Key, ...]
    where: Formula | None = None
    alias: str = ""
    nulls_equal: bool = False


@dataclass(frozen=True, slots=True)
class Orphans:
    """How many rows have no partner among `parents`; rows with NULL in a key have none to have.

    `full` is MATCH FULL: a key that is NULL in part is an orphan too.
    """

    rows: Rows
    parents: Rows
    columns: tuple[str, ...]
    references: tuple[str, ...]
    full: bool = False


@dataclass(frozen=True, slots=True)
class Evaluates:
    """Whether the server computes all columns of the rows without an error; the answer's `error` says which."""

    rows: Rows


@dataclass(frozen=True, slots=True)
class Longest:
    """How many characters the longest text in a column has, blanks at its end not counted; 0 where there is none."""

    rows: Rows
    column: str


Probe: TypeAlias = Count | Duplicates | Matching | Orphans | Evaluates | Longest


def why_not(probe: Probe) -> str:
    """Why nobody can answer it, whatever the live side: rows or values that cannot be foretold; "" where somebody may."""
    sides = _sides(probe)
    for rows, _ in sides:
        if isinstance(rows, Unknown):
            return rows.why
    for rows, columns in sides:
        if not rows.opaque.isdisjoint(columns) or not rows.fresh.isdisjoint(_computed_with(probe)):
            return "it is about values that nobody can foretell"
    return ""


def _computed_with(probe: Probe) -> frozenset[str]:
    """The columns of which it takes the very values; new ones are not NULL, and like no other."""
    match probe:
        case Count(condition=IsNull() | IsNotNull()):
            return frozenset()
        case Count(condition=condition):
            return read_by(condition)
        case Duplicates(keys=keys, where=where) | Matching(keys=keys, where=where):
            return _keys(tuple(one for one in keys if isinstance(one.value, Formula)), where)
        case Orphans(columns=columns):
            return frozenset(columns)
        case _:
            return frozenset()


def _sides(probe: Probe) -> tuple[tuple[Rows, frozenset[str]], ...]:
    """The rows that a probe is about, each with the columns of theirs that it looks at."""
    match probe:
        case Count(rows=rows, condition=condition):
            return ((rows, read_by(condition)),)
        case Evaluates(rows=rows):
            return ((rows, frozenset()),)
        case Longest(rows=rows, column=column):
            return ((rows, frozenset((column,))),)
        case Duplicates(rows=rows, keys=keys, where=where):
            return ((rows, _keys(keys, where)),)
        case Matching(rows=rows, others=others, keys=keys, other_keys=other_keys, where=where):
            return (rows, _keys(keys, where)), (others, _keys(other_keys, where))
        case Orphans(rows=rows, parents=parents, columns=columns, references=references):
            return (rows, frozenset(columns)), (parents, frozenset(references))


def read_by(condition: Condition) -> frozenset[str]:
    """The columns that a condition looks at."""
    match condition:
        case Always():
            return frozenset()
        case Holds(formula=formula) | Fails(formula=formula):
            return formula.columns
        case _:
            return frozenset((condition.column,))


def _keys(keys: tuple[Key, ...], where: Formula | None) -> frozenset[str]:
    read = frozenset[str]() if where is None else where.columns
    return read.union(*({one.value} if isinstance(one.value, str) else one.value.columns for one in keys))


# Answers

Strength = Literal["off", "cheap", "full"]
"""How thoroughly rows are looked at: not at all, until a question is decided, until the offenders are counted."""
NO_ROWS = "there is no database whose rows could be looked at"
OFF = "--probes off"
NOT_LOOKED = frozenset((NO_ROWS, OFF))
"""Why not even one question is answered. That is said once, and not for each of them."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the live database says.

    `found` are the rows (for Duplicates: the keys) in question; with `at_least` counting stopped there. `total`
    are all rows that were looked at, None where nobody counted them. `error` is the code of the error that the
    server raised when it computed the values themselves, `said` its message without values. `how` says how it was
    obtained: counted; found, where the search stopped at the first; computed, where the server was made to compute
    the values. `seconds` is the time that it took, shared among the questions of one pass, None where it was not
    asked now. `examples` are primary keys of offenders, where they were asked for.
    """

    found: int
    at_least: bool = False
    total: int | None = None
    how: str = "counted"
    seconds: float | None = 0.0
    error: str | None = None
    said: str = ""
    examples: tuple[str, ...] = ()

    @property
    def none(self) -> bool:
        """True where there is no such row."""
        return not self.found and self.error is None

    def evidence(self, counted: str = "rows") -> str:
        """In words, without a value of any row that was not asked for.

        >>> Answer(3, total=12481, seconds=0.04).evidence()
        '3 of 12,481 rows, counted in 40 ms'
        >>> Answer(1000, at_least=True, seconds=2.5).evidence("keys")
        'at least 1,000 keys, counted in 2.5 s'
        >>> Answer(1, at_least=True, how="found", seconds=0.002).evidence()
        'at least 1 row, found in 2 ms, the search stopped there'
        """
        stopped = ", the search stopped there" if self.how == "found" else ""
        keys = f" ({', '.join(self.examples)})" if self.examples else ""
        how = f"{self.how}{self._taken}{stopped}{keys}"
        if self.error is not None:
            return f"error {self.error}, {how}"
        return f"{self.amount(counted)}, {how}"

    def amount(self, counted: str = "rows") -> str:
        """How many, of how many.

        >>> Answer(3, total=12481).amount(), Answer(1).amount("keys"), Answer(2, total=2).amount()
        ('3 of 12,481 rows', '1 key', '2 rows')
        """
        number = f"at least {self.found:,}" if self.at_least else f"{self.found:,}"
        whole = f" of {self.total:,}" if self.total is not None and self.total != self.found else ""
        noun = counted.removesuffix("s") if self.found == 1 and not whole else counted
        return f"{number}{whole} {noun}"

    @property
    def _taken(self) -> str:
        if self.seconds is None:
            return ""
        seconds = self.seconds
        return f" in {seconds:.1f} s" if seconds >= 1 else f" in {max(seconds * 1000, 1):.0f} ms"


@dataclass(frozen=True, slots=True)
class Unanswered:
    """Nobody could say, and why: a time-out, a missing right, rows that cannot be foretold."""

    why: str


Answers: TypeAlias = Mapping[Probe, Answer | Unanswered]
Answerer: TypeAlias = Callable[[Sequence[Probe], frozenset[QName]], Answers]
"""Puts questions to the live side and returns an answer to each of them.

The second argument are the enum types that the run changes: the live database has not got all of their labels.
"""
