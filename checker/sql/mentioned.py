"""The names that statements mention, whatever they do with them: what of a live schema has to be looked at.

Every word counts, columns and keywords too, for a name too many costs the load of one table and a name
too few costs a wrong answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from checker.sql.tokens import Token, has_placeholders, identifier, literal, tokenize
from checker.statement import Statement, StatementKind

# PostgreSQL cuts longer names (NAMEDATALEN - 1); what is cut must still be found.
LONGEST = 63
# Longer strings than this are text, not names (`nextval('public.users_id_seq')`) or expressions.
LONGEST_STRING = 300


def mentioned(statements: Iterable[Statement], dialect: str) -> frozenset[str]:
    """The bare names in these statements, and `app.*` for a schema that a statement is about."""
    names: set[str] = set()
    for statement in statements:
        if statement.kind is not StatementKind.CLIENT_COMMAND or statement.text.startswith("\\copy "):
            names.update(_names(_head(statement), dialect))
    return frozenset(names)


def placeholders(statements: Iterable[Statement], dialect: str) -> tuple[str, ...]:
    """The names in these statements that a template fills in later, as they are written, each once."""
    found: dict[str, None] = {}
    for statement in statements:
        head = _head(statement)
        if has_placeholders(head):
            tokens = tokenize(head, dialect)
            found |= {
                token.text: None
                for token in tokens
                if token.kind in ("word", "quoted") and has_placeholders(token.text)
            }
    return tuple(found)


def _head(statement: Statement) -> str:
    """The statement without the rows that a COPY brings."""
    if statement.kind is StatementKind.COPY_DATA:
        return statement.text.partition("\n")[0]
    return statement.text


def _names(text: str, dialect: str) -> Iterator[str]:
    tokens = tokenize(text, dialect)
    about_schema = any(token.upper in ("SCHEMA", "OWNED") for token in tokens[:2])
    for token in tokens:
        if token.kind == "string":
            yield from _inside(token, dialect)
        elif token.kind in ("word", "quoted"):
            name = identifier(token, dialect)
            yield name
            if len(name) > LONGEST // 4:
                yield name.encode(errors="replace")[:LONGEST].decode(errors="ignore")
            if about_schema:
                yield f"{name}.*"


def _inside(token: Token, dialect: str) -> Iterator[str]:
    """The names in a string: the body of a function or a DO block, a name for nextval or a regclass."""
    if token.text.startswith("$") or len(token.text) <= LONGEST_STRING:
        inner = literal(token)
        if len(inner) < len(token.text):
            yield from _names(inner, dialect)
