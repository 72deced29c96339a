"""Rows that meet a key which is there already: ON CONFLICT, and SQLite's OR IGNORE and OR REPLACE."""

from __future__ import annotations

import re
from collections.abc import Iterable

from checker import change as to
from checker.catalog import Check, PrimaryKey, Table, Unique
from checker.data.formulas import Reader, Unfollowed, quoted
from checker.data.keys import unique_columns
from checker.rows import (
    Computed,
    Field,
    Formula,
    Given,
    Nothing,
    Reading,
    Rows,
    Selected,
    Unknown,
    Value,
    both,
    kept,
    rows_of,
)
from checker.values import replace

_WHOLE, _STRING = re.compile(r"-?[1-9]\d{0,17}|0"), re.compile(r"'(?:[^']|'')*'")
_EXACT = {
    "integer": _WHOLE, "bigint": _WHOLE, "smallint": _WHOLE, "int": _WHOLE, "text": _STRING, "character varying": _STRING,
}  # fmt: skip


def after_insert(reader: Reader, table: Table, change: to.Insert, new: Rows) -> Rows:
    """The rows that were there and the new ones; raises Unfollowed."""
    old = rows_of(reader.scope.catalog, table.name)
    match change.tolerates:
        case None:
            return both(old, new)
        case "update":
            raise Unfollowed("ON CONFLICT DO UPDATE may have changed it")
    keys = arbiters(table, change)
    if len(keys) == 1 and not is_or_ignore(reader, change):
        new = _one_of_each(new, keys[0], last=change.tolerates == "replace")
    if not are_apart(new, keys):
        raise Unfollowed("which of several rows with one key stays depends on their order")
    return _put(reader, table, change, old, new)


def _put(reader: Reader, table: Table, change: to.Insert, old: Rows, new: Rows) -> Rows:
    """With rows that have different keys."""
    if change.tolerates == "replace":
        for columns in arbiters(table, change):
            old = without_partners(old, new, columns)
        return both(old, new)
    return both(old, taken(reader, table, change, new, old))


def taken(reader: Reader, table: Table, change: to.Insert, new: Rows, old: Rows) -> Rows:
    """The new rows that stay where ON CONFLICT lets others go; raises Unfollowed."""
    for columns in arbiters(table, change):
        new = without_partners(new, old, columns)
    if not is_or_ignore(reader, change):
        return new
    for column in table.columns:
        if not column.nullable and not table.is_row_id(column):
            test = Formula(f"x.{quoted(column.name)} IS NOT NULL", frozenset((column.name,)))
            new = kept(new, "x", test)
    for check in table.constraints:
        if isinstance(check, Check) and not check.expr.is_true:
            failed = reader.formula(f"NOT ({check.expr.text})")
            new = kept(new, table.name.name, failed, negated=True)
    return new


def is_or_ignore(reader: Reader, change: to.Insert) -> bool:
    """True for SQLite's OR IGNORE, which passes over whatever a row violates but foreign keys."""
    return change.tolerates == "nothing" and change.conflict is None and not reader.scope.is_postgres


def arbiters(table: Table, change: to.Insert) -> list[tuple[str, ...]]:
    """The keys on which a new row gives way; those of all unique indexes where none is named."""
    if change.conflict_constraint is not None:
        named = table.constraint(change.conflict_constraint)
        return [named.columns] if isinstance(named, PrimaryKey | Unique) else []
    return unique_columns(table, change.conflict)


def are_apart(new: Rows, keys: Iterable[tuple[str, ...]]) -> bool:
    """True where no two of the new rows can meet in one of these keys."""
    return all(_are_apart(new, columns) for columns in keys)


def _are_apart(new: Rows, columns: tuple[str, ...]) -> bool:
    """True where no two of the new rows can have the same key: a single one, different constants, DISTINCT."""
    match new:
        case Nothing():
            return True
        case Computed(source=source, when=None):
            return _are_apart(source, columns)
        case Given(rows=rows):
            keys = _constant_keys(new, columns)
            return len(rows) < 2 or len(set(keys)) == len(rows)
        case Selected(query=query, fields=fields):
            distinct = query.text.lstrip().upper().startswith("SELECT DISTINCT ")
            return distinct and {one.name for one in fields} <= set(columns)
        case _:
            return False


def _one_of_each(new: Rows, columns: tuple[str, ...], *, last: bool) -> Rows:
    """Of rows with the same constant as their key the first one, or the last."""
    match new:
        case Computed(source=source, when=None):
            return replace(new, source=_one_of_each(source, columns, last=last))
        case Given(fields=fields, rows=rows) if keys := _constant_keys(new, columns):
            lines = list(zip(keys, rows, strict=True))
            found = dict(lines if last else reversed(lines))
            return Given(fields, tuple(found.values()))
        case _:
            return new


def _constant_keys(new: Given, columns: tuple[str, ...]) -> list[tuple[str, ...]]:
    """The keys of the rows as they are written; none where that does not say which of them are the same."""
    places = [at for at, one in enumerate(new.fields) if one.name in columns]
    keys = [tuple(_constant(new.fields[at], row[at]) for at in places) for row in new.rows]
    return [] if any("" in key for key in keys) else keys


def _constant(field: Field, value: Value) -> str:
    """A constant as it is written, "" for anything else, and where other words may mean the same value."""
    text = value.text.strip() if isinstance(value, Formula) else ""
    pattern = _EXACT.get(field.type.name.lower())
    if pattern is None or not pattern.fullmatch(text):
        return ""
    if field.collation is None:
        return text
    return text.lower() if field.collation.upper() == "NOCASE" else ""


def without_partners(rows: Rows, others: Rows, columns: tuple[str, ...]) -> Rows:
    """The rows that have no partner with the same key among the others."""
    if isinstance(others, Nothing) or isinstance(rows, Nothing) or not rows.fresh.isdisjoint(columns):
        return rows
    return kept(rows, "x", has_partner(others, columns, columns), negated=True)


def has_partner(others: Rows, columns: tuple[str, ...], others_columns: tuple[str, ...]) -> Formula:
    """The condition that a row, called x, has a partner among the others with the same values in these columns."""
    if isinstance(others, Unknown):
        raise Unfollowed(others.why)
    head = "EXISTS (SELECT 1 FROM "
    pairs = zip(columns, others_columns, strict=True)
    tests = " AND ".join(f"y.{quoted(two)}{_collated(others, two)} = x.{quoted(one)}" for one, two in pairs)
    reading = Reading(len(head), len(head) + len("others"), "others", others, aliased=True)
    return Formula(f"{head}others AS y WHERE {tests})", frozenset(columns), (reading,))


def _collated(rows: Rows, column: str) -> str:
    """SQLite compares by the column's collation, which a query over it loses."""
    own = next((one.collation for one in rows.fields if one.name == column), None)
    return f" COLLATE {own}" if own and own.upper() in ("NOCASE", "RTRIM") else ""
