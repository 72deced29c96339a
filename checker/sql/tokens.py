"""Words, literals and operators of a SQL text, by the lexical rules of its server.

One regular expression per dialect, the same rules that `split` cuts by, so that the two can never
disagree about where a string ends. sqlglot's own tokenizer is not used here: it is about three
times slower in its pure build, it swallows what it takes for commands, and it needs the import of
sqlglot (some 100 ms) that a migration of DDL alone can do without.

Template placeholders (`{{ .Name }}`, `${name}`, `$%name%$`) count as letters of a word.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Literal, NamedTuple

Kind = Literal["word", "quoted", "string", "number", "op", "param"]


class Token(NamedTuple):
    """One token; `end` is exclusive, both offsets count from the start of the source.

    `text` is the source slice. `upper` is what grammars compare: a bare word in upper case, an
    operator as it stands, and empty for everything quoted (so `"table"` is never the keyword).
    """

    kind: Kind
    text: str
    upper: str
    start: int
    end: int


PLACEHOLDER = r"\{\{[^{}';]*\}\}|\$\{[\w.:\-]+\}|\$%\w+%\$"
_LETTER = r"A-Za-z_\u0080-\U0010ffff"
FLAT_COMMENT = r"/\*[^*/]*(?:(?:\*(?!/)|/(?!\*))[^*/]*)*\*/"
BACKSLASH_STRING = r"'[^'\\]*(?:(?:\\.|'')[^'\\]*)*'"
STRING = r"'[^']*(?:''[^']*)*'"
QUOTED = r'"[^"]*(?:""[^"]*)*"'
TAG = rf"\$(?:[{_LETTER}]\w*)?\$"
DOLLAR = rf"(?P<tag>{TAG}).*?(?P=tag)"
# `"{{ index .Options "Namespace" }}"`: the inner quotes are the template's
_FILLED = r'"(?:\{\{[^{}]*\}\}|""|[^"{]|\{(?!\{))*"'
_NUMBER = r"0[xXoObB][0-9a-fA-F_]+|(?:\d[\d_]*(?:\.(?!\.)[\d_]*)?|\.\d[\d_]*)(?:[eE][+-]?\d+)?"


def _pattern(dialect: str, placeholders: bool) -> str:
    word = rf"[{_LETTER}][\w$]*"
    if placeholders:
        word = rf"(?:[{_LETTER}]|{PLACEHOLDER})(?:[\w$]|{PLACEHOLDER})*"
    if dialect == "postgres":
        string = rf"{STRING}|[eE]{BACKSLASH_STRING}|[bBxXnN]{STRING}|[uU]&{STRING}|{DOLLAR}"
        quoted = rf"{_FILLED}|{QUOTED}" if placeholders else QUOTED
        quoted = rf"{quoted}|[uU]&{QUOTED}"
        param = rf"\$\d+|(?<![:\w\]]):(?:[{_LETTER}]\w*|{STRING}|{QUOTED})"
        operator = r"::|:=|\.\.|(?:(?!--|/\*)[~!@#^&|`?+\-*/%<>=])+"
        comment = rf"--[^\n]*|{FLAT_COMMENT}"
        unclosed = rf"""(?:['"]|{TAG}).*"""
    else:
        string = rf"[xX]?{STRING}"
        quoted = rf"{QUOTED}|`[^`]*(?:``[^`]*)*`|\[[^\]]*\]"
        param = rf"\?\d*|[:@$][{_LETTER}]\w*"
        operator = r"->>|->|\|\||<<|>>|<=|>=|<>|!=|=="
        comment = r"--[^\n]*|/\*.*?(?:\*/|\Z)"
        unclosed = r"""['"`\[].*"""
    return (
        rf"\s*(?:(?P<op>[(),;])|(?P<string>{string})|(?P<quoted>{quoted})|(?P<word>{word})"
        rf"|(?P<number>{_NUMBER})|(?P<skip>{comment})|(?P<nested>/\*)|(?P<param>{param})"
        rf"|(?P<unclosed>{unclosed})|(?P<operator>{operator}|\S))"
    )


@cache
def _lexer(dialect: str, placeholders: bool) -> re.Pattern[str]:
    return re.compile(_pattern(dialect, placeholders), re.DOTALL)


def has_placeholders(text: str) -> bool:
    """True where a template placeholder may stand in the text."""
    return "{{" in text or "${" in text or "$%" in text


_COMMENT_EDGE = re.compile(r"/\*|\*/")


def comment_end(text: str, at: int, stop: int | None = None) -> int:
    """The offset behind the nested comment that starts at `at`; -1 where it never ends before `stop`."""
    depth = 0
    for edge in _COMMENT_EDGE.finditer(text, at, len(text) if stop is None else stop):
        depth += 1 if edge.group() == "/*" else -1
        if not depth:
            return edge.end()
    return -1


def tokenize(text: str, dialect: str, offset: int = 0) -> list[Token]:
    """All tokens of `text` without comments; `offset` is where the text stands in its source.

    Nothing raises: what cannot be lexed comes as an operator, a quote without its end with all that follows.
    """
    tokens: list[Token] = []
    at = 0
    while at >= 0:
        at = _scan(text, at, _lexer(dialect, has_placeholders(text)), offset, tokens)
    return tokens


def _scan(text: str, at: int, lexer: re.Pattern[str], offset: int, tokens: list[Token]) -> int:
    """Append the tokens from `at` on; the offset to go on from behind a nested comment, else -1."""
    append, new, make = tokens.append, tuple.__new__, Token
    for match in lexer.finditer(text, at):
        kind = match.lastgroup
        if kind == "skip":
            continue
        start, end = match.span(kind)  # type: ignore[arg-type]
        word = text[start:end]
        if kind == "word":
            append(new(make, ("word", word, word.upper(), start + offset, end + offset)))
        elif kind == "op" or kind == "unclosed":
            append(new(make, ("op", word, word, start + offset, end + offset)))
        elif kind == "operator":
            tokens.extend(_operators(word, start + offset))
        elif kind == "nested":
            return comment_end(text, start)
        else:
            append(new(make, (kind, word, "", start + offset, end + offset)))
    return -1


def _operators(word: str, start: int) -> Iterator[Token]:
    """One operator, or two: PostgreSQL reads `=-1` as `=` and `-1` (the manual's chapter 4.1.3)."""
    cut = len(word)
    while cut > 1 and word[cut - 1] in "+-" and not set(word[:cut]) & set("~!@#%^&|`?"):
        cut -= 1
    yield Token("op", word[:cut], word[:cut], start, start + cut)
    for at in range(cut, len(word)):
        yield Token("op", word[at], word[at], start + at, start + at + 1)


_ASCII_FOLD = str.maketrans({chr(code): chr(code + 32) for code in range(65, 91)})


def fold(word: str, dialect: str) -> str:
    """A bare word as the server stores it: PostgreSQL lowers ASCII letters only, SQLite keeps it."""
    if dialect != "postgres" or "{{" in word or "${" in word:
        return word
    return word.lower() if word.isascii() else word.translate(_ASCII_FOLD)


def identifier(token: Token, dialect: str) -> str:
    """The name that a word, a quoted identifier or (SQLite) a string stands for."""
    text = token.text
    if token.kind == "word":
        return fold(text, dialect)
    if token.kind == "string":
        return literal(token)
    if text[0] in "uU":
        return _unicode(text[3:-1].replace('""', '"'))
    close = text[-1]
    return text[1:-1] if close == "]" else text[1:-1].replace(close * 2, close)


def literal(token: Token) -> str:
    """The value of a string token, with its quotes gone and its escapes read."""
    text = token.text
    if text[0] == "'":
        return text[1:-1].replace("''", "'")
    if text[0] == "$":
        tag = text.index("$", 1) + 1
        return text[tag:-tag]
    if text[0] in "eE":
        return _ESCAPE.sub(_escaped, text[2:-1])
    if text[0] in "uU":
        return _unicode(text[3:-1].replace("''", "'"))
    return text[2:-1].replace("''", "'")


_ESCAPE = re.compile(
    r"''|\\(?:([0-7]{1,3})|x([0-9a-fA-F]{1,2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|(.))", re.DOTALL
)
_SHORT = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}


def _escaped(match: re.Match[str]) -> str:
    if match.group() == "''":
        return "'"
    octal, hexadecimal, short, long, other = match.groups()
    if other is not None:
        return _SHORT.get(other, other)
    code = int(octal, 8) if octal else int(hexadecimal or short or long, 16)
    return chr(code) if code < 0x110000 else "\ufffd"


def _unicode(text: str) -> str:
    """`U&` text with its `\\XXXX` and `\\+XXXXXX` read; UESCAPE with another character is not followed."""
    return re.sub(
        r"\\(?:\\|\+([0-9a-fA-F]{6})|([0-9a-fA-F]{4}))",
        lambda found: chr(int(found[1] or found[2], 16)) if found[1] or found[2] else "\\",
        text,
    )
