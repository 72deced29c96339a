"""Automatic names and cuts, against what a real PostgreSQL chooses."""

from __future__ import annotations

import psycopg
import pytest

from checker import names
from tests import servers

CUTS = [
    ("short", "short"),
    ("a" * 63, "a" * 63),
    ("a" * 64, "a" * 63),
    ("é" * 32, "é" * 31),
    ("a" + "é" * 31, "a" + "é" * 31),
    ("a" * 62 + "é", "a" * 62),
    ("😀" * 16, "😀" * 15),
]


@pytest.mark.parametrize(("written", "stored"), CUTS)
def test_cut(written: str, stored: str) -> None:
    assert names.cut(written) == stored


@pytest.mark.parametrize(("written", "stored"), CUTS)
def test_cut_as_the_server(database: str, written: str, stored: str) -> None:
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute(f'CREATE TABLE "{written}" (a int)'.encode())
        assert connection.execute(
            "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace"
        ).fetchall() == [(stored,)]


# The expression of an index key, and what PostgreSQL 15 calls the index's column
EXPRESSIONS = [
    ("lower(b)", "lower"),
    ("pg_catalog.lower(b)", "lower"),
    ("(a + 1)", "expr"),
    ("(b::varchar)", "b"),
    ("('x'::text)", "text"),
    ("((a + 1)::integer)", "int4"),
    ("((a + 1)::bigint)", "int8"),
    ("CAST(a + 1 AS smallint)", "int2"),
    ("(CAST(b AS text))", "b"),
    ("((a + 1)::numeric(10,2))", "numeric"),
    ("(lower(b)::varchar(10))", "lower"),
    ("(CASE WHEN a > 1 THEN a ELSE 2 END)", "case"),
    ("(CASE WHEN a > 1 THEN a ELSE a END)", "a"),
    ("(CASE WHEN a > 1 THEN 1 END)", "case"),
    ("COALESCE(b, 'x')", "coalesce"),
    ("GREATEST(a, 2)", "greatest"),
    ("NULLIF(a, 2)", "nullif"),
    ("(b || 'x')", "expr"),
    ("(a IS NULL)", "expr"),
    ("(NOT (a > 1))", "expr"),
    ("(j ->> 'k')", "expr"),
    ("((j ->> 'k')::integer)", "int4"),
    ("((j ->> 'k')::character varying)", "varchar"),
    ("(b COLLATE \"C\")", "b"),
    ("(lower(b) COLLATE \"C\")", "lower"),
    ("(arr[1])", "arr"),
    ("(\"Q\")", "Q"),
    ("TRIM(b)", "btrim"),
    ("SUBSTRING(b FROM 1 FOR 2)", "substring"),
    ("(tz AT TIME ZONE 'UTC')", "timezone"),
    ("EXTRACT(year FROM ts)", "extract"),
    ("(ARRAY[a])", "array"),
    ("(((b)))", "b"),
    ("(a = ANY (ARRAY[1,2]))", "expr"),
]  # fmt: skip
TABLE = 'CREATE TABLE t (a int, b text, j jsonb, arr int[], "Q" int, ts timestamp, tz timestamptz)'


@pytest.mark.parametrize(("expression", "name"), EXPRESSIONS)
def test_expression_name(expression: str, name: str) -> None:
    assert (names.expression_name(expression) or "expr") == name


def test_expression_names_as_the_server(postgres: servers.Server, database: str) -> None:
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute(TABLE)
        for number, (expression, name) in enumerate(EXPRESSIONS):
            if name == "extract" and postgres.version < (14,):
                continue
            connection.execute(f"CREATE INDEX i{number} ON t ({expression})".encode())
            query = f"SELECT attname FROM pg_attribute WHERE attrelid = 'i{number}'::regclass"
            assert connection.execute(query.encode()).fetchall() == [(name,)], expression
