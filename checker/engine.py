"""The run: one simulation, every rule on every step that it asks for, one report.

Rules say claims; what makes them findings happens here: the rule's id and hazard, the severity that the
claim, the configuration or the hazard gives, the place in the file, one finding for what is claimed twice.
"""

from __future__ import annotations

import time
import traceback
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import Literal

from checker.allows import Placed, split, uses
from checker.catalog import Catalog, EnumType, QName
from checker.change import (
    AddEnumValue,
    Change,
    Commit,
    CreateType,
    NotUnderstood,
    RenameEnumValue,
    Rollback,
)
from checker.datafacts import NO_FACTS, DataFacts, fold
from checker.errors import TransactionAborted
from checker.finding import (
    Asked,
    Certainty,
    Claim,
    Finding,
    LiveSide,
    NotChecked,
    Report,
    RuleBug,
    Severity,
    StatementReport,
)
from checker.probe import NO_ROWS, NOT_LOOKED, Answerer
from checker.questions import Questions
from checker.refusals import Risk
from checker.registry import RuleSet
from checker.rule import Rule
from checker.simulate import simulate
from checker.sql.comments import allows
from checker.sql.read import read
from checker.statement import Migration, Span, Statement
from checker.step import Step
from checker.values import replace

MOST_ROUNDS = 6
"""Answers may change the run (a statement is refused, what follows does not happen), and then it asks anew."""

Severities = Mapping[str, Severity | Literal["off"]]


def check(
    migrations: Sequence[Migration],
    catalog: Catalog,
    *,
    rules: RuleSet,
    live: LiveSide,
    target: tuple[str, str] = ("sql", ""),
    severities: Severities | None = None,
    fail_on: Severity | None = Severity.ERROR,
    not_checked: Iterable[NotChecked] = (),
    today: date | None = None,
    answerer: Answerer | None = None,
    nobody: str = NO_ROWS,
) -> Report:
    """What these migrations would do to this catalog. `target` is its kind and name for the report.

    `severities` overrides a rule's severity, "off" leaves the rule out; `not_checked` is what the live side could
    not look at. A rule that raises is in `Report.bugs`; the others still run. `answerer` puts questions about rows to
    the live side: the run is gone through, what it asks is answered, and it is gone through again until it asks
    nothing new. Without one no question is answered, for the reason `nobody`.
    """
    questions = Questions(no_rows="" if answerer else nobody)
    if answerer is None:
        steps: Iterable[Step[Change]] = simulate(migrations, catalog, questions=questions)
    else:
        steps = _answered(migrations, catalog, rules, questions, answerer)
    return judge(
        steps, migrations, rules=rules, live=live, target=target, severities=severities, fail_on=fail_on,
        not_checked=not_checked, today=today, questions=questions,
    )  # fmt: skip


def _answered(
    migrations: Sequence[Migration],
    catalog: Catalog,
    rules: RuleSet,
    questions: Questions,
    answerer: Answerer,
) -> list[Step[Change]]:
    """The steps when all that they and the rules ask has been answered. A statement is read once for all rounds."""
    read_once = cache(read)
    for _ in range(MOST_ROUNDS):
        steps = list(simulate(migrations, catalog, read=read_once, questions=questions))
        asking = _Run(rules, {}, migrations)
        for step in _with_facts(steps):
            asking.look(step)
        open_ones = tuple(probe for probe in questions.asked if probe not in questions.known)
        if not open_ones:
            return steps
        started = time.perf_counter()
        found = answerer(open_ones, _loose(steps, catalog))
        questions.learn(found, time.perf_counter() - started)
    questions.no_rows = "it was asked too late: the answers before it changed the run once more"
    return list(simulate(migrations, catalog, read=read_once, questions=questions))


def _loose(steps: Iterable[Step[Change]], live: Catalog) -> frozenset[QName]:
    """The enum types that the run makes or changes: a live database cannot read all of their labels."""
    return frozenset(
        name
        for step in steps
        if isinstance(step.change, AddEnumValue | RenameEnumValue | CreateType)
        for name, found in step.after.types.items()
        if isinstance(found, EnumType) and live.types.get(name) != found
    )


