"""The live side that was asked for: its catalog, and how the report calls it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Literal

from checker.asking import Asking
from checker.catalog import Catalog, Dialect, Server
from checker.cli.settings import LiveChoice
from checker.cli.stop import Exit, Stop
from checker.finding import LiveSide, NotChecked
from checker.outputs.words import old
from checker.probe import NO_ROWS, OFF, Answerer
from checker.snapshot.contents import Snapshot
from checker.statement import Migration, Source
from checker.values import dataclass

MOST_NAMES = 5
"""So many names that a template fills in are listed."""
OLD = timedelta(days=7)
"""From this age on a report says that a snapshot should be taken anew, unless --max-age says another."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """What the target is held against; `answerer` answers questions about its rows while the database is open.

    `notes` are what is to be said about it at the end.
    """

    catalog: Catalog
    live: LiveSide
    not_checked: tuple[NotChecked, ...] = ()
    answerer: Answerer | None = None
    nobody: str = NO_ROWS
    notes: tuple[str, ...] = ()


def written_down(choice: LiveChoice) -> Snapshot | Source | None:
    """What the file says that is checked against, None where there is none; raises Stop."""
    if not choice.file:
        return None
    from checker.snapshot.document import SnapshotError, is_snapshot, loads
    from checker.sources import SourceError, source

    try:
        text = source(choice.file)
        found = loads(text.text, text.name) if is_snapshot(text.text) else text
    except (SourceError, SnapshotError) as problem:
        raise Stop(f"{choice.said}: {problem}") from None
    return found


def dialect_of(choice: LiveChoice, written: Snapshot | Source | None) -> Dialect:
    """What the target is read as: a snapshot knows its own dialect."""
    if not isinstance(written, Snapshot):
        return choice.dialect or "postgres"
    dialect = written.catalog.server.dialect
    if choice.dialect not in (None, dialect):
        raise Stop(
            f"{choice.file} is a snapshot of a {dialect} database, but the dialect is said to be {choice.dialect}"
        )
    return dialect


@contextmanager
def look(
    choice: LiveChoice,
    dialect: Dialect,
    migrations: Sequence[Migration],
    written: Snapshot | Source | None,
    asking: Asking,
) -> Iterator[Loaded]:
    """Load what the migrations touch; raises Stop where the live side cannot be read."""
    from checker.live.port import LiveError

    try:
        match written:
            case Snapshot():
                yield _snapshot(written, choice.max_age, dialect, migrations)
            case Source():
                yield _text(written, dialect)
            case None if choice.url:
                with _database(choice.url, dialect, migrations, asking) as side:
                    yield side
            case None:
                yield _nothing(dialect)
    except LiveError as problem:
        raise Stop(f"{choice.said}: {problem}", Exit.INCOMPLETE) from None


@contextmanager
def _database(
    url: str, dialect: Dialect, migrations: Sequence[Migration], asking: Asking
) -> Iterator[Loaded]:
    from checker.live import connect
    from checker.sql.mentioned import mentioned

    with connect(url) as live:
        statements = (statement for migration in migrations for statement in migration.statements)
        found = live.catalog(mentioned(statements, dialect))
        side = _side(live.server, "database", live.name)
        missed = (*found.not_checked, *_templates(migrations, dialect))
        answerer = partial(live.answer, asking=asking) if asking.strength != "off" or asking.show else None
        yield Loaded(found.catalog, side, missed, answerer, OFF)


def _templates(migrations: Sequence[Migration], dialect: Dialect) -> Iterator[NotChecked]:
    """Names that a template fills in later cannot be held against those of a database."""
    from checker.sql.mentioned import placeholders

    names = placeholders((one for migration in migrations for one in migration.statements), dialect)
    if names:
        shown = ", ".join(names[:MOST_NAMES]) + (", …" if len(names) > MOST_NAMES else "")
        yield NotChecked(shown, "a template fills the name in later; it was looked up as it is written")


def _snapshot(
    snapshot: Snapshot, max_age: timedelta | None, dialect: Dialect, migrations: Sequence[Migration]
) -> Loaded:
    from checker.snapshot.answers import Recorded

    side = _side(snapshot.catalog.server, "snapshot", snapshot.name)
    age = max(datetime.now(UTC) - snapshot.taken, timedelta())
    side = replace(side, taken=f"{snapshot.taken:%Y-%m-%dT%H:%M:%SZ}", age=int(age.total_seconds()))
    missed = (*snapshot.not_checked, *_templates(migrations, dialect), *_outdated(snapshot, age, max_age))
    note = f"the snapshot of {snapshot.name} is {old(side.age)}: take it anew with ddlguard snapshot"
    notes = (note,) if max_age is None and age > OLD else ()
    return Loaded(snapshot.catalog, side, missed, Recorded(snapshot).answer, notes=notes)


def _outdated(snapshot: Snapshot, age: timedelta, max_age: timedelta | None) -> Iterator[NotChecked]:
    if max_age is not None and age > max_age:
        why = f"its snapshot is {old(int(age.total_seconds()))}, older than --max-age allows: take it anew"
        yield NotChecked(f"what is in {snapshot.name} now", why)


def _text(source: Source, dialect: Dialect) -> Loaded:
    from checker.live.written import written

    live = written(source, dialect)
    found = live.catalog()
    return Loaded(found.catalog, _side(live.server, "sql", live.name), found.not_checked)


def _nothing(dialect: Dialect) -> Loaded:
    from checker.live.written import nothing

    catalog = nothing(dialect)
    return Loaded(catalog, LiveSide(dialect, "", "none", ""))


def _side(server: Server, source: Literal["database", "snapshot", "sql"], name: str) -> LiveSide:
    return LiveSide(server.dialect, ".".join(map(str, server.version)), source, name)
