"""What a statement that was not understood seems to name."""

from __future__ import annotations

from checker.sql.nodes import Name
from checker.sql.query import references
from checker.sql.tokens import Token, identifier

_BEFORE_RELATION = frozenset(
    ("TABLE", "ONLY", "VIEW", "ON", "INTO", "UPDATE", "FROM", "JOIN", "REFERENCES", "EXISTS")
)


def named(tokens: list[Token], dialect: str) -> tuple[Name, ...]:
    """The relations that a statement seems to name, whatever else it says: what may be touched."""
    found = dict.fromkeys(references(tokens, dialect).relations)
    if not tokens or tokens[0].upper in _DATA:
        return tuple(found)
    for i, token in enumerate(tokens[:-1]):
        if token.upper in _BEFORE_RELATION and tokens[i + 1].kind in ("word", "quoted"):
            name = _name_at(tokens, i + 1, dialect)
            if tokens[i + 1].upper not in _NO_RELATION:
                found.setdefault(name)
    return tuple(found)


_DATA = frozenset(("SELECT", "WITH", "INSERT", "UPDATE", "DELETE", "MERGE", "REPLACE", "VALUES"))
_NO_RELATION = frozenset(
    "IF NOT EXISTS ONLY TABLE DELETE UPDATE CONFLICT SELECT CASCADE SET NULL CONSTRAINT COMMIT ALL LATERAL".split()
)


def _name_at(tokens: list[Token], i: int, dialect: str) -> Name:
    first, parts = i, [identifier(tokens[i], dialect)]
    while i + 2 < len(tokens) and tokens[i + 1].upper == "." and tokens[i + 2].kind in ("word", "quoted"):
        i += 2
        parts.append(identifier(tokens[i], dialect))
    return Name(tuple(parts), (tokens[first].start, tokens[i].end))
