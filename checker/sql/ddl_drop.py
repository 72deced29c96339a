"""DROP of every kind, and TRUNCATE."""

from __future__ import annotations

from collections.abc import Callable

from checker.sql.cursor import Cursor
from checker.sql.ddl_alter import behavior
from checker.sql.nodes import Drop, Name, ObjectKind, Signature, Truncate
from checker.sql.types import read_type
from checker.sqltype import SqlType

KINDS: tuple[tuple[tuple[str, ...], ObjectKind], ...] = (
    (("TABLE",), "table"),
    (("INDEX",), "index"),
    (("VIEW",), "view"),
    (("MATERIALIZED", "VIEW"), "materialized view"),
    (("FOREIGN", "TABLE"), "foreign table"),
    (("FOREIGN", "DATA", "WRAPPER"), "foreign data wrapper"),
    (("SEQUENCE",), "sequence"),
    (("SCHEMA",), "schema"),
    (("TYPE",), "type"),
    (("DOMAIN",), "domain"),
    (("FUNCTION",), "function"),
    (("PROCEDURE",), "procedure"),
    (("ROUTINE",), "routine"),
    (("AGGREGATE",), "aggregate"),
    (("TRIGGER",), "trigger"),
    (("POLICY",), "policy"),
    (("RULE",), "rule"),
    (("EXTENSION",), "extension"),
    (("EVENT", "TRIGGER"), "event trigger"),
    (("COLLATION",), "collation"),
    (("DEFAULT", "CONVERSION"), "conversion"),
    (("CONVERSION",), "conversion"),
    (("STATISTICS",), "statistics"),
    (("PUBLICATION",), "publication"),
    (("SUBSCRIPTION",), "subscription"),
    (("SERVER",), "server"),
    (("USER", "MAPPING"), "user mapping"),
    (("ROLE",), "role"),
    (("USER",), "role"),
    (("GROUP",), "role"),
    (("DATABASE",), "database"),
    (("TABLESPACE",), "tablespace"),
    (("LANGUAGE",), "language"),
    (("PROCEDURAL", "LANGUAGE"), "language"),
    (("ACCESS", "METHOD"), "access method"),
    (("TEXT", "SEARCH", "CONFIGURATION"), "text search"),
    (("TEXT", "SEARCH", "DICTIONARY"), "text search"),
    (("TEXT", "SEARCH", "PARSER"), "text search"),
    (("TEXT", "SEARCH", "TEMPLATE"), "text search"),
    (("OPERATOR", "CLASS"), "operator class"),
    (("OPERATOR", "FAMILY"), "operator family"),
    (("OPERATOR",), "operator"),
    (("CAST",), "cast"),
    (("TRANSFORM",), "transform"),
    (("OWNED", "BY"), "owned"),
)
"""The words that name a kind of object, the longer ones first."""

_BY_FIRST: dict[str, list[tuple[tuple[str, ...], ObjectKind]]] = {}
for _words, _kind in KINDS:
    _BY_FIRST.setdefault(_words[0], []).append((_words, _kind))


def read_kind(c: Cursor) -> ObjectKind | None:
    """Pass the words of a kind of object; None where there is none."""
    for words, kind in _BY_FIRST.get(c.word, ()):
        if c.accept(*words):
            return kind
    return None


def read_drop(c: Cursor, first: int) -> Drop:
    """What follows DROP."""
    kind = read_kind(c)
    if kind is None:
        raise c.unexpected("a kind of object")
    concurrently = kind == "index" and c.accept("CONCURRENTLY")
    if_exists = c.accept("IF", "EXISTS")
    drop = _READERS.get(kind, _plain)(c, kind, if_exists, concurrently, first)
    c.end()
    return drop


def _plain(c: Cursor, kind: ObjectKind, if_exists: bool, concurrently: bool, first: int) -> Drop:
    names = c.names()
    cascade = behavior(c)
    if kind == "database" and (c.accept("WITH") or c.at("(")):
        c.skip_parens()
    return Drop(kind, names, if_exists, cascade, concurrently, at=c.span(first))


def _on_table(c: Cursor, kind: ObjectKind, if_exists: bool, concurrently: bool, first: int) -> Drop:
    """DROP TRIGGER, POLICY and RULE … ON table."""
    name = c.name()
    c.expect("ON")
    table = c.name()
    return Drop(kind, (name,), if_exists, behavior(c), table=table, at=c.span(first))


def _routine(c: Cursor, kind: ObjectKind, if_exists: bool, concurrently: bool, first: int) -> Drop:
    signatures = c.many(lambda: read_signature(c))
    names = tuple(signature.name for signature in signatures)
    return Drop(kind, names, if_exists, behavior(c), signatures=signatures, at=c.span(first))


