"""One statement to one node: the entry to the grammar. It never raises."""

from __future__ import annotations

from checker.sql.cursor import Cursor, Unexpected
from checker.sql.ddl import read_postgres
from checker.sql.ddl_sqlite import read_sqlite
from checker.sql.nodes import Name, Node, Unreadable, Utility
from checker.sql.query import references
from checker.sql.tokens import Token, identifier, tokenize
from checker.statement import Statement, StatementKind


def read(statement: Statement, dialect: str) -> Node:
    """What the statement says. Every failure is an `Unreadable` with the reason and the names it saw.

    Offsets in the node are offsets in `statement.source`.
    """
    at = (statement.start, statement.end)
    if statement.kind is StatementKind.CLIENT_COMMAND:
        return Utility(statement.text.split(None, 1)[0].lower(), at=at)
    tokens = tokenize(statement.text, dialect, statement.start)
    if statement.problem is not None:
        return Unreadable(statement.problem, named(tokens, dialect), at)
    return read_tokens(statement.source.text, tokens, dialect, at)


def read_tokens(source: str, tokens: list[Token], dialect: str, at: tuple[int, int]) -> Node:
    """What these tokens of `source` say."""
    try:
        return _read(Cursor(source, tokens, dialect), at)
    except Unexpected as error:
        return Unreadable(str(error), named(tokens, dialect), error.at)
    except RecursionError:
        return Unreadable("nested too deeply to be read", named(tokens, dialect), at)


def _read(c: Cursor, at: tuple[int, int]) -> Node:
    if c.done:
        return Utility("", at=at)
    node = read_sqlite(c) if c.dialect == "sqlite" else read_postgres(c)
    if node is None:
        return _read_data(c, at)
    c.end()
    return node


def _read_data(c: Cursor, at: tuple[int, int]) -> Node:
    return Unreadable(
        f"not a statement that is known: {c.token.text[:40]}", named(c.tokens[:-1], c.dialect), at
    )


_BEFORE_RELATION = frozenset(
    ("TABLE", "ONLY", "VIEW", "ON", "INTO", "UPDATE", "FROM", "JOIN", "REFERENCES", "EXISTS")
)


def named(tokens: list[Token], dialect: str) -> tuple[Name, ...]:
    """The relations that a statement seems to name, whatever else it says: what may be touched."""
    found = dict.fromkeys(references(tokens, dialect).relations)
    if not tokens or tokens[0].upper in _DATA:
        return tuple(found)
    for i, token in enumerate(tokens[:-1]):
        if token.upper in _BEFORE_RELATION and tokens[i + 1].kind in ("word", "quoted"):
            name = _name_at(tokens, i + 1, dialect)
            if tokens[i + 1].upper not in _NO_RELATION:
                found.setdefault(name)
    return tuple(found)


_DATA = frozenset(("SELECT", "WITH", "INSERT", "UPDATE", "DELETE", "MERGE", "REPLACE", "VALUES"))
_NO_RELATION = frozenset(
    "IF NOT EXISTS ONLY TABLE DELETE UPDATE CONFLICT SELECT CASCADE SET NULL CONSTRAINT COMMIT ALL LATERAL".split()
)


def _name_at(tokens: list[Token], i: int, dialect: str) -> Name:
    first, parts = i, [identifier(tokens[i], dialect)]
    while i + 2 < len(tokens) and tokens[i + 1].upper == "." and tokens[i + 2].kind in ("word", "quoted"):
        i += 2
        parts.append(identifier(tokens[i], dialect))
    return Name(tuple(parts), (tokens[first].start, tokens[i].end))
