"""What a snapshot says about rows: counts, and nothing else of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from datetime import datetime

from checker.catalog import Catalog, Index, QName, Table, View
from checker.finding import NotChecked
from checker.values import dataclass, replace


@dataclass(frozen=True, slots=True)
class Number:
    """So many rows, or with `at_least` so many or more: counting stopped there."""

    found: int
    at_least: bool = False


NONE = Number(0)


def plus(one: Number | None, two: Number | None) -> Number | None:
    """The sum; of an unknown and some it is at least those.

    >>> plus(Number(2), None), plus(Number(0), None), plus(Number(1), Number(2, at_least=True))
    (Number(found=2, at_least=True), None, Number(found=3, at_least=True))
    """
    if one is None or two is None:
        known = one or two
        return replace(known, at_least=True) if known is not None and known.found else None
    return Number(one.found + two.found, one.at_least or two.at_least)


def minus(all_of: Number | None, some: Number | None) -> Number | None:
    """The difference, where it is known to one or nothing is taken away."""
    if all_of is None or some is None or some == NONE:
        return all_of if some is not None else None
    exact = not (all_of.at_least or some.at_least) and all_of.found >= some.found
    return Number(all_of.found - some.found) if exact else None


@dataclass(frozen=True, slots=True)
class Contents:
    """What is known of a table besides its definition. What is not in it nobody knows.

    `estimate` and the bytes are the server's own figures. Counted are the rows, NULLs by column, rows by label of an enum
    column, the characters of the longest text (blanks at its end aside), keys of a column that occur more than once,
    and rows that violate a constraint which is NOT VALID.
    """

    name: QName
    rows: Number | None = None
    nulls: Mapping[str, Number] = field(default_factory=dict)
    labels: Mapping[str, Mapping[str, Number]] = field(default_factory=dict)
    longest: Mapping[str, int] = field(default_factory=dict)
    duplicates: Mapping[str, Number] = field(default_factory=dict)
    violations: Mapping[str, Number] = field(default_factory=dict)
    estimate: int | None = None
    bytes: int | None = None
    index_bytes: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Snapshot:
    """A database at one moment. `name` is what reports call it, `tool` the version that took it.

    `gaps` is what nobody could say while it was taken, a line for each reason; that is not written down.
    """

    catalog: Catalog
    name: str
    taken: datetime
    tool: str
    contents: Mapping[QName, Contents] = field(default_factory=dict)
    not_checked: tuple[NotChecked, ...] = ()
    gaps: tuple[str, ...] = field(default=(), compare=False)

    @property
    def moment(self) -> str:
        """When it was taken, as people write it."""
        return f"{self.taken:%Y-%m-%d %H:%M} UTC"


def apart(found: Table | View) -> tuple[Table | View, Contents]:
    """The definition by itself, and the figures that change from day to day."""
    sizes = {index.name.name: index.bytes for index in found.indexes if index.bytes is not None}
    indexes = tuple(_sized(index, None) for index in found.indexes)
    if isinstance(found, View):
        return replace(found, indexes=indexes), Contents(found.name, index_bytes=sizes)
    figures = Contents(found.name, estimate=found.rows, bytes=found.bytes, index_bytes=sizes)
    return replace(found, indexes=indexes, rows=None, bytes=None, owner=None), figures


def together(found: Table | View, figures: Contents) -> Table | View:
    """The definition with its figures; the reverse of `apart`."""
    if figures.index_bytes:
        sized = tuple(_sized(index, figures.index_bytes.get(index.name.name)) for index in found.indexes)
        found = replace(found, indexes=sized)
    if isinstance(found, View):
        return found
    return replace(found, rows=figures.estimate, bytes=figures.bytes)


def _sized(index: Index, size: int | None) -> Index:
    return index if index.bytes == size else replace(index, bytes=size)
