"""Frozen values as JSON and back, by their types: whoever adds a field to a dataclass writes nothing here.

    form(Table).write(table)  ->  {"name": ["public", "users"], "columns": [...]}
    form(Table).read(json)    ->  the same table, or Damaged: where, and what was expected there

What is as its default is left out. A value of a union says which it is (`"is": "foreign key"`); where the first field
is a text or a number and nothing else is said, that alone stands for the value (`"integer"` for a type). Sets are sorted.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields, is_dataclass
from difflib import get_close_matches
from functools import cache
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from checker.values import dataclass

IS = "is"
_SCALARS = {str: "a text", int: "a whole number", bool: "true or false"}
_ALONE: dict[Any, type] = {str: str, str | None: str, int: int}


class Damaged(Exception):
    """JSON that is no such value: `path` leads to the place, the message says what should be there."""

    def __init__(self, message: str, path: tuple[str | int, ...] = ()) -> None:
        super().__init__(message)
        self.message, self.path = message, path

    def inside(self, step: str | int) -> Damaged:
        """The same, seen from one level up."""
        return Damaged(self.message, (step, *self.path))

    @property
    def place(self) -> str:
        """The path in words.

        >>> Damaged("a text is expected", ("columns", 2, "name")).place
        'columns[2].name'
        """
        return "".join(f"[{one}]" if isinstance(one, int) else f".{one}" for one in self.path).lstrip(".")


@dataclass(frozen=True, slots=True)
class Form:
    """How values of one type are written and read; `read` raises Damaged."""

    write: Callable[[Any], Any]
    read: Callable[[Any], Any]


@cache
def form(kind: Any) -> Form:
    """The form of a type: scalars, None, literals, tuples, frozensets, mappings by text, unions and dataclasses."""
    origin, arguments = get_origin(kind), get_args(kind)
    if origin in (Union, UnionType):
        return _union(arguments)
    if origin is Literal:
        return _literal(arguments)
    if origin is frozenset:
        return _set(form(arguments[0]))
    if origin is tuple:
        return _row(arguments[0]) if arguments[-1] is Ellipsis else _pair(tuple, arguments)
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return _mapping(form(arguments[1]))
    if is_dataclass(kind):
        return _object(kind, brief=True)
    if isinstance(kind, type) and issubclass(kind, tuple):
        hints = get_type_hints(kind)
        return _pair(kind, tuple(hints[name] for name in kind._fields))  # type: ignore[attr-defined]
    return _scalar(kind)


def words(kind: type) -> str:
    """A class in words, as a union says it.

    >>> words(Damaged)
    'damaged'
    """
    return re.sub(r"(?<!^)(?=[A-Z])", " ", kind.__name__).lower()


# Single values


def _scalar(kind: type) -> Form:
    expected = f"{_SCALARS[kind]} is expected"

    def read(value: Any) -> Any:
        if type(value) is not kind:
            raise Damaged(expected)
        return value

    return Form(_same, read)


def _same(value: Any) -> Any:
    return value


def _literal(choices: tuple[Any, ...]) -> Form:
    known = {choice: choice for choice in choices}

    def read(value: Any) -> Any:
        if not isinstance(value, str) or value not in known:
            raise Damaged(f"one of these is expected: {', '.join(map(str, choices))}")
        return known[value]

    return Form(_same, read)


def _union(members: tuple[Any, ...]) -> Form:
    one_of = tuple(member for member in members if member is not NoneType)
    if len(one_of) < len(members):
        return _optional(form(Union[one_of]) if len(one_of) > 1 else form(one_of[0]))  # noqa: UP007
    return _tagged(one_of) if all(map(is_dataclass, one_of)) else _scalars(one_of)


def _optional(some: Form) -> Form:
    return Form(
        lambda value: None if value is None else some.write(value),
        lambda value: None if value is None else some.read(value),
    )


def _scalars(kinds: tuple[Any, ...]) -> Form:
    expected = " or ".join(_SCALARS[kind] for kind in kinds) + " is expected"

    def read(value: Any) -> Any:
        if type(value) not in kinds:
            raise Damaged(expected)
        return value

    return Form(_same, read)


# Many values


def _each(read: Callable[[Any], Any], value: Any, make: Callable[[Any], Any]) -> Any:
    """All items at once; only where one is damaged they are gone through to find it."""
    if type(value) is not list:
        raise Damaged("a list is expected")
    try:
        return make(map(read, value))
    except Damaged:
        for at, item in enumerate(value):
            try:
                read(item)
            except Damaged as problem:
                raise problem.inside(at) from None
        raise


def _row(kind: Any) -> Form:
    item = form(kind)
    return Form(lambda value: list(map(item.write, value)), lambda value: _each(item.read, value, tuple))


def _set(item: Form) -> Form:
    return Form(
        lambda value: sorted(map(item.write, value), key=_order),
        lambda value: _each(item.read, value, frozenset),
    )


def _order(value: Any) -> Any:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else value


def _pair(make: Callable[[Any], Any], kinds: tuple[Any, ...]) -> Form:
    """A tuple of fixed length, named or not."""
    items = tuple(map(form, kinds))
    build = make._make if hasattr(make, "_make") else make

    def read(value: Any) -> Any:
        if type(value) is not list or len(value) != len(items):
            raise Damaged(f"a list of {len(items)} is expected")
        found = []
        for at, (item, one) in enumerate(zip(items, value, strict=True)):
            try:
                found.append(item.read(one))
            except Damaged as problem:
                raise problem.inside(at) from None
        return build(found)

    return Form(lambda value: [item.write(one) for item, one in zip(items, value, strict=True)], read)


def _mapping(item: Form) -> Form:
    def read(value: Any) -> Any:
        if type(value) is not dict:
            raise Damaged("an object is expected")
        return _entries(dict.fromkeys(value, item.read), value)

    return Form(lambda value: {name: item.write(value[name]) for name in sorted(value)}, read)


def _entries(readers: Mapping[str, Callable[[Any], Any]], value: dict[str, Any]) -> dict[str, Any]:
    try:
        return {name: readers[name](one) for name, one in value.items()}
    except Damaged:
        for name, one in value.items():
            try:
                readers[name](one)
            except Damaged as problem:
                raise problem.inside(name) from None
        raise


# Dataclasses


def _object(kind: Any, *, brief: bool, tag: str = "") -> Form:
    """An object with the fields that are not as by default; `brief` lets its first field stand for it."""
    hints = get_type_hints(kind)
    parts = [one for one in fields(kind) if one.init]
    forms = {one.name: form(hints[one.name]) for one in parts}
    readers = {name: one.read for name, one in forms.items()}
    required = frozenset(one.name for one in parts if _default(one) is MISSING)
    if tag:
        readers[IS] = _same
    head = _head(parts, hints) if brief else ""
    alone = _ALONE.get(hints[head]) if head else None
    expected = f"{_SCALARS[alone]} or an object is expected" if alone else "an object is expected"

    def write(value: Any) -> Any:
        found: dict[str, Any] = {IS: tag} if tag else {}
        for one in parts:
            held = getattr(value, one.name)
            if one.name in required or held != _default(one):
                found[one.name] = forms[one.name].write(held)
        return found[head] if alone and len(found) == 1 and type(found.get(head)) is alone else found

    def read(value: Any) -> Any:
        if type(value) is alone:
            return kind(value)
        if type(value) is not dict:
            raise Damaged(expected)
        try:
            given = _entries(readers, value)
        except KeyError:
            raise _unknown(value, readers) from None
        if not required <= given.keys():
            raise Damaged(f"{', '.join(sorted(required - given.keys()))} is missing")
        given.pop(IS, None)
        return kind(**given)

    return Form(write, read)


def _default(one: Any) -> Any:
    return one.default_factory() if one.default_factory is not MISSING else one.default


def _head(parts: list[Any], hints: dict[str, Any]) -> str:
    """The first field, where it can stand for the whole value: all others have defaults."""
    if not parts or any(_default(one) is MISSING for one in parts[1:]):
        return ""
    return parts[0].name if hints[parts[0].name] in _ALONE else ""


def _unknown(value: dict[str, Any], readers: Mapping[str, Any]) -> Damaged:
    name = next(one for one in value if one not in readers)
    close = get_close_matches(name, readers, 1)
    meant = f"; did you mean {close[0]}?" if close else ""
    return Damaged(f"there is no such key as {name!r} here{meant}")


def _tagged(kinds: tuple[Any, ...]) -> Form:
    """Dataclasses told apart by what they say that they are."""
    forms = {kind: _object(kind, brief=False, tag=words(kind)) for kind in kinds}
    readers = {words(kind): one.read for kind, one in forms.items()}

    def read(value: Any) -> Any:
        if type(value) is not dict:
            raise Damaged("an object is expected")
        said = value.get(IS)
        if not isinstance(said, str) or said not in readers:
            raise Damaged(f"{IS!r} has to say one of: {', '.join(readers)}")
        return readers[said](value)

    return Form(lambda value: forms[type(value)].write(value), read)
