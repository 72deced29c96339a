"""What a new index computes of every row: an expression that raises an error for one of them refuses the index."""

from __future__ import annotations

from collections.abc import Iterator

from checker.catalog import Expr, Index, QName
from checker.data.constraints import Demands
from checker.probe import Evaluates
from checker.refusals import Demand, ValueRefused
from checker.rows import Field, Formula, Nothing, Output, Unknown, computed, kept, rows_of
from checker.sql.tokens import Token, tokenize
from checker.sqltype import SqlType

_TEXT = SqlType("text")
_SAFE_CALLS = frozenset(
    "LOWER UPPER COALESCE NULLIF TRIM BTRIM LTRIM RTRIM MD5 LENGTH CHAR_LENGTH REVERSE GREATEST LEAST IN AND OR NOT ANY"
    " WHEN THEN ELSE VALUES JSONB_TYPEOF STARTS_WITH DATE_PART EXTRACT VARCHAR INCLUDE".split()
)
"""What may stand before a parenthesis and raises an error for no value."""
_SAFE_OPERATORS = frozenset("( ) [ ] , . || -> ->> #> #>> = <> != < > <= >= @> <@ ? ?| ?&".split())
_SAFE_CASTS = frozenset(("TEXT", "VARCHAR", "CHARACTER", "REGCLASS"))


def demands(view: Demands, name: QName, index: Index) -> Iterator[Demand]:
    """Keys and predicate of a new index are computed without an error."""
    written = [one.expr for one in index.keys if one.expr is not None]
    if index.where is not None:
        written.append(index.where)
    rows = rows_of(view.after, name)
    if isinstance(rows, Nothing) or not any(_may_fail(view, one) for one in written):
        return
    keys, where, rows = view.index_keys(index, view.own(name, rows), name.name)
    if where is not None:
        rows = kept(rows, name.name, where)
    outputs = tuple(
        Output(Field(f"key {place}", _TEXT), one.value)
        for place, one in enumerate(keys, 1)
        if isinstance(one.value, Formula)
    )
    if outputs and not isinstance(rows, Unknown):
        rows = computed(rows, name.name, outputs)
    message = "the expression cannot be computed for every row"
    yield Demand(ValueRefused("22000", message, name, (), Evaluates(rows)))


def _may_fail(view: Demands, written: Expr) -> bool:
    tokens = tokenize(written.text, view.reader.dialect)
    return any(_may_raise(tokens, at) for at in range(len(tokens)))


def _may_raise(tokens: list[Token], at: int) -> bool:
    """True for a call, an operator or a cast that some value makes raise an error."""
    token = tokens[at]
    if token.text == "::":
        of_constant = at > 0 and tokens[at - 1].kind == "string"
        return not of_constant and tokens[at + 1].upper not in _SAFE_CASTS
    if token.text == "(":
        before = tokens[at - 1] if at else None
        return before is not None and before.kind in ("word", "quoted") and before.upper not in _SAFE_CALLS
    return token.upper == "CAST" or (token.kind == "op" and token.text not in _SAFE_OPERATORS)
