"""The questions of a run: what is known, what is open, and what needs nobody to be asked."""

from __future__ import annotations

import re
from dataclasses import field

from checker.finding import Asked
from checker.probe import (
    NOT_LOOKED,
    Always,
    Answer,
    Answers,
    Count,
    DoesNotCast,
    Duplicates,
    Evaluates,
    IsNotNull,
    IsNull,
    IsTooLong,
    Key,
    Loses,
    Matching,
    NotAmong,
    Orphans,
    Probe,
    Unanswered,
    why_not,
)
from checker.rows import Both, Computed, Copy, Formula, Fresh, Given, Kept, Nothing, Opaque, Rows, Value
from checker.values import dataclass

_CONSTANT = re.compile(r"\s*([-+]?\d[\d.]*|'[^']*'|true|false)\s*", re.IGNORECASE)


def settled(probe: Probe) -> Answer | None:
    """The answer to a question that the statements themselves decide; None where rows have to be looked at."""
    match probe:
        case (
            Count(rows=Nothing())
            | Duplicates(rows=Nothing())
            | Matching(rows=Nothing())
            | Matching(others=Nothing())
            | Orphans(rows=Nothing())
            | Evaluates(rows=Nothing())
        ):
            return Answer(0, how="as the statements say", seconds=None)
        case Count(rows=Given(rows=rows), condition=Always()):
            return Answer(len(rows), total=len(rows), how="as the statement says", seconds=None)
        case Count(rows=Given() as rows, condition=IsNull(column=name) | IsNotNull(column=name)):
            return _nulls(rows, name, wanted=isinstance(probe.condition, IsNull))
        case _ if _needs_no_look(probe):
            return Answer(0, how="as the statements say", seconds=None)
        case _:
            return None


def _needs_no_look(probe: Probe) -> bool:
    """True where no row can be meant, for a column is NULL in every row, or in none."""
    match probe:
        case Count(rows=rows, condition=IsNull(column=name)):
            return _constant(rows, name) is False
        case Count(
            rows=rows, condition=IsNotNull(column=name) | DoesNotCast(column=name) | Loses(column=name)
        ):
            return _constant(rows, name) is True
        case Count(rows=rows, condition=NotAmong(column=name) | IsTooLong(column=name)):
            return _constant(rows, name) is True
        case Orphans(rows=rows, columns=columns, full=full):
            return (all if full else any)(_constant(rows, name) is True for name in columns)
        case Duplicates(rows=rows, keys=keys) | Matching(rows=rows, keys=keys) if any(
            isinstance(one.value, str) and _is_fresh(rows, one.value) for one in keys
        ):
            return True
        case Duplicates(rows=rows, keys=keys, nulls_equal=False):
            return _is_null_somewhere(rows, keys)
        case Matching(rows=rows, others=others, keys=keys, other_keys=other_keys, nulls_equal=False):
            return _is_null_somewhere(rows, keys) or _is_null_somewhere(others, other_keys)
        case _:
            return False


def _is_null_somewhere(rows: Rows, keys: tuple[Key, ...]) -> bool:
    """True where one of the key's columns is NULL in every row: nothing is equal to it."""
    return any(isinstance(one.value, str) and _constant(rows, one.value) is True for one in keys)


def _is_fresh(rows: Rows, column: str) -> bool:
    """True where the value of every row is one that no other row has."""
    if column not in rows.fresh:
        return False
    match rows:
        case Given(fields=fields, rows=given):
            place = next(at for at, one in enumerate(fields) if one.name == column)
            return all(isinstance(row[place], Fresh) for row in given)
        case Computed(source=source, outputs=outputs, when=None):
            value = next(one.value for one in outputs if one.field.name == column)
            return isinstance(value, Fresh) or (isinstance(value, Copy) and _is_fresh(source, value.column))
        case Kept(source=source):
            return _is_fresh(source, column)
        case Both(first=first, second=second):
            return _is_fresh(first, column) and _is_fresh(second, column)
        case _:
            return False


def _constant(rows: Rows, column: str) -> bool | None:
    """True where a column is NULL in every row, False where in none; None where that depends on the live rows."""
    match rows:
        case Given(fields=fields, rows=given):
            place = next((at for at, one in enumerate(fields) if one.name == column), None)
            found = {_is_null(row[place]) for row in given} if place is not None else {None}
            return found.pop() if len(found) == 1 else None
        case Computed(source=source, outputs=outputs, when=when):
            value = next((one.value for one in outputs if one.field.name == column), Opaque())
            new = _constant(source, value.column) if isinstance(value, Copy) else _is_null(value)
            return new if when is None or new == _constant(source, column) else None
        case Kept(source=source):
            return _constant(source, column)
        case Both(first=first, second=second):
            one = _constant(first, column)
            return one if one == _constant(second, column) else None
        case _:
            return None


def _nulls(given: Given, column: str, *, wanted: bool) -> Answer | None:
    """How many of the rows that a statement spells out are NULL in a column, or are not."""
    place = next((at for at, one in enumerate(given.fields) if one.name == column), None)
    if place is None:
        return None
    found = [_is_null(row[place]) for row in given.rows]
    if None in found:
        return None
    return Answer(found.count(wanted), total=len(found), how="as the statement says", seconds=None)


def _is_null(value: Value) -> bool | None:
    match value:
        case Formula(text=text) if text.strip().upper() == "NULL":
            return True
        case Formula(text=text) if _CONSTANT.fullmatch(text):
            return False
        case Fresh():
            return False
        case _:
            return None


@dataclass
class Questions:
    """What is known so far, and what was asked without an answer. The one mutable thing of a run."""

    known: dict[Probe, Answer | Unanswered] = field(default_factory=dict)
    asked: dict[Probe, None] = field(default_factory=dict)
    no_rows: str = ""
    """Why no question will ever be answered; "" where somebody can."""
    put: int = 0
    answered: int = 0
    seconds: float = 0.0

    def ask(self, probe: Probe) -> Answer | Unanswered | None:
        """The answer; None where it is not known yet, and then the question is noted."""
        found = self.known.get(probe)
        if found is None:
            if (answer := settled(probe)) is not None:
                return answer
            if self.no_rows:
                return Unanswered(self.no_rows)
            if why := why_not(probe):
                found = self.known[probe] = Unanswered(why)
                return found
            self.asked.setdefault(probe)
        return found

    def learn(self, answers: Answers, seconds: float) -> None:
        """Note the answers to one round of questions, and how long they took."""
        self.known.update(answers)
        put = [one for one in answers.values() if not (isinstance(one, Unanswered) and one.why in NOT_LOOKED)]
        self.put += len(put)
        self.answered += sum(isinstance(one, Answer) for one in put)
        self.seconds += seconds

    def account(self) -> Asked:
        """What was asked, for the report."""
        reasons = (self.no_rows, *(one.why for one in self.known.values() if isinstance(one, Unanswered)))
        nobody = next((why for why in reasons if why in NOT_LOOKED), "")
        return Asked(self.put, self.answered, self.seconds, nobody)
