"""No question runs what somebody wrote in the database: functions, operators, casts, domains and views of its own."""

from __future__ import annotations

import psycopg
import pytest

from checker.engine import check
from checker.finding import LiveSide, Report
from checker.live import connect
from checker.sql.split import split
from checker.statement import Migration, Source
from tests.rulecase import rules
from tests.servers import Server

WRITTEN = """AS $$BEGIN PERFORM pg_advisory_lock(42); RETURN NULL; END$$ LANGUAGE plpgsql"""
SETUP = (
    "CREATE TYPE mood AS ENUM ('low', 'high')",
    "CREATE TABLE t (id integer PRIMARY KEY, n integer, x text, m mood)",
    "INSERT INTO t VALUES (1, 1, 'a', 'low'), (2, NULL, 'b', 'high')",
    f"CREATE FUNCTION touched() RETURNS trigger {WRITTEN}",
)
NULLS = "ALTER TABLE t ALTER n SET NOT NULL"
OPERATOR = f"CREATE FUNCTION alike(integer, text) RETURNS boolean {WRITTEN}"
DOMAIN = f"CREATE FUNCTION proper(text) RETURNS boolean {WRITTEN}; CREATE DOMAIN word AS text CHECK (proper(VALUE))"
CASES = {
    "a name of an extension's": (f"CREATE FUNCTION similarity(text, text) RETURNS integer {WRITTEN}", "UPDATE t SET n = similarity(x, x)"),
    "a comment in between": (f"CREATE FUNCTION ifnull(integer, integer) RETURNS integer {WRITTEN}", "UPDATE t SET n = ifnull/**/(n, 1)"),
    "quoted": (f"CREATE FUNCTION ifnull(integer, integer) RETURNS integer {WRITTEN}", 'UPDATE t SET n = U&"ifnul\\006c"(n, 1)'),
    "a type of its own": (f"CREATE FUNCTION length(mood) RETURNS integer {WRITTEN}", "UPDATE t SET n = length(m)"),
    "a field": (f"CREATE FUNCTION secret(t) RETURNS integer {WRITTEN}", "UPDATE t SET n = t.secret"),
    "a field of any row": (f"CREATE FUNCTION secret(anyelement) RETURNS integer {WRITTEN}", "UPDATE t SET n = (t).secret"),
    "a field in disguise": (f"CREATE FUNCTION secret(t) RETURNS integer {WRITTEN}", 'UPDATE t SET n = t.U&"secre\\0074"'),
    "an operator": (f"{OPERATOR}; CREATE OPERATOR ~~~~ (LEFTARG = integer, RIGHTARG = text, FUNCTION = alike)", "DELETE FROM t WHERE n ~~~~ x"),
    "equality": (f"{OPERATOR}; CREATE OPERATOR = (LEFTARG = integer, RIGHTARG = text, FUNCTION = alike)", "DELETE FROM t WHERE n IN (SELECT x FROM t)"),
    "a domain": (DOMAIN, "UPDATE t SET n = length(x::word)"),
    "an array of it": (DOMAIN, "UPDATE t SET n = cardinality('{a}'::word[])"),
    "a row of it": (
        f"{DOMAIN}; CREATE TABLE words (id integer, w word)",
        "UPDATE t SET n = (json_populate_record(NULL::words, '{\"w\": \"a\"}')).id",
    ),
    "a cast": (f"CREATE FUNCTION as_mood(integer) RETURNS mood {WRITTEN}; CREATE CAST (integer AS mood) WITH FUNCTION as_mood(integer)", "UPDATE t SET n = length((id::mood)::text)"),
    "a cast unsaid": (f"CREATE FUNCTION as_text(mood) RETURNS text {WRITTEN}; CREATE CAST (mood AS text) WITH FUNCTION as_text(mood) AS IMPLICIT", "UPDATE t SET n = length(m)"),
    "a view that takes a lock": (
        "CREATE VIEW v AS SELECT 1 AS one FROM (SELECT pg_advisory_lock(id) FROM t OFFSET 0) AS s",
        "UPDATE t SET n = (SELECT max(one) FROM v)",
    ),
    "a view of a view": (
        f"CREATE FUNCTION one() RETURNS integer {WRITTEN}; CREATE VIEW u AS SELECT one(); CREATE VIEW v AS SELECT * FROM u",
        "UPDATE t SET n = (SELECT max(one) FROM v)",
    ),
}  # fmt: skip


def report(url: str, sql: str) -> Report:
    """What is said about a migration; none of the functions, which lock something, may have run."""
    source = Source("migration.sql", sql)
    with connect(url) as live:
        side = LiveSide("postgres", "15", "database", "")
        migration = Migration(source.name, split(source, "postgres"))
        found = check([migration], live.catalog().catalog, rules=rules(), live=side, answerer=live.answer)
        assert locks(url) == 0
    return found


def locks(url: str) -> int:
    """How many of the locks are held that the functions take."""
    with psycopg.connect(url) as connection:
        found = connection.execute(
            "SELECT count(*) FROM pg_locks JOIN pg_database d ON d.oid = database"
            " WHERE locktype = 'advisory' AND datname = current_database()"
        ).fetchone()
    assert found is not None
    return int(found[0])


@pytest.mark.parametrize("case", CASES)
def test_code_of_the_database_is_not_run(case: str, postgres: Server, database: str) -> None:
    written, statement = CASES[case]
    postgres.run(*SETUP, written, url=database)
    found = report(database, f"{statement};\n{NULLS};")
    said = [one.evidence for one in found.findings if one.rule == "null-in-not-null"]
    assert len(said) == 1
    assert (
        "code of the database's own" in said[0]
        or "a function of the database's own" in said[0]
        or "foretell" in said[0]
    )


def test_code_that_nothing_calls_is_in_nobodys_way(postgres: Server, database: str) -> None:
    postgres.run(
        *SETUP,
        f"CREATE FUNCTION proper(text) RETURNS boolean {WRITTEN}",
        "CREATE DOMAIN word AS text CHECK (proper(VALUE))",
        "ALTER TABLE t ADD COLUMN w word",
        f"CREATE FUNCTION length(integer[]) RETURNS integer {WRITTEN}",
        f"CREATE FUNCTION t(integer) RETURNS integer {WRITTEN}",
        url=database,
    )
    found = report(database, f"UPDATE t SET x = upper(x); {NULLS};")
    assert [one.certainty.value for one in found.findings if one.rule == "null-in-not-null"] == ["proven"]
