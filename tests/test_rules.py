"""Every rule on every fixture, every page's examples, and the real server's word on all of it."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from typing import Protocol

import psycopg
import pytest

from checker.catalog import QName
from checker.explain import examples
from checker.finding import Finding, Report, Severity
from checker.live import connect
from checker.live.sqlite import Sqlite as LiveSqlite
from checker.probe import Answerer, Answers, Probe
from checker.rule import Rule
from checker.sql.split import split
from checker.statement import Source, Statement, Transaction
from tests import servers
from tests.rulecase import FIXTURES, Case, difference, every_case, predicted, report_on, rules

CASES = every_case()
each_case = pytest.mark.parametrize("case", CASES, ids=str)
each_rule = pytest.mark.parametrize("rule", tuple(rules()), ids=lambda rule: rule.id)


def page_cases(rule: Rule) -> Iterator[Case]:
    """The examples of a rule's page as cases: what is bad is loud."""
    live = ""
    for number, example in enumerate(examples(rule)):
        if example.kind == "live":
            live = example.sql
        else:
            loud = example.kind == "bad"
            yield Case(rule.id, example.dialect, live, f"{example.kind} example {number}", loud, example.sql)


PAGE_CASES = [case for rule in rules() for case in page_cases(rule)]


Reports = Callable[[Case], Report]


@pytest.fixture(scope="session")
def report(postgres: servers.Server) -> Iterator[Reports]:
    """What all rules say about a case whose live side stands on a real server, rows and all."""
    url = postgres.fresh()
    backend = Postgres(url)
    yield cache(lambda case: report_on(case, _answerer(case, backend, url)))
    backend.connection.close()
    postgres.drop(url)


def _answerer(case: Case, backend: Postgres, url: str) -> Answerer:
    """Answers for the rows of a case's live side, which is built when the first question comes."""
    if case.dialect == "sqlite":
        connection = sqlite3.connect(":memory:", isolation_level=None)
        for statement in split(Source("<live>", case.live), case.dialect):
            connection.execute(statement.text)
        return LiveSqlite(connection, "memory").answer
    build = cache(lambda: prepare(case, backend))

    def answer(probes: Sequence[Probe], loose: frozenset[QName]) -> Answers:
        build()
        with connect(url) as live:
            return live.answer(probes, loose)

    return answer


@each_case
def test_all_rules_find_exactly_what_is_expected(case: Case, report: Reports) -> None:
    assert not report(case).bugs
    assert not difference(case, report(case)), f"{case}\n{difference(case, report(case))}"


@each_rule
def test_a_rule_has_enough_cases(rule: Rule) -> None:
    own = [case for case in CASES if case.rule == rule.id.replace("-", "_")]
    assert sum(case.loud for case in own) >= 2, f"{FIXTURES / rule.id}: at least two loud cases"
    assert sum(not case.loud for case in own) >= 3, f"{FIXTURES / rule.id}: at least three quiet cases"
    for case in own:
        expected = {found for _, found, _ in case.expected}
        assert case.loud == (rule.id in expected), f"{case}: loud means that {rule.id} is expected"


def test_every_fixture_belongs_to_a_rule() -> None:
    ids = {rule.id.replace("-", "_") for rule in rules()}
    assert {path.stem for path in FIXTURES.glob("*.sql")} <= ids


@pytest.mark.parametrize("case", PAGE_CASES, ids=str)
def test_the_examples_of_a_page_are_true(case: Case, report: Reports) -> None:
    found = {finding.rule for finding in report(case).findings}
    assert (case.rule in found) == case.loud, f"{case}: {sorted(found)}\n{case.text}"


@each_rule
def test_a_page_says_what_it_must(rule: Rule) -> None:
    kinds = {example.kind for example in examples(rule)}
    assert kinds == {"live", "bad", "good"}
    assert rule.title.endswith(".")
    assert "Harmless is" in rule.page or "Harmless are" in rule.page


