"""The text report: what it looks like, at any width, with and without colour."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from checker.finding import Asked, LiveSide, NotChecked, Severity
from checker.outputs.excerpt import cells, excerpt
from checker.outputs.github import summary
from checker.outputs.options import Options
from checker.outputs.text import render
from checker.statement import Source
from tests.reports import CLEAN, CREATE, REPORT, SOURCE, SQL, STATEMENTS, finding, with_findings

SOURCES = {SOURCE.name: SQL}
WHOLE = """\
migrations/001.sql:2:1
  locks public.users (ACCESS EXCLUSIVE); scans public.users
  |
2 | ALTER TABLE users DROP COLUMN email,
  |                   ^^^^^^^^^^^^^^^^^
error[drop-column] public.users.email is dropped and its values are lost (proven)
  evidence: 12,481 of 12,500 rows hold a value
  instead:
    ALTER TABLE users
      RENAME COLUMN email TO email_old;

  |
3 |   ADD COLUMN handle text NOT NULL;
  |   ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
warning[required-column-without-default] public.users.handle is required and has no default, so the
  statement fails where there are rows (likely)

  allow: -- ddlguard: allow drop-column, required-column-without-default, <reason>

1 error, 1 warning in 3 statements of migrations/
checked against PostgreSQL 15.18, db.internal/app, 0.21 s
asked 3 questions about rows (1 of them without an answer), 0.05 s
1 statement not understood, so not checked:
  - migrations/001.sql:8:1
not checked:
  - public.audit: permission denied
allowed:
  - design at migrations/001.sql:4:1 until 2027-01-31: agreed with ops
