"""Which values do not survive a change of type: conditions on one column that raise no error themselves.

Where PostgreSQL has no predicate for a cast (dates before 16, JSON, ranges) there is None, and the cast itself is
tried.
"""

from __future__ import annotations

from checker.spelling import literal, spelled
from checker.sqltype import SqlType

RANGES = {
    "smallint": (-32768, 32767),
    "integer": (-2147483648, 2147483647),
    "bigint": (-9223372036854775808, 9223372036854775807),
}
_FLOATS = ("real", "double precision")
_WHOLE = r"^\s*[-+]?[0-9]+\s*$"
_NUMBER = r"^\s*([-+]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][-+]?[0-9]+)?|NaN)\s*$"
_NUMBER_OR_INFINITY = _NUMBER.replace("NaN", r"NaN|[-+]?(inf|infinity)")
_BOOLEAN = r"^\s*(t|tr|tru|true|f|fa|fal|fals|false|y|ye|yes|n|no|on|of|off|1|0)\s*$"
_HEX = "[0-9a-f]{4}(-?[0-9a-f]{4}){7}"
_UUID = rf"^({_HEX}|\{{{_HEX}\}})$"
INFINITE = (14,)
"""The first PostgreSQL whose numeric can be infinite."""
SOFT = (16,)
"""The first PostgreSQL that says of a text whether it is a value of a type."""


def does_not_cast(
    value: str, source: SqlType, target: SqlType, version: tuple[int, ...], *, explicit: bool
) -> str | None:
    """The condition that the value cannot become one of the target type; None where there is no predicate."""
    if source.array or target.array:
        return None
    if target.category == "string" and target.schema is None:
        return _too_long(value, source, target, explicit=explicit)
    if source.name in (*RANGES, *_FLOATS, "numeric"):
        return _from_number(value, source, target, version)
    if source.category == "string":
        return _from_string(value, source, target, version, explicit=explicit)
    return None


def _too_long(value: str, source: SqlType, target: SqlType, *, explicit: bool) -> str:
    if explicit or not target.args:
        return "false"
    text = value if source.category == "string" else f"({value})::text"
    return f"char_length(rtrim({text}, ' ')) > {target.args[0]}"


def _from_number(value: str, source: SqlType, target: SqlType, version: tuple[int, ...]) -> str | None:
    if target.name in RANGES:
        return _out_of_range(value, source, target)
    if target.name == "numeric" and (target.args or (source.name in _FLOATS and version < INFINITE)):
        return _too_many_digits(value, target)
    whole = source.name in RANGES
    fits = target.name == "numeric" or (target.name in _FLOATS and (whole or source.name == "real"))
    return "false" if fits or (source == target) else None


def _out_of_range(value: str, source: SqlType, target: SqlType) -> str:
    """A fraction is rounded first: of a numeric half away from zero, of a float half to the even number."""
    low, high = RANGES[target.name]
    if source.name in _FLOATS:  # NaN is larger than any other
        exact = f"round(({value})::float8)"
        return f"({exact} < ({low})::float8 OR {exact} >= ({high + 1})::float8)"
    exact = value if source.name in RANGES else f"round({value})"
    # not NOT BETWEEN: an index serves either half of this
    return f"({exact} < {low} OR {exact} > {high})"


def _too_many_digits(value: str, target: SqlType) -> str:
    """More digits before the point than there is room for, once those behind it are rounded."""
    text = f"({value})::text"
    infinite = f"WHEN {text} IN ('Infinity', '-Infinity') THEN true"
    if not target.args:
        return f"CASE {infinite} ELSE false END"
    precision, scale = int(target.args[0]), int(target.args[1]) if len(target.args) > 1 else 0
    limit = f"1e{precision - scale}::numeric"
    digits = f"abs(round(({value})::numeric, {scale})) >= {limit}"
    return f"CASE {infinite} WHEN {text} = 'NaN' THEN false ELSE {digits} END"


def _from_string(
    value: str, source: SqlType, target: SqlType, version: tuple[int, ...], *, explicit: bool
) -> str | None:
    if version >= SOFT and target.schema is None:
        return _is_no_input(value, source, target, explicit=explicit)
    if target.name in RANGES:
        low, high = RANGES[target.name]
        return (
            f"CASE WHEN {value} ~ {literal(_WHOLE)} THEN ({value})::numeric NOT BETWEEN {low} AND {high} "
            f"ELSE {value} IS NOT NULL END"
        )
    if target.name == "numeric":
        number = f"({value})::numeric"  # this raises an error where the exponent is too large for any numeric
        digits = _too_many_digits(number, target) if target.args else f"{number} IS NULL"
        pattern = literal(_NUMBER_OR_INFINITY if version >= INFINITE else _NUMBER)
        return f"CASE WHEN {value} ~* {pattern} THEN {digits} ELSE {value} IS NOT NULL END"
    patterns = {"boolean": _BOOLEAN, "uuid": _UUID}
    known = patterns.get(target.name)
    return f"{value} !~* {literal(known)}" if known else None


def _is_no_input(value: str, source: SqlType, target: SqlType, *, explicit: bool) -> str:
    """By the server's own word. The blanks of a char(n) count here, and are lost when it becomes text."""
    # a cast cuts bits, and fills them up
    kind = SqlType("bit varying") if explicit and target.category == "bits" else target
    padded = source.name in ("character", "bpchar")
    text = f"pg_catalog.concat({value})" if padded else value
    invalid = f"NOT pg_catalog.pg_input_is_valid({text}, {literal(spelled(kind))})"
    return f"CASE WHEN {value} IS NOT NULL THEN {invalid} END" if padded else invalid


def may_lose(source: SqlType, target: SqlType) -> bool:
    """True where a cast can change a value without an error."""
    if source.array and target.array:
        return may_lose(source.element(), target.element())
    if source.schema and target.schema is None and target.category == "string" and not source.array:
        return bool(target.args)  # an enum is cut like any other text
    if source.widens_to(target) or source.schema or target.schema or source.array != target.array:
        return False
    match source.category, target.category:
        case _, "string":
            return bool(target.args) or target.name == "name"
        case "string", kind:
            return kind == "number"
        case "number", "number":
            return not (source.name in RANGES and (target.name in RANGES or target.name == "numeric"))
        case "moment", "moment":
            return not (_is_whole(source) and target.name.startswith("timestamp") and not target.args)
        case (("json" | "geometry" | "" | "boolean"), _):
            return False
        case _:
            return True


def _is_whole(kind: SqlType) -> bool:
    """A date, or a timestamp with or without a zone: one turns into the other and back."""
    return kind.name == "date" or kind.name.startswith("timestamp")


def loses(value: str, source: SqlType, target: SqlType) -> str:
    """The condition that the cast changes the value without an error: there and back it is not the same."""
    cast = f"({value})::{spelled(target)}"
    if target.category == "string":
        return f"({value})::text IS DISTINCT FROM ({cast})::text"
    if source.category == "string":
        zeros = f"btrim({value}) ~ '^[-+]?0[0-9]'"
        rounds = target.name not in RANGES and (target.args or target.name != "numeric")
        return f"({zeros} OR ({value})::numeric IS DISTINCT FROM ({cast})::numeric)" if rounds else zeros
    if target.name.startswith("time ") and source.name.startswith("timestamp"):
        return f"{value} IS NOT NULL"
    return f"{value} IS DISTINCT FROM ({cast})::{spelled(source)}"