def judge(
    steps: Iterable[Step[Change]],
    migrations: Sequence[Migration],
    *,
    rules: RuleSet,
    live: LiveSide,
    target: tuple[str, str] = ("sql", ""),
    severities: Severities | None = None,
    fail_on: Severity | None = Severity.ERROR,
    not_checked: Iterable[NotChecked] = (),
    today: date | None = None,
    questions: Questions | None = None,
) -> Report:
    """The report on steps that were simulated elsewhere; the arguments are those of `check`."""
    started = time.perf_counter()
    chosen = severities or {}
    asked = rules.without(rule for rule, severity in chosen.items() if severity == "off")
    run = _Run(asked, chosen, migrations)
    for step in _with_facts(steps):
        run.look(step)
    found = run.findings()
    comments = tuple(run.comments(rules.by_id))
    day = today or date.today()
    kept, allowed = split(found, comments, day)
    for placed, use in uses(found, comments, asked, rules.by_id, frozenset(run.reached), day):
        for rule in asked.of_allows:
            kept.extend(run.findings_of(rule, (use,), placed.statement))
    return Report(
        live, *target, run.statement_reports(), tuple(sorted(kept, key=_order)), tuple(allowed),
        (*not_checked, *run.undecided, *map(_unfinished, run.bugs)),
        asked=questions.account() if questions else Asked(), seconds=time.perf_counter() - started, fail_on=fail_on, bugs=tuple(run.bugs),
    )  # fmt: skip


def _with_facts(steps: Iterable[Step[Change]]) -> Iterator[Step[Change]]:
    """The steps, each with what the run has shown about rows before it; a rollback takes that back too."""
    facts = NO_FACTS
    marked: list[DataFacts] = []
    for step in steps:
        marks = step.session.marks
        del marked[len(marks) :]
        marked += [facts] * (len(marks) - len(marked))
        yield step if facts is NO_FACTS else replace(step, facts=facts)
        back_to = _rolled_back(step)
        if back_to is not None and marked:
            facts = marked[back_to]
        elif step.error is None:
            facts = fold(facts, step.change, step.session.born)


def _rolled_back(step: Step[Change]) -> int | None:
    """Which of the session's marks the step goes back to: its start or a savepoint; None where it does not."""
    match step.change:
        case Rollback(savepoint=None):
            return 0
        case Commit() if step.session.aborted is not None:
            return 0
        case Rollback(savepoint=name) if step.error is None:
            names = [mark.name for mark in step.session.marks]
            return len(names) - 1 - names[::-1].index(name) if name in names else None
        case _:
            return None


def _order(finding: Finding) -> tuple[int, int, int, str]:
    index = -1 if finding.statement is None else finding.statement
    return index, finding.span.start, finding.severity.rank, finding.rule


def _unfinished(bug: RuleBug) -> NotChecked:
    place = f" on {bug.span.file}:{bug.span.line}" if bug.span else ""
    return NotChecked(f"rule {bug.rule}{place}", f"the rule itself failed: {bug.error}")


_Found = tuple[Finding, Callable[[Catalog], bool] | None]
"""A finding, and what of the end of the run withdraws it."""


