"""The live side that was asked for: its catalog, and how the report calls it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Literal

from checker.catalog import Catalog, Dialect, Server
from checker.cli.settings import LiveChoice
from checker.cli.stop import Exit, Stop
from checker.finding import LiveSide, NotChecked
from checker.probe import Answerer
from checker.statement import Migration
from checker.values import dataclass

MOST_NAMES = 5
"""So many names that a template fills in are listed."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """What the target is held against; `answerer` answers questions about its rows while the database is open."""

    catalog: Catalog
    live: LiveSide
    not_checked: tuple[NotChecked, ...] = ()
    answerer: Answerer | None = None


@contextmanager
def look(choice: LiveChoice, dialect: Dialect, migrations: Sequence[Migration]) -> Iterator[Loaded]:
    """Load what the migrations touch; raises Stop where the live side cannot be read."""
    from checker.live.port import LiveError

    try:
        if choice.url:
            with _database(choice.url, dialect, migrations) as side:
                yield side
        else:
            yield _text(choice.file, dialect) if choice.file else _nothing(dialect)
    except LiveError as problem:
        raise Stop(f"{choice.said}: {problem}", Exit.INCOMPLETE) from None


@contextmanager
def _database(url: str, dialect: Dialect, migrations: Sequence[Migration]) -> Iterator[Loaded]:
    from checker.live import connect
    from checker.sql.mentioned import mentioned

    with connect(url) as live:
        statements = (statement for migration in migrations for statement in migration.statements)
        found = live.catalog(mentioned(statements, dialect))
        side = _side(live.server, "database", live.name)
        missed = (*found.not_checked, *_templates(migrations, dialect))
        yield Loaded(found.catalog, side, missed, live.answer)


def _templates(migrations: Sequence[Migration], dialect: Dialect) -> Iterator[NotChecked]:
    """Names that a template fills in later cannot be held against those of a database."""
    from checker.sql.mentioned import placeholders

    names = placeholders((one for migration in migrations for one in migration.statements), dialect)
    if names:
        shown = ", ".join(names[:MOST_NAMES]) + (", …" if len(names) > MOST_NAMES else "")
        yield NotChecked(shown, "a template fills the name in later; it was looked up as it is written")


def _text(path: str, dialect: Dialect) -> Loaded:
    from checker.live.written import written
    from checker.sources import SourceError, source

    try:
        live = written(source(path), dialect)
    except SourceError as problem:
        raise Stop(f"--from: {problem}") from None
    found = live.catalog()
    return Loaded(found.catalog, _side(live.server, "sql", live.name), found.not_checked)


def _nothing(dialect: Dialect) -> Loaded:
    from checker.live.written import nothing

    catalog = nothing(dialect)
    return Loaded(catalog, LiveSide(dialect, "", "none", ""))


def _side(server: Server, source: Literal["database", "sql"], name: str) -> LiveSide:
    return LiveSide(server.dialect, ".".join(map(str, server.version)), source, name)
