"""What the server's session is doing while the migration runs: a frozen value, folded like the catalog."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field

from checker.catalog import Catalog, QName
from checker.values import dataclass

Settings = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Mark:
    """A savepoint, or the start of the transaction: what ROLLBACK goes back to."""

    name: str | None
    catalog: Catalog
    settings: Settings
    new_labels: frozenset[tuple[QName, str]] = frozenset()
    born: frozenset[QName] = frozenset()
    lasting: Settings = field(default_factory=dict)
    gone: frozenset[QName] = frozenset()


@dataclass(frozen=True, slots=True)
class Session:
    """Transaction state and settings.

    `marks` is empty outside a transaction; its first is the start, the others savepoints. `implicit` says
    that the migration tool opened it. `aborted` holds the error's code after a failure inside one.
    `settings` are those in force, `lasting` those that stay after the transaction (without SET LOCAL).
    `new_labels` are enum values added in this transaction and not usable in it; `born` are the
    tables, views and types created in the run, `gone` the relations that it dropped or renamed away.
    `after_failure` says that a statement before this one failed: the tool would not have come this far,
    and the simulation goes on as if that statement had not been there. `ignored` are settings that this transaction
    has tried to switch off in vain (SQLite's foreign_keys cannot be changed inside one).
    """

    marks: tuple[Mark, ...] = ()
    implicit: bool = False
    aborted: str | None = None
    settings: Settings = field(default_factory=dict)
    lasting: Settings = field(default_factory=dict)
    new_labels: frozenset[tuple[QName, str]] = frozenset()
    born: frozenset[QName] = frozenset()
    gone: frozenset[QName] = frozenset()
    after_failure: bool = False
    ignored: frozenset[str] = frozenset()

    @property
    def in_transaction(self) -> bool:
        """True between BEGIN and its end."""
        return bool(self.marks)
