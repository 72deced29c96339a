"""Whether PostgreSQL can compare or convert between two types, domains and user types included.

The answers are True, False, or None where nobody can say (a type of an extension): never refuse on None.
"""

from __future__ import annotations

from checker.catalog import Catalog, CompositeType, Domain, EnumType, OtherType, QName, UserType
from checker.sqltype import SqlType

_INTEGERS = frozenset(("smallint", "integer", "bigint"))
_NUMBERS = _INTEGERS | {"numeric", "real", "double precision"}
_STRINGS = frozenset(("text", "character varying", "character", "bpchar", "name"))
_MOMENTS = frozenset(("date", "timestamp without time zone", "timestamp with time zone"))

# Index operators of one family across types (pg_amop, btree), and implicit casts to the referenced type (pg_cast
# castcontext = 'i'), both read on 15.18
_IMPLICIT = {
    "smallint": {"integer", "bigint", "numeric", "real", "double precision", "oid", "regclass"},
    "integer": {"bigint", "numeric", "real", "double precision", "oid", "regclass"},
    "bigint": {"numeric", "real", "double precision", "oid", "regclass"},
    "numeric": {"real", "double precision"},
    "real": {"double precision"},
    "text": {"character", "bpchar", "character varying", "name"},
    "character varying": {"text", "character", "bpchar", "name"},
    "character": {"text", "character varying", "name"},
    "bpchar": {"text", "character varying", "name"},
    "name": {"text"},
    '"char"': {"text"},
    "date": {"timestamp without time zone", "timestamp with time zone"},
    "timestamp without time zone": {"timestamp with time zone"},
    "time without time zone": {"time with time zone", "interval"},
    "bit": {"bit varying"},
    "bit varying": {"bit"},
    "cidr": {"inet"},
    "macaddr": {"macaddr8"},
    "macaddr8": {"macaddr"},
}
_ASSIGNMENT = {
    "bigint": {"smallint", "integer", "money"},
    "integer": {"smallint", "money", '"char"'},
    "smallint": set(),
    "numeric": {"smallint", "integer", "bigint", "money"},
    "real": {"smallint", "integer", "bigint", "numeric"},
    "double precision": {"smallint", "integer", "bigint", "numeric", "real"},
    "money": {"numeric"},
    "timestamp without time zone": {"date", "time without time zone"},
    "timestamp with time zone": {
        "date", "timestamp without time zone", "time without time zone", "time with time zone",
    },
    "time with time zone": {"time without time zone"},
    "interval": {"time without time zone"},
    "inet": {"cidr"},
    "json": {"jsonb"},
    "jsonb": {"json"},
    "oid": {"integer", "bigint"},
    "regclass": {"integer", "bigint"},
    "text": {'"char"'},
    "character varying": {'"char"'},
    "character": {'"char"'},
    "path": {"point", "polygon"},
    "xml": {"text", "character varying", "character"},
    "name": {"character varying", "character", "bpchar"},
    "boolean": set(),
    "lseg": {"point"},
    "box": {"lseg", "point", "polygon", "circle"},
    "polygon": {"box", "circle", "path", "point"},
    "circle": {"polygon", "point", "box"},
}  # fmt: skip
_FAMILIES = (
    _INTEGERS,
    frozenset(("real", "double precision")),
    frozenset(("text", "character varying", "name")),
    frozenset(("character", "bpchar")),
    _MOMENTS,
    frozenset(("inet", "cidr")),
    frozenset(("bit varying",)),
)
# These have no B-tree operator class, so no unique constraint can stand on them anyway
PLAIN = _NUMBERS | _STRINGS | _MOMENTS | frozenset((
    "boolean", "uuid", "json", "jsonb", "bytea", "interval", "time without time zone", "time with time zone",
    "inet", "cidr", "macaddr", "macaddr8", "oid", "money", "xml", "bit", "bit varying", "tsvector", "tsquery",
    "point", "box", "path", "polygon", "circle", "line", "lseg", "regclass", '"char"', "int4range", "int8range",
    "numrange", "tsrange", "tstzrange", "daterange", "pg_lsn", "xid", "xid8", "tid", "cid", "jsonpath",
))  # fmt: skip


def user_type(catalog: Catalog, type: SqlType) -> UserType | None:
    """The user type behind a type that has a schema."""
    return catalog.types.get(QName(type.schema, type.name)) if type.schema else None


def base_type(catalog: Catalog, type: SqlType) -> SqlType:
    """What a domain stands on, all the way down; any other type is its own base."""
    for _ in range(64):
        found = user_type(catalog, type)
        if not isinstance(found, Domain) or type.array:
            break
        type = found.base
    return type


def _is_judged(catalog: Catalog, type: SqlType) -> bool:
    """True for types whose casts are all known: built in ones, enums and composites."""
    if type.schema is not None:
        return isinstance(user_type(catalog, type), EnumType | CompositeType)
    return type.name in PLAIN or type.name.startswith("interval ")


def comparable(catalog: Catalog, referenced: SqlType, referring: SqlType) -> bool | None:
    """Whether a column of the one type can refer to a unique column of the other."""
    one, other = base_type(catalog, referenced).bare(), base_type(catalog, referring).bare()
    if one == other:
        return True
    if not (_is_judged(catalog, one) and _is_judged(catalog, other)):
        return None
    if one.array != other.array:
        return False
    if one.array:
        return None
    if any({one.name, other.name} <= family for family in _FAMILIES):
        return True
    return one.schema is None and other.schema is None and one.name in _IMPLICIT.get(other.name, ())


def assignable(catalog: Catalog, source: SqlType, target: SqlType) -> bool | None:
    """Whether a value of the one type goes into a column of the other without USING (an assignment cast)."""
    one, other = base_type(catalog, source), base_type(catalog, target)
    one, other = _without_fields(one.bare()), _without_fields(other.bare())
    if one == other:
        return True
    if isinstance(user_type(catalog, one), OtherType) or isinstance(user_type(catalog, other), OtherType):
        return None
    if (
        other.schema is None
        and not other.array
        and other.name in ("text", "character varying", "character", "bpchar")
    ):
        # every type's output goes into a string by assignment (find_coercion_pathway)
        return True
    if not (_is_judged(catalog, one) and _is_judged(catalog, other)):
        return None
    if one.array != other.array:
        return False
    if one.schema or other.schema:
        return False
    return other.name in _IMPLICIT.get(one.name, ()) or other.name in _ASSIGNMENT.get(one.name, ())


def _without_fields(type: SqlType) -> SqlType:
    return SqlType("interval", array=type.array) if type.name.startswith("interval") else type
