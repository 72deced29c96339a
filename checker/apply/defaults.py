"""Whether a default fits its column: judged for literals and a few well-known calls, only where sure."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

from checker.apply.comparable import assignable, base_type, user_type
from checker.apply.lookup import is_known, missing_relation, shown_type
from checker.catalog import Catalog, Column, CompositeType, EnumType, Expr, QName, Table
from checker.errors import ApplyError, DefaultOfWrongType, MissingObject, Refused
from checker.sqltype import SqlType

_STRING = re.compile(r"'((?:[^']|'')*)'\Z")
_CAST = re.compile(r"\(?'(?:[^']|'')*'\)?\s*::\s*([a-z0-9_ ]+?)(?:\(\d+\))?\Z", re.IGNORECASE)
_NUMBER = re.compile(r"[-+]?\s*(\d+)(\.\d*)?(e[-+]?\d+)?\Z", re.IGNORECASE)
_UUID = re.compile(r"\{?(?:[0-9a-f]{4}-?){7}[0-9a-f]{4}\}?\Z", re.IGNORECASE)
_BOOLEAN = re.compile(
    r"\s*(?:t|tr|tru|true|y|ye|yes|on|1|f|fa|fal|fals|false|n|no|of|off|0)\s*\Z", re.IGNORECASE
)
_TYPE_WORDS = {
    "text": "text", "varchar": "character varying", "character varying": "character varying", "integer": "integer",
    "int": "integer", "int4": "integer", "bigint": "bigint", "boolean": "boolean", "bool": "boolean",
    "uuid": "uuid", "date": "date", "json": "json", "jsonb": "jsonb", "timestamp": "timestamp without time zone",
    "timestamptz": "timestamp with time zone", "interval": "interval", "numeric": "numeric",
}  # fmt: skip
_CALLS = {
    "now()": "timestamp with time zone", "current_timestamp": "timestamp with time zone",
    "clock_timestamp()": "timestamp with time zone", "statement_timestamp()": "timestamp with time zone",
    "localtimestamp": "timestamp without time zone", "current_date": "date", "gen_random_uuid()": "uuid",
    "uuid_generate_v4()": "uuid", "random()": "double precision", "true": "boolean", "false": "boolean",
}  # fmt: skip
_NEXTVAL = re.compile(r"\s*nextval\(\s*'(?:(\w+)\.)?(\w+)'(?:\s*::\s*regclass)?\s*\)\s*\Z", re.IGNORECASE)
_SINCE = {"gen_random_uuid": (13,)}
"""Functions that were an extension's before (release notes of 13; measured on 12 to 18)."""
_INTEGERS = {"smallint": 2**15, "integer": 2**31, "bigint": 2**63}


def check_default(catalog: Catalog, table: Table, column: Column) -> None:
    """Raises 0A000 for column references, DefaultOfWrongType for what surely does not fit."""
    default = column.default
    if default is None or not catalog.server.is_postgres:
        return
    full = f"{table.name}.{column.name}"
    if default.columns:
        raise Refused("0A000", "cannot use column reference in DEFAULT expression", full)
    _check_names(catalog, default)
    if error := misfit(catalog, default.text, column.type, column.name, full):
        raise error


def _check_names(catalog: Catalog, default: Expr) -> None:
    """The sequence that `nextval` names, where that is all the default is, and functions that came later."""
    called = _NEXTVAL.match(default.text)
    if called is not None and not any(name in catalog.relations for name in default.uses):
        schema, name = (called[1] or "").lower(), called[2].lower()
        found = (one.name for one in catalog.relations.called(name))
        missing = QName(schema or next(iter(catalog.search_path), ""), name)
        if not any(one.schema == schema or not schema for one in found) and is_known(catalog, missing):
            # regclass says no word of the schema since PostgreSQL 16 (measured on 12 to 18)
            raise missing_relation(catalog, missing, in_query=catalog.server.version >= (16,))
    for function, since in _SINCE.items():
        if catalog.server.version < since and f"{function}(" in default.text.lower():
            own = any(one.name == function for one in catalog.functions) or not catalog.complete
            if not own and "pgcrypto" not in catalog.extensions:
                message = f"function {function}() does not exist"
                raise MissingObject("42883", message, function, kind="function")


