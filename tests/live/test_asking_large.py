"""Large tables: the same answers as a count gives, in ranges of pages, by an index, or until the first offender."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from checker.asking import Asking
from checker.catalog import QName
from checker.live import connect
from checker.live.asking import plan, postgres
from checker.live.asking import sqlite as sqlite_side
from checker.probe import (
    Always,
    Answer,
    Condition,
    Count,
    DoesNotCast,
    Duplicates,
    Evaluates,
    Fails,
    IsNotNull,
    IsNull,
    IsTooLong,
    Key,
    Matching,
    Orphans,
    Probe,
    Strength,
    Unanswered,
)
from checker.rows import Computed, Copy, Field, Formula, Kept, Output, Rows, Stored, fields_of
from checker.sqltype import SqlType
from tests.servers import Server

INTEGER, TEXT = SqlType("integer"), SqlType("text")
ROWS = 5000
SETUP = (
    "CREATE TABLE t (id integer PRIMARY KEY, a text, n bigint, parent integer)",
    "INSERT INTO t SELECT i, repeat('x', i % 50), CASE WHEN i <> 4321 THEN i END, i FROM generate_series(1, 5000) i",
    "UPDATE t SET a = '12' WHERE id % 7 = 0",
    "CREATE INDEX ON t (n)",
    "CREATE TABLE whole (id integer, a text, n bigint, parent integer) PARTITION BY RANGE (id)",
    "CREATE TABLE low PARTITION OF whole FOR VALUES FROM (0) TO (1000)",
    "CREATE TABLE rest PARTITION OF whole DEFAULT",
    "INSERT INTO whole SELECT * FROM t",
    "CREATE TABLE parents (id integer PRIMARY KEY)",
    "INSERT INTO parents SELECT generate_series(1, 4999)",
)


@pytest.fixture
def small_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every table is large, and is read three pages at a time."""
    monkeypatch.setattr(postgres, "SMALL", 0)
    monkeypatch.setattr(sqlite_side, "SMALL", 0)
    monkeypatch.setattr(sqlite_side, "MANY", 10)
    monkeypatch.setattr(plan, "STEP", 3)


@pytest.fixture
def ranges(postgres: Server) -> None:
    """PostgreSQL reads tables by ranges of pages."""
    if postgres.version < plan.TID_RANGES:
        pytest.skip(f"PostgreSQL {postgres.version[0]} reads no ranges of pages")


@pytest.fixture(scope="module")
def filled(postgres: Server) -> Iterator[str]:
    """The URL of a database with rows that are not touched."""
    url = postgres.fresh()
    postgres.run(*SETUP, url=url)
    yield url
    postgres.drop(url)


def stored(url: str, name: str) -> Stored:
    with connect(url) as live:
        table = live.catalog().catalog.table(QName("public", name))
    assert table is not None
    return Stored(table.name, fields_of(table))


def counts(rows: Rows) -> list[Probe]:
    conditions: list[Condition] = [
        Always(), IsNull("n"), IsNotNull("n"), IsNull("a"), IsTooLong("a", 48), IsTooLong("a", 60),
        DoesNotCast("a", TEXT, INTEGER), DoesNotCast("n", SqlType("bigint"), SqlType("smallint")),
        DoesNotCast("n", SqlType("bigint"), INTEGER), Fails(Formula("id <> 4999", frozenset(("id",))), "r"),
        Fails(Formula("id > 0 AND n > 0", frozenset(("id", "n"))), "r"),
    ]  # fmt: skip
    return [Count(rows, one) for one in conditions]


def every(url: str, name: str) -> list[Probe]:
    rows = stored(url, name)
    parents = stored(url, "parents")
    twice = Output(Field("twice", INTEGER), Formula("id * 2", frozenset(("id",))))
    added = Computed(rows, name, (*(Output(one, Copy(one.name)) for one in rows.fields), twice))
    kept = Kept(added, name, Formula("id % 2 = 0", frozenset(("id",))))
    return [
        *counts(rows), *counts(kept),
        Count(added, IsNull("n")), Count(added, Fails(Formula("twice < 9999", frozenset(("twice",))), name)),
        Duplicates(rows, (Key("a"),)), Duplicates(added, (Key("n"),)), Duplicates(rows, (Key("id"),)),
        Orphans(rows, parents, ("parent",), ("id",)), Orphans(kept, parents, ("parent",), ("id",)),
        Matching(rows, parents, (Key("id"),), (Key("id"),)),
        Evaluates(added),
        Evaluates(Computed(rows, name, (Output(Field("x", INTEGER), Formula("1 / (id - 4321)")),))),
    ]  # fmt: skip


def ask(url: str, probes: list[Probe], asking: Asking) -> list[Answer | Unanswered]:
    with connect(url) as live:
        answers = live.answer(probes, asking=asking)
    return [answers[probe] for probe in probes]


def numbers(answers: list[Answer | Unanswered]) -> list[tuple[int, str | None]]:
    return [(one.found, one.error) if isinstance(one, Answer) else (-1, one.why) for one in answers]


