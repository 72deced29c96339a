"""SQL types as values: one spelling per type, and what one type does to another.

`SqlType` is what the catalog stores. Both the live loaders and the SQL reader produce the same
spelling, the server's own (`format_type` on PostgreSQL: `int4` is `integer`, `varchar(20)` is
`character varying` with `args=(20,)`), so that equality of types is equality of values.
"""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class SqlType:
    """One type with its modifiers.

    `name` is the canonical spelling without modifiers and without `[]`; `schema` is set only for
    types that live outside the server's own schema (enums, domains, extension types);
    `args` are the modifiers as written by the server, whole numbers where they are numbers;
    `array` says `name[]` (PostgreSQL does not keep the number of dimensions).

    >>> str(SqlType("character varying", args=(20,), array=True))
    'character varying(20)[]'
    >>> str(SqlType("timestamp with time zone", args=(3,)))
    'timestamp(3) with time zone'
    """

    name: str
    args: tuple[int | str, ...] = ()
    array: bool = False
    schema: str | None = None

    def __str__(self) -> str:
        head, _, tail = self.name.partition(" ")
        modifiers = f"({','.join(map(str, self.args))})" if self.args else ""
        splits = head in ("timestamp", "time") and tail.endswith("time zone")
        written = f"{head}{modifiers} {tail}" if splits else f"{self.name}{modifiers}"
        prefix = f"{self.schema}." if self.schema else ""
        return prefix + written + ("[]" if self.array else "")

    def bare(self) -> SqlType:
        """The same type without modifiers."""
        return replace(self, args=())

    def element(self) -> SqlType:
        """The type of one element of an array; a scalar is its own element."""
        return replace(self, array=False)

    @property
    def is_builtin(self) -> bool:
        """True for a type of PostgreSQL itself; `serial` is none, it is a way of writing."""
        return self.schema is None and (self.name in BUILTIN_NAMES or self.name.startswith("interval "))


_STANDARD = frozenset(("ANY", "BLOB", "INT", "INTEGER", "REAL", "TEXT"))


def loose_type(text: str) -> SqlType:
    """The value for SQLite's own text of a column's type: the text, as written.

    The six standard types are in upper case whatever was written (SQLite 3.37 and later report them so).
    """
    upper = text.upper()
    return SqlType(upper if upper in _STANDARD else text)


BUILTIN_NAMES = frozenset(
    (
        "bigint", "bit", "bit varying", "boolean", "box", "bpchar", "bytea", '"char"', "character",
        "character varying", "cid", "cidr", "circle", "date", "datemultirange", "daterange",
        "double precision", "inet", "int4multirange", "int4range", "int8multirange", "int8range", "integer",
        "interval", "json", "jsonb", "jsonpath", "line", "lseg", "macaddr", "macaddr8", "money", "name",
        "numeric", "nummultirange", "numrange", "oid", "oidvector", "int2vector", "path", "pg_lsn",
        "pg_snapshot", "point", "polygon", "real", "record", "refcursor", "regclass", "regcollation",
        "regconfig", "regdictionary", "regnamespace", "regoper", "regoperator", "regproc", "regprocedure",
        "regrole", "regtype", "smallint", "text", "tid", "time with time zone", "time without time zone",
        "timestamp with time zone", "timestamp without time zone", "trigger", "event_trigger",
        "tsmultirange", "tsquery", "tsrange", "tstzmultirange", "tstzrange", "tsvector", "txid_snapshot",
        "uuid", "void", "xid", "xid8", "xml", "aclitem", "cstring", "internal", "any", "anyarray",
        "anycompatible", "anycompatiblearray", "anycompatiblemultirange", "anycompatiblenonarray",
        "anycompatiblerange", "anyelement", "anyenum", "anymultirange", "anynonarray", "anyrange", "unknown",
        "language_handler", "index_am_handler", "table_am_handler", "fdw_handler", "tsm_handler",
    )
)  # fmt: skip
"""The names of `pg_type` in `pg_catalog` as `format_type` spells them (15.18, row types left out)."""
