"""Comments by which a migration tool divides one file: the way up, the way down, the transaction.

| tool | up | down | no transaction |
|---|---|---|---|
| goose | `-- +goose Up` | `-- +goose Down` | `-- +goose NO TRANSACTION` |
| sql-migrate | `-- +migrate Up [notransaction]` | `-- +migrate Down` | in the same line |
| dbmate | `-- migrate:up [transaction:false]` | `-- migrate:down` | in the same line |

Each of the three runs the way up in one transaction unless it is told not to (their own manuals:
pressly/goose README "SQL Migrations", rubenv/sql-migrate README, amacneil/dbmate README).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from checker.statement import Transaction

_DIRECTIVE = re.compile(
    r"^[ \t]*--[ \t]*(?:\+(?:goose|migrate)[ \t]+(?P<plus>up|down|no transaction)|migrate:(?P<mate>up|down))\b"
    r"(?P<options>[^\n]*)",
    re.IGNORECASE | re.MULTILINE,
)
_NO_TRANSACTION = re.compile(r"\bnotransaction\b|\btransaction:\s*false\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Up:
    """The offset range of the way up, and how it is run."""

    start: int
    end: int
    transaction: Transaction


def way_up(text: str) -> tuple[Up, ...] | None:
    """The ranges that are applied going up, in order; None where the file has no such comments."""
    marks = list(_DIRECTIVE.finditer(text))
    if not marks:
        return None
    transaction = Transaction.EACH if any(map(_without, marks)) else Transaction.FILE
    return tuple(_ranges(marks, len(text), transaction))


def _without(mark: re.Match[str]) -> bool:
    said = (mark["plus"] or "").lower() == "no transaction"
    return said or bool(_NO_TRANSACTION.search(mark["options"]))


def _ranges(marks: list[re.Match[str]], length: int, transaction: Transaction) -> list[Up]:
    turns = [mark for mark in marks if (mark["plus"] or mark["mate"] or "").lower() in ("up", "down")]
    ends = [mark.start() for mark in turns[1:]] + [length]
    return [
        Up(mark.end(), end, transaction)
        for mark, end in zip(turns, ends, strict=True)
        if (mark["plus"] or mark["mate"]).lower() == "up"
    ]
