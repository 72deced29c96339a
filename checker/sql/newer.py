"""Words that PostgreSQL's grammar takes from a certain version on: what an older server says where they stand.

Each row was tried on PostgreSQL 12 to 18. Only what no older grammar could read otherwise is a row: a name that
became a word of the language is one only where no name can stand.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache

from checker.sql.cursor import Malformed
from checker.sql.tokens import Token, tokenize
from checker.statement import Statement, StatementKind
from checker.values import dataclass

ALL_KNOWN = (18,)
"""The first version that takes all of them."""

_ROWS = """
13 | ALTER VIEW                          | RENAME *COLUMN
13 | ALTER TABLE                         | ALTER name DROP *EXPRESSION
13 | ALTER TABLE                         | ALTER COLUMN name DROP *EXPRESSION
13 |                                     | ROW *WITH TIES
13 |                                     | ROWS *WITH TIES
13 |                                     | IS *NORMALIZED
13 |                                     | IS NOT *NORMALIZED
14 | ALTER TABLE                         | DETACH PARTITION name *CONCURRENTLY
14 | ALTER TABLE                         | DETACH PARTITION name . name *CONCURRENTLY
14 | ALTER TABLE                         | DETACH PARTITION name *FINALIZE
14 | ALTER TABLE                         | DETACH PARTITION name . name *FINALIZE
14 | ALTER TABLE                         | SET *COMPRESSION
14 | CREATE TABLE                        | *COMPRESSION PGLZ
14 | CREATE TABLE                        | *COMPRESSION LZ4
14 | CREATE OR REPLACE                   | *TRIGGER
14 | CREATE                              | *BEGIN ATOMIC
14 |                                     | GROUP BY *DISTINCT
14 |                                     | USING (names) *AS
14 |                                     | *SEARCH DEPTH FIRST BY
14 |                                     | *SEARCH BREADTH FIRST BY
14 | REINDEX                             | ( *CONCURRENTLY
15 |                                     | *NULLS NOT DISTINCT
15 |                                     | *NULLS DISTINCT
15 | *MERGE                              |
15 | WITH                                | ( *MERGE INTO
15 | ALTER TABLE                         | ON DELETE SET NULL *(
15 | ALTER TABLE                         | ON DELETE SET DEFAULT *(
15 | CREATE TABLE                        | ON DELETE SET NULL *(
15 | CREATE TABLE                        | ON DELETE SET DEFAULT *(
15 | ALTER TABLE                         | SET *ACCESS METHOD
16 | ALTER TABLE                         | SET STORAGE *DEFAULT
16 | CREATE                              | STATISTICS *ON
16 |                                     | IS *JSON
16 |                                     | IS NOT *JSON
17 | ALTER TABLE                         | SET *EXPRESSION AS
17 | ALTER TABLE                         | SET STATISTICS *DEFAULT
17 |                                     | AT *LOCAL
17 | MERGE                               | NOT MATCHED *BY SOURCE
17 | MERGE                               | NOT MATCHED *BY TARGET
17 | MERGE                               | *RETURNING
18 | ALTER TABLE                         | ADD *NOT NULL
18 | ALTER TABLE                         | ADD CONSTRAINT name *NOT NULL
18 | ALTER TABLE                         | ) NOT *ENFORCED
18 | CREATE TABLE                        | ) NOT *ENFORCED
18 | ALTER TABLE                         | REFERENCES name NOT *ENFORCED
18 | CREATE TABLE                        | REFERENCES name NOT *ENFORCED
18 | ALTER TABLE                         | ALTER CONSTRAINT name NOT *ENFORCED
18 | ALTER TABLE                         | ALTER CONSTRAINT name *ENFORCED
18 | ALTER TABLE                         | ALTER CONSTRAINT name *INHERIT
18 | ALTER TABLE                         | GENERATED ALWAYS AS (…) *!STORED
18 | CREATE TABLE                        | GENERATED ALWAYS AS (…) *!STORED
18 | CREATE TABLE                        | , *NOT NULL name
18 | CREATE TABLE                        | NOT NULL *NO INHERIT
18 |                                     | *WITHOUT OVERLAPS
18 |                                     | RETURNING *WITH (
"""


@dataclass(frozen=True, slots=True)
class _Row:
    since: tuple[int, ...]
    head: tuple[str, ...]
    pattern: tuple[str, ...]
    at_fault: int

    @property
    def hint(self) -> str:
        """A regular expression for the longest run of words of its own, with anything that may stand between."""
        runs = re.split(r" ?(?:name|\(…\)|\(names\)|!STORED) ?", " ".join(self.pattern or self.head))
        return _GAP.join(
            rf"\b{word}\b" if word.isalpha() else re.escape(word) for word in max(runs, key=len).split()
        )


_GAP = r"(?:\s|--[^\n]*\n|/\*[\s\S]*?\*/)*"


@cache
def _rows() -> tuple[_Row, ...]:
    return tuple(_row(*map(str.strip, line.split("|"))) for line in _ROWS.strip().splitlines())


def _row(since: str, head: str, words: str) -> _Row:
    pattern = tuple(words.split())
    fault = next((at for at, word in enumerate(pattern) if word.startswith("*")), 0)
    return _Row(
        (int(since),),
        tuple(head.replace("*", "").split()),
        tuple(word.removeprefix("*") for word in pattern),
        fault,
    )


@cache
def _hint(version: tuple[int, ...]) -> re.Pattern[str]:
    """Finds nothing in the text of a statement that holds none of the rows for this version."""
    hints = {row.hint for row in _rows() if version < row.since}
    return re.compile("|".join(sorted(hints)), re.IGNORECASE)


def find_newer(statement: Statement, version: tuple[int, ...]) -> Malformed | None:
    """What PostgreSQL of this version says about words that came later; the earliest of them.

    The body of a DO block is read whole before any of it runs.
    """
    text = statement.text
    if version >= ALL_KNOWN or statement.kind is not StatementKind.SQL or not _hint(version).search(text):
        return None
    tokens = tokenize(text, "postgres", statement.start)
    found = list(_faults(_unwrapped(statement, tokens), version))
    if not found:
        return None
    first, since = min(found, key=lambda fault: fault[0].start)
    near = f'at or near "{first.text}"' if first.text else "at end of input"
    message = f"syntax error {near}: PostgreSQL takes it from version {since[0]} on"
    return Malformed(message, (first.start, first.end))


def _unwrapped(statement: Statement, tokens: list[Token]) -> list[list[Token]]:
    """The statement's tokens, and those of each statement of a DO block."""
    if not tokens or tokens[0].upper != "DO":
        return [tokens]
    found: list[list[Token]] = []
    for body in tokens:
        if body.kind == "string":
            text = statement.source.text[body.start : body.end]
            opening = re.match(r"\$\w*\$", text)
            if opening is not None:
                inner = text[opening.end() : -opening.end()]
                found += _parts(tokenize(inner, "postgres", body.start + opening.end()))
    return found


def _parts(tokens: list[Token]) -> list[list[Token]]:
    """Between semicolons, and behind the words of PL/pgSQL that statements stand behind."""
    parts: list[list[Token]] = [[]]
    for token in tokens:
        if token.text == ";" or token.upper in ("BEGIN", "THEN", "ELSE", "LOOP"):
            parts.append([])
        else:
            parts[-1].append(token)
    return [part for part in parts if part]


def _faults(parts: list[list[Token]], version: tuple[int, ...]) -> Iterator[tuple[Token, tuple[int, ...]]]:
    rows = [row for row in _rows() if version < row.since]
    for tokens in parts:
        end = tokens[-1].end if tokens else 0
        tokens = [*tokens, Token("op", "", "", end, end)]
        words = [token.upper or token.text for token in tokens]
        for row in rows:
            if tuple(words[: len(row.head)]) == row.head:
                yield from ((token, row.since) for token in _matches(tokens, words, row))


def _matches(tokens: Sequence[Token], words: Sequence[str], row: _Row) -> Iterator[Token]:
    if not row.pattern:
        yield tokens[0]
        return
    for start in range(len(row.head), len(words)):
        if (fault := _match(tokens, words, start, row)) is not None:
            yield fault


def _match(tokens: Sequence[Token], words: Sequence[str], i: int, row: _Row) -> Token | None:
    """The token at fault where the pattern begins at `i`."""
    fault = None
    for place, wanted in enumerate(row.pattern):
        if i >= len(tokens):
            return None
        if place == row.at_fault:
            fault = tokens[i]
        following = _passed(tokens, words, i, wanted)
        if following is None:
            return None
        i = following
    return fault


def _passed(tokens: Sequence[Token], words: Sequence[str], i: int, wanted: str) -> int | None:
    """Behind what is wanted at `i`; None where something else stands there."""
    match wanted:
        case "name":
            return i + 1 if tokens[i].kind in ("word", "quoted") else None
        case "(…)" | "(names)":
            return _behind_parens(tokens, words, i, only_names=wanted == "(names)")
        case _ if wanted.startswith("!"):
            return i + 1 if words[i] != wanted[1:] else None
        case _:
            return i + 1 if words[i] == wanted else None


def _behind_parens(tokens: Sequence[Token], words: Sequence[str], i: int, *, only_names: bool) -> int | None:
    if words[i] != "(":
        return None
    depth = 0
    for at in range(i, len(tokens)):
        depth += (words[at] == "(") - (words[at] == ")")
        if depth == 0:
            return at + 1
        if only_names and at > i and (tokens[at].kind in ("word", "quoted")) != ((at - i) % 2 == 1):
            return None
    return None