def test_messages_name_their_object_first(report: Reports) -> None:
    for case in CASES:
        for finding in report(case).findings:
            table, _, _ = finding.object.rpartition(".")
            begins = finding.message.startswith((finding.object, table or finding.object))
            assert begins and not finding.message.endswith("."), (finding.object, finding.message)


@pytest.mark.parametrize(
    ("rule", "name", "severity"),
    [
        ("drop_table", "an empty one, which is a warning", Severity.WARNING),
        ("drop_table", "a table of the live database", Severity.ERROR),
        ("drop_column", "a column without a value, which is a warning", Severity.WARNING),
        ("drop_schema", "a schema with an empty table, which is a warning", Severity.WARNING),
        ("drop_schema", "a schema with tables", Severity.ERROR),
        ("cascade_drop", "columns of a type", Severity.ERROR),
        ("cascade_delete", "a key is emptied", Severity.WARNING),
        ("cascade_delete", "through two tables", Severity.ERROR),
        ("unbounded_update_of_existing_values", "without WHERE", Severity.ERROR),
        ("unbounded_update_of_existing_values", "computed from itself", Severity.NOTE),
        ("unbounded_update_of_existing_values", "with a WHERE that picks every row", Severity.WARNING),
        ("narrowing_type", "a smaller scale", Severity.ERROR),
        ("narrowing_type", "characters, by an expression", Severity.WARNING),
    ],
)
def test_what_is_lost_decides_how_bad_it_is(
    rule: str, name: str, severity: Severity, report: Reports
) -> None:
    case = next(one for one in CASES if (one.rule, one.name) == (rule, name))
    found = [one for one in report(case).findings if one.rule == rule.replace("_", "-")]
    assert {one.severity for one in found} == {severity}


class Backend(Protocol):
    """A real server that a case can run on; its major version."""

    version: int

    def reset(self) -> None: ...
    def run(self, sql: str) -> str | None: ...


class Postgres:
    """One database of a real PostgreSQL, emptied between cases."""

    def __init__(self, url: str) -> None:
        self.connection = psycopg.connect(url, autocommit=True)
        self.version = self.connection.info.server_version // 10000

    def reset(self) -> None:
        """An empty database, whatever the last case left."""
        self.run("ROLLBACK")
        self.run("RESET ALL")
        rows = self.connection.execute(
            "SELECT quote_ident(nspname) FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'"
        ).fetchall()
        for (schema,) in rows:
            self.connection.execute(f"DROP SCHEMA {schema} CASCADE".encode())
        self.connection.execute("CREATE SCHEMA public")

    def run(self, sql: str) -> str | None:
        """Run one statement; the server's error code where it refuses it."""
        try:
            self.connection.execute(sql.encode())
        except psycopg.Error as problem:
            return problem.sqlstate or str(problem)
        return None


class Sqlite:
    """A database in memory."""

    version = sqlite3.sqlite_version_info[0]

    def __init__(self) -> None:
        self.connection = sqlite3.connect(":memory:", isolation_level=None)

    def reset(self) -> None:
        """A new database."""
        self.connection.close()
        self.connection = sqlite3.connect(":memory:", isolation_level=None)

    def run(self, sql: str) -> str | None:
        """Run one statement; what SQLite says where it refuses it."""
        try:
            self.connection.execute(sql)
        except sqlite3.Error as problem:
            return str(problem)
        return None


@pytest.fixture(scope="session")
def backends(postgres: servers.Server) -> Iterator[dict[str, Backend]]:
    """The real servers by dialect."""
    url = postgres.fresh()
    server = Postgres(url)
    yield {"postgres": server, "sqlite": Sqlite()}
    server.connection.close()
    postgres.drop(url)


