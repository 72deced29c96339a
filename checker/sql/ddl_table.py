"""CREATE TABLE of PostgreSQL: ordinary, foreign, partition, typed, and AS query."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from checker.catalog import Expr
from checker.sql.cursor import Cursor
from checker.sql.ddl_columns import (
    at_table_constraint,
    read_column,
    read_table_constraint,
    read_typeless_column,
)
from checker.sql.expression import expr
from checker.sql.nodes import ColumnNode, ConstraintNode, CreateTable, LikeNode, Name
from checker.sql.tokens import Token


@dataclass(slots=True)
class Elements:
    """What stands between the parentheses of CREATE TABLE."""

    columns: list[ColumnNode] = field(default_factory=list)
    constraints: list[ConstraintNode] = field(default_factory=list)
    likes: list[LikeNode] = field(default_factory=list)


def read_create_table(c: Cursor, first: int, temporary: bool = False, foreign: bool = False) -> CreateTable:
    """What follows CREATE … TABLE; `first` is the index of the statement's first token."""
    if_not_exists = c.accept("IF", "NOT", "EXISTS")
    name = c.name()
    partition_of = c.name() if c.accept("PARTITION", "OF") else None
    of_type = c.name() if c.accept("OF") else None
    if partition_of is None and of_type is None and _is_query(c):
        return _as_query(c, first, name, if_not_exists, temporary)
    elements = Elements()
    if c.at("("):
        typeless = partition_of is not None or of_type is not None
        elements = read_elements(c, read_typeless_column if typeless else read_column)
    elif partition_of is None and of_type is None:
        raise c.unexpected("(")
    if partition_of is not None:
        read_bounds(c)
    inherits = c.parens(c.name) if c.accept("INHERITS") else ()
    partition_by = _partition_by(c)
    _table_options(c)
    c.end()
    return CreateTable(
        name, tuple(elements.columns), tuple(elements.constraints), tuple(elements.likes), if_not_exists,
        temporary, inherits, partition_of, partition_by, foreign, of_type=of_type, at=c.span(first),
    )  # fmt: skip


def read_elements(c: Cursor, column: Callable[[Cursor], ColumnNode]) -> Elements:
    """`(column, constraint, LIKE other, …)`, possibly empty."""
    found = Elements()
    c.expect("(")
    if c.accept(")"):
        return found
    while True:
        if c.at("LIKE"):
            found.likes.append(_like(c))
        elif at_table_constraint(c):
            found.constraints.append(read_table_constraint(c))
        else:
            found.columns.append(column(c))
        if not c.accept(","):
            break
    c.expect(")")
    return found


def _like(c: Cursor) -> LikeNode:
    c.expect("LIKE")
    source = c.name()
    return LikeNode(source, frozenset(_including(c)))


_LIKE_OPTIONS = frozenset(
    (
        "comments",
        "compression",
        "constraints",
        "defaults",
        "generated",
        "identity",
        "indexes",
        "statistics",
        "storage",
    )
)


def _including(c: Cursor) -> set[str]:
    """The options in force: ALL less what is excluded after it is written out option by option."""
    chosen: set[str] = set()
    while action := c.accept_any(("INCLUDING", "EXCLUDING")):
        option = c.label().lower()
        options = {"all", *_LIKE_OPTIONS} if option == "all" else {option}
        if action == "INCLUDING":
            chosen |= options
        else:
            chosen -= options | {"all"}
    return {"all"} if "all" in chosen else chosen


def _is_query(c: Cursor) -> bool:
    """Where AS query comes, with names of columns and options before it or not."""
    if c.word in ("AS", "USING", "WITH", "ON", "TABLESPACE"):
        return True
    if c.word != "(":
        return False
    i = c.i + 1
    while c.tokens[i].kind in ("word", "quoted") and c.words[i + 1] == ",":
        i += 2
    return c.words[i + 1] == ")" and c.words[i + 2] in ("AS", "USING", "WITH", "ON", "TABLESPACE")


def _as_query(c: Cursor, first: int, name: Name, if_not_exists: bool, temporary: bool) -> CreateTable:
    columns = c.idents() if c.at("(") else ()
    _table_options(c)
    c.expect("AS")
    query = read_query(c)
    c.end()
    return CreateTable(
        name,
        if_not_exists=if_not_exists,
        temporary=temporary,
        query=query,
        query_columns=columns,
        at=c.span(first),
    )


def read_query(c: Cursor) -> Expr:
    """A query up to the end, without WITH [NO] DATA and WITH … CHECK OPTION."""
    first = c.i
    c.rest()
    for words in _AFTER_QUERY:
        if tuple(c.words[c.i - len(words) : c.i]) == words:
            c.i -= len(words)
            break
    query = c.query(first)
    c.rest()
    return query


_AFTER_QUERY = (
    ("WITH", "NO", "DATA"), ("WITH", "DATA"), ("WITH", "CASCADED", "CHECK", "OPTION"),
    ("WITH", "LOCAL", "CHECK", "OPTION"), ("WITH", "CHECK", "OPTION"),
)  # fmt: skip


def read_bounds(c: Cursor) -> None:
    """`DEFAULT` or `FOR VALUES …` of a partition."""
    if c.accept("DEFAULT"):
        return
    c.expect("FOR", "VALUES")
    if c.accept("IN") or c.accept("WITH"):
        c.skip_parens()
        return
    c.expect("FROM")
    c.skip_parens()
    c.expect("TO")
    c.skip_parens()


def _partition_by(c: Cursor) -> Expr | None:
    if not c.accept("PARTITION", "BY"):
        return None
    first = c.i
    c.label()
    c.skip_parens()
    return expr(c.source, list(_without_classes(c.tokens[first : c.i])), c.dialect)


def _without_classes(tokens: list[Token]) -> Iterator[Token]:
    """`RANGE (a text_ops)` without the operator classes, which are no columns."""
    names = ("word", "quoted")
    for before, token, after in zip([None, *tokens], tokens, [*tokens[1:], None], strict=False):
        beside = before and (before.kind in names or before.upper == ")") and before.upper != "COLLATE"
        if not (beside and token.kind in names and after and after.upper in (",", ")")):
            yield token


_OPTION_WORDS = frozenset(("USING", "TABLESPACE", "SERVER", "WITH", "OPTIONS", "WITHOUT", "ON"))


def _table_options(c: Cursor) -> None:
    """USING, WITH, WITHOUT OIDS, ON COMMIT, TABLESPACE, SERVER and OPTIONS, in whatever order."""
    while c.word in _OPTION_WORDS:
        if c.accept("WITHOUT", "OIDS"):
            continue
        option = c.accept_any(("USING", "TABLESPACE", "SERVER", "WITH", "OPTIONS"))
        if option in ("WITH", "OPTIONS"):
            c.skip_parens()
        elif option:
            c.ident()
        else:
            c.expect("ON", "COMMIT")
            if not (c.accept("DROP") or c.accept("DELETE", "ROWS") or c.accept("PRESERVE", "ROWS")):
                raise c.unexpected("DROP, DELETE ROWS or PRESERVE ROWS")
