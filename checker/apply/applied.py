"""What applying a change gives: the catalog after it and what went along."""

from __future__ import annotations

from checker.catalog import Catalog
from checker.step import Gone
from checker.values import dataclass


@dataclass(frozen=True, slots=True)
class Applied:
    """The catalog after a change; `along` are the objects that went without having been named."""

    catalog: Catalog
    along: tuple[Gone, ...] = ()