def misfit(catalog: Catalog, text: str, type: SqlType, column: str, full: str) -> ApplyError | None:
    """What is wrong with this expression as the default of a column of this type, if anything surely is."""
    text = _bare(text)
    if string := _STRING.match(text):
        value = string[1].replace("''", "'")
        error = _bad_literal(catalog, value, type)
        return DefaultOfWrongType(error[0], error[1], full) if error else None
    source = type_of(text)
    if source is None or assignable(catalog, SqlType(source), type) is not False:
        return None
    message = (
        f'column "{column}" is of type {shown_type(catalog, type)} but default expression is of type {source}'
    )
    return DefaultOfWrongType("42804", message, full)


def _bare(text: str) -> str:
    """Without the parentheses around the whole."""
    text = text.strip()
    while text.startswith("(") and text.endswith(")") and _NUMBER.match(text[1:-1].strip()):
        text = text[1:-1].strip()
    return text


def type_of(text: str) -> str | None:
    """The built-in type of an expression, where it is a literal or a call that one can be sure of."""
    if number := _NUMBER.match(text):
        if number[2] or number[3]:
            return "numeric"
        size = int(number[1])
        return "integer" if size < 2**31 else "bigint" if size < 2**63 else "numeric"
    if cast := _CAST.match(text):
        return _TYPE_WORDS.get(" ".join(cast[1].lower().split()))
    return _CALLS.get("".join(text.lower().split()))


def _bad_literal(catalog: Catalog, value: str, type: SqlType) -> tuple[str, str] | None:
    """Code and message where a string literal is surely no value of this type."""
    type = base_type(catalog, type)
    if type.array:
        good = value.strip().startswith(("{", "["))
        return None if good else ("22P02", f'malformed array literal: "{value}"')
    found = user_type(catalog, type)
    if isinstance(found, EnumType):
        good = value in found.labels
        return None if good else ("22P02", f'invalid input value for enum {found.name.name}: "{value}"')
    if isinstance(found, CompositeType):
        good = value.strip().startswith("(")
        return None if good else ("22P02", f'malformed record literal: "{value}"')
    if type.schema is not None or not (fits := _INPUT.get(type.name)) or fits(value):
        return None
    if type.name in ("json", "jsonb"):
        return "22P02", "invalid input syntax for type json"
    code = "22P02" if type.name not in _MOMENTS else "22007"
    return code, f'invalid input syntax for type {type}: "{value}"'


def _is_whole(value: str) -> bool:
    return re.fullmatch(r"\s*[-+]?\w+\s*", value) is not None and _is_digits(value.strip().lstrip("+-"))


def _is_digits(value: str) -> bool:
    # 16 and later also read 0x1f and 1_000: not judged
    return value.isdigit() or (value[:1].isdigit() and not value.isalpha() and _is_new_style(value))


def _is_new_style(value: str) -> bool:
    return re.fullmatch(r"0[xXoObB][0-9a-fA-F_]+|\d+(_\d+)+", value) is not None


def _is_number(value: str) -> bool:
    try:
        float(value)
    except ValueError:
        return _is_new_style(value.strip().lstrip("+-"))
    return True


def _is_json(value: str) -> bool:
    try:
        json.loads(value, parse_constant=_refuse)
    except ValueError:
        return False
    except RecursionError:
        return True
    return True


def _refuse(word: str) -> None:
    raise ValueError(word)


def _is_not_blank(value: str) -> bool:
    return bool(value.strip())


_MOMENTS = (
    "date",
    "timestamp without time zone",
    "timestamp with time zone",
    "interval",
    "time without time zone",
)
_INPUT: dict[str, Callable[[str], bool]] = {
    **dict.fromkeys(_INTEGERS, _is_whole),
    **dict.fromkeys(("numeric", "real", "double precision"), _is_number),
    **dict.fromkeys(_MOMENTS, _is_not_blank),
    **dict.fromkeys(("json", "jsonb"), _is_json),
    "boolean": lambda value: _BOOLEAN.match(value) is not None,
    "uuid": lambda value: _UUID.match(value) is not None,
}
