"""Migrations predicted, run on real servers, and compared: small ones with a name, and generated ones."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from checker.catalog import Dialect
from checker.statement import Transaction
from tests.truth.generated.__main__ import DIALECTS, database, score
from tests.truth.generated.cases import Case, case
from tests.truth.generated.databases import Database
from tests.truth.generated.fixtures import named_cases
from tests.truth.generated.losses import followed, lost
from tests.truth.generated.verdicts import Outcome, judge

SEED, COUNT = 1, 150
NAMED = [one for dialect in DIALECTS for one in named_cases(dialect)]


@pytest.fixture(scope="module")
def databases() -> Iterator[dict[Dialect, Database]]:
    """A database of each kind."""
    with ExitStack() as stack:
        yield {dialect: stack.enter_context(database(dialect)) for dialect in DIALECTS}


@pytest.mark.parametrize("named", NAMED, ids=lambda one: f"{one.dialect}: {one.name}")
def test_the_server_does_as_predicted(named: Case, databases: dict[Dialect, Database]) -> None:
    verdicts = judge(named, databases[named.dialect])
    wrong = [one for one in verdicts if one.outcome not in (Outcome.ACCEPTED, Outcome.PREDICTED)]
    assert not wrong, "\n".join(map(str, wrong))
    assert len(verdicts) == len(named.migration.statements) or named.transaction is Transaction.FILE


@pytest.mark.parametrize("dialect", DIALECTS)
def test_generated_migrations(dialect: Dialect, databases: dict[Dialect, Database]) -> None:
    """`make truth` runs many more, and prints the figures."""
    found = score(dialect, SEED, range(COUNT), databases[dialect])
    assert not found.wrong, f"{found.summary()}\n" + "\n".join(map(str, found.wrong))
    assert found.of(Outcome.PREDICTED) > COUNT / 4
    assert found.of(Outcome.VISIBLE) + found.of(Outcome.WORRIED) < found.of(Outcome.ACCEPTED) / 20


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
    assert not lost({("t", "a"): (((1,), "t"), ((2,), "f"))}, {("t", "a"): (((1,), "1"), ((2,), "0"))})
    assert lost({("t", "a"): (((1,), "2"), ((2,), "0"))}, {("t", "a"): (((1,), "t"), ((2,), "f"))})


def test_a_foreign_key_that_follows_loses_nothing_and_one_that_is_emptied_does() -> None:
    parent, child = ("p", "id"), ("c", "p_id")
    before = {parent: (((1,), "1"), ((2,), "2")), child: (((7,), "1"), ((8,), "2"), ((9,), "2"))}
    moved = ((("101",), "101"), (("102",), "102"))
    assert followed(
        before, {parent: moved, child: (((7,), "101"), ((8,), "102"), ((9,), "102"))}, child, parent
    )
    assert not followed(before, {parent: moved, child: (((7,), "101"),)}, child, parent)
    assert not followed(
        before, {parent: moved, child: (((7,), "101"), ((8,), "101"), ((9,), "101"))}, child, parent
    )
    assert not followed(
        before, {parent: moved, child: (((7,), "1"), ((8,), "3"), ((9,), "3"))}, child, parent
    )
