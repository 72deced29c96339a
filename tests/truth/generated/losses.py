"""What a statement lost: values that were there before it and are nowhere afterwards."""

from __future__ import annotations

import re
from collections import Counter
from decimal import Decimal, InvalidOperation
from typing import Any

from tests.truth.generated.databases import Values


def lost(before: Values, after: Values) -> list[tuple[str, str]]:
    """The tables and columns of which values are gone.

    A column that has another name now, or a table copied into another one, has lost nothing: its values are
    looked for everywhere, with the keys of their rows.
    """
    found = []
    for (table, column), values in before.items():
        if values and not _kept(values, after.get((table, column), ())):
            elsewhere = (other for place, other in after.items() if len(other) >= len(values))
            if not any(_kept(values, other) for other in elsewhere):
                found.append((table, column))
    return found


def followed(before: Values, after: Values, place: tuple[str, str], keys: tuple[str, str]) -> bool:
    """True where a foreign key has followed its keys: each value became another one, and is a key as it was before."""
    was, now = (_by_key(values.get(place, ())) for values in (before, after))
    pairs = {(was[key], now.get(key)) for key in was}
    news = {new for _, new in pairs}
    one_to_one = was.keys() == now.keys() and len(pairs) == len(news) == len({old for old, _ in pairs})
    return one_to_one and all(
        set(_by_key(values.get(place, ())).values()) <= {_plain(key) for _, key in values.get(keys, ())}
        for values in (before, after)
    )


def _by_key(values: tuple[tuple[Any, Any], ...]) -> dict[tuple[Any, ...], Any]:
    return {tuple(key): _plain(value) for key, value in values}


def _kept(values: tuple[tuple[Any, Any], ...], others: tuple[tuple[Any, Any], ...]) -> bool:
    """True where each value is among the others, under the same key or, where keys have changed, at all."""
    if not _counted(values, keyed=True) - _counted(others, keyed=True):
        return True
    return not _counted(values, keyed=False) - _counted(others, keyed=False)


def _counted(values: tuple[tuple[Any, Any], ...], *, keyed: bool) -> Counter[Any]:
    return Counter((tuple(map(_plain, key)) if keyed else (), _plain(value)) for key, value in values)


def _plain(value: Any) -> Any:
    """The value without what its type alone adds: 1 and 1.00, t and true and 1, midnight after a date, blanks of char(n)."""
    text = str(value).rstrip()
    text = {"t": "1", "true": "1", "f": "0", "false": "0"}.get(text, text)
    text = re.sub(r"(\d\d-\d\d) 00:00:00(\+00)?$", r"\1", text)
    text = re.sub(r"(\d\d:\d\d:\d\d)\+00$", r"\1", text)
    try:
        return Decimal(text).normalize()
    except InvalidOperation:
        return text
