"""Constants and conditions as they are written: what is surely harmless, and everything else."""

from __future__ import annotations

import pytest

from checker.catalog import QName
from checker.rows import Computed, Copy, Field, Formula, Kept, Output, Reading, Selected, Stored
from checker.snapshot.constants import fits
from checker.snapshot.reading import asked_of_null, cannot_fail, keeps_no_null, projected
from checker.sqltype import SqlType

INT, TEXT = SqlType("integer"), SqlType("text")
T = Stored(QName("main", "t"), (Field("id", INT), Field("Name", TEXT)))


@pytest.mark.parametrize(
    ("value", "kind", "certain"),
    [
        ("1", "integer", True), ("2147483647", "integer", True), ("2147483648", "integer", False), ("-32768", "smallint", True),
        ("-32769", "smallint", False), ("1.5", "integer", False), ("'1'", "integer", False), ("1", "text", False),
        ("1.5", "numeric", True), ("1", "double precision", True), ("'x'", "text", True), ("('it''s')", "text", True),
        ("E'x'", "text", False), ("'a' || 'b'", "text", False), ("NULL", "integer", True), ("NULL::date", "date", True),
        ("true", "boolean", True), ("'yes'", "boolean", False), ("'t'", "boolean", True), ("now()", "date", True),
        ("current_date", "text", False), ("'2024-02-29'", "date", True), ("'2023-02-29'", "date", False),
        ("'20240229'", "date", False), ("'tomorrow'", "date", False), ("'{}'", "jsonb", False), ("lower('x')", "text", False),
        ("'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'", "uuid", True), ("'a0eebc99'", "uuid", False),
    ],
)  # fmt: skip
def test_what_a_type_surely_takes(value: str, kind: str, certain: bool) -> None:
    assert fits(Formula(value), SqlType(kind)) is certain


def test_modifiers_and_arrays_are_left_to_the_server() -> None:
    assert not fits(Formula("1.5"), SqlType("numeric", (3, 1)))
    assert not fits(Formula("'{}'"), SqlType("text", array=True))
    assert not fits(Formula("'x'"), SqlType("kind", schema="public"))
    assert not fits(Formula("'y'"), SqlType("kind", schema="public"), ("x",))


@pytest.mark.parametrize(
    ("text", "certain"),
    [
        ("id = 1", True), ("t.id <> 1 AND \"Name\" = 'x'", True), ("NOT (id IS NULL) OR name IN ('a', 'b')", True),
        ("id = 'x'", False), ("id / 0 = 1", False), ("id = 1 AND f(id) = 1", False), ("name::int = 1", False),
        ("id = other", False), ("missing = 1", False), ("name = 'a' || 'b'", False), ("", False), ("id = 1 AND", False),
        ("name = 'x AND id / 0 = 1'", True),
    ],
)  # fmt: skip
def test_conditions_that_no_row_makes_fail(text: str, certain: bool) -> None:
    assert cannot_fail(Formula(text), T.fields) is certain


@pytest.mark.parametrize(
    ("text", "columns", "said"),
    [
        ("a IS NULL", "a", "null"), ("(t.a is  not null)", "a", "not null"), ('"a" IS NULL', "a", "null"),
        ("a IS NULL OR b", "ab", None), ("b IS NULL", "b", None), ("a IS NULL", "ab", None), ("a IS NOT TRUE", "a", None),
    ],
)  # fmt: skip
def test_conditions_that_ask_for_null(text: str, columns: str, said: str | None) -> None:
    assert asked_of_null(Formula(text, frozenset(columns)), "a") == said


def test_a_deletion_of_null_keeps_none() -> None:
    condition = Formula("name IS NULL", frozenset(("Name",)))
    assert keeps_no_null(Kept(T, "t", condition, negated=True), "Name")
    assert not keeps_no_null(Kept(T, "t", condition), "Name")
    assert not keeps_no_null(Kept(T, "t", condition, negated=True), "id")


@pytest.mark.parametrize(
    ("query", "columns"),
    [
        ("SELECT id, Name FROM t", ["id", "Name"]), ('select "Name", t.id\nfrom "t" AS x;', ["Name", "id"]),
        ("SELECT * FROM t", ["id", "Name"]), ("SELECT `id`, [Name] FROM main.t", ["id", "Name"]),
        ("SELECT id, lower(Name) FROM t", None), ("SELECT id, Name FROM t WHERE id > 1", None), ("SELECT id FROM t", None),
        ("SELECT DISTINCT id, Name FROM t", None), ("SELECT id, Name FROM t, t", None), ("SELECT id, Name FROM t LIMIT 1", None),
        ("SELECT id, Name FROM t JOIN u", None), ("SELECT id, Name FROM t UNION SELECT 1, 2 FROM t", None),
        ("SELECT id, Name FROM t ORDER BY id", None), ("SELECT id, nothing FROM t", None), ("SELECT id, id + 1 FROM t", None),
    ],
)  # fmt: skip
def test_a_query_that_only_picks_columns(query: str, columns: list[str] | None) -> None:
    at = query.lower().index("from") + 5
    fields = (Field("a", INT), Field("b", TEXT))
    found = projected(Selected(Formula(query, readings=(Reading(at, at + 1, "t", T),)), fields))
    if columns is None:
        assert found is None
    else:
        assert found == Computed(
            T, "t", tuple(Output(one, Copy(name)) for one, name in zip(fields, columns, strict=True))
        )
