"""Virtual tables of SQLite: the columns that their modules make, and the tables that they keep behind them.

Measured on 3.40; `fts3.c`, `fts5_storage.c` and `rtree.c` make these tables under fixed names.
"""

from __future__ import annotations

from checker.sql.cursor import Cursor
from checker.sql.nodes import ColumnNode
from checker.sql.tokens import Token, identifier
from checker.sqltype import SqlType
from checker.values import dataclass

_SHADOWS = {
    "fts3": ("content", "segments", "segdir"),
    "fts4": ("content", "segments", "segdir", "docsize", "stat"),
    "fts5": ("data", "idx", "content", "docsize", "config"),
    "rtree": ("rowid", "node", "parent"),
    "rtree_i32": ("rowid", "node", "parent"),
}


@dataclass(frozen=True, slots=True)
class Virtual:
    """What stands behind USING: columns, where the module is known, and the ends of its tables' names."""

    columns: tuple[ColumnNode, ...] = ()
    shadows: tuple[str, ...] = ()


def read_virtual(c: Cursor) -> Virtual:
    """`module (argument, …)`."""
    module = c.ident().lower()
    arguments = _arguments(c)
    if module not in _SHADOWS:
        return Virtual()
    named = [one for one in arguments if not any(token.text == "=" for token in one)]
    options = {one[0].upper: _value(one) for one in arguments if len(one) > 2 and one[1].text == "="}
    columns = tuple(_column(c, module, place, one) for place, one in enumerate(named) if one)
    if not columns and module in ("fts3", "fts4") and "CONTENT" not in options:
        columns = (ColumnNode("content", None),)
    return Virtual(columns, tuple(_shadows(module, options)))


def _arguments(c: Cursor) -> list[list[Token]]:
    if not c.at("("):
        return []
    first = c.i + 1
    c.skip_parens()
    found: list[list[Token]] = [[]]
    depth = 0
    for token in c.tokens[first : c.i - 1]:
        depth += (token.text == "(") - (token.text == ")")
        if token.text == "," and not depth:
            found.append([])
        else:
            found[-1].append(token)
    return found


def _value(argument: list[Token]) -> str:
    return argument[2].text.strip("'\"").lower()


def _column(c: Cursor, module: str, place: int, argument: list[Token]) -> ColumnNode:
    token = argument[1] if argument[0].text == "+" and len(argument) > 1 else argument[0]
    type_ = None
    if module.startswith("rtree") and token is argument[0]:
        type_ = SqlType("INT" if place == 0 or module == "rtree_i32" else "REAL")
    return ColumnNode(identifier(token, c.dialect), type_, at=(token.start, token.end))


def _shadows(module: str, options: dict[str, str]) -> list[str]:
    without = set()
    if "CONTENT" in options:
        without.add("content")
    if options.get("COLUMNSIZE") == "0" or options.get("MATCHINFO") == "fts3":
        without.add("docsize")
    return [one for one in _SHADOWS[module] if one not in without]
