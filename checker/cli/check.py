"""`ddlguard check`: read the target, look at the live side, judge, show."""

from __future__ import annotations

import os
import sys
import time
from typing import Literal

from checker.catalog import Dialect
from checker.cli.arguments import check_parser, parse
from checker.cli.asking import watched
from checker.cli.live_side import Loaded, dialect_of, look, written_down
from checker.cli.pages import loaded, unknown_rule
from checker.cli.settings import Settings, settings
from checker.cli.show import exit_code, show
from checker.cli.stop import Exit, Stop
from checker.engine import Severities
from checker.engine import check as judged
from checker.finding import Report, Severity
from checker.garbage import rare_collections
from checker.outputs.escape import visible
from checker.registry import RuleSet
from checker.sources import NothingToCheck, SourceError, Target, read
from checker.statement import Transaction
from checker.values import replace


@rare_collections()
def check(arguments: list[str]) -> Exit:
    """The command; raises Stop where there is no report to show."""
    started = time.perf_counter()
    chosen = settings(parse(check_parser(), arguments), os.environ)
    rules = loaded(chosen.rule_paths)
    severities = _severities(chosen, rules)
    written = written_down(chosen.live)
    dialect = dialect_of(chosen.live, written)
    target = _target(chosen, dialect)
    asking = chosen.asking
    with (
        watched(asking, shown=chosen.show_probes),
        look(chosen.live, dialect, target.migrations, written, asking) as side,
    ):
        report = _report(chosen, rules, severities, target, side)
    report = replace(report, seconds=time.perf_counter() - started)
    texts = {s.source.name: s.source.text for m in target.migrations for s in m.statements}
    show(report, chosen, texts, (*side.notes, *_notes(chosen)))
    _admit_bugs(report)
    return exit_code(report, chosen)


def _severities(chosen: Settings, rules: RuleSet) -> Severities:
    """What the configuration says about rules; raises Stop for one that there is not."""
    config = chosen.config
    for name in config.rules:
        if name not in rules.by_id:
            raise Stop(f"{config.path}: rules.{name}: {unknown_rule(name, rules)}")
    chosen_ones: dict[str, Severity | Literal["off"]] = {}
    for name, rule in config.rules.items():
        if rule.off or rule.severity:
            chosen_ones[name] = rule.severity or "off"
    return chosen_ones


def _target(chosen: Settings, dialect: Dialect) -> Target:
    try:
        target = read(chosen.targets, dialect=dialect, kind=chosen.kind)
    except NothingToCheck as problem:
        raise Stop(str(problem), Exit.NOTHING) from None
    except SourceError as problem:
        raise Stop(str(problem)) from None
    if chosen.transaction is None:
        return target
    how = Transaction(chosen.transaction)
    return replace(target, migrations=tuple(replace(one, transaction=how) for one in target.migrations))


def _report(chosen: Settings, rules: RuleSet, severities: Severities, target: Target, side: Loaded) -> Report:
    report = judged(
        target.migrations,
        side.catalog,
        rules=rules,
        live=side.live,
        target=(target.kind, target.name),
        severities=severities,
        fail_on=chosen.fail_on,
        not_checked=(*target.problems, *side.not_checked),
        answerer=side.answerer,
        nobody=side.nobody,
    )
    return _without_allows(report) if chosen.no_allow else report


def _without_allows(report: Report) -> Report:
    """The report as it would be without allow-comments."""
    findings = (*report.findings, *(allowed.finding for allowed in report.allowed))
    return replace(report, findings=findings, allowed=())


def _notes(chosen: Settings) -> tuple[str, ...]:
    """The rules that the configuration leaves out, and why."""
    off = ((name, rule) for name, rule in sorted(chosen.config.rules.items()) if rule.off)
    return tuple(f"rule {name} is off: {rule.reason}" for name, rule in off)


def _admit_bugs(report: Report) -> None:
    for bug in report.bugs:
        where = f" on {bug.span.file}:{bug.span.line}" if bug.span else ""
        line = f"ddlguard: error: the rule {bug.rule} failed{where}: {bug.error}"
        print(visible(line), file=sys.stderr)
        if os.environ.get("DDLGUARD_DEBUG"):
            print(bug.trace, file=sys.stderr)
