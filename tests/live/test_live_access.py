"""How a real PostgreSQL is approached: read-only, with little, and with one clear line where it fails."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest

from checker.catalog import Catalog, QName, Table
from checker.finding import NotChecked
from checker.live import LiveCatalog, LiveError, connect
from checker.live import postgres as module
from tests.servers import Server

SECRET = "hunter2 %/@:?#"
TABLES = (
    "CREATE SCHEMA app",
    "CREATE TYPE app.mood AS ENUM ('sad', 'ok')",
    "CREATE TABLE app.users (id integer PRIMARY KEY, feels app.mood DEFAULT 'ok', CHECK (id > 0))",
    "CREATE TABLE app.orders (user_id integer REFERENCES app.users, total integer UNIQUE)",
    "CREATE VIEW app.v AS SELECT id FROM app.users",
    "CREATE FUNCTION app.f() RETURNS integer LANGUAGE sql AS 'SELECT 1'",
    "CREATE POLICY p ON app.users USING (id > 1)",
)


def load(url: str, *touched: str) -> LiveCatalog:
    with connect(url) as live:
        return live.catalog(frozenset(touched) or None)


def message(url: str) -> str:
    with pytest.raises(LiveError) as problem:
        load(url)
    said = str(problem.value)
    assert "\n" not in said
    assert "hunter2" not in said + repr(problem.value)
    assert problem.value.__cause__ is None, "the driver's own error may hold the password"
    assert problem.value.__suppress_context__ or problem.value.__context__ is None
    return said


# Only reading


def test_no_transaction_id_is_consumed_and_nothing_changes(postgres: Server, database: str) -> None:
    postgres.run(*TABLES, url=database)
    before = traces(postgres, database)
    load(database)
    load(database, "users", "mood", "f")
    assert traces(postgres, database) == before


def traces(postgres: Server, url: str) -> tuple[Any, ...]:
    """The next transaction id, and every catalog row's own version."""
    next_id = postgres.rows("SELECT txid_snapshot_xmax(txid_current_snapshot())", url)
    versions = [
        postgres.rows(
            f"SELECT count(*), max(xmin::text::bigint), sum(xmin::text::bigint) FROM {catalog}", url
        )
        for catalog in (
            "pg_class",
            "pg_attribute",
            "pg_constraint",
            "pg_type",
            "pg_namespace",
            "pg_statistic",
        )
    ]
    return next_id, versions


def test_the_transaction_refuses_to_write(postgres: Server, database: str) -> None:
    postgres.run("CREATE TABLE t (a integer)", url=database)
    live: Any
    with connect(database) as live, live._reading():
        settings = dict(live._rows("SELECT name, setting FROM pg_settings", {}))
    assert settings["transaction_read_only"] == "on"
    assert settings["transaction_isolation"] == "repeatable read"
    assert settings["lock_timeout"] == "1000"
    assert settings["statement_timeout"] == "30000"
    assert settings["idle_in_transaction_session_timeout"] == "60000"
    assert settings["application_name"] == "ddlguard"


def test_nothing_stays_behind_in_the_session(postgres: Server, database: str) -> None:
    live: Any
    with connect(database) as live:
        live.catalog()
        rows = live._connection.execute(
            "SELECT current_setting('lock_timeout'), current_setting('search_path')"
        )
        assert rows.fetchone() == ("0", '"$user", public')
        assert live._connection.execute("SELECT count(*) FROM pg_prepared_statements").fetchone() == (0,)
        assert live._connection.info.transaction_status == psycopg.pq.TransactionStatus.IDLE
        for _ in range(7):  # psycopg would prepare a query at its sixth run
            live.catalog(frozenset())
        assert live._connection.execute("SELECT count(*) FROM pg_prepared_statements").fetchone() == (0,)


def test_the_search_path_is_the_roles_own(postgres: Server, database: str) -> None:
    postgres.run("CREATE SCHEMA app", url=database)
    with_path = f"{database}&options=-csearch_path%3Dapp,nowhere,public"
    assert load(with_path).catalog.search_path == ("app", "public")


def test_prismas_parameters_are_no_error(postgres: Server, database: str) -> None:
    url = f"{database}&schema=app&connection_limit=5&pgbouncer=true"
    assert load(url).catalog.search_path == ("app",)


def test_a_name_for_reports_has_no_credentials(postgres: Server, database: str) -> None:
    with connect(database) as live:
        assert live.name.endswith("/" + database.partition("@/")[2].partition("?")[0])
        assert "postgres@" not in live.name
        assert repr(live) == f"Postgres({live.name!r})"


# A role that may do little


@contextmanager
def role(postgres: Server, name: str, *grants: str, url: str) -> Iterator[None]:
    postgres.run(f"CREATE ROLE {name} LOGIN", *grants, url=url)
    try:
        yield
    finally:
        postgres.run(f"DROP OWNED BY {name}", f"DROP ROLE {name}", url=url)


def as_role(url: str, name: str) -> str:
    return url.replace("postgres@", f"{name}@", 1)


def the_same(one: Catalog, other: Catalog) -> bool:
    return (one.relations, one.types, one.functions, one.extensions, one.schemas) == (
        other.relations, other.types, other.functions, other.extensions, other.schemas,
    )  # fmt: skip


def test_a_role_that_only_reads_sees_the_same(postgres: Server, database: str) -> None:
    postgres.run(*TABLES, url=database)
    grants = "GRANT USAGE ON SCHEMA app TO reader", "GRANT SELECT ON ALL TABLES IN SCHEMA app TO reader"
    with role(postgres, "reader", *grants, url=database):
        found = load(as_role(database, "reader"))
        partial = load(as_role(database, "reader"), "users")
    assert the_same(found.catalog, load(database).catalog)
    assert found.not_checked == partial.not_checked == ()


