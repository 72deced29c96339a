"""Names, comments and file names that want to do more than be read, in every output."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from checker.finding import Allowed, LiveSide, NotChecked, Report
from checker.outputs import FORMATS, renderer
from checker.outputs.escape import markdown, no_commands, visible, visible_lines
from checker.outputs.github import summary
from checker.outputs.options import Options
from checker.statement import Source
from tests.reports import CLEAN, finding

HOSTILE = {
    "a terminal sequence": "\x1b[2J\x1b]0;title\x07",
    "eight bit controls": "\x9b2J\x85",
    "a carriage return": "safe\rerror",
    "backspaces": "drop\x08\x08\x08\x08keep",
    "a zero": "a\x00b",
    "delete": "a\x7fb",
    "a line of a log": "x\n::error file=a,line=1::pwned",
    "another line end": "x\u2028::error::pwned\u2029\x0b\x0c",
    "a command at once": "::error::pwned",
    "stopping commands": "::stop-commands::x",
    "a runner's old command": "##[error]pwned",
    "a command of Azure": "##vso[task.setvariable variable=x]y",
    "turned direction": "\u202etxet\u202c \u2066x\u2069",
    "invisible": "a\u200bb\ufeffc\u00ad",
    "a tag": "<script>alert(1)</script><img src=x onerror=y>",
    "the end of a table": "a | b\n|---|\n</details>",
    "code": "` `` ``` ````\n```\n# heading",
    "a link": "[x](javascript:alert(1)) https://e.example @all",
    "half a pair": "\ud83d",
    "a percent": "%0A::error::%25",
    "rich markup": "[bold red]x[/]",
}


def report(text: str) -> Report:
    """A report with the text in every place where others have a say."""
    source = Source(f"{text}.sql", f'DROP TABLE "{text}";')
    span = source.span(0, len(source.text))
    found = replace(finding(message=text, evidence=text, remedy=text, object=text), span=span)
    statement = replace(CLEAN.statements[0], span=span, sql=source.text, understood=False)
    return replace(
        CLEAN,
        live=LiveSide("postgres", text, "database", text),
        target_name=text,
        statements=(statement,),
        findings=(found, replace(found, statement=None)),
        allowed=(Allowed(found, text, None),),
        not_checked=(NotChecked(text, text),),
    )


@pytest.mark.parametrize("name", [*FORMATS, "summary"])
@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
@pytest.mark.parametrize("width", [40, 200])
def test_nothing_acts(text: str, name: str, width: int) -> None:
    given = report(text)
    options = Options(width=width, notes=(text,), sources={f"{text}.sql": f'DROP TABLE "{text}";'})
    out = summary(given, options) if name == "summary" else renderer(name)(given, options)
    assert all(c == "\n" or c.isprintable() for c in out)
    assert not re.search(r"##\w*\[", out)
    out.encode()
    starts = [line.lstrip() for line in out.splitlines() if line.lstrip().startswith("::")]
    if name == "github":
        assert len(starts) == out.count("\n") == 3
        assert all(re.match(r"::(error|warning) [^:]*::", line) for line in starts)
    elif name != "summary":  # a file, no log
        assert not starts


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_the_page_of_a_job_holds_only_our_markup(text: str) -> None:
    page = summary(report(text), Options())
    fenced = re.compile(r"^(`{3,})sql\n.*?^\1$", re.MULTILINE | re.DOTALL)
    outside = fenced.sub("", page)
    tags = set(re.findall(r"<[^>]*>", outside))
    assert tags <= {"<details>", "</details>", "<summary>", "</summary>"}
    assert outside.count("<details>") == outside.count("</details>")
    assert "`" not in outside
    assert "](" not in outside
    rows = [line for line in outside.splitlines() if line.startswith("|")]
    assert all(row.count("|") == 4 for row in rows)


def test_colours_are_ours_alone() -> None:
    out = renderer("text")(report(HOSTILE["a terminal sequence"]), Options(color=True))
    assert set(re.findall(r"\x1b[^m]*m", out)) <= {f"\x1b[{c}m" for c in ("0", "1", "1;31", "36")}


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain text, caf\u00e9 \u540d\u524d", "plain text, caf\u00e9 \u540d\u524d"),
        ("no\u00a0break", "no\u00a0break"),
        ("\x1b[2J", "\\x1b[2J"),
        ("\u202e", "\\u202e"),
        ("\ud83d", "\\ud83d"),
        ("a\nb\tc", "a\\nb\\tc"),
        ("##[error]", "#\\x23[error]"),
        ("a ## b", "a ## b"),
    ],
)
def test_visible(text: str, shown: str) -> None:
    assert visible(text) == shown


def test_lines_are_kept_apart() -> None:
    assert visible_lines("a\r\n\tb\x1b\nc\u2028d\n\n") == ["a", "    b\\x1b", "c\\u2028d"]


def test_a_cast_at_the_start_of_a_line_survives_when_it_is_no_command() -> None:
    assert no_commands("a\n  ::text") == "a\n  \\x3a:text"


def test_markdown_is_shown() -> None:
    assert markdown("a*b_c") == "a&#42;b&#95;c"
