"""Remedies for tables and columns of any name: what is printed runs, and does nothing else."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest

from checker import remedy
from checker.catalog import Catalog, Column, EnumType, Expr, QName, Server, View
from checker.sql.split import split
from checker.sqltype import SqlType
from checker.statement import Source
from tests import servers

TEXT = SqlType("text")
NAMES = [
    "users", "Users", "select", "a b", 'a"b', '"', "it's", "semi;colon", "dash--dash", "/*", "*/", "$sync$", "$$",
    "new\nline", "tab\there", "back\\slash", "ünï", "x" * 63, "é" * 31, "a.b", "%s", "{x}", ":name", "?", "1st",
]  # fmt: skip
CATALOG = Catalog(Server("postgres", (15, 0)))

each_name = pytest.mark.parametrize("name", NAMES, ids=range(len(NAMES)))


@pytest.fixture(scope="module")
def connection(postgres: servers.Server) -> Iterator[psycopg.Connection]:
    url = postgres.fresh()
    with psycopg.connect(url, autocommit=True) as opened:
        yield opened
    postgres.drop(url)


def run(connection: psycopg.Connection, sql: str) -> None:
    for statement in split(Source("remedy", sql), "postgres"):
        connection.execute(statement.text.encode())


@pytest.fixture
def schema(connection: psycopg.Connection) -> Iterator[str]:
    """A schema with a hostile name, and a table beside it that must survive."""
    run(connection, 'CREATE SCHEMA "the ""schema"; CREATE TABLE public.survivor (id int)')
    yield 'the "schema'
    assert connection.execute("SELECT count(*) FROM public.survivor").fetchone() == (0,)
    run(connection, 'DROP SCHEMA "the ""schema" CASCADE; DROP TABLE public.survivor')


@each_name
def test_every_remedy_runs(name: str, schema: str, connection: psycopg.Connection) -> None:
    table, column = QName(schema, name), Column(name, TEXT)
    place, quoted = remedy.qualified(table), remedy.quoted(name)
    new = name[:40] + "2"
    run(connection, f"CREATE TABLE {place} (id int, {quoted} text); INSERT INTO {place} VALUES (1, 'a')")
    run(connection, remedy.backup(table, postgres=True))
    run(connection, remedy.backup_schema(schema))
    run(connection, remedy.set_default(table, name, "'x'"))
    run(connection, remedy.rows_with(table, name, ("it's", "b")))
    run(connection, remedy.rename_column_slowly(table, column, new, postgres=True))
    connection.execute(f"INSERT INTO {place} (id, {remedy.quoted(new)}) VALUES (2, 'b')".encode())
    connection.execute(f"UPDATE {place} SET {quoted} = 'c' WHERE id = 1".encode())
    both = f"SELECT {quoted}, {remedy.quoted(new)} FROM {place} ORDER BY id"
    assert connection.execute(both.encode()).fetchall() == [("c", "c"), ("b", "b")]
    added = Column(name[:40] + "3", SqlType("integer"), nullable=False)
    run(connection, remedy.add_required(table, added, CATALOG))
    run(connection, remedy.keep_default(table, added, CATALOG))
    run(connection, remedy.add_with_default(table, Column(name[:40] + "4", TEXT, nullable=False), CATALOG))
    varchar = SqlType("character varying", (9,))
    run(connection, remedy.convert(table, Column(name, TEXT, default=Expr("'x'")), varchar))


@each_name
def test_views_around_a_statement(name: str, schema: str, connection: psycopg.Connection) -> None:
    view = View(QName(schema, name), text=f"SELECT 1 AS {remedy.quoted(name)};")
    run(connection, remedy.create_view(view))
    run(connection, remedy.around_views((view,), "SELECT 2 -- two"))
    run(connection, f"ALTER VIEW {remedy.qualified(view.name)} RENAME TO renamed")
    run(connection, remedy.compatibility_view(view.name, QName(schema, "renamed")))


@each_name
def test_a_comment_stays_one_comment(name: str) -> None:
    for line in (
        remedy.comment(name),
        remedy.backup(QName(name, name), postgres=True),
        remedy.backup_schema(name),
    ):
        assert line.startswith("-- ")
        assert len(line.splitlines()) == 1


def test_the_shell_reads_one_word() -> None:
    import shlex

    line = remedy.backup(QName("s", 'it\'s "$(rm -rf)"'), postgres=True)
    words = shlex.split(line.removeprefix("-- run a backup first: "))
    assert words[0] == "pg_dump"
    assert words[1] == '--table=s."it\'s ""$(rm -rf)"""'
    assert len(words) == 3


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (SqlType("integer"), "0"),
        (SqlType("text", array=True), "'{}'"),
        (SqlType("mood", schema="public"), "'it''s'"),
        (SqlType("other", schema="public"), None),
        (SqlType("polygon"), None),
    ],
)
def test_neutral_values(kind: SqlType, value: str | None) -> None:
    mood = QName("public", "mood")
    catalog = Catalog(Server("postgres", (15, 0)), types={mood: EnumType(mood, ("it's", "ok"))})
    assert remedy.neutral(kind, catalog) == value


def test_neutral_values_are_of_their_type(connection: psycopg.Connection) -> None:
    kinds = (
        "text", "character varying", "character", "bytea", "smallint", "integer", "bigint", "numeric", "real",
        "double precision", "json", "jsonb", "boolean", "uuid", "date", "timestamp with time zone",
        "timestamp without time zone", "interval",
    )  # fmt: skip
    for kind in kinds:
        connection.execute(
            f"CREATE TEMP TABLE t (x {kind} DEFAULT {remedy.zero(SqlType(kind))}); DROP TABLE t".encode()
        )


def test_a_comment_at_the_end_does_not_swallow_the_terminator() -> None:
    assert remedy.statement("SELECT 1") == "SELECT 1;"
    assert remedy.statement("SELECT 1 -- one") == "SELECT 1 -- one\n;"


def test_on_sqlite_a_column_is_added_with_its_default() -> None:
    catalog = Catalog(Server("sqlite", (3, 40)))
    column = Column("a", SqlType("TEXT"), nullable=False)
    assert remedy.add_required(QName("main", "t"), column, catalog) == (
        "ALTER TABLE main.t ADD COLUMN a TEXT NOT NULL DEFAULT '';"
    )
