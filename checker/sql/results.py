"""What stands behind the names in a query: relations, their columns, the results of queries inside it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import field
from typing import Literal

from checker.catalog import QName
from checker.sql.nodes import Name
from checker.values import dataclass


@dataclass(frozen=True, slots=True)
class Result:
    """One column of a source. `name` is as it is compared, None where it is not sure.

    `spelled` is as SQLite calls the result, "" where that is not known; `origin` the column that it is, if it is one;
    `cast` the type that it is cast to.
    """

    name: str | None
    spelled: str = ""
    origin: tuple[QName, str] | None = None
    cast: str = ""


Results = tuple[Result, ...] | None
"""The columns of a source in order; None where nobody knows them."""


@dataclass(frozen=True, slots=True)
class Unresolved:
    """A name that is nothing's. `relation` is None where no single relation could have had the column."""

    kind: Literal["relation", "regclass", "column", "source", "type"]
    name: str
    relation: QName | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """What a written name of a relation means; `missing` where there is surely no such relation."""

    relation: QName
    columns: tuple[str, ...] | None = None
    missing: bool = False


@dataclass(frozen=True, slots=True)
class LookUp:
    """How names are looked up: of relations, of types; `functions` are those of the user, by bare name.

    `free` are names that stand for something else everywhere: the parameters of a function; `targets` says that the
    table to be written is looked up too.
    """

    relation: Callable[[Name], Known]
    is_missing_type: Callable[[Name], bool]
    functions: frozenset[str] = frozenset()
    free: frozenset[str] = frozenset()
    targets: bool = False


@dataclass(frozen=True, slots=True)
class Resolved:
    """The answer on a statement: the first name that means nothing, and what its query returns."""

    unresolved: Unresolved | None = None
    results: Results = None

    @property
    def width(self) -> int | None:
        """How many columns the query returns."""
        return None if self.results is None else len(self.results)


@dataclass(frozen=True, slots=True)
class Source:
    """Something that a query reads, under its alias."""

    alias: str
    results: Results
    relation: QName | None = None

    def may_have(self, column: str) -> bool:
        """False where it surely has no such column."""
        return self.results is None or any(one.name in (None, column) for one in self.results)

    def result(self, column: str) -> Result | None:
        """The column of that name."""
        return next((one for one in self.results or () if one.name == column), None)


@dataclass(slots=True)
class Level:
    """The sources of one query, inside those around it; `outputs` are names that its own results go by here."""

    outer: Level | None = None
    sources: list[Source] = field(default_factory=list)
    outputs: frozenset[str] = frozenset()

    def up(self) -> Iterator[Level]:
        """This level and those around it, from the inside."""
        level: Level | None = self
        while level is not None:
            yield level
            level = level.outer

    def result(self, column: str, alias: str | None) -> Result | None:
        """The column that a name means, where one of the sources here surely has it."""
        sources = (one for one in self.sources if alias in (None, one.alias))
        return next((found for one in sources if (found := one.result(column)) is not None), None)
