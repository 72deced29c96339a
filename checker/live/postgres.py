"""PostgreSQL 12 to 18, read through its own catalog in transactions that leave no trace.

Every reading happens in one READ ONLY, REPEATABLE READ transaction with short timeouts, and none of
it needs more than the right to connect. Nothing is prepared by name and nothing outlives its
transaction, so a transaction pooler may stand in between.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode

import psycopg
from psycopg import errors, pq
from psycopg.conninfo import conninfo_to_dict

from checker.asking import Asking
from checker.catalog import QName, Server
from checker.finding import NotChecked
from checker.garbage import rare_collections
from checker.live import postgres_sql as sql
from checker.live.asking import answering
from checker.live.asking.postgres import AskedPostgres
from checker.live.asking.probes_sql import ProbesSql
from checker.live.port import LiveCatalog, LiveError
from checker.live.postgres_load import load
from checker.live.url import one_line, redact, secrets_in, spellings, without_driver
from checker.probe import Answers, Probe

OLDEST = 12
CONNECT_TIMEOUT = 10
TIMEOUTS = {
    "lock_timeout": "1s",
    "statement_timeout": "30s",
    "idle_in_transaction_session_timeout": "60s",
}
# An empty search path, so that every name is printed with its schema; compiling these queries costs more than it gives
HOUSEHOLD = {"search_path": "", "quote_all_identifiers": "off", "jit": "off"}
# Prisma's own parameters, which libpq refuses (`schema` is honoured)
_NOT_LIBPQ = frozenset(
    ("schema", "connection_limit", "pool_timeout", "socket_timeout", "pgbouncer", "statement_cache_size",
     "sslaccept", "sslidentity")
)  # fmt: skip


class Postgres:
    """An open PostgreSQL database."""

    def __init__(
        self, connection: psycopg.Connection[Any], name: str, secrets: frozenset[str], schema: str | None
    ) -> None:
        self._connection, self.name, self._secrets = connection, name, secrets
        with self._errors():
            row = connection.execute(sql.SETTINGS, {"names": list(sql.SETTING_NAMES)}).fetchone()
        path, values = row or ([], [])
        known = zip(sql.SETTING_NAMES, values, strict=True)
        settings = {name: value for name, value in known if value is not None}
        number = connection.info.server_version
        self.server = Server("postgres", (number // 10000, number % 10000), settings)
        self._search_path = (schema,) if schema else tuple(path)
        if number < OLDEST * 10000:
            raise LiveError(f"PostgreSQL {number // 10000} is not supported: {OLDEST} is the oldest that is")

    def __repr__(self) -> str:
        return f"Postgres({self.name!r})"

    def catalog(self, touched: frozenset[str] | None = None) -> LiveCatalog:
        """The schema as it is now; see the port."""
        try:
            return self._load(touched, ())
        except errors.LockNotAvailable:
            return self._load_around_locks(touched)

    def _load(self, touched: frozenset[str] | None, locked: tuple[int, ...]) -> LiveCatalog:
        with self._reading(), rare_collections():
            return load(self._rows, self.server, self._search_path, touched, locked)

    def _load_around_locks(self, touched: frozenset[str] | None) -> LiveCatalog:
        """Load without the texts of relations that others hold locked (printing one opens its relation)."""
        with self._reading():
            locked = dict(self._rows(sql.LOCKED, {}))
        try:
            found = self._load(touched, tuple(locked))
        except errors.LockNotAvailable:
            why = "another session holds a lock that reading the schema waits for"
            raise LiveError(f"{self.name}: {why}") from None
        why = "another session holds it locked: its defaults and conditions were not read, nor the texts of views"
        extra = tuple(NotChecked(name, why) for name in sorted(locked.values()))
        return LiveCatalog(found.catalog, found.not_checked + extra)

    def answer(
        self, probes: Sequence[Probe], loose: frozenset[QName] = frozenset(), asking: Asking | None = None
    ) -> Answers:
        """What the rows say now; see the port."""
        how = asking or Asking()
        asked = AskedPostgres(self._connection, self._search_path, serial=how.strength != "full")
        try:
            return answering.answer(
                probes, ProbesSql("postgres", loose, version=self.server.version), asked, how
            )
        finally:
            asked.end()

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def _rows(self, query: str, parameters: dict[str, Any]) -> list[tuple[Any, ...]]:
        return self._connection.execute(query.encode(), parameters or None).fetchall()

    @contextmanager
    def _reading(self) -> Iterator[None]:
        """A transaction that can only read, waits for nobody long, and is rolled back."""
        with self._errors():
            self._connection.execute("BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            try:
                settings = {**TIMEOUTS, **HOUSEHOLD}
                calls = ", ".join("pg_catalog.set_config(%s, %s, true)" for _ in settings)
                flat = [word for setting in settings.items() for word in setting]
                self._connection.execute(f"SELECT {calls}".encode(), flat)
                yield
            finally:
                if not self._connection.closed:
                    self._connection.execute("ROLLBACK")

    @contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except errors.LockNotAvailable:
            raise
        except errors.QueryCanceled:
            limit = TIMEOUTS["statement_timeout"]
            raise LiveError(f"{self.name}: reading the schema took longer than {limit}") from None
        except (psycopg.Error, UnicodeDecodeError) as problem:
            raise LiveError(self._explain(problem)) from None

    def _explain(self, problem: Exception) -> str:
        said = one_line(_cause(str(problem)), self._secrets)
        if self._connection.closed or isinstance(problem, psycopg.OperationalError):
            return f"{self.name}: the server ended the connection: {said}"
        return f"{self.name}: the schema cannot be read: {said}"


def open_postgres(url: str) -> Postgres:
    """Connect; raises LiveError with the URL's password hidden."""
    secrets = secrets_in(url) | _default_secrets()
    try:
        plain, schema = _for_libpq(without_driver(url))
        timeout = conninfo_to_dict(plain).get("connect_timeout") or CONNECT_TIMEOUT
        connection = psycopg.connect(
            plain, autocommit=True, prepare_threshold=None, client_encoding="utf-8",
            application_name="ddlguard", connect_timeout=int(timeout),
        )  # fmt: skip
    except psycopg.ProgrammingError as problem:
        raise LiveError(f"{redact(url)} is not a valid URL: {one_line(str(problem), secrets)}") from None
    except (psycopg.Error, UnicodeError, ValueError) as problem:
        said = one_line(_cause(str(problem)), secrets)
        raise LiveError(f"cannot connect to {redact(url)}: {said}") from None
    info = connection.info
    try:
        return Postgres(connection, f"{info.host or 'localhost'}/{info.dbname}", secrets, schema)
    except BaseException:
        connection.close()
        raise


