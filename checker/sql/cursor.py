"""A cursor over the tokens of one statement: what every reader of DDL is written with.

`words` is what a grammar compares: bare words in upper case, operators as they stand, and the empty
string for everything quoted, for numbers and for the end. So `"set"` and `'set'` never pass for SET.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import TypeVar

from checker.catalog import Expr, QName
from checker.sql.ddl_expression import find_fault
from checker.sql.ddl_words import KIND_WORDS, NOT_A_NAME
from checker.sql.expression import expr
from checker.sql.nodes import At, Name
from checker.sql.query import references
from checker.sql.tokens import Token, identifier, literal

T = TypeVar("T")

_DEPTH = {"(": 1, "[": 1, ")": -1, "]": -1}
_NONE: frozenset[str] = frozenset()


# Where everything that may stand there is known, so that another word is no SQL of this server
_CLOSED = frozenset(
    ("the end of the statement", "a kind of object", "an action of ALTER TABLE", "INTO", "DELETE FROM", "SET")
)


def meant(word: str, known: Collection[str]) -> str:
    """`; did you mean TABLE?` for a word that is nearly one of those that are known, else nothing.

    >>> meant("TABEL", ["TABLE", "INDEX"])
    '; did you mean TABLE?'
    """
    from difflib import get_close_matches  # only where a word is wrong

    close = get_close_matches(word, known, 1, 0.7)
    return f"; did you mean {close[0]}?" if close else ""


class Unexpected(Exception):
    """The statement does not go on as the grammar says; `at` is where, in source offsets.

    `certain` says that no other reading is left: the server's grammar takes no such statement either.
    """

    def __init__(self, reason: str, at: At, certain: bool = False) -> None:
        super().__init__(reason)
        self.at, self.certain = at, certain


class Malformed(Exception):
    """The server's own grammar refuses the statement: what it says. `until` is the version that takes it."""

    def __init__(self, message: str, at: At, until: tuple[int, ...] | None = None) -> None:
        super().__init__(message)
        self.at, self.until = at, until


