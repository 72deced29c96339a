"""SQL types as values: one spelling per type, and what one type does to another.

`SqlType` is what the catalog stores. Both the live loaders and the SQL reader produce the same
spelling, the server's own (`format_type` on PostgreSQL: `int4` is `integer`, `varchar(20)` is
`character varying` with `args=(20,)`), so that equality of types is equality of values.
"""

from __future__ import annotations

from typing import Literal

from checker.values import dataclass, replace

Affinity = Literal["integer", "text", "blob", "real", "numeric"]


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

    @property
    def category(self) -> str:
        """PostgreSQL's `typcategory` in a word: number, string, moment …; empty for what is not known."""
        return "array" if self.array else _CATEGORY.get(self._family, "")

    @property
    def _family(self) -> str:
        return "interval" if self.name.startswith("interval") else self.name

    def affinity(self) -> Affinity:
        """SQLite's affinity of a declared type, by the rules of its manual (datatype3, 3.1)."""
        name = self.name.upper()
        for part, affinity in _AFFINITY:
            if part in name:
                return affinity
        return "blob" if not name else "numeric"

    def widens_to(self, other: SqlType) -> bool:
        """True where every value of this type is one of the other: the change cannot fail, no value is lost.

        PostgreSQL; a built-in type that goes into text is not wider, its values become something else.
        """
        if self.schema or other.schema or self.array != other.array:
            return self == other
        one, two = self._family, other._family
        if one == two:
            return self.args == other.args or _is_roomier(self, other)
        if two == "numeric" and one in _DIGITS:
            return not other.args or _whole_digits(other) >= _DIGITS[one]
        if two == "character varying" and one in ("character", "text", "name"):
            return not other.args or (one == "character" and _length(self) <= _length(other))
        return two in _WIDER.get(one, ()) and not other.args

    def narrows_to(self, other: SqlType) -> bool:
        """True where both are of one category and not every value of this type is one of the other."""
        return bool(self.category) and self.category == other.category and not self.widens_to(other)

    def casts_freely_to(self, other: SqlType) -> bool:
        """True where PostgreSQL turns every value into one of the other type, if perhaps into another value.

        Two moments within a day of the year 294276 are left out: their time zone takes them over the edge.

        >>> SqlType("timestamp without time zone").casts_freely_to(SqlType("timestamp with time zone"))
        True
        """
        if self == other or self.widens_to(other):
            return True
        if self.schema or other.schema or self.array or other.array:
            return False
        if other.category == "string" and other.schema is None and not other.args:
            return other.name != "name"
        return other._family in _CASTS_FREELY.get(self._family, ())

    def same_storage_as(self, other: SqlType) -> bool:
        """True where PostgreSQL changes a column from this type to the other without writing the table anew.

        The bytes are the same and no length has to be enforced (measured on 15.18 by relfilenode).
        """
        if self == other:
            return True
        if self.schema or other.schema or self.array or other.array:
            return False
        if {self.name, other.name} == {"character", "bpchar"}:
            return other.name == "bpchar"
        if self._family == other._family:
            same_scale = self.name != "numeric" or not other.args or _scale(self) == _scale(other)
            return self._family in _LENGTHS_COMPARED and same_scale and _is_roomier(self, other)
        return not other.args and other._family in _SAME_BYTES.get(self._family, ())


def assignment_castable(source: SqlType, target: SqlType) -> bool | None:
    """Whether PostgreSQL turns a value of one type into the other without being told to.

    That is what INSERT, DEFAULT and ALTER COLUMN … TYPE without USING ask for. None where a type that is
    not built in decides (an enum goes into strings; nothing is known of a domain or an extension's type).
    """
    one, two = source._family, target._family
    if (one, source.schema, source.array) == (two, target.schema, target.array):
        return True
    if target.category == "string" and target.schema is None:
        return True
    if source.array and target.array:
        return assignment_castable(source.element(), target.element())
    if not (source.is_builtin and target.is_builtin):
        return None
    if source.array or target.array:
        return False
    return two in _IMPLICIT.get(one, ()) or two in _ASSIGNMENT.get(one, ())


def explicit_castable(source: SqlType, target: SqlType) -> bool | None:
    """Whether `value::target` is allowed: strings go into everything, by their text."""
    if assignment_castable(source, target) or source.category == "string":
        return True
    if source.array and target.array:
        return explicit_castable(source.element(), target.element())
    if not (source.is_builtin and target.is_builtin):
        return None
    return not (source.array or target.array) and target._family in _EXPLICIT.get(source._family, ())


