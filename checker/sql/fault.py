"""What is no SQL of this server, whatever the grammar here may lack: words and tokens that rule a statement out.

Only what is certain: PostgreSQL's list is the statements of its manual's part VI (18), SQLite's that of
sqlite.org/lang.html; the rest are words that no unquoted name can be (`ddl_words`) and that need something behind them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from checker.sql.cursor import Unexpected, meant
from checker.sql.tokens import Token, has_placeholders

STATEMENTS: dict[str, frozenset[str]] = {
    "postgres": frozenset(
        "ABORT ALTER ANALYSE ANALYZE BEGIN CALL CHECKPOINT CLOSE CLUSTER COMMENT COMMIT COPY CREATE DEALLOCATE DECLARE"
        " DELETE DISCARD DO DROP END EXECUTE EXPLAIN FETCH GRANT IMPORT INSERT LISTEN LOAD LOCK MERGE MOVE NOTIFY"
        " PREPARE REASSIGN REFRESH REINDEX RELEASE RESET REVOKE ROLLBACK SAVEPOINT SECURITY SELECT SET SHOW START TABLE"
        " TRUNCATE UNLISTEN UPDATE VACUUM VALUES WITH".split()
    ),
    "sqlite": frozenset(
        "ALTER ANALYZE ATTACH BEGIN COMMIT CREATE DELETE DETACH DROP END EXPLAIN INSERT PRAGMA REINDEX RELEASE REPLACE"
        " ROLLBACK SAVEPOINT SELECT UPDATE VACUUM VALUES WITH".split()
    ),
}
"""Every word that a statement can begin with."""

KNOWN_BEFORE: dict[str, tuple[int, ...]] = {"postgres": (19,), "sqlite": (3, 53)}
"""The first version of which the grammar is not known in full."""

# Behind these something has to stand, and a column is called so only behind AS or a dot (`pg_get_keywords()`
# of 15.18: reserved, and no bare label, as AND and CASE are)
_OPEN = frozenset("WHERE HAVING FROM ON UNION EXCEPT INTERSECT INTO".split())
_CLAUSE = frozenset("WHERE HAVING FROM GROUP ORDER LIMIT OFFSET UNION EXCEPT INTERSECT AND OR".split())
_NO_ITEM = _CLAUSE | {")", ","}
_ENDS = frozenset((")", ",", ""))
_UNFINISHED = frozenset(("=", "<", ">", "<=", ">=", "<>", "!=", ",", ".", "||", "::"))
_TEMPLATE = re.compile(r"\{%|\{#|<%|@@?\w+@@?|%\(|%[sd]\b|\$\(|\[\[|__\w+__|<<\w+>>")


def is_template(text: str) -> bool:
    """True where a tool may fill something in before the server sees the text."""
    return has_placeholders(text) or _TEMPLATE.search(text) is not None


DEEPEST = 10_000
"""So many open parentheses fill the stack of PostgreSQL's parser: `memory exhausted` (bison's YYMAXDEPTH)."""


def find_too_deep(tokens: Sequence[Token], dialect: str) -> Unexpected | None:
    """The parenthesis at which PostgreSQL's parser gives up."""
    if dialect == "sqlite" or len(tokens) < 2 * DEEPEST:
        return None
    depth = 0
    for token in tokens:
        depth += (token.upper == "(") - (token.upper == ")")
        if depth >= DEEPEST:
            return Unexpected(f"nested {DEEPEST:,} parentheses deep", (token.start, token.end), True)
    return None


def find_unknown_statement(tokens: Sequence[Token], dialect: str) -> Unexpected | None:
    """What is wrong with the first word, where no statement begins with it."""
    first, known = tokens[0], STATEMENTS[dialect if dialect == "sqlite" else "postgres"]
    if first.kind != "word" or first.upper in known:
        return None
    reason = f"no statement begins with {first.text[:40]}{meant(first.upper, known)}"
    return Unexpected(reason, (first.start, first.end), True)


def find_data_fault(tokens: Sequence[Token]) -> Unexpected | None:
    """Where a query or data statement cannot go on: a clause without its content, a parenthesis too many."""
    depth = 0
    end = Token("op", "", "", tokens[-1].end, tokens[-1].end)
    for i, token in enumerate(tokens):
        depth += (token.upper == "(") - (token.upper == ")")
        if depth < 0:
            return Unexpected("a parenthesis is closed that was not opened", (token.start, token.end), True)
        following = tokens[i + 1] if i + 1 < len(tokens) else end
        if _is_open(tokens, i) and (following.upper in _ENDS and following.kind == "op"):
            return Unexpected(f"nothing stands behind {token.text}", (token.start, token.end), True)
        if token.upper == "," and token.kind == "op" and following.upper in _NO_ITEM:
            return Unexpected(f"a comma too many before {following.text}", (token.start, token.end), True)
        if _is_open(tokens, i) and token.upper in ("WHERE", "HAVING") and following.upper in _CLAUSE:
            return Unexpected(f"nothing stands behind {token.text}", (token.start, token.end), True)
    last = tokens[-1]
    if depth:
        return Unexpected("expected ) at the end of the statement", (end.start, end.end), True)
    sorts = len(tokens) > 1 and tokens[-2].upper == "USING"  # ORDER BY x USING >
    if last.kind == "op" and last.upper in _UNFINISHED and not sorts:
        return Unexpected(f"nothing stands behind {last.text}", (last.start, last.end), True)
    return None


def _is_open(tokens: Sequence[Token], i: int) -> bool:
    """True at a keyword that needs something behind it, and is no label here (`AS where`, `t.where`)."""
    return tokens[i].upper in _OPEN and (i == 0 or tokens[i - 1].upper not in ("AS", "."))
