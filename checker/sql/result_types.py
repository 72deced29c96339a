"""The type of an expression in a query, where it follows from the columns below it.

PostgreSQL's rules for the aggregates and operators that views are made of (its manual, 9.21 "Aggregate
Functions"); None for everything else: an unknown type is not guessed.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from checker.catalog import QName
from checker.sqltype import SqlType

if TYPE_CHECKING:
    from sqlglot import exp
    from sqlglot.optimizer.scope import Scope

Types = dict[QName, Mapping[str, SqlType]]
"""The columns of each relation that a query names, with their types."""

_SUMS = {
    "smallint": "bigint",
    "integer": "bigint",
    "bigint": "numeric",
    "numeric": "numeric",
    "real": "real",
    "double precision": "double precision",
    "interval": "interval",
}
_AVERAGES = {**dict.fromkeys(("smallint", "integer", "bigint", "numeric"), "numeric"), "interval": "interval",
             "real": "double precision", "double precision": "double precision"}  # fmt: skip
_CHARACTERS = frozenset(("character varying", "text", "name"))


def type_of(node: exp.Expr, scope: Scope | None, types: Types) -> SqlType | None:
    """The type of an expression of this scope; None where it does not follow from a simple rule."""
    from sqlglot import exp

    match node:
        case exp.Alias() | exp.Paren() | exp.Window() | exp.Filter():
            return type_of(node.this, scope, types)
        case exp.Column():
            return _column(node, scope, types)
        case exp.Count():
            return SqlType("bigint")
        case exp.Sum() | exp.Avg():
            table = _SUMS if isinstance(node, exp.Sum) else _AVERAGES
            below = type_of(node.this, scope, types)
            return SqlType(table[below.name]) if below and below.name in table and not below.array else None
        case exp.Max() | exp.Min():
            below = type_of(node.this, scope, types)
            return None if below is None else SqlType("text") if below.name in _CHARACTERS else below.bare()
        case exp.Literal():
            return SqlType("text") if node.is_string else SqlType("integer") if node.is_int else None
        case exp.Predicate() | exp.And() | exp.Or() | exp.Not() | exp.Boolean():
            return SqlType("boolean")
        case _:
            return None


def _column(column: exp.Column, scope: Scope | None, types: Types) -> SqlType | None:
    source = source_of(scope, column.table)
    relation = relation_of(source)
    if relation is not None:
        return types.get(relation, {}).get(column.name)
    inner = getattr(source, "expression", None)
    for selected in getattr(inner, "selects", ()):
        if selected.alias_or_name == column.name:
            below: Scope | None = source  # type: ignore[assignment]
            return type_of(selected, below, types)
    return None


def source_of(scope: Scope | None, alias: str) -> object:
    """What the alias stands for in this query, or in one around it."""
    while scope is not None:
        if alias in scope.sources:
            return scope.sources[alias]
        scope = scope.parent
    return None


def relation_of(source: object) -> QName | None:
    """The relation that a source is, None for a query."""
    from sqlglot import exp

    return QName(source.db, source.name) if isinstance(source, exp.Table) else None
