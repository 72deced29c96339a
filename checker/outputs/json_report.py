"""The report for programs: the contract whose JSON Schema is `checker/schema/report-v1.json`."""

from __future__ import annotations

import json
from collections.abc import Mapping

from checker import __version__
from checker.finding import Allowed, Finding, LiveSide, Report, Severity, StatementReport
from checker.outputs.options import Options

VERSION = 1


def render(report: Report, options: Options) -> str:
    """The report as one JSON document in ASCII, with a newline; names and texts are as they were written."""
    text = json.dumps(document(report), indent=2, ensure_ascii=True)
    # Inside strings only: DEL, and what starts a command anywhere in a line of some CI logs.
    return text.replace("\x7f", "\\u007f").replace("##", "#\\u0023") + "\n"


def document(report: Report) -> dict[str, object]:
    """The report in JSON's own types; the order of the keys is part of the contract."""
    return {
        "version": VERSION,
        "tool": {"name": "ddlguard", "version": __version__},
        "verdict": report.verdict,
        "live": _live(report.live),
        "target": {"kind": report.target_kind, "name": report.target_name},
        "statements": [_statement(statement) for statement in report.statements],
        "findings": [_finding(finding) for finding in report.findings],
        "allowed": [_allowed(allowed) for allowed in report.allowed],
        "not_checked": [{"what": entry.what, "why": entry.why} for entry in report.not_checked],
        "summary": _summary(report),
    }


def _live(live: LiveSide) -> dict[str, object]:
    side: dict[str, object] = {
        "dialect": live.dialect,
        "server_version": live.server_version,
        "source": live.source,
        "name": live.name,
    }
    return side | ({"taken": live.taken, "age_seconds": live.age} if live.taken else {})


def _statement(statement: StatementReport) -> dict[str, object]:
    impact = statement.impact
    return {
        "file": statement.span.file,
        "line": statement.span.line,
        "end_line": statement.span.end_line,
        "sql": statement.sql,
        "understood": statement.understood,
        "impact": {
            "locks": dict(impact.locks),
            "rewrites": list(impact.rewrites),
            "scans": list(impact.scans),
            "algorithm": impact.algorithm,
        },
    }


def _finding(finding: Finding) -> dict[str, object]:
    return {
        "rule": finding.rule,
        "hazard": finding.hazard,
        "severity": finding.severity.value,
        "certainty": finding.certainty.value,
        "message": finding.message,
        "evidence": finding.evidence,
        "remedy": finding.remedy,
        "object": finding.object,
        "file": finding.span.file,
        "line": finding.span.line,
        "column": finding.span.column,
        "end_line": finding.span.end_line,
        "end_column": finding.span.end_column,
        "statement": finding.statement,
        "fingerprint": finding.fingerprint,
        "doc": finding.doc,
    }


def _allowed(allowed: Allowed) -> dict[str, object]:
    return {**_finding(allowed.finding), "reason": allowed.reason, "until": allowed.until}


def _summary(report: Report) -> Mapping[str, object]:
    return {
        "errors": report.count(Severity.ERROR),
        "warnings": report.count(Severity.WARNING),
        "notes": report.count(Severity.NOTE),
        "statements": len(report.statements),
        "probes": report.asked.questions,
        "probes_answered": report.asked.answered,
        "probe_seconds": round(report.asked.seconds, 3),
        "rows_not_looked_at": report.asked.nobody,
        "seconds": round(report.seconds, 3),
    }
