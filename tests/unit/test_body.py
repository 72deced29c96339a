"""DO blocks: what is followed, what is not and says so, and where its parts stand."""

from __future__ import annotations

import pytest

from checker.sql.body_conditions import SQLSTATES
from checker.sql.body_guards import read_condition
from checker.sql.nodes import (
    AddColumn,
    Alter,
    Block,
    ColumnNode,
    CreateType,
    Delete,
    Drop,
    DropColumn,
    Exists,
    If,
    Insert,
    Node,
    Query,
    Raise,
    RenameTo,
    Tolerated,
    Unreadable,
    Update,
    Utility,
)
from checker.sql.tokens import tokenize
from tests.unit.reading import n, pg, refused, t

DROP_C = Alter("table", n("t"), (DropColumn("c"),))
ADD_C = Alter("table", n("t"), (AddColumn(ColumnNode("c", t("integer"))),))


def block(body: str) -> tuple[Node, ...]:
    node = pg(f"DO $$ {body} $$")
    assert isinstance(node, Block), node
    return node.parts


def decided(condition: str) -> tuple[Exists, ...] | None:
    return read_condition(condition, tokenize(condition, "postgres"), "postgres")


STRAIGHT: list[tuple[str, tuple[Node, ...]]] = [
    ("BEGIN ALTER TABLE t DROP COLUMN c; DROP TABLE u; END", (DROP_C, Drop("table", (n("u"),)))),
    ("BEGIN NULL; END;", ()),
    ("<<x>> DECLARE a int := 1; b text DEFAULT 'BEGIN'; BEGIN ALTER TABLE t DROP c; END x", (DROP_C,)),
    ("BEGIN BEGIN ALTER TABLE t DROP c; END; END", (DROP_C,)),
    ("BEGIN RAISE NOTICE 'dropping % now', 1; END", (Utility("raise notice"),)),
    ("BEGIN RAISE 'no'; END", (Raise("P0001", "no"),)),
    ("BEGIN RAISE EXCEPTION 'no %', 1 USING ERRCODE = 'unique_violation'; END", (Raise("23505", "no %"),)),
    ("BEGIN RAISE SQLSTATE '22012' USING MESSAGE = 'why'; END", (Raise("22012", "why"),)),
    ("BEGIN RAISE division_by_zero; END", (Raise("22012", "an exception of its own"),)),
    ("BEGIN EXECUTE 'ALTER TABLE t DROP c'; END", (DROP_C,)),
    ("BEGIN EXECUTE 'ALTER TABLE t ' || 'DROP c' USING 1; END", (DROP_C,)),
    ("BEGIN EXECUTE $x$ALTER TABLE t DROP c; DROP TABLE u;$x$; END", (DROP_C, Drop("table", (n("u"),)))),
    ("BEGIN EXECUTE format('ALTER TABLE %I RENAME TO %I', 't', 'U'); END", (Alter("table", n("t"), (RenameTo("U"),)),)),
    ("BEGIN CREATE TYPE e AS ENUM ('a'); EXCEPTION WHEN duplicate_object THEN null; END", (Tolerated((CreateType(n("e"), "enum", ("a",)),), frozenset(("42710",))),)),
    ("BEGIN ALTER TABLE t ADD c int; EXCEPTION WHEN duplicate_column OR SQLSTATE '42P01' THEN RAISE NOTICE 'x'; WHEN others THEN NULL; END", (Tolerated((ADD_C,), frozenset(("42701", "42P01", "others"))),)),
    ("BEGIN ALTER TABLE t ADD c int; EXCEPTION WHEN others THEN RAISE; END", (Tolerated((ADD_C,), frozenset()),)),
    ("BEGIN ALTER TABLE t ADD c int; EXCEPTION WHEN others THEN DROP TABLE u; END", (Tolerated((ADD_C,), frozenset(("others",))), If(None, (Drop("table", (n("u"),)),)))),
]  # fmt: skip


@pytest.mark.parametrize(("body", "parts"), STRAIGHT)
def test_straight_lines(body: str, parts: tuple[Node, ...]) -> None:
    assert block(body) == parts


def test_queries_of_the_language() -> None:
    parts = block(
        "BEGIN PERFORM f(id) FROM s.t; SELECT count(*) INTO STRICT x, r.y FROM u; z := (SELECT 1 FROM w); END"
    )
    assert all(isinstance(part, Query) for part in parts)
    assert [str(part.reads[0]) for part in parts if isinstance(part, Query)] == ["s.t", "u", "w"]


def test_data_statements_give_their_result_to_variables() -> None:
    insert, delete = block("BEGIN INSERT INTO t (a) VALUES (1) RETURNING id INTO x; DELETE FROM t; END")
    assert isinstance(insert, Insert)
    assert isinstance(delete, Delete)
    assert insert.table == n("t")


