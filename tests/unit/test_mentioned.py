"""The names that statements mention: what of a live schema is looked at."""

from __future__ import annotations

import pytest

from checker.sql.mentioned import mentioned
from checker.sql.split import split
from checker.statement import Source

LONG = "x" * 70


@pytest.mark.parametrize(
    ("sql", "names"),
    [
        ('ALTER TABLE "My T" ADD FOREIGN KEY (a) REFERENCES App.Users', ("My T", "app", "users")),
        ("DROP SCHEMA app CASCADE", ("app.*",)),
        ("ALTER SCHEMA app RENAME TO old", ("app.*",)),
        ("DROP OWNED BY ann", ("ann.*",)),
        ("DO $$ BEGIN ALTER TABLE inside DROP b; END $$", ("inside", "b")),
        ("DO $a$ BEGIN EXECUTE $b$DROP TABLE deeper$b$; END $a$", ("deeper",)),
        ("SELECT setval('app.users_id_seq', 3)", ("app", "users_id_seq")),
        ("ALTER TABLE t ALTER a SET DEFAULT nextval('\"S\"'::regclass)", ("S",)),
        (f"DROP TABLE {LONG}", (LONG[:63],)),
        ("ALTER TABLE t ADD c app.mood", ("mood",)),
    ],
)
def test_every_name_counts(sql: str, names: tuple[str, ...]) -> None:
    assert set(names) <= mentioned(split(Source("a.sql", sql), "postgres"), "postgres")


def test_rows_are_no_names() -> None:
    sql = "COPY t (a) FROM stdin;\nusers\torders\n\\.\nINSERT INTO t VALUES ('" + "word " * 99 + "');"
    assert not mentioned(split(Source("a.sql", sql), "postgres"), "postgres") & {"users", "orders", "word"}


def test_sqlite_has_more_quotes() -> None:
    sql = "ALTER TABLE [my t] ADD a; DROP TABLE `b t`"
    assert {"my t", "b t"} <= mentioned(split(Source("a.sql", sql), "sqlite"), "sqlite")
