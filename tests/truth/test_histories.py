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


def _named(paths: list[Path]) -> list[ParameterSet]:
    return [pytest.param(path, id=path.stem) for path in paths]


def _holds(score: Score) -> None:
    misses = "\n".join(map(str, score.misses))
    assert not score.misses, f"{score.summary()}\n{misses}"


@pytest.mark.parametrize("history", _named(histories("postgres")))
def test_postgres(history: Path, postgres: servers.Server) -> None:
    url = postgres.fresh()
    real, score = Postgres(url), Score()
    for verdict in replay(statements(history, "postgres"), real, Fold(real)):
        score.add(verdict)
    real.close()
    postgres.drop(url)
    _holds(score)


@pytest.mark.parametrize("history", _named(histories("sqlite")))
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