def can_refer_to(referring: SqlType, referenced: SqlType) -> bool | None:
    """Whether PostgreSQL lets a foreign key of one type refer to a unique column of the other (else 42804).

    An operator of the unique index's own family has to compare the two, or the referring type has to
    turn into the referenced one implicitly. None where a type is not built in.
    """
    one, two = referring._family, referenced._family
    if (one, referring.schema, referring.array) == (two, referenced.schema, referenced.array):
        return True
    if not (referring.is_builtin and referenced.is_builtin):
        return None
    if referring.array or referenced.array:
        return False
    two = _INDEXED_AS.get(two, two)
    if _INDEXED_AS.get(one, one) == two or any(one in family and two in family for family in _FAMILIES):
        return True
    return two in _IMPLICIT.get(one, ())


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

_AFFINITY: tuple[tuple[str, Affinity], ...] = (
    ("INT", "integer"), ("CHAR", "text"), ("CLOB", "text"), ("TEXT", "text"), ("BLOB", "blob"),
    ("REAL", "real"), ("FLOA", "real"), ("DOUB", "real"),
)  # fmt: skip

_REG = (
    "regclass", "regcollation", "regconfig", "regdictionary", "regnamespace", "regoper", "regoperator", "regproc",
    "regprocedure", "regrole", "regtype",
)  # fmt: skip

_CATEGORY = {
    name: category
    for category, names in {
        "number": ("smallint", "integer", "bigint", "numeric", "real", "double precision", "money", "oid", *_REG),
        "string": ("text", "character varying", "character", "bpchar", "name"),
        "moment": (
            "date", "timestamp without time zone", "timestamp with time zone", "time without time zone",
            "time with time zone",
        ),
        "interval": ("interval",),
        "boolean": ("boolean",),
        "bits": ("bit", "bit varying"),
        "network": ("inet", "cidr"),
        "json": ("json", "jsonb"),
        "geometry": ("point", "lseg", "path", "box", "polygon", "line", "circle"),
    }.items()
    for name in names
}  # fmt: skip

# Decimal digits that the integers can have
_DIGITS = {"smallint": 5, "integer": 10, "bigint": 19}

_WIDER = {
    "smallint": ("integer", "bigint", "real", "double precision"),
    "integer": ("bigint", "double precision"),
    "real": ("double precision",),
    "character": ("text",),
    "character varying": ("text", "bpchar"),
    "text": ("bpchar",),
    "name": ("text",),
    "bit": ("bit varying",),
    "cidr": ("inet",),
    "time without time zone": ("interval",),
}
"""No failure and the same value; a bigint is rounded by double precision, so that is not here."""

_CASTS_FREELY = {
    "timestamp without time zone": (
        "timestamp without time zone",
        "timestamp with time zone",
        "date",
        "time without time zone",
    ),
    "timestamp with time zone": (
        "timestamp without time zone",
        "timestamp with time zone",
        "date",
        "time without time zone",
        "time with time zone",
    ),
    "time without time zone": ("time without time zone", "time with time zone", "interval"),
    "time with time zone": ("time without time zone", "time with time zone"),
    "interval": ("time without time zone",),
    "smallint": ("real", "double precision"),
    "integer": ("real", "double precision", "boolean"),
    "bigint": ("real", "double precision"),
    "boolean": ("integer",),
    "jsonb": ("json",),
    "inet": ("cidr",),
    "macaddr": ("macaddr8",),
}
"""Casts that raise no error for any value; what they round or cut off is another matter."""

_LENGTHS_COMPARED = frozenset(
    (
        "character varying", "bit varying", "numeric", "interval", "timestamp without time zone",
        "timestamp with time zone", "time without time zone", "time with time zone",
    )
)  # fmt: skip
"""Types whose length coercion is left out where it cannot do anything (the support functions of `pg_proc`)."""

_SAME_BYTES = {
    "character varying": ("text", "bpchar"),
    "text": ("character varying", "bpchar"),
    "bit": ("bit varying",),
    "cidr": ("inet",),
    "xml": ("text", "character varying", "bpchar"),
    "integer": ("oid", *_REG),
    "oid": ("integer", *_REG),
    **dict.fromkeys(_REG, ("oid", "integer")),
}
"""Binary coercible pairs: `pg_cast.castmethod` = 'b'."""

_FRACTIONAL = ("timestamp", "time ", "interval")


def _is_roomier(one: SqlType, other: SqlType) -> bool:
    """Whether the modifiers of the second hold every value that those of the first allow; one family."""
    if one.name.startswith("interval") and _finest(one) > _finest(other):
        return False
    if not other.args:
        return True
    if one.name == "numeric":
        fits = bool(one.args) and _whole_digits(other) >= _whole_digits(one)
        return fits and _scale(other) >= _scale(one)
    if one.name.startswith(_FRACTIONAL):
        whole = one.name.startswith("interval") and _finest(one) < _SECOND
        return whole or other.args == (6,) or (bool(one.args) and _length(one) <= _length(other))
    if one.name in ("bit", "character"):
        return one.args == other.args or (one.name == "character" and _length(one) <= _length(other))
    return bool(one.args) and _length(one) <= _length(other)


