"""Calls of the server's own functions with a column of a type that they do not take: 42883.

Only what is written as `f(column, …)` is judged, for functions of which every overload is in the table, and for
columns of built-in types. The rows are pg_proc's of PostgreSQL 15 with what casts implicitly to them (pg_cast).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from checker.catalog import Catalog, Expr, Table
from checker.errors import MissingObject
from checker.sqltype import SqlType

_TEXT = frozenset(("text", "character varying", "character", "name"))
_NUMBERS = frozenset(("smallint", "integer", "bigint", "numeric", "real", "double precision"))
_MOMENTS = frozenset(("date", "timestamp without time zone", "timestamp with time zone"))
_TIMES = _MOMENTS | {"interval", "time without time zone", "time with time zone"}
_BINARY = frozenset(("bytea", "bit", "bit varying"))

_FIRST_ARGUMENT = {
    "decode": _TEXT,
    "encode": frozenset(("bytea",)),
    "initcap": _TEXT,
    "md5": _TEXT | {"bytea"},
    "regexp_replace": _TEXT,
    "regexp_split_to_array": _TEXT,
    "replace": _TEXT,
    "split_part": _TEXT,
    "string_to_array": _TEXT,
    "substr": _TEXT | {"bytea"},
    "substring": _TEXT | _BINARY,
    "to_date": _TEXT,
    "to_number": _TEXT,
    "to_timestamp": _TEXT | _NUMBERS,
}
_CALL = re.compile(r'(?<![\w.])(\w+)\(\s*(?:(\w+)|"((?:[^"]|"")+)")\s*([,)])')
_EXTRACT = re.compile(r'(?<![\w.])extract\(\s*\w+\s+from\s+(?:(\w+)|"((?:[^"]|"")+)")\s*\)', re.IGNORECASE)
_SUM = re.compile(r'(?<![\w.")])(?:(\w+)|"((?:[^"]|"")+)")\s*\+\s*(?:(\w+)|"((?:[^"]|"")+)")(?![\w.(])')


def check_calls(catalog: Catalog, table: Table, expr: Expr | None) -> None:
    """Raises MissingObject where a call in the expression has no function, or a sum no operator."""
    if expr is None or not catalog.server.is_postgres or "select" in expr.text.lower():
        return
    if "'" in _before_columns(expr.text):
        return
    for problem in (
        *_calls(catalog, table, expr.text),
        *_extracts(table, expr.text),
        *_sums(table, expr.text),
    ):
        raise problem


def _before_columns(text: str) -> str:
    """The text up to the last place where a column may stand: strings behind it do not matter."""
    last = max((found.end() for one in (_CALL, _EXTRACT, _SUM) for found in one.finditer(text)), default=0)
    return text[:last]


def _type(table: Table, bare: str | None, quoted: str | None) -> SqlType | None:
    """The built-in type of the column; today's date counts as one."""
    if bare is not None and bare.lower() == "current_date":
        return SqlType("date")
    name = bare.lower() if bare is not None else (quoted or "").replace('""', '"')
    column = table.column(name)
    return column.type if column is not None and column.type.is_builtin and not column.type.schema else None


def _calls(catalog: Catalog, table: Table, text: str) -> Iterator[MissingObject]:
    for call in _CALL.finditer(text):
        name, type_ = call[1].lower(), _type(table, call[2], call[3])
        wanted = _FIRST_ARGUMENT.get(name)
        if wanted is None or type_ is None or any(one.name == name for one in catalog.functions):
            continue
        if type_.array or type_.name not in wanted:
            more = ", …" if call[4] == "," else ""
            message = f"function {name}({type_.bare()}{more}) does not exist"
            yield MissingObject("42883", message, name, (str(table.name),), kind="function")


def _extracts(table: Table, text: str) -> Iterator[MissingObject]:
    for call in _EXTRACT.finditer(text):
        type_ = _type(table, call[1], call[2])
        if type_ is not None and (type_.array or type_.name not in _TIMES):
            message = f"function pg_catalog.extract(unknown, {type_.bare()}) does not exist"
            yield MissingObject("42883", message, "extract", (str(table.name),), kind="function")


def _sums(table: Table, text: str) -> Iterator[MissingObject]:
    for found in _SUM.finditer(text):
        one, other = _type(table, found[1], found[2]), _type(table, found[3], found[4])
        if one and other and one.name in _MOMENTS and other.name in _MOMENTS:
            message = f"operator does not exist: {one.bare()} + {other.bare()}"
            yield MissingObject("42883", message, "+", (str(table.name),), kind="operator")
