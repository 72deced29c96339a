"""Transactions, settings and what leaves the schema alone: SQL to node; and what is not understood."""

from __future__ import annotations

import pytest

from checker.sql.nodes import (
    Alter,
    AlterObject,
    Block,
    Drop,
    Node,
    RenameColumn,
    SetConstraints,
    SetSetting,
    TransactionControl,
    Unreadable,
    Utility,
)
from checker.sql.read import read
from checker.statement import Source, Statement
from tests.unit.reading import lite, n, pg, refused, t

UTILITIES: list[tuple[str, Node]] = [
    ("BEGIN", TransactionControl("begin")),
    ("BEGIN ISOLATION LEVEL SERIALIZABLE", TransactionControl("begin")),
    ("START TRANSACTION", TransactionControl("begin")),
    ("COMMIT WORK", TransactionControl("commit")),
    ("END", TransactionControl("commit")),
    ("ROLLBACK", TransactionControl("rollback")),
    ("ABORT", TransactionControl("rollback")),
    ("SAVEPOINT a", TransactionControl("savepoint", "a")),
    ("RELEASE SAVEPOINT a", TransactionControl("release", "a")),
    ("ROLLBACK TO SAVEPOINT a", TransactionControl("rollback to", "a")),
    ("ROLLBACK TRANSACTION TO A", TransactionControl("rollback to", "a")),
    ("PREPARE TRANSACTION 'x'", TransactionControl("prepare")),
    ("COMMIT PREPARED 'x'", Utility("commit prepared")),
    ("SET lock_timeout = '2s'", SetSetting("lock_timeout", ("2s",))),
    ("SET LOCAL statement_timeout TO 0", SetSetting("statement_timeout", ("0",), local=True)),
    ("SET SESSION Statement_Timeout = 5", SetSetting("statement_timeout", ("5",))),
    ("SET search_path TO a, \"B\", 'c'", SetSetting("search_path", ("a", "B", "c"))),
    ("SET my.setting = on", SetSetting("my.setting", ("on",))),
    ("SET x TO DEFAULT", SetSetting("x")),
    ("SET TIME ZONE 'UTC'", SetSetting("timezone", ("UTC",))),
    ("SET SESSION AUTHORIZATION DEFAULT", SetSetting("session_authorization")),
    ("SET ROLE bob", SetSetting("role", ("bob",))),
    ("SET LOCAL ROLE NONE", SetSetting("role", local=True)),
    ("SET CONSTRAINTS ALL DEFERRED", SetConstraints((), deferred=True)),
    ("SET CONSTRAINTS a, s.b IMMEDIATE", SetConstraints((n("a"), n("s", "b")), deferred=False)),
    ("SET TRANSACTION ISOLATION LEVEL READ COMMITTED", Utility("set transaction")),
    ("SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY", Utility("set session characteristics")),
    ("RESET lock_timeout", SetSetting("lock_timeout")),
    ("RESET ALL", SetSetting("all")),
    ("SELECT pg_catalog.set_config('search_path', '', false)", SetSetting("search_path", ("",))),
    ("COMMENT ON TABLE s.t IS 'a;b'", Utility("comment on table", "table", (n("s", "t"),))),
    ("COMMENT ON COLUMN s.t.c IS NULL", Utility("comment on column", None, (n("s", "t", "c"),))),
    ("COMMENT ON CONSTRAINT k ON t IS 'x'", Utility("comment on constraint", "table", (n("t"), n("k")))),
    ("COMMENT ON CONSTRAINT k ON DOMAIN d IS 'x'", Utility("comment on constraint", "domain", (n("d"), n("k")))),
    ("COMMENT ON TRIGGER a ON t IS E'x\\'y'", Utility("comment on trigger", "trigger", (n("t"), n("a")))),
    ("COMMENT ON FUNCTION f(int) IS 'x'", Utility("comment on function", "function", (n("f"),), arguments=(t("integer"),))),
    ("COMMENT ON CAST (text AS int) IS 'x'", Utility("comment on cast", "cast")),
    ("GRANT SELECT, INSERT ON TABLE t, u TO bob WITH GRANT OPTION", Utility("grant", "table", (n("t"), n("u")))),
    ("GRANT USAGE ON SCHEMA s TO bob", Utility("grant", "schema", (n("s"),))),
    ("GRANT ALL ON ALL TABLES IN SCHEMA s TO bob", Utility("grant")),
    ("GRANT EXECUTE ON FUNCTION f(int) TO bob", Utility("grant", "function")),
    ("GRANT admin TO bob", Utility("grant")),
    ("REVOKE ALL ON t FROM PUBLIC", Utility("revoke", "table", (n("t"),))),
    ("LOCK t", Utility("lock access exclusive", "table", (n("t"),))),
    ("LOCK TABLE ONLY t, u IN SHARE ROW EXCLUSIVE MODE NOWAIT", Utility("lock share row exclusive", "table", (n("t"), n("u")))),
    ("VACUUM FULL t", Utility("vacuum full", "table", (n("t"),))),
    ("VACUUM (ANALYZE, FULL) t", Utility("vacuum full", "table", (n("t"),))),
    ("VACUUM", Utility("vacuum")),
    ("ANALYZE t (a, b), u", Utility("analyze", "table", (n("t"), n("u")))),
    ("CLUSTER t USING i", Utility("cluster", "table", (n("t"),))),
    ("CLUSTER", Utility("cluster")),
    ("REINDEX TABLE t", Utility("reindex", "table", (n("t"),))),
    ("REINDEX INDEX CONCURRENTLY i", Utility("reindex concurrently", "index", (n("i"),))),
    ("REINDEX (CONCURRENTLY) TABLE t", Utility("reindex concurrently", "table", (n("t"),))),
    ("REFRESH MATERIALIZED VIEW CONCURRENTLY mv", Utility("refresh materialized view concurrently", "materialized view", (n("mv"),))),
    ("SECURITY LABEL ON TABLE t IS 'x'", Utility("security label")),
    ("REASSIGN OWNED BY a TO b", Utility("reassign owned")),
    ("DISCARD ALL", Utility("discard")),
    ("NOTIFY c, 'x'", Utility("notify")),
    ("CHECKPOINT", Utility("checkpoint")),
    ("EXPLAIN ALTER TABLE t DROP c", Utility("explain")),
]  # fmt: skip