def _for_libpq(url: str) -> tuple[str, str | None]:
    """The URL without the parameters of other tools, and Prisma's `schema`: its search path."""
    head, mark, query = url.partition("?")
    parameters = parse_qsl(query, keep_blank_values=True)
    ours = {key: value for key, value in parameters if key in _NOT_LIBPQ}
    if not mark or not ours:
        return url, None
    rest = urlencode([pair for pair in parameters if pair[0] not in _NOT_LIBPQ], quote_via=quote)
    return (f"{head}?{rest}" if rest else head), ours.get("schema")


def _default_secrets() -> frozenset[str]:
    """Passwords that libpq takes from its environment."""
    defaults = pq.Conninfo.get_defaults()
    return spellings(
        option.val.decode(errors="replace") for option in defaults
        if option.val and option.keyword in (b"password", b"sslpassword")
    )  # fmt: skip


def _cause(message: str) -> str:
    """What went wrong, without libpq's account of where: `…, port 5432 failed: FATAL:  no such database`."""
    if "Multiple connection attempts failed" in message:
        message = message.rpartition("- ")[2]
    cause = re.split(r"\bfailed: ", message.strip())[-1].replace("\n\t", "; ")
    return re.sub(r"^(FATAL|ERROR|PANIC):\s*", "", cause).strip()