_FIELDS = ("year", "month", "day", "hour", "minute", "second", "interval")
_SECOND = _FIELDS.index("second")


def _finest(type: SqlType) -> int:
    """The smallest field that an interval keeps; the larger ones are never cut off."""
    return min(_FIELDS.index(type.name.rpartition(" ")[2]), _SECOND)


def _length(type: SqlType) -> int:
    first = type.args[0] if type.args else 0
    return first if isinstance(first, int) else 0


def _scale(type: SqlType) -> int:
    return int(type.args[1]) if len(type.args) > 1 else 0


def _whole_digits(type: SqlType) -> int:
    return _length(type) - _scale(type)


# Casts between different types, from pg_cast of 15.18 by castcontext. Strings that everything turns into by
# assignment, and that turn into everything explicitly, are find_coercion_pathway()'s and not in the table.
_TO_REG = ("oid", *_REG)
_IMPLICIT: dict[str, tuple[str, ...]] = {
    "smallint": ("integer", "bigint", "numeric", "real", "double precision", *_TO_REG),
    "integer": ("bigint", "numeric", "real", "double precision", *_TO_REG),
    "bigint": ("numeric", "real", "double precision", *_TO_REG),
    "numeric": ("real", "double precision"),
    "real": ("double precision",),
    "oid": _REG,
    **dict.fromkeys(_REG, ("oid",)),
    "regoper": ("oid", "regoperator"),
    "regoperator": ("oid", "regoper"),
    "regproc": ("oid", "regprocedure"),
    "regprocedure": ("oid", "regproc"),
    "text": ("character", "bpchar", "character varying", "name", "regclass"),
    "character varying": ("text", "character", "bpchar", "name", "regclass"),
    "character": ("text", "character varying", "name", "bpchar"),
    "bpchar": ("text", "character varying", "name", "character"),
    "name": ("text",),
    '"char"': ("text",),
    "date": ("timestamp without time zone", "timestamp with time zone"),
    "timestamp without time zone": ("timestamp with time zone",),
    "time without time zone": ("time with time zone", "interval"),
    "bit": ("bit varying",),
    "bit varying": ("bit",),
    "cidr": ("inet",),
    "macaddr": ("macaddr8",),
    "macaddr8": ("macaddr",),
}
_ASSIGNMENT: dict[str, tuple[str, ...]] = {
    "smallint": (),
    "integer": ("smallint", "money"),
    "bigint": ("smallint", "integer", "money"),
    "numeric": ("smallint", "integer", "bigint", "money"),
    "real": ("smallint", "integer", "bigint", "numeric"),
    "double precision": ("smallint", "integer", "bigint", "numeric", "real"),
    "money": ("numeric",),
    "oid": ("integer", "bigint"),
    **dict.fromkeys(_REG, ("integer", "bigint")),
    **dict.fromkeys(("text", "character varying", "character", "bpchar"), ('"char"',)),
    "inet": ("cidr",),
    "interval": ("time without time zone",),
    "json": ("jsonb",),
    "jsonb": ("json",),
    "timestamp without time zone": ("date", "time without time zone"),
    "timestamp with time zone": (
        "date", "timestamp without time zone", "time without time zone", "time with time zone",
    ),
    "time with time zone": ("time without time zone",),
    "point": ("box",),
    "box": ("polygon",),
    "path": ("polygon",),
    "polygon": ("path",),
}  # fmt: skip
_EXPLICIT: dict[str, tuple[str, ...]] = {
    '"char"': ("integer",),
    "integer": ('"char"', "bit", "boolean"),
    "bigint": ("bit",),
    "bit": ("integer", "bigint"),
    "boolean": ("integer",),
    "jsonb": ("boolean", "smallint", "integer", "bigint", "numeric", "real", "double precision"),
    "xid8": ("xid",),
    "box": ("circle", "lseg", "point"),
    "circle": ("box", "point", "polygon"),
    "lseg": ("point",),
    "polygon": ("box", "circle", "point"),
    **{f"{name}range": (f"{name}multirange",) for name in ("int4", "int8", "num", "date", "ts", "tstz")},
}

_FAMILIES: tuple[tuple[str, ...], ...] = (
    ("smallint", "integer", "bigint"),
    ("real", "double precision"),
    ("text", "character varying", "name"),
    ("character", "bpchar"),
    ("date", "timestamp without time zone", "timestamp with time zone"),
    ("inet", "cidr"),
)
"""Types that one B-tree operator family compares with each other (pg_amop of 15.18)."""

_INDEXED_AS = {"character varying": "text", "cidr": "inet", **dict.fromkeys(_REG, "oid")}
"""Types without an operator class of their own, and the one whose they take (pg_opclass.opcintype)."""
