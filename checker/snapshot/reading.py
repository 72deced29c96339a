"""What a formula or a column of altered rows says by itself, without a look at any row."""

from __future__ import annotations

import re
from collections import Counter
from typing import Literal

from checker.probe import Always, Condition, Fails, Holds
from checker.rows import Computed, Copy, Field, Formula, Given, Kept, Output, Rows, Selected, Stored, Value
from checker.snapshot.constants import NoConstant, compared, fits, is_null, meets
from checker.snapshot.contents import Number

_TEST = re.compile(r'\(*\s*([\w"]+\.)?(\w+|"[^"]+")\s+is\s+(?P<what>null|not\s+null)\s*\)*', re.IGNORECASE)
_CONSTANT = r"(?:'(?:[^']|'')*'|[-+]?\d+(?:\.\d+)?|true|false)"
_WRITTEN = re.compile(_CONSTANT, re.IGNORECASE)
_ATOM = re.compile(
    r'(not\b|[(\s])*([\w"]+\.)?(?P<column>\w+|"[^"]+")\s*'
    rf"(is\s+(not\s+)?null|(=|<>|!=|<=|>=|<|>)\s*(?P<compared>{_CONSTANT})|in\s*\((?P<listed>\s*{_CONSTANT}(\s*,\s*{_CONSTANT})*\s*)\))"
    r"[)\s]*",
    re.IGNORECASE,
)
_JOINT = re.compile(r"(and|or)\b", re.IGNORECASE)
_SELECT = re.compile(
    r'\s*select\s+(?P<list>[^()]+?)\s+from\s+([\w"`\[\]]+\.)?[\w"`\[\]]+(\s+(as\s+)?\w+)?\s*;?\s*',
    re.IGNORECASE | re.DOTALL,
)
_COLUMN = re.compile(r'([\w"`\[\]]+\.)?(?P<column>\w+|"[^"]+"|`[^`]+`|\[[^\]]+\])')
_JSON = frozenset(("json", "jsonb"))


def asked_of_null(formula: Formula, column: str) -> Literal["null", "not null"] | None:
    """What a condition asks where it asks nothing but whether this column is NULL.

    >>> asked_of_null(Formula("t.a IS NULL", frozenset("a")), "a"), asked_of_null(Formula("(a is not null)", frozenset("a")), "a")
    ('null', 'not null')
    >>> asked_of_null(Formula("a IS NULL AND b = 1", frozenset("ab")), "a")
    """
    found = _TEST.fullmatch(formula.text.strip())
    if found is None or formula.columns != {column}:
        return None
    return "null" if found["what"].lower() == "null" else "not null"


def given(rows: Given, condition: Condition) -> Number | None:
    """How many of the rows that a statement spells out meet a condition."""
    if isinstance(condition, Always):
        return Number(len(rows.rows))
    if isinstance(condition, Holds | Fails):
        return None
    place = next(at for at, field in enumerate(rows.fields) if field.name == condition.column)
    known = [meets(line[place], condition) for line in rows.rows]
    return None if None in known else Number(known.count(True))


def given_twice(rows: Given, names: tuple[str, ...], *, nulls_equal: bool) -> Number | None:
    """How many keys of such rows occur more than once."""
    places = [at for name in names for at, field in enumerate(rows.fields) if field.name == name]
    try:
        keys = Counter(tuple(compared(line[at], rows.fields[at]) for at in places) for line in rows.rows)
    except NoConstant:
        return None
    return Number(sum(number > 1 and (nulls_equal or None not in key) for key, number in keys.items()))


def keeps_no_null(rows: Kept, column: str) -> bool:
    """True where the condition keeps out every row with NULL in the column."""
    return asked_of_null(rows.condition, column) == ("null" if rows.negated else "not null")


def cannot_fail(condition: Formula, fields: tuple[Field, ...]) -> bool:
    """True for comparisons of columns with constants of their types, and tests for NULL: no row makes them fail.

    >>> from checker.sqltype import SqlType
    >>> a = (Field("a", SqlType("integer")),)
    >>> cannot_fail(Formula("t.a = 1 OR a IS NULL"), a), cannot_fail(Formula("1 / a = 1"), a), cannot_fail(Formula("a = 'x'"), a)
    (True, False, False)
    """
    kinds = {field.name.lower(): field.type for field in fields}
    text, at = condition.text.strip(), 0
    while found := _ATOM.match(text, at):
        kind = kinds.get(found["column"].strip('"').lower())
        constants = _WRITTEN.findall(found["compared"] or found["listed"] or "")
        if kind is None or not all(fits(Formula(one), kind) for one in constants):
            return False
        at = found.end()
        if at == len(text):
            return True
        if not (joint := _JOINT.match(text, at)):
            return False
        at = joint.end()
    return False


def copied(rows: Computed, output: Output, *, converted: bool = False) -> str | None:
    """The column of the source that this one holds for every row; `converted` lets its type be another one."""
    if not isinstance(output.value, Copy):
        return None
    column = output.value.column
    if rows.when is not None and column != output.field.name:
        return None
    source = next((field for field in rows.source.fields if field.name == column), None)
    field = output.field
    same = source is not None and (source.type, source.collation) == (field.type, field.collation)
    # NULL becomes NULL and a value a value; of JSON's own null not every version says so
    return column if same or (converted and source is not None and source.type.name not in _JSON) else None


def stored_below(rows: Rows, names: tuple[str, ...]) -> tuple[Stored, tuple[str, ...]] | None:
    """The live rows that these are some of or all, and what the columns are called there."""
    match rows:
        case Stored():
            return rows, names
        case Kept(source=source):
            return stored_below(source, names)
        case Selected():
            computed = projected(rows)
            return stored_below(computed, names) if computed is not None else None
        case Computed(source=source, outputs=outputs):
            called = {one.field.name: copied(rows, one) for one in outputs}
            below = tuple(column for name in names if (column := called.get(name)) is not None)
            return stored_below(source, below) if len(below) == len(names) else None
        case _:
            return None


def projected(rows: Selected) -> Computed | None:
    """`SELECT a, b FROM t` as each row of the relation made into one: how SQLite's tables are built anew."""
    found = _SELECT.fullmatch(rows.query.text)
    if found is None or len(rows.query.readings) != 1:
        return None
    reading = rows.query.readings[0]
    held = {field.name.lower(): field.name for field in reading.rows.fields}
    if found["list"].strip() == "*":
        values: list[Value | None] = [Copy(field.name) for field in reading.rows.fields]
    else:
        values = [_selected(item, held) for item in found["list"].split(",")]
    outputs = [
        Output(field, value) for field, value in zip(rows.fields, values, strict=False) if value is not None
    ]
    if not len(outputs) == len(values) == len(rows.fields):
        return None
    return Computed(reading.rows, reading.name, tuple(outputs))


def _selected(item: str, held: dict[str, str]) -> Value | None:
    """A column or a constant of a SELECT's list; None for anything else."""
    item = item.strip()
    if named := _COLUMN.fullmatch(item):
        column = held.get(named["column"].strip('"`[]').lower())
        if column is not None:
            return Copy(column)
    return Formula(item) if is_null(Formula(item)) is not None else None


def plain(text: str) -> str:
    """A condition without blanks and the parentheses around it, to compare two."""
    return "".join(text.split()).strip("()").lower()
