"""What a snapshot knows of rows, by what a check says: the database it was taken of is gone by then."""

from __future__ import annotations

import pytest

from checker.asking import Asking
from checker.catalog import QName
from checker.engine import check
from checker.finding import Finding, LiveSide, Report
from checker.live import connect
from checker.snapshot.answers import Recorded
from checker.snapshot.contents import Contents, Number, Snapshot
from checker.snapshot.document import dumps, loads
from checker.snapshot.take import taken
from checker.sql.split import split
from checker.statement import Migration, Source
from tests.rulecase import rules
from tests.servers import Server
from tests.snapshots import TAKEN

LIVE = """
CREATE TYPE mood AS ENUM ('sad', 'ok', 'new');
CREATE TABLE teams (id int PRIMARY KEY, name text UNIQUE);
INSERT INTO teams VALUES (1, 'a'), (2, 'b');
CREATE TABLE users (id int PRIMARY KEY, team int REFERENCES teams, email text, nick text, note text, feels mood,
    boss int, age int CHECK (age > 0));
INSERT INTO users VALUES (1, 1, 'x', 'a', NULL, 'sad', 7, 1), (2, 2, 'y', 'a', NULL, 'ok', NULL, NULL);
ALTER TABLE users ADD CONSTRAINT bosses FOREIGN KEY (boss) REFERENCES users NOT VALID;
ALTER TABLE users ADD CONSTRAINT grown CHECK (age >= 1) NOT VALID;
ALTER TABLE users ADD CONSTRAINT old CHECK (age > 17) NOT VALID;
CREATE TABLE notes (id int PRIMARY KEY, slug text, body text);
INSERT INTO notes VALUES (1, 'abc ', NULL), (2, 'b', '');
CREATE TABLE empty (a int, b text);
CREATE TABLE logs (at int, what text, size int NOT NULL) PARTITION BY LIST (at);
CREATE TABLE logs_1 PARTITION OF logs FOR VALUES IN (1);
INSERT INTO logs VALUES (1, 'x', 1);
ANALYZE
"""


@pytest.fixture(scope="module")
def snapshot(postgres: Server) -> Snapshot:
    """The snapshot, after a way through its file."""
    url = postgres.fresh()
    postgres.run(*(one.text for one in split(Source("live", LIVE), "postgres")), url=url)
    with connect(url) as live:
        text = dumps(taken(live, now=TAKEN))
    postgres.drop(url)
    return loads(text, "live.json")


def report(snapshot: Snapshot, sql: str) -> Report:
    """What is said about a migration."""
    side = LiveSide("postgres", "", "snapshot", "app")
    migration = Migration("a.sql", split(Source("a.sql", sql), "postgres"))
    return check([migration], snapshot.catalog, rules=rules(), live=side, answerer=Recorded(snapshot).answer)


def refused(found: Report) -> list[Finding]:
    return [one for one in found.findings if one.hazard == "will-fail"]


def test_what_is_written_down(snapshot: Snapshot) -> None:
    none, one, two = Number(0), Number(1), Number(2)
    users = snapshot.contents[QName("public", "users")]
    assert users == Contents(
        QName("public", "users"), two,
        {"team": none, "email": none, "nick": none, "note": two, "feels": none, "boss": one, "age": one},
        {"feels": {"sad": one, "ok": one, "new": none}}, {"email": 1, "nick": 1, "note": 0},
        {"email": none, "nick": one, "note": none, "age": none}, {"bosses": one, "grown": none, "old": one},
        2, users.bytes, users.index_bytes,
    )  # fmt: skip
    assert snapshot.contents[QName("public", "empty")].rows == none
    assert QName("public", "logs_1") in snapshot.contents
    assert snapshot.contents[QName("public", "logs_1")].rows is None, "they are counted with their parent's"


