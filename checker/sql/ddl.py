"""The DDL of PostgreSQL: from the first keywords of a statement to the reader of its form."""

from __future__ import annotations

from collections.abc import Callable

from checker.sql.cursor import Cursor
from checker.sql.ddl_alter import read_alter_sequence, read_alter_table
from checker.sql.ddl_alter_object import read_alter_object
from checker.sql.ddl_create import (
    read_create_domain,
    read_create_extension,
    read_create_other,
    read_create_policy,
    read_create_sequence,
    read_create_type,
    read_create_view,
)
from checker.sql.ddl_drop import read_drop, read_truncate
from checker.sql.ddl_index import read_create_index
from checker.sql.ddl_routine import read_create_aggregate, read_create_function, read_create_trigger
from checker.sql.ddl_table import read_create_table
from checker.sql.ddl_utility import UTILITIES
from checker.sql.nodes import CreateSchema, Node, ObjectKind, Utility

Reader = Callable[[Cursor, int], Node]


def read_postgres(c: Cursor) -> Node | None:
    """The node of a statement that is no query and no data statement; None for those. Raises Unexpected."""
    reader = READERS.get(c.word)
    if reader is None:
        return None
    first = c.i
    c.i += 1
    return reader(c, first)


def _create(c: Cursor, first: int) -> Node:
    or_replace = c.accept("OR", "REPLACE")
    temporary = _scope(c)
    word = c.word
    c.i += not c.done
    match word:
        case "TABLE":
            return read_create_table(c, first, temporary)
        case "VIEW":
            return read_create_view(c, first, temporary=temporary, or_replace=or_replace)
        case "FUNCTION" | "PROCEDURE":
            return read_create_function(c, first, word == "PROCEDURE", or_replace)
        case "TRIGGER":
            return read_create_trigger(c, first, or_replace)
        case "SEQUENCE":
            return read_create_sequence(c, first, temporary)
        case "AGGREGATE":
            return read_create_aggregate(c, first, or_replace)
    reader = _CREATE.get(word)
    if reader is not None:
        return reader(c, first)
    c.i -= 1
    return _create_by_words(c, first, temporary, or_replace)


def _scope(c: Cursor) -> bool:
    """Pass TEMP, UNLOGGED and what stands before them; True for a temporary object."""
    c.accept_any(("GLOBAL", "LOCAL"))
    if c.accept("UNLOGGED"):
        return False
    return c.accept_any(("TEMP", "TEMPORARY")) is not None


def _create_by_words(c: Cursor, first: int, temporary: bool, or_replace: bool) -> Node:
    """The forms of more than one keyword."""
    if c.accept("UNIQUE", "INDEX"):
        return read_create_index(c, first, unique=True)
    if c.accept("MATERIALIZED", "VIEW") or c.accept("UNLOGGED", "MATERIALIZED", "VIEW"):
        return read_create_view(c, first, materialized=True)
    if c.accept("RECURSIVE", "VIEW"):
        return read_create_view(c, first, temporary=temporary, or_replace=or_replace)
    if c.accept("CONSTRAINT", "TRIGGER"):
        return read_create_trigger(c, first, or_replace)
    if c.accept("FOREIGN", "TABLE"):
        return read_create_table(c, first, foreign=True)
    if c.accept("TRUSTED"):
        c.accept("PROCEDURAL")
    return read_create_other(c, first)


def _create_index(c: Cursor, first: int) -> Node:
    return read_create_index(c, first, unique=False)


def _create_schema(c: Cursor, first: int) -> Node:
    """CREATE SCHEMA: AUTHORIZATION alone names the schema after the role; elements are read one by one."""
    if_not_exists = c.accept("IF", "NOT", "EXISTS")
    name = None if c.at("AUTHORIZATION") else c.ident()
    if c.accept("AUTHORIZATION"):
        role = c.label()
        name = name or role
    elements = tuple(_elements(c))
    return CreateSchema(name or "", if_not_exists, elements, c.span(first))


def _elements(c: Cursor) -> list[Node]:
    found: list[Node] = []
    while not c.done:
        if c.word not in ("CREATE", "GRANT"):
            raise c.unexpected("an element of the schema")
        start = c.i
        c.i += 1
        c.skip_to(("CREATE", "GRANT"))
        inner = Cursor(c.source, c.tokens[start : c.i], c.dialect)
        node = read_postgres(inner)
        if node is not None:
            found.append(node)
    return found


_CREATE: dict[str, Reader] = {
    "INDEX": _create_index, "TYPE": read_create_type, "DOMAIN": read_create_domain, "SCHEMA": _create_schema,
    "EXTENSION": read_create_extension, "POLICY": read_create_policy,
}  # fmt: skip


_RELATIONS: tuple[tuple[tuple[str, ...], ObjectKind], ...] = (
    (("TABLE",), "table"), (("INDEX",), "index"), (("VIEW",), "view"),
    (("MATERIALIZED", "VIEW"), "materialized view"), (("FOREIGN", "TABLE"), "foreign table"),
)  # fmt: skip


def _alter(c: Cursor, first: int) -> Node:
    if c.accept("SEQUENCE"):
        return read_alter_sequence(c, first)
    for words, kind in _RELATIONS:
        if c.accept(*words):
            if c.accept("ALL", "IN", "TABLESPACE"):
                c.rest()
                return Utility("alter all in tablespace", at=c.span(first))
            return read_alter_table(c, first, kind)
    return read_alter_object(c, first)


READERS: dict[str, Reader] = {
    **UTILITIES, "CREATE": _create, "ALTER": _alter, "DROP": read_drop, "TRUNCATE": read_truncate,
}  # fmt: skip
"""By the first word of a statement."""
