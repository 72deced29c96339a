"""One statement to one node: the entry to the grammar. It never raises."""

from __future__ import annotations

from checker.sql.body import read_do
from checker.sql.client import read_command
from checker.sql.cursor import Cursor, Malformed, Unexpected
from checker.sql.ddl import read_postgres
from checker.sql.ddl_sqlite import read_sqlite
from checker.sql.dml import read_dml
from checker.sql.fault import (
    KNOWN_BEFORE,
    find_data_fault,
    find_too_deep,
    find_unknown_statement,
    is_template,
)
from checker.sql.named import named
from checker.sql.nodes import Invalid, Node, Unreadable, Utility
from checker.sql.tokens import Token, tokenize
from checker.statement import Statement, StatementKind


def read(statement: Statement, dialect: str) -> Node:
    """What the statement says. Every failure is an `Unreadable` with the reason and the names it saw.

    Offsets in the node are offsets in `statement.source`.
    """
    at = (statement.start, statement.end)
    if statement.kind is StatementKind.CLIENT_COMMAND:
        return read_command(statement, dialect)
    tokens = tokenize(statement.text, dialect, statement.start)
    if statement.problem is not None:
        return Unreadable(statement.problem, named(tokens, dialect), at)
    return read_tokens(statement.source.text, tokens, dialect, at)


def read_tokens(source: str, tokens: list[Token], dialect: str, at: tuple[int, int]) -> Node:
    """What these tokens of `source` say."""
    try:
        return _read(Cursor(source, tokens, dialect), at)
    except Unexpected as error:
        if error.certain and dialect in KNOWN_BEFORE and not is_template(source[slice(*at)]):
            return Invalid(str(error), error.at, KNOWN_BEFORE[dialect])
        return Unreadable(str(error), named(tokens, dialect), error.at)
    except Malformed as error:
        return Invalid(str(error), error.at, error.until)
    except IndexError:  # a reader looked at the word behind the last one
        return Unreadable("the statement ends too early", named(tokens, dialect), at)
    except RecursionError:
        return Unreadable("nested too deeply to be read", named(tokens, dialect), at)


def _read(c: Cursor, at: tuple[int, int]) -> Node:
    if c.done:
        return Utility("", at=at)
    if (fault := find_too_deep(c.tokens, c.dialect)) is not None:
        raise fault
    if c.dialect != "sqlite" and c.accept("DO"):
        return read_do(c, read_tokens)
    if c.at("EXPLAIN"):
        return _explain(c, at)
    node = read_sqlite(c) if c.dialect == "sqlite" else read_postgres(c)
    if node is None:
        return _read_data(c, at)
    c.end()
    return node


def _explain(c: Cursor, at: tuple[int, int]) -> Node:
    """EXPLAIN runs its statement where ANALYZE is said."""
    c.expect("EXPLAIN")
    start = c.i
    if c.at("("):
        c.skip_parens()
    while c.accept_any(("ANALYZE", "ANALYSE", "VERBOSE", "QUERY", "PLAN")):
        pass
    if "ANALYZE" in c.words[start : c.i]:
        return read_tokens(c.source, c.tokens[c.i : -1], c.dialect, at)
    return Utility("explain", at=at)


def _read_data(c: Cursor, at: tuple[int, int]) -> Node:
    tokens = c.tokens[:-1]
    fault = find_unknown_statement(tokens, c.dialect) or find_data_fault(tokens)
    if fault is not None:
        raise fault
    node = read_dml(c.source, tokens, c.dialect)
    if node is not None:
        return node
    return Unreadable(f"not a statement that is known: {c.token.text[:40]}", named(tokens, c.dialect), at)
