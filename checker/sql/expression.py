"""Expressions, read from their tokens: the source slice, the columns, and what they depend on.

No tree is built: which words of an expression are columns, functions and types follows from their
neighbours, and nothing more is asked of a DEFAULT, a CHECK or an index key. So a megabyte of nested
parentheses costs as much per token as anything else.
"""

from __future__ import annotations

from collections.abc import Sequence

from checker.catalog import Expr, QName
from checker.sql.functions import STEADY, is_volatile
from checker.sql.query import WORDS, references
from checker.sql.tokens import Token, identifier, literal, tokenize
from checker.sqltype import BUILTIN_NAMES

_TYPES = frozenset(
    "bool boolean char varchar int int2 int4 int8 float float4 float8 decimal dec timestamp timestamptz time timetz"
    " double national nchar bit varbit numeric smallint bigint integer real json setof".split()
)
_TYPE_TAILS = frozenset(("VARYING", "PRECISION", "WITH", "WITHOUT", "TIME", "ZONE", "LOCAL"))
_WORDY = frozenset(("TIMESTAMP", "TIME", "DOUBLE", "CHARACTER", "CHAR", "NATIONAL", "BIT"))
"""The words with which types of several words begin."""
_SPECIAL_CALLS = frozenset("COALESCE NULLIF GREATEST LEAST EXTRACT OVERLAY POSITION SUBSTRING TRIM".split())
_AFTER_IS = frozenset(
    ("UNKNOWN", "DOCUMENT", "NORMALIZED", "NFC", "NFD", "NFKC", "NFKD", "JSON", "OBJECT", "SCALAR", "VALUE")
)
_FIELDS = frozenset(("YEAR", "MONTH", "DAY", "HOUR", "MINUTE", "SECOND", "TO"))
_BEHIND_CALLS = frozenset(("OVER", "FILTER"))
_SEQUENCE_CALLS = frozenset(("nextval", "currval", "setval"))
_NAMED = frozenset(("word", "quoted"))


def parse_expr(text: str, dialect: str) -> Expr:
    """The expression that a whole text is, as a server prints it (`nextval('s'::regclass)`)."""
    return expr(text, tokenize(text, dialect), dialect)


def expr(source: str, tokens: Sequence[Token], dialect: str) -> Expr:
    """The expression that these tokens of `source` make; empty tokens give an empty one.

    `uses` names relations, types and functions as written: the schema is "" where none was said,
    and functions of the server itself are left out.
    """
    if not tokens:
        return Expr("")
    text = source[tokens[0].start : tokens[-1].end]
    if len(tokens) == 1 and (tokens[0].kind in ("string", "number", "param") or tokens[0].upper in WORDS):
        return Expr(text, volatile=False)
    reader = _Reader(tokens, dialect)
    reader.read()
    volatile = True if True in reader.volatile else None if None in reader.volatile else False
    return Expr(text, frozenset(reader.columns), frozenset(reader.uses), volatile)