fail: findings at or above error
"""


def test_the_whole_report() -> None:
    assert render(REPORT, Options(sources=SOURCES)) == WHOLE


def test_the_statement_is_enough_where_the_file_is_not_at_hand() -> None:
    assert render(REPORT, Options()) == WHOLE.replace("NULL;\n", "NULL\n")


def test_what_is_said_about_a_comment_is_not_to_be_allowed_by_another() -> None:
    comment = replace(finding(rule="unused-allow"), allowable=False)
    assert "allow: -- ddlguard: allow drop-column, <reason>" in render(
        with_findings(comment, finding()), Options()
    )
    assert "allow:" not in render(with_findings(comment), Options())
    page = summary(with_findings(comment), Options())
    assert "To accept it" not in page


def test_a_live_side_without_rows_says_so() -> None:
    without = replace(CLEAN, asked=Asked(nobody="--probes off"))
    assert render(without, Options()).endswith("nothing found\nrows were not looked at: --probes off\n")


def test_a_clean_run_says_what_was_looked_at_in_one_line() -> None:
    text = render(CLEAN, Options())
    expected = "ok: 2 statements of migrations/ checked against PostgreSQL 15.18, db.internal/app"
    assert text == f"{expected}, nothing found\n"


def test_quiet_is_findings_alone() -> None:
    assert render(CLEAN, Options(closing=False)) == ""
    assert render(REPORT, Options(closing=False)).endswith("<reason>\n\n")


def test_without_a_live_side_the_closing_block_says_so() -> None:
    offline = replace(CLEAN, live=LiveSide("postgres", "", "none", ""), not_checked=(NotChecked("a", "b"),))
    text = render(offline, Options())
    assert "checked against no database (PostgreSQL rules only)" in text
    assert text.endswith("incomplete: what was not checked may be unsafe\n")


def test_colour_changes_nothing_but_colour() -> None:
    colored = render(REPORT, Options(color=True, sources=SOURCES))
    assert "\x1b[1;31merror[drop-column]\x1b[0m" in colored
    assert re.sub(r"\x1b\[[\d;]*m", "", colored) == WHOLE


@pytest.mark.parametrize("width", [20, 40, 60, 79])
def test_narrow_lines_stay_narrow(width: int) -> None:
    for line in render(REPORT, Options(width=width)).splitlines():
        pasted = line.startswith(("    ALTER", "      RENAME", "  allow:"))
        assert pasted or cells(line) <= max(width, 40), line


def test_ascii_where_the_output_holds_no_more() -> None:
    wide = with_findings(finding(message='public."caf\u00e9" is dropped'))
    long = {SOURCE.name: SQL.replace("ALTER", "/* \u00e9" + "-" * 400 + "*/ ALTER")}
    text = render(wide, Options(unicode=False, sources=long))
    assert text.isascii()
    assert 'public."caf\\xe9"' in text
    assert " ...\n" in text


def test_findings_stand_in_the_order_of_the_file() -> None:
    late, early = finding("ADD COLUMN handle", severity=Severity.ERROR), finding(severity=Severity.NOTE)
    text = render(with_findings(late, early), Options())
    assert text.index("note[") < text.index("error[")


def test_findings_about_one_place_share_the_excerpt() -> None:
    text = render(with_findings(finding(), finding(rule="other")), Options())
    assert text.count("2 | ALTER") == 1
    assert "allow: -- ddlguard: allow drop-column, other, <reason>" in text


def test_a_finding_about_no_statement_has_a_place_and_no_way_to_allow_it() -> None:
    text = render(with_findings(finding(index=None)), Options(sources=SOURCES))
    assert text.startswith("migrations/001.sql:2:19\n  |\n2 | ALTER")
    assert "allow" not in text


def test_long_lists_are_cut() -> None:
    many = tuple(NotChecked(f"table {number}", "permission denied") for number in range(30))
    text = render(replace(CLEAN, not_checked=many), Options())
    assert "table 19:" in text
    assert "table 20:" not in text
    assert "  and 10 more\n" in text


def test_notes_of_the_configuration_are_said() -> None:
    text = render(CLEAN, Options(notes=("rule truncate is off: we truncate at night",)))
    assert text.endswith("\nrule truncate is off: we truncate at night\n")


def test_a_statement_of_several_lines_is_shown_without_an_underline() -> None:
    text = render(with_findings(finding(CREATE, index=1)), Options())
    assert "4 | CREATE TABLE t (\n5 |   a int,\n6 |   b int\n7 | )\n" in text.replace(");", ")")
    assert "^" not in text


def test_the_middle_of_a_long_statement_is_left_out() -> None:
    source = Source("long.sql", "\n".join(f"line {number}" for number in range(1, 101)))
    lines = excerpt(source.span(0, len(source.text)), None, {source.name: source.text}, 80)
    assert [line.number for line in lines] == [1, 2, 3, 4, 0, 100]


@pytest.mark.parametrize("width", [40, 80])
@pytest.mark.parametrize("before", [0, 3, 30, 200, 100_000])
@pytest.mark.parametrize("after", [0, 30, 100_000])
def test_a_long_line_is_cut_around_the_place(before: int, after: int, width: int) -> None:
    text = "a" * before + "HERE" + "b" * after
    source = Source("long.sql", text)
    (line,) = excerpt(source.span(before, before + 4), None, {source.name: text}, width)
    assert cells(line.text) <= width
    begin, end = line.mark
    assert line.text[begin:end] == "HERE"


def test_a_place_longer_than_the_line_is_marked_as_far_as_it_is_shown() -> None:
    source = Source("long.sql", "x" * 500)
    (line,) = excerpt(source.span(100, 400), None, {source.name: source.text}, 40)
    begin, end = line.mark
    assert cells(line.text) <= 40
    assert begin < end <= 40
    assert set(line.text[begin:end]) == {"x"}


@pytest.mark.parametrize(
    ("text", "mark"),
    [
        ("\tDROP", (4, 8)),
        ("  \tDROP", (4, 8)),
        ("\u540d\u524d DROP", (5, 9)),  # two cells each
        ("e\u0301 DROP", (2, 6)),  # a combining accent takes none
        ("\x1b[0mDROP", (7, 11)),  # shown as \x1b[0m
        ("##[x] DROP", (9, 13)),
    ],
)
def test_the_underline_stands_under_the_place(text: str, mark: tuple[int, int]) -> None:
    source = Source("a.sql", text)
    at = text.index("DROP")
    (line,) = excerpt(source.span(at, at + 4), None, {source.name: text}, 80)
    assert line.mark == mark
    assert "DROP" in line.text


def test_places_beyond_the_text_show_nothing() -> None:
    other = Source("other.sql", "\n" * 50 + "SELECT 1").span(50, 58)
    assert excerpt(other, STATEMENTS[0], {"other.sql": "x"}, 80) == []
    assert excerpt(other, STATEMENTS[0], {}, 80) == []
