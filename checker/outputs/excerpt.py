"""The lines of a place, numbered, cut to a width, with the place marked."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping

from checker.finding import StatementReport
from checker.outputs.escape import LOG_COMMAND, visible
from checker.statement import Span
from checker.values import dataclass

TAB = 4
# A place of more lines than this shows its first ones and its last.
MOST_LINES = 6


@dataclass(frozen=True, slots=True)
class Line:
    """One line to show. `mark` is the part to underline, in cells from the left; number 0 is a gap."""

    number: int
    text: str = ""
    mark: tuple[int, int] = (0, 0)


def excerpt(
    span: Span, statement: StatementReport | None, sources: Mapping[str, str], width: int, more: str = "…"
) -> list[Line]:
    """The lines of a span, cut to `width` cells around it; empty where the text is not at hand.

    A span on one line is marked; one of several lines is shown as it is. `more` stands for what was cut.
    """
    lines: list[Line] = []
    for number, text in _texts(span, statement, sources):
        if lines and number > lines[-1].number + 1:
            lines.append(Line(0))
        start = min(span.column - 1, len(text)) if number == span.line else 0
        end = span.end_column - 1 if span.end_line == span.line else start
        lines.append(_clipped(number, text, start, end, width, more))
    return lines


def _texts(
    span: Span, statement: StatementReport | None, sources: Mapping[str, str]
) -> list[tuple[int, str]]:
    """The numbered lines of the span, without those in the middle of a long one."""
    last = max(span.end_line if span.end_column > 1 else span.end_line - 1, span.line)
    numbers = list(range(span.line, last + 1))
    if len(numbers) > MOST_LINES:
        numbers[MOST_LINES - 2 : -1] = []
    first, lines = _source(span.file, statement, sources)
    return [(n, lines[n - first].rstrip("\r")) for n in numbers if 0 <= n - first < len(lines)]


def _source(
    file: str, statement: StatementReport | None, sources: Mapping[str, str]
) -> tuple[int, list[str]]:
    """The number of the first line at hand, and the lines."""
    if file in sources:
        return 1, sources[file].split("\n")
    if statement is None or statement.span.file != file:
        return 1, []
    return statement.span.line, (" " * (statement.span.column - 1) + statement.sql).split("\n")


def _clipped(number: int, text: str, start: int, end: int, width: int, more: str) -> Line:
    """The line with all of it made visible, cut so that `text[start:end]` stays in view.

    Only what can be shown is measured: a generated file may hold megabytes in one line.
    """
    low, high = max(0, start - width), min(len(text), start + 2 * width)
    pieces = list(_pieces(text[low:high]))
    first, last = start - low, min(end, high) - low
    whole = low == 0 and high == len(text) and sum(map(cells, pieces)) <= width
    if whole:
        left, right, before, after = 0, len(pieces), "", ""
    else:
        place = sum(map(cells, pieces[first:last]))
        left = _back(pieces, first, max((width - place) // 2, width // 4) - cells(more) - 1)
        before = f"{more} " if low or left else ""
        right = _forth(pieces, left, width - cells(before) - cells(more) - 1)
        after = f" {more}" if right < len(pieces) or high < len(text) else ""
    begin = cells(before) + sum(map(cells, pieces[left:first]))
    until = begin + sum(map(cells, pieces[first : min(last, right)]))
    return Line(number, (before + "".join(pieces[left:right]) + after).rstrip(), (begin, until))


def _pieces(text: str) -> Iterator[str]:
    """What each character shows as; tabs reach to the next stop, counted from the start of the piece."""
    hidden = {found.start() + 1 for found in LOG_COMMAND.finditer(text)}
    column = 0
    for index, character in enumerate(text):
        if character == "\t":
            piece = " " * (TAB - column % TAB)
        else:
            piece = "\\x23" if index in hidden else visible(character)
        column += cells(piece)
        yield piece


def cells(text: str) -> int:
    """How many terminal cells a text takes."""
    return len(text) if text.isascii() else sum(map(_cell, text))


def _cell(character: str) -> int:
    if unicodedata.category(character) in ("Mn", "Me"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def _back(pieces: list[str], index: int, room: int) -> int:
    """How far to the left of `index` the room reaches."""
    while index > 0 and (room := room - cells(pieces[index - 1])) >= 0:
        index -= 1
    return index


def _forth(pieces: list[str], index: int, room: int) -> int:
    while index < len(pieces) and (room := room - cells(pieces[index])) >= 0:
        index += 1
    return index
