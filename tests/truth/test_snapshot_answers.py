"""A snapshot never says anything else than the database that it was taken of: asked the same, it answers the same."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from checker.catalog import Catalog, Dialect, QName
from checker.engine import check
from checker.finding import LiveSide
from checker.live.port import Live
from checker.probe import Answer, Answers, Probe, Unanswered
from checker.snapshot.answers import Recorded
from checker.snapshot.document import dumps, loads
from checker.snapshot.take import taken
from checker.statement import Migration
from tests import servers
from tests.rulecase import rules
from tests.truth.generated.cases import case
from tests.truth.generated.databases import Database, Postgres, Sqlite

CASES = 60
SEED = 11


@pytest.fixture(params=["postgres", "sqlite"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Dialect, Database]]:
    """A database of each kind."""
    if request.param == "sqlite":
        found: Database = Sqlite(tmp_path / "app.db")
        yield "sqlite", found
        found.close()
        return
    server: servers.Server = request.getfixturevalue("postgres")
    url = server.fresh()
    found = Postgres(url)
    yield "postgres", found
    found.close()
    server.drop(url)


def contradicts(snapshot: Answer | Unanswered, live: Answer | Unanswered) -> bool:
    """True where what the snapshot says is not so."""
    if isinstance(snapshot, Unanswered) or isinstance(live, Unanswered):
        return False
    if snapshot.none != live.none:
        return True
    exact = not (snapshot.at_least or live.at_least or live.error)
    return exact and snapshot.found != live.found


def asked(migration: Migration, catalog: Catalog, live: Live, recorded: Recorded) -> Iterator[tuple[Probe, Answer | Unanswered, Answer | Unanswered]]:  # fmt: skip
    """What a check asks, with the answers of the snapshot and of the database."""
    found: list[tuple[Probe, Answer | Unanswered, Answer | Unanswered]] = []

    def answer(probes: Sequence[Probe], loose: frozenset[QName]) -> Answers:
        real, ours = live.answer(probes, loose), recorded.answer(probes, loose)
        found.extend((probe, ours[probe], real[probe]) for probe in probes)
        return real

    side = LiveSide(catalog.server.dialect, "", "database", "generated")
    check([migration], catalog, rules=rules(), live=side, answerer=answer)
    return iter(found)


def test_what_a_snapshot_answers_is_so(database: tuple[Dialect, Database]) -> None:
    dialect, server = database
    counts: Counter[str] = Counter()
    for number in range(CASES):
        generated = case(SEED, dialect, number)
        live = server.fill(generated.live)
        snapshot = loads(dumps(taken(server.live)), "live.json")
        for probe, ours, real in asked(
            generated.migration, snapshot.catalog, server.live, Recorded(snapshot)
        ):
            assert not contradicts(ours, real), (
                f"{probe}\nsnapshot: {ours}\nserver: {real}\n{generated.script(live)}"
            )
            counts[type(ours).__name__] += 1
    assert counts["Answer"] > counts["Unanswered"] / 2, counts
