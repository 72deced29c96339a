"""The examples that a rule's page holds: shown to people, and run by the tests."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

from checker.catalog import Dialect
from checker.rule import Rule
from checker.values import dataclass

Kind = Literal["live", "bad", "good"]
_BLOCK = re.compile(r"^```sql (live|bad|good)(?: (sqlite))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Example:
    """A block of SQL on a page: the live side, a migration that the rule is about, and a harmless one.

    It is PostgreSQL's unless it says ` sqlite` behind the kind.
    """

    kind: Kind
    sql: str
    dialect: Dialect = "postgres"


def examples(rule: Rule) -> Iterator[Example]:
    """The examples of a rule's page, in their order."""
    for kind, dialect, sql in _BLOCK.findall(rule.page):
        yield Example(kind, sql, dialect or "postgres")
