"""Rules for people: the list of all, the page of one, and the examples that a page holds."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from checker.registry import RuleSet
from checker.rule import Rule

Kind = Literal["live", "bad", "good"]
_BLOCK = re.compile(r"^```sql (live|bad|good)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Example:
    """A block of SQL on a rule's page: the live side, a migration that the rule is about, and a harmless one."""

    kind: Kind
    sql: str


def examples(rule: Rule) -> Iterator[Example]:
    """The examples of a page, in its order."""
    for kind, sql in _BLOCK.findall(rule.page):
        yield Example(kind, sql)


def explain(rule: Rule) -> str:
    """A rule's page as Markdown, with what the file itself cannot say: its id, hazard and severity."""
    heading = f"# {rule.id}\n\n{rule.hazard} · {rule.severity.value}\n\n"
    return heading + _BLOCK.sub(_titled, rule.page) + f"\n\n{_how_to_allow(rule)}\n"


def _titled(block: re.Match[str]) -> str:
    titles = {"live": "On a database like this:", "bad": "Found:", "good": "Not found:"}
    return f"{titles[block[1]]}\n\n```sql\n{block[2]}```\n"


def _how_to_allow(rule: Rule) -> str:
    return f"To allow it at one statement: `-- ddlguard: allow {rule.id}, the reason`"


def listing(rules: RuleSet) -> Iterator[tuple[str, list[Rule]]]:
    """The rules by hazard, worst first, each group in the order of ids."""
    by_hazard: dict[str, list[Rule]] = {}
    for rule in sorted(rules, key=lambda rule: (rule.severity.rank, rule.hazard)):
        by_hazard.setdefault(rule.hazard, []).append(rule)
    yield from by_hazard.items()


def unknown_rule(wanted: str, rules: RuleSet) -> str:
    """One line for a rule that does not exist, with the nearest one that does."""
    from difflib import get_close_matches  # only where a name is wrong

    near = get_close_matches(wanted.replace("_", "-"), rules.by_id, 1)
    hint = f"did you mean {near[0]}?" if near else "`ddlguard rules` lists them"
    return f"there is no rule {wanted}; {hint}"
