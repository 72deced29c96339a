"""Our own histories, replayed on real servers: after every statement the simulator says what the server says."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from _pytest.mark import ParameterSet

from tests import servers
from tests.truth.corpora import EQUAL, PREDICTED, chains, replay_postgres
from tests.truth.histories import histories, statements
from tests.truth.real import Postgres, Sqlite
from tests.truth.replay import Score, replay
from tests.truth.simulated import Fold

KNOWN_MISSES = {
    "names": "a schema before an index's new name and CREATE TABLE in pg_catalog are not refused",
    "partitions": "columns that a child has of its own, too, when the parent drops or adds them",
    "procedures": "DISABLE TRIGGER, and what an extension's operator classes are used by",
    "transactions": "columns of a plain SELECT are not looked up; ROLLBACK AND CHAIN",
}
"""What the simulator does not know yet, by history; a history that holds is taken out of here."""


def _known(paths: list[Path], dialect: str) -> list[ParameterSet]:
    """The histories, those with a known miss marked as such."""
    return [
        pytest.param(
            path,
            id=path.stem,
            marks=pytest.mark.xfail(reason=KNOWN_MISSES[path.stem]) if path.stem in KNOWN_MISSES else (),
        )
        for path in paths
    ]


def _holds(score: Score) -> None:
    misses = "\n".join(map(str, score.misses))
    assert not score.misses, f"{score.summary()}\n{misses}"


@pytest.mark.parametrize("history", _known(histories("postgres"), "postgres"))
def test_postgres(history: Path, postgres: servers.Server) -> None:
    url = postgres.fresh()
    real, score = Postgres(url), Score()
    for verdict in replay(statements(history, "postgres"), real, Fold(real)):
        score.add(verdict)
    real.close()
    postgres.drop(url)
    _holds(score)


@pytest.mark.parametrize("history", _known(histories("sqlite"), "sqlite"))
def test_sqlite(history: Path, tmp_path: Path) -> None:
    real, score = Sqlite(tmp_path / "replay.db"), Score()
    for verdict in replay(statements(history, "sqlite"), real, Fold(real)):
        score.add(verdict)
    real.close()
    _holds(score)


@pytest.mark.corpora
@pytest.mark.skipif(not os.environ.get("DDLGUARD_CORPORA"), reason="DDLGUARD_CORPORA names no folder")
def test_one_real_project(postgres: servers.Server) -> None:
    """All of them take minutes: `make corpora`."""
    chain = next(chains(Path(os.environ["DDLGUARD_CORPORA"]), "postgres", ["hoppscotch"]))
    score = replay_postgres(chain, postgres)
    equal, accepted = score.equal
    predicted, refused = score.predicted
    assert equal >= EQUAL * accepted, "\n".join(map(str, score.misses))
    assert predicted >= PREDICTED * refused, "\n".join(map(str, score.misses))
