"""The same question about fewer steps: rows as they were before changes that do not touch what is asked about.

An index serves a question about a live table, and questions about the same rows are answered together; neither
happens when the one is about the table with its new column and the other about that without it.
"""

from __future__ import annotations

import re

from checker.probe import (
    Count,
    Duplicates,
    Evaluates,
    Fails,
    Holds,
    Key,
    Longest,
    Matching,
    Orphans,
    Probe,
    read_by,
)
from checker.rows import Computed, Copy, Formula, Rows
from checker.values import replace


def simpler(probe: Probe) -> Probe:
    """A question that has the same answer."""
    match probe:
        case Count(
            rows=rows, condition=Holds(formula=formula, alias=alias) | Fails(formula=formula, alias=alias)
        ):
            return replace(probe, rows=_without((formula,), alias, rows, formula.columns))
        case Count(rows=rows, condition=condition):
            return replace(probe, rows=_below(rows, read_by(condition)))
        case Duplicates(rows=rows, keys=keys, where=where, alias=alias):
            return replace(probe, rows=_for_keys(rows, keys, where, alias))
        case Matching(rows=rows, others=others, keys=keys, other_keys=other_keys, where=where, alias=alias):
            mine, theirs = (_for_keys(*one, where, alias) for one in ((rows, keys), (others, other_keys)))
            return replace(probe, rows=mine, others=theirs)
        case Orphans(rows=rows, parents=parents, columns=columns, references=references):
            mine, theirs = _below(rows, frozenset(columns)), _below(parents, frozenset(references))
            return replace(probe, rows=mine, parents=theirs)
        case Longest(rows=rows, column=column):
            return replace(probe, rows=_below(rows, frozenset((column,))))
        case Evaluates():
            return probe


def _below(rows: Rows, columns: frozenset[str]) -> Rows:
    """The rows under the changes that leave these columns alone; there are as many of them."""
    while isinstance(rows, Computed):
        held = frozenset(rows.source.fields)
        kept = {
            one.field.name for one in rows.outputs
            if one.value == Copy(one.field.name) and one.field in held
        }  # fmt: skip
        if not columns <= kept:
            break
        rows = rows.source
    return rows


def _for_keys(rows: Rows, keys: tuple[Key, ...], where: Formula | None, alias: str) -> Rows:
    formulas = tuple(one.value for one in keys if isinstance(one.value, Formula))
    plain = frozenset(one.value for one in keys if isinstance(one.value, str))
    read = plain.union(*(one.columns for one in formulas), where.columns if where else ())
    return _without((*formulas, *((where,) if where else ())), alias, rows, read)


def _without(formulas: tuple[Formula, ...], alias: str, rows: Rows, columns: frozenset[str]) -> Rows:
    """The rows below, unless a formula might mean the row as a whole: that has other columns there."""
    whole = re.compile(rf'\b{re.escape(alias)}\b(?!"?\s*\.\s*[^*\s])', re.IGNORECASE)
    if not alias or any(whole.search(one.text) or one.readings for one in formulas):
        return rows
    return _below(rows, columns)
