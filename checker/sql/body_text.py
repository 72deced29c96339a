"""The text that EXECUTE runs, where it is known without running anything.

Literals, `||` between them, and `format()` of literals. Everything else is None.
"""

from __future__ import annotations

import re

from checker.sql.ddl_words import RESERVED
from checker.sql.nodes import At
from checker.sql.tokens import Token, literal

_SPEC = re.compile(r"%(%|[sIL])")
_PLAIN = re.compile(r"[a-z_][a-z0-9_$]*\Z")


def place(source: str, token: Token, value: str | None = None) -> tuple[str, At]:
    """A text that holds a string's value at its place in the source, and where that is.

    The source itself where nothing is escaped; else a copy in which the offsets are off by the escapes.
    """
    if value is None:
        value = literal(token)
        start = source.find(value, token.start, token.end)
        if start >= 0:
            return source, (start, start + len(value))
    start = token.start + 1
    return " " * start + value, (start, start + len(value))


def known_text(source: str, tokens: list[Token]) -> tuple[str, At] | None:
    """Where the text of these tokens stands, as `place` gives it; None where it depends on more."""
    if len(tokens) == 1 and tokens[0].kind == "string":
        return place(source, tokens[0])
    value = _value(tokens)
    return None if value is None else place(source, tokens[0], value)


def _value(tokens: list[Token]) -> str | None:
    """The value of literals with `||` between them, or of one call of format()."""
    if tokens and tokens[0].upper == "FORMAT":
        return _format(tokens)
    pieces = tokens[::2]
    if not all(token.upper == "||" for token in tokens[1::2]) or len(tokens) % 2 == 0:
        return None
    if not all(token.kind == "string" for token in pieces):
        return None
    return "".join(map(literal, pieces))


def _format(tokens: list[Token]) -> str | None:
    """`format('…', 'a', 'b')`; positions and widths are not followed."""
    if [token.upper for token in tokens[1:2]] != ["("] or tokens[-1].upper != ")":
        return None
    inner = tokens[2:-1]
    if not all(token.kind == "string" for token in inner[::2]) or not inner:
        return None
    if not all(token.upper == "," for token in inner[1::2]) or len(inner) % 2 == 0:
        return None
    template, *arguments = map(literal, inner[::2])
    specs = [found[1] for found in _SPEC.finditer(template) if found[1] != "%"]
    if len(specs) > len(arguments) or re.search(r"%(?![%sIL])", template.replace("%%", "")):
        return None
    values = iter(arguments)
    return _SPEC.sub(lambda found: "%" if found[1] == "%" else _insert(found[1], next(values)), template)


def _insert(spec: str, value: str) -> str:
    if spec == "I":
        plain = _PLAIN.match(value) and value.upper() not in RESERVED
        return value if plain else '"' + value.replace('"', '""') + '"'
    return "'" + value.replace("'", "''") + "'" if spec == "L" else value
