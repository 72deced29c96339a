"""The real servers of a replay: one connection each, the schema read through that same connection.

A second connection would not see what an open transaction has done, and would wait for its locks.
"""

from __future__ import annotations

import re
import sqlite3
from pathlib import Path
from typing import Any

import psycopg

from checker.catalog import Catalog, Server
from checker.live import connect
from checker.live.postgres_load import load
from checker.live.sqlite_load import load as load_sqlite
from checker.statement import Statement, StatementKind

_DATA = re.compile(r"(?<=\n)(?P<data>.*?)^\\\.[ \t\r]*$", re.DOTALL | re.MULTILINE)
# SQLite has one code for most refusals; these come where a table has rows (`sqlite3ErrorIfNotEmpty` in its alter.c)
_ROWS = re.compile(
    "Cannot add a (NOT NULL column with default value NULL|column with non-constant default"
    "|REFERENCES column with non-NULL default value)|cannot add a STORED column"
)


class Postgres:
    """A PostgreSQL database that statements are sent to as psql sends them: one by one, nothing added."""

    def __init__(self, url: str) -> None:
        with connect(url) as live:
            self.server: Server = live.server
        self.connection = psycopg.connect(url, autocommit=True, prepare_threshold=None)

    def run(self, statement: Statement) -> str | None:
        """Execute it; the SQLSTATE where it is refused."""
        try:
            if statement.kind is StatementKind.COPY_DATA:
                self._copy(statement)
            else:
                self.connection.execute(statement.text.encode())
        except psycopg.Error as problem:
            return problem.sqlstate or "?????"
        return None

    def _copy(self, statement: Statement) -> None:
        found = _DATA.search(statement.source.text, statement.end)
        with self.connection.cursor().copy(statement.text.encode()) as copy:
            copy.write(found["data"] if found else "")

    def catalog(self) -> Catalog | None:
        """The schema as this connection sees it."""
        status = self.connection.info.transaction_status
        if status is psycopg.pq.TransactionStatus.INERROR:
            return None
        inside = status is psycopg.pq.TransactionStatus.INTRANS
        path = self._rows("SELECT current_schemas(false)::text[]", {})[0][0]
        self.connection.execute("SAVEPOINT ddlguard_looks" if inside else "BEGIN")
        try:
            self.connection.execute("SELECT pg_catalog.set_config('search_path', '', true)")
            return load(self._rows, self.server, tuple(path), None, ()).catalog
        finally:
            back = "ROLLBACK TO ddlguard_looks; RELEASE ddlguard_looks" if inside else "ROLLBACK"
            self.connection.execute(back.encode())

    def _rows(self, query: str, parameters: dict[str, Any]) -> list[tuple[Any, ...]]:
        return self.connection.execute(query.encode(), parameters or None).fetchall()

    def close(self) -> None:
        """Close the connection."""
        self.connection.close()


class Sqlite:
    """A SQLite file."""

    def __init__(self, path: Path) -> None:
        self.connection = sqlite3.connect(path, isolation_level=None)
        self.connection.execute("PRAGMA user_version = 1")
        with connect(f"sqlite:///{path}") as live:
            self.server: Server = live.server

    def run(self, statement: Statement) -> str | None:
        """Execute it; `SQLITE_ERROR` where it is refused, 23000 where its rows are to blame."""
        try:
            self.connection.execute(statement.text).fetchall()
        except (sqlite3.Error, sqlite3.Warning) as problem:
            name = getattr(problem, "sqlite_errorname", None) or "SQLITE_ERROR"
            return "23000" if name.startswith("SQLITE_CONSTRAINT") or _ROWS.match(str(problem)) else name
        return None

    def catalog(self) -> Catalog | None:
        """The schema as this connection sees it."""
        return load_sqlite(self.connection, self.server).catalog

    def close(self) -> None:
        """Close the connection."""
        self.connection.close()
