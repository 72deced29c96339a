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
_WHOLE = r"^\s*[-+]?[0-9]+\s*$"
_NUMBER = r"^\s*([-+]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][-+]?[0-9]+)?|NaN|[-+]?(inf|infinity))\s*$"
_BOOLEAN = r"^\s*(t|tr|tru|true|f|fa|fal|fals|false|y|ye|yes|n|no|on|of|off|1|0)\s*$"
_UUID = r"^\{?[0-9a-fA-F]{4}(-?[0-9a-fA-F]{4}){7}\}?$"


def does_not_cast(
    value: str, source: SqlType, target: SqlType, version: tuple[int, ...], *, explicit: bool
) -> str | None:
    """The condition that the value cannot become one of the target type; None where there is no predicate."""
    if source.array or target.array:
        return None
    if target.category == "string" and target.schema is None:
        return _too_long(value, source, target, explicit=explicit)
    if source.category == "number":
        return _from_number(value, source, target)
    if source.category == "string":
        return _from_string(value, target, version)
    return None


def _too_long(value: str, source: SqlType, target: SqlType, *, explicit: bool) -> str:
    if explicit or not target.args:
        return "false"
    text = value if source.category == "string" else f"({value})::text"
    return f"char_length(rtrim({text}, ' ')) > {target.args[0]}"


def _from_number(value: str, source: SqlType, target: SqlType) -> str | None:
    if target.name in RANGES:
        low, high = RANGES[target.name]
        exact = value if source.name in RANGES else f"round(({value})::numeric)"
        special = f"({value})::text IN ('NaN', 'Infinity', '-Infinity')"
        # not NOT BETWEEN: an index serves either half of this
        outside = f"({exact} < {low} OR {exact} > {high})"
        return outside if source.name in RANGES else f"CASE WHEN {special} THEN true ELSE {outside} END"
    if target.name == "numeric" and target.args:
        return _too_many_digits(value, target)
    return "false" if target.name in ("numeric", "real", "double precision") else None


def _too_many_digits(value: str, target: SqlType) -> str:
    precision, scale = int(target.args[0]), int(target.args[1]) if len(target.args) > 1 else 0
    return (
        f"({value})::text IN ('Infinity', '-Infinity') OR CASE WHEN ({value})::text = 'NaN' THEN false "
        f"ELSE abs(round(({value})::numeric, {scale})) >= {10 ** max(precision - scale, 0)}::numeric END"
    )


def _from_string(value: str, target: SqlType, version: tuple[int, ...]) -> str | None:
    if version >= (16,) and target.schema is None:
        return f"NOT pg_catalog.pg_input_is_valid({value}, {literal(spelled(target))})"
    if target.name in RANGES:
        low, high = RANGES[target.name]
        return (
            f"CASE WHEN {value} ~ {literal(_WHOLE)} THEN ({value})::numeric NOT BETWEEN {low} AND {high} "
            f"ELSE {value} IS NOT NULL END"
        )
    if target.name == "numeric":
        digits = _too_many_digits(f"({value})::numeric", target) if target.args else "false"
        return f"CASE WHEN {value} ~* {literal(_NUMBER)} THEN {digits} ELSE {value} IS NOT NULL END"
    patterns = {"boolean": _BOOLEAN, "uuid": _UUID}
    pattern = patterns.get(target.name)
    return f"{value} !~* {literal(pattern)}" if pattern else None


def may_lose(source: SqlType, target: SqlType) -> bool:
    """True where a cast can change a value without an error."""
    if source.array and target.array:
        return may_lose(source.element(), target.element())
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
