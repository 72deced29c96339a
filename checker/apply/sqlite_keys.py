"""SQLite's foreign keys while `PRAGMA foreign_keys` is on: what a statement cannot be compiled for (fkey.c).

The checks are made when a statement is prepared, whatever rows there are: the tables at both ends must be there,
and the columns referred to must be a key. DROP TABLE deletes the rows first, with all that ON DELETE says.
"""

from __future__ import annotations

from typing import Literal

from checker.apply.sqlite_names import CODE, find
from checker.catalog import Catalog, ForeignKey, QName, Table
from checker.errors import ApplyError, MissingObject, Refused

Verb = Literal["insert", "delete", "update"]
_ROWS = frozenset(("set null", "set default"))


def refuse_broken_keys(
    catalog: Catalog, table: Table, verb: Verb, columns: frozenset[str] = frozenset()
) -> None:
    """Raises where a statement that writes the table names keys that lead nowhere; `columns` are those of UPDATE."""
    _written(catalog, table, verb, columns, set())


def refuse_broken_drop(catalog: Catalog, table: Table) -> None:
    """Raises where what ON DELETE does to the tables that refer to this one names keys that lead nowhere."""
    _acted(catalog, table, "delete", frozenset(), set())


Seen = set[tuple[QName, str]]


def _written(catalog: Catalog, table: Table, verb: Verb, columns: frozenset[str], seen: Seen) -> None:
    if (table.name, verb) in seen or not catalog.complete or catalog.doubted:
        return
    seen.add((table.name, verb))
    for key in table.foreign_keys:
        if verb != "update" or columns & set(key.columns):
            _check(catalog, table, key)
    referring = () if verb == "insert" else tuple(catalog.references_to(table.name))
    touched = verb == "delete" or any(columns & set(key.references) for _, key in referring)
    for child, key in referring if touched else ():
        _check(catalog, child, key)
    if verb != "insert":
        _acted(catalog, table, verb, columns, seen)


def _acted(catalog: Catalog, table: Table, verb: Verb, columns: frozenset[str], seen: Seen) -> None:
    """What the foreign keys that refer to the table do to rows of their own tables: nothing where they mismatch."""
    for child, key in catalog.references_to(table.name):
        action = key.on_delete if verb == "delete" else key.on_update
        if not _is_key(table, key.references) or (verb == "update" and not columns & set(key.references)):
            continue
        if action in _ROWS or (action == "cascade" and verb == "update"):
            _written(catalog, child, "update", frozenset(key.columns), seen)
        elif action == "cascade":
            _written(catalog, child, "delete", frozenset(), seen)


def _check(catalog: Catalog, table: Table, key: ForeignKey) -> None:
    target = find(catalog, key.target)
    if target is None:
        message = f"no such table: {key.target}"
        raise MissingObject(CODE, message, str(key.target), (f"{table.name}.{key.name}",), kind="table")
    if isinstance(target, Table) and not _is_key(target, key.references):
        raise _mismatch(table, key)


def _is_key(target: Table, columns: tuple[str, ...]) -> bool:
    primary = target.primary_key
    if primary is not None and set(primary.columns) == set(columns) and columns:
        return True
    return target.is_unique_by(columns)


def _mismatch(table: Table, key: ForeignKey) -> ApplyError:
    message = f'foreign key mismatch - "{table.name.name}" referencing "{key.target.name}"'
    return Refused(CODE, message, f"{table.name}.{key.name}", (str(key.target),))
