"""Where reports go: standard output, files, the page of a job."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path

from checker.cli.settings import Output, Settings
from checker.cli.stop import Exit, Stop
from checker.finding import Report
from checker.outputs import renderer
from checker.outputs.options import Options

FILE_WIDTH = 100


def show(report: Report, settings: Settings, sources: Mapping[str, str], notes: tuple[str, ...]) -> None:
    """Render the report to all places that were asked for; raises Stop where one cannot be written."""
    for output in settings.outputs:
        options = _options(settings, output, sources, notes)
        text = renderer(output.format)(report, options)
        if output.path:
            _write(output, text)
        else:
            sys.stdout.write(text)
    if any(output.format == "github" for output in settings.outputs):
        _job_page(report, _options(settings, Output("github", "page"), sources, notes))


def exit_code(report: Report, settings: Settings) -> Exit:
    """What the report says to the caller: a bug before findings, findings before what is incomplete."""
    if report.bugs:
        return Exit.ERROR
    match report.verdict:
        case "fail":
            return Exit.FINDINGS
        case "incomplete" if not settings.allow_incomplete:
            return Exit.INCOMPLETE
        case _:
            return Exit.OK


def _options(
    settings: Settings, output: Output, sources: Mapping[str, str], notes: tuple[str, ...]
) -> Options:
    printed = not output.path
    folder = os.getcwd()
    return Options(
        color=printed and use_color(settings.color, sys.stdout.isatty(), os.environ),
        width=terminal_width(os.environ) if printed else FILE_WIDTH,
        unicode=not printed or holds_unicode(sys.stdout.encoding),
        closing=not settings.quiet,
        sources=sources,
        folder=folder,
        root=os.environ.get("GITHUB_WORKSPACE") or folder,
        notes=notes,
    )


def terminal_width(environment: Mapping[str, str]) -> int:
    """The width of the terminal, that of files where there is none; COLUMNS goes first."""
    said = environment.get("COLUMNS", "")
    if said.isdecimal() and int(said):
        return int(said)
    try:
        return os.get_terminal_size(sys.stdout.fileno()).columns or FILE_WIDTH
    except (OSError, ValueError):
        return FILE_WIDTH


def use_color(choice: str, is_terminal: bool, environment: Mapping[str, str]) -> bool:
    """Whether to write colours; `auto` follows no-color.org, FORCE_COLOR and TERM=dumb."""
    if choice != "auto":
        return choice == "always"
    if environment.get("NO_COLOR"):
        return False
    if environment.get("FORCE_COLOR", "0") not in ("", "0"):
        return True
    return is_terminal and environment.get("TERM") != "dumb"


def holds_unicode(encoding: str | None) -> bool:
    """Whether an output of this encoding can hold any character."""
    return (encoding or "").lower().replace("_", "-").startswith("utf")


def _write(output: Output, text: str) -> None:
    try:
        Path(output.path).write_text(text, encoding="utf-8", newline="\n", errors="backslashreplace")
    except (OSError, ValueError) as problem:
        raise Stop(f"cannot write {output.path}: {_why(problem)}") from None


def _job_page(report: Report, options: Options) -> None:
    """Append the summary to the page of a GitHub job."""
    path = os.environ.get("GITHUB_STEP_SUMMARY")
    if not path:
        return
    from checker.outputs.github import summary

    try:
        with open(path, "a", encoding="utf-8", newline="\n", errors="backslashreplace") as page:
            page.write(summary(report, options))
    except OSError as problem:
        raise Stop(f"cannot write GITHUB_STEP_SUMMARY {path}: {_why(problem)}") from None


def _why(problem: Exception) -> str:
    return (getattr(problem, "strerror", None) or str(problem)).lower()
