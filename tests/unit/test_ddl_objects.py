"""CREATE and DROP of everything that is no table, on PostgreSQL: SQL to node."""

from __future__ import annotations

import pytest

from checker.catalog import Expr
from checker.sql.nodes import (
    Alter,
    ColumnNode,
    ConstraintNode,
    CreateDomain,
    CreateExtension,
    CreateFunction,
    CreatePolicy,
    CreateSchema,
    CreateSequence,
    CreateTable,
    CreateTrigger,
    CreateType,
    CreateView,
    Drop,
    Node,
    Signature,
    Truncate,
    Utility,
)
from tests.unit.reading import e, n, pg, t

INT, TEXT = t("integer"), t("text")

CREATED: list[tuple[str, Node]] = [
    ("CREATE TYPE e AS ENUM ('a', 'it''s')", CreateType(n("e"), "enum", ("a", "it's"))),
    ("CREATE TYPE s.e AS ENUM ()", CreateType(n("s", "e"), "enum")),
    ("CREATE TYPE ct AS (a int, b text)", CreateType(n("ct"), "composite", columns=(ColumnNode("a", INT), ColumnNode("b", TEXT)))),
    ("CREATE TYPE r AS RANGE (subtype = float8)", CreateType(n("r"), "range")),
    ("CREATE TYPE b (input = f, output = g)", CreateType(n("b"), "base")),
    ("CREATE TYPE shell", CreateType(n("shell"), "shell")),
    (
        "CREATE DOMAIN d AS int NOT NULL DEFAULT 1 CONSTRAINT k CHECK (VALUE > 0)",
        CreateDomain(n("d"), INT, False, e("1"), (ConstraintNode("check", "k", expr=e("VALUE > 0")),)),
    ),
    ("CREATE DOMAIN d varchar(3)", CreateDomain(n("d"), t("character varying", 3))),
    ("CREATE SCHEMA IF NOT EXISTS s AUTHORIZATION bob", CreateSchema("s", if_not_exists=True)),
    ("CREATE SCHEMA AUTHORIZATION bob", CreateSchema("bob")),
    ("CREATE SEQUENCE IF NOT EXISTS s AS bigint START 1 INCREMENT BY -1 NO CYCLE OWNED BY t.c", CreateSequence(n("s"), t("bigint"), True, False, n("t", "c"))),
    ("CREATE TEMP SEQUENCE s", CreateSequence(n("s"), temporary=True)),
    ('CREATE EXTENSION IF NOT EXISTS "uuid-ossp" WITH SCHEMA public VERSION \'1\' CASCADE', CreateExtension("uuid-ossp", True, "public", True)),
    ("CREATE VIEW v AS SELECT 1", CreateView(n("v"), Expr("SELECT 1"))),
    ("CREATE OR REPLACE TEMP VIEW v (a, b) WITH (security_barrier) AS SELECT 1, 2 WITH CHECK OPTION", CreateView(n("v"), Expr("SELECT 1, 2"), ("a", "b"), or_replace=True, temporary=True)),
    ("CREATE MATERIALIZED VIEW IF NOT EXISTS mv AS SELECT 1 WITH NO DATA", CreateView(n("mv"), Expr("SELECT 1"), materialized=True, if_not_exists=True)),
    ("CREATE RECURSIVE VIEW v (n) AS SELECT 1", CreateView(n("v"), Expr("SELECT 1"), ("n",))),
    ("CREATE POLICY p ON t FOR SELECT TO public USING (a = 1) WITH CHECK (true)", CreatePolicy("p", n("t"), e("USING (a = 1) WITH CHECK (true)"))),
    ("CREATE POLICY p ON s.t AS RESTRICTIVE", CreatePolicy("p", n("s", "t"))),
    ("CREATE AGGREGATE a (int) (sfunc = f, stype = int)", CreateFunction(Signature(n("a"), (INT,)), "aggregate")),
    ("CREATE EVENT TRIGGER et ON ddl_command_start EXECUTE FUNCTION f()", Utility("create event trigger", names=(n("f"),))),
    ("CREATE RULE r AS ON INSERT TO t DO INSTEAD NOTHING", Utility("create rule", names=(n("t"),))),
    ("CREATE STATISTICS s (dependencies) ON a, b FROM t", Utility("create statistics", names=(n("t"),))),
    ("CREATE ROLE bob LOGIN PASSWORD 'x'", Utility("create role")),
    ("CREATE TRUSTED LANGUAGE x", Utility("create language")),
    ("CREATE CAST (text AS int) WITH FUNCTION f(text)", Utility("create cast")),
]  # fmt: skip