@dataclass
class _Run:
    """What has been found so far."""

    rules: RuleSet
    severities: Severities
    migrations: Sequence[Migration]
    reached: set[int] = field(default_factory=set)
    undecided: dict[NotChecked, None] = field(default_factory=dict)
    bugs: list[RuleBug] = field(default_factory=list)

    def __post_init__(self) -> None:
        every = (statement for migration in self.migrations for statement in migration.statements)
        self.statements = tuple(every)
        self._index = {id(statement): at for at, statement in enumerate(self.statements)}
        self._unread = {at for at, one in enumerate(self.statements) if one.problem}
        self._found: dict[tuple[str, int | None, str], list[_Found]] = {}
        self._end: Catalog | None = None

    def look(self, step: Step[Change]) -> None:
        """Ask the rules about one step. Behind a failure in its transaction a statement does not run at all."""
        self._end = step.after
        index = self._index.get(id(step.statement))
        if isinstance(step.error, TransactionAborted):
            return
        if index is not None:
            self.reached.add(index)
            if isinstance(step.change, NotUnderstood):
                self._unread.add(index)
        self._ask(step, self.rules.of_step(step))
        for risk in step.risks:
            self._weigh(step, risk)

    def _ask(self, step: Step[Change], rules: Iterable[Rule]) -> None:
        predicted = False
        for rule in rules:
            if rule.predicts and predicted:
                continue
            arguments = (step,) if rule.refusal is None else (step, step.error)
            for claim in self._claims(rule, arguments, step.statement):
                predicted |= rule.predicts
                self._add(self._finding(rule, claim, step.statement, step.certainty), claim)

    def _weigh(self, step: Step[Change], risk: Risk) -> None:
        """A refusal that nobody could rule out.

        Of what a statement itself writes only a rule about that very statement has more to say than that it was not
        checked.
        """
        if risk.met:
            why = "its code is not followed: rows are looked at as if it had not run"
            self.undecided.setdefault(NotChecked(f"what {risk.why} does to other tables", why))
            return
        refused = replace(step, error=risk.refusal, undecided=risk.why)
        wanted = (
            rule for rule in self.rules.of_step(refused)
            if rule.predicts and (risk.refusal.already or rule.changes != (Change,))
        )  # fmt: skip
        self._ask(refused, wanted)
        if risk.why not in NOT_LOOKED:
            subject = ", ".join(f"{risk.refusal.table}.{column}" for column in risk.refusal.columns)
            self.undecided.setdefault(NotChecked(f"rows of {subject or risk.refusal.table}", risk.why))

    def findings(self) -> list[Finding]:
        """All that stays when the run is over, in the order in which it was found: of one object the first."""
        end = self._end
        stay = (
            next((one for one, unless in found if unless is None or end is None or not unless(end)), None)
            for found in self._found.values()
        )
        return [one for one in stay if one is not None]

    def findings_of(
        self, rule: Rule, arguments: tuple[object, ...], statement: Statement
    ) -> Iterator[Finding]:
        """The findings of one rule about something else than a step."""
        for claim in self._claims(rule, arguments, statement):
            yield replace(self._finding(rule, claim, statement, Certainty.PROVEN), allowable=False)

    def comments(self, known: Collection[str]) -> Iterator[Placed]:
        """Every allow-comment, with the statement that it belongs to; `known` are the ids of all rules."""
        for index, statement in enumerate(self.statements):
            if statement.comments:
                for allow in allows(statement, known):
                    yield Placed(allow, statement, index)

    def statement_reports(self) -> tuple[StatementReport, ...]:
        """The statements as they were checked."""
        return tuple(
            StatementReport(statement.span, statement.text, index not in self._unread)
            for index, statement in enumerate(self.statements)
        )

    def _claims(self, rule: Rule, arguments: tuple[object, ...], statement: Statement) -> Iterator[Claim]:
        try:
            yield from rule.check(*arguments)
        except Exception as problem:
            said = " ".join(f"{type(problem).__name__}: {problem}".split())
            self.bugs.append(RuleBug(rule.id, said, statement.span, traceback.format_exc()))

    def _finding(self, rule: Rule, claim: Claim, statement: Statement, certainty: Certainty) -> Finding:
        chosen = self.severities.get(rule.id)
        severity = chosen if isinstance(chosen, Severity) else claim.severity or rule.severity
        return Finding(
            rule.id, rule.hazard, severity, claim.certainty or certainty, claim.message, claim.evidence,
            claim.remedy, claim.object, _span(statement, claim.at), self._index.get(id(statement)),
        )  # fmt: skip

    def _add(self, finding: Finding, claim: Claim) -> None:
        key = finding.rule, finding.statement, finding.object or finding.message
        self._found.setdefault(key, []).append((finding, claim.unless))


def _span(statement: Statement, at: tuple[int, int] | None) -> Span:
    """The place of a claim; a Change without offsets of its own stands for its whole statement."""
    return statement.source.span(*at) if at and at != (0, 0) else statement.span
