"""INSERT … SELECT where some outputs are new for every row: all others are what the query returns without them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from checker.data.formulas import Reader, Unfollowed, is_fresh
from checker.rows import Computed, Formula, Opaque, Rows, Selected, Value
from checker.sql.expression import expr
from checker.sql.tokens import Token, tokenize
from checker.values import dataclass

_NOT_BY_ROW = frozenset("DISTINCT UNION INTERSECT EXCEPT GROUP LIMIT OFFSET FETCH VALUES INTO".split())
"""Words of a query whose rows may depend on what an output is."""
_MANY_OR_ONE = re.compile(
    r"(unnest|generate_\w+|\w+_elements\w*|\w+_each\w*|\w+_keys|\w+_to_table|\w+_matches|\w*_agg\w*|group_concat"
    r"|count|sum|min|max|avg|total|every|bool_\w+|bit_\w+|\w+_recordset|\w*over)",
    re.IGNORECASE,
)
"""Functions that make many rows of one, or one of many."""


@dataclass(frozen=True, slots=True)
class Selection:
    """A query, and the values of those of its outputs, by place, that it cannot tell."""

    query: Formula
    apart: dict[int, Value]


def selection(reader: Reader, text: str, width: int) -> Selection:
    """The query with NULL for outputs that are new for every row; raises Unfollowed."""
    try:
        return Selection(reader.formula(text), {})
    except Unfollowed:
        outputs = list(_outputs(text, tokenize(text, reader.dialect)))
        if len(outputs) != width:
            raise
        found = {place: value for place, one in enumerate(outputs) if (value := _apart(reader, text, one))}
        if not found:
            raise
    for place in sorted(found, reverse=True):
        start, end = outputs[place][0].start, outputs[place][-1].end
        text = f"{text[:start]}NULL{text[end:]}"
    return Selection(reader.formula(text), found)


def as_many(rows: Rows) -> Rows:
    """The rows of which there are as many: those that are changed, or copied by a query, one by one."""
    match rows:
        case Computed(source=source):
            return as_many(source)
        case Selected(query=Formula(text=text, readings=(reading,))) if _copies_each(text, reading.end):
            return as_many(reading.rows)
        case _:
            return rows


def _copies_each(text: str, end: int) -> bool:
    """True for a query of one SELECT that ends with the table that it reads."""
    tokens = tokenize(text, "postgres")
    words = [one.upper for one in tokens]
    return (
        not text[end:].strip()
        and words.count("SELECT") == words.count("FROM") == 1
        and (_NOT_BY_ROW | {"JOIN", "WITH"}).isdisjoint(words)
        and not any(one.kind == "word" and _MANY_OR_ONE.fullmatch(one.text) for one in tokens)
        and not _is_second(tokens, end)
    )


def _is_second(tokens: list[Token], end: int) -> bool:
    """True where the table that ends there is not the only one behind FROM."""
    names = [one for one in tokens if one.end <= end]
    last = max(at for at, one in enumerate(names) if one.upper == "FROM")
    return any(one.text == "," for one in names[last:])


def _outputs(text: str, tokens: list[Token]) -> Iterator[list[Token]]:
    """The expressions of the outermost SELECT, without their names; none where its rows may depend on them."""
    outer = list(_outermost(tokens))
    words = [tokens[at].upper for at in outer]
    if words.count("SELECT") != 1 or not _NOT_BY_ROW.isdisjoint(words) or "*" in words:
        return
    first = words.index("SELECT")
    last = words.index("FROM") if "FROM" in words else len(words)
    begin = outer[first] + 1
    end = outer[last] if last < len(words) else len(tokens)
    stops = [outer[at] for at in range(first, last) if words[at] == ","]
    for start, stop in zip([begin, *(at + 1 for at in stops)], [*stops, end], strict=True):
        named = next((at for at in outer if start < at < stop and tokens[at].upper == "AS"), stop)
        if start < named:
            yield tokens[start:named]


def _outermost(tokens: list[Token]) -> Iterator[int]:
    depth = 0
    for at, token in enumerate(tokens):
        depth -= token.text == ")"
        if depth == 0:
            yield at
        depth += token.text == "("


def _apart(reader: Reader, text: str, output: list[Token]) -> Value | None:
    """What an output is where the query need not say it; None where it does, and where rows may depend on it."""
    if expr(text, output, reader.dialect).volatile is not True:
        return None
    if any(token.kind == "word" and _MANY_OR_ONE.fullmatch(token.text) for token in output):
        return None
    return reader.fresh() if is_fresh(text[output[0].start : output[-1].end]) else Opaque()
