"""Type names, read from tokens into the spelling of the server's own `format_type`.

The two tables are PostgreSQL's: what its grammar accepts as words of its own (`gram.y`, only unquoted) and
the names of `pg_type` that `format_type` spells differently (also quoted, also as `pg_catalog.int4`).
"""

from __future__ import annotations

from collections.abc import Callable

from checker.sql.cursor import Cursor
from checker.sql.ddl_words import COLUMN_NAME, RESERVED
from checker.sql.nodes import Name
from checker.sql.tokens import identifier
from checker.sqltype import BUILTIN_NAMES, SqlType, loose_type

_GRAMMAR = {
    "INT": "integer", "INTEGER": "integer", "SMALLINT": "smallint", "BIGINT": "bigint", "REAL": "real",
    "BOOLEAN": "boolean", "JSON": "json",
}  # fmt: skip

_CATALOG = {
    "int2": "smallint", "int4": "integer", "int8": "bigint", "float4": "real", "float8": "double precision",
    "bool": "boolean", "varchar": "character varying", "bpchar": "bpchar", "varbit": "bit varying",
    "timestamp": "timestamp without time zone", "timestamptz": "timestamp with time zone",
    "time": "time without time zone", "timetz": "time with time zone", "char": '"char"',
}  # fmt: skip

_SERIAL = {"serial2": "smallserial", "serial4": "serial", "serial8": "bigserial"}

_FIELDS = frozenset(("YEAR", "MONTH", "DAY", "HOUR", "MINUTE", "SECOND"))

Modifiers = tuple[int | str, ...]


def read_type(c: Cursor) -> SqlType:
    """The type at the cursor; raises Unexpected where there is none."""
    if c.dialect == "sqlite":
        return read_loose_type(c)
    c.accept("SETOF")
    reader = _WORDS.get(c.word)
    found = reader(c) if reader else _generic(c)
    return _array(c, found)


def _array(c: Cursor, scalar: SqlType) -> SqlType:
    array = False
    while c.word in ("[", "ARRAY"):
        array = True
        if c.accept("ARRAY") and not c.at("["):
            break
        c.expect("[")
        if not c.at("]"):
            c.i += 1
        c.expect("]")
    return SqlType(scalar.name, scalar.args, True, scalar.schema) if array else scalar


def _modifiers(c: Cursor) -> Modifiers:
    """`(10, 2)` or nothing; words as written (PostGIS: `geography(Point,4326)`)."""
    return c.parens(lambda: _modifier(c)) if c.at("(") else ()


def _modifier(c: Cursor) -> int | str:
    sign = c.accept_any(("-", "+")) or ""
    token = c.token
    if token.kind == "op":
        raise c.unexpected("a modifier of the type")
    c.i += 1
    text = sign + token.text
    return int(text) if token.kind == "number" and token.text.isdigit() else text


def _plain(c: Cursor) -> SqlType:
    name = _GRAMMAR[c.word]
    c.i += 1
    return SqlType(name)


def _numeric(c: Cursor) -> SqlType:
    c.i += 1
    return SqlType("numeric", _with_scale(_modifiers(c)))


def _with_scale(args: Modifiers) -> Modifiers:
    return (args[0], 0) if len(args) == 1 else args


def _float(c: Cursor) -> SqlType:
    """`float(1)` to `float(24)` are real, the others double precision."""
    c.i += 1
    args = _modifiers(c)
    single = bool(args) and isinstance(args[0], int) and args[0] <= 24
    return SqlType("real" if single else "double precision")


def _double(c: Cursor) -> SqlType:
    c.expect("DOUBLE", "PRECISION")
    return SqlType("double precision")


def _character(c: Cursor) -> SqlType:
    """CHARACTER, CHAR, NCHAR, NATIONAL CHARACTER, each with VARYING or without."""
    c.accept("NATIONAL")
    varying = bool(c.accept("VARCHAR"))
    if not varying:
        c.i += 1
        varying = c.accept("VARYING")
    args = _modifiers(c)
    return SqlType("character varying", args) if varying else SqlType("character", args or (1,))


def _bit(c: Cursor) -> SqlType:
    c.i += 1
    varying = c.accept("VARYING")
    args = _modifiers(c)
    return SqlType("bit varying", args) if varying else SqlType("bit", args or (1,))


def _time(c: Cursor) -> SqlType:
    head = c.word.lower()
    c.i += 1
    args = _modifiers(c)
    zone = "with" if c.accept("WITH", "TIME", "ZONE") else "without"
    if zone == "without":
        c.accept("WITHOUT", "TIME", "ZONE")
    return SqlType(f"{head} {zone} time zone", args)


def _interval(c: Cursor) -> SqlType:
    """`interval day to second(3)`: the fields belong to the name, the precision is the modifier."""
    c.i += 1
    if c.word not in _FIELDS:
        return SqlType("interval", _modifiers(c))
    first = c.i
    c.i += 1
    if c.accept("TO"):
        c.i += 1
    return SqlType("interval " + " ".join(c.words[first : c.i]).lower(), _modifiers(c))


_WORDS: dict[str, Callable[[Cursor], SqlType]] = {
    **dict.fromkeys(_GRAMMAR, _plain),
    **dict.fromkeys(("NUMERIC", "DECIMAL", "DEC"), _numeric),
    **dict.fromkeys(("CHARACTER", "CHAR", "NCHAR", "NATIONAL", "VARCHAR"), _character),
    **dict.fromkeys(("TIME", "TIMESTAMP"), _time),
    "FLOAT": _float, "DOUBLE": _double, "BIT": _bit, "INTERVAL": _interval,
}  # fmt: skip


def _generic(c: Cursor) -> SqlType:
    """A name, possibly qualified, with modifiers."""
    first = c.token
    if first.kind == "word" and (first.upper in RESERVED or first.upper in COLUMN_NAME):
        raise c.unexpected("a type")
    if first.kind not in ("word", "quoted"):
        raise c.unexpected("a type")
    c.i += 1
    parts = [identifier(first, c.dialect)]
    while c.accept("."):
        parts.append(c.label())
    if c.at("%"):
        raise c.unexpected("a type and no reference to a column's")
    return named_type(Name(tuple(parts)), _modifiers(c))


def named_type(name: Name, args: Modifiers = ()) -> SqlType:
    """The type that a name of `pg_type` stands for: a built-in one or a user's (schema None if not said)."""
    last = name.last
    schema = name.parts[-2] if len(name.parts) > 1 else None
    if schema not in (None, "pg_catalog"):
        return SqlType(last, args, schema=schema)
    if last == "numeric":
        args = _with_scale(args)
    if last.startswith("_") and last[1:] in BUILTIN_NAMES | _CATALOG.keys():
        return SqlType(_CATALOG.get(last[1:], last[1:]), args, array=True)
    if last == "bpchar" and args:
        return SqlType("character", args)
    if last in _SERIAL:
        return SqlType(_SERIAL[last])
    return SqlType(_CATALOG.get(last, last), args)


def read_loose_type(c: Cursor) -> SqlType:
    """SQLite's type: any names and at most two signed numbers, kept as written."""
    first = c.i
    while c.is_name and c.word not in _AFTER_TYPE:
        c.i += 1
    if c.i == first:
        raise c.unexpected("a type")
    if c.at("("):
        c.skip_parens()
    return loose_type(c.slice(first))


_AFTER_TYPE = frozenset(("GENERATED",))