def prepare(case: Case, backend: Backend) -> None:
    """The live side of a case."""
    if backend.version < case.since:
        pytest.skip(f"written for version {case.since} and later")
    backend.reset()
    for statement in split(Source("<live>", case.live), case.dialect):
        assert backend.run(statement.text) is None, statement.text


def refusals(case: Case, backend: Backend) -> dict[int, str]:
    """The statements that the server refuses, with its codes; not those behind a failed one in its transaction."""
    prepare(case, backend)
    together = case.transaction is Transaction.FILE
    refused: dict[int, str] = {}
    if together:
        backend.run("BEGIN")
    for index, statement in enumerate(case.migration.statements):
        code = backend.run(statement.text)
        if code and code != "25P02":
            refused[index] = code
            if together:
                break
    backend.run("ROLLBACK" if together and refused else "COMMIT")
    return refused


@pytest.mark.parametrize("case", [*CASES, *PAGE_CASES], ids=str)
def test_the_server_refuses_what_is_said_to_fail(
    case: Case, backends: dict[str, Backend], report: Reports
) -> None:
    will_fail = predicted(report(case).findings)
    proven = {index for index, certainty in will_fail.items() if certainty == "proven"}
    refused = refusals(case, backends[case.dialect])
    statements = case.migration.statements
    wrong = [f"not refused: {statements[index].text}" for index in proven - refused.keys()]
    missed = [
        f"refused with {refused[index]}: {statements[index].text}"
        for index in refused.keys() - will_fail.keys()
    ]
    unread = {at for at, one in enumerate(report(case).statements) if not one.understood}
    missed = [] if unread else missed
    assert not wrong, f"{case}: {wrong}"
    assert not missed, f"{case}: {missed}"


@pytest.mark.parametrize("case", [case for case in (*CASES, *PAGE_CASES) if case.loud], ids=str)
def test_remedies_run(case: Case, backends: dict[str, Backend], report: Reports) -> None:
    backend = backends[case.dialect]
    for finding in report(case).findings:
        if not finding.remedy or finding.statement is None:
            continue
        prepare(case, backend)
        for statement in _before(case, finding):
            backend.run(statement.text)
        for statement in split(Source("<remedy>", finding.remedy), case.dialect):
            problem = backend.run(statement.text)
            assert problem is None, (
                f"{case}: {finding.rule}: {problem}\n{statement.text}\nof\n{finding.remedy}"
            )


CHOICE = ("-- DELETE ", "-- UPDATE ")


@pytest.mark.parametrize("case", [case for case in (*CASES, *PAGE_CASES) if case.loud], ids=str)
def test_what_a_remedy_leaves_to_its_reader_mends_it(
    case: Case, backends: dict[str, Backend], report: Reports
) -> None:
    """What destroys rows stands in a remedy as a comment: run by itself, each lets the statement pass."""
    backend = backends[case.dialect]
    for finding in report(case).findings:
        for line in (one for one in finding.remedy.splitlines() if one.startswith(CHOICE)):
            assert finding.statement is not None
            prepare(case, backend)
            for statement in _before(case, finding):
                backend.run(statement.text)
            assert backend.run(line.removeprefix("-- ")) is None, line
            refused = backend.run(case.migration.statements[finding.statement].text)
            assert refused is None, f"{case}: {refused} after\n{line}"


def _before(case: Case, finding: Finding) -> list[Statement]:
    """What has run when a remedy is pasted: the statements before, or, for an open transaction, all of them."""
    statements = case.migration.statements
    if finding.rule == "unclosed-transaction":
        return list(statements)
    ahead = statements[: finding.statement]
    return [one for one in ahead if one.text.split()[0].upper() not in ("BEGIN", "COMMIT", "START")]


def test_every_rule_speaks_by_its_hazard_unless_it_says_otherwise() -> None:
    severities = {rule.hazard: rule.severity for rule in rules()}
    assert severities["loses-data"] is severities["will-fail"] is Severity.ERROR
    assert severities["design"] is Severity.NOTE
