"""Generated migrations: predicted, run on real servers, and compared."""

from __future__ import annotations

import pytest

from checker.catalog import Dialect
from tests.truth.generated.__main__ import DIALECTS
from tests.truth.generated.cases import case
from tests.truth.generated.losses import lost


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_seed_gives_the_same_cases(dialect: Dialect) -> None:
    assert [case(7, dialect, one) for one in range(20)] == [case(7, dialect, one) for one in range(20)]
    assert case(7, dialect, 1).text != case(8, dialect, 1).text


def test_a_value_that_has_moved_is_not_lost() -> None:
    before = {("t", "a"): ((("1",), "x"), (("2",), "y"))}
    assert not lost(before, {("t", "b"): ((("1",), "x"), (("2",), "y"))})
    assert not lost(before, {("t", "a"): ((("7",), "y"), (("8",), "x"))})
    assert lost(before, {("t", "a"): ((("1",), "x"), (("2",), "x"))}) == [("t", "a")]
    assert lost(before, {}) == [("t", "a")]


def test_a_type_that_only_writes_a_value_otherwise_loses_nothing() -> None:
    before = {("t", "a"): (((1,), "1"), ((2,), "t"), ((3,), "2024-01-31"))}
    assert not lost(before, {("t", "a"): (((1,), "1.00"), ((2,), "true"), ((3,), "2024-01-31 00:00:00"))})
    assert lost(before, {("t", "a"): (((1,), "1.01"), ((2,), "true"), ((3,), "2024-01-31"))})
