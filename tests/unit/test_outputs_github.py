"""Annotations and the page of a job: form, escaping, and GitHub's limits."""

from __future__ import annotations

from dataclasses import replace

import pytest

from checker.finding import Certainty, NotChecked, Severity
from checker.outputs.github import CAP, MOST_BYTES, relative, render, summary
from checker.outputs.options import Options
from checker.statement import Source
from tests.reports import CLEAN, CREATE, REPORT, finding, with_findings


def test_annotations() -> None:
    dropped, required, left = render(REPORT, Options()).splitlines()
    assert dropped == (
        "::error file=migrations/001.sql,line=2,endLine=2,col=19,endColumn=36,title=drop-column (proven)::"
        "public.users.email is dropped and its values are lost%0Aevidence: 12,481 of 12,500 rows hold a value%0A"
        "instead:%0A  ALTER TABLE users%0A    RENAME COLUMN email TO email_old;"
    )
    assert required == (
        "::warning file=migrations/001.sql,line=3,endLine=3,col=3,endColumn=34,"
        "title=required-column-without-default (likely)::"
        "public.users.handle is required and has no default, so the statement fails where there are rows"
    )
    assert left == (
        "::warning title=ddlguard%3A not checked::"
        "migrations/001.sql:8:1: not understood%0Apublic.audit: permission denied"
    )


def test_nothing_found_is_nothing_said() -> None:
    assert render(CLEAN, Options()) == ""


def test_no_columns_across_lines() -> None:
    (line,) = render(with_findings(finding(CREATE, index=1)), Options()).splitlines()
    assert "line=4,endLine=7,title=" in line
    assert ",col=" not in line
    assert ",endColumn=" not in line


def test_escaping() -> None:
    source = Source("a,b:c%.sql", "DROP")
    hostile = replace(
        finding(message="50% of\r\n::error::x, y: z", remedy="a\r\nb%"),
        span=source.span(0, 4),
        rule="a,b::c",
    )
    (line,) = render(with_findings(hostile), Options()).splitlines()
    assert line == (
        "::error file=a%2Cb%3Ac%25.sql,line=1,endLine=1,col=1,endColumn=5,title=a%2Cb%3A%3Ac (proven)::"
        "50%25 of\\r\\n::error::x, y: z%0Ainstead:%0A  a%0A  b%25"
    )


def test_standard_input_has_no_file() -> None:
    hostile = replace(finding(), span=Source("<stdin>", "DROP").span(0, 4))
    assert render(with_findings(hostile), Options()).startswith("::error title=drop-column (proven)::")


def test_the_cap_keeps_the_worst_and_counts_the_rest() -> None:
    unsure = [finding(certainty=Certainty.POSSIBLE, message=f"unsure {n}") for n in range(8)]
    sure = [finding(message=f"sure {n}") for n in range(8)]
    notes = [finding(severity=Severity.NOTE, message=f"note {n}") for n in range(12)]
    lines = render(with_findings(*notes, *unsure, *sure), Options()).splitlines()
    errors = [line for line in lines if line.startswith("::error")]
    notices = [line for line in lines if line.startswith("::notice")]
    assert len(errors) == CAP
    assert sum("::sure" in line for line in errors) == 8
    assert len(notices) == CAP
    assert lines[-1].startswith("::notice title=ddlguard::9 findings more are not shown here")


def test_the_warning_about_what_was_not_checked_has_room() -> None:
    many = [finding(severity=Severity.WARNING, message=f"w {n}") for n in range(20)]
    report = replace(with_findings(*many), not_checked=tuple(NotChecked(f"t{n}", "no") for n in range(20)))
    warnings = [line for line in render(report, Options()).splitlines() if line.startswith("::warning")]
    assert len(warnings) == CAP
    assert warnings[-1].endswith("t9: no%0Aand 10 more")


@pytest.mark.parametrize(
    ("file", "folder", "root", "expected"),
    [
        ("a/b.sql", "/repo", "/repo", "a/b.sql"),
        ("./a/b.sql", "/repo/backend", "/repo", "backend/a/b.sql"),
        ("../db/b.sql", "/repo/backend", "/repo", "db/b.sql"),
        ("/repo/a.sql", "/elsewhere", "/repo", "a.sql"),
        ("/other/a.sql", "/repo", "/repo", "/other/a.sql"),
        ("a\\b.sql", "", "", "a/b.sql"),
    ],
)
def test_paths_are_seen_from_the_root(file: str, folder: str, root: str, expected: str) -> None:
    assert relative(file, Options(folder=folder, root=root)) == expected


def test_the_page_of_a_job() -> None:
    page = summary(REPORT, Options())
    assert page.startswith("## ddlguard: fail\n\n1 error, 1 warning in 3 statements of migrations/")
    assert "| error, proven | **drop&#45;column** public&#46;users&#46;email is dropped" in page
    assert "```sql\nALTER TABLE users\n  RENAME COLUMN email TO email_old;\n```" in page
    assert "```sql\n-- ddlguard: allow drop-column, <reason>\n```" in page
    assert "**Not checked**\n\n- public&#46;audit&#58; permission denied" in page
    assert "**Not understood**\n\n- migrations/001&#46;sql&#58;8&#58;1" in page
    assert "agreed with ops" in page


def test_a_clean_page_is_short() -> None:
    assert summary(CLEAN, Options()).count("\n") == 3


def test_a_page_that_is_too_long_is_cut_between_findings() -> None:
    many = [finding(message=f"m {n}", remedy="x" * 4000) for n in range(500)]
    page = summary(with_findings(*many), Options())
    assert len(page.encode()) < MOST_BYTES + 200
    assert page.count("<details>") == page.count("</details>")
    assert page.endswith("The log has it all.\n")
