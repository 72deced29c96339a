"""Predictions held against real servers: `python -m tests.truth.generated [--count N] [--seed S] [--only N] [dialect …]`.

Prints the figures and every disagreement as a script; the exit code is 1 where the thresholds do not hold.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from checker.catalog import Dialect
from tests import servers
from tests.truth.generated.cases import case
from tests.truth.generated.databases import Database, Postgres, Sqlite
from tests.truth.generated.verdicts import Outcome, Score, judge

FALSE_ALARMS = 0.01
DIALECTS: tuple[Dialect, ...] = ("postgres", "sqlite")


@contextmanager
def database(dialect: Dialect) -> Iterator[Database]:
    """A database of that kind, on a server of its own."""
    if dialect == "sqlite":
        with tempfile.TemporaryDirectory() as folder:
            file = Sqlite(Path(folder) / "truth.db")
            yield file
            file.close()
        return
    server = servers.start()
    url = server.fresh()
    opened = Postgres(url)
    try:
        yield opened
    finally:
        opened.close()
        server.drop(url)
        server.stop()


def score(dialect: Dialect, seed: int, numbers: Iterable[int], database: Database) -> Score:
    """The score of these cases."""
    found = Score()
    for number in numbers:
        found.add(judge(case(seed, dialect, number), database))
    return found


def holds(found: Score) -> bool:
    """Whether nothing was missed, and false alarms stay under their share of the accepted statements."""
    accepted = found.of(Outcome.ACCEPTED) + found.of(Outcome.WORRIED)
    return (
        not found.of(Outcome.MISSED)
        and not found.of(Outcome.LOST)
        and found.of(Outcome.FALSE_ALARM) <= FALSE_ALARMS * accepted
    )


def main(arguments: list[str]) -> int:
    """Run the cases; 0 where the thresholds hold."""
    parser = argparse.ArgumentParser(prog="python -m tests.truth.generated")
    parser.add_argument("dialects", nargs="*", default=DIALECTS)
    parser.add_argument("--count", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", type=int, help="this case alone, and all that became of it")
    chosen = parser.parse_args(arguments)
    good = True
    for dialect in DIALECTS:
        if dialect in chosen.dialects:
            good &= _run(dialect, chosen.seed, chosen.count, chosen.only)
    return 0 if good else 1


def _run(dialect: Dialect, seed: int, count: int, only: int | None) -> bool:
    started = time.monotonic()
    with database(dialect) as opened:
        if only is not None:
            for verdict in judge(case(seed, dialect, only), opened):
                print(f"{verdict.outcome.value}: {verdict.sql}", *verdict.details, sep="\n    ")
        found = score(dialect, seed, range(count) if only is None else [only], opened)
    for verdict in found.wrong:
        print(verdict)
    for why, times in found.worries.most_common():
        print(f"{times:6}  {why}")
    print(f"{dialect}, seed {seed}: {found.summary()}\n  {time.monotonic() - started:.0f} s", flush=True)
    return holds(found)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