def _member(c: Cursor, kind: ObjectKind, if_exists: bool, concurrently: bool, first: int) -> Drop:
    """OPERATOR CLASS name USING method, CAST (a AS b), OPERATOR =(a, b) …: no relation is concerned."""
    is_operator = kind == "operator" and c.words[c.i + 1] == "."
    names = (c.name(),) if c.is_name and not is_operator else ()
    c.skip_to(("CASCADE", "RESTRICT"))
    return Drop(kind, names, if_exists, behavior(c), at=c.span(first))


def _user_mapping(c: Cursor, kind: ObjectKind, if_exists: bool, concurrently: bool, first: int) -> Drop:
    c.expect("FOR")
    c.label()
    c.expect("SERVER")
    return Drop(kind, (c.name(),), if_exists, at=c.span(first))


def _roles(c: Cursor, kind: ObjectKind, if_exists: bool, concurrently: bool, first: int) -> Drop:
    names = c.many(lambda: Name((c.label(),)))
    return Drop(kind, names, if_exists, behavior(c), at=c.span(first))


_READERS: dict[ObjectKind, Callable[[Cursor, ObjectKind, bool, bool, int], Drop]] = {
    "trigger": _on_table, "policy": _on_table, "rule": _on_table,
    "function": _routine, "procedure": _routine, "routine": _routine, "aggregate": _routine,
    "operator": _member, "operator class": _member, "operator family": _member, "cast": _member,
    "transform": _member, "user mapping": _user_mapping, "role": _roles, "owned": _roles,
}  # fmt: skip


# Signatures


def read_signature(c: Cursor) -> Signature:
    """`name` or `name(types of the input arguments)`; names, modes and defaults are passed over."""
    name = c.name()
    return Signature(name, read_arguments(c) if c.at("(") else None)


def read_arguments(c: Cursor) -> tuple[SqlType, ...]:
    """The types of the input arguments between parentheses; `*` and ORDER BY are those of aggregates."""
    return read_parameters(c)[0]


def read_parameters(c: Cursor) -> tuple[tuple[SqlType, ...], tuple[str, ...]]:
    """The types of the input arguments, and the names of all."""
    c.expect("(")
    types: list[SqlType] = []
    names: list[str] = []
    c.accept("*")
    c.accept("ORDER", "BY")
    while not c.accept(")"):
        mode, name, argument = _argument(c)
        if mode not in ("OUT", "TABLE"):
            types.append(argument)
        names += [name] if name else []
        if not c.accept(",") and not c.accept("ORDER", "BY") and not c.at(")"):
            raise c.unexpected(")")
    return tuple(types), tuple(names)


_MODES = frozenset(("IN", "OUT", "INOUT", "VARIADIC"))


def _argument(c: Cursor) -> tuple[str, str, SqlType]:
    mode, name = c.accept_any(_MODES) or "", ""
    if _names_an_argument(c):
        name = c.label()
        mode = mode or c.accept_any(_MODES) or ""
    type_ = read_type(c)
    if c.accept("DEFAULT") or c.accept("=") or c.accept(":="):
        c.skip_to(("ORDER",), commas=False)
    return mode, name, type_


_TYPE_HEADS = frozenset(
    "DOUBLE CHARACTER CHAR NATIONAL NCHAR BIT TIME TIMESTAMP INTERVAL INT INTEGER SMALLINT BIGINT REAL FLOAT DECIMAL"
    " DEC NUMERIC BOOLEAN VARCHAR SETOF".split()
)


def _names_an_argument(c: Cursor) -> bool:
    """True where a name stands before the type: two words of which the first begins no type of two words."""
    following = c.tokens[c.i + 1]
    if following.kind not in ("word", "quoted") or following.upper in ("DEFAULT", "ORDER"):
        return False
    if c.word in _TYPE_HEADS:
        return False
    return not (following.upper == "ARRAY" and c.words[c.i + 2] in (",", ")", "[", "DEFAULT"))


def read_truncate(c: Cursor, first: int) -> Truncate:
    """What follows TRUNCATE."""
    c.accept("TABLE")
    only = c.at("ONLY")

    def table() -> Name:
        c.accept("ONLY")
        name = c.name()
        c.accept("*")
        return name

    tables = c.many(table)
    restart = c.at("RESTART")
    if c.accept_any(("RESTART", "CONTINUE")):
        c.expect("IDENTITY")
    cascade = behavior(c)
    c.end()
    return Truncate(tables, cascade, only, restart, c.span(first))
