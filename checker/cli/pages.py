"""The commands that check nothing: rules, explain, schema."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Sequence
from pathlib import Path

from checker.cli.arguments import explain_parser, parse, rules_parser, schema_parser
from checker.cli.settings import configuration
from checker.cli.show import terminal_width
from checker.cli.stop import Exit, Stop
from checker.outputs.escape import visible
from checker.outputs.paint import wrapped
from checker.registry import RegistryError, RuleSet, load
from checker.rule import SEVERITIES, Rule

# The fences of the examples that the tests run.
_EXAMPLE = re.compile(r"^```sql (live|bad|good)$", re.MULTILINE)
_TITLES = {
    "live": "On a database like this:\n\n```sql",
    "bad": "Found:\n\n```sql",
    "good": "Not found:\n\n```sql",
}
SCHEMAS = Path(__file__).parents[1] / "schema"


def rules(arguments: list[str]) -> Exit:
    """`ddlguard rules`: every rule in one line."""
    given = parse(rules_parser(), arguments)
    found = loaded(_everywhere(given.rules))
    if given.format == "json":
        import json

        print(json.dumps([_entry(rule) for rule in found], indent=2))
        return Exit.OK
    room = max((len(rule.id) for rule in found), default=0)
    width = max(terminal_width(os.environ), room + 24)
    for hazard, severity in SEVERITIES.items():
        group = [rule for rule in found if rule.hazard == hazard]
        if group:
            print(f"{hazard} ({severity.value})")
        for rule in group:
            for line in wrapped(visible(rule.title), width, f"  {rule.id:{room}}  ", " " * (room + 4)):
                print(line)
    return Exit.OK


def _entry(rule: Rule) -> dict[str, str]:
    return {
        "id": rule.id,
        "hazard": rule.hazard,
        "severity": rule.severity.value,
        "title": rule.title,
        "page": rule.page,
    }


def explain(arguments: list[str]) -> Exit:
    """`ddlguard explain RULE`: its page."""
    given = parse(explain_parser(), arguments)
    found = loaded(_everywhere(given.rules))
    if given.rule not in found.by_id:
        raise Stop(unknown_rule(given.rule, found))
    sys.stdout.write(_page(found.by_id[given.rule]))
    return Exit.OK


def _page(rule: Rule) -> str:
    """The page as Markdown, with what the file itself cannot say."""
    heading = f"# {rule.id}\n\n{rule.hazard} · {rule.severity.value}\n\n"
    allow = f"To accept it at one statement: `-- ddlguard: allow {rule.id}, <reason>`\n"
    return heading + _EXAMPLE.sub(lambda found: _TITLES[found[1]], rule.page) + "\n\n" + allow


def schema(arguments: list[str]) -> Exit:
    """`ddlguard schema`: the JSON Schema of the report, or of a snapshot."""
    given = parse(schema_parser(), arguments)
    sys.stdout.write((SCHEMAS / f"{given.of}-v1.json").read_text(encoding="utf-8"))
    return Exit.OK


def _everywhere(typed: Sequence[str]) -> tuple[Path, ...]:
    """The team's own folders: those of the configuration, then those that were typed."""
    config = configuration()
    return (*(config.folder / path for path in config.rule_paths), *map(Path, typed))


def loaded(extra: Sequence[Path]) -> RuleSet:
    """The rules that come along and those of these folders; raises Stop."""
    try:
        return load(extra)
    except RegistryError as problem:
        raise Stop(str(problem)) from None


def unknown_rule(wanted: str, rules: RuleSet) -> str:
    """One line for a rule that does not exist, with the nearest one that does."""
    from difflib import get_close_matches

    near = get_close_matches(wanted.replace("_", "-"), rules.by_id, 1)
    hint = f"did you mean {near[0]}?" if near else "ddlguard rules lists them"
    return f"there is no rule {wanted}; {hint}"
