"""What no expression can look like: two operands side by side, an operator without its operand.

Expressions are kept as text, so a forgotten comma would hide a whole column in a DEFAULT. This one pass
over their tokens finds it, as the server's grammar would.
"""

from __future__ import annotations

from collections.abc import Sequence

from checker.sql.ddl_words import RESERVED
from checker.sql.tokens import Token

# Words that may stand beside an operand: operators, parts of CASE, clauses of calls
_GLUE = frozenset(
    "ABSENT ALL AND ANY ARRAY AS ASC ASYMMETRIC AT BETWEEN BOTH BY CASE COLLATE COLUMNS CONDITIONAL DESC DISTINCT"
    " DOCUMENT ELSE EMPTY END ERROR ESCAPE EXCLUDE FILTER FIRST FOLLOWING FOR FROM GLOB GROUP ILIKE IN IS ISNULL JSON"
    " KEEP KEY KEYS LAST LAX LEADING LIKE LOCAL MATCH NFC NFD NFKC NFKD NORMALIZED NOT NOTNULL NULLS OF OMIT ON"
    " OPERATOR OR ORDER OVER OVERLAPS PARTITION PASSING PATH PLACING PRECEDING QUOTES RANGE REGEXP RETURNING ROW ROWS"
    " SCALAR SIMILAR SOME STRICT SYMMETRIC THEN TIES TIME TO TRAILING UNBOUNDED UNIQUE UNKNOWN USING VALUE VARIADIC"
    " WHEN WINDOW WITH WITHIN WITHOUT WRAPPER XMLATTRIBUTES ZONE".split()
)
_NEEDS_MORE = frozenset(
    (
        "AND",
        "OR",
        "NOT",
        "IS",
        "IN",
        "LIKE",
        "ILIKE",
        "BETWEEN",
        "CASE",
        "WHEN",
        "THEN",
        "ELSE",
        "COLLATE",
        "ON",
    )
)
_FIELDS = frozenset(("YEAR", "MONTH", "DAY", "HOUR", "MINUTE", "SECOND"))
_TYPE_HEADS = _FIELDS | frozenset(
    ("DOUBLE", "CHARACTER", "CHAR", "NATIONAL", "NCHAR", "BIT", "TIME", "TIMESTAMP", "INTERVAL")
)
_BINARY = frozenset(("=", "<", ">", "<=", ">=", "<>", "!=", "/", "%", "^", "||", "::", "."))
_NO_CALL = frozenset(("", "(", "[", ","))


def find_fault(tokens: Sequence[Token]) -> Token | None:
    """The token at which the expression cannot go on; None where nothing is wrong as far as one sees.

    What holds a query is not looked at: there an alias stands beside its operand.
    """
    fault = _find(tokens)
    if fault is not None and any(token.upper == "SELECT" for token in tokens):
        return None
    return fault


def _find(tokens: Sequence[Token]) -> Token | None:
    before, previous = "", tokens[0]
    if previous.upper in _BINARY or previous.upper in (",", ")"):
        return previous
    for token in tokens[1:]:
        if _clash(previous, token):
            return token
        if token.upper == ")" and previous.upper == "(" and (before in _NO_CALL or before in _BINARY):
            return token
        before = previous.upper if previous.kind == "op" else "x"
        previous = token
    return previous if previous.upper in _BINARY or previous.upper in _NEEDS_MORE else None


def _clash(one: Token, two: Token) -> bool:
    """True where the second token cannot follow the first."""
    if two.kind == "op":
        return _clashes_with_operator(one, two.upper)
    if one.kind == "op":
        return one.upper in (")", "]") and _is_operand(two)
    if one.kind == "word":
        return _word_clashes(one, two)
    if two.kind == "word":
        return two.upper not in _GLUE and not (one.kind == "string" and two.upper in _FIELDS)
    return not (one.kind == "quoted" and two.kind == "string") and not _continues(one, two)


def _word_clashes(one: Token, two: Token) -> bool:
    if one.upper in _GLUE or one.upper in _TYPE_HEADS:
        return False
    if two.kind == "string":
        return one.upper in RESERVED
    return two.kind != "word" or two.upper not in _GLUE


def _continues(one: Token, two: Token) -> bool:
    """Two strings are one where a line break stands between them (the manual's 4.1.2.1)."""
    return one.kind == two.kind == "string" and two.start > one.end + 1


def _is_operand(token: Token) -> bool:
    return token.kind != "word" or (token.upper not in _GLUE and token.upper not in _FIELDS)


def _clashes_with_operator(one: Token, two: str) -> bool:
    if two in (",", ")"):
        return (
            one.upper in _BINARY
            or one.upper in _NEEDS_MORE
            or one.upper == ","
            or (one.upper, two) == ("(", ",")
        )
    if two == "(":
        return one.kind in ("number", "string")
    return two in _BINARY and one.kind == "op" and (one.upper in _BINARY or one.upper in ("(", ","))
