"""Allow-comments against findings: what they wave through, and what is to be said about them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date

from checker.finding import Allowed, Finding
from checker.registry import RuleSet
from checker.rule import AllowUse
from checker.statement import Allow, Statement
from checker.values import dataclass


@dataclass(frozen=True, slots=True)
class Placed:
    """An allow-comment and the statement that it is about, with that statement's index in the report."""

    allow: Allow
    statement: Statement
    index: int


def split(
    findings: Iterable[Finding], allows: Sequence[Placed], today: date
) -> tuple[list[Finding], list[Allowed]]:
    """The findings that stay, and those that an allow-comment on their statement waves through."""
    by_statement: Mapping[int, list[Allow]] = defaultdict(list)
    for placed in allows:
        if placed.allow.reason and not _is_over(placed.allow, today):
            by_statement[placed.index].append(placed.allow)
    kept: list[Finding] = []
    allowed: list[Allowed] = []
    for finding in findings:
        allow = _matching(finding, by_statement)
        if allow is None:
            kept.append(finding)
        else:
            until = allow.until.isoformat() if allow.until else None
            allowed.append(Allowed(finding, allow.reason, until))
    return kept, allowed


def _matching(finding: Finding, by_statement: Mapping[int, list[Allow]]) -> Allow | None:
    if finding.statement is None:
        return None
    allows = by_statement.get(finding.statement, ())
    return next((allow for allow in allows if finding.rule in allow.rules), None)


def _is_over(allow: Allow, today: date) -> bool:
    return allow.until is not None and allow.until < today


def uses(
    findings: Iterable[Finding],
    allows: Sequence[Placed],
    asked: RuleSet,
    known: Iterable[str],
    reached: frozenset[int],
    today: date,
) -> Iterator[tuple[Placed, AllowUse]]:
    """How each allow-comment fared. `findings` are all of the run, `asked` the rules that were not
    switched off, `reached` the statements that would run: an allow is not unused where nothing was asked."""
    found: Mapping[int | None, set[str]] = defaultdict(set)
    for finding in findings:
        found[finding.statement].add(finding.rule)
    ids = tuple(sorted(known))
    for placed in allows:
        here, rules = found[placed.index], placed.allow.rules
        silent = tuple(
            rule for rule in rules if rule in asked.by_id and rule not in here and placed.index in reached
        )
        unknown = tuple(rule for rule in rules if rule not in ids)
        yield (
            placed,
            AllowUse(
                placed.allow,
                placed.statement,
                frozenset(here.intersection(rules)),
                silent,
                unknown,
                ids,
                today,
            ),
        )
