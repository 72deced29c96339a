"""PostgreSQL while it is asked about rows: one snapshot, no lock kept, no message with a value passed on.

All queries of a round see one snapshot (REPEATABLE READ, READ ONLY). Each of them runs behind a savepoint that is rolled
back when it is done, which gives back its ACCESS SHARE lock at once. A query does not wait for a lock: what
others hold for themselves alone is known beforehand, and what they take in between is given up on
after `LOCK_TIMEOUT`. Texts of errors are never read: they hold values.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterable, Mapping
from typing import Any

import psycopg
from psycopg import errors, pq

from checker.asking import SMALL
from checker.catalog import QName
from checker.live.asking.own_code import OWN_CODE, OwnCode
from checker.live.asking.port import Gone, Held, Locked, NoAnswer, NoRight, Raised, Row, TooLong
from checker.live.asking.rows_sql import literal, quoted

LOCK_TIMEOUT = 50
"""Milliseconds; PostgreSQL looks for a deadlock only after a second, so nobody else is disturbed by it."""

PAGE = 8192
"""Bytes, in every PostgreSQL that was not built for something else."""

# What is known without reading rows; pg_relation_size would wait for a lock, so it is not asked of what is locked
HELD = """
WITH RECURSIVE asked AS (
    SELECT c.oid, n.nspname, c.relname
    FROM unnest(%(schemas)s::text[], %(names)s::text[]) AS a (nspname, relname)
    JOIN pg_namespace n ON n.nspname = a.nspname
    JOIN pg_class c ON c.relnamespace = n.oid AND c.relname = a.relname
), tree (top, oid) AS (
    SELECT oid, oid FROM asked
    UNION ALL
    SELECT t.top, i.inhrelid FROM pg_inherits i JOIN tree t ON i.inhparent = t.oid
), locked AS (
    SELECT relation FROM pg_locks
    WHERE mode = 'AccessExclusiveLock' AND locktype = 'relation' AND pid <> pg_backend_pid()
      AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
), parts AS (
    SELECT top, t.oid, t.oid IN (SELECT relation FROM locked) AS locked,
           relkind = 'p' OR (relkind = 'r' AND amname = 'heap') AS paged
    FROM tree t JOIN pg_class c ON c.oid = t.oid LEFT JOIN pg_am m ON m.oid = c.relam
), sized AS (
    SELECT *, CASE WHEN locked THEN 0 ELSE pg_relation_size(oid) / current_setting('block_size')::int END AS pages
    FROM parts
), summed AS (
    SELECT top, sum(pages)::int8 AS pages, count(*) AS parts, bool_or(locked) AS locked,
           CASE WHEN bool_and(paged) THEN max(pages) ELSE 0 END AS longest,
           string_agg(oid || ':' || coalesce(pg_relation_filenode(oid), 0), ' ' ORDER BY oid) AS version
    FROM sized GROUP BY top
)
SELECT a.nspname, a.relname,
       s.pages, s.parts, s.longest,
       ARRAY(SELECT att.attname::text FROM pg_index x
             JOIN pg_attribute att ON att.attrelid = x.indrelid AND att.attnum = x.indkey[0]
             JOIN pg_class ic ON ic.oid = x.indexrelid JOIN pg_am am ON am.oid = ic.relam
             WHERE x.indrelid = a.oid AND x.indisvalid AND x.indpred IS NULL AND am.amname = 'btree'),
       has_table_privilege(a.oid, 'SELECT'),
       row_security_active(a.oid),
       s.locked, s.version,
       ARRAY(SELECT att.attname::text FROM pg_index x CROSS JOIN unnest(x.indkey) WITH ORDINALITY AS k (number, place)
             JOIN pg_attribute att ON att.attrelid = x.indrelid AND att.attnum = k.number
             WHERE x.indrelid = a.oid AND x.indisprimary ORDER BY k.place)