@pytest.mark.parametrize("name", ["t", "whole"])
@pytest.mark.parametrize("strength", ["cheap", "full"])
def test_a_large_table_gives_the_answers_of_a_small_one(
    name: str, strength: Strength, filled: str, small_steps: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    probes = every(filled, name)
    large = ask(filled, probes, Asking(strength))
    monkeypatch.setattr(postgres, "SMALL", 10**9)
    small = ask(filled, probes, Asking("full"))
    assert numbers(small)[:11] == [
        (5000, None), (1, None), (4999, None), (0, None), (85, None), (0, None), (4286, None), (0, None),
        (0, None), (1, None), (0, None),
    ]  # fmt: skip
    for probe, one, other in zip(probes, large, small, strict=True):
        assert isinstance(one, Answer), (probe, one)
        assert isinstance(other, Answer), (probe, other)
        assert (one.none, one.error) == (other.none, other.error), probe
        if not one.at_least:
            assert one.found == other.found, probe
        elif strength == "full" and not one.error:
            assert one.found >= 1000, probe


def test_questions_about_one_table_share_a_pass(filled: str, small_steps: None, ranges: None) -> None:
    shown: list[str] = []
    conditions = (IsNull("a"), IsTooLong("a", 60), Fails(Formula("n > 0", frozenset(("n",)))))
    probes: list[Probe] = [Count(stored(filled, "t"), one) for one in conditions]
    answers = ask(filled, probes, Asking(show=shown.append))
    assert numbers(answers) == [(0, None)] * 3
    assert len(shown) == 1
    assert "ctid < '(3,0)'" in shown[0]
    assert "3 pages at a time" in shown[0]


def test_an_index_answers_without_a_pass(filled: str, small_steps: None) -> None:
    shown: list[str] = []
    probes: list[Probe] = [
        Count(stored(filled, "t"), IsNull("n")),
        Count(stored(filled, "t"), DoesNotCast("n", SqlType("bigint"), SqlType("smallint"))),
    ]
    ask(filled, probes, Asking(show=shown.append))
    assert not any("ctid" in one for one in shown)
    assert all("LIMIT 1" in one for one in shown)


def test_a_pass_says_how_far_it_came(filled: str, small_steps: None, ranges: None) -> None:
    slow = Count(stored(filled, "t"), Fails(Formula("pg_sleep(0.0005) IS NOT NULL"), "t"))
    said = numbers(ask(filled, [slow], Asking(timeout=0.5)))[0][1]
    assert said is not None
    share, _, rest = said.removeprefix("looked at ").partition(" % of ")
    assert 0 < int(share) < 100
    assert rest == "public.t and found none, then the time was up"


def test_an_offender_in_the_part_that_was_read_is_proof(filled: str, small_steps: None, ranges: None) -> None:
    text = "id <> 4998 AND pg_sleep(0.0005) IS NOT NULL"
    slow = Count(stored(filled, "t"), Fails(Formula(text), "t"))
    answer = ask(filled, [slow], Asking(timeout=0.5))[0]
    assert isinstance(answer, Answer)
    assert answer.evidence().startswith("at least 1 row, found in ")


def test_progress_is_told(filled: str, small_steps: None, ranges: None) -> None:
    told: list[str] = []
    ask(filled, [Count(stored(filled, "t"), IsNull("a"))], Asking(progress=told.append))
    assert told[-1] == "public.t: 100 % looked at"
    assert len(told) > 5


def test_what_is_not_kept_is_not_computed(filled: str) -> None:
    """PostgreSQL would look at the cheaper condition first, which the rows that went do not meet."""
    rows = stored(filled, "t")
    kept = Kept(rows, "t", Formula("a ~ '^12$' AND a ~ '1' AND a ~ '2'", frozenset(("a",))))
    probe = Count(kept, Fails(Formula("a::integer > 0", frozenset(("a",))), "t"))
    assert numbers(ask(filled, [probe], Asking())) == [(0, None)]


def written_often(rows: Stored, times: int) -> Rows:
    """The rows after so many UPDATEs of one column."""
    written: Rows = rows
    add = Formula('"n" + 1', frozenset("n"))
    for _ in range(times):
        outputs = (Output(Field("n", rows.fields[-1].type), add),)
        written = Computed(written, "t", outputs, Formula('"n" < 100', frozenset("n")))
    return written


def test_many_updates_are_one_query(filled: str, tmp_path: Path) -> None:
    """Put into one another their formulas would double with each of them, and never be read to the end."""
    rows = Stored(QName("public", "t"), (Field("n", SqlType("bigint")),))
    assert numbers(ask(filled, [Count(written_often(rows, 40), IsNull("n"))], Asking())) == [(1, None)]
    with sqlite3.connect(tmp_path / "app.db") as connection:
        connection.execute("CREATE TABLE t (n INTEGER)")
        connection.execute("INSERT INTO t VALUES (1), (NULL)")
    connection.close()
    url = f"sqlite:///{tmp_path}/app.db"
    main = Stored(QName("main", "t"), (Field("n", SqlType("INTEGER")),))
    probes: list[Probe] = [Count(written_often(main, times), IsNull("n")) for times in (10, 40)]
    assert numbers(ask(url, probes, Asking())) == [(1, None), (1, None)]
