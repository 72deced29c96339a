"""SQL for values that a new type does not take: which ones they are, and a column beside theirs that takes the others."""

from __future__ import annotations

from checker.casts_sql import does_not_cast, loses
from checker.catalog import Catalog, Column, QName, Table
from checker.probe import DoesNotCast
from checker.remedy.backups import backup
from checker.spelling import (
    comment,
    cut,
    in_dollars,
    literal,
    qualified,
    quoted,
    script,
    spelled,
)
from checker.sqltype import SqlType


def unreadable(table: Table, column: Column, cast: DoesNotCast, catalog: Catalog) -> str:
    """Values that are none of the new type: a query for them, and a column beside theirs for the others."""
    bad = _fails(cast, catalog)
    if bad is None:
        return _tried(table, column, cast.target)
    place, name = qualified(table.name), quoted(column.name)
    empty = "NULL" if column.nullable else _BARELY.get(cast.target.category)
    return script(
        _which(table, column, bad),
        _beside(table, column, cast.target, f"({bad}) IS NOT TRUE"),
        "-- or lose them, and run the statement as it is" if empty else "",
        backup(table.name, postgres=True) if empty else "",
        f"-- UPDATE {place} SET {name} = {empty} WHERE {bad};" if empty else "",
    )


_BARELY = {"number": "'0'", "boolean": "'false'"}
"""Text that converts into something neutral, for a column that must not be NULL."""


def unfitting(table: Table, column: Column, cast: DoesNotCast, catalog: Catalog) -> str:
    """Values that are too long or too large: a query for them, and for strings what cuts them."""
    bad = _fails(cast, catalog)
    if bad is None:
        return ""
    cuts = column.type.category == "string" == cast.target.category and cast.target.args
    name = quoted(column.name)
    return script(
        _which(table, column, bad),
        "-- to cut them, and run the statement as it is" if cuts else "",
        backup(table.name, postgres=True) if cuts else "",
        f"-- UPDATE {qualified(table.name)} SET {name} = left({name}, {cast.target.args[0]}) WHERE {bad};"
        if cuts
        else "",
    )


def not_among(table: Table, column: Column, kind: SqlType, labels: tuple[str, ...], catalog: Catalog) -> str:
    """Values that an enum does not have: a query for them, and a column beside theirs for the others."""
    name, old = quoted(column.name), catalog.labels_of(table.name, column.name)
    listed = ", ".join(map(literal, labels))
    bad = f"{name}::text NOT IN ({listed})"
    stays = next((label for label in labels if not old or label in old), None)
    return script(
        _which(table, column, bad),
        _beside(table, column, kind, f"{name}::text IN ({listed})"),
        "-- or give them another value, and run the statement as it is" if stays else "",
        backup(table.name, postgres=True) if stays else "",
        f"-- UPDATE {qualified(table.name)} SET {name} = {literal(stays)} WHERE {bad};" if stays else "",
    )


def cut_values(table: QName, column: Column, kind: SqlType) -> str:
    """A query for the values that a cast changes, each with what becomes of it."""
    name = quoted(column.name)
    changed = f"SELECT {name}, ({name})::{spelled(kind)} AS cut FROM {qualified(table)}"
    return script("-- the values in question", f"{changed} WHERE {loses(name, column.type, kind)};")


def _fails(cast: DoesNotCast, catalog: Catalog) -> str | None:
    value, version = quoted(cast.column), catalog.server.version
    return does_not_cast(value, cast.source, cast.target, version, explicit=cast.explicit)


def _which(table: Table, column: Column, bad: str) -> str:
    name = quoted(column.name)
    return script(
        "-- the values in question",
        f"SELECT {name}, count(*) FROM {qualified(table.name)} WHERE {bad} GROUP BY {name};",
    )


def _beside(table: Table, column: Column, kind: SqlType, good: str) -> str:
    """A new column with the values that convert, while the old one keeps them all."""
    place, name = qualified(table.name), quoted(column.name)
    fresh = cut(column.name, "_new")
    if table.column(fresh) is not None or table.kind == "foreign":
        return ""
    new, text = quoted(fresh), "" if column.type.category == "string" else "::text"
    return script(
        "-- keep them, beside a new column that takes the others",
        f"ALTER TABLE {place} ADD COLUMN {new} {spelled(kind)};",
        f"UPDATE {place} SET {new} = CASE WHEN {good} THEN {name}{text}::{spelled(kind)} END;",
        comment(f"and when all is settled: ALTER TABLE {place} DROP COLUMN {name};"),
        comment(f"ALTER TABLE {place} RENAME COLUMN {new} TO {name};"),
    )


def _tried(table: Table, column: Column, kind: SqlType) -> str:
    """A query by way of a function that lives as long as the session: before PostgreSQL 16 only a cast can tell."""
    name = quoted(column.name)
    body = (
        f" BEGIN PERFORM value::{spelled(kind)}; RETURN true; EXCEPTION WHEN others THEN RETURN false; END "
    )
    return script(
        "-- the values in question",
        "CREATE FUNCTION pg_temp.is_readable(value text) RETURNS boolean LANGUAGE plpgsql AS",
        f"  {in_dollars(body)};",
        f"SELECT {name}, count(*) FROM {qualified(table.name)}",
        f"  WHERE NOT pg_temp.is_readable({name}::text) GROUP BY {name};",
    )
