"""Types as values: affinity, wider and narrower, and PostgreSQL's casts held against a real server."""

from __future__ import annotations

from itertools import product

import psycopg
import pytest

from checker.sql.cursor import Cursor
from checker.sql.tokens import tokenize
from checker.sql.types import read_type
from checker.sqltype import (
    SqlType,
    assignment_castable,
    can_refer_to,
    explicit_castable,
    loose_type,
)


def pg(text: str) -> SqlType:
    return read_type(Cursor(text, tokenize(text, "postgres"), "postgres"))


@pytest.mark.parametrize(
    ("declared", "affinity"),
    [
        ("INTEGER", "integer"),
        ("tinyint(1)", "integer"),
        ("CHARINT", "integer"),
        ("POINT", "integer"),
        ("VARCHAR(255)", "text"),
        ("clob", "text"),
        ("BLOB", "blob"),
        ("", "blob"),
        ("double precision", "real"),
        ("FLOAT", "real"),
        ("DECIMAL(10, 5)", "numeric"),
        ("STRING", "numeric"),
        ("datetime", "numeric"),
        ("JSONB", "numeric"),
    ],
)
def test_affinity(declared: str, affinity: str) -> None:
    assert loose_type(declared).affinity() == affinity


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("int", "bigint"),
        ("smallint", "real"),
        ("int", "double precision"),
        ("int", "numeric"),
        ("int", "numeric(12,2)"),
        ("varchar(10)", "varchar(20)"),
        ("varchar(10)", "varchar"),
        ("varchar(10)", "text"),
        ("text", "varchar"),
        ("char(5)", "varchar(5)"),
        ("numeric(10,2)", "numeric(12,2)"),
        ("numeric(10,2)", "numeric(12,4)"),
        ("numeric(10,2)", "numeric"),
        ("timestamp(3)", "timestamp"),
        ("timestamp", "timestamp(6)"),
        ("interval day to second", "interval"),
        ("cidr", "inet"),
        ("int[]", "int[]"),
    ],
)
def test_widens(one: str, other: str) -> None:
    assert pg(one).widens_to(pg(other))
    assert not pg(one).narrows_to(pg(other))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("bigint", "int"),
        ("int", "real"),
        ("bigint", "double precision"),
        ("int", "numeric(10,2)"),
        ("numeric(10,2)", "int"),
        ("numeric(12,4)", "numeric(12,2)"),
        ("numeric", "numeric(10,2)"),
        ("text", "varchar(10)"),
        ("varchar(20)", "varchar(10)"),
        ("varchar", "varchar(10)"),
        ("timestamp", "date"),
        ("timestamp", "timestamp(0)"),
        ("timestamptz", "timestamp"),
        ("double precision", "numeric"),
        ("inet", "cidr"),
    ],
)
def test_narrows(one: str, other: str) -> None:
    assert pg(one).narrows_to(pg(other))
    assert not pg(one).widens_to(pg(other))


def test_types_that_are_not_built_in_are_not_judged() -> None:
    mood = SqlType("mood", schema="public")
    assert assignment_castable(mood, SqlType("text")) is True
    assert assignment_castable(mood, SqlType("integer")) is None
    assert assignment_castable(SqlType("text"), mood) is None
    assert can_refer_to(mood, SqlType("text")) is None
    assert can_refer_to(mood, mood) is True


PLAIN = (
    "smallint, integer, bigint, numeric, real, double precision, money, oid, regclass, boolean, text,"
    " character varying, character(300), name, bytea, date, time without time zone, time with time zone,"
    " timestamp without time zone, timestamp with time zone, interval, uuid, json, jsonb, xml, inet, cidr, macaddr,"
    " macaddr8, bit(8), bit varying, tsvector, tsquery, point, lseg, path, box, polygon, line, circle, int4range,"
    ' int4multirange, tstzrange, pg_lsn, xid, xid8, "char", integer[], text[], date[], character varying(9)[]'
)
TYPES = [name.strip() for name in PLAIN.split(", ")]

TRY_TYPE = """
DO $$ DECLARE one text; two text; BEGIN
  CREATE TEMP TABLE answer (one text, two text, how text, state text);
  FOREACH one IN ARRAY %(types)s::text[] LOOP
    EXECUTE format('CREATE TEMP TABLE t (c %%s)', one);
    FOREACH two IN ARRAY %(types)s::text[] LOOP
      BEGIN
        EXECUTE format('ALTER TABLE t ALTER c TYPE %%s', two);
        RAISE EXCEPTION USING errcode = 'ZZ000';
      EXCEPTION WHEN OTHERS THEN INSERT INTO answer VALUES (one, two, 'assignment', SQLSTATE); END;
      BEGIN
        EXECUTE format('SELECT NULL::%%s::%%s', one, two);
        RAISE EXCEPTION USING errcode = 'ZZ000';
      EXCEPTION WHEN OTHERS THEN INSERT INTO answer VALUES (one, two, 'explicit', SQLSTATE); END;
    END LOOP;
    DROP TABLE t;
  END LOOP;
END $$
"""


