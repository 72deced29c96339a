"""The DDL of SQLite: SQL to node, and the same verdict on syntax as SQLite's own."""

from __future__ import annotations

import sqlite3

import pytest

from checker.catalog import Expr
from checker.sql.nodes import (
    AddColumn,
    Alter,
    ColumnNode,
    ConstraintNode,
    CreateIndex,
    CreateTable,
    CreateTrigger,
    CreateView,
    Drop,
    DropColumn,
    IndexKeyNode,
    Invalid,
    Node,
    RenameColumn,
    RenameTo,
    SetSetting,
    TransactionControl,
    Unreadable,
    Utility,
)
from tests.unit.reading import e, lite, n, t


def le(text: str) -> Expr:
    return e(text, "sqlite")


def pk(name: str | None = None, column: str = "c") -> ConstraintNode:
    return ConstraintNode("primary key", name, (column,))


def table(*columns: ColumnNode, **other: object) -> CreateTable:
    return CreateTable(n("t"), columns, **other)  # type: ignore[arg-type]


def col(name: str = "c", type_: str | None = "INT", **other: object) -> ColumnNode:
    return ColumnNode(name, t(type_) if type_ is not None else None, **other)  # type: ignore[arg-type]


READ: list[tuple[str, Node]] = [
    ("CREATE TABLE t (a, b)", table(col("a", None), col("b", None))),
    ("CREATE TABLE t (c INTEGER PRIMARY KEY DESC ON CONFLICT FAIL AUTOINCREMENT NOT NULL)", table(col("c", "INTEGER", nullable=False, autoincrement=True, constraints=(pk(),)))),
    ("CREATE TABLE t (c TEXT NOT NULL DEFAULT '' UNIQUE)", table(col("c", "TEXT", nullable=False, default=le("''"), constraints=(ConstraintNode("unique", columns=("c",)),)))),
    ("CREATE TABLE t (c DATETIME DEFAULT CURRENT_TIMESTAMP)", table(col("c", "DATETIME", default=le("CURRENT_TIMESTAMP")))),
    ("CREATE TABLE t (c int DEFAULT -1)", table(col(default=le("-1")))),
    ("CREATE TABLE t (c int DEFAULT (1 + 1) NOT NULL)", table(col(default=le("(1 + 1)"), nullable=False))),
    ("CREATE TABLE t (c int DEFAULT yes)", table(col(default=le("yes")))),
    ("CREATE TABLE t (c unsigned big int(10) COLLATE NOCASE)", table(col("c", "unsigned big int(10)", collation="NOCASE"))),
    ("CREATE TABLE t (c TEXT NOT NULL ON CONFLICT FAIL)", table(col("c", "TEXT", nullable=False))),
    ("CREATE TABLE t (c INT GENERATED ALWAYS AS (a + 1) STORED)", table(col(generated="stored", expression=le("a + 1")))),
    ("CREATE TABLE t (c INT AS (a))", table(col(generated="virtual", expression=le("a")))),
    ("CREATE TABLE t (c GENERATED ALWAYS AS (a) VIRTUAL)", table(col("c", None, generated="virtual", expression=le("a")))),
    ("CREATE TABLE t (c INT CONSTRAINT k CHECK (c > 0))", table(col(constraints=(ConstraintNode("check", "k", expr=le("c > 0")),)))),
    ("CREATE TABLE t (c INT REFERENCES u ON DELETE SET NULL NOT DEFERRABLE INITIALLY IMMEDIATE)", table(col(constraints=(ConstraintNode("foreign key", None, ("c",), target=n("u"), on_delete="set null"),)))),
    (
        "CREATE TABLE t (c INT, UNIQUE (c) ON CONFLICT REPLACE CHECK (c > 0) CONSTRAINT f FOREIGN KEY (c) REFERENCES u (id) DEFERRABLE INITIALLY DEFERRED)",
        table(
            col(),
            constraints=(
                ConstraintNode("unique", columns=("c",)),
                ConstraintNode("check", expr=le("c > 0")),
                ConstraintNode("foreign key", "f", ("c",), target=n("u"), references=("id",), deferrable=True, initially_deferred=True),
            ),
        ),
    ),
    ("CREATE TABLE t (c INT, PRIMARY KEY (c COLLATE NOCASE DESC)) WITHOUT ROWID, STRICT", table(col(), constraints=(pk(),), without_rowid=True, strict=True)),
    ("CREATE TEMP TABLE IF NOT EXISTS main.t (c INT)", CreateTable(n("main", "t"), (col(),), temporary=True, if_not_exists=True)),
    ("CREATE TABLE [a b] (`c` INT, 'd' TEXT, \"E\" BLOB)", CreateTable(n("a b"), (col(), col("d", "TEXT"), col("E", "BLOB")))),
    ("CREATE VIRTUAL TABLE t USING fts5(a, content='b', tokenize = 'unicode61')", table(col("a", None), virtual=True, shadows=("data", "idx", "docsize", "config"))),
    ("ALTER TABLE Users RENAME TO u", Alter("table", n("Users"), (RenameTo("u"),))),
    ("ALTER TABLE t RENAME a TO b", Alter("table", n("t"), (RenameColumn("a", "b"),))),
    ("ALTER TABLE t RENAME COLUMN a TO b", Alter("table", n("t"), (RenameColumn("a", "b"),))),
    ("ALTER TABLE t ADD c INT NOT NULL DEFAULT 0", Alter("table", n("t"), (AddColumn(col(nullable=False, default=le("0"))),))),
    ("ALTER TABLE t DROP c", Alter("table", n("t"), (DropColumn("c"),))),
    ("CREATE UNIQUE INDEX IF NOT EXISTS main.i ON t (a COLLATE NOCASE DESC, lower(b)) WHERE a IS NOT NULL", CreateIndex(n("main", "i"), n("t"), (IndexKeyNode("a", descending=True, collation="NOCASE"), IndexKeyNode(expr=le("lower(b)"))), unique=True, if_not_exists=True, where=le("a IS NOT NULL"))),
    ("CREATE INDEX i ON t (a + b DESC)", CreateIndex(n("i"), n("t"), (IndexKeyNode(expr=le("a + b"), descending=True),))),
    ("CREATE TEMP VIEW IF NOT EXISTS v (a) AS SELECT 1", CreateView(n("v"), Expr("SELECT 1"), ("a",), if_not_exists=True, temporary=True)),
    (
        "CREATE TRIGGER g UPDATE OF a ON t FOR EACH ROW WHEN new.a > 1 BEGIN UPDATE t SET b = 1; DELETE FROM u; END",
        CreateTrigger(n("g"), n("t"), None, "before", ("update",), ("a",), body="UPDATE t SET b = 1; DELETE FROM u;"),
    ),
    ("DROP TRIGGER IF EXISTS g", Drop("trigger", (n("g"),), if_exists=True)),
    ("DROP INDEX i", Drop("index", (n("i"),))),
    ("PRAGMA foreign_keys=OFF", SetSetting("foreign_keys", ("OFF",))),
    ("PRAGMA foreign_keys", SetSetting("foreign_keys")),
    ('PRAGMA foreign_key_check("t")', SetSetting("foreign_key_check", ("t",))),
    ("PRAGMA main.user_version = -3", SetSetting("main.user_version", ("-3",))),
    ("BEGIN IMMEDIATE TRANSACTION", TransactionControl("begin")),
    ("END TRANSACTION", TransactionControl("commit")),
    ("ROLLBACK TO SAVEPOINT a", TransactionControl("rollback to", "a")),
    ("RELEASE a", TransactionControl("release", "a")),
    ("REINDEX t", Utility("reindex", None, (n("t"),))),
    ("ATTACH DATABASE 'x' AS y", Utility("attach")),
    ("VACUUM INTO 'x'", Utility("vacuum")),
]  # fmt: skip


@pytest.mark.parametrize(("sql", "node"), READ)
def test_read(sql: str, node: Node) -> None:
    assert lite(sql) == node


REFUSED = [
    "CREATE TABLE t (a INT, CHECK (a > 0), b INT)",
    "CREATE TABLE select (a)",
    "CREATE TABLE t (a INT DEFAULT 1 + 1)",
    "CREATE TABLE t (a) WITHOUT",
    "CREATE TABLE t (a,)",
    "ALTER TABLE o ALTER COLUMN a TYPE text",
    "ALTER TABLE o ADD a INT, ADD b INT",
    "CREATE TRIGGER g AFTER INSERT ON o SELECT 1",
    "DROP TABLE a, b",
    "DROP TABLE a CASCADE",
    "DROP SCHEMA s",
    "TRUNCATE t",
    "CREATE SEQUENCE s",
]


@pytest.mark.parametrize("sql", REFUSED)
def test_refused(sql: str) -> None:
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE TABLE o (x)")
    with pytest.raises(sqlite3.OperationalError, match=r"syntax error|incomplete input"):
        connection.execute(sql)
    assert isinstance(lite(sql), Unreadable | Invalid)
