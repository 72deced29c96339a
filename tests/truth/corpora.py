"""Real projects' migrations replayed: `DDLGUARD_CORPORA=folder python -m tests.truth.corpora [project …] [dialect …] [mode …]`.

The folder holds `<project>/postgres/…` and `<project>/sqlite/…`. Files listed under `applied` in
`_oracle/<project>.*.catalog.json` run in that order; otherwise every folder of SQL files is a chain of its own,
ordered as the command line orders it. As finished migrations are hardly ever refused, every chain also runs `again` on
its own result, and `backwards` on an empty database: thousands of refusals to predict. Prints the figures, every miss, and whether the thresholds hold.
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
from checker.statement import Source, Statement, StatementKind
from tests import servers
from tests.truth import histories
from tests.truth.real import Postgres, Sqlite
from tests.truth.replay import Score, replay
from tests.truth.simulated import Fold

EQUAL, PREDICTED, UNDERSTOOD = 0.99, 0.99, 0.995
DIALECTS = ("postgres", "sqlite")
MODES = ("forwards", "again", "backwards")
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


def replay_postgres(chain: Chain, server: servers.Server, mode: str = "forwards") -> Score:
    """The chain on a database of its own."""
    url = server.fresh()
    if any("auth." in one.text for one in chain.statements[:1]):
        server.run("CREATE SCHEMA auth", url=url)
    score = _score(chain, Postgres(url), mode)
    server.drop(url)
    return score


def replay_sqlite(chain: Chain, folder: Path, mode: str = "forwards") -> Score:
    """The chain on a file of its own."""
    return _score(chain, Sqlite(Path(tempfile.mkdtemp(dir=folder)) / "replay.db"), mode)


def _score(chain: Chain, real: Postgres | Sqlite, mode: str) -> Score:
    score, ordered = Score(), chain.statements
    if mode == "backwards":
        ordered = ordered[::-1]
    if mode == "again":
        for statement in ordered:
            if statement.kind is not StatementKind.CLIENT_COMMAND:
                real.run(statement)
        real.run(Statement(Source("end", "ROLLBACK"), 0, 8))
    for verdict in replay(ordered, real, Fold(real)):
        score.add(verdict)
    real.close()
    return score


def main(wanted: list[str]) -> int:
    """Replay everything, or these projects or dialects; 1 where a threshold is missed."""
    root, server = Path(os.environ["DDLGUARD_CORPORA"]), servers.start()
    projects = [word for word in wanted if word not in (*DIALECTS, *MODES)]
    totals = {word: Score() for word in wanted if word in MODES} or {mode: Score() for mode in MODES}
    try:
        with tempfile.TemporaryDirectory() as scratch:
            for dialect in [word for word in wanted if word in DIALECTS] or DIALECTS:
                for chain in chains(root, dialect, projects):
                    for mode, total in totals.items():
                        total.merge(_timed(chain, mode, server, Path(scratch)))
    finally:
        server.stop()
    return _report(totals, root)


def _timed(chain: Chain, mode: str, server: servers.Server, scratch: Path) -> Score:
    started = time.monotonic()
    if chain.dialect == "postgres":
        score = replay_postgres(chain, server, mode)
    else:
        score = replay_sqlite(chain, scratch, mode)
    taken = f"{time.monotonic() - started:.1f} s"
    print(f"{chain.project} ({chain.dialect}, {mode}, {taken}): {score.summary()}", flush=True)
    return score


def _report(totals: dict[str, Score], root: Path) -> int:
    for mode, total in totals.items():
        for heading, verdicts in (("misses", total.misses), ("not understood", total.unread)):
            print(f"\n== {mode}, {heading}: {len(verdicts)}")
            for verdict in verdicts:
                print(str(verdict).removeprefix(f"{root}/"))
    print()
    missed = [mode for mode, total in totals.items() if not _holds(mode, total)]
    return 1 if missed else 0


def _holds(mode: str, total: Score) -> bool:
    print(f"{mode}: {total.summary()}")
    shares = (
        ("equal catalogs", *total.equal, EQUAL),
        ("refusals predicted", *total.predicted, PREDICTED),
        ("understood", total.understood, total.statements, UNDERSTOOD),
    )
    missed = [f"{what} below {limit:.1%}" for what, part, whole, limit in shares if part < limit * whole]
    print(f"    {'MISSED: ' + ', '.join(missed) if missed else 'the thresholds hold'}")
    return not missed


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
