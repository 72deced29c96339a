"""What has to be known of a database to put questions to it, and the ways in which one gets no answer.

Raised       the server computed a value and raised an error about it: that is an answer
NoAnswer     there is none; the message says why
├── TooLong      the time that the query had was up
├── NoRight      the role may not read all of the rows
├── Locked       another session holds a lock that the query would wait for
└── Gone         the connection is lost
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from checker.catalog import QName

Row = tuple[Any, ...]


class Raised(Exception):
    """The server raised an error about a value: its code, and in our words what it means."""

    def __init__(self, code: str, said: str) -> None:
        super().__init__(said)
        self.code, self.said = code, said


class NoAnswer(Exception):
    """The server did not answer."""


class TooLong(NoAnswer):
    """The query was stopped when its time was up."""


class NoRight(NoAnswer):
    """The role lacks a right, or row-level security would hide rows from it."""


class Locked(NoAnswer):
    """The query would have waited for a lock."""


class Gone(NoAnswer):
    """Nobody is there any more."""


@dataclass(frozen=True, slots=True)
class Held:
    """What the database says about a table without looking at its rows.

    `large` is one that is not read whole without need. `leading` are the columns that an index begins with,
    `readable` says that the role may SELECT from it, `filtered` that row-level security hides rows from it,
    `locked` that another session holds or awaits it for itself alone. `version` changes when the table is emptied
    or written anew as a whole. `parts` are the tables that its rows are in, `longest` the pages of the largest of
    them; 0 where rows cannot be read by their pages. `key` are the columns of the primary key.
    """

    large: bool = True
    pages: int = 0
    parts: int = 1
    longest: int = 0
    key: tuple[str, ...] = ()
    leading: frozenset[str] = frozenset()
    readable: bool = True
    filtered: bool = False
    locked: bool = False
    version: str = ""


UNKNOWN = Held()


class Asked(Protocol):
    """An open database while it is asked. Everything is read-only."""

    def held(self, tables: Iterable[QName]) -> Mapping[QName, Held]:
        """What is known about these tables; raises NoAnswer."""

    def rows(self, query: str, seconds: float) -> list[Row]:
        """The rows of a query that may take so long; raises Raised or NoAnswer."""
