"""The report for people: findings grouped by statement, then what was checked and what was not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby

from checker.finding import Finding, Report, StatementReport
from checker.outputs import words
from checker.outputs.escape import no_commands, visible, visible_lines
from checker.outputs.excerpt import excerpt
from checker.outputs.options import Options
from checker.outputs.paint import Paint, wrapped

NARROWEST = 40
# A list in the closing block goes on for this many lines.
MOST_LISTED = 20
_VERDICT_STYLE = {"pass": "good", "fail": "error", "incomplete": "warning"}


def render(report: Report, options: Options) -> str:
    """The whole text, ending in a newline; `""` where nothing was found and nothing is to be said."""
    width = max(options.width, NARROWEST)
    paint = Paint(options.color)
    lines = list(_findings(report, options, paint, width))
    if options.closing:
        lines += _closing(report, options, paint, width)
    text = no_commands("\n".join(lines) + "\n") if lines else ""
    return text if options.unicode else text.replace("…", "...").encode("ascii", "backslashreplace").decode()


def _findings(report: Report, options: Options, paint: Paint, width: int) -> Iterator[str]:
    for _, group in groupby(words.ordered(report), key=lambda f: (f.span.file, f.statement)):
        findings = list(group)
        index = findings[0].statement
        statement = report.statements[index] if index is not None else None
        yield from _statement(findings, statement, options, paint, width)


def _statement(
    findings: list[Finding],
    statement: StatementReport | None,
    options: Options,
    paint: Paint,
    width: int,
) -> Iterator[str]:
    """All that is said about one statement: a heading, then each place in it with its findings."""
    span = statement.span if statement else findings[0].span
    yield paint("strong", visible(words.place(span)))
    if statement and (effects := words.effects(statement.impact)):
        yield from wrapped(visible(effects), width, "  ", "    ")
    for _, group in groupby(findings, key=lambda f: (f.span.start, f.span.end)):
        here = list(group)
        yield from _excerpt(here, statement, options, paint, width)
        for finding in here:
            yield from _finding(finding, paint, width)
            yield ""
    if statement and (comment := words.allow_comment(findings)):
        yield f"  {paint('strong', 'allow:')} {visible(comment)}"
        yield ""


def _excerpt(
    findings: list[Finding],
    statement: StatementReport | None,
    options: Options,
    paint: Paint,
    width: int,
) -> Iterator[str]:
    """The numbered lines with the underline; nothing where the text is not at hand."""
    span = findings[0].span
    room = len(str(span.end_line))
    more = "…" if options.unicode else "..."
    lines = excerpt(span, statement, options.sources, width - room - 3, more)
    if not lines:
        return
    worst = min((f.severity for f in findings), key=lambda severity: severity.rank)
    bar = paint("place", f"{'':{room}} |")
    yield bar
    for line in lines:
        number = str(line.number) if line.number else "." * room
        yield f"{paint('place', f'{number:>{room}} |')} {line.text}".rstrip()
        begin, end = line.mark
        if end > begin:
            yield f"{bar} {' ' * begin}{paint(worst.value, '^' * (end - begin))}"


def _finding(finding: Finding, paint: Paint, width: int) -> Iterator[str]:
    """The claim, its evidence, and what to do instead."""
    severity = finding.severity.value
    head = f"{severity}[{visible(finding.rule)}]"
    text = f"{head} {visible(finding.message)} ({finding.certainty.value})"
    for number, line in enumerate(wrapped(text, width, rest="  ")):
        yield paint(severity, head) + line.removeprefix(head) if number == 0 else line
    if finding.evidence:
        yield from _labelled("evidence", finding.evidence, paint, width)
    if finding.remedy:
        yield f"  {paint('strong', 'instead:')}"
        # not wrapped: it is there to be pasted
        yield from (f"    {line}".rstrip() for line in visible_lines(finding.remedy))


def _labelled(label: str, text: str, paint: Paint, width: int) -> Iterator[str]:
    """`  label: text`, the lines that follow indented under the label."""
    head = f"  {label}: "
    for number, line in enumerate(wrapped(visible(text), width, head, "    ")):
        yield f"  {paint('strong', f'{label}:')}{line[len(head) - 1 :]}" if number == 0 else line


def _closing(report: Report, options: Options, paint: Paint, width: int) -> Iterator[str]:
    """Counts, what it was checked against, what was not checked and why, what was allowed, the verdict."""
    if report.verdict == "pass" and not report.findings:
        yield from _clean(report, paint, width)
    else:
        yield from wrapped(visible(_summary(report)), width, rest="  ")
        checked = f"checked against {words.against(report)}, {report.seconds:.2f} s"
        yield from wrapped(visible(checked), width, rest="  ")
    if asked := words.asked(report):
        yield from wrapped(visible(asked), width, rest="  ")
    unread = list(words.not_understood(report))
    if unread:
        heading = f"{words.counted(len(unread), 'statement')} not understood, so not checked:"
        yield from _listed(heading, unread, paint, width)
    left = [f"{entry.what}: {entry.why}" for entry in report.not_checked]
    if left:
        yield from _listed("not checked:", left, paint, width)
    if report.allowed:
        yield from _listed("allowed:", map(words.allowed_line, report.allowed), paint, width)
    for note in options.notes:
        yield from wrapped(visible(note), width, rest="  ")
    if report.findings or report.verdict != "pass":
        word, _, rest = words.verdict_sentence(report).partition(":")
        yield paint(_VERDICT_STYLE[report.verdict], word) + (f":{rest}" if rest else "")


def _clean(report: Report, paint: Paint, width: int) -> Iterator[str]:
    checked = words.counted(len(report.statements), "statement")
    text = f"ok: {checked} of {report.target_name} checked against {words.against(report)}, nothing found"
    for number, line in enumerate(wrapped(visible(text), width, rest="  ")):
        yield paint("good", "ok") + line[2:] if number == 0 else line


def _summary(report: Report) -> str:
    checked = words.counted(len(report.statements), "statement")
    return f"{words.counts(report)} in {checked} of {report.target_name}"


def _listed(heading: str, entries: Iterable[str], paint: Paint, width: int) -> Iterator[str]:
    """A heading and its entries, the first twenty of them."""
    yield from (paint("strong", line) for line in wrapped(heading, width))
    texts = list(entries)
    for text in texts[:MOST_LISTED]:
        yield from wrapped(visible(text), width, "  - ", "    ")
    if len(texts) > MOST_LISTED:
        yield f"  and {len(texts) - MOST_LISTED:,} more"