@pytest.mark.parametrize(("sql", "node"), CREATED)
def test_created(sql: str, node: Node) -> None:
    assert pg(sql) == node


def test_a_schema_holds_its_elements() -> None:
    node = pg("CREATE SCHEMA s CREATE TABLE t (id int) CREATE VIEW v AS SELECT id FROM t")
    assert isinstance(node, CreateSchema)
    table, view = node.elements
    assert table == CreateTable(n("t"), (ColumnNode("id", INT),))
    assert isinstance(view, CreateView)


def test_a_view_names_what_it_reads() -> None:
    node = pg("CREATE VIEW v AS SELECT * FROM s.t JOIN u ON true")
    assert isinstance(node, CreateView)
    assert {tuple(name) for name in node.query.uses} == {("s", "t"), ("", "u")}


@pytest.mark.parametrize(
    ("sql", "arguments", "returns", "language"),
    [
        ("CREATE FUNCTION f() RETURNS trigger AS $$ BEGIN; END $$ LANGUAGE plpgsql", (), t("trigger"), "plpgsql"),
        ("CREATE FUNCTION f() RETURNS trigger LANGUAGE 'plpgsql' AS 'x'", (), t("trigger"), "plpgsql"),
        ("CREATE FUNCTION f(a int DEFAULT 1, VARIADIC b text[]) RETURNS TABLE (x int) STABLE SECURITY DEFINER SET search_path = '' LANGUAGE sql AS $f$ SELECT 1 $f$", (INT, t("text", array=True)), t("record"), "sql"),
        ("CREATE FUNCTION f(int, double precision, x timestamp with time zone) RETURNS SETOF s.u IMMUTABLE PARALLEL SAFE LANGUAGE sql RETURN a + 1", (INT, t("double precision"), t("timestamp with time zone")), t("u", schema="s"), "sql"),
        ("CREATE FUNCTION f(a int, OUT b int, INOUT c text) LANGUAGE sql BEGIN ATOMIC SELECT a + 1; SELECT 2; END", (INT, TEXT), None, "sql"),
        ("CREATE FUNCTION f(IN a int = 1) RETURNS int COST 10 ROWS 5 STRICT AS 'x', 'y' LANGUAGE C", (INT,), INT, "c"),
    ],
)  # fmt: skip
def test_functions(sql: str, arguments: object, returns: object, language: str) -> None:
    node = pg(sql)
    assert isinstance(node, CreateFunction)
    assert (node.signature.arguments, node.returns, node.language) == (arguments, returns, language)
    assert node.body


TRIGGERS: list[tuple[str, Node]] = [
    (
        "CREATE TRIGGER g BEFORE INSERT OR UPDATE OF a, b ON t FOR EACH ROW WHEN (OLD.a > 1) EXECUTE FUNCTION s.f('x')",
        CreateTrigger(
            n("g"), n("t"), n("s", "f"), "before", ("insert", "update"), ("a", "b"), when=e("OLD.a > 1")
        ),
    ),
    (
        "CREATE OR REPLACE TRIGGER g INSTEAD OF DELETE ON v FOR EACH ROW EXECUTE PROCEDURE f()",
        CreateTrigger(n("g"), n("v"), n("f"), "instead of", ("delete",), or_replace=True),
    ),
    (
        "CREATE CONSTRAINT TRIGGER g AFTER INSERT ON t FROM u DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION f()",
        CreateTrigger(n("g"), n("t"), n("f"), "after", ("insert",)),
    ),
    (
        "CREATE TRIGGER g AFTER TRUNCATE ON t REFERENCING NEW TABLE AS n EXECUTE FUNCTION f()",
        CreateTrigger(n("g"), n("t"), n("f"), "after", ("truncate",)),
    ),
]