def test_casts_are_the_servers(database: str) -> None:
    with psycopg.connect(database, autocommit=True, cursor_factory=psycopg.ClientCursor) as connection:
        connection.execute(TRY_TYPE, {"types": TYPES})
        rows = connection.execute("SELECT one, two, how, state = 'ZZ000' FROM answer").fetchall()
    assert len(rows) == 2 * len(TYPES) ** 2
    judge = {"assignment": assignment_castable, "explicit": explicit_castable}
    wrong = [(*row,) for row in rows if judge[row[2]](pg(row[0]), pg(row[1])) is not row[3]]
    assert not wrong


TRY_REFERENCE = """
DO $$ DECLARE one text; two text; BEGIN
  CREATE TEMP TABLE answer (one text, two text, state text);
  FOREACH two IN ARRAY %(types)s::text[] LOOP
    EXECUTE format('CREATE TEMP TABLE u (c %%s UNIQUE)', two);
    FOREACH one IN ARRAY %(types)s::text[] LOOP
      BEGIN
        EXECUTE format('CREATE TEMP TABLE t (c %%s REFERENCES u (c))', one);
        RAISE EXCEPTION USING errcode = 'ZZ000';
      EXCEPTION WHEN OTHERS THEN INSERT INTO answer VALUES (one, two, SQLSTATE); END;
    END LOOP;
    DROP TABLE u;
  END LOOP;
END $$
"""
# These have no B-tree operator class, so no unique constraint can stand on them
UNORDERED = {"json", "xml", "point", "lseg", "path", "box", "polygon", "line", "circle", "xid"}


def test_foreign_keys_compare_as_the_server_does(database: str) -> None:
    types = [name for name in TYPES if name not in UNORDERED]
    with psycopg.connect(database, autocommit=True, cursor_factory=psycopg.ClientCursor) as connection:
        connection.execute(TRY_REFERENCE, {"types": types})
        rows = connection.execute("SELECT one, two, state = 'ZZ000' FROM answer").fetchall()
    assert len(rows) == len(types) ** 2
    wrong = [row for row in rows if can_refer_to(pg(row[0]), pg(row[1])) is not row[2]]
    assert not wrong


SIZED = (
    "varchar(10), varchar(20), varchar, text, char(10), char(20), bpchar, bit(8), varbit(8), varbit(16), varbit,"
    " numeric(10,2), numeric(12,2), numeric(12,4), numeric, timestamp(3), timestamp(6), timestamp, timestamptz(3),"
    " timestamptz, time(0), time, interval, interval(3), interval day to second, interval hour to second(3), int,"
    " bigint, oid, regclass, cidr, inet, xml, json, jsonb, date, varchar(10)[], varchar(20)[]"
)

TRY_STORAGE = """
DO $$ DECLARE one text; two text; before oid; same boolean; BEGIN
  SET LOCAL timezone = 'Europe/Paris'; -- with UTC no timestamp changes its bytes
  CREATE TEMP TABLE answer (one text, two text, same boolean);
  FOREACH one IN ARRAY %(types)s::text[] LOOP
    EXECUTE format('CREATE TEMP TABLE t (c %%s)', one);
    before := pg_relation_filenode('t');
    FOREACH two IN ARRAY %(types)s::text[] LOOP
      BEGIN
        EXECUTE format('ALTER TABLE t ALTER c TYPE %%s', two);
        same := before = pg_relation_filenode('t');
        RAISE EXCEPTION USING errcode = 'ZZ000';
      EXCEPTION
        WHEN datatype_mismatch THEN NULL;
        WHEN SQLSTATE 'ZZ000' THEN INSERT INTO answer VALUES (one, two, same);
      END;
    END LOOP;
    DROP TABLE t;
  END LOOP;
END $$
"""


def test_storage_stays_where_the_server_does_not_write_anew(database: str) -> None:
    sized = [name.strip() for name in SIZED.replace(",2)", "|2)").replace(",4)", "|4)").split(",")]
    types = [name.replace("|", ",") for name in sized]
    with psycopg.connect(database, autocommit=True, cursor_factory=psycopg.ClientCursor) as connection:
        connection.execute(TRY_STORAGE, {"types": types})
        rows = connection.execute("SELECT one, two, same FROM answer").fetchall()
    wrong = [(one, two, same) for one, two, same in rows if pg(one).same_storage_as(pg(two)) is not same]
    assert not wrong
    assert len(rows) < len(list(product(types, types)))
