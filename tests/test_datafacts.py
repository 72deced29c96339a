"""What the run itself shows about rows: one table of statements in, facts out."""

from __future__ import annotations

import pytest

from checker.catalog import Column, Expr, QName, Table
from checker.change import (
    AddColumn,
    Change,
    CreateTable,
    Delete,
    DropTable,
    Insert,
    NotUnderstood,
    RenameColumn,
    RenameTable,
    Rollback,
    SetSchema,
    Truncate,
)
from checker.datafacts import NO_FACTS, DataFacts, fold
from checker.sqltype import SqlType

A, B, C = (QName("public", name) for name in "abc")
CREATE = CreateTable(table=Table(A))
INSERT = Insert(table=A, rows=((Expr("1"),),))
COPY = Insert(table=A, query=Expr("SELECT * FROM b", uses=frozenset((B,))))
ADD = AddColumn(table=A, column=Column("x", SqlType("integer")))


def after(*changes: Change) -> DataFacts:
    facts = NO_FACTS
    for change in changes:
        facts = fold(facts, change)
    return facts


@pytest.mark.parametrize(
    ("changes", "filled", "emptied", "copied"),
    [
        ((CREATE,), set(), set(), set()),
        ((CREATE, INSERT), {A}, set(), set()),
        ((CreateTable(table=Table(A), filled=True),), {A}, set(), set()),
        ((COPY,), {A}, set(), {(B, A)}),
        ((INSERT, Truncate(table=A)), set(), {A}, set()),
        ((INSERT, Truncate(table=B, along=(A,))), set(), {A, B}, set()),
        ((Delete(table=A),), set(), {A}, set()),
        ((Delete(table=A, where=Expr("(1 = 1)")),), set(), {A}, set()),
        ((Delete(table=A, where=Expr("x > 1")),), set(), set(), set()),
        ((Delete(table=A), INSERT), {A}, set(), set()),
        ((COPY, Delete(table=A)), set(), {A}, set()),
        ((COPY, DropTable(table=A)), set(), set(), set()),
        ((COPY, DropTable(table=B), RenameTable(table=A, new="b")), {B}, set(), {(B, B)}),
        ((INSERT, SetSchema(kind="table", name=A, schema="s")), {QName("s", "a")}, set(), set()),
        ((INSERT, DropTable(table=A), CREATE), set(), set(), set()),
        ((Delete(table=A), Rollback()), set(), set(), set()),
        ((Delete(table=A), NotUnderstood(reason="", names=(A,))), {A}, set(), set()),
    ],
)
def test_rows(
    changes: tuple[Change, ...], filled: set[QName], emptied: set[QName], copied: set[tuple[QName, QName]]
) -> None:
    facts = after(*changes)
    assert (set(facts.filled), set(facts.emptied), set(facts.copied)) == (filled, emptied, copied)


@pytest.mark.parametrize(
    ("changes", "added"),
    [
        ((ADD,), {(A, "x")}),
        ((ADD, RenameColumn(table=A, column="x", new="y")), {(A, "y")}),
        ((ADD, RenameTable(table=A, new="c")), {(C, "x")}),
        ((ADD, DropTable(table=A)), set()),
        ((RenameColumn(table=A, column="old", new="x"),), set()),
    ],
)
def test_columns(changes: tuple[Change, ...], added: set[tuple[QName, str]]) -> None:
    found = after(*changes).added
    assert {(table, column) for table, columns in found.items() for column in columns} == added


def test_columns_of_a_table_that_the_run_created_need_no_record() -> None:
    assert fold(NO_FACTS, ADD, born={A}) is NO_FACTS


def test_what_nobody_could_read_may_have_filled_anything() -> None:
    facts = after(Delete(table=A), NotUnderstood(reason="", everything=True))
    assert facts.may_fill(C)
    assert not facts.emptied


def test_what_was_copied() -> None:
    facts = after(COPY)
    assert facts.was_copied(B)
    assert facts.was_copied_into(A)
    assert facts.targets_of(B) == {A}
    assert not facts.was_copied(A)
