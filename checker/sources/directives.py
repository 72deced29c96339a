"""Comments by which a migration tool divides one file: the way up, the way down, the transaction.

| tool | up | down | no transaction |
|---|---|---|---|
| goose, micrate | `-- +goose Up` | `-- +goose Down` | `-- +goose NO TRANSACTION` |
| sql-migrate | `-- +migrate Up [notransaction]` | `-- +migrate Down` | in the same line |
| dbmate | `-- migrate:up [transaction:false]` | `-- migrate:down` | in the same line |
| rambler | `-- rambler up` | `-- rambler down` | `-- rambler no-transaction` |
| node-pg-migrate | `-- Up Migration` | `-- Down Migration` | |
| tern | what stands above | `---- create above / drop below ----` | `---- tern: disable-tx ----` |
| sqlx | the whole file | | `-- no-transaction` |

Each runs the way up in one transaction unless it is told not to (their own manuals). dbmate then sends it as
one query all the same, so that several statements still share one (amacneil/dbmate issue 126).
"""

from __future__ import annotations

import re

from checker.values import dataclass

_DIRECTIVE = re.compile(
    r"^[ \t]*--[ \t]*(?:"
    r"\+(?:goose|micrate|migrate)[ \t]+(?P<plus>up|down|no[ \t]+transaction)\b"
    r"|migrate:(?P<mate>up|down)\b"
    r"|rambler[ \t]+(?P<rambler>up|down|no-transaction)\b"
    r"|[ \t-]*(?P<node>up|down)[ \t]+migration\b"
    r"|--[ \t]*(?:create above / drop (?P<tern>below)|tern: (?P<tx>disable-tx))[ \t]*----"
    r")(?P<options>[^\n]*)",
    re.IGNORECASE | re.MULTILINE,
)
_NO_TRANSACTION = re.compile(r"\bnotransaction\b|\btransaction:\s*false\b", re.IGNORECASE)
_SQLX = re.compile(r"\s*--\s*no-transaction\b")
_NUMBERED = re.compile(
    r"^[ \t]*--[ \t]*(?:\+(?:goose|micrate|migrate)[ \t]+up|rambler[ \t]+up|--[ \t]*create above / drop below)",
    re.IGNORECASE | re.MULTILINE,
)


@dataclass(frozen=True, slots=True)
class WayUp:
    """The offset ranges of the way up; `alone`: outside a transaction; `one_query`: sent in one piece then."""

    ranges: tuple[tuple[int, int], ...]
    alone: bool
    one_query: bool = False


def way_up(text: str) -> WayUp | None:
    """What is applied going up, in order; None where the file has no such comments."""
    if "--" not in text:
        return None
    if _SQLX.match(text):
        return WayUp(((0, len(text)),), alone=True)
    marks = list(_DIRECTIVE.finditer(text))
    if not marks:
        return None
    return WayUp(
        tuple(_ranges(marks, len(text))), any(map(_alone, marks)), any(mark["mate"] for mark in marks)
    )


def is_numbered(text: str) -> bool:
    """True for a file of a tool that orders its files by the number in front of their names."""
    return bool(_NUMBERED.search(text))


def _turn(mark: re.Match[str]) -> str:
    """`up`, `down`, or what else the comment says."""
    if mark["tern"]:
        return "down"
    said = mark["plus"] or mark["mate"] or mark["rambler"] or mark["node"] or ""
    return " ".join(said.lower().split())


def _alone(mark: re.Match[str]) -> bool:
    return _turn(mark) in ("no transaction", "no-transaction") or bool(
        mark["tx"] or _NO_TRANSACTION.search(mark["options"])
    )


def _ranges(marks: list[re.Match[str]], length: int) -> list[tuple[int, int]]:
    turns = [mark for mark in marks if _turn(mark) in ("up", "down")]
    ends = [*(mark.start() for mark in turns), length]
    ranges = [(mark.end(), end) for mark, end in zip(turns, ends[1:], strict=True) if _turn(mark) == "up"]
    if any(mark["tern"] or mark["tx"] for mark in marks):
        ranges.insert(0, (0, ends[0]))
    return ranges
