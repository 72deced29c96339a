"""Values as JSON and back: whatever the catalog's classes can hold."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, fields, is_dataclass
from functools import cache
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from checker.catalog import Extension, Function, Relation, Server, UserType
from checker.codec import Damaged, form
from tests.snapshots import plain

EVERYTHING = (Relation, UserType, Function, Extension, Server)


@pytest.mark.parametrize("kind", EVERYTHING, ids=str)
@given(data=st.data())
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
def test_there_and_back(kind: Any, data: st.DataObject) -> None:
    value = data.draw(any_value(kind))
    text = json.dumps(form(kind).write(value))
    read = form(kind).read(json.loads(text))
    assert (read, plain(read)) == (value, plain(value))


@cache
def any_value(kind: Any) -> st.SearchStrategy[Any]:
    """Values of a type with every field drawn, also those that have defaults."""
    arguments = get_args(kind)
    if get_origin(kind) in (Union, UnionType):
        return st.one_of([any_value(one) for one in arguments])
    if get_origin(kind) is tuple and arguments[-1] is Ellipsis:
        return st.lists(any_value(arguments[0]), max_size=3).map(tuple)
    if get_origin(kind) is frozenset:
        return st.frozensets(any_value(arguments[0]), max_size=3)
    if isinstance(kind, type) and is_dataclass(kind):
        hints = get_type_hints(kind)
        return st.builds(kind, **{one.name: any_value(hints[one.name]) for one in fields(kind)})
    return st.from_type(kind)


@dataclass(frozen=True)
class Part:
    name: str
    size: int | None = None


@dataclass(frozen=True)
class Whole:
    key: tuple[str, int]
    parts: tuple[Part, ...] = ()
    tags: frozenset[str] = field(default_factory=frozenset)


def test_what_is_as_by_default_is_left_out() -> None:
    assert form(Whole).write(Whole(("a", 1))) == {"key": ["a", 1]}


def test_a_text_stands_for_a_value_with_nothing_else() -> None:
    whole = Whole(("a", 1), (Part("x"), Part("y", 2)), frozenset("ba"))
    written = {"key": ["a", 1], "parts": ["x", {"name": "y", "size": 2}], "tags": ["a", "b"]}
    assert form(Whole).write(whole) == written
    assert form(Whole).read(written) == whole


@pytest.mark.parametrize(
    ("json_value", "place", "said"),
    [
        ([], "", "an object is expected"),
        ({}, "", "key is missing"),
        ({"key": ["a"]}, "key", "a list of 2 is expected"),
        ({"key": ["a", True]}, "key[1]", "a whole number is expected"),
        ({"key": ["a", 1.0]}, "key[1]", "a whole number is expected"),
        ({"key": ["a", 1], "part": []}, "", "there is no such key as 'part' here; did you mean parts?"),
        ({"key": ["a", 1], "parts": {}}, "parts", "a list is expected"),
        ({"key": ["a", 1], "parts": ["x", 3]}, "parts[1]", "a text or an object is expected"),
        ({"key": ["a", 1], "parts": ["x", {"name": "y", "size": "2"}]}, "parts[1].size", "a whole number is expected"),
    ],
)  # fmt: skip
def test_damage_is_found_where_it_is(json_value: Any, place: str, said: str) -> None:
    with pytest.raises(Damaged) as problem:
        form(Whole).read(json_value)
    assert (problem.value.place, problem.value.message) == (place, said)


def test_a_union_says_which_it_is() -> None:
    relation = form(Relation).read({"is": "unloaded", "name": ["public", "t"], "kind": "table"})
    assert form(Relation).write(relation)["is"] == "unloaded"
    with pytest.raises(Damaged, match="'is' has to say one of: table, view, sequence, index, unloaded"):
        form(Relation).read({"is": "tabel", "name": ["public", "t"]})
    with pytest.raises(Damaged, match="one of these is expected: table, partitioned"):
        form(Relation).read({"is": "unloaded", "name": ["public", "t"], "kind": "tabel"})
