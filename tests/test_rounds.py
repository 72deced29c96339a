"""Questions and answers of a run: what is asked, what is done with the answers, what nobody could say."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from checker.catalog import QName
from checker.engine import check
from checker.finding import LiveSide, Report
from checker.live.sqlite import Sqlite
from checker.probe import NO_ROWS, Answer, Answers, Count, Probe, Unanswered
from checker.sql.split import split
from checker.statement import Migration, Source, Transaction
from tests.rulecase import catalog_of, rules

SHOP = """
CREATE TABLE users (id integer PRIMARY KEY, email text);
INSERT INTO users (email) VALUES ('a'), ('a'), (NULL);
CREATE TABLE log (line text);
CREATE TRIGGER keep AFTER INSERT ON log BEGIN DELETE FROM users WHERE email IS NULL; END;
"""


class Asked:
    """A SQLite database in memory that remembers what it was asked, round by round."""

    def __init__(self, live: str) -> None:
        connection = sqlite3.connect(":memory:", isolation_level=None)
        connection.executescript(live)
        self.live = Sqlite(connection, "memory")
        self.rounds: list[tuple[Probe, ...]] = []

    def __call__(self, probes: Sequence[Probe], loose: frozenset[QName]) -> Answers:
        self.rounds.append(tuple(probes))
        return self.live.answer(probes, loose)


def report(sql: str, answerer: object = None, live: str = SHOP) -> Report:
    migration = Migration("m.sql", split(Source("m.sql", sql), "sqlite"), Transaction.EACH)
    side = LiveSide("sqlite", "3.40", "database", "memory")
    return check(
        [migration], catalog_of(live, "sqlite"), rules=rules(), live=side, answerer=answerer,  # type: ignore[arg-type]
    )  # fmt: skip


def refused(found: Report) -> list[tuple[int | None, str]]:
    return [(one.statement, one.certainty.value) for one in found.findings if one.hazard == "will-fail"]


def test_nothing_is_asked_twice_and_nothing_where_nothing_depends_on_rows() -> None:
    asked = Asked(SHOP)
    sql = "CREATE UNIQUE INDEX u ON users (email); CREATE UNIQUE INDEX v ON users (email);"
    assert refused(report(sql, asked)) == [(0, "proven"), (1, "proven")]
    every = [probe for probes in asked.rounds for probe in probes]
    assert len(every) == len(set(every))
    quiet = Asked(SHOP)
    report("CREATE TABLE t (a int); ALTER TABLE users ADD COLUMN name text;", quiet)
    assert quiet.rounds == []


def test_what_stands_behind_a_refusal_is_asked_in_the_next_round() -> None:
    asked = Asked(SHOP)
    sql = "CREATE UNIQUE INDEX u ON users (email); DELETE FROM users WHERE id = 2; CREATE UNIQUE INDEX u ON users (email);"
    assert refused(report(sql, asked)) == [(0, "proven")]


def test_without_rows_a_change_of_the_schema_is_possible_and_a_write_is_silent() -> None:
    found = report("CREATE UNIQUE INDEX u ON users (email); INSERT INTO users (id) VALUES (1);")
    assert refused(found) == [(0, "possible")]
    assert not any(NO_ROWS in entry.why for entry in found.not_checked)


def test_what_the_live_side_cannot_answer_is_possible_and_said() -> None:
    def nobody(probes: Sequence[Probe], loose: frozenset[QName]) -> Answers:
        return dict.fromkeys(probes, Unanswered("took longer than 5 s"))

    found = report("CREATE UNIQUE INDEX u ON users (email);", nobody)
    assert refused(found) == [(0, "possible")]
    assert [(entry.what, entry.why) for entry in found.not_checked] == [
        ("rows of main.users.email", "took longer than 5 s")
    ]
    assert found.verdict == "incomplete"


def test_an_answerer_that_never_comes_to_an_end_is_ended() -> None:
    def contrary(probes: Sequence[Probe], loose: frozenset[QName]) -> Answers:
        return {probe: Answer(0) if isinstance(probe, Count) else Unanswered("no") for probe in probes}

    assert report("CREATE UNIQUE INDEX u ON users (email);", contrary).verdict == "incomplete"


def test_code_that_ran_before_is_said_where_an_answer_leans_on_it() -> None:
    asked = Asked(SHOP)
    alone = report("INSERT INTO log VALUES ('x');", asked)
    assert alone.not_checked == ()
    found = report("INSERT INTO log VALUES ('x'); CREATE UNIQUE INDEX u ON users (id);", asked)
    assert [entry.what for entry in found.not_checked] == [
        "what the trigger keep on main.log does to other tables"
    ]
    doubtful = report("INSERT INTO log VALUES ('x'); CREATE UNIQUE INDEX u ON users (email);", asked)
    assert refused(doubtful) == [(1, "likely")]