@pytest.mark.parametrize(("sql", "node"), UTILITIES)
def test_utilities(sql: str, node: Node) -> None:
    assert pg(sql) == node


def test_words_in_any_case_with_comments_between() -> None:
    sql = "alter /* the */ table\n-- all\nt rename a /* nested /* comment */ */ to b"
    assert pg(sql) == Alter("table", n("t"), (RenameColumn("a", "b"),))


NOT_FOLLOWED = [
    ("CALL s.p()", "CALL s.p: what the procedure does is not followed"),
    ("EXECUTE stmt (1)", "EXECUTE stmt: what the prepared statement does is not followed"),
    ("PREPARE stmt AS SELECT 1", "PREPARE: the statement runs where EXECUTE stands, which is not followed"),
    ("IMPORT FOREIGN SCHEMA a FROM SERVER s INTO b", "IMPORT FOREIGN SCHEMA: the tables of the other server are not known"),
    ("FROBNICATE t", "no statement begins with FROBNICATE"),
]  # fmt: skip


@pytest.mark.parametrize(("sql", "reason"), NOT_FOLLOWED)
def test_what_is_not_followed_says_so(sql: str, reason: str) -> None:
    assert refused(pg(sql)) == reason


WRONG = [
    ("ALTER TABLE users ADD COLUM c int", "expected the end of the statement near int"),
    ("DROP INDEX IF NOT EXISTS i", "expected the end of the statement near NOT"),
    ("CREATE TABLE user (id int)", "expected a name near user"),
    ("CREATE TABLE t (id int,)", "expected a name near )"),
    ("CREATE TABLE t (id int", "expected ) at the end of the statement"),
    ("CREATE TABLE t (a int DEFAULT CURRENT_TIMESTAMP b int)", "syntax error near b"),
    ("CREATE TABLE t (a bool DEFAULT false false)", "syntax error near false"),
    ("CREATE TABLE t (a int DEFAULT , b int)", "expected a default near ,"),
    ("CREATE TABLE t (a varchar(), b int)", "expected a modifier of the type near )"),
    ("CREATE TABLE t (a int auto_increment)", "expected ) near auto_increment"),
    ("CREATE TABLE t (a int) ENGINE=InnoDB", "expected the end of the statement near ENGINE"),
    ("CREATE INDEX i ON t (a) WHERE b = = 1", "syntax error near ="),
    ("CREATE INDEX i ON t (a) WHERE b IS NOT", "syntax error near NOT"),
    ("CREATE INDEX s.i ON t (a)", 'syntax error at or near "."'),
    ("ALTER TABLE t ADD CHECK (a > )", "syntax error near >"),
    ("ALTER TABLE t ENABLE REPLICA trg", "expected an action near ENABLE"),
    ("ALTER TABLE t MODIFY c bigint", "expected an action of ALTER TABLE near MODIFY"),
    ("ALTER TABLE t ALTER c SET NOT", "expected an option of a sequence near NOT"),
    ("ALTER TYPE e ADD VALUE x", "expected a string near x"),
    ("DROP TRIGGER g", "expected ON at the end of the statement"),
    ("COMMENT ON TABLE t IS", "expected a string at the end of the statement"),
    ("DROP", "expected a kind of object at the end of the statement"),
]


