"""CREATE INDEX of both dialects."""

from __future__ import annotations

from checker.sql.cursor import Cursor, Malformed
from checker.sql.ddl_columns import read_nulls
from checker.sql.nodes import CreateIndex, IndexKeyNode, Name

_AFTER_KEY = frozenset(("COLLATE", "ASC", "DESC", "NULLS"))


def read_create_index(c: Cursor, first: int, unique: bool) -> CreateIndex:
    """What follows CREATE [UNIQUE] INDEX."""
    concurrently = c.accept("CONCURRENTLY")
    if_not_exists = c.accept("IF", "NOT", "EXISTS")
    name = None if c.at("ON") and not if_not_exists else _name(c)
    c.expect("ON")
    only = c.accept("ONLY")
    table = c.name()
    method = c.ident() if c.accept("USING") else "btree"
    keys = c.parens(lambda: _key(c))
    include = c.idents() if c.accept("INCLUDE") else ()
    distinct = read_nulls(c)
    if c.accept("WITH"):
        c.skip_parens()
    if c.accept("TABLESPACE"):
        c.ident()
    where = c.expr_to() if c.accept("WHERE") else None
    c.end()
    return CreateIndex(
        name, table, keys, unique, concurrently, if_not_exists, only, method, include, where, distinct,
        c.span(first),
    )  # fmt: skip


def _name(c: Cursor) -> Name:
    """PostgreSQL puts an index into its table's schema and takes no other."""
    if c.dialect == "sqlite":
        return c.name()
    first = c.i
    name = c.ident()
    if c.at("."):
        raise Malformed('syntax error at or near "."', (c.token.start, c.token.end))
    return Name((name,), c.span(first))


def _key(c: Cursor) -> IndexKeyNode:
    """A column or an expression, then COLLATE, operator class with its options, order.

    SQLite takes a word in double quotes for a string where it is no column: it is given as both.
    """
    column, expression = None, None
    following = c.tokens[c.i + 1]
    if c.is_name and (following.upper in _AFTER_COLUMN or following.kind in ("word", "quoted")):
        first = c.i
        column = c.ident()
        expression = (
            c.expr(first) if c.source[c.tokens[first].start] == '"' and c.dialect == "sqlite" else None
        )
    else:
        first = c.i
        _pass_expression(c)
        expression = c.expr(first)
    collation = c.name().last if c.accept("COLLATE") else None
    opclass = None
    if c.is_name and c.word not in _AFTER_KEY:
        opclass = str(c.name())
        if c.at("("):
            c.skip_parens()
    descending = c.accept_any(("ASC", "DESC")) == "DESC"
    if c.accept("NULLS") and not c.accept_any(("FIRST", "LAST")):
        raise c.unexpected("FIRST or LAST")
    return IndexKeyNode(column, expression, descending, opclass, collation)


_AFTER_COLUMN = frozenset((",", ")"))


def _pass_expression(c: Cursor) -> None:
    """PostgreSQL wants parentheses or a function call here, SQLite any expression."""
    if c.dialect == "sqlite":
        c.skip_to(_AFTER_KEY, commas=False)
    elif c.at("("):
        c.skip_parens()
    else:
        while not c.at("("):
            c.label()
            c.accept(".")
        c.skip_parens()
