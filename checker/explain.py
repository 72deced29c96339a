"""The examples that a rule's page holds: shown to people, and run by the tests."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

from checker.rule import Rule
from checker.values import dataclass

Kind = Literal["live", "bad", "good"]
_BLOCK = re.compile(r"^```sql (live|bad|good)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Example:
    """A block of SQL on a page: the live side, a migration that the rule is about, and a harmless one."""

    kind: Kind
    sql: str


def examples(rule: Rule) -> Iterator[Example]:
    """The examples of a rule's page, in their order."""
    for kind, sql in _BLOCK.findall(rule.page):
        yield Example(kind, sql)
