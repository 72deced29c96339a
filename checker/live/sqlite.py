"""SQLite, read from the file itself, opened read-only: it is never created and never written.

A database in WAL mode needs its `-shm` file even to be read, so SQLite may put `-wal` and `-shm` beside
it and takes them away again; `immutable` would avoid that and is not used, for it reads past the
journal of a writer.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote, unquote

from checker.asking import Asking
from checker.catalog import QName, Server
from checker.live.asking import answering
from checker.live.asking.probes_sql import ProbesSql
from checker.live.asking.sqlite import BUSY_MILLISECONDS, AskedSqlite
from checker.live.port import LiveCatalog, LiveError
from checker.live.sqlite_load import load
from checker.live.url import one_line
from checker.probe import Answers, Probe

BUSY_SECONDS = 2.0
_PRAGMAS = (
    "encoding", "foreign_keys", "journal_mode", "legacy_alter_table", "page_size", "schema_version",
    "user_version", "application_id",
)  # fmt: skip


class Sqlite:
    """An open SQLite database."""

    def __init__(self, connection: sqlite3.Connection, name: str) -> None:
        self._connection, self.name = connection, name
        with self._errors():
            connection.execute("PRAGMA query_only = ON")
            connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
            found = {pragma: connection.execute(f"PRAGMA {pragma}").fetchone() for pragma in _PRAGMAS}
        settings = {pragma: str(row[0]) for pragma, row in found.items() if row}
        self.server = Server("sqlite", sqlite3.sqlite_version_info, settings)

    def __repr__(self) -> str:
        return f"Sqlite({self.name!r})"

    def catalog(self, touched: frozenset[str] | None = None) -> LiveCatalog:
        """The whole schema as it is now; a file's schema is read in one go, whatever is touched."""
        with self._errors():
            self._connection.execute("BEGIN")
            try:
                return load(self._connection, self.server)
            finally:
                self._connection.execute("ROLLBACK")

    def answer(
        self, probes: Sequence[Probe], loose: frozenset[QName] = frozenset(), asking: Asking | None = None
    ) -> Answers:
        """What the rows say now; see the port."""
        with self._errors():
            self._connection.execute(f"PRAGMA busy_timeout = {BUSY_MILLISECONDS}")
            try:
                asked = AskedSqlite(self._connection, _explain)
                sql = ProbesSql("sqlite", loose, version=self.server.version)
                return answering.answer(probes, sql, asked, asking or Asking())
            finally:
                self._connection.execute(f"PRAGMA busy_timeout = {BUSY_SECONDS * 1000:.0f}")

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    @contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as problem:
            raise LiveError(f"{self.name}: {_explain(problem)}") from None


def open_sqlite(url: str) -> Sqlite:
    """Open the file of a `sqlite:///relative.db` or `sqlite:////absolute.db`; raises LiveError."""
    path = _path(url)
    shown = one_line(str(path))
    if not path.exists():
        raise LiveError(f"{shown}: there is no such file (it is not created)")
    if not path.is_file():
        raise LiveError(f"{shown}: not a file")
    uri = f"file:{quote(str(path.absolute()))}?mode=ro"
    try:
        connection = sqlite3.connect(uri, uri=True, timeout=BUSY_SECONDS, isolation_level=None)
    except sqlite3.Error as problem:
        raise LiveError(f"{shown}: {_explain(problem)}") from None
    try:
        return Sqlite(connection, shown)
    except BaseException:
        connection.close()
        raise


def _path(url: str) -> Path:
    rest = url.partition(":")[2].partition("?")[0]
    if not rest.startswith("///"):
        raise LiveError(
            "a SQLite URL has three slashes and a path: sqlite:///app.db, sqlite:////var/lib/app.db"
        )
    path = unquote(rest[3:])
    if not path or path == ":memory:":
        raise LiveError("a SQLite database in memory holds nothing to check against: name a file")
    if "\0" in path:
        raise LiveError("a SQLite URL cannot hold a zero byte")
    return Path(path)


def _explain(problem: sqlite3.Error) -> str:
    said = one_line(str(problem))
    match said:
        case "file is not a database":
            return "not a SQLite database"
        case "unable to open database file":
            return "SQLite cannot open it: check its permissions and those of its folder"
        case "database is locked":
            return f"another process holds it locked for longer than {BUSY_SECONDS:g} seconds"
        case _:
            return said
