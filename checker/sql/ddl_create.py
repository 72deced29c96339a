"""CREATE of everything that is no table and no index, on PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable

from checker.sql.cursor import Cursor
from checker.sql.ddl_alter import read_sequence_option
from checker.sql.ddl_columns import ColumnDraft, read_column, read_column_constraints
from checker.sql.ddl_drop import read_kind
from checker.sql.ddl_table import read_query
from checker.sql.nodes import (
    ColumnNode,
    CreateDomain,
    CreateExtension,
    CreatePolicy,
    CreateSequence,
    CreateType,
    CreateView,
    Name,
    Utility,
)
from checker.sql.types import read_type
from checker.sqltype import SqlType


def read_create_view(
    c: Cursor, first: int, *, temporary: bool = False, or_replace: bool = False, materialized: bool = False
) -> CreateView:
    """What follows CREATE … VIEW."""
    if_not_exists = c.accept("IF", "NOT", "EXISTS")
    name = c.name()
    columns = c.idents() if c.at("(") else ()
    _view_options(c)
    c.expect("AS")
    query = read_query(c)
    c.end()
    return CreateView(name, query, columns, materialized, or_replace, if_not_exists, temporary, c.span(first))


def _view_options(c: Cursor) -> None:
    while option := c.accept_any(("WITH", "USING", "TABLESPACE")):
        if option == "WITH":
            c.skip_parens()
        else:
            c.ident()


def read_create_sequence(c: Cursor, first: int, temporary: bool = False) -> CreateSequence:
    """What follows CREATE … SEQUENCE."""
    if_not_exists = c.accept("IF", "NOT", "EXISTS")
    name = c.name()
    type_: SqlType | None = None
    owner: Name | None = None
    while not c.done:
        if c.accept("AS"):
            type_ = read_type(c)
        elif c.accept("OWNED", "BY"):
            owner = None if c.accept("NONE") else c.name()
        else:
            read_sequence_option(c)
    return CreateSequence(name, type_, if_not_exists, temporary, owner, c.span(first))


def read_create_type(c: Cursor, first: int) -> CreateType:
    """What follows CREATE TYPE."""
    name = c.name()
    if c.done:
        return CreateType(name, "shell", at=c.span(first))
    if c.at("("):
        c.skip_parens()
        c.end()
        return CreateType(name, "base", at=c.span(first))
    c.expect("AS")
    if c.accept("ENUM"):
        return _enum(c, name, first)
    if c.accept("RANGE"):
        c.skip_parens()
        c.end()
        return CreateType(name, "range", at=c.span(first))
    columns = _attributes(c)
    c.end()
    return CreateType(name, "composite", columns=columns, at=c.span(first))


def _enum(c: Cursor, name: Name, first: int) -> CreateType:
    labels = () if c.accept("(", ")") else c.parens(c.string)
    c.end()
    return CreateType(name, "enum", labels, at=c.span(first))


def _attributes(c: Cursor) -> tuple[ColumnNode, ...]:
    return () if c.accept("(", ")") else c.parens(lambda: read_column(c))


def read_create_domain(c: Cursor, first: int) -> CreateDomain:
    """What follows CREATE DOMAIN; its constraints are read as a column's."""
    name = c.name()
    c.accept("AS")
    base = read_type(c)
    draft = ColumnDraft("")
    read_column_constraints(c, draft)
    c.end()
    checks = tuple(node for node in draft.constraints if node.kind == "check")
    return CreateDomain(name, base, draft.nullable is not False, draft.default, checks, c.span(first))


def read_create_extension(c: Cursor, first: int) -> CreateExtension:
    """What follows CREATE EXTENSION."""
    if_not_exists = c.accept("IF", "NOT", "EXISTS")
    name = c.ident()
    c.accept("WITH")
    schema, cascade = None, False
    while not c.done:
        if c.accept("SCHEMA"):
            schema = c.ident()
        elif c.accept("CASCADE"):
            cascade = True
        elif c.accept_any(("VERSION", "FROM")) is None:
            raise c.unexpected("SCHEMA, VERSION or CASCADE")
        elif c.is_string:
            c.string()
        else:
            c.label()
    return CreateExtension(name, if_not_exists, schema, cascade, c.span(first))


def read_create_policy(c: Cursor, first: int) -> CreatePolicy:
    """What follows CREATE POLICY; `expr` is USING, or WITH CHECK where that stands alone."""
    name = c.ident()
    c.expect("ON")
    table = c.name()
    if c.accept("AS"):
        c.label()
    if c.accept("FOR"):
        c.label()
    if c.accept("TO"):
        c.many(c.label)
    start = c.i
    expr = None
    while not c.done:
        if not c.accept("USING"):
            c.expect("WITH", "CHECK")
        c.skip_parens()
    if c.i > start:
        expr = c.expr(start)
    return CreatePolicy(name, table, expr, c.span(first))


def read_create_other(c: Cursor, first: int, words: str = "create") -> Utility:
    """CREATE ROLE, PUBLICATION, CAST, RULE …: what the catalog does not keep. Only the head is read."""
    kind = read_kind(c)
    if kind is None:
        raise c.unexpected("a kind of object")
    reader = _HEADS.get(kind)
    words = f"{words} {kind}"
    names = reader(c) if reader else ()
    c.rest()
    return Utility(words, at=c.span(first), names=names)


def _rule(c: Cursor) -> tuple[Name, ...]:
    """CREATE RULE r AS ON event TO table: the table must exist."""
    c.skip_to(("TO",))
    c.expect("TO")
    return (c.name(),)


def _statistics(c: Cursor) -> tuple[Name, ...]:
    c.skip_to(("FROM",))
    c.expect("FROM")
    return (c.name(),)


def _event_trigger(c: Cursor) -> tuple[Name, ...]:
    """The function that it calls."""
    c.skip_to(("EXECUTE",))
    c.expect("EXECUTE")
    if not c.accept_any(("FUNCTION", "PROCEDURE")):
        raise c.unexpected("FUNCTION")
    return (c.name(),)


_HEADS: dict[str, Callable[[Cursor], tuple[Name, ...]]] = {
    "rule": _rule, "statistics": _statistics, "event trigger": _event_trigger,
}  # fmt: skip
