"""Names, types and constants of any kind spelled so that what is printed can be pasted and does what it says."""

from __future__ import annotations

import re

from checker.catalog import Catalog, QName
from checker.sqltype import SqlType

_PLAIN = re.compile(r"[a-z_][a-z0-9_]*", re.ASCII)


# Reserved in PostgreSQL 18 (reserved, and reserved except as function or type) or in SQLite.
_RESERVED = frozenset(
    """
    abort action add after all alter always analyse analyze and any array as asc asymmetric attach authorization
    autoincrement before begin between binary both by cascade case cast check collate collation column commit
    concurrently conflict constraint create cross current current_catalog current_date current_role
    current_schema current_time current_timestamp current_user database default deferrable deferred delete desc
    detach distinct do drop each else end escape except exclude exclusive exists explain fail false fetch filter
    first following for foreign freeze from full generated glob grant group groups having if ignore ilike
    immediate in index indexed initially inner insert instead intersect into is isnull join key last lateral
    leading left like limit localtime localtimestamp match materialized natural no not nothing notnull null nulls
    of offset on only or order others outer over overlaps partition placing plan pragma preceding primary query
    raise range recursive references regexp reindex release rename replace restrict returning right rollback row
    rows savepoint select session_user set similar some symmetric system_user table tablesample temp temporary
    then ties to trailing transaction trigger true unbounded union unique update user using vacuum values
    variadic verbose view virtual when where window with without
    """.split()
)


def quoted(name: str) -> str:
    """One identifier, in double quotes unless every server reads it the same without.

    >>> quoted("users"), quoted("User"), quoted("order")
    ('users', '"User"', '"order"')
    """
    if _PLAIN.fullmatch(name) and name not in _RESERVED:
        return name
    doubled = name.replace('"', '""')
    return f'"{doubled}"'


def qualified(name: QName) -> str:
    """The full name of a relation or a type.

    >>> qualified(QName("public", "Order items"))
    'public."Order items"'
    """
    return f"{quoted(name.schema)}.{quoted(name.name)}"


def names(columns: tuple[str, ...] | list[str]) -> str:
    """Columns as a list.

    >>> names(("id", "Name"))
    'id, "Name"'
    """
    return ", ".join(quoted(column) for column in columns)


def literal(text: str) -> str:
    """A string constant; a backslash needs the E form, which only PostgreSQL has.

    >>> literal("it's")
    "'it''s'"
    """
    return "'" + text.replace("'", "''") + "'"


def comment(text: str) -> str:
    r"""A line comment: whatever the text holds, it stays one line and one comment.

    >>> comment("first\nDROP TABLE users;")
    '-- first DROP TABLE users;'
    """
    if not text.isprintable():
        text = "".join(char if char.isprintable() else " " for char in text)
    return "-- " + " ".join(text.split())


def script(*lines: str) -> str:
    """The lines of a remedy, empty ones left out."""
    return "\n".join(line for line in lines if line)


def statement(text: str) -> str:
    """A statement of the migration, with its terminator; a comment at its end must not swallow that."""
    return f"{text}\n;" if "--" in text.rpartition("\n")[2] else f"{text};"


def in_parens(text: str) -> str:
    """An expression in parentheses; a comment at its end must not swallow the closing one."""
    return f"({text}\n)" if "--" in text.rpartition("\n")[2] else f"({text})"


def spelled(kind: SqlType) -> str:
    """A type as SQL; one with a schema of its own is quoted like any name.

    >>> spelled(SqlType("Mood", schema="public", array=True))
    'public."Mood"[]'
    """
    if kind.schema is None:
        return str(kind)
    modifiers = f"({','.join(map(str, kind.args))})" if kind.args else ""
    return f"{quoted(kind.schema)}.{quoted(kind.name)}{modifiers}" + ("[]" if kind.array else "")


def zero(kind: SqlType) -> str | None:
    """A neutral constant of a type, None where there is none: something to put a better value in the place of.

    >>> zero(SqlType("character varying", args=(20,))), zero(SqlType("bigint")), zero(SqlType("point"))
    ("''", '0', None)
    """
    if kind.array:
        return "'{}'"
    return None if kind.schema else _ZEROS.get(kind.name.lower())


_ZEROS = {
    **dict.fromkeys(("text", "character varying", "character", "bytea", "citext", "varchar"), "''"),
    **dict.fromkeys(("smallint", "integer", "bigint", "numeric", "real", "double precision", "int"), "0"),
    **dict.fromkeys(("json", "jsonb"), "'{}'"),
    "boolean": "false",
    "uuid": "'00000000-0000-0000-0000-000000000000'",
    "date": "current_date",
    "timestamp with time zone": "now()",
    "timestamp without time zone": "now()",
    "datetime": "'1970-01-01 00:00:00'",
    "interval": "'0'",
}


def neutral(kind: SqlType, catalog: Catalog) -> str | None:
    """A neutral constant of a type; an enum's first label where the catalog shows the enum."""
    enum = catalog.enum(QName(kind.schema, kind.name)) if kind.schema and not kind.array else None
    return literal(enum.labels[0]) if enum and enum.labels else zero(kind)


def cut(name: str, suffix: str) -> str:
    """The name with a suffix, within 63 bytes."""
    return name.encode()[: 63 - len(suffix)].decode(errors="ignore") + suffix


def in_dollars(body: str) -> str:
    """A function's body between dollar quotes that do not occur in it."""
    tag = "$sync$"
    while tag in body:
        tag = f"{tag[:-1]}_$"
    return f"{tag}{body}{tag}"
