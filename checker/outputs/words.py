"""Phrases that several outputs share."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from checker.finding import Allowed, Finding, Impact, Report, Severity
from checker.statement import Span

PRODUCTS = {
    "postgres": "PostgreSQL",
    "postgresql": "PostgreSQL",
    "mysql": "MySQL",
    "mariadb": "MariaDB",
    "sqlite": "SQLite",
}
# Where the claim that nothing is wrong comes from, for each sort of live side.
_SOURCES = {"database": "", "snapshot": "the snapshot of ", "sql": "the schema in ", "none": ""}


def counted(number: int, noun: str) -> str:
    """`1 error`, `2 errors`.

    >>> counted(12481, "row")
    '12,481 rows'
    """
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def counts(report: Report) -> str:
    """The findings by severity, those that there are."""
    found = [(report.count(severity), severity.value) for severity in Severity]
    return ", ".join(counted(number, name) for number, name in found if number) or "no findings"


def against(report: Report) -> str:
    """What the target was held against, in one phrase."""
    live = report.live
    product = f"{PRODUCTS.get(live.dialect, live.dialect)} {live.server_version}".strip()
    if live.source == "none":
        return f"no database ({product} rules only)"
    age = f", {old(live.age)}" if live.taken else ""
    return f"{product}, {_SOURCES[live.source]}{live.name}{age}"


def old(seconds: int) -> str:
    """An age in its largest unit.

    >>> old(59), old(7200), old(3 * 86400 + 5)
    ('less than a minute old', '2 hours old', '3 days old')
    """
    for unit, length in (("day", 86400), ("hour", 3600), ("minute", 60)):
        if seconds >= length:
            return f"{counted(seconds // length, unit)} old"
    return "less than a minute old"


def asked(report: Report) -> str:
    """What was asked about rows, in one phrase; `""` where there was nothing to ask."""
    given = report.asked
    if given.nobody:
        return f"rows were not looked at: {given.nobody}"
    if not given.questions:
        return ""
    left = given.questions - given.answered
    open_ones = f" ({left:,} of them without an answer)" if left else ""
    return f"asked {counted(given.questions, 'question')} about rows{open_ones}, {given.seconds:.2f} s"


def effects(impact: Impact) -> str:
    """What the statement does to the relations, `""` where nothing is known."""
    parts = []
    if impact.locks:
        parts.append("locks " + ", ".join(f"{name} ({mode})" for name, mode in impact.locks))
    if impact.rewrites:
        parts.append("rewrites " + ", ".join(impact.rewrites))
    if impact.scans:
        parts.append("scans " + ", ".join(impact.scans))
    if impact.algorithm:
        parts.append(f"ALGORITHM={impact.algorithm}")
    return "; ".join(parts)


def place(span: Span) -> str:
    """`file:line:column`; the file alone where the finding is about all of it."""
    return f"{span.file}:{span.line}:{span.column}" if span.line else span.file


def allow_comment(findings: Sequence[Finding]) -> str:
    """The comment that accepts these findings, the reason left to be written; "" where none can."""
    rules = ", ".join(dict.fromkeys(finding.rule for finding in findings if finding.allowable))
    return f"-- ddlguard: allow {rules}, <reason>" if rules else ""


def allowed_line(allowed: Allowed) -> str:
    """A finding that was accepted, by whom it may concern."""
    finding = allowed.finding
    until = f" until {allowed.until}" if allowed.until else ""
    return f"{finding.rule} at {place(finding.span)}{until}: {allowed.reason}"


def not_understood(report: Report) -> Iterator[str]:
    """The places of the statements that could not be read."""
    return (place(statement.span) for statement in report.statements if not statement.understood)


def ordered(report: Report) -> list[Finding]:
    """The findings as they stand in the files, files in the order in which they run."""
    files = dict.fromkeys(statement.span.file for statement in report.statements)
    rank = {file: index for index, file in enumerate(files)}
    return sorted(
        report.findings,
        key=lambda f: (rank.get(f.span.file, len(rank)), f.span.start, f.severity.rank, f.rule),
    )


def verdict_sentence(report: Report) -> str:
    """What the verdict means here."""
    match report.verdict:
        case "fail":
            worst = report.fail_on.value if report.fail_on else ""
            return f"fail: findings at or above {worst}"
        case "incomplete":
            return "incomplete: what was not checked may be unsafe"
        case _:
            return "pass: nothing at or above the threshold" if report.findings else "pass"
