"""The database port: what every live database can be asked, whatever its kind."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from checker.asking import Asking
from checker.catalog import Catalog, QName, Server
from checker.finding import NotChecked
from checker.probe import Answers, Probe
from checker.values import dataclass


class LiveError(Exception):
    """The database cannot be reached or read: one line, and never a password in it."""


@dataclass(frozen=True, slots=True)
class LiveCatalog:
    """What was loaded, and what could not be looked at."""

    catalog: Catalog
    not_checked: tuple[NotChecked, ...] = ()


class Live(Protocol):
    """An open database. Everything it does is read-only."""

    @property
    def server(self) -> Server:
        """Dialect, version and settings."""

    @property
    def name(self) -> str:
        """What reports call it: host and database, or the file; no user, no password."""

    def catalog(self, touched: frozenset[str] | None = None) -> LiveCatalog:
        """The schema as it is now; raises LiveError.

        `touched` are the bare names that a change mentions (relations, types, functions, extensions;
        `app.*` for all of a schema): those come with their neighbours, of all other relations only
        the names. None loads everything.
        """

    def answer(
        self, probes: Sequence[Probe], loose: frozenset[QName] = frozenset(), asking: Asking | None = None
    ) -> Answers:
        """What the rows say now: an answer to each question, or why there is none; nothing is raised.

        `loose` are the enum types that the run changes: the live database has not got all of their labels.
        `asking` has the limits, and keeps account of the time over several rounds.
        """

    def close(self) -> None:
        """Close the connection."""
