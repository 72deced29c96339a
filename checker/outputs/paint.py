"""Colours and line breaks for a terminal.

Written by hand because the terminal library costs a third of the time that a check may take.
"""

from __future__ import annotations

from collections.abc import Iterator

from checker.outputs.excerpt import cells
from checker.values import dataclass

_CODES = {
    "error": "1;31",
    "warning": "1;33",
    "note": "1;36",
    "good": "1;32",
    "strong": "1",
    "dim": "2",
    "place": "36",
}


@dataclass(frozen=True, slots=True)
class Paint:
    """Puts text in a style where colour is on."""

    color: bool

    def __call__(self, style: str, text: str) -> str:
        """The text in that style; `text` must be harmless already."""
        return f"\x1b[{_CODES[style]}m{text}\x1b[0m" if self.color and text else text


def wrapped(text: str, width: int, first: str = "", rest: str = "") -> Iterator[str]:
    """The words of a text in lines of at most `width` cells; a word that is too long gets a line of its own."""
    line, used = first, cells(first)
    empty = True
    for word in text.split():
        size = cells(word)
        if not empty and used + 1 + size > width:
            yield line
            line, used, empty = rest, cells(rest), True
        line, used = (line + word, used + size) if empty else (f"{line} {word}", used + 1 + size)
        empty = False
    yield line.rstrip()
