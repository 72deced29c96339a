"""The project's own decorator gives what the standard one gives: every case runs on both."""

from __future__ import annotations

import copy
import dataclasses
import pickle
from dataclasses import FrozenInstanceError, asdict, field, fields, is_dataclass
from importlib import import_module
from pkgutil import walk_packages
from typing import Any, Generic, TypeVar

import pytest

import checker
from checker.catalog import Column, Expr
from checker.sqltype import SqlType
from checker.values import dataclass, replace

C = TypeVar("C")
BOTH = pytest.mark.parametrize("decorate", [dataclasses.dataclass, dataclass], ids=["standard", "own"])


def classes(decorate: Any) -> tuple[Any, Any]:
    """A class with defaults of every kind, and one that inherits and takes keywords only."""

    @decorate(frozen=True, slots=True)
    class Point(Generic[C]):
        x: int
        y: int = 2
        names: list[str] = field(default_factory=list)
        note: str = field(default="", compare=False, repr=False)

        def far(self) -> bool:
            return self.x > 10

    @decorate(frozen=True, slots=True, kw_only=True)
    class Named(Point[int]):
        name: str
        size: int = 0

    return Point, Named


@BOTH
def test_values_are_made_in_all_ways(decorate: Any) -> None:
    point, named = classes(decorate)
    made = point(1)
    assert (made.x, made.y, made.names, made.note, made.far()) == (1, 2, [], "", False)
    assert point(1).names is not made.names
    assert point(11, note="n", y=3).far() and point(x=1) == made
    assert named(1, 5, name="n").y == 5 and named(1, name="n").size == 0
    assert [one.name for one in fields(named)] == ["x", "y", "names", "note", "name", "size"]
    assert is_dataclass(point) and not hasattr(made, "__dict__")


@BOTH
def test_wrong_arguments_are_refused(decorate: Any) -> None:
    point, named = classes(decorate)
    for kind, given in ((point, ()), (named, (1, 2, [], "", "n")), (named, (1,))):
        with pytest.raises(TypeError, match="__init__"):
            kind(*given)
    with pytest.raises(TypeError, match="__init__"):
        point(1, z=1)


@BOTH
def test_equality_hash_and_text(decorate: Any) -> None:
    point, named = classes(decorate)
    assert point(1, note="a") == point(1, note="b") != point(2)
    assert point(1) != named(1, name="n") and point(1) != (1, 2, [], "")
    assert hash(point(1, names=(), note="a")) == hash(point(1, names=(), note="b"))
    assert hash(point(1, names=())) != hash(point(2, names=()))
    with pytest.raises(TypeError, match="unhashable"):
        hash(point(1))
    assert repr(named(1, name="n")).endswith("Named(x=1, y=2, names=[], name='n', size=0)")


@BOTH
def test_values_never_change(decorate: Any) -> None:
    made = classes(decorate)[0](1)
    with pytest.raises(FrozenInstanceError, match="cannot assign to field 'x'"):
        made.x = 2
    with pytest.raises(FrozenInstanceError, match="cannot delete field 'x'"):
        del made.x


@BOTH
def test_copies_differ_in_what_is_said(decorate: Any) -> None:
    point, named = classes(decorate)
    made = named(1, note="n", name="a")
    other = replace(made, x=5, name="b")
    assert (other.x, other.name, other.note, made.x, made.name) == (5, "b", "n", 1, "a")
    assert type(other) is named and other.names is made.names and replace(point(1)) == point(1)
    with pytest.raises(TypeError, match="z"):
        replace(made, z=1)


@BOTH
def test_values_are_matched_by_position_and_name(decorate: Any) -> None:
    point, named = classes(decorate)
    match named(1, 7, name="n"):
        case point(x, 7, name=name):
            assert (x, name) == (1, "n")
        case _:
            pytest.fail("not matched")


@BOTH
def test_a_class_without_fields(decorate: Any) -> None:
    @decorate(frozen=True, slots=True)
    class Nothing:
        """No fields."""

    assert (
        Nothing() == Nothing()
        and hash(Nothing()) == hash(Nothing())
        and repr(Nothing()).endswith("Nothing()")
    )


@BOTH
def test_other_kinds_stay_as_they_are(decorate: Any) -> None:
    @decorate
    class Counter:
        count: int = 0

    @decorate(frozen=True, slots=True)
    class Length:
        text: str
        length: int = field(init=False, default=0)

        def __post_init__(self) -> None:
            object.__setattr__(self, "length", len(self.text))

    counter = Counter()
    counter.count += 1
    length: Any = Length
    assert counter.count == 1 and length("abc").length == 3


def test_every_class_of_the_project_can_be_made() -> None:
    """The constructors are compiled late: here, all of them."""
    paths = [found.name for found in walk_packages(checker.__path__, "checker.")]
    found = (each for path in paths for each in vars(import_module(path)).values())
    kinds: set[Any] = {each for each in found if isinstance(each, type) and is_dataclass(each)}
    assert len(kinds) > 150
    for kind in kinds:
        with pytest.raises(TypeError, match=r"__init__\(\) got an unexpected keyword argument"):
            kind(there_is_no_such_field=1)


def test_values_can_be_copied_and_pickled() -> None:
    column = Column("id", SqlType("numeric", args=(10, 2)), default=Expr("0"))
    assert copy.deepcopy(column) == column == pickle.loads(pickle.dumps(column))
    assert asdict(column)["type"]["args"] == (10, 2)
