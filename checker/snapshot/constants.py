"""Constants: what a value that a statement writes out is, and whether the server can refuse it. None: only it can tell."""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import suppress
from datetime import date
from typing import TypeAlias

from checker.probe import Condition, IsNotNull, IsNull, IsTooLong, NotAmong
from checker.rows import Copy, Drawn, Field, Following, Formula, Fresh, Opaque, Value
from checker.sqltype import SqlType

Constant: TypeAlias = str | int | float | bool | None

_CAST = r"(::[\w ]+(\([\d, ]+\))?)?"
_NULL = re.compile(rf"\(*null\)*{_CAST}", re.IGNORECASE)
_STRING = re.compile(r"\(*'((?:[^']|'')*)'\)*")
_INTEGER = re.compile(r"\(*([-+]?\d{1,40})\)*")
_DECIMAL = re.compile(r"\(*([-+]?\d{1,40}\.\d{0,40})\)*")
_BOOLEAN = re.compile(r"\(*(true|false)\)*", re.IGNORECASE)
_GIVEN = re.compile(
    rf"\(*('([^']|'')*'|[-+]?\d+(\.\d*)?|true|false|now\(\)|current_(timestamp|date|time))\)*{_CAST}",
    re.IGNORECASE,
)
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_NOW = re.compile(r"\(*(now\(\)|current_timestamp)\)*", re.IGNORECASE)
_MOMENTS = frozenset(("date", "timestamp without time zone", "timestamp with time zone"))
_BITS = {"smallint": 15, "integer": 31, "bigint": 63}
_EXACT = frozenset(("text", "character varying"))
_INEXACT = frozenset(("real", "double precision"))


class NoConstant(Exception):
    """The value is computed, or written in a way that is not read here."""


def constant(value: Value) -> Constant:
    """What is written out; raises NoConstant.

    >>> constant(Formula("'it''s'")), constant(Formula("-3")), constant(Formula("NULL::text"))
    ("it's", -3, None)
    """
    text = value.text.strip() if isinstance(value, Formula) and not value.readings else ""
    if _NULL.fullmatch(text):
        return None
    if found := _STRING.fullmatch(text):
        return found[1].replace("''", "'")
    if found := _INTEGER.fullmatch(text):
        return int(found[1])
    if found := _DECIMAL.fullmatch(text):
        return float(found[1])
    if found := _BOOLEAN.fullmatch(text):
        return found[1].lower() == "true"
    raise NoConstant


def meets(value: Value, condition: Condition) -> bool | None:
    """Whether the value meets the condition.

    >>> meets(Formula("'abc '"), IsTooLong("a", 3)), meets(Formula("'x'"), NotAmong("a", ("y",))), meets(Fresh(), IsNull("a"))
    (False, True, False)
    """
    match condition:
        case IsNull():
            return is_null(value)
        case IsNotNull():
            null = is_null(value)
            return None if null is None else not null
        case IsTooLong(length=length):
            text = _text(value)
            return None if text is None else len(text.rstrip(" ")) > length
        case NotAmong(values=values):
            text = _text(value)
            return False if is_null(value) else None if text is None else text not in values
        case _:
            return None


def is_null(value: Value) -> bool | None:
    """Whether it is NULL.

    >>> is_null(Formula("''")), is_null(Formula("now()")), is_null(Formula("lower(a)"))
    (False, False, None)
    """
    match value:
        case Formula(text=text, readings=()) if _NULL.fullmatch(text.strip()):
            return True
        case Formula(text=text, readings=()) if _GIVEN.fullmatch(text.strip()):
            return False
        case Fresh() | Drawn() | Following():
            return False
        case Formula() | Copy() | Opaque():
            return None


def _text(value: Value) -> str | None:
    with suppress(NoConstant):
        found = constant(value)
        return found if isinstance(found, str) else "" if found is None else None
    return None


def fits(value: Value, kind: SqlType, labels: Sequence[str] = ()) -> bool:
    """True where PostgreSQL surely takes it for a value of the type, lengths aside; `labels` are those of an enum.

    >>> fits(Formula("40000"), SqlType("smallint")), fits(Formula("'2024-02-30'"), SqlType("date"))
    (False, False)
    >>> fits(Formula("'low'"), SqlType("level", schema="public"), ("low",)), fits(Formula("0"), SqlType("bigint"))
    (True, True)
    """
    if isinstance(value, Fresh | Drawn | Following):
        return True
    try:
        found = constant(value)
    except NoConstant:
        return (
            kind.name in _MOMENTS and isinstance(value, Formula) and bool(_NOW.fullmatch(value.text.strip()))
        )
    if found is None:
        return True
    if kind.array or (kind.schema is not None and not labels):
        return False
    match found:
        case str():
            return found in labels if labels else _reads(found, kind)
        case bool():
            return kind.name == "boolean"
        case int() if kind.name in _BITS:
            most: int = 2 ** _BITS[kind.name]
            return -most <= found < most
        case _:
            return (kind.name == "numeric" and not kind.args) or kind.name in _INEXACT


def _reads(text: str, kind: SqlType) -> bool:
    """True where the text can be read as a value of the type."""
    if kind.category == "string":
        return True
    match kind.name:
        case "boolean":
            return text.lower() in ("true", "false", "t", "f")
        case "uuid":
            return _UUID.fullmatch(text) is not None
        case name if name in _MOMENTS:
            with suppress(ValueError):
                return len(text) == 10 and bool(date.fromisoformat(text))
            return False
        case _:
            return False


def compared(value: Value, field: Field) -> Constant:
    """The constant as a unique index compares it, where equal means equal and nothing else; raises NoConstant."""
    found = constant(value)
    exact = field.collation is None and (field.type.name in _EXACT)
    if found is None or (isinstance(found, str) and exact):
        return found
    if isinstance(found, int) and field.type.name in _BITS:
        return found
    raise NoConstant