class _Reader:
    """One pass over the tokens of an expression, gathering what it depends on."""

    def __init__(self, tokens: Sequence[Token], dialect: str) -> None:
        self.tokens = tokens
        self.words = [token.upper for token in tokens]
        self.dialect = dialect
        self.columns: set[str] = set()
        self.uses: set[QName] = set()
        self.volatile: set[bool | None] = set()
        self.foreign: frozenset[str] = frozenset()

    def read(self) -> None:
        if "SELECT" in self.words or "TABLE" in self.words:
            inner = references(self.tokens, self.dialect)
            self.uses.update(_qname(name.parts) for name in inner.relations)
            self.foreign = inner.aliases
        at, total = 0, len(self.tokens)
        while at < total:
            at = self.step(at)

    def word(self, at: int) -> str:
        return self.words[at] if 0 <= at < len(self.words) else ""

    def step(self, at: int) -> int:
        """Read what stands at `at`; where to go on."""
        token, word = self.tokens[at], self.words[at]
        if token.kind == "op":
            return self.operator(at, word)
        if token.kind not in _NAMED:
            return at + 1
        if token.kind == "word" and (word in WORDS or (word in _SPECIAL_CALLS and self.word(at + 1) == "(")):
            return self.keyword(at, word)
        return self.name(at)

    def operator(self, at: int, word: str) -> int:
        if word == "::":
            return self.type(at + 1)
        if word == "." and at + 1 < len(self.tokens):
            return at + 2
        return at + 1

    def keyword(self, at: int, word: str) -> int:
        if word == "COLLATE":
            return self.chain(at + 1)[1]
        if word == "AS" and self.closes_cast(at):
            return self.type(at + 1)
        if word == "AS":
            at += 1 + (self.word(at + 1) == "NOT")
            return at + (self.word(at) == "MATERIALIZED")
        if word == "EXTRACT":
            return at + 3
        if word == "IS":
            at += 1
            while self.word(at) in _AFTER_IS or self.word(at) == "NOT":
                at += 1
            return at
        if word == "INTERVAL":
            return self.interval(at + 1)
        return at + 1

    def closes_cast(self, at: int) -> bool:
        """True where this AS belongs to the CAST whose parenthesis is open."""
        depth = 0
        for back in range(at - 1, -1, -1):
            if self.words[back] == ")":
                depth += 1
            elif self.words[back] == "(":
                if not depth:
                    return self.word(back - 1) in ("CAST", "TRY_CAST", "TREAT", "XMLSERIALIZE")
                depth -= 1
        return False

    def interval(self, at: int) -> int:
        if self.word(at) == "(":
            at += 3
        at += 1
        while self.word(at) in _FIELDS:
            at += 1
        return at

    def chain(self, at: int) -> tuple[tuple[str, ...], int]:
        """The names with dots between them from `at` on, and where to go on."""
        parts: list[str] = []
        while at < len(self.tokens) and (self.tokens[at].kind in _NAMED or self.word(at) == "*"):
            parts.append("*" if self.word(at) == "*" else identifier(self.tokens[at], self.dialect))
            if self.word(at + 1) != ".":
                return tuple(parts), at + 1
            at += 2
        return tuple(parts), max(at, 1)

    def name(self, at: int) -> int:
        if self.word(at) == "AT" and self.word(at + 1) in ("TIME", "LOCAL"):
            return at + (3 if self.word(at + 1) == "TIME" else 2)
        if self.word(at) in _WORDY and self.dialect == "postgres" and (after := self.literal_of_type(at)):
            return after
        parts, after = self.chain(at)
        following = self.word(after)
        if following == "(" and self.word(at) in _BEHIND_CALLS and self.word(at - 1) == ")":
            return after
        if following == "(" and parts:
            self.call(parts, after)
        elif after < len(self.tokens) and self.tokens[after].kind == "string" and self.dialect == "postgres":
            self.use_type(parts, self.tokens[at].kind == "word")
        elif following not in ("=>", ":=") and not self.belongs_elsewhere(parts):
            self.columns.add(parts[-1])
        return after

    def literal_of_type(self, at: int) -> int | None:
        """Where `TIMESTAMP (3) WITH TIME ZONE 'epoch'` ends; None where no literal stands behind the type."""
        after = self.type(at)
        is_literal = after < len(self.tokens) and self.tokens[after].kind == "string"
        return after + 1 if is_literal and self.tokens[at].kind == "word" else None

    def belongs_elsewhere(self, parts: tuple[str, ...]) -> bool:
        """True for a relation of a subquery, or a column of one."""
        return parts[-1] == "*" or not self.foreign.isdisjoint(parts[-2:])

    def call(self, parts: tuple[str, ...], at: int) -> None:
        """A function call whose parenthesis opens at `at`."""
        name, schema = parts[-1], parts[-2] if len(parts) > 1 else ""
        folded = name.lower()
        builtin = schema in ("", "pg_catalog")
        self.volatile.add(is_volatile(folded, builtin))
        if folded in _SEQUENCE_CALLS and at + 1 < len(self.tokens) and self.tokens[at + 1].kind == "string":
            self.uses.add(self.named_in(self.tokens[at + 1]))
        if not builtin or (folded not in STEADY and is_volatile(folded) is not True):
            self.uses.add(QName(schema, name))

    def named_in(self, token: Token) -> QName:
        """The relation whose name stands in a string: `'public."S"'`."""
        inner = tokenize(literal(token), self.dialect)
        return _qname(tuple(identifier(part, self.dialect) for part in inner if part.kind in _NAMED))

    def type(self, at: int) -> int:
        """Pass a type name with its tails, modifiers and brackets."""
        first = at
        if self.word(at) == "SETOF":
            at += 1
        parts, at = self.chain(at)
        if not parts:
            return first
        if parts[-1] in ("regclass",) and first > 1 and self.tokens[first - 2].kind == "string":
            self.uses.add(self.named_in(self.tokens[first - 2]))
        self.use_type(parts, self.tokens[first].kind == "word")
        while self.word(at) in _TYPE_TAILS and not (self.word(at) == "WITH" and self.word(at + 1) != "TIME"):
            at += 1
        if self.word(at) == "(" and self.tokens[first].kind == "word":
            while at < len(self.tokens) and self.words[at] != ")":
                at += 1
            at += 1
            while self.word(at) in _TYPE_TAILS:
                at += 1
        return at

    def use_type(self, parts: tuple[str, ...], bare: bool) -> None:
        if len(parts) == 1 and (parts[0] in BUILTIN_NAMES or (parts[0] in _TYPES and bare)):
            return
        if self.dialect == "postgres" and parts[0] != "pg_catalog":
            self.uses.add(_qname(parts))


def _qname(parts: Sequence[str]) -> QName:
    """A name with its schema, "" where none was said."""
    if not parts:
        return QName("", "")
    return QName(parts[-2] if len(parts) > 1 else "", parts[-1])