PASSES = [
    "ALTER TABLE users ALTER email SET NOT NULL",
    "ALTER TABLE users ALTER id SET NOT NULL",
    "ALTER TABLE users ADD UNIQUE (email)",
    "ALTER TABLE users ADD UNIQUE (nick, email)",
    "ALTER TABLE users ADD UNIQUE (note)",
    "CREATE UNIQUE INDEX ON teams (name, id)",
    "CREATE UNIQUE INDEX ON users (email) WHERE age > 1",
    "CREATE UNIQUE INDEX ON users (email, lower(nick))",
    "ALTER TABLE teams ALTER name SET NOT NULL",
    "ALTER TABLE users ADD FOREIGN KEY (team) REFERENCES teams",
    "ALTER TABLE users VALIDATE CONSTRAINT grown",
    "ALTER TABLE users ADD CONSTRAINT again CHECK (age > 0)",
    "ALTER TABLE users ALTER note TYPE int USING note::int",
    "ALTER TABLE empty ADD COLUMN c int NOT NULL",
    "ALTER TABLE empty ALTER b TYPE int USING b::int",
    "ALTER TABLE empty ADD CHECK (a > 1), ADD UNIQUE (a)",
    "ALTER TABLE logs ALTER at SET NOT NULL",
    "ALTER TABLE logs_1 ALTER what SET NOT NULL",
    # behind other statements
    "ALTER TABLE users ADD COLUMN x int; ALTER TABLE users ALTER email SET NOT NULL; ALTER TABLE users ADD UNIQUE (email)",
    "ALTER TABLE users RENAME email TO mail; ALTER TABLE users ALTER mail SET NOT NULL; ALTER TABLE users ADD UNIQUE (mail)",
    "UPDATE notes SET body = '' WHERE body IS NULL; ALTER TABLE notes ALTER body SET NOT NULL",
    "UPDATE notes SET slug = 'x' WHERE id = 1; ALTER TABLE notes ALTER slug SET NOT NULL",
    "DELETE FROM notes WHERE body IS NULL; ALTER TABLE notes ALTER body SET NOT NULL",
    "DELETE FROM notes WHERE id = 1; ALTER TABLE notes ADD UNIQUE (slug)",
    "ALTER TABLE users ADD COLUMN x int DEFAULT 1; ALTER TABLE users ALTER x SET NOT NULL",
    "ALTER TABLE users ALTER team TYPE bigint; ALTER TABLE users ALTER team SET NOT NULL",
    "DELETE FROM notes; ALTER TABLE notes ADD COLUMN x int NOT NULL",
    "ALTER TABLE notes ALTER slug TYPE varchar(3)",
    "ALTER TABLE notes ALTER body TYPE char(1)",
    "CREATE TYPE feeling AS ENUM ('sad', 'ok'); ALTER TABLE users ALTER feels TYPE feeling USING feels::text::feeling",
]  # fmt: skip


@pytest.mark.parametrize("sql", PASSES)
def test_what_is_proven_harmless_is_silent(snapshot: Snapshot, sql: str) -> None:
    found = report(snapshot, sql)
    assert not refused(found)
    assert not found.not_checked


FAILS = [
    ("ALTER TABLE users ALTER note SET NOT NULL", "2 rows"),
    ("ALTER TABLE users ALTER boss SET NOT NULL", "1 of 2 rows"),
    ("ALTER TABLE users ADD COLUMN x int NOT NULL", "2 rows"),
    ("ALTER TABLE users ADD COLUMN x int; ALTER TABLE users ALTER x SET NOT NULL", "2 rows"),
    ("ALTER TABLE users ADD UNIQUE (nick)", "1 key"),
    ("ALTER TABLE users VALIDATE CONSTRAINT bosses", "1 row"),
    ("ALTER TABLE users VALIDATE CONSTRAINT old", "1 of 2 rows"),
    ("ALTER TABLE logs ADD COLUMN x int NOT NULL", "1 row"),
    ("CREATE TYPE feeling AS ENUM ('ok'); ALTER TABLE users ALTER feels TYPE feeling USING feels::text::feeling",
     "1 of 2 rows"),
    ("INSERT INTO empty VALUES (NULL); ALTER TABLE empty ALTER a SET NOT NULL", "1 row"),
]  # fmt: skip


