"""What makes findings of claims: places, severities, doubles, bugs in rules and allow-comments."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from checker.catalog import Catalog, Column, QName, Relations, Server, Table
from checker.change import Change, DropColumn, DropTable, NotUnderstood
from checker.engine import judge
from checker.errors import ApplyError, MissingObject, TransactionAborted
from checker.finding import Certainty, Claim, Hazard, LiveSide, NotChecked, Report, Severity
from checker.registry import RuleSet
from checker.rule import AllowUse, Rule
from checker.session import Session
from checker.sql.split import split
from checker.sqltype import SqlType
from checker.statement import Migration, Source
from checker.step import Step
from tests.rulecase import rules as built_in

USERS = QName("public", "users")
CATALOG = Catalog(
    Server("postgres", (15, 0)),
    frozenset(("public",)),
    Relations({USERS: Table(USERS, (Column("id", SqlType("integer")), Column("email", SqlType("text"))))}),
)
SIDE = LiveSide("postgres", "15.0", "database", "app")
Check = Callable[..., Iterator[Claim]]


def migration(text: str) -> Migration:
    source = Source("1.sql", text)
    return Migration("1.sql", split(source, "postgres"))


def step(
    of: Migration, index: int, change: Change, error: ApplyError | None = None, **more: Any
) -> Step[Change]:
    one = Step(change, of.statements[index], of, index, CATALOG, CATALOG, CATALOG, Session(), error)
    return replace(one, **more)


def rule(
    id: str,
    check: Check,
    hazard: Hazard = "design",
    changes: tuple[type[Change], ...] = (Change,),
    refusal: type[ApplyError] | None = None,
) -> Rule:
    return Rule(id, hazard, "Page.", Path(f"{id}.py"), check, changes, refusal)


def says(message: str, **more: Any) -> Check:
    def check(step: Step[Change], error: ApplyError | None = None) -> Iterator[Claim]:
        yield step.claim(message, **more)

    return check


def judged(steps: list[Step[Change]], *rules: Rule, **more: Any) -> Report:
    of = [steps[0].migration]
    return judge(steps, of, rules=RuleSet(rules), live=SIDE, today=date(2026, 1, 15), **more)


DROP = DropColumn(table=USERS, column="email")


def test_a_claim_becomes_a_finding_at_its_place() -> None:
    of = migration("SELECT 1;\nALTER TABLE users DROP COLUMN email;\n")
    start = of.statements[1].start + len("ALTER TABLE users ")
    dropped = replace(DROP, at=(start, of.statements[1].end))
    report = judged([step(of, 1, dropped)], rule("r", says("gone"), "loses-data"))
    (finding,) = report.findings
    assert (finding.rule, finding.hazard, finding.message) == ("r", "loses-data", "gone")
    assert (finding.severity, finding.certainty) == (Severity.ERROR, Certainty.PROVEN)
    assert (finding.object, finding.statement) == ("public.users.email", 1)
    assert (finding.span.line, finding.span.column, finding.span.end_line) == (2, 19, 2)
    assert report.fails
    assert report.verdict == "fail"


def test_a_change_without_a_place_stands_for_its_statement() -> None:
    of = migration("  DROP TABLE users")
    (finding,) = judged([step(of, 0, DropTable(table=USERS))], rule("r", says("x"))).findings
    assert (finding.span.column, finding.span.end_column) == (3, 19)


@pytest.mark.parametrize(
    ("claimed", "configured", "expected"),
    [
        (None, None, Severity.NOTE),
        (Severity.WARNING, None, Severity.WARNING),
        (Severity.WARNING, Severity.ERROR, Severity.ERROR),
    ],
)
def test_severity_comes_from_configuration_claim_and_hazard(
    claimed: Severity | None, configured: Severity | None, expected: Severity
) -> None:
    one = step(migration("DROP TABLE users"), 0, DROP)
    chosen = {"r": configured} if configured else {}
    report = judged([one], rule("r", says("x", severity=claimed)), severities=chosen)
    assert [finding.severity for finding in report.findings] == [expected]


def test_a_rule_that_is_off_is_not_asked() -> None:
    one = step(migration("DROP TABLE users"), 0, DROP)
    assert not judged([one], rule("r", says("x")), severities={"r": "off"}).findings


def test_the_same_claim_about_the_same_object_is_said_once() -> None:
    of = migration("ALTER TABLE users DROP COLUMN email; SELECT 1")
    steps = [step(of, 0, DROP), step(of, 0, DROP), step(of, 0, replace(DROP, column="id")), step(of, 1, DROP)]
    report = judged(steps, rule("r", says("x")))
    assert [(one.statement, one.object) for one in report.findings] == [
        (0, "public.users.email"), (0, "public.users.id"), (1, "public.users.email"),
    ]  # fmt: skip


def test_findings_stand_in_the_order_of_the_files_and_the_worst_first() -> None:
    of = migration("SELECT 1; SELECT 2")
    steps = [step(of, 1, DROP), step(of, 0, DROP)]
    rules = rule("note", says("n")), rule("worst", says("w"), "loses-data")
    report = judged(steps, *rules)
    assert [(one.statement, one.rule) for one in report.findings] == [
        (0, "worst"), (0, "note"), (1, "worst"), (1, "note"),
    ]  # fmt: skip


def test_a_claim_is_withdrawn_where_the_end_of_the_run_mends_it() -> None:
    of = migration("DROP TABLE users")
    mended = says("x", unless=lambda end: end.table(USERS) is not None)
    assert not judged([step(of, 0, DROP)], rule("r", mended)).findings
    gone = replace(CATALOG, relations=Relations({}))
    assert judged([step(of, 0, DROP, after=gone)], rule("r", mended)).findings


def test_rules_about_what_happens_are_not_asked_about_what_is_refused() -> None:
    of = migration("DROP TABLE users")
    error = MissingObject("42P01", "no", "public.users")
    happens = rule("happens", says("x"))
    refused = rule("refused", says("y"), "will-fail", refusal=ApplyError)
    assert [one.rule for one in judged([step(of, 0, DROP, error)], happens, refused).findings] == ["refused"]
    assert [one.rule for one in judged([step(of, 0, DROP)], happens, refused).findings] == ["happens"]


def test_of_the_rules_about_a_refusal_the_most_specific_that_speaks_is_heard() -> None:
    def silent(step: Step[Change], error: ApplyError) -> Iterator[Claim]:
        yield from ()

    error = MissingObject("42P01", "no", "public.users")
    one = step(migration("DROP TABLE users"), 0, DROP, error)
    any_error = rule("a-any", says("any"), "will-fail", refusal=ApplyError)
    missing = rule("b-missing", says("missing"), "will-fail", refusal=MissingObject)
    column = rule("c-column", says("column"), "will-fail", (DropColumn,), MissingObject)
    beside = rule("d-beside", says("beside"), "transactions", refusal=ApplyError)
    assert [f.rule for f in judged([one], any_error, missing, column, beside).findings] == [
        "c-column",
        "d-beside",
    ]
    quiet = replace(column, check=silent)
    assert [f.rule for f in judged([one], any_error, missing, quiet).findings] == ["b-missing"]
    assert [f.rule for f in judged([one], any_error, quiet).findings] == ["a-any"]


def test_every_refusal_gets_a_will_fail_finding() -> None:
    class Odd(ApplyError):
        """An error of which no rule knows."""

    of = migration("DROP TABLE users")
    steps = [step(of, 0, DROP, Odd("XX000", "never seen", "public.users"))]
    report = judge(steps, [of], rules=built_in(), live=SIDE)
    assert [(one.rule, one.hazard) for one in report.findings] == [("statement-refused", "will-fail")]


def test_nothing_is_said_about_statements_behind_a_failure_in_their_transaction() -> None:
    of = migration("DROP TABLE nothing; DROP TABLE users")
    steps = [
        step(of, 0, DROP, MissingObject("42P01", "no")),
        step(of, 1, DROP, TransactionAborted("25P02", "current transaction is aborted")),
    ]
    report = judged(steps, rule("r", says("x"), "will-fail", refusal=ApplyError))
    assert [one.statement for one in report.findings] == [0]


def test_a_rule_that_raises_does_not_stop_the_others() -> None:
    def broken(step: Step[Change]) -> Iterator[Claim]:
        yield step.claim("before")
        raise ZeroDivisionError("by\nzero")

    one = step(migration("DROP TABLE users"), 0, DROP)
    report = judged([one], rule("broken", broken), rule("fine", says("x")))
    assert {finding.rule for finding in report.findings} == {"broken", "fine"}
    (bug,) = report.bugs
    assert (bug.rule, bug.error) == ("broken", "ZeroDivisionError: by zero")
    assert "raise ZeroDivisionError" in bug.trace
    assert report.not_checked == (
        NotChecked("rule broken on 1.sql:1", "the rule itself failed: ZeroDivisionError: by zero"),
    )
    assert report.verdict == "incomplete"


def test_statements_that_were_not_understood() -> None:
    of = migration("SELECT 1; FROB; SELECT 'open")
    report = judged([step(of, 0, DROP), step(of, 1, NotUnderstood(reason="no"))])
    assert [one.understood for one in report.statements] == [True, False, False]
    assert [one.sql for one in report.statements] == ["SELECT 1", "FROB", "SELECT 'open"]


def test_what_the_live_side_could_not_see_is_passed_on() -> None:
    unseen = NotChecked("schema secret", "no right to see it")
    report = judged([step(migration("DROP TABLE users"), 0, DROP)], not_checked=[unseen])
    assert report.not_checked == (unseen,)
    assert report.verdict == "incomplete"


def allow_rule(id: str = "about-allows") -> Rule:
    def check(use: AllowUse) -> Iterator[Claim]:
        yield use.claim(f"{sorted(use.used)} {use.unused} {use.unknown} {use.counts}")

    return rule(id, check, changes=())


def test_an_allow_comment_waves_through_and_says_why() -> None:
    of = migration(
        "-- ddlguard: allow r until 2026-02-01, moved to accounts\nDROP TABLE users;\nDROP TABLE a;"
    )
    report = judged([step(of, 0, DROP), step(of, 1, DROP)], rule("r", says("x")))
    (allowed,) = report.allowed
    assert (allowed.finding.statement, allowed.reason, allowed.until) == (
        0,
        "moved to accounts",
        "2026-02-01",
    )
    assert [one.statement for one in report.findings] == [1]


@pytest.mark.parametrize(
    ("comment", "said", "stays"),
    [
        ("allow r, moved", "['r'] () () True", False),
        ("allow r", "['r'] () () False", True),
        ("allow r until 2026-01-14, moved", "['r'] () () False", True),
        ("allow r until 2026-01-15, moved", "['r'] () () True", False),
        ("allow about-allows, moved", "[] ('about-allows',) () True", True),
        ("allow r, no-rule, moved", "['r'] () ('no-rule',) True", False),
        ("allow r until never, moved", "['r'] () () False", True),
    ],
)
def test_how_an_allow_comment_fares(comment: str, said: str, stays: bool) -> None:
    of = migration(f"-- ddlguard: {comment}\nDROP TABLE users;")
    report = judged([step(of, 0, DROP)], rule("r", says("x")), allow_rule())
    (use,) = (one for one in report.findings if one.rule == "about-allows")
    assert use.message == said
    assert (use.span.line, use.statement, use.allowable) == (1, 0, False)
    assert any(one.rule == "r" for one in report.findings) == stays


def test_an_allow_is_not_unused_where_nothing_was_asked() -> None:
    of = migration("DROP TABLE nothing;\n-- ddlguard: allow r, moved\nDROP TABLE users;")
    aborted = step(of, 1, DROP, TransactionAborted("25P02", "aborted"))
    report = judged([aborted], rule("r", says("x")), allow_rule())
    assert [one.message for one in report.findings] == ["[] () () True"]
    off = judged([step(of, 1, DROP)], rule("r", says("x")), allow_rule(), severities={"r": "off"})
    assert [one.message for one in off.findings] == ["[] () () True"]
