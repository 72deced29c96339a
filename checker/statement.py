"""A statement as it was written, and where: sources, spans, comments, allow-comments."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import field
from datetime import date
from enum import Enum
from functools import cached_property

from checker.values import dataclass


@dataclass(frozen=True)
class Source:
    """One text that was read: `name` is the path as the user gave it, `<stdin>` for `-`."""

    name: str
    text: str = field(repr=False)

    @cached_property
    def _line_starts(self) -> list[int]:
        starts, at = [0], self.text.find("\n")
        while at >= 0:
            starts.append(at + 1)
            at = self.text.find("\n", at + 1)
        return starts

    def position(self, offset: int) -> tuple[int, int]:
        """Line and column (both from 1, in characters) of a character offset."""
        line = bisect_right(self._line_starts, offset)
        return line, offset - self._line_starts[line - 1] + 1

    def span(self, start: int, end: int) -> Span:
        """The span of `text[start:end]`."""
        line, column = self.position(start)
        end_line, end_column = self.position(end)
        return Span(self.name, line, column, end_line, end_column, start, end)


@dataclass(frozen=True, slots=True)
class Span:
    """A place in a file: lines and columns from 1, `end_column` exclusive, offsets in characters."""

    file: str
    line: int
    column: int
    end_line: int
    end_column: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment as written, without its markers; `start` and `end` are offsets in the source."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Allow:
    """`-- ddlguard: allow RULE[, RULE …] [until DATE], reason`, read from a comment.

    One without a reason has the reason "" and does not count; `problem` says what else is wrong with
    the writing (a day that does not exist, no rule named), and then the reason is "" too.
    """

    rules: tuple[str, ...]
    reason: str
    until: date | None
    start: int
    end: int
    problem: str = ""


class StatementKind(Enum):
    """What the splitter saw: SQL, a `COPY … FROM stdin` with its data, or a client's own command."""

    SQL = "sql"
    COPY_DATA = "copy data"
    CLIENT_COMMAND = "client command"


@dataclass(frozen=True)
class Statement:
    """One statement: `source.text[start:end]`, without its terminator and leading comments.

    `comments` are those between the previous statement and the end of this one, in order
    (a comment on the terminator's own line belongs to the statement that it follows).
    `problem` says why the splitter could not find a whole statement (an unterminated string).
    """

    source: Source
    start: int
    end: int
    kind: StatementKind = StatementKind.SQL
    comments: tuple[Comment, ...] = ()
    problem: str | None = None

    @cached_property
    def text(self) -> str:
        """The SQL as written."""
        return self.source.text[self.start : self.end]

    @cached_property
    def span(self) -> Span:
        """Where the statement stands."""
        return self.source.span(self.start, self.end)


class Transaction(Enum):
    """How the tool that runs a file sends it, by the file's convention.

    EACH: every statement by itself (psql, autocommit). FILE: the whole file in one transaction
    (Flyway, Diesel, goose, dbmate), or in one simple query, which PostgreSQL treats alike
    (Prisma, golang-migrate) unless the file has transaction statements of its own.
    """

    EACH = "each"
    FILE = "file"


@dataclass(frozen=True)
class Migration:
    """One file to be applied: its statements in order and how its tool will run them."""

    name: str
    statements: tuple[Statement, ...]
    transaction: Transaction = Transaction.EACH
