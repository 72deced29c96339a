"""What in a PostgreSQL database runs code of its owners: no question may call any of it.

Formulas call functions of the server alone; but a function of the same name, an operator, a cast, the CHECK of a
domain, a view and `row.function` lead to functions that somebody wrote, and nobody knows what those do.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from checker.sql.tokens import Token, identifier, tokenize

Kind = Literal["function", "operator", "row", "name"]

# Functions from OID 16384 on are nobody's but the users'; those of extensions and of range types are known. A type is
# `armed` where a value becomes one by such a function, `open` where that may happen unsaid, by a cast or its own input
OWN_CODE = """
WITH RECURSIVE own AS (
    SELECT p.oid, p.proname, p.pronargs - p.pronargdefaults <= 1 AND p.pronargs >= 1
           AND a.typtype IN ('c', 'p') AS as_field
    FROM pg_proc p LEFT JOIN pg_type a ON a.oid = p.proargtypes[0]
    WHERE p.oid >= 16384 AND p.prorettype NOT IN ('trigger'::regtype, 'event_trigger'::regtype)
      AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid
                      AND d.deptype IN ('e', 'i'))
), operators AS (
    SELECT oid, oprname FROM pg_operator
    WHERE oid >= 16384 AND (oprcode IN (SELECT oid FROM own) OR oprrest IN (SELECT oid FROM own)
                            OR oprjoin IN (SELECT oid FROM own))
), users AS (
    SELECT classid, objid FROM pg_depend
    WHERE (refclassid = 'pg_proc'::regclass AND refobjid IN (SELECT oid FROM own))
       OR (refclassid = 'pg_operator'::regclass AND refobjid IN (SELECT oid FROM operators))
), first_types AS (
    SELECT contypid AS oid, false AS open FROM pg_constraint
    WHERE contypid <> 0 AND oid IN (SELECT objid FROM users WHERE classid = 'pg_constraint'::regclass)
    UNION ALL
    SELECT t.oid, true FROM pg_cast JOIN pg_type t ON t.oid IN (castsource, casttarget)
    WHERE castfunc IN (SELECT oid FROM own)
      AND (t.oid >= 16384 OR (castsource < 16384 AND casttarget < 16384))
    UNION ALL
    SELECT oid, true FROM pg_type WHERE oid >= 16384 AND (typinput IN (SELECT oid FROM own) OR typoutput IN (SELECT oid FROM own))
), types (oid, open) AS (
    SELECT oid, open FROM first_types
    UNION
    SELECT t.oid, y.open FROM types y JOIN pg_type t ON y.oid IN (t.typelem, t.typbasetype)
        OR EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = t.typrelid AND a.atttypid = y.oid AND a.attnum > 0)
        OR EXISTS (SELECT FROM pg_range r WHERE r.rngtypid = t.oid AND r.rngsubtype = y.oid)
), views (oid) AS (
    SELECT ev_class FROM pg_rewrite
    WHERE oid IN (SELECT objid FROM users WHERE classid = 'pg_rewrite'::regclass)
       OR oid IN (SELECT objid FROM pg_depend WHERE classid = 'pg_rewrite'::regclass
                  AND refclassid = 'pg_type'::regclass AND refobjid IN (SELECT oid FROM types))
    UNION
    SELECT r.ev_class FROM views v JOIN pg_depend d ON d.refclassid = 'pg_class'::regclass AND d.refobjid = v.oid
        AND d.classid = 'pg_rewrite'::regclass JOIN pg_rewrite r ON r.oid = d.objid
)
SELECT 'function', proname::text FROM own
UNION SELECT 'name', proname::text FROM own WHERE as_field
UNION SELECT 'operator', oprname::text FROM operators
UNION SELECT CASE WHEN EXISTS (SELECT FROM pg_class c WHERE c.oid = typrelid AND c.relkind <> 'c') THEN 'row' ELSE 'name' END,
             unnest(ARRAY[typname::text, format_type(oid, NULL)])
    FROM pg_type WHERE oid IN (SELECT oid FROM types)
UNION SELECT 'name', relname::text FROM pg_class WHERE relkind = 'v' AND oid IN (SELECT oid FROM views)
UNION SELECT 'name', relname::text FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
    WHERE c.relkind IN ('r', 'p', 'm', 'v', 'f') AND a.attnum > 0 AND a.atttypid IN (SELECT oid FROM types WHERE open)
"""

_COMPARISONS = frozenset(("=", "<>", "<", ">", "<=", ">=", "~~", "!~~", "~~*", "!~~*"))
_COMPARING = frozenset(("IN", "BETWEEN", "LIKE", "ILIKE", "CASE", "NULLIF", "DISTINCT", "USING", "NATURAL"))
"""Words that mean one of the comparisons."""


@dataclass(frozen=True, slots=True)
class OwnCode:
    """What runs code of the database's own, by the words of a query that would call it.

    `rows` are tables whose row type has such a column: rows are read without it, and not made.
    """

    functions: frozenset[str] = frozenset()
    operators: frozenset[str] = frozenset()
    rows: frozenset[str] = frozenset()
    names: frozenset[str] = frozenset()

    @classmethod
    def of(cls, found: Iterable[tuple[Kind, str]]) -> OwnCode:
        """From what `OWN_CODE` returns."""
        by_kind: dict[Kind, set[str]] = {"function": set(), "operator": set(), "row": set(), "name": set()}
        for kind, name in found:
            by_kind[kind].add(name)
        return cls(*map(frozenset, by_kind.values()))

    def called_by(self, query: str) -> str:
        """What a query may call, "" for nothing. A column of the same name is taken for it."""
        if not (self.functions or self.operators or self.names):
            return ""
        tokens = tokenize(query, "postgres")
        for at, token in enumerate(tokens):
            if token.kind in ("word", "quoted") and (called := self._called(tokens, at)):
                return called
        words = {one.upper for one, after in pairwise(tokens) if (one.upper, after.upper) != ("CASE", "WHEN")}
        return next((one for one in sorted(self.operators) if _is_meant(one, query, words)), "")

    def _called(self, tokens: Sequence[Token], at: int) -> str:
        if tokens[at].text[:2] in ("u&", "U&"):
            return tokens[at].text
        name = identifier(tokens[at], "postgres")
        after = tokens[at + 1].text if at + 1 < len(tokens) else ""
        is_called = name in self.functions and after == "("
        return name if name in self.names or is_called or (name in self.rows and _is_type(tokens, at)) else ""


def _is_type(tokens: Sequence[Token], at: int) -> bool:
    """True for the last name behind `::`, and behind the AS of a CAST."""
    first = at - 2 if at > 1 and tokens[at - 1].text == "." else at
    before = tokens[first - 1].upper if first else ""
    return before == "::" or (before == "AS" and _opened_by(tokens, first - 1) == "CAST")


def _opened_by(tokens: Sequence[Token], at: int) -> str:
    """The word in front of the parenthesis that is open at that place."""
    depth = 0
    for back in range(at - 1, 0, -1):
        depth += (tokens[back].text == ")") - (tokens[back].text == "(")
        if depth < 0:
            return tokens[back - 1].upper
    return ""


def _is_meant(operator: str, query: str, words: set[str]) -> bool:
    if operator in query or (operator == "<>" and "!=" in query):
        return True
    return operator in _COMPARISONS and not words.isdisjoint(_COMPARING)