FROM asked a JOIN summed s ON s.top = a.oid
"""


class AskedPostgres:
    """A connection while it is asked; one snapshot until `end`."""

    def __init__(self, connection: psycopg.Connection[Any], path: tuple[str, ...], *, serial: bool) -> None:
        self._connection, self._path, self._serial = connection, path, serial
        self._own: OwnCode | None = None

    def _begin(self) -> None:
        settings = {
            "row_security": "off",
            "lock_timeout": f"{LOCK_TIMEOUT}ms",
            "idle_in_transaction_session_timeout": "60s",
            "search_path": ", ".join(map(quoted, self._path)),
            "standard_conforming_strings": "on",
            "jit": "off",
            **({"max_parallel_workers_per_gather": "0"} if self._serial else {}),
        }
        local = (
            f"pg_catalog.set_config('{name}', {literal(value)}, true)" for name, value in settings.items()
        )
        self._send(
            f"BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY; SELECT {', '.join(local)}", 30
        )

    def end(self) -> None:
        """Roll back; nothing stays in the session."""
        if not self._connection.closed:
            try:
                self._connection.execute("ROLLBACK")
            except psycopg.Error:
                self._connection.close()

    def held(self, tables: Iterable[QName]) -> Mapping[QName, Held]:
        """What is known about these tables; the first look begins the transaction."""
        if self._connection.closed:
            raise Gone
        if self._connection.info.transaction_status == pq.TransactionStatus.IDLE:
            self._begin()
        names = list(tables)
        given = {"schemas": [one.schema for one in names], "names": [one.name for one in names]}
        rows = self._known(HELD, given)
        if self._own is None:
            self._own = OwnCode.of(self._known(OWN_CODE, {}))
        return {QName(schema, name): _held(*rest) for schema, name, *rest in rows}

    def _known(self, query: str, given: Mapping[str, Any]) -> list[Any]:
        """The rows of one of our own queries about the catalog."""
        self._send("SAVEPOINT ddlguard; SET LOCAL statement_timeout = '10s'; SET LOCAL search_path = ''", 10)
        try:
            rows = self._connection.execute(query.encode(), given or None).fetchall()
            self._connection.execute("ROLLBACK TO SAVEPOINT ddlguard")
        except psycopg.Error as problem:
            raise self._explained(problem, 0, 10) from None
        return rows

    def rows(self, query: str, seconds: float) -> list[Row]:
        """The rows of a query, unless it might run code of the database's own."""
        if self._own is not None and (called := self._own.called_by(query)):
            raise NoAnswer(f"an answer would run code of the database's own: {called}")
        limit = max(int(seconds * 1000), 1)
        before = f"SAVEPOINT ddlguard; SET LOCAL statement_timeout = {limit}; "
        cursor = self._send(f"{before}{query}\n; ROLLBACK TO SAVEPOINT ddlguard", seconds)
        while cursor.description is None and cursor.nextset():
            pass
        return cursor.fetchall()

    def _send(self, text: str, seconds: float) -> psycopg.Cursor[Any]:
        """Several statements as one message; no parameters, so nothing is prepared."""
        started = time.perf_counter()
        try:
            return self._connection.execute(text.encode())
        except psycopg.Error as problem:
            raise self._explained(problem, time.perf_counter() - started, seconds) from None

    def _explained(self, problem: psycopg.Error, taken: float, allowed: float) -> Raised | NoAnswer:
        """The error in our own words; the transaction goes on behind the savepoint."""
        if self._is_gone():
            return Gone()
        return explained(problem, taken >= allowed * 0.9)

    def _is_gone(self) -> bool:
        """Back to the savepoint, where there is still somebody to go there."""
        try:
            self._connection.execute("ROLLBACK TO SAVEPOINT ddlguard")
        except psycopg.Error:
            return bool(self._connection.closed)
        return False


def explained(problem: psycopg.Error, timed_out: bool) -> Raised | NoAnswer:
    """An error of the server without its text."""
    code = problem.sqlstate or ""
    match problem:
        case errors.QueryCanceled() if timed_out:
            return TooLong()
        case errors.QueryCanceled():
            return NoAnswer("somebody cancelled the query")
        case errors.InsufficientPrivilege():
            return NoRight()
        case errors.LockNotAvailable():
            return Locked()
        case errors.SerializationFailure():
            return NoAnswer("the standby cancelled the query: it stood in the way of what the primary sent")
        case _ if code[:2] in ("21", "22", "23"):
            return Raised(code, condition(code))
    return NoAnswer(
        f"the server gives an error instead of an answer: {condition(code) or 'unknown'} ({code})"
    )


def condition(code: str) -> str:
    """PostgreSQL's name of an error code, in words.

    >>> condition("22P02")
    'invalid text representation'
    """
    try:
        name = errors.lookup(code).__name__
    except KeyError:
        return ""
    return re.sub(r"(?<=.)([A-Z])", r" \1", name).lower()


def _held(
    pages: int,
    parts: int,
    longest: int,
    leading: list[str],
    readable: bool,
    filtered: bool,
    locked: bool,
    version: str,
    key: list[str],
) -> Held:
    return Held(
        large=pages * PAGE > SMALL, pages=pages, parts=parts, longest=longest, leading=frozenset(leading),
        readable=readable, filtered=filtered, locked=locked, version=version, key=tuple(key),
    )  # fmt: skip
