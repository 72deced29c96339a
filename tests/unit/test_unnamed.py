"""The names that unnamed constraints get, so that the loader and the simulator agree on them."""

from __future__ import annotations

from dataclasses import replace

from checker.catalog import Check, Constraint, Expr, ForeignKey, PrimaryKey, QName, Unique
from checker.unnamed import is_made_up, named

KEY = PrimaryKey("", ("id",))
TARGET = QName("main", "t")


def check(*columns: str, name: str = "") -> Check:
    return Check(name, Expr("…", frozenset(columns)))


def names(*constraints: Constraint) -> list[str]:
    return [constraint.name for constraint in named(constraints)]


def test_the_name_says_what_the_constraint_says() -> None:
    key = ForeignKey("", ("a", "b"), TARGET, ("x", "y"))
    found = names(KEY, Unique("", ("a", "b")), key, check("b", "a"), check())
    assert found == ["pk", "unique(a,b)", "fk(a,b)->t", "check(a,b)", "check()"]


def test_equal_names_are_told_apart_by_their_place() -> None:
    assert names(check("a"), check("b"), check("a"), check("a")) == [
        "check(a)",
        "check(b)",
        "check(a)#2",
        "check(a)#3",
    ]


def test_given_names_stay() -> None:
    assert names(check("a", name="positive"), Unique("u", ("a",))) == ["positive", "u"]


def test_names_follow_a_renamed_column() -> None:
    before = named([Unique("", ("a",)), Unique("mine", ("a",))])
    renamed = [replace(constraint, columns=("z",)) for constraint in before if isinstance(constraint, Unique)]
    assert names(*renamed) == ["unique(z)", "mine"]


def test_naming_twice_changes_nothing() -> None:
    once = named([KEY, check("a"), check("a"), Unique("", ("a",))])
    assert named(once) == once


def test_the_servers_names_are_none_of_ours() -> None:
    assert not any(map(is_made_up, ("users_pkey", "check", "fk_a", "unique", "pk_users", "users_a_check")))