class Cursor:
    """A position in the tokens of one statement; every offset it gives is one of the source."""

    __slots__ = ("_end", "_not_names", "dialect", "i", "source", "tokens", "words")

    def __init__(self, source: str, tokens: list[Token], dialect: str, end: int | None = None) -> None:
        last = tokens[-1].end if tokens else (end or 0)
        self.source, self.dialect, self.i = source, dialect, 0
        self._end = len(tokens)
        self._not_names = NOT_A_NAME.get(dialect, NOT_A_NAME["sqlite"])
        self.tokens = [*tokens, Token("op", "", "", last, last)]
        self.words = [token.upper for token in self.tokens]

    # Looking

    @property
    def word(self) -> str:
        """The word at the cursor; empty for what is quoted, for numbers and at the end."""
        return self.words[self.i]

    @property
    def token(self) -> Token:
        """The token at the cursor."""
        return self.tokens[self.i]

    @property
    def done(self) -> bool:
        """True at the end of the statement."""
        return self.i >= self._end

    @property
    def is_string(self) -> bool:
        """True at a string literal."""
        return self.tokens[self.i].kind == "string"

    @property
    def is_name(self) -> bool:
        """True where an identifier can be read here."""
        kind = self.tokens[self.i].kind
        if kind == "word":
            return self.words[self.i] not in self._not_names
        return kind == "quoted" or (kind == "string" and self.dialect == "sqlite")

    def at(self, *words: str) -> bool:
        """True where exactly these words come next."""
        i = self.i
        return self.words[i : i + len(words)] == list(words)

    def accept(self, word: str, *more: str) -> bool:
        """Pass these words if all of them come next."""
        i = self.i
        if self.words[i] != word:
            return False
        if more and self.words[i + 1 : i + 1 + len(more)] != list(more):
            return False
        self.i = i + 1 + len(more)
        return True

    def accept_any(self, words: Collection[str]) -> str | None:
        """Pass one word if it is one of these; that word."""
        word = self.words[self.i]
        if word and word in words:
            self.i += 1
            return word
        return None

    def expect(self, word: str, *more: str) -> None:
        """Pass these words, or say that they were expected."""
        if not self.accept(word, *more):
            raise self.unexpected(" ".join((word, *more)))

    def unexpected(self, expected: str) -> Unexpected:
        """The error to raise here: what was expected near what."""
        token = self.tokens[self.i]
        at, certain = (token.start, token.end), self._rules_out(expected)
        if self.done:
            return Unexpected(f"expected {expected} at the end of the statement", at, certain)
        near = token.text if len(token.text) <= 40 else token.text[:37] + "..."
        hint = meant(token.upper, KIND_WORDS) if expected == "a kind of object" else ""
        return Unexpected(f"expected {expected} near {near}{hint}", at, certain)

    def _rules_out(self, expected: str) -> bool:
        """True where the token cannot stand here in any statement: the rest are forms that the grammar may lack."""
        token = self.tokens[self.i]
        if self.done:
            return True
        if expected in ("a name", "a column or a constraint"):
            return token.upper in (")", ",") or token.upper in self._not_names
        return expected in _CLOSED

    # Names and literals

    def ident(self) -> str:
        """One identifier, folded as the server folds it."""
        token = self.tokens[self.i]
        if token.kind == "word":
            if token.upper in self._not_names:
                raise self.unexpected("a name")
        elif token.kind != "quoted" and (token.kind != "string" or self.dialect != "sqlite"):
            raise self.unexpected("a name")
        self.i += 1
        return identifier(token, self.dialect)

    def label(self) -> str:
        """One identifier where reserved words are names too (behind a dot, a role, an option)."""
        token = self.tokens[self.i]
        if token.kind != "word" and token.kind != "quoted":
            return self.ident()
        self.i += 1
        return identifier(token, self.dialect)

    def name(self) -> Name:
        """A possibly qualified name."""
        first = self.i
        parts = [self.ident()]
        while self.words[self.i] == ".":
            self.i += 1
            parts.append(self.label())
        return Name(tuple(parts), self.span(first))

    def names(self) -> tuple[Name, ...]:
        """Names with commas between them."""
        return self.many(self.name)

    def idents(self) -> tuple[str, ...]:
        """`(a, b)`."""
        return self.parens(self.ident)

    def string(self) -> str:
        """The value of a string literal."""
        token = self.tokens[self.i]
        if token.kind != "string":
            raise self.unexpected("a string")
        self.i += 1
        value = literal(token)
        while self.tokens[self.i].kind == "string" and "\n" in self.source[token.end : self.start()]:
            token = self.tokens[self.i]
            value += literal(token)
            self.i += 1
        return value

    # Lists

    def many(self, read: Callable[[], T]) -> tuple[T, ...]:
        """One or more, with commas between them."""
        found = [read()]
        while self.words[self.i] == ",":
            self.i += 1
            found.append(read())
        return tuple(found)

    def parens(self, read: Callable[[], T]) -> tuple[T, ...]:
        """One or more in parentheses, with commas between them."""
        self.expect("(")
        found = self.many(read)
        self.expect(")")
        return found

    # Slices

    def start(self) -> int:
        """The source offset of the token at the cursor."""
        return self.tokens[self.i].start

    def span(self, first: int) -> At:
        """From the token with that index up to the cursor, in source offsets."""
        return (self.tokens[first].start, self.tokens[max(self.i - 1, first)].end)

    def slice(self, first: int) -> str:
        """The source text from the token with that index up to the cursor."""
        start, end = self.span(first)
        return self.source[start:end]

    def skip_parens(self) -> None:
        """Pass a balanced `(…)`."""
        self.expect("(")
        self.skip_to(_NONE)
        self.expect(")")

    def skip_to(self, stops: Collection[str], commas: bool = True) -> None:
        """Pass what comes up to one of the words, a closing parenthesis or the end, on this level.

        `commas` is True where a comma belongs to what is passed.
        """
        depth, words, i = 0, self.words, self.i
        while i < self._end:
            word = words[i]
            step = _DEPTH.get(word)
            if step is not None:
                if depth + step < 0:
                    break
                depth += step
            elif not depth and (word in stops or (word == "," and not commas)):
                break
            i += 1
        self.i = i
        if depth:
            raise self.unexpected(")")

    def rest(self) -> None:
        """Pass everything up to the end of the statement."""
        self.i = self._end

    def expr(self, first: int) -> Expr:
        """The expression from the token with that index up to the cursor."""
        if self.i <= first:
            raise self.unexpected("an expression")
        fault = find_fault(self.tokens[first : self.i])
        if fault is not None:
            raise Unexpected(f"syntax error near {fault.text[:40]}", (fault.start, fault.end))
        return expr(self.source, self.tokens[first : self.i], self.dialect)

    def query(self, first: int) -> Expr:
        """The query from the token with that index up to the cursor; `uses` are the relations that it names."""
        if self.i <= first:
            raise self.unexpected("a query")
        named = references(self.tokens[first : self.i], self.dialect).relations
        uses = (QName(name.parts[-2] if len(name.parts) > 1 else "", name.last) for name in named)
        return Expr(self.slice(first), uses=frozenset(uses))

    def expr_to(self, stops: Collection[str] = _NONE) -> Expr:
        """An expression up to a comma, a closing parenthesis, one of the words or the end."""
        first = self.i
        self.skip_to(stops, commas=False)
        return self.expr(first)

    def expr_in_parens(self) -> Expr:
        """The expression inside `(…)`."""
        self.expect("(")
        first = self.i
        self.skip_to(_NONE)
        found = self.expr(first)
        self.expect(")")
        return found

    def end(self) -> None:
        """Make sure that the statement ends here."""
        if not self.done:
            raise self.unexpected("the end of the statement")

    def words_between(self, first: int) -> str:
        """The bare words from the token with that index up to the cursor, in lower case."""
        return " ".join(filter(str.isidentifier, self.words[first : self.i])).lower()

    def rest_words(self) -> Sequence[str]:
        """The words from the cursor on."""
        return self.words[self.i :]
