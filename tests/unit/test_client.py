"""The client's own commands: those that do something to the database, and those that do not."""

from __future__ import annotations

import pytest

from checker.live.written import written
from checker.sql.mentioned import mentioned
from checker.sql.nodes import Insert, Node, Query, Unreadable, Utility
from checker.sql.read import read
from checker.sql.split import split
from checker.statement import Source
from tests.unit.reading import n


def command(text: str, dialect: str = "postgres") -> Node:
    (statement,) = split(Source("x.sql", text + "\n"), dialect)
    return read(statement, dialect)


@pytest.mark.parametrize(
    "text",
    [
        r"\restrict abc",
        r"\unrestrict abc",
        r"\set ON_ERROR_STOP on",
        r"\echo hi",
        r"\timing",
        r"\else",
        r"\gset",
    ],
)
def test_commands_without_an_effect(text: str) -> None:
    assert command(text) == Utility(text.split()[0])


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (r"\i other.sql", r"\i: runs the file other.sql, which is not read"),
        (r"\ir ../other.sql", r"\ir: runs the file ../other.sql, which is not read"),
        (r"\connect other", r"\connect: from here on the statements go to another database"),
        (r"\gexec", r"\gexec: runs what the query before it returns"),
        (r"\if :x", r"\if: which branch runs is known to psql alone; all of them are taken to run"),
        (r"\q", r"\q: the client stops here: what follows does not run"),
        (r"\! rm x", r"\!: runs a program, whose effect is not known"),
        (r"\copy", r"\copy: neither a table nor a query to copy"),
    ],
)
def test_commands_that_cannot_be_followed(text: str, said: str) -> None:
    node = command(text)
    assert isinstance(node, Unreadable)
    assert node.reason == said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (".read other.sql", ".read: runs the file other.sql, which is not read"),
        (".import a.csv t", ".import: fills a table from the file a.csv, and creates it where it is missing"),
        (".quit", ".quit: the client stops here: what follows does not run"),
        (".open other.db", ".open: from here on the statements go to another database"),
    ],
)
def test_sqlites_that_cannot_be_followed(text: str, said: str) -> None:
    node = command(text, "sqlite")
    assert isinstance(node, Unreadable)
    assert node.reason == said


def test_sqlites_without_an_effect() -> None:
    assert command(".mode csv", "sqlite") == Utility(".mode")


def test_copy_from_the_client_is_a_copy() -> None:
    assert command(r"\copy app.users (id, email) FROM 'x.csv' CSV") == Insert(
        n("app", "users"), ("id", "email"), copy=True
    )
    assert command(r"\copy users TO 'x.csv'") == Query((n("users"),))


def test_the_names_in_a_copy_are_mentioned() -> None:
    assert "users" in mentioned(split(Source("x.sql", "\\copy users FROM 'x.csv'\n"), "postgres"), "postgres")


def test_a_dump_that_creates_its_database_is_read_as_a_whole() -> None:
    dump = "CREATE DATABASE app;\n\\connect app\nCREATE TABLE users (id int);\n"
    found = written(Source("dump.sql", dump), "postgres").catalog()
    assert found.not_checked == ()
    assert not found.catalog.doubted
