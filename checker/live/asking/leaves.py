"""What a question reads: the live tables under its rows."""

from __future__ import annotations

from collections.abc import Iterator

from checker.catalog import QName
from checker.probe import Count, Duplicates, Evaluates, Fails, Holds, Key, Longest, Matching, Orphans, Probe
from checker.rows import Both, Computed, Drawn, Following, Formula, Given, Kept, Rows, Selected, Stored, Value


def tables(probe: Probe) -> frozenset[QName]:
    """The live tables that an answer takes reading."""
    return frozenset(stored.table for rows in rows_of(probe) for stored in leaves(rows))


def rows_of(probe: Probe) -> Iterator[Rows]:
    """All rows that a question is about, those that its formulas read among them."""
    match probe:
        case Count(rows=rows, condition=condition):
            yield rows
            if isinstance(condition, Holds | Fails):
                yield from _read(condition.formula)
        case Evaluates(rows=rows) | Longest(rows=rows):
            yield rows
        case Duplicates(rows=rows, keys=keys, where=where):
            yield rows
            yield from _keys(keys, where)
        case Matching(rows=rows, others=others, keys=keys, other_keys=other_keys, where=where):
            yield from (rows, others)
            yield from _keys((*keys, *other_keys), where)
        case Orphans(rows=rows, parents=parents):
            yield from (rows, parents)


def leaves(rows: Rows) -> Iterator[Stored]:
    """The live tables at the ends of a tree of rows."""
    match rows:
        case Stored():
            yield rows
        case Given(rows=values):
            yield from (leaf for row in values for value in row for leaf in _of_value(value))
        case Computed(source=source, outputs=outputs, when=when):
            yield from leaves(source)
            for output in outputs:
                yield from _of_value(output.value)
            if when is not None:
                yield from _of_value(when)
        case Kept(source=source, condition=condition):
            yield from leaves(source)
            yield from _of_value(condition)
        case Both(first=first, second=second):
            yield from leaves(first)
            yield from leaves(second)
        case Selected(query=query):
            yield from _of_value(query)
        case _:
            pass


def only_leaf(rows: Rows) -> Stored | None:
    """The one live table that each of the rows comes from and nothing but a row of it; None for all other rows."""
    match rows:
        case Stored():
            return rows
        case Computed(source=source, outputs=outputs, when=when):
            values: list[Value] = [*(one.value for one in outputs), *((when,) if when is not None else ())]
        case Kept(source=source, condition=condition):
            values = [condition]
        case _:
            return None
    if any(isinstance(one, Drawn | Following) or any(_of_value(one)) for one in values):
        return None
    return only_leaf(source)


def _of_value(value: Value) -> Iterator[Stored]:
    match value:
        case Formula():
            read = _read(value)
        case Following(rows=rows):
            read = iter((rows,))
        case Drawn(before=before):
            read = iter(before)
        case _:
            read = iter(())
    for rows in read:
        yield from leaves(rows)


def _read(formula: Formula) -> Iterator[Rows]:
    return (reading.rows for reading in formula.readings)


def _keys(keys: tuple[Key, ...], where: Formula | None) -> Iterator[Rows]:
    formulas = [key.value for key in keys if isinstance(key.value, Formula)]
    for formula in (*formulas, *([where] if where is not None else [])):
        yield from _read(formula)