@pytest.mark.parametrize(("sql", "evidence"), FAILS)
def test_what_is_proven_to_fail_is_an_error_with_its_evidence(
    snapshot: Snapshot, sql: str, evidence: str
) -> None:
    (found,) = refused(report(snapshot, sql))
    assert found.certainty.value == "proven"
    assert found.evidence == f"{evidence}, by the snapshot of 2026-11-28 10:00 UTC"


UNKNOWN = [
    "ALTER TABLE users ADD CHECK (length(email) < 5)",
    "ALTER TABLE users ALTER nick TYPE int USING nick::int",
    "ALTER TABLE users ADD FOREIGN KEY (age) REFERENCES teams",
    "CREATE UNIQUE INDEX ON users (lower(nick))",
    "CREATE UNIQUE INDEX ON users (nick, team)",
    "CREATE UNIQUE INDEX ON users (nick) WHERE age > 1",
    "UPDATE notes SET slug = lower(body); ALTER TABLE notes ALTER slug SET NOT NULL",
    "UPDATE notes SET body = '' WHERE id = 2; ALTER TABLE notes ALTER body SET NOT NULL",
    "DELETE FROM notes WHERE id = 1; ALTER TABLE notes ALTER body SET NOT NULL",
]  # fmt: skip


@pytest.mark.parametrize("sql", UNKNOWN)
def test_what_it_does_not_say_is_not_checked_and_never_safe(snapshot: Snapshot, sql: str) -> None:
    found = report(snapshot, sql)
    assert found.verdict == "incomplete"
    assert [one.certainty.value for one in refused(found)] == ["possible"]
    assert "the snapshot of 2026-11-28 10:00 UTC does not say" in {one.why for one in found.not_checked}


def test_no_value_of_a_row_is_in_the_file(postgres: Server, database: str) -> None:
    postgres.run(
        "CREATE TABLE people (id bigint PRIMARY KEY, name text, born date, pay numeric)",
        "INSERT INTO people VALUES (918273645, 'Zaphod', '1952-03-11', 31415.92)",
        "CREATE INDEX ON people (name)", "ANALYZE", url=database,
    )  # fmt: skip
    with connect(database) as live:
        text = dumps(taken(live))
    assert not [value for value in ("918273645", "Zaphod", "1952", "31415") if value in text]


def test_a_text_that_is_too_long_is_found_without_its_number(snapshot: Snapshot) -> None:
    (found,) = refused(report(snapshot, "ALTER TABLE notes ALTER slug TYPE varchar(2)"))
    assert found.certainty.value == "proven"
    assert found.evidence == "at least 1 of 2 rows, by the snapshot of 2026-11-28 10:00 UTC"


def test_what_nobody_could_say_is_said_by_table(postgres: Server, database: str) -> None:
    postgres.run("CREATE TABLE a (x int)", "CREATE TABLE b (x int)", "INSERT INTO a VALUES (1)", url=database)
    with connect(database) as live:
        hurried = taken(live, asking=Asking(budget=0))
        silent = taken(live, asking=Asking("off"))
    why = "the budget of 0 s for questions about rows is used up"
    assert hurried.gaps == (f"not all is known of 2 tables (public.a, public.b): {why}",)
    assert not hurried.contents[QName("public", "a")].rows
    assert not silent.gaps
    assert silent.contents.keys() == hurried.contents.keys()


def test_keys_of_offenders_are_never_asked_for(postgres: Server, database: str) -> None:
    postgres.run(
        "CREATE TABLE a (id int PRIMARY KEY, x int)", "INSERT INTO a VALUES (987654, NULL)",
        "ALTER TABLE a ADD CONSTRAINT c CHECK (x IS NOT NULL) NOT VALID", url=database,
    )  # fmt: skip
    with connect(database) as live:
        text = dumps(taken(live, asking=Asking(keys=True)))
    assert '"c":1' in text
    assert "987654" not in text
