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


def _kept(values: tuple[tuple[Any, Any], ...], others: tuple[tuple[Any, Any], ...]) -> bool:
    """True where each value is among the others, under the same key or, where keys have changed, at all."""
    if not _counted(values, keyed=True) - _counted(others, keyed=True):
        return True
    return not _counted(values, keyed=False) - _counted(others, keyed=False)


def _counted(values: tuple[tuple[Any, Any], ...], *, keyed: bool) -> Counter[Any]:
    return Counter((tuple(map(_plain, key)) if keyed else (), _plain(value)) for key, value in values)


def _plain(value: Any) -> Any:
    """The value without what its type alone adds: 1 and 1.00, t and true, midnight after a date, blanks of char(n)."""
    text = str(value).rstrip()
    if text in ("t", "f"):
        text = {"t": "true", "f": "false"}[text]
    text = re.sub(r"(\d\d-\d\d) 00:00:00(\+00)?$", r"\1", text)
    text = re.sub(r"(\d\d:\d\d:\d\d)\+00$", r"\1", text)
    try:
        return Decimal(text).normalize()
    except InvalidOperation:
        return text
