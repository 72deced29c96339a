"""A SQL text cut into statements with exact spans and their comments.

The splitter looks only for what can end a statement or hide its end: quotes, comments and
semicolons. What lies between is passed by one run of a regular expression, so the cost follows the
number of such places and nothing recurses. It never raises: an unterminated string or comment gives
a statement whose `problem` says so.

Two statements hold semicolons of their own. PostgreSQL: the actions of CREATE RULE in parentheses and
a body in BEGIN ATOMIC … END. SQLite: CREATE TRIGGER, which ends with `; END ;` (as `sqlite3_complete`
decides it).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache

from checker.sql.tokens import (
    BACKSLASH_STRING,
    DOLLAR,
    FLAT_COMMENT,
    QUOTED,
    STRING,
    TAG,
    comment_end,
    tokenize,
)
from checker.statement import Comment, Source, Statement, StatementKind


def split(source: Source, dialect: str, start: int = 0, end: int | None = None) -> tuple[Statement, ...]:
    """The statements of `source.text[start:end]`, in order, with offsets in the whole text.

    `COPY … FROM stdin` has the kind COPY_DATA and its span without the data, which is passed; a line of
    the client's own (psql's `\\restrict`, sqlite3's `.mode`) is a CLIENT_COMMAND. Comments behind the
    last statement belong to it.
    """
    splitter = _Splitter(source, dialect, len(source.text) if end is None else end)
    return tuple(splitter.statements(start))


@cache
def _body(dialect: str) -> re.Pattern[str]:
    """One run up to the next place that matters, and what it is."""
    if dialect == "postgres":
        return re.compile(
            rf"""[^-/'"$;\\]*(?:(?P<end>;)|(?P<comment>--[^\n]*|{FLAT_COMMENT})|(?P<nested>/\*)
            |(?<=[eE])(?<![\w$][eE]){BACKSLASH_STRING}|(?:(?<![eE])|(?<=[\w$][eE])){STRING}|{QUOTED}
            |\$%\w+%\$|(?<![\w$]){DOLLAR}|(?P<open>['"]|(?<![\w$]){TAG})
            |(?P<meta>(?<=\s)\\[A-Za-z!?])|.|\Z)""".replace("\n            ", ""),
            re.DOTALL,
        )
    return re.compile(
        rf"""[^-/'"`\[;]*(?:(?P<end>;)|(?P<comment>--[^\n]*|/\*.*?(?:\*/|\Z))|{STRING}|{QUOTED}|`[^`]*`|\[[^\]]*\]"""
        r"""|(?P<open>['"`\[])|.|\Z)""",
        re.DOTALL,
    )


_LEAD = {
    "postgres": re.compile(
        rf"\s*(?:(?P<comment>--[^\n]*|{FLAT_COMMENT})|(?P<nested>/\*)|(?P<empty>;)|(?P<line>\\))?"
    ),
    "sqlite": re.compile(
        r"\s*(?:(?P<comment>--[^\n]*|/\*(?s:.*?)(?:\*/|\Z))|(?P<empty>;)|(?P<line>(?:^|(?<=\n))\.(?=[a-z])))?"
    ),
}
_SAME_LINE = re.compile(r"[ \t]*(--[^\n]*|/\*[^\n]*?\*/)")
_COPY = re.compile(r"\bFROM\s+STDIN\b", re.IGNORECASE)
_COPY_END = re.compile(r"^\\\.[ \t\r]*(?:\n|\Z)", re.MULTILINE)
_LINE_END = re.compile(r"\n|\Z")
_RULE = re.compile(r"CREATE\s+(?:OR\s+REPLACE\s+)?RULE\b", re.IGNORECASE)
_ROUTINE = re.compile(r"CREATE\s+(?:OR\s+REPLACE\s+)?(?:FUNCTION|PROCEDURE)\b", re.IGNORECASE)
_TRIGGER = re.compile(r"CREATE\s+(?:TEMP\s+|TEMPORARY\s+)?TRIGGER\b", re.IGNORECASE)

_OPEN = {"'": "string", '"': "quoted identifier", "`": "quoted identifier", "[": "quoted identifier"}


@dataclass(slots=True)
class _Progress:
    """How far the inside of a statement with semicolons of its own has been read."""

    at: int
    depth: int = 0
    last: tuple[str, str] = ("", "")
    words: list[str] = field(default_factory=list)


class _Splitter:
    """The position in one text."""

    def __init__(self, source: Source, dialect: str, stop: int) -> None:
        self.source, self.text, self.dialect, self.stop = source, source.text, dialect, stop
        self.body = _body(dialect)
        self.lead = _LEAD["postgres" if dialect == "postgres" else "sqlite"]
        self.comments: list[Comment] = []
        self.problem: str | None = None

    def statements(self, at: int) -> Iterator[Statement]:
        waiting: Statement | None = None
        while True:
            self.comments, self.problem = [], None
            at = self.begin(at)
            if at >= self.stop and self.problem is None:
                break
            if waiting:
                yield waiting
            waiting, at = self.statement(at)
        if waiting:
            yield self.with_comments(waiting)

    def with_comments(self, last: Statement) -> Statement:
        """The last statement, with the comments that stand behind it."""
        if not self.comments:
            return last
        comments = (*last.comments, *self.comments)
        return Statement(self.source, last.start, last.end, last.kind, comments, last.problem)

    def begin(self, at: int) -> int:
        """Pass blanks, comments and empty statements; where the next statement begins."""
        while True:
            found = self.lead.match(self.text, at, self.stop)
            kind = found.lastgroup if found else None
            if found is None or kind is None:
                return found.end() if found else at
            start = found.start(kind)
            if kind == "line":
                return start
            at = found.end()
            if kind == "comment":
                self.comment(start, at)
            elif kind == "nested":
                at = self.nested(start)
                if at < 0:
                    return start

    def comment(self, start: int, end: int) -> None:
        text = self.text[start:end]
        inner = text[2:] if text.startswith("--") else text[2 : -2 if text.endswith("*/") else None]
        self.comments.append(Comment(inner.strip(), start, end))

    def nested(self, start: int) -> int:
        """Pass a comment that holds comments; -1 where it never ends."""
        end = comment_end(self.text, start, self.stop)
        if end < 0:
            self.problem = "a comment begins here that is never closed"
        else:
            self.comment(start, end)
        return end

    def statement(self, start: int) -> tuple[Statement, int]:
        """The statement that begins at `start`, and where to go on."""
        if self.problem is not None:
            return self.cut(start, self.stop), self.stop
        if self.text[start] == "\\" or (self.text[start] == "." and self.dialect != "postgres"):
            return self.line(start)
        end, after = self.find_end(start)
        kind = StatementKind.SQL
        if self.text[start : start + 4].upper() == "COPY" and _COPY.search(self.text, start, end):
            kind, after = StatementKind.COPY_DATA, self.data(after)
        else:
            after = self.same_line(after)
        return self.cut(start, end, kind), after

    def line(self, start: int) -> tuple[Statement, int]:
        """A command of the client: the rest of the line."""
        found = _LINE_END.search(self.text, start, self.stop)
        end = found.start() if found else self.stop
        return self.cut(start, end, StatementKind.CLIENT_COMMAND), end

    def data(self, at: int) -> int:
        """Pass the data of COPY, which begin on the next line, with their end mark."""
        found = _LINE_END.search(self.text, at, self.stop)
        first = found.end() if found else self.stop
        mark = _COPY_END.search(self.text, first, self.stop)
        if mark is None:
            self.problem = "the data of COPY … FROM stdin have no end: a line with \\. is missing"
        return mark.end() if mark else self.stop

    def same_line(self, at: int) -> int:
        """Take the comments that stand on the terminator's own line."""
        while found := _SAME_LINE.match(self.text, at, self.stop):
            at = found.end()
            self.comment(found.start(1), at)
        return at

    def cut(self, start: int, end: int, kind: StatementKind = StatementKind.SQL) -> Statement:
        """The statement, without the blanks and comments in front of its terminator."""
        text, lowest = self.text, start
        end = start + len(text[start:end].rstrip())
        for comment in reversed(self.comments):
            if comment.end == end and comment.start > lowest:
                end = start + len(text[start : comment.start].rstrip())
        return Statement(self.source, start, end, kind, tuple(self.comments), self.problem)

    def find_end(self, start: int) -> tuple[int, int]:
        """Where the statement ends and where to go on behind its terminator."""
        at, inside, holds = start, _Progress(start), self.holds_semicolons(start)
        while at >= 0:
            at, ended = self.run(at, inside, holds)
            if ended:
                return ended
        return self.stop, self.stop

    def run(
        self, at: int, inside: _Progress, holds: Callable[[str, _Progress], bool] | None
    ) -> tuple[int, tuple[int, int] | None]:
        """Go on to the end of the statement, or to a nested comment and behind it."""
        for found in self.body.finditer(self.text, at, self.stop):
            kind = found.lastgroup
            if kind is None or kind == "tag":
                continue
            start, end = found.span(kind)
            if kind == "comment":
                self.comment(start, end)
            elif kind == "end":
                if holds is None or not holds(self.text[inside.at : end], inside):
                    return -1, (start, end)
                inside.at = end
            elif kind == "meta":
                return -1, (start, start)
            elif kind == "nested":
                return self.nested(start), None
            else:
                what = _OPEN.get(self.text[start], "dollar-quoted string")
                line, column = self.source.position(start)
                self.problem = f"a {what} begins at {line}:{column} that is never closed"
                break
        return -1, None

    def holds_semicolons(self, start: int) -> Callable[[str, _Progress], bool] | None:
        """The test of whether a semicolon is an inner one, for the statements that have inner ones."""
        if self.dialect != "postgres":
            return self.in_trigger if _TRIGGER.match(self.text, start) else None
        if _RULE.match(self.text, start):
            return self.in_rule
        return self.in_atomic if _ROUTINE.match(self.text, start) else None

    def in_rule(self, text: str, inside: _Progress) -> bool:
        for token in tokenize(text, self.dialect):
            inside.depth += (token.upper == "(") - (token.upper == ")")
        return inside.depth > 0

    def in_atomic(self, text: str, inside: _Progress) -> bool:
        before = ""
        for token in tokenize(text, self.dialect):
            word = token.upper
            if inside.depth:
                inside.depth += (word == "CASE") - (word == "END")
            elif word == "ATOMIC" and before == "BEGIN":
                inside.depth = 1
            before = word
        return inside.depth > 0

    def in_trigger(self, text: str, inside: _Progress) -> bool:
        for token in tokenize(text, self.dialect):
            ended = token.upper == ";" and inside.last == (";", "END")
            inside.last = (inside.last[1], token.upper)
            if ended:
                return False
        return True
