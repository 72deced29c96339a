"""The databases that cases run on: filled, asked by the product, changed for real, looked into afterwards."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Protocol

import psycopg

from checker.live import connect
from checker.live.port import Live

Values = Mapping[tuple[str, str], tuple[tuple[Any, Any], ...]]
"""Of each table and column the values that are not NULL, each with the key of its row, in order."""


class Database(Protocol):
    """One database, emptied between cases."""

    @property
    def live(self) -> Live:
        """The product's own connection."""

    def fill(self, statements: Iterable[str]) -> tuple[str, ...]:
        """An empty database, then these; those that were accepted."""

    def run(self, statement: str) -> tuple[str, str] | None:
        """Run one statement; code and message where it is refused."""

    def values(self) -> Values | None:
        """What all tables hold; None where an aborted transaction lets nobody look."""

    def close(self) -> None:
        """Close all connections."""


class Postgres:
    """A database of a real server."""

    def __init__(self, url: str) -> None:
        self.connection = psycopg.connect(url, autocommit=True, prepare_threshold=None)
        self._open = connect(url)
        self.live: Live = self._open.__enter__()

    def fill(self, statements: Iterable[str]) -> tuple[str, ...]:
        """An empty schema, then these; those that were accepted."""
        for text in ("ROLLBACK", "DROP SCHEMA IF EXISTS public CASCADE", "CREATE SCHEMA public"):
            self.connection.execute(text.encode())
        return tuple(one for one in statements if self.run(one) is None)

    def run(self, statement: str) -> tuple[str, str] | None:
        """Run one statement; code and message where it is refused."""
        try:
            self.connection.execute(statement.encode())
        except psycopg.Error as problem:
            return problem.sqlstate or "?", str(problem).partition("\n")[0]
        return None

    def values(self) -> Values | None:
        """What all tables hold; None where an aborted transaction lets nobody look."""
        if self.connection.info.transaction_status is psycopg.pq.TransactionStatus.INERROR:
            return None
        found: dict[tuple[str, str], tuple[tuple[Any, Any], ...]] = {}
        for table, columns, keys in self.connection.execute(_TABLES.encode()).fetchall():
            rows = self.connection.execute(_select(table, columns, keys or (), "::text").encode()).fetchall()
            found |= _by_column(table, columns, len(keys or ()), rows)
        return found

    def close(self) -> None:
        """Close both connections."""
        self._open.__exit__(None, None, None)
        self.connection.close()


_TABLES = """
SELECT c.relname::text, array_agg(a.attname::text ORDER BY a.attnum),
       (SELECT array_agg(k.attname::text) FROM pg_index i JOIN pg_attribute k
        ON k.attrelid = c.oid AND k.attnum = ANY (i.indkey) WHERE i.indrelid = c.oid AND i.indisprimary)
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') GROUP BY c.oid, c.relname
"""


class Sqlite:
    """A SQLite file."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.connection = sqlite3.connect(path, isolation_level=None)
        self.connection.execute("PRAGMA user_version = 1")
        self._open = connect(f"sqlite:///{path}")
        self.live: Live = self._open.__enter__()

    def fill(self, statements: Iterable[str]) -> tuple[str, ...]:
        """An empty file, then these; those that were accepted. What a connection sets does not outlive them."""
        self.close()
        self.path.unlink()
        self.__init__(self.path)  # type: ignore[misc]
        accepted = tuple(one for one in statements if self.run(one) is None)
        self.run("PRAGMA foreign_keys = OFF")
        return accepted

    def run(self, statement: str) -> tuple[str, str] | None:
        """Run one statement; code and message where it is refused."""
        try:
            self.connection.execute(statement).fetchall()
        except (sqlite3.Error, sqlite3.Warning) as problem:
            name = getattr(problem, "sqlite_errorname", None) or "SQLITE_ERROR"
            return ("SQLITE_CONSTRAINT" if name.startswith("SQLITE_CONSTRAINT") else name), str(problem)
        return None

    def values(self) -> Values | None:
        """What all tables hold."""
        found: dict[tuple[str, str], tuple[tuple[Any, Any], ...]] = {}
        tables = self.connection.execute(
            "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%'"
        )
        for (table,) in tables.fetchall():
            information = self.connection.execute(f"PRAGMA table_xinfo({table})").fetchall()
            columns, keys = [row[1] for row in information], [row[1] for row in information if row[5]]
            rows = self.connection.execute(_select(table, columns, keys, "")).fetchall()
            found |= _by_column(table, columns, len(keys), rows)
        return found

    def close(self) -> None:
        """Close both connections."""
        self._open.__exit__(None, None, None)
        self.connection.close()


def _select(table: str, columns: Iterable[str], keys: Iterable[str], cast: str) -> str:
    return f"SELECT {', '.join(f'{one}{cast}' for one in (*keys, *columns))} FROM {table}"


def _by_column(table: str, columns: list[str], keys: int, rows: list[tuple[Any, ...]]) -> Values:
    return {
        (table, column): tuple(
            (row[:keys], row[keys + at]) for row in rows if row[keys + at] is not None
        )
        for at, column in enumerate(columns)
    }  # fmt: skip
