"""Questions that the statements themselves decide, and those that are noted."""

from __future__ import annotations

import pytest

from checker.catalog import QName
from checker.probe import (
    NO_ROWS,
    Always,
    Answer,
    Condition,
    Count,
    Duplicates,
    IsNotNull,
    IsNull,
    Key,
    Matching,
    NotAmong,
    Orphans,
    Probe,
    Unanswered,
)
from checker.questions import Questions
from checker.rows import (
    Computed,
    Copy,
    Field,
    Formula,
    Fresh,
    Given,
    Kept,
    Nothing,
    Opaque,
    Output,
    Stored,
    Value,
)
from checker.sqltype import SqlType

FIELDS = (Field("a", SqlType("integer")),)


def given(*values: Value) -> Given:
    return Given(FIELDS, tuple((value,) for value in values))


@pytest.mark.parametrize(
    ("values", "condition", "found"),
    [
        (("1", "NULL", "'x'"), Always(), 3),
        (("1", "NULL", " null "), IsNull("a"), 2),
        (("1", "-2.5", "'it'", "TRUE"), IsNull("a"), 0),
        (("1", "NULL"), IsNotNull("a"), 1),
    ],
)
def test_what_a_statement_spells_out(values: tuple[str, ...], condition: Condition, found: int) -> None:
    answer = Questions(no_rows=NO_ROWS).ask(Count(given(*map(Formula, values)), condition))
    assert isinstance(answer, Answer)
    assert (answer.found, answer.total) == (found, len(values))


@pytest.mark.parametrize(
    "value", [Formula("now()"), Formula("'a' || NULL"), Formula("'it''s'"), Formula("1 + NULL")]
)
def test_what_only_a_server_computes(value: Value) -> None:
    questions = Questions()
    assert questions.ask(Count(given(value), IsNull("a"))) is None
    assert len(questions.asked) == 1


def test_a_fresh_value_is_not_null_and_an_unknown_one_may_be() -> None:
    none = Questions().ask(Count(given(Fresh()), IsNull("a")))
    assert isinstance(none, Answer)
    assert none.none
    assert isinstance(Questions().ask(Count(given(Opaque()), IsNull("a"))), Unanswered)


def test_no_row_has_no_duplicate() -> None:
    answer = Questions(no_rows=NO_ROWS).ask(Duplicates(Nothing(FIELDS), (Key("a"),)))
    assert isinstance(answer, Answer)
    assert answer.none


LIVE = Stored(QName("public", "t"), FIELDS)
PARENTS = Stored(QName("public", "p"), FIELDS)
NEW = Field("b", SqlType("integer"))


def with_column(value: Value, when: Formula | None = None) -> Computed:
    """The live rows with a column that the run adds, or writes where a condition is true."""
    return Computed(LIVE, "t", (Output(FIELDS[0], Copy("a")), Output(NEW, value)), when)


@pytest.mark.parametrize(
    "probe",
    [
        Orphans(with_column(Formula("NULL")), PARENTS, ("b",), ("a",)),
        Orphans(with_column(Formula("NULL")), PARENTS, ("a", "b"), ("a", "a")),
        Duplicates(with_column(Formula("NULL")), (Key("a"), Key("b"))),
        Matching(LIVE, with_column(Formula("NULL")), (Key("a"),), (Key("b"),)),
        Count(with_column(Formula("7")), IsNull("b")),
        Count(with_column(Formula("NULL")), IsNotNull("b")),
        Count(with_column(Formula("NULL")), NotAmong("b", ("x",))),
        Count(Kept(with_column(Formula("7")), "t", Formula("a > 1")), IsNull("b")),
    ],
)
def test_what_a_new_column_decides(probe: Probe) -> None:
    answer = Questions(no_rows=NO_ROWS).ask(probe)
    assert isinstance(answer, Answer)
    assert answer.none


@pytest.mark.parametrize(
    "probe",
    [
        Orphans(with_column(Formula("NULL")), PARENTS, ("a", "b"), ("a", "a"), full=True),
        Orphans(with_column(Formula("7")), PARENTS, ("b",), ("a",)),
        Duplicates(with_column(Formula("NULL")), (Key("b"),), nulls_equal=True),
        Duplicates(with_column(Formula("7")), (Key("b"),)),
        Count(with_column(Formula("NULL")), IsNull("b")),
        Count(with_column(Formula("7"), Formula("a > 1")), IsNull("b")),
        Count(with_column(Copy("a")), IsNull("b")),
    ],
)
def test_what_a_new_column_leaves_open(probe: Probe) -> None:
    assert Questions().ask(probe) is None


def test_live_rows_have_to_be_looked_at() -> None:
    probe = Count(LIVE)
    assert Questions(no_rows=NO_ROWS).ask(probe) == Unanswered(NO_ROWS)
    assert Questions().ask(probe) is None
