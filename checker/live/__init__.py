"""The database port. `connect` opens a database by its URL; one file per kind of database stands behind it.

    with connect("postgresql://localhost/app") as live:
        catalog = live.catalog(frozenset({"users"})).catalog

The drivers are imported when a database of their kind is opened, no sooner.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from checker.live.port import Live, LiveCatalog, LiveError
from checker.live.url import redact, scheme

__all__ = ["Live", "LiveCatalog", "LiveError", "connect", "redact"]


def _postgres(url: str) -> Live:
    from checker.live.postgres import open_postgres

    return open_postgres(url)


def _sqlite(url: str) -> Live:
    from checker.live.sqlite import open_sqlite

    return open_sqlite(url)


def _not_yet(url: str) -> Live:
    raise LiveError(f"{scheme(url)}:// is not supported yet: this version reads PostgreSQL and SQLite")


_KINDS: dict[str, Callable[[str], Live]] = {
    "postgresql": _postgres,
    "postgres": _postgres,
    "sqlite": _sqlite,
    "mysql": _not_yet,
    "mariadb": _not_yet,
}


@contextmanager
def connect(url: str) -> Iterator[Live]:
    """Open the database of this URL and close it at the end; raises LiveError."""
    opener = _KINDS.get(scheme(url.strip()))
    if opener is None or "://" not in url:
        raise LiveError("not a database URL: one starts with postgresql:// or sqlite:///")
    live = opener(url.strip())
    try:
        yield live
    finally:
        live.close()
