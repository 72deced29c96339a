"""GitHub's workflow commands: annotations on the lines of a pull request, and the page of the job.

GitHub keeps ten annotations of each level per step and drops the rest without a word, so the worst come
first and one more line says how many there were.
"""

from __future__ import annotations

import os.path
from collections.abc import Iterator

from checker.finding import Finding, NotChecked, Report, Severity, StatementReport
from checker.outputs import words
from checker.outputs.escape import markdown, visible, visible_lines
from checker.outputs.options import Options
from checker.statement import Span

CAP = 10
# The page of a step holds 1 MiB; what comes after it makes the upload fail.
MOST_BYTES = 1_000_000
_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "notice"}


def render(report: Report, options: Options) -> str:
    """The workflow commands, one a line, worst first; what is over the cap is counted in one of them."""
    return "".join(f"{line}\n" for line in _commands(report, options))


def _commands(report: Report, options: Options) -> Iterator[str]:
    left = 0
    # a notice of our own says what is missing, so one of theirs makes room for it
    rooms = {Severity.ERROR: CAP, Severity.WARNING: CAP - 1, Severity.NOTE: CAP - 1}
    for severity in Severity:
        findings = [finding for finding in words.ordered(report) if finding.severity is severity]
        findings.sort(key=lambda f: _CERTAINTY[f.certainty.value])
        for finding in findings[: rooms[severity]]:
            yield _annotation(finding, options)
        left += len(findings[rooms[severity] :])
    missing = _not_checked(report)
    if missing:
        yield _command("warning", {"title": "ddlguard: not checked"}, missing)
    if left:
        text = f"{words.counted(left, 'finding')} more are not shown here: GitHub keeps {CAP} of each level"
        yield _command("notice", {"title": "ddlguard"}, f"{text}; the log and the job's page have them all")


_CERTAINTY = {"proven": 0, "likely": 1, "possible": 2}


def _not_checked(report: Report) -> str:
    """All that was not checked as one message, `""` where there is nothing."""
    unread = [NotChecked(where, "not understood") for where in words.not_understood(report)]
    entries = [f"{entry.what}: {entry.why}" for entry in (*unread, *report.not_checked)]
    rest = f"\nand {len(entries) - CAP} more" if len(entries) > CAP else ""
    return "\n".join(visible(entry) for entry in entries[:CAP]) + rest


def _annotation(finding: Finding, options: Options) -> str:
    sure = finding.certainty.value
    title = f"{finding.rule} ({sure})"
    parts = [visible(finding.message)]
    if finding.evidence:
        parts.append(f"evidence: {visible(finding.evidence)}")
    if finding.remedy:
        parts.append("instead:\n" + "\n".join(f"  {line}" for line in visible_lines(finding.remedy)))
    return _command(
        _LEVELS[finding.severity], _place(finding.span, options) | {"title": title}, "\n".join(parts)
    )


def _place(span: Span, options: Options) -> dict[str, str]:
    """The properties that say where; columns only within one line, for GitHub misplaces the others."""
    if span.file.startswith("<"):
        return {}
    place = {"file": relative(span.file, options), "line": str(max(span.line, 1))}
    if span.end_line >= span.line >= 1:
        place["endLine"] = str(span.end_line)
    if span.line == span.end_line and span.column >= 1:
        place |= {"col": str(span.column), "endColumn": str(max(span.end_column, span.column))}
    return place


def relative(file: str, options: Options) -> str:
    """The file as seen from the repository's root, with slashes; as it is where it lies elsewhere."""
    if not options.folder or not options.root:
        return file.replace("\\", "/")
    whole = os.path.normpath(os.path.join(options.folder, file))
    try:
        path = os.path.relpath(whole, options.root)
    except ValueError:  # another drive
        return file.replace("\\", "/")
    return (whole if path.startswith("..") else path).replace("\\", "/")


def _command(name: str, properties: dict[str, str], message: str) -> str:
    said = ",".join(f"{key}={_property(value)}" for key, value in properties.items())
    return f"::{name} {said}::{_data(message)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(visible(text)).replace(":", "%3A").replace(",", "%2C")


def summary(report: Report, options: Options) -> str:
    """The report as Markdown for the job's page; what others wrote shows as text and does nothing."""
    lines = [f"## ddlguard: {report.verdict}", "", f"{markdown(words.counts(report))} in "]
    lines[-1] += f"{words.counted(len(report.statements), 'statement')} of {markdown(report.target_name)}, "
    lines[-1] += f"checked against {markdown(words.against(report))}."
    if asked := words.asked(report):
        lines += ["", f"{markdown(asked[:1].upper() + asked[1:])}."]
    lines += ["", *_table(report, options)] if report.findings else []
    for title, entries in _lists(report):
        lines += ["", f"**{title}**", "", *(f"- {markdown(entry)}" for entry in entries)]
    lines += [line for finding in words.ordered(report) for line in _details(finding, report.statements)]
    return _cut("\n".join(lines) + "\n")


def _table(report: Report, options: Options) -> Iterator[str]:
    yield "| | finding | where |"
    yield "|---|---|---|"
    worst = sorted(words.ordered(report), key=lambda f: f.severity.rank)
    for finding in worst:
        where = f"{relative(finding.span.file, options)}:{finding.span.line}"
        sure = f"{finding.severity.value}, {finding.certainty.value}"
        yield f"| {sure} | **{markdown(finding.rule)}** {markdown(finding.message)} | {markdown(where)} |"


def _lists(report: Report) -> Iterator[tuple[str, list[str]]]:
    if unread := list(words.not_understood(report)):
        yield "Not understood", unread
    if report.not_checked:
        yield "Not checked", [f"{entry.what}: {entry.why}" for entry in report.not_checked]
    if report.allowed:
        yield "Allowed", [words.allowed_line(entry) for entry in report.allowed]


def _details(finding: Finding, statements: tuple[StatementReport, ...]) -> Iterator[str]:
    """What to do instead and how to allow it, folded."""
    comment = words.allow_comment([finding]) if finding.statement is not None else ""
    if not finding.remedy and not comment:
        return
    title = f"{markdown(finding.rule)}: {markdown(finding.object or finding.message)}"
    yield from ("", f"<details><summary>{title}</summary>", "")
    if finding.evidence:
        yield from (f"{markdown(finding.evidence)}", "")
    if finding.remedy:
        yield from ("Instead:", "", *_code(finding.remedy), "")
    if comment:
        yield from ("To accept it, above the statement:", "", *_code(comment), "")
    yield "</details>"


def _code(sql: str) -> list[str]:
    """A fenced block; the fence is longer than any run of backticks inside."""
    lines = visible_lines(sql)
    fence = "```"
    while any(fence in line for line in lines):
        fence += "`"
    return [f"{fence}sql", *lines, fence]


def _cut(text: str) -> str:
    """At most as much as GitHub takes, cut between lines."""
    data = text.encode()
    if len(data) <= MOST_BYTES:
        return text
    kept = data[:MOST_BYTES].decode(errors="ignore").rpartition("\n<details>")[0]
    return f"{kept}\n\nThe rest is left out: the page of a step holds 1 MiB. The log has it all.\n"
