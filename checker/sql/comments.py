"""What comments say to this program: `-- ddlguard: allow drop-column until 2027-01-31, replaced by handle`.

Rules come first, with commas between them; the first part that does not look like a rule begins the
reason. A rule looks like `drop-column`: small letters with a hyphen, or an id that the caller knows.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from datetime import date

from checker.statement import Allow, Comment, Statement

_DIRECTIVE = re.compile(
    r"^[\s*#]*ddl-?guard\b[ \t]*(?P<colon>:?)[ \t]*(?P<said>.*?)[ \t]*$", re.MULTILINE | re.IGNORECASE
)
_PART = re.compile(r"(?P<rule>[a-z][a-z0-9]*(?:-[a-z0-9]+)*)(?:\s+until\s+(?P<until>\S+))?")
_SHAPE = "-- ddlguard: allow RULE[, RULE] [until YYYY-MM-DD], reason"


def allows(statement: Statement, known: Collection[str] = ()) -> Iterator[Allow]:
    """The allow-comments of a statement, in order; `known` are the ids of rules that have no hyphen.

    Nothing that addresses ddlguard is passed over: what cannot be read comes with its `problem`.
    """
    for comment in statement.comments:
        if "guard" in comment.text.lower():
            for found in _DIRECTIVE.finditer(comment.text):
                if found["colon"] or found["said"].lower().startswith(("allow ", "ignore ", "disable ")):
                    yield _allow(found["said"], comment, known)


def _allow(said: str, comment: Comment, known: Collection[str]) -> Allow:
    verb, _, rest = said.partition(" ")
    if verb.lower() != "allow":
        return _wrong(f"{verb or 'nothing'} is not known here; write {_SHAPE}", comment)
    parts = [part.strip() for part in rest.split(",")]
    count = _rules(parts, known)
    read = [found for part in parts[:count] if (found := _PART.fullmatch(part))]
    if not read:
        missing = "a comma is missing behind the rule" if rest.strip(" ,") else "no rule is named"
        return _wrong(f"{missing}; write {_SHAPE}", comment)
    rules = tuple(found["rule"] for found in read)
    until, problem = _until([found["until"] for found in read if found["until"]])
    if problem:
        return Allow(rules, "", None, comment.start, comment.end, problem)
    return Allow(rules, ", ".join(parts[count:]).strip(), until, comment.start, comment.end)


def _rules(parts: list[str], known: Collection[str]) -> int:
    """How many of the parts are rules: the first always, the others while they look like one."""
    count = 1
    for part in parts[1:]:
        found = _PART.fullmatch(part)
        if not found or not ("-" in found["rule"] or found["rule"] in known or found["until"]):
            break
        count += 1
    return count


def _until(days: list[str]) -> tuple[date | None, str]:
    """The day on which the permission ends, and what is wrong with it."""
    if not days:
        return None, ""
    try:
        return min(date.fromisoformat(day) for day in days), ""
    except ValueError:
        return None, f"{', '.join(days)} is no date; write it as 2027-01-31"


def _wrong(problem: str, comment: Comment) -> Allow:
    return Allow((), "", None, comment.start, comment.end, problem)
