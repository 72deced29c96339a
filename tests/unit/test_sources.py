"""Targets: which files of a folder run, in which order, in whose transaction; and what is wrong with a path."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path

import pytest

from checker.sources import NothingToCheck, SourceError, read, source
from checker.statement import Transaction

ONE = "CREATE TABLE t (a int);\n"
TWO = ONE + "DROP TABLE t;\n"
FILE, EACH = Transaction.FILE, Transaction.EACH


def folder(top: Path, files: dict[str, str]) -> str:
    for name, text in files.items():
        path = top / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return str(top)


JOURNAL = json.dumps({"entries": [{"idx": 1, "tag": "0001_a"}, {"idx": 0, "tag": "0000_z"}]})
PLAN = "%syntax-version=1.0.0\n\nb 2020-01-01T00:00:00Z me <m@e> # two\n@v1 2020-01-01T00:00:00Z me <m@e>\na [b] x\nb [b@v1] y\n"

LAYOUTS: dict[str, tuple[dict[str, str], str, list[tuple[str, Transaction]]]] = {
    "plain, by path": (
        {
            "b.sql": TWO,
            "a.sql": TWO,
            "10.sql": ONE,
            "9.sql": ONE,
            "sub/c.sql": ONE,
            "notes.txt": "",
            "._a.sql": ONE,
        },
        "sql",
        [("10", EACH), ("9", EACH), ("a", EACH), ("b", EACH), ("c", EACH)],
    ),
    "foreign folders are passed": (
        {"node_modules/x/a.sql": ONE, ".git/b.sql": ONE, "vendor/c.sql": ONE, "d.sql": ONE},
        "sql",
        [("d", EACH)],
    ),
    "plain, what undoes another is left out": (
        {"1_up.sql": ONE, "1_down.sql": ONE, "2.sql": ONE, "2_rollback.sql": ONE, "3_shut_down.sql": ONE},
        "sql",
        [("1_up", EACH), ("2", EACH), ("3_shut_down", EACH)],
    ),
    "golang-migrate, by number": (
        {"10_c.up.sql": TWO, "10_c.down.sql": ONE, "2_b.up.sql": ONE, "0001_a.up.sql": TWO},
        "up-down",
        [("0001_a", FILE), ("2_b", EACH), ("10_c", FILE)],
    ),
    "diesel": (
        {
            "2_b/up.sql": ONE,
            "2_b/down.sql": ONE,
            "1_a/up.sql": ONE,
            "1_a/metadata.toml": "run_in_transaction = false",
        },
        "diesel",
        [("1_a", EACH), ("2_b", FILE)],
    ),
    "prisma": (
        {
            "20250102_b/migration.sql": TWO,
            "20250101_a/migration.sql": ONE,
            "migration_lock.toml": 'provider = "postgresql"',
        },
        "prisma",
        [("20250101_a", EACH), ("20250102_b", FILE)],
    ),
    "drizzle, by its journal": (
        {"0001_a.sql": ONE, "0000_z.sql": ONE, "0002_not_in_it.sql": ONE, "meta/_journal.json": JOURNAL},
        "drizzle",
        [("0000_z", FILE), ("0001_a", FILE)],
    ),
    "drizzle 1.0": (
        {
            "2025_b/migration.sql": ONE,
            "2025_b/snapshot.json": "{}",
            "2025_a/migration.sql": ONE,
            "2025_a/snapshot.json": "{}",
        },
        "drizzle",
        [("2025_a", FILE), ("2025_b", FILE)],
    ),
    "flyway": (
        {
            "V1.10__c.sql": ONE,
            "V1.2__b.sql": ONE,
            "V1__a.sql": ONE,
            "R__views.sql": ONE,
            "U1__a.sql": ONE,
            "B1__base.sql": ONE,
            "V2__d.sql": ONE,
            "V2__d.sql.conf": "executeInTransaction=false",
        },
        "flyway",
        [("V1__a", FILE), ("V1.2__b", FILE), ("V1.10__c", FILE), ("V2__d", EACH), ("R__views", FILE)],
    ),
    "sqitch, by its plan, reworked scripts with their tag": (
        {
            "sqitch.plan": PLAN,
            "deploy/a.sql": ONE,
            "deploy/b.sql": ONE,
            "deploy/b@v1.sql": ONE,
            "revert/a.sql": ONE,
        },
        "sqitch",
        [("b@v1", EACH), ("a", EACH), ("b", EACH)],
    ),
    "goose, by number": (
        {
            "10_b.sql": f"-- +goose NO TRANSACTION\n-- +goose Up\n{ONE}-- +goose Down\nDROP TABLE t;",
            "9_a.sql": f"-- +goose Up\n-- +goose StatementBegin\n{ONE}-- +goose StatementEnd\n-- +goose Down\nDROP TABLE t;",
        },
        "sql",
        [("9_a", FILE), ("10_b", EACH)],
    ),
    "dbmate": (
        {
            "1.sql": f"-- migrate:up\n{ONE}\n-- migrate:down\nDROP TABLE t;",
            "2.sql": f"-- migrate:up transaction:false\n{ONE}\n-- migrate:down\nDROP TABLE t;",
            "3.sql": f"-- migrate:up transaction:false\n{TWO}\n-- migrate:down\n",
        },
        "sql",
        [("1", FILE), ("2", EACH), ("3", FILE)],
    ),
    "sql-migrate": (
        {
            "1.sql": f"-- +migrate Up\n{ONE}-- +migrate Down\nDROP TABLE t;",
            "2.sql": f"-- +migrate Up notransaction\n{ONE}",
        },
        "sql",
        [("1", FILE), ("2", EACH)],
    ),
    "tern, rambler, node-pg-migrate, sqlx": (
        {
            "1.sql": f"{ONE}---- create above / drop below ----\nDROP TABLE t;",
            "2.sql": f"-- rambler up\n{ONE}-- rambler down\nDROP TABLE t;",
            "3.sql": f"-- Up Migration\n{ONE}-- Down Migration\nDROP TABLE t;",
            "4.sql": f"-- no-transaction\n{ONE}",
        },
        "sql",
        [("1", FILE), ("2", FILE), ("3", FILE), ("4", EACH)],
    ),
    "other servers' files are left out": (
        {"1_a.mysql.up.sql": ONE, "1_a.postgres.up.sql": ONE, "1_a.up.sql": ONE, "2_b.up.sql": ONE},
        "up-down",
        [("1_a.postgres", EACH), ("2_b", EACH)],
    ),
}


@pytest.mark.parametrize("name", LAYOUTS)
def test_a_folder_runs_as_its_tool_runs_it(name: str, tmp_path: Path) -> None:
    files, kind, expected = LAYOUTS[name]
    target = read([folder(tmp_path, files)], dialect="postgres")
    found = [(migration.name, migration.transaction) for migration in target.migrations]
    assert (target.kind, found) == (kind, expected)


def test_only_the_way_up_is_read_and_offsets_stay_true(tmp_path: Path) -> None:
    text = "-- +goose Up\nCREATE TABLE a (x int);\n\n-- +goose Down\nDROP TABLE a;\n"
    target = read([folder(tmp_path, {"1.sql": text})], dialect="postgres")
    (statement,) = target.migrations[0].statements
    assert (statement.text, statement.span.line, statement.source.text) == ("CREATE TABLE a (x int)", 2, text)


def test_sqlite_has_no_transaction_of_a_query(tmp_path: Path) -> None:
    """Prisma hands SQLite the file as it is, golang-migrate puts BEGIN and COMMIT around it."""
    prisma = read([folder(tmp_path / "p", {"1/migration.sql": TWO})], dialect="sqlite")
    pairs = read([folder(tmp_path / "g", {"1_a.up.sql": TWO})], dialect="sqlite")
    assert (prisma.migrations[0].transaction, pairs.migrations[0].transaction) == (EACH, FILE)


def test_a_lock_file_of_another_server_is_said(tmp_path: Path) -> None:
    files = {"1/migration.sql": ONE, "migration_lock.toml": 'provider = "mysql"\n'}
    (problem,) = read([folder(tmp_path, files)], dialect="postgres").problems
    assert problem.why == "the migrations are for mysql, and were read as postgres"


@pytest.mark.parametrize(
    ("text", "how"),
    [
        ("COMMIT;\nPRAGMA foreign_keys = OFF;\nBEGIN;\nDROP TABLE t;\n", FILE),
        ("BEGIN;\nDROP TABLE t;\nCOMMIT;\n", EACH),
        (TWO, EACH),
    ],
)
def test_a_commit_before_any_begin_ends_the_tools_own_transaction(
    text: str, how: Transaction, tmp_path: Path
) -> None:
    (migration,) = read([folder(tmp_path, {"1.sql": text})], dialect="sqlite").migrations
    assert migration.transaction is how


def test_flyway_takes_what_runs_in_no_transaction_out_of_it(tmp_path: Path) -> None:
    files = {"V1__a.sql": TWO, "V2__b.sql": "-- an index\nCREATE UNIQUE INDEX CONCURRENTLY i ON t (a);\n"}
    target = read([folder(tmp_path, files)], dialect="postgres")
    assert [one.transaction for one in target.migrations] == [FILE, EACH]


def test_a_file_that_is_named_twice_runs_once(tmp_path: Path) -> None:
    top = folder(tmp_path, {"1.sql": ONE, "2.sql": TWO})
    target = read([f"{top}/2.sql", top, f"{top}/../{tmp_path.name}/2.sql"], dialect="postgres")
    assert [migration.name for migration in target.migrations] == ["2", "1"]


def test_a_named_file_is_checked_whatever_its_name(tmp_path: Path) -> None:
    folder(tmp_path, {"1_a.down.sql": ONE, "2/migration.sql": TWO})
    target = read([str(tmp_path / "1_a.down.sql"), str(tmp_path / "2/migration.sql")], dialect="postgres")
    assert [(m.name, m.transaction) for m in target.migrations] == [("1_a.down", EACH), ("2", FILE)]


def test_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"select 1;")))
    assert read(["-"], dialect="postgres").migrations[0].statements[0].source.name == "<stdin>"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_encodings(encoding: str, tmp_path: Path) -> None:
    path = tmp_path / "a.sql"
    path.write_bytes("SELECT 'ö';\r\n".encode(encoding))
    assert source(path).text == "SELECT 'ö';\r\n"


BAD: dict[str, tuple[bytes, str]] = {
    "latin.sql": (b"SELECT 1;\nSELECT '\xf6';\n", "not UTF-8: the byte at offset 18 on line 2 is not text"),
    "nul.sql": (b"SELECT \0;", "holds a NUL byte"),
    "app.prisma": (b"model A {}", "a Prisma schema"),
    "x.php": (b"<?php", "a PHP file"),
}


@pytest.mark.parametrize("name", BAD)
def test_what_is_no_sql_text_is_said_in_one_line(name: str, tmp_path: Path) -> None:
    data, said = BAD[name]
    (tmp_path / name).write_bytes(data)
    with pytest.raises(SourceError) as raised:
        read([str(tmp_path / name)], dialect="postgres")
    assert said in str(raised.value)
    assert name in str(raised.value)
    assert "\n" not in str(raised.value)


def test_what_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"gone: no such file or folder"):
        read([str(tmp_path / "gone")], dialect="postgres")
    with pytest.raises(NothingToCheck, match=r"no \.sql file in this folder"):
        read([str(tmp_path)], dialect="postgres")
    with pytest.raises(NothingToCheck, match="no SQL statement"):
        read([folder(tmp_path, {"a.sql": "-- nothing\n"})], dialect="postgres")
    with pytest.raises(SourceError, match="not a kind of target"):
        read([str(tmp_path)], dialect="postgres", kind="oracle")
    with pytest.raises(NothingToCheck):
        read([], dialect="postgres")


def test_a_broken_journal_is_said(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="not a journal of drizzle-kit"):
        read([folder(tmp_path, {"0_a.sql": ONE, "meta/_journal.json": "{"})], dialect="postgres")