@pytest.mark.parametrize(("sql", "node"), TRIGGERS)
def test_triggers(sql: str, node: Node) -> None:
    assert pg(sql) == node


DROPPED: list[tuple[str, Node]] = [
    ("DROP TABLE t", Drop("table", (n("t"),))),
    ("DROP TABLE IF EXISTS a, s.b CASCADE", Drop("table", (n("a"), n("s", "b")), if_exists=True, cascade=True)),
    ("DROP INDEX CONCURRENTLY IF EXISTS s.i, j", Drop("index", (n("s", "i"), n("j")), if_exists=True, concurrently=True)),
    ("DROP MATERIALIZED VIEW IF EXISTS mv", Drop("materialized view", (n("mv"),), if_exists=True)),
    ("DROP TYPE a, b RESTRICT", Drop("type", (n("a"), n("b")))),
    ("DROP DOMAIN d", Drop("domain", (n("d"),))),
    ("DROP SCHEMA s CASCADE", Drop("schema", (n("s"),), cascade=True)),
    ("DROP SEQUENCE a, b", Drop("sequence", (n("a"), n("b")))),
    ("DROP FOREIGN TABLE f", Drop("foreign table", (n("f"),))),
    ("DROP EXTENSION IF EXISTS x", Drop("extension", (n("x"),), if_exists=True)),
    ("DROP FUNCTION f", Drop("function", (n("f"),), signatures=(Signature(n("f"), None),))),
    ("DROP FUNCTION IF EXISTS f(a int, OUT b text), g() CASCADE", Drop("function", (n("f"), n("g")), True, True, signatures=(Signature(n("f"), (INT,)), Signature(n("g"), ())))),
    ("DROP AGGREGATE a(*)", Drop("aggregate", (n("a"),), signatures=(Signature(n("a"), ()),))),
    ("DROP PROCEDURE p(character varying)", Drop("procedure", (n("p"),), signatures=(Signature(n("p"), (t("character varying"),)),))),
    ("DROP TRIGGER IF EXISTS g ON s.t CASCADE", Drop("trigger", (n("g"),), True, True, table=n("s", "t"))),
    ("DROP POLICY p ON t", Drop("policy", (n("p"),), table=n("t"))),
    ("DROP RULE r ON t", Drop("rule", (n("r"),), table=n("t"))),
    ("DROP OWNED BY bob", Drop("owned", (n("bob"),))),
    ("DROP USER x", Drop("role", (n("x"),))),
    ("DROP CAST (text AS int)", Drop("cast", ())),
    ("DROP OPERATOR CLASS x USING btree", Drop("operator class", (n("x"),))),
    ("DROP DATABASE x WITH (FORCE)", Drop("database", (n("x"),))),
    ("DROP TEXT SEARCH CONFIGURATION c", Drop("text search", (n("c"),))),
    ("TRUNCATE t", Truncate((n("t"),))),
    (
        "TRUNCATE TABLE ONLY t, s.u RESTART IDENTITY CASCADE",
        Truncate((n("t"), n("s", "u")), cascade=True, only=True, restart=True),
    ),
    ("TRUNCATE t CONTINUE IDENTITY", Truncate((n("t"),))),
]  # fmt: skip


@pytest.mark.parametrize(("sql", "node"), DROPPED)
def test_dropped(sql: str, node: Node) -> None:
    assert pg(sql) == node


def test_quoting_and_folding() -> None:
    node = pg('DROP TABLE Users, "Users", "a""b", U&"d\\0061t\\+000061", ÄÖ')
    assert isinstance(node, Drop)
    assert [name.last for name in node.names] == ["users", "Users", 'a"b', "data", "ÄÖ"]


def test_placeholders_are_names() -> None:
    node = pg("ALTER TABLE {{ .Schema }}.users RENAME TO ${prefix}users")
    assert isinstance(node, Alter)
    assert node.name == n("{{ .Schema }}", "users")
