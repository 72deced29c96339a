"""What is certainly no SQL of a server, and what only this program cannot read."""

from __future__ import annotations

import pytest

from checker.catalog import Catalog, Server
from checker.errors import SyntaxFault
from checker.resolve import resolve
from checker.session import Session
from checker.sql.nodes import Block, Invalid, Node, Unreadable
from checker.sql.read import read
from checker.statement import Source, Statement
from tests.unit.reading import lite, pg

CERTAIN = [
    ("CREATE TABEL t (a int)", "expected a kind of object near TABEL; did you mean TABLE?"),
    ("DROP TABLES t", "expected a kind of object near TABLES; did you mean TABLE?"),
    ("DORP TABLE t", "no statement begins with DORP; did you mean DROP?"),
    ("SELEC 1", "no statement begins with SELEC; did you mean SELECT?"),
    ("USE app", "no statement begins with USE"),
    ("SELECT * FROM t WHERE", "nothing stands behind WHERE"),
    ("SELECT * FROM (SELECT 1 WHERE) x", "nothing stands behind WHERE"),
    ("SELECT a FROM t WHERE ORDER BY a", "nothing stands behind WHERE"),
    ("DELETE FROM t WHERE", "nothing stands behind WHERE"),
    ("SELECT a, FROM", "a comma too many before FROM"),
    ("SELECT a, b, FROM t", "a comma too many before FROM"),
    ("INSERT INTO t VALUES (1, 2,)", "a comma too many before )"),
    ("SELECT a FROM t WHERE a =", "nothing stands behind ="),
    ("SELECT (a FROM t", "expected ) at the end of the statement"),
    ("SELECT a) FROM t", "a parenthesis is closed that was not opened"),
    ("INSERT t VALUES (1)", "expected INTO near t"),
    ("DELETE t", "expected DELETE FROM near DELETE"),
    ("UPDATE t a = 1", "expected SET near ="),
    ("ALTER TABLE t ADD COLUMN", "expected a name at the end of the statement"),
    ("ALTER TABLE t MODIFY a int", "expected an action of ALTER TABLE near MODIFY"),
    ("CREATE TABLE t (a int) ENGINE=InnoDB", "expected the end of the statement near ENGINE"),
    ("CREATE TABLE t (a int,)", "expected a name near )"),
    ("CREATE TABLE user (a int)", "expected a name near user"),
    ("SELECT " + "(" * 10_000 + "1" + ")" * 10_000, "nested 10,000 parentheses deep"),
]


def certain(node: Node) -> str:
    assert isinstance(node, Invalid), node
    return node.message


@pytest.mark.parametrize(("sql", "reason"), CERTAIN, ids=[sql[:40] for sql, _ in CERTAIN])
def test_what_the_server_refuses_for_certain(sql: str, reason: str) -> None:
    assert certain(pg(sql)) == reason


# PostgreSQL and SQLite take all of these
FINE = [
    "SELECT 1 AS where, 2 AS from",
    "SELECT t.where FROM t",
    "SELECT a FROM t ORDER BY a USING >",
    "SELECT 1 and, 2 or",
    "SELECT",
    "SELECT FROM t",
    "RELEASE SAVEPOINT",
    "WITH recursive AS (SELECT 1) SELECT * FROM recursive",
    "WITH RECURSIVE g (a) AS (SELECT 1) SEARCH DEPTH FIRST BY a, b SET s CYCLE a SET c USING p, h AS (SELECT 1) SELECT 1",
    "DECLARE c SCROLL CURSOR FOR SELECT 1",
    'CREATE TABLE t (a int) PARTITION BY RANGE (a int4_ops, lower(b) COLLATE "C" text_ops)',
    "CREATE DEFAULT CONVERSION m FOR 'LATIN1' TO 'UTF8' FROM iso8859_1_to_utf8",
    "CREATE AGGREGATE m (ORDER BY numeric) (stype = numeric, sfunc = numeric_add)",
    "DROP OPERATOR IF EXISTS s.+ (int, int)",
    "DROP DATABASE IF EXISTS app (force)",
    "ALTER STATISTICS IF EXISTS s SET STATISTICS 0",
    "COMMENT ON LARGE OBJECT 42 IS 'the answer'",
    "SELECT " + "(" * 9_000 + "1" + ")" * 9_000,
]


@pytest.mark.parametrize("sql", FINE, ids=[sql[:40] for sql in FINE])
def test_what_is_read(sql: str) -> None:
    assert not isinstance(pg(sql), Unreadable | Invalid)


UNCERTAIN = [
    "CREATE TABLE t (a int DEFAULT 'x' 'y')",
    "CREATE {{ kind }} t",
    "{% if x %} CREATE TABLE t (a int,) {% endif %}",
    "ALTER TABLE @@prefix@@t MODIFY a int",
    "FROB ${table}",
]


@pytest.mark.parametrize("sql", UNCERTAIN)
def test_what_a_template_or_an_unknown_form_may_save(sql: str) -> None:
    node = pg(sql)
    assert isinstance(node, Unreadable)


@pytest.mark.parametrize(
    ("sql", "reason"),
    [
        ("TRUNCATE t", "no statement begins with TRUNCATE"),
        ("CREATE TABLE t (a int,)", "expected a column or a constraint near )"),
        ("ALTER TABLE t ADD COLUMN", "expected a name at the end of the statement"),
    ],
)
def test_sqlite_has_a_list_of_its_own(sql: str, reason: str) -> None:
    assert certain(lite(sql)) == reason


def test_a_statement_inside_a_block_may_be_one_of_plpgsql() -> None:
    text = "DO $$ BEGIN FROB x; END $$"
    block = read(Statement(Source("x", text), 0, len(text)), "postgres")
    assert isinstance(block, Block)
    (part,) = block.parts
    assert isinstance(part, Unreadable)


@pytest.mark.parametrize(("version", "refused"), [((12, 0), True), ((18, 3), True), ((19, 0), False)])
def test_a_server_newer_than_the_grammar_may_know_the_words(version: tuple[int, ...], refused: bool) -> None:
    catalog = Catalog(Server("postgres", version), frozenset(("public",)), search_path=("public",))
    try:
        list(resolve(pg("CREATE PROPERTY GRAPH g"), catalog, Session()))
        said = False
    except SyntaxFault as error:
        said = error.code == "42601"
    assert said == refused
