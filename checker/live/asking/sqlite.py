"""SQLite while it is asked about rows: a query at a time, each with the file to itself no longer than it runs."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterable, Mapping

from checker.asking import SMALL
from checker.catalog import QName
from checker.live.asking.port import Held, Locked, NoAnswer, Row, TooLong
from checker.live.asking.rows_sql import literal, quoted

BUSY_MILLISECONDS = 50
STEPS = 10_000
"""Instructions of SQLite's machine between two looks at the clock: well under a millisecond."""
MANY = 100_000
"""Rows of a table in a large file that is not read whole without a second thought."""
_KINDS = (
    "no such column", "no such function", "no such collation sequence", "ambiguous column name", "malformed JSON",
    "integer overflow",
)  # fmt: skip
"""Beginnings of messages that name nothing yet."""


class AskedSqlite:
    """A connection while it is asked."""

    def __init__(self, connection: sqlite3.Connection, explain: Callable[[sqlite3.Error], str]) -> None:
        self._connection, self._explain = connection, explain

    def held(self, tables: Iterable[QName]) -> Mapping[QName, Held]:
        """What is known about these tables: in a small file all of them are small."""
        (pages,), (size,) = self._first("PRAGMA page_count"), self._first("PRAGMA page_size")
        if int(pages) * int(size) <= SMALL:
            return {name: Held(large=False, key=self._key(name)) for name in tables}
        return {name: self._held(name) for name in tables}

    def _key(self, name: QName) -> tuple[str, ...]:
        given = f"{literal(name.name)}, {literal(name.schema)}"
        found = self._all(f"SELECT name FROM pragma_table_info({given}) WHERE pk ORDER BY pk")
        return tuple(column for (column,) in found)

    def _held(self, name: QName) -> Held:
        try:
            (last,) = self._first(f"SELECT max(rowid) FROM {quoted(name.schema)}.{quoted(name.name)}")
        except NoAnswer:  # WITHOUT ROWID
            return Held(key=self._key(name))
        return Held(large=int(last or 0) > MANY, pages=int(last or 0) // 100, key=self._key(name))

    def rows(self, query: str, seconds: float) -> list[Row]:
        """The rows of a query."""
        end = time.perf_counter() + seconds
        self._connection.set_progress_handler(lambda: time.perf_counter() > end, STEPS)
        try:
            return self._all(query)
        finally:
            self._connection.set_progress_handler(None, 0)

    def _first(self, query: str) -> Row:
        return next(iter(self._all(query)), ())

    def _all(self, query: str) -> list[Row]:
        try:
            return self._connection.execute(query).fetchall()
        except sqlite3.Error as problem:
            raise self._failure(problem) from None

    def _failure(self, problem: sqlite3.Error) -> NoAnswer:
        match getattr(problem, "sqlite_errorcode", 0) & 0xFF:
            case sqlite3.SQLITE_INTERRUPT:
                return TooLong()
            case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
                return Locked()
            case sqlite3.SQLITE_ERROR:
                return NoAnswer(_without_values(str(problem)))
        return NoAnswer(self._explain(problem))


def _without_values(said: str) -> str:
    """An error in words that hold nothing of a row: the path of json_extract or a query of FTS5 may be one's value.

    >>> _without_values("no such table: main.users"), _without_values("JSON path error near 's3cret'")
    ('no such table: main.users', 'SQLite gives an error instead of an answer')
    """
    if "parser stack overflow" in said:
        return "it was changed too often for one query of SQLite"
    if said.startswith("no such table: "):
        return said
    kind = next((f": {kind}" for kind in _KINDS if said.startswith(kind)), "")
    return f"SQLite gives an error instead of an answer{kind}"
