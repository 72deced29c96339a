"""Reports made by hand, for the tests of what is rendered."""

from __future__ import annotations

from dataclasses import replace

from checker.finding import (
    Allowed,
    Asked,
    Certainty,
    Finding,
    Impact,
    LiveSide,
    NotChecked,
    Report,
    Severity,
    StatementReport,
)
from checker.statement import Source

SQL = """\
-- takes the old names away
ALTER TABLE users DROP COLUMN email,
  ADD COLUMN handle text NOT NULL;
CREATE TABLE t (
  a int,
  b int
);
SOMETHING else;
"""
SOURCE = Source("migrations/001.sql", SQL)
LIVE = LiveSide("postgres", "15.18", "database", "db.internal/app")


def statement(text: str, *, understood: bool = True, impact: Impact | None = None) -> StatementReport:
    """A statement of `SQL`, by its text."""
    at = SQL.index(text)
    return StatementReport(SOURCE.span(at, at + len(text)), text, understood, impact or Impact())


ALTER = SQL[SQL.index("ALTER") : SQL.index(";")]
CREATE = SQL[SQL.index("CREATE") : SQL.index(";\nSOMETHING")]
STATEMENTS = (
    statement(ALTER, impact=Impact((("public.users", "ACCESS EXCLUSIVE"),), scans=("public.users",))),
    statement(CREATE),
    statement("SOMETHING else", understood=False),
)


def finding(
    at: str = "DROP COLUMN email",
    *,
    rule: str = "drop-column",
    severity: Severity = Severity.ERROR,
    certainty: Certainty = Certainty.PROVEN,
    message: str = "public.users.email is dropped and its values are lost",
    evidence: str = "",
    remedy: str = "",
    object: str = "public.users.email",
    index: int | None = 0,
) -> Finding:
    """A finding about a part of `SQL`."""
    start = SQL.index(at)
    span = SOURCE.span(start, start + len(at))
    return Finding(rule, "loses-data", severity, certainty, message, evidence, remedy, object, span, index)


DROPPED = finding(
    evidence="12,481 of 12,500 rows hold a value",
    remedy="ALTER TABLE users\n  RENAME COLUMN email TO email_old;",
)
REQUIRED = finding(
    "ADD COLUMN handle text NOT NULL",
    rule="required-column-without-default",
    severity=Severity.WARNING,
    certainty=Certainty.LIKELY,
    message="public.users.handle is required and has no default, so the statement fails where there are rows",
    object="public.users.handle",
)
REPORT = Report(
    LIVE,
    "sql",
    "migrations/",
    STATEMENTS,
    (DROPPED, REQUIRED),
    allowed=(Allowed(finding(CREATE, rule="design", index=1), "agreed with ops", "2027-01-31"),),
    not_checked=(NotChecked("public.audit", "permission denied"),),
    asked=Asked(3, 2, 0.05),
    seconds=0.2134,
)
CLEAN = replace(REPORT, statements=STATEMENTS[:2], findings=(), allowed=(), not_checked=(), asked=Asked())


def with_findings(*findings: Finding) -> Report:
    """A report with these findings alone."""
    return replace(CLEAN, findings=findings)
