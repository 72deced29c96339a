"""How to keep what a statement takes away: comments, for a backup is no SQL."""

from __future__ import annotations

import re

from checker.catalog import QName
from checker.spelling import comment, qualified, quoted


def backup(table: QName, *, postgres: bool) -> str:
    """The comment that says how to keep a table's rows before they go.

    >>> backup(QName("public", "users"), postgres=True)
    "-- run a backup first: pg_dump --table='public.users' --file=users.sql"
    """
    if not table.name.isprintable() or not table.schema.isprintable():
        return comment("run a backup of the whole database first")
    if not postgres:
        return comment("run a backup first: sqlite3 DATABASE '.backup before.db'")
    file = re.sub(r"[^A-Za-z0-9_]+", "_", table.name) + ".sql"
    return f"-- run a backup first: pg_dump --table={_shell(qualified(table))} --file={file}"


def backup_schema(schema: str) -> str:
    """The comment that says how to keep a schema's tables before they go."""
    if not schema.isprintable():
        return comment("run a backup of the whole database first")
    file = re.sub(r"[^A-Za-z0-9_]+", "_", schema) + ".sql"
    return f"-- run a backup first: pg_dump --schema={_shell(quoted(schema))} --file={file}"


def _shell(pattern: str) -> str:
    """A name for the shell, always in quotes: a name may hold anything."""
    return "'" + pattern.replace("'", "'\\''") + "'"
