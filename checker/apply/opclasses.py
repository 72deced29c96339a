"""Which types an index can be made over without an operator class being named."""

from __future__ import annotations

import re
from dataclasses import replace

from checker.catalog import Catalog, Column, IndexKey, Table, View
from checker.errors import MissingObject
from checker.sqltype import SqlType

# pg_opclass where opcdefault, read on 15.18: these have none for B-tree and hash
_UNORDERED = frozenset((
    "json", "xml", "point", "box", "path", "polygon", "circle", "line", "lseg", "jsonpath", "txid_snapshot",
    "pg_snapshot",
))  # fmt: skip
_SCALARS = frozenset((
    "smallint", "integer", "bigint", "numeric", "real", "double precision", "text", "character varying",
    "character", "boolean", "uuid", "date", "timestamp without time zone", "timestamp with time zone", "inet",
    "json", "bytea", "time without time zone", "interval",
))  # fmt: skip
_RANGES_AND_SHAPES = frozenset(("inet", "cidr"))


# The default operator classes of B-tree and hash that people write down, and those of GIN (pg_opclass, 15.18)
_DEFAULTS = {
    "smallint": "int2_ops", "integer": "int4_ops", "bigint": "int8_ops", "numeric": "numeric_ops",
    "real": "float4_ops", "double precision": "float8_ops", "text": "text_ops", "character varying": "text_ops",
    "character": "bpchar_ops", "name": "name_ops", "boolean": "bool_ops", "uuid": "uuid_ops", "bytea": "bytea_ops",
    "date": "date_ops", "timestamp without time zone": "timestamp_ops", "interval": "interval_ops",
    "timestamp with time zone": "timestamptz_ops", "inet": "inet_ops", "jsonb": "jsonb_ops", "oid": "oid_ops",
}  # fmt: skip
_GIN_DEFAULTS = {"jsonb": "jsonb_ops", "tsvector": "tsvector_ops"}
_CAST = re.compile(r"\(*\(?(?P<column>\w+)\)?::(?P<type>[\w ]+?)\)*|(?P<call>\w+)\((?P<argument>\w+)\)")


def plain_key(owner: Table | View, method: str, key: IndexKey) -> IndexKey:
    """The key as the server keeps it: a cast to the type that the column has is the column itself, and the default
    operator class is none.
    """
    column = owner.column(key.column or _cast_column(key))
    if column is None:
        return key
    if key.expr is not None and _is_no_cast(key.expr.text, column):
        key = replace(key, column=column.name, expr=None)
    if key.opclass is not None and key.column and key.opclass == _default(method, column.type):
        key = replace(key, opclass=None)
    return key


def _cast_column(key: IndexKey) -> str:
    return next(iter(key.expr.columns), "") if key.expr and len(key.expr.columns) == 1 else ""


def _is_no_cast(text: str, column: Column) -> bool:
    found = _CAST.fullmatch(text)
    if found is None or column.type.schema or column.type.array or column.type.args:
        return False
    name, read = found["type"] or found["call"], found["column"] or found["argument"]
    return read.lower() == column.name and name.lower() == column.type.name


def _default(method: str, type: SqlType) -> str | None:
    if method == "gin":
        return "array_ops" if type.array else _GIN_DEFAULTS.get(type.name)
    return _DEFAULTS.get(type.name) if method in ("btree", "hash") and not type.array else None


def check_opclass(catalog: Catalog, method: str, opclass: str | None, type: SqlType, full: str) -> None:
    """Raises MissingObject (42704) where the type surely has no default operator class for the method."""
    if opclass is not None or type.schema is not None or not catalog.server.is_postgres:
        return
    if has_no_default(catalog, method, type):
        message = f'data type {type.bare()} has no default operator class for access method "{method}"'
        raise MissingObject("42704", message, full, kind="operator class")


def has_no_default(catalog: Catalog, method: str, type: SqlType) -> bool:
    """True where an index of this method over a built-in type surely needs an operator class."""
    if method in ("btree", "hash"):
        return type.name in _UNORDERED and (method == "btree" or type.name != "xid")
    if type.array or not catalog.complete:
        return False
    if method == "gin":
        return type.name in _SCALARS and "btree_gin" not in catalog.extensions
    if method == "gist":
        return type.name in _SCALARS and "btree_gist" not in catalog.extensions
    return False