def test_a_role_that_only_connects_sees_the_same_and_says_what_it_cannot_ask(
    postgres: Server, database: str
) -> None:
    postgres.run(*TABLES, url=database)
    with role(postgres, "stranger", url=database):
        found = load(as_role(database, "stranger"))
        elsewhere = load(as_role(database, "stranger"), "nothing")
    assert the_same(found.catalog, load(database).catalog)
    why = "this role has no USAGE on it; its definitions were read all the same"
    assert found.not_checked == (NotChecked("the rows of schema app", why),)
    assert elsewhere.not_checked == ()


def test_temporary_tables_of_others_are_not_ours(postgres: Server, database: str) -> None:
    with psycopg.connect(database, autocommit=True) as other:
        other.execute("CREATE TEMP TABLE t (a integer)")
        catalog = load(database).catalog
    assert catalog.schemas == {"public"}
    assert not catalog.relations


# Locks of others


def test_a_table_that_others_hold_locked_is_read_as_far_as_it_goes(
    postgres: Server, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(module.TIMEOUTS, "lock_timeout", "100ms")
    postgres.run(*TABLES, url=database)
    with psycopg.connect(database) as other:
        other.execute("LOCK TABLE app.users IN ACCESS EXCLUSIVE MODE")
        start = time.monotonic()
        found = load(database)
        assert time.monotonic() - start < 5
    why = "another session holds it locked: its defaults and conditions were not read, nor the texts of views"
    assert found.not_checked == (NotChecked("app.users", why),)
    users, orders = found.catalog.table(QName("app", "users")), found.catalog.table(QName("app", "orders"))
    assert users is not None
    assert [column.name for column in users.columns] == ["id", "feels"]
    assert users.columns[1].default is not None
    assert users.columns[1].default.text == ""
    assert users.constraint("users_id_check") is not None
    assert orders is not None
    assert orders.foreign_keys[0].target == users.name


def test_it_waits_for_no_statement_longer_than_it_says(
    postgres: Server, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(module.TIMEOUTS, "statement_timeout", "1ms")
    postgres.run(
        *(f"CREATE TABLE t{number} (a integer DEFAULT {number})" for number in range(200)), url=database
    )
    assert "took longer than 1ms" in message(database)


# What goes wrong


def test_a_refused_connection() -> None:
    said = message("postgresql://ann:hunter2@127.0.0.1:1/app")
    assert said.startswith("cannot connect to postgresql://ann:***@127.0.0.1:1/app: ")
    assert said.endswith(
        ": Connection refused; Is the server running on that host and accepting TCP/IP connections?"
    )


def test_an_unknown_host() -> None:
    assert "cannot connect" in message("postgresql://ann:hunter2@no-such-host.invalid/app?connect_timeout=3")


def test_a_missing_socket(tmp_path: Path) -> None:
    assert "No such file or directory" in message(f"postgresql:///app?password=hunter2&host={tmp_path}")


def test_an_unknown_database(postgres: Server) -> None:
    assert 'database "no such" does not exist' in message(postgres.url("no such"))


def test_an_unknown_role(postgres: Server) -> None:
    assert 'role "nobody at all" does not exist' in message(postgres.url("postgres", "nobody at all", SECRET))


def test_a_wrong_password(postgres: Server, database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if postgres.process is None:
        pytest.skip("the given server has rules of its own")
    with role(postgres, "locked", url=database):
        for url in (
            postgres.url("postgres", "locked", SECRET),
            postgres.url("postgres", "locked") + "&password=hunter2%20x",
        ):
            assert 'password authentication failed for user "locked"' in message(url)
        assert "no password supplied" in message(postgres.url("postgres", "locked"))
        monkeypatch.setenv("PGPASSWORD", "hunter2 from outside")
        assert "password authentication failed" in message(postgres.url("postgres", "locked"))


def test_a_right_password(postgres: Server, database: str) -> None:
    if postgres.process is None:
        pytest.skip("the given server has rules of its own")
    escaped = SECRET.replace("'", "''")
    with role(postgres, "locked", f"ALTER ROLE locked PASSWORD '{escaped}'", url=database):
        name = database.partition("@/")[2].partition("?")[0]
        url = postgres.url(name, "locked", SECRET)
        with connect(url) as live:
            assert "hunter2" not in repr(live) + live.name + repr(live.server)
            assert live.catalog().catalog.schemas == {"public"}


def test_the_server_going_away_before_the_question(postgres: Server, database: str) -> None:
    with connect(database) as live:
        end_sessions(postgres)
        with pytest.raises(LiveError, match="the server ended the connection") as problem:
            live.catalog()
    assert "\n" not in str(problem.value)


def test_the_server_going_away_in_the_middle(postgres: Server, database: str) -> None:
    postgres.run("CREATE TABLE t (a integer DEFAULT 1)", url=database)
    with psycopg.connect(database) as other:
        other.execute("LOCK TABLE t IN ACCESS EXCLUSIVE MODE")
        ender = threading.Timer(0.3, end_sessions, (postgres,))
        ender.start()
        try:
            assert "the server ended the connection" in message(database)
        finally:
            ender.join()


def end_sessions(postgres: Server) -> None:
    postgres.run("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'ddlguard'")


def test_a_server_that_is_too_old(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "OLDEST", 99)
    assert "99 is the oldest" in message(database)


def test_two_loads_of_one_connection(postgres: Server, database: str) -> None:
    with connect(database) as live:
        assert not live.catalog().catalog.relations
        postgres.run("CREATE TABLE t (a integer)", url=database)
        assert isinstance(live.catalog().catalog.relations[QName("public", "t")], Table)
