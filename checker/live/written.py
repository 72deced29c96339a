"""A live side without a database: a schema that is written down as SQL, or nothing at all.

`written` replays a text (`pg_dump -s`, `.schema` of sqlite3, a folder's first migrations) over an empty database
of its kind; `nothing` is the live side when there is neither a database nor a text: its catalog knows
only which server is meant, and says so (`Catalog.complete` is False).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from checker.catalog import Catalog, Dialect, Server
from checker.change import Change, NotUnderstood
from checker.finding import NotChecked
from checker.live.port import LiveCatalog, LiveError
from checker.simulate import simulate
from checker.sql.client import connects
from checker.sql.split import split
from checker.statement import Migration, Source, Statement, StatementKind
from checker.step import Step
from checker.values import replace

ASSUMED_VERSIONS: dict[str, tuple[int, ...]] = {"postgres": (18,), "sqlite": (3, 45)}
"""The version that is taken where nothing says which: the newest whose behaviour was measured."""

_DUMPED = re.compile(r"^-- Dumped from database version (\d+)(?:\.(\d+))?", re.MULTILINE)


@dataclass(frozen=True)
class Written:
    """A live side that was read from a text; it has the methods of `Live`."""

    source: Source
    server: Server
    name: str

    def catalog(self, touched: frozenset[str] | None = None) -> LiveCatalog:
        """What an empty database holds after the text has run; all of it, whatever is touched."""
        statements = tuple(one for one in split(self.source, self.server.dialect) if not _is_connect(one))
        steps = list(simulate([Migration(self.name, statements)], empty(self.server)))
        catalog = steps[-1].after if steps else empty(self.server)
        # the text says what the tables are, not what the live ones hold
        return LiveCatalog(replace(catalog, data={}, unfollowed=frozenset()), tuple(_missed(steps)))

    def close(self) -> None:
        """Nothing is open."""


def written(source: Source, dialect: Dialect) -> Written:
    """The live side that this text describes. The version is the dump's own where it says one."""
    if not source.text.strip():
        raise LiveError(f"{source.name}: empty, so there is no schema to hold the change against")
    said = _DUMPED.search(source.text) if dialect == "postgres" else None
    version = tuple(int(part) for part in said.groups() if part) if said else ASSUMED_VERSIONS[dialect]
    return Written(source, Server(dialect, version), source.name)


def nothing(dialect: Dialect) -> Catalog:
    """The catalog of an unknown database of this kind: whatever is named may be there."""
    return empty(Server(dialect, ASSUMED_VERSIONS[dialect]), complete=False)


def empty(server: Server, *, complete: bool = True) -> Catalog:
    """A database as its server creates it: one schema, nothing in it."""
    schema = "public" if server.is_postgres else "main"
    return Catalog(server, frozenset((schema,)), search_path=(schema,), complete=complete)


def _is_connect(statement: Statement) -> bool:
    return statement.kind is StatementKind.CLIENT_COMMAND and connects(statement)


def _missed(steps: list[Step[Change]]) -> Iterator[NotChecked]:
    for step in steps:
        where = f"{step.statement.source.name}:{step.statement.span.line}"
        if step.error is not None:
            yield NotChecked(where, f"this statement of the live side is refused: {step.error.message}")
        elif isinstance(step.change, NotUnderstood):
            yield NotChecked(
                where, f"this statement of the live side was not understood: {step.change.reason}"
            )
