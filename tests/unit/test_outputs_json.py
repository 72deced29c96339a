"""The JSON report: the contract, its schema, and nothing hostile in the bytes."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

import checker
from checker.finding import Report
from checker.outputs.json_report import render
from checker.outputs.options import Options
from tests.reports import CLEAN, DROPPED, REPORT, finding, with_findings

SCHEMA = json.loads((Path(checker.__file__).parent / "schema" / "report-v1.json").read_text())


@pytest.mark.parametrize("report", [REPORT, CLEAN, with_findings(finding(index=None))])
def test_every_report_fits_the_schema(report: Report) -> None:
    Draft202012Validator.check_schema(SCHEMA)
    Draft202012Validator(SCHEMA).validate(json.loads(render(report, Options())))


def test_the_schema_holds_what_the_report_holds_and_no_more() -> None:
    document = json.loads(render(REPORT, Options()))
    document["extra"] = 1
    assert not Draft202012Validator(SCHEMA).is_valid(document)
    del document["extra"], document["summary"]["probes"]
    assert not Draft202012Validator(SCHEMA).is_valid(document)


def test_the_contract() -> None:
    document = json.loads(render(REPORT, Options()))
    assert list(document) == [
        "version", "tool", "verdict", "live", "target", "statements", "findings", "allowed",
        "not_checked", "summary",
    ]  # fmt: skip
    assert document["verdict"] == "fail"
    assert document["live"]["source"] == "database"
    assert document["statements"][0]["impact"] == {
        "locks": {"public.users": "ACCESS EXCLUSIVE"},
        "rewrites": [],
        "scans": ["public.users"],
        "algorithm": None,
    }
    assert document["statements"][2]["understood"] is False
    assert document["findings"][0] == {
        "rule": "drop-column",
        "hazard": "loses-data",
        "severity": "error",
        "certainty": "proven",
        "message": "public.users.email is dropped and its values are lost",
        "evidence": "12,481 of 12,500 rows hold a value",
        "remedy": "ALTER TABLE users\n  RENAME COLUMN email TO email_old;",
        "object": "public.users.email",
        "file": "migrations/001.sql",
        "line": 2,
        "column": 19,
        "end_line": 2,
        "end_column": 36,
        "statement": 0,
        "fingerprint": DROPPED.fingerprint,
        "doc": "ddlguard explain drop-column",
    }
    assert (document["allowed"][0]["reason"], document["allowed"][0]["until"]) == (
        "agreed with ops",
        "2027-01-31",
    )
    assert document["not_checked"] == [{"what": "public.audit", "why": "permission denied"}]
    assert document["summary"] == {
        "errors": 1, "warnings": 1, "notes": 0, "statements": 3, "probes": 3, "probes_answered": 2,
        "probe_seconds": 0.05, "rows_not_looked_at": "", "seconds": 0.213,
    }  # fmt: skip


def test_texts_come_back_as_they_were() -> None:
    text = 'public."\x1b[2J\x7f\u202e\u2028##[error]\n::error::\ud800" is dropped'
    printed = render(with_findings(finding(message=text)), Options())
    assert json.loads(printed)["findings"][0]["message"] == text
    assert printed.isascii()
    assert printed.replace("\n", "").isprintable()
    assert "##" not in printed
    assert not any(line.lstrip().startswith("::") for line in printed.splitlines())


def test_nothing_but_the_report_changes_the_report() -> None:
    assert render(REPORT, Options()) == render(REPORT, Options(color=True, width=40, unicode=False))
    assert render(replace(REPORT), Options()) == render(REPORT, Options())
