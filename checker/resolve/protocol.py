"""How resolving and applying take turns.

A resolver is a generator: it yields a Change and is sent the catalog after it, because the parts of a
statement see what the parts before them did. It returns the catalog at its end.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable
from typing import TypeAlias

from checker.catalog import Catalog, QName
from checker.change import Change, NoChange
from checker.resolve.scope import Scope

Resolving: TypeAlias = Generator[Change, Catalog, Catalog]


def emit(scope: Scope, changes: Iterable[Change]) -> Resolving:
    """These changes one after another, whatever the catalog is in between."""
    catalog = scope.catalog
    for change in changes:
        catalog = yield change
    return catalog


def skipped(words: str, *names: QName, at: tuple[int, int]) -> NoChange:
    """What IF [NOT] EXISTS made of a statement or an action that has nothing to do."""
    return NoChange(words=words, skipped=True, names=names, at=at)
