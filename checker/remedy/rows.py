"""SQL for rows that are in the way: which ones they are, and what could become of them."""

from __future__ import annotations

import re

from checker.catalog import Expr, ForeignKey, QName, Server, Table
from checker.probe import Duplicates, Key
from checker.remedy.backups import backup
from checker.spelling import in_parens, literal, qualified, quoted, script


def rows_with(table: QName, column: str, values: tuple[str, ...]) -> str:
    """A query that counts the rows which hold one of these values."""
    listed = ", ".join(map(literal, values))
    return f"SELECT count(*) FROM {qualified(table)} WHERE {quoted(column)}::text IN ({listed});"


def rows_where(table: QName, condition: Expr, *, negated: bool = False) -> str:
    """A query for the rows that meet a condition; with `negated`, for those that it is false of."""
    return f"SELECT * FROM {qualified(table)} WHERE {'NOT ' * negated}{in_parens(condition.text)};"


# Duplicates


def duplicates(table: Table, probe: Duplicates, server: Server) -> str:
    """A query for the keys that occur more than once, and how all rows but one of each would go."""
    keys = [_key(one) for one in probe.keys]
    given = [] if probe.nulls_equal else [f"{key} IS NOT NULL" for key in keys]
    picked = [in_parens(probe.where.text)] if probe.where is not None else []
    place, by = qualified(table.name), ", ".join(keys)
    return script(
        "-- the keys that occur more than once",
        f"SELECT {by}, count(*) FROM {place}{_where(given + picked)} GROUP BY {by} HAVING count(*) > 1;",
        _keep_one(table, by, _where(picked), _where(picked + given), server),
    )


def _where(tests: list[str]) -> str:
    return f" WHERE {' AND '.join(tests)}" if tests else ""


def _keep_one(table: Table, by: str, picked: str, wanted: str, server: Server) -> str:
    """The comment that deletes all but the first row of each key; `""` where rows have no address to go by."""
    address = "ctid" if server.is_postgres else "rowid"
    addressed = table.kind == "table" and table.column(address) is None
    if not addressed or "\n" in by + wanted or (server.is_postgres and server.version < (14,)):
        return ""
    place = qualified(table.name)
    first = f"SELECT min({address}) FROM {place}{picked} GROUP BY {by}"
    others = f"{wanted} AND" if wanted else " WHERE"
    return script(
        "-- to keep the first row of each and lose the others",
        backup(table.name, postgres=server.is_postgres),
        f"-- DELETE FROM {place}{others} {address} NOT IN ({first});",
    )


def _key(key: Key) -> str:
    value = quoted(key.value) if isinstance(key.value, str) else _plain(key.value.text)
    if key.collation is None:
        return value
    return f"{value} COLLATE {'.'.join(quoted(part.strip(chr(34))) for part in key.collation.split('.'))}"


def _plain(expression: str) -> str:
    """A call as it is, anything else in parentheses."""
    return expression if re.fullmatch(r"\w+\([\w, ]*\)", expression) else in_parens(expression)


def skip_existing(text: str) -> str:
    """An INSERT … VALUES that leaves out the rows whose key is there already; `""` for any other statement."""
    plain = text.lstrip().lower().startswith("insert into") and "--" not in text
    if not plain or re.search(r"\b(returning|conflict|select|with|default\s+values)\b", text, re.IGNORECASE):
        return ""
    return f"{text} ON CONFLICT DO NOTHING;"


def only_where_null(text: str, column: str) -> str:
    """An UPDATE without a condition that leaves alone what is there; `""` for a statement of another form."""
    plain = re.match(r"update\s+[^\s]+\s+set\b", text, re.IGNORECASE) and "--" not in text
    if not plain or re.search(r"\b(where|from|returning)\b", text, re.IGNORECASE):
        return ""
    return script("-- or fill what is empty alone", f"{text} WHERE {quoted(column)} IS NULL;")


def foreign_keys_off() -> str:
    """How SQLite is kept from following foreign keys while a table is built anew."""
    return script(
        "-- before BEGIN; inside a transaction it does nothing",
        "PRAGMA foreign_keys = OFF;",
        "-- and after COMMIT",
        "PRAGMA foreign_key_check;",
        "PRAGMA foreign_keys = ON;",
    )


# Orphans


def orphans(child: Table, key: ForeignKey, *, postgres: bool) -> str:
    """A query for the rows that refer to nothing, and how they would go or let go."""
    place, missing = qualified(child.name), _missing(key)
    nulls = ", ".join(f"{quoted(one)} = NULL" for one in key.columns)
    held = [child.column(one) for one in key.columns]
    frees = all(one is not None and one.nullable for one in held)
    return script(
        f"-- the rows that refer to no row of {qualified(key.target)}",
        f"SELECT * FROM {place} AS child WHERE {missing};",
        "-- they can be deleted" + (", or let go" if frees else ""),
        backup(child.name, postgres=postgres),
        f"-- DELETE FROM {place} AS child WHERE {missing};",
        f"-- UPDATE {place} AS child SET {nulls} WHERE {missing};" if frees else "",
    )


def _missing(key: ForeignKey) -> str:
    """The condition that a row, called child, has no parent."""
    columns = [f"child.{quoted(one)}" for one in key.columns]
    pairs = zip(columns, key.references, strict=True)
    same = " AND ".join(f"parent.{quoted(two)} = {one}" for one, two in pairs)
    given = " AND ".join(f"{one} IS NOT NULL" for one in columns)
    lone = f"{given} AND NOT EXISTS (SELECT 1 FROM {qualified(key.target)} AS parent WHERE {same})"
    if key.match != "full" or len(columns) == 1:
        return lone
    some = " OR ".join(f"{one} IS NULL" for one in columns)
    one_given = " OR ".join(f"{one} IS NOT NULL" for one in columns)
    return f"({lone}) OR (({some}) AND ({one_given}))"
