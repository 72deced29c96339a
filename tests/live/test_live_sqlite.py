"""Every kind of object in a real SQLite file, and the value that it becomes."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from checker.catalog import (
    Catalog,
    Check,
    Column,
    Expr,
    ForeignKey,
    Index,
    IndexKey,
    PrimaryKey,
    QName,
    Table,
    Trigger,
    Unique,
    Unloaded,
    View,
    ViewColumn,
)
from checker.finding import NotChecked
from checker.live import LiveCatalog, LiveError, connect
from checker.sqltype import SqlType

INTEGER, TEXT, ANY = SqlType("INTEGER"), SqlType("TEXT"), SqlType("")
Make = Callable[..., Path]


def q(name: str) -> QName:
    return QName("main", name)


@pytest.fixture
def make(tmp_path: Path) -> Make:
    def build(*statements: str) -> Path:
        path = tmp_path / "app.db"
        connection = sqlite3.connect(path, isolation_level=None)
        for statement in statements:
            connection.execute(statement)
        connection.close()
        return path

    return build


def load(path: Path) -> LiveCatalog:
    with connect(f"sqlite:///{path}") as live:
        return live.catalog()


def catalog(path: Path) -> Catalog:
    found = load(path)
    assert found.not_checked == ()
    return found.catalog


def table(path: Path, name: str) -> Table:
    found = catalog(path).table(q(name))
    assert found is not None
    return found


def test_the_server(make: Make) -> None:
    found = catalog(make("CREATE TABLE t (a)", "PRAGMA user_version = 7"))
    assert (found.server.dialect, found.server.version) == ("sqlite", sqlite3.sqlite_version_info)
    assert found.server.settings["user_version"] == "7"
    assert found.server.settings["foreign_keys"] == "0"
    assert (set(found.schemas), found.search_path, found.complete) == ({"main"}, ("main",), True)


def test_columns(make: Make) -> None:
    path = make("""CREATE TABLE t (
        id INTEGER PRIMARY KEY AUTOINCREMENT, a varchar(20) COLLATE NOCASE NOT NULL DEFAULT 'x', b,
        c DEFAULT (1 + 2), "odd col" Text, d INT AS (id + "odd col") STORED, e GENERATED ALWAYS AS (B || 'id')
    )""")
    assert table(path, "t").columns == (
        Column("id", INTEGER, autoincrement=True),
        Column("a", SqlType("varchar(20)"), False, Expr("'x'"), collation="NOCASE"),
        Column("b", ANY),
        Column("c", ANY, default=Expr("1 + 2")),
        Column("odd col", TEXT),
        Column(
            "d", SqlType("INT"), generated="stored",
            expression=Expr('id + "odd col"', frozenset({"id", "odd col"}), volatile=False),
        ),
        Column("e", ANY, generated="virtual", expression=Expr("B || 'id'", frozenset({"b"}), volatile=False)),
    )  # fmt: skip


def test_constraints_with_and_without_names(make: Make) -> None:
    path = make(
        "CREATE TABLE parent (x TEXT PRIMARY KEY, y INT)",
        """CREATE TABLE t (
            id INTEGER CONSTRAINT the_key PRIMARY KEY, a INT UNIQUE CHECK (a > 0) CHECK (a < 9),
            b TEXT REFERENCES Parent ON DELETE CASCADE, c INT CONSTRAINT named CHECK (C <> a),
            CONSTRAINT pair UNIQUE (A, b), UNIQUE (b),
            CONSTRAINT both FOREIGN KEY (b, c) REFERENCES parent (x, y)
                ON UPDATE SET NULL MATCH FULL DEFERRABLE /* MATCH is read and ignored */ INITIALLY DEFERRED,
            FOREIGN KEY (c) REFERENCES nowhere (z), FOREIGN KEY (c) REFERENCES nowhere2
        )""",
    )
    found = {constraint.name: constraint for constraint in table(path, "t").constraints}
    assert found == {
        "the_key": PrimaryKey("the_key", ("id",)),
        "unique(a)": Unique("unique(a)", ("a",)),
        "check(a)": Check("check(a)", Expr("a > 0", frozenset("a"), volatile=False)),
        "check(a)#2": Check("check(a)#2", Expr("a < 9", frozenset("a"), volatile=False)),
        "fk(b)->parent": ForeignKey("fk(b)->parent", ("b",), q("parent"), ("x",), on_delete="cascade"),
        "named": Check("named", Expr("C <> a", frozenset("ac"), volatile=False)),
        "pair": Unique("pair", ("a", "b")),
        "unique(b)": Unique("unique(b)", ("b",)),
        "both": ForeignKey(
            "both", ("b", "c"), q("parent"), ("x", "y"), on_update="set null",
            deferrable=True, initially_deferred=True,
        ),
        "fk(c)->nowhere": ForeignKey("fk(c)->nowhere", ("c",), q("nowhere"), ("z",)),
        "fk(c)->nowhere2": ForeignKey("fk(c)->nowhere2", ("c",), q("nowhere2"), ()),
    }  # fmt: skip


def test_automatic_indexes_know_their_constraint(make: Make) -> None:
    path = make(
        "CREATE TABLE t (a TEXT PRIMARY KEY, b UNIQUE, c, CONSTRAINT named UNIQUE (b, c), UNIQUE (a))"
    )
    found = [
        (index.name.name, index.columns, index.unique, index.constraint) for index in table(path, "t").indexes
    ]
    assert found == [
        ("sqlite_autoindex_t_1", ("a",), True, "pk"),
        ("sqlite_autoindex_t_2", ("b",), True, "unique(b)"),
        ("sqlite_autoindex_t_3", ("b", "c"), True, "named"),
    ]
    assert [one.name for one in table(path, "t").constraints] == ["pk", "unique(b)", "named"]
    assert catalog(path).index(q("sqlite_autoindex_t_2")) is not None


def test_the_row_id_has_no_index(make: Make) -> None:
    assert table(make("CREATE TABLE t (id INTEGER PRIMARY KEY)"), "t").indexes == ()


def test_a_unique_row_id_has_one(make: Make) -> None:
    found = table(make("CREATE TABLE t (id INTEGER PRIMARY KEY UNIQUE)"), "t")
    assert [index.constraint for index in found.indexes] == ["unique(id)"]
    assert found.is_unique_by(("id",))


def test_without_rowid(make: Make) -> None:
    found = table(make("CREATE TABLE t (a TEXT, b INT, PRIMARY KEY (b, a)) WITHOUT ROWID"), "t")
    assert found.primary_key == PrimaryKey("pk", ("b", "a"))
    assert [column.nullable for column in found.columns] == [False, False]
    assert found.indexes == (
        Index(
            q("sqlite_autoindex_t_1"), q("t"), (IndexKey("b"), IndexKey("a")), unique=True, constraint="pk"
        ),
    )


def test_strict_tables(make: Make) -> None:
    found = table(make("CREATE TABLE t (a int, b any) STRICT"), "t")
    assert [column.type for column in found.columns] == [SqlType("INT"), SqlType("ANY")]


def test_indexes(make: Make) -> None:
    path = make(
        "CREATE TABLE t (a COLLATE NOCASE, b, c)",
        "CREATE UNIQUE INDEX i ON t (a DESC, b COLLATE RTRIM, lower(C) || b) WHERE c > 1 AND a <> 'b'",
    )
    where = Expr("c > 1 AND a <> 'b'", frozenset("ac"), volatile=False)
    key = IndexKey(expr=Expr("lower(C) || b", frozenset("bc"), volatile=False))
    keys = (IndexKey("a", descending=True), IndexKey("b", collation="RTRIM"), key)
    assert table(path, "t").indexes == (Index(q("i"), q("t"), keys, unique=True, where=where),)


def test_views_and_triggers(make: Make) -> None:
    path = make(
        "CREATE TABLE Users (id INTEGER PRIMARY KEY, name TEXT, age INT)",
        "CREATE VIEW v AS SELECT id, NAME FROM users",
        "CREATE TRIGGER t AFTER UPDATE OF name ON users WHEN NEW.age > 1 BEGIN SELECT 1; END",
        "CREATE TRIGGER tv INSTEAD OF DELETE ON v BEGIN SELECT old.id; END",
    )
    found = catalog(path)
    assert table(path, "Users").triggers == (
        Trigger("t", None, ("update",), "after", frozenset({"name", "age"})),
    )
    reads = {ViewColumn(q("Users"), column) for column in (None, "id", "name")}
    assert found.view(q("v")) == View(
        q("v"), (Column("id", SqlType("")), Column("name", SqlType(""))), frozenset(reads),
        triggers=(Trigger("tv", None, ("delete",), "instead of", frozenset({"id"})),),
    )  # fmt: skip


def test_virtual_tables_and_their_shadows(make: Make) -> None:
    path = make("CREATE VIRTUAL TABLE f USING fts5(title, body)")
    found = table(path, "f")
    assert (found.kind, [column.name for column in found.columns]) == ("virtual", ["title", "body"])
    shadows = {name.name for name, one in catalog(path).relations.items() if isinstance(one, Unloaded)}
    assert shadows == {"f_data", "f_idx", "f_content", "f_docsize", "f_config"}


def test_what_sqlite_keeps_for_itself_is_left_out(make: Make) -> None:
    path = make(
        "CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT)", "INSERT INTO t VALUES (1)", "ANALYZE"
    )
    assert {name.name for name in catalog(path).relations} == {"t"}


def test_rows_are_estimates_of_analyze(make: Make) -> None:
    path = make(
        "CREATE TABLE t (a)", "CREATE TABLE u (a)", "CREATE INDEX part ON t (a) WHERE a > 90",
        "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100) INSERT INTO t SELECT i FROM n",
    )  # fmt: skip
    assert table(path, "t").rows is None
    assert table(make("CREATE INDEX whole ON t (a)", "ANALYZE"), "t").rows == 100
    assert table(path, "u").rows is None


def test_odd_names(make: Make) -> None:
    path = make("""CREATE TABLE "we'ird ""x" ("a]b" TEXT, [c d] TEXT UNIQUE, `e` TEXT)""")
    found = table(path, "we'ird \"x")
    assert [column.name for column in found.columns] == ["a]b", "c d", "e"]
    assert found.constraints == (Unique("unique(c d)", ("c d",)),)


def test_text_that_alter_table_left_behind(make: Make) -> None:
    path = make(
        "CREATE TABLE t (a TEXT, CHECK (length(a) > 1)) -- the end",
        "ALTER TABLE t ADD COLUMN b INT CHECK (b > 0) REFERENCES t (a)",
        "ALTER TABLE t RENAME COLUMN a TO z",
        "ALTER TABLE t RENAME TO u",
    )
    found = table(path, "u")
    assert [column.name for column in found.columns] == ["z", "b"]
    assert {one.name for one in found.constraints} == {"check(z)", "check(b)", "fk(b)->u"}


def test_a_table_from_a_query(make: Make) -> None:
    path = make("CREATE TABLE t (a INT, b TEXT NOT NULL)", "CREATE TABLE u AS SELECT a, b, a + 1 AS c FROM t")
    assert [(one.name, one.type, one.nullable) for one in table(path, "u").columns] == [
        ("a", SqlType("INT"), True), ("b", TEXT, True), ("c", ANY, True),
    ]  # fmt: skip


# What cannot be read


def test_a_broken_view_spoils_nothing(make: Make) -> None:
    found = load(
        make(
            "CREATE TABLE t (a)", "CREATE VIEW v AS SELECT * FROM nowhere", "CREATE VIEW w AS SELECT a FROM t"
        )
    )
    assert found.not_checked == (NotChecked("the columns of the view v", "no such table: main.nowhere"),)
    assert found.catalog.view(q("v")) is not None
    view = found.catalog.view(q("w"))
    assert view is not None
    assert [column.name for column in view.columns] == ["a"]


def test_constraints_by_the_pragmas_alone(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    from checker.live import sqlite_load
    from checker.sql.nodes import Unreadable

    path = make(
        "CREATE TABLE p (x TEXT PRIMARY KEY)",
        "CREATE TABLE t (a INT, b TEXT REFERENCES P ON DELETE CASCADE, c UNIQUE, PRIMARY KEY (c, a))",
    )
    monkeypatch.setattr(sqlite_load, "read_tokens", lambda *_: Unreadable("too odd"))
    found = load(path)
    made = found.catalog.table(q("t"))
    assert made is not None
    assert made.constraints == (
        PrimaryKey("pk", ("c", "a")),
        Unique("unique(c)", ("c",)),
        ForeignKey("fk(b)->p", ("b",), q("p"), ("x",), on_delete="cascade"),
    )
    assert [index.constraint for index in made.indexes] == ["unique(c)", "pk"]
    what = "the names of constraints, checks and expressions of the table t"
    assert NotChecked(what, "too odd") in found.not_checked


# The file


def test_the_file_is_not_touched(make: Make) -> None:
    path = make("CREATE TABLE t (a)", "INSERT INTO t VALUES (1)")
    before = hashlib.sha256(path.read_bytes()).digest(), path.stat().st_mtime_ns
    catalog(path)
    assert (hashlib.sha256(path.read_bytes()).digest(), path.stat().st_mtime_ns) == before
    assert [one.name for one in path.parent.iterdir()] == ["app.db"]


def test_a_missing_file_is_not_created(tmp_path: Path) -> None:
    with pytest.raises(LiveError, match="there is no such file"):
        load(tmp_path / "none.db")
    assert list(tmp_path.iterdir()) == []


def test_an_empty_file_is_an_empty_database(tmp_path: Path) -> None:
    (tmp_path / "empty.db").touch()
    assert not catalog(tmp_path / "empty.db").relations


def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    (tmp_path / "text.db").write_text("hello " * 100)
    with pytest.raises(LiveError, match="not a SQLite database"):
        load(tmp_path / "text.db")


def test_a_folder(tmp_path: Path) -> None:
    with pytest.raises(LiveError, match="not a file"):
        load(tmp_path)


def test_a_path_with_every_sort_of_character(tmp_path: Path) -> None:
    path = tmp_path / "a b%20#ü.db"
    sqlite3.connect(path).execute("CREATE TABLE t (a)").connection.close()
    with connect(f"sqlite:///{tmp_path}/a b%2520%23ü.db") as live:
        assert live.catalog().catalog.table(q("t")) is not None
        assert live.name == str(path)


def test_a_relative_path(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(make("CREATE TABLE t (a)").parent)
    with connect("sqlite:///app.db") as live:
        assert (live.name, len(live.catalog().catalog.relations)) == ("app.db", 1)


def test_a_database_in_wal_mode_with_a_writer(make: Make) -> None:
    path = make("PRAGMA journal_mode = WAL", "CREATE TABLE t (a)")
    writer = sqlite3.connect(path, isolation_level=None)
    writer.execute("CREATE TABLE committed (a)")
    writer.execute("BEGIN IMMEDIATE")
    writer.execute("CREATE TABLE uncommitted (a)")
    found = catalog(path)
    writer.execute("ROLLBACK")
    writer.close()
    assert {name.name for name in found.relations} == {"t", "committed"}
    assert found.server.settings["journal_mode"] == "wal"


def test_a_database_that_another_holds_locked(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    from checker.live import sqlite as module

    monkeypatch.setattr(module, "BUSY_SECONDS", 0.1)
    path = make("CREATE TABLE t (a)")
    writer = sqlite3.connect(path, isolation_level=None)
    writer.execute("BEGIN EXCLUSIVE")
    with pytest.raises(LiveError, match=r"another process holds it locked for longer than 0.1 seconds"):
        load(path)
    writer.close()