@pytest.mark.parametrize(("sql", "reason"), WRONG)
def test_what_the_server_would_not_parse(sql: str, reason: str) -> None:
    assert refused(pg(sql)) == reason


def test_what_was_not_understood_says_where_and_which_tables() -> None:
    source = Source(
        "x.sql", "SELECT 1;\nALTER TABLE s.users CLUSTER XX c, ADD FOREIGN KEY (a) REFERENCES orgs;\n"
    )
    node = read(Statement(source, 10, 79), "postgres")
    assert isinstance(node, Unreadable)
    assert source.text[slice(*node.at)] == "CLUSTER"
    assert [str(name) for name in node.names] == ["s.users", "orgs"]


def test_nothing_raises_however_deep() -> None:
    deep = "(" * 10_000
    shut = ")" * 10_000
    for sql in (
        f"CREATE TABLE t (a int DEFAULT {deep}1{shut})",
        f"CREATE TABLE t (a int CHECK {deep}",
        f"ALTER TABLE t ALTER c TYPE int USING {deep}c{shut}",
        f"DO $$ BEGIN IF {deep} THEN NULL; END IF; END $$",
        "DO $$ " + "BEGIN " * 10_000 + "END; " * 10_000 + "$$",
        "DO $$ BEGIN " + "IF a THEN " * 10_000 + " $$",
        f"DROP FUNCTION f{deep}{shut}",
        "CREATE SCHEMA s " * 5_000,
    ):
        assert pg(sql) is not None
        assert lite(sql) is not None


def test_every_cut_of_a_statement_is_read_or_refused() -> None:
    for sql, _ in UTILITIES:
        for end in range(len(sql)):
            pg(sql[:end])
            lite(sql[:end])


# What sqlglot reads wrongly without a word


def test_rename_without_column_renames_a_column() -> None:
    assert pg("ALTER TABLE t RENAME a TO b") == Alter("table", n("t"), (RenameColumn("a", "b"),))


def test_no_name_of_a_list_is_lost() -> None:
    assert pg("DROP INDEX i, j") == Drop("index", (n("i"), n("j")))


def test_two_words_are_no_aliased_column() -> None:
    for sql in ("SAVEPOINT a", "LISTEN x", "DISCARD ALL", "START TRANSACTION"):
        assert isinstance(pg(sql), TransactionControl | Utility)


def test_a_merge_is_its_changes() -> None:
    node = pg("MERGE INTO t USING u ON t.id = u.id WHEN MATCHED THEN DELETE")
    assert isinstance(node, Block)


def test_dialects_of_later_do_not_crash() -> None:
    for sql in (
        "ALTER TABLE `t` MODIFY c bigint",
        "CREATE TABLE t (a int auto_increment) ENGINE=InnoDB",
        "DO 1",
    ):
        assert read(Statement(Source("x", sql), 0, len(sql)), "mysql") is not None


def test_an_object_is_altered_once() -> None:
    assert not isinstance(pg("ALTER TYPE e RENAME RENAME VALUE 'a' TO 'b'"), AlterObject)
