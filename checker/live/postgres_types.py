"""PostgreSQL's types by oid and modifier, as the catalog's values."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any

from checker.catalog import QName
from checker.live import postgres_sql as sql
from checker.sqltype import SqlType

Rows = Callable[[str, dict[str, Any]], list[tuple[Any, ...]]]
Key = tuple[int, int]

_MODIFIED = re.compile(r"(?P<head>[^(]*)\((?P<args>[^)]*)\)(?P<tail>.*)", re.DOTALL)
# format_type puts quotes around these two so that they are not read as `bit(1)` and `character(1)`
_QUOTED = {'"bit"': "bit"}


class TypeNames:
    """Types by (oid, typmod), asked for in one query when `want`ed ones are missing."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows
        self._types: dict[Key, SqlType] = {}
        self.collations: dict[int, int] = {}
        self.names: dict[int, QName] = {}

    def want(self, keys: Iterable[Key]) -> None:
        """Load what is not known yet."""
        missing = sorted(set(keys) - self._types.keys())
        if not missing:
            return
        oids, mods = zip(*missing, strict=True)
        for row in self._rows(sql.TYPE_NAMES, {"oids": list(oids), "mods": list(mods)}):
            oid, mod, schema, name, array, collation, plain, full = row
            self._types[oid, mod] = _type(schema, name, array, plain, full)
            self.collations[oid] = collation
            self.names[oid] = QName(schema, name)

    def get(self, oid: int, mod: int = -1) -> SqlType:
        """A type that was asked for before."""
        return self._types[oid, mod]


def _type(schema: str, name: str, array: bool, plain: str, full: str) -> SqlType:
    if schema == "pg_catalog":
        return _builtin(full, array)
    args = full[len(plain) + 1 : -1] if len(full) > len(plain) else ""
    return SqlType(name, _args(args), array, schema)


def _builtin(full: str, array: bool) -> SqlType:
    """From what `format_type` prints: the modifiers may stand in the middle (`timestamp(3) with …`).

    >>> _builtin("timestamp(3) with time zone", False)
    SqlType(name='timestamp with time zone', args=(3,), array=False, schema=None)
    """
    found = _MODIFIED.fullmatch(full)
    if found is None:
        return SqlType(_QUOTED.get(full, full), array=array)
    return SqlType(found["head"] + found["tail"], _args(found["args"]), array)


def _args(text: str) -> tuple[int | str, ...]:
    if not text:
        return ()
    return tuple(int(arg) if arg.lstrip("-").isdigit() else arg for arg in map(str.strip, text.split(",")))