GUARDS: list[tuple[str, tuple[Exists, ...] | None]] = [
    ("NOT EXISTS (SELECT 1 FROM pg_type WHERE typname = 'mood')", (Exists("type", ("mood",), negated=True),)),
    ("NOT EXISTS (SELECT 1 FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace WHERE t.typname = 'mood' AND n.nspname = 's')", (Exists("type", ("mood",), "s", True),)),
    ("EXISTS (SELECT 1 FROM pg_constraint WHERE conname = 'k')", (Exists("constraint", ("k",)),)),
    ("EXISTS (SELECT 1 FROM pg_constraint WHERE conname = 'k' AND conrelid = 's.\"T\"'::regclass AND contype = 'f')", (Exists("constraint", ("T", "k"), "s"),)),
    ("EXISTS (SELECT FROM information_schema.columns WHERE table_schema = 'public' AND table_name = 't' AND column_name = 'c')", (Exists("column", ("t", "c"), "public"),)),
    ("EXISTS (SELECT 1 FROM pg_attribute WHERE attrelid = 't'::regclass AND attname = 'c' AND NOT attisdropped AND attnum > 0)", (Exists("column", ("t", "c")),)),
    ("(EXISTS (SELECT * FROM information_schema.tables WHERE table_schema = current_schema() AND table_name = 't'))", (Exists("relation", ("t",)),)),
    ("EXISTS (SELECT 1 FROM pg_class c, pg_namespace n WHERE c.relnamespace = n.oid AND relname = 't' AND relkind IN ('r', 'p'))", (Exists("relation", ("t",)),)),
    ("NOT EXISTS (SELECT 1 FROM pg_indexes WHERE schemaname = 's' AND tablename = 't' AND indexname = 'i' LIMIT 1)", (Exists("index", ("t", "i"), "s", True),)),
    ("EXISTS (SELECT 1 FROM pg_enum e JOIN pg_type t ON e.enumtypid = t.oid WHERE t.typname = 'mood' AND e.enumlabel = 'sad')", (Exists("enum label", ("mood", "sad")),)),
    ("EXISTS (SELECT 1 FROM pg_enum WHERE enumlabel = 'sad' AND enumtypid = (SELECT oid FROM pg_type WHERE typname = 'mood'))", (Exists("enum label", ("mood", "sad")),)),
    ("NOT (EXISTS (SELECT 1 FROM pg_extension WHERE extname = 'x'))", (Exists("extension", ("x",), negated=True),)),
    ("EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'bob') AND NOT EXISTS (SELECT 1 FROM pg_namespace WHERE nspname = 's')", (Exists("role", ("bob",)), Exists("schema", ("s",), negated=True))),
    ("to_regclass('public.t') IS NULL", (Exists("relation", ("t",), "public", True),)),
    ("pg_catalog.to_regtype('mood') IS NOT NULL", (Exists("type", ("mood",)),)),
    ("NOT EXISTS (SELECT 1 FROM pg_trigger WHERE tgname = 'g' AND tgrelid = 't'::regclass)", (Exists("trigger", ("t", "g"), negated=True),)),
    ("EXISTS (SELECT 1 FROM users)", None),
    ("EXISTS (SELECT 1 FROM pg_type WHERE typname LIKE 'm%')", None),
    ("EXISTS (SELECT 1 FROM pg_type)", None),
    ("EXISTS (SELECT 1 FROM pg_type WHERE typname = x)", None),
    ("EXISTS (SELECT 1 FROM pg_type WHERE typname = 'a' OR typname = 'b')", None),
    ("EXISTS (SELECT 1 FROM information_schema.columns WHERE column_name = 'c')", None),
    ("EXISTS (SELECT 1 FROM information_schema.columns WHERE table_name = 't' AND column_name = 'c' AND is_nullable = 'YES')", None),
    ("EXISTS (SELECT 1 FROM pg_type WHERE typname = 'a') OR true", None),
    ("NOT (EXISTS (SELECT 1 FROM pg_type WHERE typname = 'a') AND EXISTS (SELECT 1 FROM pg_type WHERE typname = 'b'))", None),
    ("(SELECT count(*) FROM t) > 1", None),
    ("x IS NULL", None),
    ("", None),
]  # fmt: skip


@pytest.mark.parametrize(("condition", "guards"), GUARDS)
def test_guards(condition: str, guards: tuple[Exists, ...] | None) -> None:
    assert decided(condition) == guards


def test_branches() -> None:
    (node,) = block(
        "BEGIN IF EXISTS (SELECT 1 FROM pg_type WHERE typname = 'a') THEN ALTER TABLE t DROP c;"
        " ELSIF x THEN NULL; ELSE ALTER TABLE t ADD c int; END IF; END"
    )
    assert node == If((Exists("type", ("a",)),), (DROP_C,), (If(None, (), (ADD_C,)),))


def test_what_follows_a_return_is_the_other_branch() -> None:
    (node,) = block("BEGIN IF x THEN RETURN; END IF; ALTER TABLE t DROP c; RETURN; DROP TABLE u; END")
    assert isinstance(node, If)
    assert node.otherwise == (DROP_C, Utility("return"))


