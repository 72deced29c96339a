"""Actions of ALTER that change nothing the catalog keeps, as patterns: OWNER TO, ENABLE TRIGGER, SET (…)."""

from __future__ import annotations

from checker.sql.cursor import Cursor
from checker.sql.nodes import OtherAction

# @ any name, & a qualified name, # a number with its sign, (…) anything in parentheses, $ a string
_PATTERNS = """
OWNER TO @
ENABLE TRIGGER ALL | ENABLE TRIGGER USER | DISABLE TRIGGER ALL | DISABLE TRIGGER USER
ENABLE TRIGGER @ | ENABLE REPLICA TRIGGER @ | ENABLE ALWAYS TRIGGER @ | DISABLE TRIGGER @
ENABLE RULE @ | ENABLE REPLICA RULE @ | ENABLE ALWAYS RULE @ | DISABLE RULE @
ENABLE ROW LEVEL SECURITY | DISABLE ROW LEVEL SECURITY | FORCE ROW LEVEL SECURITY | NO FORCE ROW LEVEL SECURITY
REPLICA IDENTITY NOTHING | REPLICA IDENTITY FULL | REPLICA IDENTITY DEFAULT | REPLICA IDENTITY USING INDEX @
CLUSTER ON @ | SET WITHOUT CLUSTER | SET WITHOUT OIDS | SET LOGGED | SET UNLOGGED
SET TABLESPACE @ NOWAIT | SET TABLESPACE @ | SET ACCESS METHOD @ | SET (…) | RESET (…)
OF & | NOT OF | OPTIONS (…) | DEPENDS ON EXTENSION @ | NO DEPENDS ON EXTENSION @
SET STATISTICS # | SET STATISTICS DEFAULT | SET STORAGE @ | SET COMPRESSION @
REFRESH VERSION | UPDATE TO $ | UPDATE TO @ | UPDATE
"""

_BY_FIRST: dict[str, list[tuple[str, ...]]] = {}
for _row in _PATTERNS.replace("|", "\n").strip().splitlines():
    _words = tuple(_row.split())
    _BY_FIRST.setdefault(_words[0], []).append(_words)


def read_other(c: Cursor) -> OtherAction | None:
    """The action that one of the patterns fits; None, with the cursor where it was, if none does."""
    first = c.i
    for pattern in _BY_FIRST.get(c.word, ()):
        names = _match(c, pattern)
        if names is not None:
            words = " ".join(word for word in pattern if word.isalpha()).lower()
            return OtherAction(words, names, c.span(first))
        c.i = first
    return None


def _match(c: Cursor, pattern: tuple[str, ...]) -> tuple[str, ...] | None:
    names: list[str] = []
    for word in pattern:
        if word == "@" and c.token.kind in ("word", "quoted"):
            names.append(c.label())
        elif word == "&" and c.is_name:
            names.append(str(c.name()))
        elif word == "(…)" and c.at("("):
            c.skip_parens()
        elif word == "$" and c.is_string:
            c.string()
        elif word == "#" and c.words[c.i] in ("", "-", "+"):
            c.accept_any(("-", "+"))
            if c.token.kind != "number":
                return None
            c.i += 1
        elif not (word.isalpha() and c.accept(word)):
            return None
    return tuple(names)
