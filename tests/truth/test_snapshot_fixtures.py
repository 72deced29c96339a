"""Every case of the rules against a snapshot of its live side: nothing is said that the database would not say, and where
the database shows a failure the snapshot shows it too, or that it was not checked."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from functools import cache

import psycopg
import pytest

from checker.engine import check
from checker.finding import LiveSide, Report
from checker.live import connect
from checker.live.port import Live
from checker.live.sqlite import Sqlite as LiveSqlite
from checker.snapshot.answers import Recorded
from checker.snapshot.contents import Snapshot
from checker.snapshot.document import dumps, loads
from checker.snapshot.take import taken
from checker.sql.split import split
from checker.statement import Source
from tests import servers
from tests.rulecase import TODAY, Case, every_case, predicted, rules

CASES = every_case()
Both = Callable[[Case], tuple[Report, Report]]


def _said(report: Report) -> dict[tuple[int | None, str, str], str]:
    """The findings, each with its certainty."""
    return {(one.statement, one.rule, one.object): one.certainty.value for one in report.findings}


def _reports(case: Case, live: Live, snapshot: Snapshot) -> tuple[Report, Report]:
    side = LiveSide(case.dialect, "", "database", "app")
    catalog = live.catalog().catalog
    answerers = live.answer, Recorded(snapshot).answer
    first, second = (
        check([case.migration], one, rules=rules(), live=side, today=TODAY, answerer=answerer)
        for one, answerer in zip((catalog, snapshot.catalog), answerers, strict=True)
    )
    return first, second


@pytest.fixture(scope="module")
def both(postgres: servers.Server) -> Both:
    """The report on a case by the database, and by its snapshot."""

    @cache
    def prepared(dialect: str, text: str) -> str | Live:
        statements = [
            one.text
            for one in split(Source("<live>", text), "postgres" if dialect == "postgres" else "sqlite")
        ]
        if dialect == "sqlite":
            connection = sqlite3.connect(":memory:", isolation_level=None)
            for statement in statements:
                connection.execute(statement)
            return LiveSqlite(connection, "memory")
        url = postgres.fresh()
        with psycopg.connect(url, autocommit=True) as session:
            for statement in statements:
                session.execute(statement.encode())
        return url

    def made(case: Case) -> tuple[Report, Report]:
        found = prepared(case.dialect, case.live)
        if not isinstance(found, str):
            return _reports(case, found, _copy(found))
        with connect(found) as live:
            return _reports(case, live, _copy(live))

    return cache(made)


def _copy(live: Live) -> Snapshot:
    return loads(dumps(taken(live)), "live.json")


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_snapshot_says_what_the_database_says(case: Case, both: Both) -> None:
    """As surely or, where it does not know, as possible; behind a failure that it does not see the run is another one."""
    database, snapshot = both(case)
    ours, theirs = _said(snapshot), _said(database)
    unseen = [
        at
        for at, sure in predicted(database.findings).items()
        if sure != "possible" and at not in _sure(snapshot)
    ]
    assert set(unseen) <= predicted(snapshot.findings).keys() or snapshot.not_checked
    until = min(unseen, default=len(case.migration.statements))
    for one, certainty in ours.items():
        if (one[0] or 0) < until and certainty != "possible":
            assert theirs.get(one) == certainty, one
    for one in theirs:
        # that a WHERE picks every row is no failure; whoever cannot look stays silent about it
        silent = one[1] == "unbounded-update-of-existing-values"
        assert (one[0] or 0) >= until or one in ours or silent, one


def _sure(report: Report) -> set[int]:
    return {at for at, certainty in predicted(report.findings).items() if certainty != "possible"}


def test_most_of_it_is_known_to_a_snapshot(both: Both) -> None:
    same = sum(_said(one) == _said(other) for one, other in map(both, CASES))
    # the other cases turn on what no snapshot holds: values, and how they read as another type
    assert same >= 0.75 * len(CASES), f"{same} of {len(CASES)}"
