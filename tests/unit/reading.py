"""Shared by the tests of the grammar: one SQL text to its node, and short ways to write nodes."""

from __future__ import annotations

from checker.catalog import Expr
from checker.sql.expression import parse_expr
from checker.sql.nodes import Invalid, Name, Node, Unreadable
from checker.sql.read import read
from checker.sqltype import SqlType
from checker.statement import Source, Statement


def pg(sql: str) -> Node:
    """The node of a PostgreSQL statement."""
    return read(Statement(Source("x.sql", sql), 0, len(sql)), "postgres")


def lite(sql: str) -> Node:
    """The node of an SQLite statement."""
    return read(Statement(Source("x.sql", sql), 0, len(sql)), "sqlite")


def n(*parts: str) -> Name:
    """A name of these parts."""
    return Name(parts)


def e(text: str, dialect: str = "postgres") -> Expr:
    """An expression as it is read from its text."""
    return parse_expr(text, dialect)


def t(name: str, *args: int | str, array: bool = False, schema: str | None = None) -> SqlType:
    """A type by its canonical name."""
    return SqlType(name, args, array, schema)


def refused(node: Node) -> str:
    """Why a statement was not understood, or is no SQL of that server; fails where it was understood."""
    assert isinstance(node, Unreadable | Invalid), node
    return node.reason if isinstance(node, Unreadable) else node.message
