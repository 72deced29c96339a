"""Prediction against reality: a case is checked as the command line would, then run, statement by statement."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum

from checker.catalog import QName
from checker.engine import check
from checker.finding import Finding, LiveSide, Report
from checker.probe import Answers, Probe
from checker.questions import Questions
from checker.simulate import simulate
from checker.sql.mentioned import mentioned
from checker.statement import Migration, Transaction
from tests.rulecase import predicted, rules
from tests.truth.generated.cases import Case
from tests.truth.generated.databases import Database, Values
from tests.truth.generated.losses import followed, lost


class Outcome(Enum):
    """What became of one statement, and what had been said about it."""

    ACCEPTED = "accepted, nothing said"
    PREDICTED = "refused, as predicted"
    WORRIED = "accepted, and called possible to fail, not checked or not understood"
    VISIBLE = "refused, and only called possible to fail, not checked or not understood"
    MISSED = "refused without a word"
    FALSE_ALARM = "accepted, but called a proven or likely failure"
    WRONG_CODE = "refused with another code than predicted"
    LOST = "values lost without a word"


BAD = (Outcome.MISSED, Outcome.FALSE_ALARM, Outcome.WRONG_CODE, Outcome.LOST)


@dataclass(frozen=True)
class Prediction:
    """What is said about a migration: by statement, how sure its failure is, with which code, and what it loses."""

    report: Report
    failures: dict[int, str]
    codes: dict[int, str]
    doubts: dict[int, str]

    def losses(self, index: int) -> list[Finding]:
        """What is said about data that the statement loses."""
        return [one for one in self.report.findings if one.statement == index and one.hazard == "loses-data"]

    def findings(self, index: int) -> list[str]:
        """All that is said about a statement."""
        return [
            f"{one.severity.value}[{one.rule}] {one.message} ({one.certainty.value}) {one.evidence}"
            for one in self.report.findings if one.statement == index
        ]  # fmt: skip


def predict(migration: Migration, database: Database) -> Prediction:
    """The report as the command line makes it, and the codes of the refusals in it."""
    live = database.live
    catalog = live.catalog(mentioned(migration.statements, live.server.dialect)).catalog
    questions = Questions()

    def answer(probes: Sequence[Probe], loose: frozenset[QName]) -> Answers:
        found = live.answer(probes, loose)
        questions.known.update(found)
        return found

    side = LiveSide(live.server.dialect, ".".join(map(str, live.server.version)), "database", "generated")
    report = check([migration], catalog, rules=rules(), live=side, answerer=answer)
    steps = list(simulate([migration], catalog, questions=questions))
    codes = {step.index: step.error.code for step in steps if step.error is not None}
    doubts = {step.index: f"{risk.refusal.code}? {risk.why}" for step in steps for risk in step.risks}
    return Prediction(report, predicted(report.findings), codes, doubts)


@dataclass(frozen=True)
class Verdict:
    """One statement of a case and what became of it."""

    case: Case
    live: tuple[str, ...]
    index: int
    sql: str
    outcome: Outcome
    details: tuple[str, ...] = ()

    def __str__(self) -> str:
        said = "\n".join(f"--   {line}" for line in self.details)
        return f"-- {self.outcome.value}: {self.sql}\n{said}\n{self.case.script(self.live)}\n"


@dataclass
class Score:
    """The figures of many cases, and everything that was wrong."""

    counts: Counter[Outcome] = field(default_factory=Counter)
    worries: Counter[str] = field(default_factory=Counter)
    cases: int = 0
    wrong: list[Verdict] = field(default_factory=list)

    def add(self, verdicts: Sequence[Verdict]) -> None:
        """Count a case."""
        self.cases += 1
        for one in verdicts:
            self.counts[one.outcome] += 1
            if one.outcome in BAD:
                self.wrong.append(one)
            elif one.outcome in (Outcome.WORRIED, Outcome.VISIBLE):
                self.worries[one.details[-1] if one.details else "not understood"] += 1

    def of(self, outcome: Outcome) -> int:
        """How many statements came out so."""
        return self.counts[outcome]

    def summary(self) -> str:
        """The figures, a line each."""
        statements = sum(self.counts.values())
        lines = [f"{self.cases} migrations, {statements} statements"]
        lines += [f"  {self.counts[one]:6}  {one.value}" for one in Outcome]
        return "\n".join(lines)


def judge(case: Case, database: Database) -> list[Verdict]:
    """The verdicts on the statements of a case, up to the first that went otherwise than was said."""
    live = database.fill(case.live)
    migration = case.migration
    prediction = predict(migration, database)
    assert not prediction.report.bugs, f"{prediction.report.bugs}\n{case.script(live)}"
    return _Judge(case, live, migration, prediction, database).verdicts()


@dataclass
class _Judge:
    case: Case
    live: tuple[str, ...]
    migration: Migration
    prediction: Prediction
    database: Database

    def verdicts(self) -> list[Verdict]:
        """Run the statements until one is refused in a transaction or goes otherwise than was said."""
        found: list[Verdict] = []
        together = self.migration.transaction is Transaction.FILE
        if together:
            self.database.run("BEGIN")
        last = len(self.migration.statements) - 1
        refused = None
        for index in range(last + 1):
            found.append(self._one(index, ends=together and index == last))
            refused = found[-1].outcome is Outcome.PREDICTED
            if found[-1].outcome in (*BAD, Outcome.VISIBLE) or (together and refused):
                break
        self.database.run("ROLLBACK")
        return found

    def _one(self, index: int, *, ends: bool) -> Verdict:
        sql = self.migration.statements[index].text
        before = self.database.values()
        refusal = self.database.run(sql)
        after = self.database.values()
        if refusal is None and ends:
            refusal = self.database.run("COMMIT")
        certainty = self.prediction.failures.get(index)
        if refusal is None:
            return self._accepted(index, sql, certainty, (before, after))
        return self._refused(index, sql, certainty, *refusal)

    def _accepted(
        self, index: int, sql: str, certainty: str | None, values: tuple[object, object]
    ) -> Verdict:
        if certainty in ("proven", "likely"):
            return self._verdict(index, sql, Outcome.FALSE_ALARM, *self.prediction.findings(index))
        before, after = values
        if isinstance(before, dict) and isinstance(after, dict) and not self.prediction.losses(index):
            gone = [place for place in lost(before, after) if not _says_so(sql, *place)]
            if gone := [place for place in gone if not self._is_explained(index, before, after, place)]:
                said = ", ".join(f"{table}.{column}" for table, column in gone)
                return self._verdict(
                    index, sql, Outcome.LOST, f"lost: {said}", *self.prediction.findings(index)
                )
        if self._is_doubted(index):
            return self._verdict(index, sql, Outcome.WORRIED, self._doubt(index))
        return self._verdict(index, sql, Outcome.ACCEPTED)

    def _is_explained(self, index: int, before: Values, after: Values, place: tuple[str, str]) -> bool:
        """True for what the migration made itself, for keys that follow, and for what a trigger of the database did."""
        sql, (table, column) = self.migration.statements[index].text, place
        added = f"ALTER TABLE {table} ADD COLUMN {column} "
        if _is_new(table, column) or any(added in one.text for one in self.migration.statements[:index]):
            return True
        update = re.match(r"UPDATE (\w+) SET (\w+) =", sql)
        if update is None:
            return False
        trigger = (f"FUNCTION {table}_touch() RETURNS trigger", f"NEW.{column} :=")
        fired = table == update[1] and any(all(part in one for part in trigger) for one in self.live)
        return fired or followed(before, after, place, (update[1], update[2]))

    def _refused(self, index: int, sql: str, certainty: str | None, code: str, said: str) -> Verdict:
        server = f"server: {code} {said}"
        if code == "25P02" and index not in self.prediction.failures:
            return self._verdict(index, sql, Outcome.PREDICTED)
        findings = self.prediction.findings(index)
        if certainty in ("proven", "likely"):
            ours = self.prediction.codes.get(index, "")
            if ours == code:
                return self._verdict(index, sql, Outcome.PREDICTED)
            return self._verdict(index, sql, Outcome.WRONG_CODE, server, f"predicted: {ours}", *findings)
        if self._is_doubted(index):
            return self._verdict(index, sql, Outcome.VISIBLE, server, *findings, self._doubt(index))
        return self._verdict(index, sql, Outcome.MISSED, server, *findings)

    def _is_doubted(self, index: int) -> bool:
        """True where the report says that nobody could tell: possible, not understood, not checked."""
        understood = self.prediction.report.statements[index].understood
        return not understood or index in self.prediction.failures or index in self.prediction.doubts

    def _doubt(self, index: int) -> str:
        return self.prediction.doubts.get(index, "called possible, or not understood")

    def _verdict(self, index: int, sql: str, outcome: Outcome, *details: str) -> Verdict:
        return Verdict(self.case, self.live, index, sql, outcome, details)


def _says_so(sql: str, table: str, column: str) -> bool:
    """True where the statement itself names what goes: DELETE and UPDATE with a condition, RENAME VALUE."""
    if "RENAME VALUE" in sql or sql.startswith(("ROLLBACK", "INSERT OR REPLACE")) or "DO UPDATE" in sql:
        return True
    if found := re.match(r"DELETE FROM (\w+) .*(WHERE|USING)", sql):
        return found[1] == table
    if found := re.match(r"UPDATE (\w+) SET (\w+) = .*(WHERE|FROM)", sql):
        return found[1] == table and (found[2] == column or column.startswith(("doubled", "made")))
    return False


def _is_new(table: str, column: str) -> bool:
    """True for what the migration itself made; the generator gives it such names."""
    return any(re.match(r"(added|filled|made|fresh)_", name) for name in (table, column))
