"""Text that others wrote, made harmless for a terminal, a log and a page.

Names, comments and file names come from whoever wrote the migration. They must not move the cursor,
turn the reading direction, start a CI system's command, or become markup.
"""

from __future__ import annotations

import re
import unicodedata

# Printed as they are although `isprintable` says no: spaces other than " " are only wide or narrow.
_KEPT = frozenset({"Zs"})
# `##[error]`, `##vso[task…]`, `##teamcity[…]` act anywhere in a line of a CI log.
LOG_COMMAND = re.compile(r"##(?=\w*\[)")
# A workflow command acts at the start of a line, spaces aside.
_LINE_COMMAND = re.compile(r"^([^\S\n]*):(?=:)", re.MULTILINE)
_MARKDOWN = re.compile(r"([\\`*_{}\[\]()#+\-.!|~<>&@:$])")


def visible(text: str) -> str:
    """One line without control, format and bidirectional characters; they show as `\\x1b`, `\\u202e`.

    >>> visible("a\\x1b[2Jb\\n\\u202ec")
    'a\\\\x1b[2Jb\\\\n\\\\u202ec'
    """
    if not text.isprintable():
        text = "".join(c if c.isprintable() or unicodedata.category(c) in _KEPT else _name(c) for c in text)
    return LOG_COMMAND.sub(r"#\\x23", text)


def _name(character: str) -> str:
    return character.encode("unicode_escape", "surrogatepass").decode("ascii")


def visible_lines(text: str, tab: int = 4) -> list[str]:
    """The lines of a text, each `visible`; tabs become spaces, an empty end is left out.

    Only LF and CRLF end a line here, as they do in the positions of a `Source`.
    """
    lines = text.replace("\r\n", "\n").split("\n")
    while lines and not lines[-1].strip():
        lines.pop()
    return [visible(line.expandtabs(tab)) for line in lines]


def no_commands(text: str) -> str:
    """A finished text for a log: no line of it begins with the `::` of a workflow command.

    >>> no_commands("  ::error::x")
    '  \\\\x3a:error::x'
    """
    return _LINE_COMMAND.sub(r"\1\\x3a", text)


def markdown(text: str) -> str:
    """One line of text that Markdown and HTML show as it is: no code, links, mentions or tags.

    >>> markdown("<b>`x`</b> @all")
    '&#60;b&#62;&#96;x&#96;&#60;/b&#62; &#64;all'
    """
    return _MARKDOWN.sub(lambda found: f"&#{ord(found[0])};", visible(text))
