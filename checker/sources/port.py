"""The input port: what every kind of target becomes."""

from __future__ import annotations

from checker.finding import NotChecked
from checker.statement import Migration
from checker.values import dataclass


class SourceError(Exception):
    """The target cannot be read: what, where and what to do, in one line."""


class NothingToCheck(SourceError):
    """The target is there and holds nothing to check."""


@dataclass(frozen=True, slots=True)
class Target:
    """What is to be checked, in the order in which it would be applied.

    `kind` is the convention that was recognised, `problems` what of it could not be taken into account.
    """

    kind: str
    name: str
    migrations: tuple[Migration, ...]
    problems: tuple[NotChecked, ...] = ()
