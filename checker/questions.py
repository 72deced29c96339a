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
    Duplicates,
    Evaluates,
    IsNotNull,
    IsNull,
    Matching,
    Orphans,
    Probe,
    Unanswered,
    why_not,
)
from checker.rows import Formula, Fresh, Given, Nothing, Value
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
