"""The simulator as a replay sees it: one statement at a time, and put back on the server's road after a miss."""

from __future__ import annotations

from dataclasses import replace

from checker.catalog import Catalog, QName, Relations
from checker.change import NotUnderstood
from checker.simulate import _Run
from checker.sql.read import read
from checker.statement import Migration, Statement
from tests.truth.compare import TEMPORARY
from tests.truth.real import Postgres, Sqlite
from tests.truth.replay import Simulated


class Fold:
    """The simulator from the server's catalog on. It shares nothing else with the server."""

    def __init__(self, server: Postgres | Sqlite) -> None:
        catalog = server.catalog()
        assert catalog is not None
        self.state = _Run(catalog, catalog, read)

    def run(self, statement: Statement) -> Simulated:
        """Fold the statement over the current state; a statement counts as refused when one of its parts is."""
        state = self.state
        state.migration, state.statement = Migration(statement.source.name, (statement,)), statement
        code, understood = None, True
        for step in state.one(statement):
            code = code or (step.error.code if step.error else None)
            understood = understood and not isinstance(step.change, NotUnderstood)
        if code and not state.catalog.server.is_postgres:
            # SQLite has no codes of its own to tell one refusal from another, but for constraints
            code = "23000" if code == "SQLITE_CONSTRAINT" else "SQLITE_ERROR"
        return Simulated(state.catalog, code, understood)

    def resync(self, catalog: Catalog | None, code: str | None) -> None:
        """Go on from the server's catalog; where it shows none, its transaction is aborted by `code`."""
        session = self.state.session
        if catalog is None:
            self.state.session = replace(session, aborted=session.aborted or code)
            return
        ours = self.state.catalog
        temporary = {name: found for name, found in ours.relations.items() if name.schema in TEMPORARY}
        relations = {**catalog.relations, **temporary}
        self.state.catalog = replace(catalog, relations=Relations(relations), search_path=ours.search_path)
        self.state.session = replace(session, aborted=None, born=self._born(catalog, session.born))

    @staticmethod
    def _born(catalog: Catalog, born: frozenset[QName]) -> frozenset[QName]:
        return frozenset(name for name in born if name in catalog.relations or name in catalog.types)
