"""Queries: what they read, what they call, and what they return.

`references` is a scan over tokens: it finds every relation of a statement however deep or long it is.
Which columns belong to which relation, and what a view returns, needs the query's structure: that is
sqlglot's parser, imported only when such a question comes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from checker.sql.nodes import Name
from checker.sql.tokens import Token, identifier
from checker.values import dataclass

WORDS = frozenset(
    "ALL AND ANY ARRAY AS ASC ASYMMETRIC AUTHORIZATION BETWEEN BOTH CASE CAST COLLATE CURRENT_CATALOG CURRENT_DATE"
    " CURRENT_ROLE CURRENT_SCHEMA CURRENT_TIME CURRENT_TIMESTAMP CURRENT_USER DEFAULT DESC DISTINCT ELSE END ESCAPE"
    " EXISTS FALSE FOR FROM GLOB GROUP ILIKE IN INTERVAL IS ISNULL LEADING LIKE LOCALTIME LOCALTIMESTAMP MATCH NOT"
    " NOTNULL NULL ON OR ORDER OVERLAPS PLACING REGEXP SELECT SESSION_USER SIMILAR SOME SYMMETRIC THEN TO TRAILING TRUE"
    " UNION USER USING VARIADIC WHEN WHERE WITH".split()
)
"""Words that no bare column is called where an expression can stand."""

_NAMED = frozenset(("word", "quoted"))
_NO_CALL = WORDS | frozenset(
    "CONFLICT CUBE EXCEPT FILTER GROUPING HAVING INTERSECT INTO JOIN KEY LATERAL LIMIT MATERIALIZED OFFSET OVER PARTITION"
    " RETURNING ROLLUP SET SETS VALUES WITHIN".split()
)
_ENDS_SOURCES = frozenset(
    "WHERE GROUP HAVING ORDER LIMIT OFFSET UNION EXCEPT INTERSECT SET RETURNING VALUES SELECT WINDOW FETCH FOR WHEN DO"
    " DEFAULT".split()
)
_NOT_ALIAS = _ENDS_SOURCES | frozenset(
    "ON JOIN INNER LEFT RIGHT FULL CROSS NATURAL OUTER USING FROM TABLESAMPLE WITH INDEXED NOT OVERRIDING AS".split()
)
_QUERIES = frozenset(("SELECT", "DELETE", "UPDATE", "MERGE", "INSERT", "REPLACE"))


@dataclass(frozen=True, slots=True)
class References:
    """What a query names: `relations` without those of its own WITH; `calls` in lower case.

    `aliases` are the names under which its relations go inside it.
    """

    relations: tuple[Name, ...] = ()
    calls: frozenset[str] = frozenset()
    aliases: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Mention:
    """One place where a relation is named as a source; `aliased` says that a name for it stands behind."""

    name: Name
    aliased: bool


@dataclass(slots=True)
class _Level:
    """One depth of parentheses: what kind of statement runs in it and what may come next."""

    kind: str = ""
    in_sources: bool = False
    expecting: bool = False
    cte: str | None = None


def references(tokens: Sequence[Token], dialect: str) -> References:
    """Every relation and function that the tokens of a query or of a data statement name."""
    scan = _Scan(tokens, dialect)
    scan.run()
    return References(tuple(scan.relations), frozenset(scan.calls), frozenset(scan.aliases))


def mentions(tokens: Sequence[Token], dialect: str) -> tuple[Mention, ...]:
    """Every place where the tokens name a relation, in order; `Name.at` is where."""
    scan = _Scan(tokens, dialect)
    scan.run()
    return tuple(scan.mentions)


class _Scan:
    """One pass over tokens with a stack of levels; no recursion, so depth costs nothing."""

    def __init__(self, tokens: Sequence[Token], dialect: str) -> None:
        self.tokens, self.dialect = tokens, dialect
        self.words = [token.upper for token in tokens]
        self.levels = [_Level()]
        self.relations: dict[Name, None] = {}
        self.mentions: list[Mention] = []
        self.calls: set[str] = set()
        self.aliases: set[str] = set()
        self.ctes: set[str] = set()
        self.has_with = "WITH" in self.words
        self.recursive = False

    def word(self, at: int) -> str:
        return self.words[at] if 0 <= at < len(self.words) else ""

    def is_name(self, at: int) -> bool:
        return 0 <= at < len(self.tokens) and self.tokens[at].kind in _NAMED

    def run(self) -> None:
        at, total = 0, len(self.tokens)
        while at < total:
            word = self.words[at]
            handler = _HANDLERS.get(word)
            if handler is not None:
                at = handler(self, at)
            elif self.tokens[at].kind in _NAMED:
                at = self.named(at)
            else:
                at += 1

    @property
    def level(self) -> _Level:
        return self.levels[-1]

    def open(self, at: int) -> int:
        outer = self.level
        inner = _Level(cte=self.defines(at))
        if outer.expecting and self.is_name(at + 1) and self.word(at + 1) not in ("SELECT", "WITH", "VALUES"):
            inner.kind, inner.in_sources, inner.expecting = outer.kind, True, True
        if inner.cte and self.recursive:
            self.ctes.add(inner.cte)
        outer.expecting = False
        self.levels.append(inner)
        return at + 1

    def defines(self, at: int) -> str | None:
        """The name that WITH gives to the query whose parenthesis opens at `at`."""
        back = at - 1
        while self.word(back) in ("MATERIALIZED", "NOT"):
            back -= 1
        if self.word(back) != "AS":
            return None
        back -= 1
        if self.word(back) == ")":
            while back >= 0 and self.words[back] != "(":
                back -= 1
            back -= 1
        return identifier(self.tokens[back], self.dialect) if self.is_name(back) else None

    def close(self, at: int) -> int:
        if len(self.levels) > 1:
            ended = self.levels.pop()
            if ended.cte:
                self.ctes.add(ended.cte)
                self.calls.discard(ended.cte)
        return at + 1

    def comma(self, at: int) -> int:
        self.level.expecting = self.level.in_sources
        return at + 1

    def query(self, at: int) -> int:
        """SELECT, INSERT, UPDATE …: a statement begins on this level."""
        word, before = self.words[at], self.word(at - 1)
        level = self.level
        if word == "REPLACE" and self.word(at + 1) != "INTO":
            return self.named(at)
        if word in ("UPDATE", "DELETE", "INSERT") and before in ("FOR", "DO", "ON", "THEN", "KEY"):
            level.in_sources = level.expecting = False
            return at + 1
        level.kind = word
        level.in_sources = level.expecting = word == "UPDATE"
        return at + (3 if self.word(at + 1) == "OR" else 1)

    def sources(self, at: int) -> int:
        """FROM, JOIN, USING, INTO: a relation may come next."""
        word, level = self.words[at], self.level
        starts = {
            "FROM": bool(level.kind)
            and not (self.word(at - 1) == "DISTINCT" and self.word(at - 2) in ("IS", "NOT")),
            "JOIN": True,
            "USING": level.kind in ("DELETE", "MERGE") and not level.cte and self.word(at + 1) != "(",
            "INTO": level.kind in ("INSERT", "MERGE", "REPLACE"),
        }[word]
        if word == "USING" and level.kind == "MERGE" and self.word(at + 1) == "(":
            starts = True
        if starts:
            level.in_sources = word != "INTO"
            level.expecting = True
        return at + 1

    def ends(self, at: int) -> int:
        self.level.in_sources = self.level.expecting = False
        return at + 1

    def with_(self, at: int) -> int:
        self.recursive = self.recursive or self.word(at + 1) == "RECURSIVE"
        return at + 1

    def table(self, at: int) -> int:
        """`TABLE t` as a query of its own."""
        if self.word(at - 1) in ("", "(", "UNION", "ALL", "EXCEPT", "INTERSECT", "AS"):
            self.level.expecting = True
        return at + 1

    def skip(self, at: int) -> int:
        return at + 1

    def named(self, at: int) -> int:
        """A name: a relation where one is expected, a call where a parenthesis follows."""
        first, parts = at, []
        while self.is_name(at):
            parts.append(identifier(self.tokens[at], self.dialect))
            if self.word(at + 1) != ".":
                break
            at += 2
        following = self.word(at + 1)
        level = self.level
        is_call = following == "(" and level.kind not in ("INSERT", "REPLACE")
        if level.expecting and not is_call:
            return self.relation(first, at, tuple(parts))
        if (
            following == "("
            and parts
            and self.words[first] not in _NO_CALL
            and not self.lists_columns(at + 1)
        ):
            self.calls.add(".".join(parts).lower())
        if level.expecting:
            level.expecting = False
            return self.alias(at + 1)
        return max(at, first) + 1

    def lists_columns(self, at: int) -> bool:
        """True for the parenthesis of `WITH x (a, b) AS (`."""
        if not self.has_with:
            return False
        while at < len(self.words) and self.words[at] != ")":
            at += 1
        return self.word(at + 1) == "AS" and self.word(at + 2) in ("(", "MATERIALIZED", "NOT")

    def relation(self, first: int, last: int, parts: tuple[str, ...]) -> int:
        level = self.level
        level.expecting = False
        if not parts or (self.word(last + 1) == "FROM" and self.word(last) == "ROWS"):
            return last + 1
        self.aliases.add(parts[-1])
        after = self.alias(last + 1)
        if len(parts) > 1 or parts[0] not in self.ctes:
            end = self.tokens[min(last, len(self.tokens) - 1)].end  # a dot without a name behind it
            name = Name(parts, (self.tokens[first].start, end))
            self.relations.setdefault(name)
            self.mentions.append(Mention(name, after > last + 1))
        return after

    def alias(self, at: int) -> int:
        """Pass `[*] [AS] alias [(columns)]` behind a relation."""
        if self.word(at) == "*":
            at += 1
        if self.word(at) == "AS":
            at += 1
        if not self.is_name(at) or self.word(at) in _NOT_ALIAS:
            return at
        self.aliases.add(identifier(self.tokens[at], self.dialect))
        return at + 1


_HANDLERS: dict[str, Callable[[_Scan, int], int]] = {
    "(": _Scan.open,
    ")": _Scan.close,
    ",": _Scan.comma,
    "WITH": _Scan.with_,
    "TABLE": _Scan.table,
    **dict.fromkeys(_ENDS_SOURCES, _Scan.ends),
    **dict.fromkeys(_QUERIES, _Scan.query),
    **dict.fromkeys(("FROM", "JOIN", "USING", "INTO"), _Scan.sources),
    **dict.fromkeys(("ONLY", "LATERAL", "RECURSIVE"), _Scan.skip),
}
