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
    Unanswered,
)
from checker.questions import Questions
from checker.rows import Field, Formula, Fresh, Given, Nothing, Opaque, Stored, Value
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


def test_live_rows_have_to_be_looked_at() -> None:
    probe = Count(Stored(QName("public", "t"), FIELDS))
    assert Questions(no_rows=NO_ROWS).ask(probe) == Unanswered(NO_ROWS)
    assert Questions().ask(probe) is None
