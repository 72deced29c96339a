"""Real projects' migrations replayed: `DDLGUARD_CORPORA=folder python -m tests.truth.corpora [project …] [dialect …]`.

The folder holds `<project>/postgres/…` and `<project>/sqlite/…`. Files listed under `applied` in
`_oracle/<project>.*.catalog.json` run in that order; otherwise every folder of SQL files is a chain of its own,
ordered as the command line orders it. Prints the figures, every miss, and whether the thresholds hold.
"""

from __future__ import annotations

import json
import os
import re
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from checker.sql.split import split
from checker.statement import Source, Statement
from tests import servers
from tests.truth import histories
from tests.truth.real import Postgres, Sqlite
from tests.truth.replay import Score, replay
from tests.truth.simulated import Fold

EQUAL, PREDICTED, UNDERSTOOD = 0.99, 0.99, 0.995
DIALECTS = ("postgres", "sqlite")
_TEMPLATE = re.compile(r"\{\{.*?\}\}", re.DOTALL)


@dataclass(frozen=True)
class Chain:
    """Migrations of one project in the order in which they run."""

    project: str
    dialect: str
    statements: tuple[Statement, ...]


def chains(root: Path, dialect: str, projects: Iterable[str] = ()) -> Iterator[Chain]:
    """Every chain of that dialect, of all projects or of these."""
    wanted = set(projects)
    for folder in sorted(root.glob(f"*/{dialect}")):
        project = folder.parent.name
        if not wanted or project in wanted:
            for found in _chains(root, folder):
                yield Chain(project, dialect, found)


def _chains(root: Path, folder: Path) -> Iterator[tuple[Statement, ...]]:
    dialect = folder.name
    listed = next((root / "_oracle").glob(f"{folder.parent.name}.{dialect[:1]}*.catalog.json"), None)
    if listed is not None:
        applied = json.loads(listed.read_text(encoding="utf-8"))["applied"]
        yield tuple(one for name in applied for one in _read(folder.parent / name, root, dialect))
    elif dialect == "sqlite":
        yield from histories.chains(folder, "sqlite")


def _read(path: Path, root: Path, dialect: str) -> tuple[Statement, ...]:
    text = path.read_text(encoding="utf-8", errors="replace")
    return split(Source(str(path.relative_to(root)), _TEMPLATE.sub("auth", text)), dialect)


def replay_postgres(chain: Chain, server: servers.Server) -> Score:
    """The chain on a database of its own."""
    url = server.fresh()
    if any("auth." in one.text for one in chain.statements[:1]):
        server.run("CREATE SCHEMA auth", url=url)
    real, score = Postgres(url), Score()
    for verdict in replay(chain.statements, real, Fold(real)):
        score.add(verdict)
    real.close()
    server.drop(url)
    return score


def replay_sqlite(chain: Chain, folder: Path) -> Score:
    """The chain on a file of its own."""
    real, score = Sqlite(Path(tempfile.mkdtemp(dir=folder)) / "replay.db"), Score()
    for verdict in replay(chain.statements, real, Fold(real)):
        score.add(verdict)
    real.close()
    return score


def main(wanted: list[str]) -> int:
    """Replay everything, or these projects or dialects; 1 where a threshold is missed."""
    root, total, server = Path(os.environ["DDLGUARD_CORPORA"]), Score(), servers.start()
    projects = [word for word in wanted if word not in DIALECTS]
    try:
        with tempfile.TemporaryDirectory() as scratch:
            for dialect in [word for word in wanted if word in DIALECTS] or DIALECTS:
                for chain in chains(root, dialect, projects):
                    started = time.monotonic()
                    if dialect == "postgres":
                        score = replay_postgres(chain, server)
                    else:
                        score = replay_sqlite(chain, Path(scratch))
                    taken = f"{time.monotonic() - started:.1f} s"
                    print(f"{chain.project} ({dialect}, {taken}): {score.summary()}", flush=True)
                    total.merge(score)
    finally:
        server.stop()
    return _report(total, root)


def _report(total: Score, root: Path) -> int:
    for heading, verdicts in (("Misses", total.misses), ("Not understood", total.unread)):
        print(f"\n== {heading}: {len(verdicts)}")
        for verdict in verdicts:
            print(str(verdict).removeprefix(f"{root}/"))
    print(f"\n{total.summary()}")
    shares = [
        ("equal catalogs", *total.equal, EQUAL),
        ("refusals predicted", *total.predicted, PREDICTED),
        ("understood", total.understood, total.statements, UNDERSTOOD),
    ]
    missed = 0
    for what, part, whole, limit in shares:
        holds = not whole or part >= limit * whole
        missed += not holds
        print(f"{what}: at least {limit:.1%} {'holds' if holds else 'MISSED'}")
    return min(missed, 1)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
