"""Type names in every way of writing, as `format_type` spells them."""

from __future__ import annotations

import psycopg
import pytest

from checker.sql.cursor import Cursor, Unexpected
from checker.sql.tokens import tokenize
from checker.sql.types import read_type
from checker.sqltype import SqlType
from tests.unit.reading import t


def written(text: str, dialect: str = "postgres") -> SqlType:
    cursor = Cursor(text, tokenize(text, dialect), dialect)
    found = read_type(cursor)
    cursor.end()
    return found


WRITTEN = [
    ("int", "integer"),
    ("INT4", "integer"),
    ("int2", "smallint"),
    ("int8", "bigint"),
    ("BIGINT", "bigint"),
    ("float", "double precision"),
    ("float(24)", "real"),
    ("float(25)", "double precision"),
    ("float4", "real"),
    ("double precision", "double precision"),
    ("dec(5)", "numeric(5,0)"),
    ("decimal", "numeric"),
    ("numeric(10, 2)", "numeric(10,2)"),
    ("bool", "boolean"),
    ("varchar", "character varying"),
    ("varchar(20)", "character varying(20)"),
    ("CHARACTER VARYING (20)", "character varying(20)"),
    ("national character varying(3)", "character varying(3)"),
    ("char", "character(1)"),
    ("character(5)", "character(5)"),
    ("nchar(5)", "character(5)"),
    ("bpchar", "bpchar"),
    ('"char"', '"char"'),
    ("bit", "bit(1)"),
    ("bit varying(8)", "bit varying(8)"),
    ("varbit(3)", "bit varying(3)"),
    ("timestamptz", "timestamp with time zone"),
    ("timestamptz(3)", "timestamp(3) with time zone"),
    ("timestamp(3)", "timestamp(3) without time zone"),
    ("timestamp with time zone", "timestamp with time zone"),
    ("time(0) without time zone", "time(0) without time zone"),
    ("timetz", "time with time zone"),
    ("interval", "interval"),
    ("interval(2)", "interval(2)"),
    ("interval day to second(3)", "interval day to second(3)"),
    ("interval year to month", "interval year to month"),
    ("int[]", "integer[]"),
    ("int[3][]", "integer[]"),
    ("int array", "integer[]"),
    ("int array[4]", "integer[]"),
    ("_int4", "integer[]"),
    ("varchar(3)[]", "character varying(3)[]"),
    ("pg_catalog.int4", "integer"),
    ('"int4"', "integer"),
    ('"timestamp"(2)', "timestamp(2) without time zone"),
    ("pg_catalog.numeric(3)", "numeric(3,0)"),
    ("regclass", "regclass"),
    ("tsvector", "tsvector"),
    ("jsonb", "jsonb"),
]


@pytest.mark.parametrize(("text", "canonical"), WRITTEN)
def test_canonical_names(text: str, canonical: str) -> None:
    assert str(written(text)) == canonical
    assert written(text).is_builtin


def test_canonical_names_are_the_servers(database: str) -> None:
    columns = ", ".join(f"c{i} {text}" for i, (text, _) in enumerate(WRITTEN))
    with psycopg.connect(database) as connection:
        connection.execute(f"CREATE TABLE t ({columns})")
        rows = connection.execute(
            "SELECT format_type(atttypid, atttypmod) FROM pg_attribute"
            " WHERE attrelid = 't'::regclass AND attnum > 0 ORDER BY attnum"
        ).fetchall()
    assert [row[0] for row in rows] == [canonical for _, canonical in WRITTEN]


@pytest.mark.parametrize(
    ("text", "type_"),
    [
        ("mood", t("mood")),
        ("Mood", t("mood")),
        ('"Mood"', t("Mood")),
        ('public."Role"[]', t("Role", array=True, schema="public")),
        ("vector(1536)", t("vector", 1536)),
        ("geography(Point,4326)", t("geography", "Point", 4326)),
        ("serial", t("serial")),
        ("BIGSERIAL", t("bigserial")),
        ("serial8", t("bigserial")),
        ("serial2", t("smallserial")),
        ('"integer"', t("integer")),
    ],
)
def test_other_types(text: str, type_: SqlType) -> None:
    assert written(text) == type_


@pytest.mark.parametrize(
    "text", ["", "select", "varchar()", "varchar(1 2)", "users.id%TYPE", "coalesce", "'text'"]
)
def test_no_types(text: str) -> None:
    with pytest.raises(Unexpected):
        written(text)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("integer", "INTEGER"),
        ("Text", "TEXT"),
        ("varchar( 10 )", "varchar( 10 )"),
        ("double   precision", "double   precision"),
        ("UNSIGNED BIG INT", "UNSIGNED BIG INT"),
        ("DECIMAL(10, 2)", "DECIMAL(10, 2)"),
    ],
)
def test_loose_types_stay_as_written(text: str, name: str) -> None:
    assert written(text, "sqlite") == t(name)
