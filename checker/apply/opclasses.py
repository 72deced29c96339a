"""Which types an index can be made over without an operator class being named."""

from __future__ import annotations

from checker.catalog import Catalog
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
