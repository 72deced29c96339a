"""Expressions as the schema changes under them: the columns that they read, and their text."""

from __future__ import annotations

from checker.apply.lookup import quoted
from checker.catalog import Expr
from checker.sql.tokens import identifier, tokenize
from checker.values import replace


def renamed_in(expr: Expr, old: str, new: str, dialect: str = "postgres") -> Expr:
    """The expression with one of its columns renamed, in its text too."""
    if old not in expr.columns:
        return expr
    return replace(expr, text=_swap(expr.text, old, new, dialect), columns=expr.columns - {old} | {new})


def _swap(text: str, old: str, new: str, dialect: str) -> str:
    tokens = tokenize(text, dialect)
    pieces, at = [], 0
    for position, token in enumerate(tokens):
        following = tokens[position + 1].text if position + 1 < len(tokens) else ""
        if token.kind not in ("word", "quoted") or following in ("(", "."):
            continue
        if identifier(token, dialect) == old:
            pieces += [text[at : token.start], quoted(new)]
            at = token.end
    return "".join((*pieces, text[at:]))
