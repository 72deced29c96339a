"""SQL for remedies: names of any kind quoted so that what is printed can be pasted and does what it says."""

from __future__ import annotations

import re
import shlex

from checker.catalog import Column, QName

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
    '''One identifier, in double quotes unless every server reads it the same without.

    >>> quoted("users"), quoted("User"), quoted("order"), quoted('a"b')
    ('users', '"User"', '"order"', '"a""b"')
    '''
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
    return "-- " + " ".join("".join(char if char.isprintable() else " " for char in text).split())


def script(*lines: str) -> str:
    """The lines of a remedy, empty ones left out."""
    return "\n".join(line for line in lines if line)


def backup(table: QName, *, postgres: bool) -> str:
    """The comment that says how to keep a table's rows before they go.

    >>> backup(QName("public", "users"), postgres=True)
    "-- run a backup first: pg_dump --table='public.users' --file=users.sql"
    """
    if not table.name.isprintable() or not table.schema.isprintable():
        return comment("run a backup of the whole database first")
    if not postgres:
        return comment("run a backup first: sqlite3 DATABASE '.backup before.db'")
    pattern = qualified(table)
    chosen = shlex.quote(pattern) if shlex.quote(pattern) != pattern else f"'{pattern}'"
    file = re.sub(r"[^A-Za-z0-9_]+", "_", table.name) + ".sql"
    return f"-- run a backup first: pg_dump --table={chosen} --file={file}"


def column_definition(column: Column, *, nullable: bool) -> str:
    """A column as ADD COLUMN takes it, without its constraints and default."""
    return f"{quoted(column.name)} {column_type(column)}" + ("" if nullable else " NOT NULL")


def column_type(column: Column) -> str:
    """The column's type as SQL; types with a schema of their own are quoted like any name."""
    kind = column.type
    if kind.schema is None:
        return str(kind)
    modifiers = f"({','.join(map(str, kind.args))})" if kind.args else ""
    return f"{quoted(kind.schema)}.{quoted(kind.name)}{modifiers}" + ("[]" if kind.array else "")
