"""Fixtures for rules: SQL files with the findings that are expected as comments on their statements.

    -- dialect: postgres
    -- live:
    CREATE TABLE users (id int, email text);

    -- quiet: what the rule leaves alone
    ALTER TABLE users ADD COLUMN name text;

    -- loud in one transaction: what it finds
    ALTER TABLE users DROP COLUMN email; -- expect: drop-column, another-rule likely

All rules run on every case, and what they find must be what is expected: each with its certainty (proven
where none is said). `-- dialect:` begins a new live side. The same cases then run on the real server; `-- loud from 15:`
says the first version that can read the case (what older ones say to it is the histories' business).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import get_args

from checker.catalog import Catalog, Dialect, Server
from checker.engine import check
from checker.finding import Finding, LiveSide, Report
from checker.probe import Answerer
from checker.registry import RuleSet, load
from checker.simulate import simulate
from checker.sql.split import split
from checker.statement import Migration, Source, Statement, Transaction

FIXTURES = Path(__file__).parents[1] / "fixtures" / "rules"
TODAY = date(2026, 1, 15)
VERSIONS: dict[Dialect, tuple[int, ...]] = {"postgres": (15, 0), "sqlite": (3, 40, 1)}

_HEADER = re.compile(r"-- (dialect|live|quiet|loud)(?: from (\d+))?( in one transaction)?:(.*)")
_EXPECT = re.compile(r"expect:\s*(.*)")
Expected = tuple[int, str, str]


@dataclass(frozen=True)
class Case:
    """One case: a migration that is to be checked against a live side."""

    rule: str
    dialect: Dialect
    live: str
    name: str
    loud: bool
    text: str
    transaction: Transaction = Transaction.EACH
    since: int = 0

    def __str__(self) -> str:
        return f"{self.rule}-{self.dialect}-{self.name.replace(' ', '_')}"

    @property
    def migration(self) -> Migration:
        """The migration under test."""
        source = Source(f"{self.rule}.sql", self.text)
        return Migration(source.name, split(source, self.dialect), self.transaction)

    @property
    def expected(self) -> set[Expected]:
        """Statement, rule and certainty of each expected finding."""
        return {
            found
            for index, statement in enumerate(self.migration.statements)
            for found in _expectations(index, statement)
        }


def _expectations(index: int, statement: Statement) -> Iterator[Expected]:
    for comment in statement.comments:
        if said := _EXPECT.match(comment.text.strip()):
            for one in said[1].split(","):
                rule, _, certainty = one.strip().partition(" ")
                yield index, rule, certainty.strip() or "proven"


def cases(path: Path) -> Iterator[Case]:
    """The cases of one fixture file."""
    dialect: Dialect = "postgres"
    live = ""
    for (kind, since, together, name), text in _sections(path.read_text(encoding="utf-8")):
        match kind:
            case "dialect":
                dialect, live = _dialect(name), ""
            case "live":
                live = text
            case _:
                how = Transaction.FILE if together else Transaction.EACH
                yield Case(path.stem, dialect, live, name, kind == "loud", text, how, since)


def _dialect(name: str) -> Dialect:
    found: dict[str, Dialect] = {one: one for one in get_args(Dialect)}
    return found[name]


def _sections(text: str) -> Iterator[tuple[tuple[str, int, bool, str], str]]:
    header: tuple[str, int, bool, str] | None = None
    lines: list[str] = []
    for line in text.splitlines():
        if found := _HEADER.fullmatch(line):
            if header:
                yield header, "\n".join(lines)
            header, lines = (found[1], int(found[2] or 0), bool(found[3]), found[4].strip()), []
        else:
            lines.append(line)
    if header:
        yield header, "\n".join(lines)


def every_case() -> list[Case]:
    """The cases of all fixture files."""
    return [case for path in sorted(FIXTURES.glob("*.sql")) for case in cases(path)]


@cache
def rules() -> RuleSet:
    """The built-in rules."""
    return load()


@cache
def catalog_of(live: str, dialect: Dialect) -> Catalog:
    """The live side: the catalog after these statements; raises where one of them is refused."""
    server = Server(dialect, VERSIONS[dialect])
    schema = "public" if dialect == "postgres" else "main"
    catalog = Catalog(server, frozenset((schema,)), search_path=(schema,))
    source = Source("<live>", live)
    for step in simulate([Migration(source.name, split(source, dialect))], catalog):
        assert step.error is None, f"{step.statement.text}: {step.error}"
        catalog = step.after
    return replace(catalog, data={}, unfollowed=frozenset())


def report_on(case: Case, answerer: Answerer | None = None) -> Report:
    """What all rules say about a case; `answerer` answers for the rows of its live side."""
    side = LiveSide(case.dialect, ".".join(map(str, VERSIONS[case.dialect])), "sql", "live.sql")
    return check(
        [case.migration], catalog_of(case.live, case.dialect), rules=rules(), live=side, today=TODAY,
        answerer=answerer,
    )  # fmt: skip


def found_in(report: Report) -> set[Expected]:
    """The findings in the form of the expectations."""
    return {
        (-1 if one.statement is None else one.statement, one.rule, one.certainty.value)
        for one in report.findings
    }


def difference(case: Case, report: Report) -> str:
    """What is missing and what is too much, each with its statement; empty where all is as expected."""
    found, statements = found_in(report), case.migration.statements
    said = {(one.statement, one.rule): one.message for one in report.findings}

    def line(sign: str, one: Expected) -> str:
        sql = statements[one[0]].text if one[0] >= 0 else "(no statement)"
        return f"{sign} {one[1]} {one[2]}: {said.get((one[0], one[1]), 'not found')}\n      {sql}"

    missing = [line("missing", one) for one in sorted(case.expected - found)]
    extra = [line("extra  ", one) for one in sorted(found - case.expected)]
    return "\n".join((*missing, *extra))


def predicted(findings: tuple[Finding, ...]) -> dict[int, str]:
    """Statement and strongest certainty of the `will-fail` findings."""
    ranked = ("possible", "likely", "proven")
    strongest: dict[int, str] = {}
    for one in findings:
        if one.hazard == "will-fail" and one.statement is not None:
            known = strongest.get(one.statement, "possible")
            strongest[one.statement] = max(known, one.certainty.value, key=ranked.index)
    return strongest
