"""Questions about rows put to real servers: within limits, without a trace, and never with a value passed on."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from checker.asking import Asking
from checker.catalog import QName, Table
from checker.live import connect
from checker.probe import (
    Answer,
    Answers,
    Count,
    DoesNotCast,
    Duplicates,
    Evaluates,
    Fails,
    IsNull,
    Key,
    Orphans,
    Probe,
    Unanswered,
)
from checker.rows import Computed, Copy, Field, Formula, Output, Rows, Stored, fields_of
from checker.sqltype import SqlType
from tests.servers import Server

SETUP = (
    "CREATE TABLE users (id integer PRIMARY KEY, email text, age text)",
    "INSERT INTO users SELECT n, nullif('u' || n % 90, 'u7'), n FROM generate_series(1, 100) AS n",
    "CREATE TABLE orders (id integer PRIMARY KEY, user_id integer)",
    "INSERT INTO orders SELECT n, n FROM generate_series(1, 103) AS n",
)
INTEGER, TEXT = SqlType("integer"), SqlType("text")
SLOW = Fails(Formula("pg_sleep(0.2) IS NULL"), "users")


def users(url: str) -> Stored:
    """The rows of the table as they are."""
    return stored(url, "users")


def stored(url: str, name: str) -> Stored:
    """The rows of a table as they are."""
    with connect(url) as live:
        catalog = live.catalog().catalog
    table = next(one for one in catalog.tables() if one.name.name == name)
    assert isinstance(table, Table)
    return Stored(table.name, fields_of(table))


def ask(url: str, *probes: Probe, asking: Asking | None = None) -> list[Answer | Unanswered]:
    """The answers, in order."""
    with connect(url) as live:
        return in_order(live.answer(probes, asking=asking), probes)


def in_order(answers: Answers, probes: Sequence[Probe]) -> list[Answer | Unanswered]:
    return [answers[probe] for probe in probes]


def found(answer: Answer | Unanswered) -> int:
    assert isinstance(answer, Answer), answer
    return answer.found


def why(answer: Answer | Unanswered) -> str:
    assert isinstance(answer, Unanswered), answer
    return answer.why


def typical(url: str) -> list[Probe]:
    rows = users(url)
    return [
        Count(rows),
        Count(rows, IsNull("email")),
        Count(rows, DoesNotCast("age", TEXT, INTEGER)),
        Duplicates(rows, (Key("email"),)),
        Orphans(stored(url, "orders"), rows, ("user_id",), ("id",)),
    ]


@pytest.fixture
def filled(postgres: Server, database: str) -> str:
    """The URL of a database with rows."""
    postgres.run(*SETUP, url=database)
    return database


def test_small_tables_are_counted(filled: str) -> None:
    answers = ask(filled, *typical(filled))
    assert [found(one) for one in answers] == [100, 2, 0, 9, 3]
    assert [getattr(one, "total", None) for one in answers[:3]] == [100, 100, 100]
    assert [one.at_least for one in answers if isinstance(one, Answer)] == [False] * 5


# Leaving no trace


def test_no_transaction_id_is_consumed(postgres: Server, filled: str) -> None:
    def next_id() -> object:
        return postgres.rows("SELECT txid_snapshot_xmax(txid_current_snapshot())", filled)

    before = next_id()
    for strength in ("cheap", "full"):
        ask(filled, *typical(filled), asking=Asking(strength))
    assert next_id() == before


def test_nothing_can_be_written(filled: str) -> None:
    writes = Evaluates(_computed(users(filled), "nextval('ids')"))
    with psycopg.connect(filled, autocommit=True) as connection:
        connection.execute("CREATE SEQUENCE ids")
        assert "read only sql transaction (25006)" in why(ask(filled, writes)[0])
        assert connection.execute("SELECT is_called FROM ids").fetchone() == (False,)


def test_nothing_stays_in_the_session_and_nothing_is_prepared(filled: str) -> None:
    probes = typical(filled)
    with connect(filled) as live:
        for _ in range(7):
            live.answer(probes)
        connection = live._connection  # type: ignore[attr-defined]
        assert connection.info.transaction_status == psycopg.pq.TransactionStatus.IDLE
        assert connection.execute("SELECT count(*) FROM pg_prepared_statements").fetchone() == (0,)
        settings = "SELECT current_setting('statement_timeout'), current_setting('row_security')"
        assert connection.execute(settings).fetchone() == ("0", "on")


# Locks


@contextmanager
def held_by_another(url: str, sql: str) -> Iterator[None]:
    with psycopg.connect(url) as other:
        other.execute(sql.encode())
        yield
        other.rollback()


def test_a_locked_table_is_not_waited_for(filled: str) -> None:
    probes = typical(filled)
    with held_by_another(filled, "LOCK TABLE users IN ACCESS EXCLUSIVE MODE"):
        start = time.monotonic()
        answers = ask(filled, *probes, Count(probes[4].rows))
        assert time.monotonic() - start < 1
    assert {why(one) for one in answers[:5]} == {"another session holds a lock on public.users"}
    assert found(answers[5]) == 103


def test_a_table_that_others_write_is_read(filled: str) -> None:
    with held_by_another(filled, "LOCK TABLE users IN ROW EXCLUSIVE MODE"):
        assert found(ask(filled, Count(users(filled)))[0]) == 100


def test_no_lock_is_kept_after_a_question(filled: str) -> None:
    """A DDL statement gets its lock while the questions about other tables are still being answered."""
    orders = stored(filled, "orders")
    probes = [Count(users(filled), IsNull("email")), Count(orders, Fails(Formula("pg_sleep(0.01) IS NULL")))]
    waited = []

    def alter() -> None:
        time.sleep(0.3)
        with psycopg.connect(filled, autocommit=True) as other:
            start = time.monotonic()
            other.execute("ALTER TABLE users ADD COLUMN note text")
            waited.append(time.monotonic() - start)

    other = threading.Thread(target=alter)
    other.start()
    ask(filled, *probes)
    other.join()
    assert waited[0] < 0.5


# Rights


def test_a_table_that_may_not_be_read(postgres: Server, filled: str) -> None:
    postgres.run("CREATE ROLE asker LOGIN", "GRANT SELECT ON orders TO asker", url=filled)
    try:
        name = filled.partition("@/")[2].partition("?")[0]
        answers = ask(postgres.url(name, "asker"), *(probes := typical(filled)), Count(probes[4].rows))
        assert {why(one) for one in answers[:5]} == {"no right to SELECT from public.users"}
        assert found(answers[5]) == 103
    finally:
        postgres.run("DROP OWNED BY asker", "DROP ROLE asker", url=filled)


def test_rows_that_a_policy_hides_are_no_answer(postgres: Server, filled: str) -> None:
    postgres.run(
        "CREATE ROLE asker LOGIN", "GRANT SELECT ON ALL TABLES IN SCHEMA public TO asker",
        "ALTER TABLE users ENABLE ROW LEVEL SECURITY",
        "CREATE POLICY mine ON users USING (email IS NOT NULL)", url=filled,
    )  # fmt: skip
    try:
        name = filled.partition("@/")[2].partition("?")[0]
        answer = ask(postgres.url(name, "asker"), Count(users(filled), IsNull("email")))[0]
        assert why(answer) == "row-level security hides rows from this role in public.users"
    finally:
        postgres.run("DROP OWNED BY asker", "DROP ROLE asker", url=filled)


# Time


def test_a_question_that_takes_too_long(filled: str) -> None:
    rows = users(filled)
    slow, quick = Count(rows, SLOW), Count(stored(filled, "orders"))
    start = time.monotonic()
    answers = ask(filled, slow, quick, asking=Asking(timeout=0.3))
    assert time.monotonic() - start < 2
    assert why(answers[0]) == "took longer than 0.3 s"
    assert found(answers[1]) == 103


def test_a_budget_that_is_used_up(filled: str) -> None:
    rows = users(filled)
    slow = [Count(rows, Fails(Formula(f"pg_sleep(0.2) IS NULL OR {n} < 0"), f"u{n}")) for n in range(3)]
    asking = Asking(budget=0.5)
    said = "the budget of 0.5 s for questions about rows is used up"
    with connect(filled) as live:
        start = time.monotonic()
        assert {why(one) for one in live.answer(slow, asking=asking).values()} == {said}
        assert time.monotonic() - start < 1.5
        assert why(live.answer([Count(rows)], asking=asking)[Count(rows)]) == said


# What goes wrong


def test_a_connection_that_is_lost(postgres: Server, filled: str) -> None:
    probes: list[Probe] = [
        Count(users(filled), SLOW),
        Orphans(users(filled), users(filled), ("id",), ("id",)),
    ]
    ending = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'ddlguard'"
    with connect(filled) as live:
        ender = threading.Timer(0.3, postgres.run, (ending,))
        ender.start()
        answers = in_order(live.answer(probes), probes)
        ender.join()
        assert why(answers[0]) == "the server ended the connection"
        again = live.answer([Count(users(filled))])
        assert {why(one) for one in again.values()} == {"the server ended the connection"}


HOSTILE = (
    ("'s3cret value'::integer", "22P02"),
    ("'2024-02-30 s3cret'::date", "22007"),
    ("'{s3cret'::text[]", "22P02"),
    ("('[s3cret'::json)::text", "22P02"),
    ("1 / (length('s3cret') - 6)", "22012"),
    ("pg_catalog.s3cret(1)", "42883"),
)


@pytest.mark.parametrize(("expression", "code"), HOSTILE)
def test_no_error_of_the_server_brings_a_value_along(expression: str, code: str, filled: str) -> None:
    answer = ask(filled, Evaluates(_computed(users(filled), expression)))[0]
    assert "s3cret" not in repr(answer)
    if isinstance(answer, Answer):
        assert (answer.error, answer.found) == (code, 1)
        assert answer.said
    else:
        assert f"({code})" in answer.why


def _computed(rows: Stored, expression: str) -> Rows:
    """The rows with one column that is computed."""
    return Computed(rows, "users", (Output(Field("x", TEXT), Formula(expression)),))


def test_a_table_that_is_replaced_in_the_meantime_has_no_answer(postgres: Server, filled: str) -> None:
    """TRUNCATE empties a table for older snapshots, too: what they see then says nothing."""
    rows = users(filled)
    slow = Count(stored(filled, "orders"), Fails(Formula("pg_sleep(0.01) IS NULL")))
    late = Duplicates(rows, (Key("email"),))
    ender = threading.Timer(0.4, postgres.run, ("TRUNCATE users",), {"url": filled})
    ender.start()
    answers = ask(filled, slow, late)
    ender.join()
    assert why(answers[1]) == "in the meantime another session replaced public.users"
    assert isinstance(answers[0], Answer)


# Keys, on request only


def keys(url: str, *probes: Probe) -> list[tuple[str, ...]]:
    found = ask(url, *probes, asking=Asking(keys=True))
    return [one.examples if isinstance(one, Answer) else (one.why,) for one in found]


def test_keys_of_offenders(postgres: Server, filled: str) -> None:
    rows = users(filled)
    probes = typical(filled)
    assert keys(filled, *probes) == [
        ("id = 1", "id = 2", "id = 3", "id = 4", "id = 5"), ("id = 7", "id = 97"), (), (*keys(filled, probes[3])[0],),
        ("id = 101", "id = 102", "id = 103"),
    ]  # fmt: skip
    assert "id = 1 and 91" in keys(filled, Duplicates(rows, (Key("email"),), Formula("id IN (1, 91)")))[0]
    assert all(one.examples == () for one in ask(filled, *probes) if isinstance(one, Answer))
    renamed = Computed(
        rows, "users", (Output(Field("number", INTEGER), Copy("id")), Output(Field("e", TEXT), Copy("email")))
    )
    assert keys(filled, Count(renamed, IsNull("e"))) == [("number = 7", "number = 97")]
    lost = Computed(rows, "users", (Output(Field("e", TEXT), Copy("email")),))
    assert keys(filled, Count(lost, IsNull("e"))) == [()]
    postgres.run("CREATE TABLE pairs (a int, b text, c text, PRIMARY KEY (b, a))", url=filled)
    postgres.run("INSERT INTO pairs VALUES (1, 'x', NULL)", url=filled)
    pairs = stored(filled, "pairs")
    assert keys(filled, Count(pairs, IsNull("c"))) == [("(b, a) = (x, 1)",)]


def test_evidence_names_the_keys_that_were_asked_for(filled: str) -> None:
    answer = ask(filled, Count(users(filled), IsNull("email")), asking=Asking(keys=True))[0]
    assert isinstance(answer, Answer)
    assert answer.evidence().endswith("(id = 7, id = 97)")


# SQLite


def test_sqlite_keys_of_offenders(file: str) -> None:
    rows = users(file)
    assert keys(file, Count(rows, IsNull("email")), Duplicates(rows, (Key("email"),))) == [
        ("id = 2",), ("id = 1 and 3",)
    ]  # fmt: skip


@pytest.fixture
def file(tmp_path: Path) -> str:
    """The URL of a SQLite database with rows."""
    with sqlite3.connect(tmp_path / "app.db") as connection:
        connection.execute("CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT)")
        connection.execute("INSERT INTO users VALUES (1, 'a'), (2, NULL), (3, 'a')")
    connection.close()
    return f"sqlite:///{tmp_path}/app.db"


ENDLESS = Fails(
    Formula(
        "(WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 90000000) SELECT max(i) FROM n)"
    )
)


def test_sqlite_answers(file: str) -> None:
    rows = users(file)
    probes = (Count(rows), Count(rows, IsNull("email")), Duplicates(rows, (Key("email"),)))
    assert [found(one) for one in ask(file, *probes)] == [3, 1, 1]


def test_sqlite_stops_when_the_time_is_up(file: str) -> None:
    rows = users(file)
    start = time.monotonic()
    answers = ask(file, Count(rows, ENDLESS), Duplicates(rows, (Key("id"),)), asking=Asking(timeout=0.3))
    assert time.monotonic() - start < 3
    assert why(answers[0]) == "took longer than 0.3 s"
    assert found(answers[1]) == 0


def test_sqlite_waits_for_nobody(file: str) -> None:
    rows = users(file)
    with sqlite3.connect(file.removeprefix("sqlite:///"), isolation_level=None) as other:
        with connect(file) as live:
            other.execute("BEGIN EXCLUSIVE")
            start = time.monotonic()
            answer = live.answer([Count(rows)])[Count(rows)]
            assert time.monotonic() - start < 1
        other.execute("ROLLBACK")
    other.close()
    assert why(answer) == "another session holds a lock on main.users"


def test_a_name_of_a_table_that_is_gone(file: str) -> None:
    gone = Count(Stored(QName("main", "gone"), (Field("a", TEXT),)))
    assert why(ask(file, gone)[0]) == "no such table: main.gone"


def test_no_error_of_sqlite_brings_a_value_along(file: str) -> None:
    with sqlite3.connect(file.removeprefix("sqlite:///")) as database:
        database.execute("CREATE TABLE paths (id INTEGER PRIMARY KEY, p TEXT)")
        database.execute("INSERT INTO paths VALUES (1, 's3cret')")
    failing = Fails(Formula("json_extract('{}', p) = 1", frozenset(("p",))), "paths")
    answer = ask(file, Count(stored(file, "paths"), failing))[0]
    assert why(answer) == "SQLite gives an error instead of an answer"