def test_case_is_not_the_end_of_a_condition() -> None:
    (node,) = block("BEGIN IF CASE WHEN a THEN b END THEN ALTER TABLE t DROP c; END IF; END")
    assert node == If(None, (DROP_C,))


def test_a_case_statement_may_run_any_branch() -> None:
    parts = block("BEGIN CASE x WHEN 1 THEN ALTER TABLE t DROP c; ELSE DROP TABLE u; END CASE; END")
    assert parts == (If(None, (DROP_C,)), If(None, (Drop("table", (n("u"),)),)))


def test_loops_over_rows_are_followed() -> None:
    asked, node = block(
        "BEGIN FOR r IN SELECT * FROM u LOOP UPDATE t SET a = r.a WHERE id = r.id; END LOOP; END"
    )
    assert asked == Query((n("u"),))
    assert isinstance(node, If)
    assert node.condition is None
    assert isinstance(node.then[0], Update)


def test_what_an_undecided_condition_reads_is_read_whatever_comes_of_it() -> None:
    parts = block("BEGIN IF EXISTS (SELECT 1 FROM u) THEN ALTER TABLE t DROP c; END IF; END")
    assert parts == (Query((n("u"),)), If(None, (DROP_C,)))
    parts = block("BEGIN WHILE (SELECT count(*) FROM u) > 1 LOOP DELETE FROM t; END LOOP; END")
    assert parts[0] == Query((n("u"),), frozenset(("count",)))


def test_a_count_of_names_says_that_all_of_them_exist() -> None:
    (node,) = block(
        "BEGIN IF (SELECT count(*) = 2 FROM pg_indexes WHERE indexname IN ('i', 'j') AND schemaname = 's') THEN NULL;"
        " END IF; END"
    )
    assert isinstance(node, If)
    assert node.condition == (Exists("index", ("i",), "s"), Exists("index", ("j",), "s"))
    (node,) = block(
        "BEGIN IF (SELECT count(*) FROM pg_indexes WHERE indexname = 'i') = 0 THEN NULL; END IF; END"
    )
    assert isinstance(node, If)
    assert node.condition == (Exists("index", ("i",), negated=True),)
    _, node = block(
        "BEGIN IF (SELECT count(*) = 1 FROM pg_indexes WHERE indexname IN ('i', 'j')) THEN NULL; END IF; END"
    )
    assert isinstance(node, If)
    assert node.condition is None


NOT_FOLLOWED = [
    ("BEGIN FOR r IN SELECT * FROM u LOOP ALTER TABLE t DROP c; END LOOP; END", "a loop: what it runs, and how often, is not followed"),
    ("BEGIN EXECUTE 'DROP TABLE ' || name; END", "EXECUTE of a text that is put together while it runs"),
    ("BEGIN EXECUTE format('DROP TABLE %I', r.name); END", "EXECUTE of a text that is put together while it runs"),
    ("BEGIN CALL p(); END", "CALL p: what the procedure does is not followed"),
    ("BEGIN ALTER TABLE t FROB c; END", "expected an action of ALTER TABLE near FROB"),
    ("BEGIN ALTER TABLE t DROP c; ", "in the DO block: expected END at the end of the statement"),
    ("BEGIN IF x THEN NULL; END; END", "in the DO block: expected END IF near END"),
]  # fmt: skip


@pytest.mark.parametrize(("body", "reason"), NOT_FOLLOWED)
def test_what_is_not_followed(body: str, reason: str) -> None:
    assert refused(block(body)[-1]) == reason


def test_what_is_not_followed_spoils_nothing_else() -> None:
    parts = block("BEGIN ALTER TABLE t DROP c; EXECUTE x; ALTER TABLE t ADD c int; END")
    assert (parts[0], parts[2]) == (DROP_C, ADD_C)
    assert isinstance(parts[1], Unreadable)


def test_other_languages_and_texts() -> None:
    assert refused(pg("DO LANGUAGE plperl $$ x $$")) == "DO in the language plperl is not followed"
    assert pg("DO 'BEGIN ALTER TABLE t DROP c; END' LANGUAGE plpgsql") == Block((DROP_C,))
    assert pg("DO E'BEGIN ALTER TABLE t\\n DROP c; END'") == Block((DROP_C,))


def test_parts_say_where_they_stand() -> None:
    sql = "DO $body$\nBEGIN\n  IF x THEN\n    ALTER TABLE t DROP c;\n  END IF;\n  EXECUTE 'DROP TABLE u';\nEND $body$"
    node = pg(sql)
    assert isinstance(node, Block)
    branch, drop = node.parts
    assert isinstance(branch, If)
    assert sql[slice(*branch.then[0].at)] == "ALTER TABLE t DROP c"
    assert sql[slice(*branch.at)].startswith("IF x THEN")
    assert sql[slice(*drop.at)] == "DROP TABLE u"


def test_conditions_have_the_servers_codes() -> None:
    assert SQLSTATES["duplicate_object"] == ("42710",)
    assert SQLSTATES["undefined_table"] == ("42P01",)
    assert SQLSTATES["unique_violation"] == ("23505",)
