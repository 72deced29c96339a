"""Questions about 10 million rows (1.4 GB) with a parent table of 1 million, one by one and together; then under load.

Every question has to be answered inside its timeout. The last rows say what pgbench gets done while nobody asks, and
while the questions are asked one round after the other.
"""

from __future__ import annotations

import re
import subprocess
import sys
import threading
import time
from collections.abc import Iterator

from bench.measure import Row
from checker.asking import TIMEOUT, Asking
from checker.catalog import QName
from checker.live import connect
from checker.probe import (
    Answer,
    Answers,
    Count,
    DoesNotCast,
    Duplicates,
    Fails,
    IsNull,
    IsTooLong,
    Key,
    NotAmong,
    Orphans,
    Probe,
)
from checker.rows import Formula, Stored, fields_of
from checker.sqltype import SqlType
from tests import servers

MILLIONS = 10
CLIENTS, LOAD_SECONDS = 4, 20
TABLES = (
    "CREATE UNLOGGED TABLE parents (id integer PRIMARY KEY, name text)",
    "INSERT INTO parents SELECT n, 'parent ' || n FROM generate_series(1, {parents}) n",
    (
        "CREATE UNLOGGED TABLE items (id bigint, parent_id integer, email text, code text, digits text, state text,"
        " amount numeric(12,2), stock bigint, late text)"
    ),
    (
        "INSERT INTO items SELECT n, n % {parents} + 1, 'user' || n || '@example.org', 'code ' || n % 5000, n::text,"
        " CASE n % 3 WHEN 0 THEN 'new' WHEN 1 THEN 'paid' ELSE 'sent' END, n % 10000 + 0.25, n,"
        " CASE WHEN n < {rows} THEN 'x' END FROM generate_series(1, {rows}) n"
    ),
    "ALTER TABLE items ADD PRIMARY KEY (id)",
    "CREATE INDEX ON items (parent_id)",
    "CREATE INDEX ON items (stock)",
    "VACUUM ANALYZE items",
    "VACUUM ANALYZE parents",
)
TEXT, BIGINT = SqlType("text"), SqlType("bigint")


def questions(items: Stored, parents: Stored) -> dict[str, Probe]:
    """What a migration with the usual changes asks; there is no offender but the last row's."""
    positive = Formula("amount >= 0", frozenset(("amount",)))
    return {
        "a row exists": Count(items),
        "NULL, none": Count(items, IsNull("email")),
        "NULL, none, indexed": Count(items, IsNull("parent_id")),
        "NULL in the last row": Count(items, IsNull("late")),
        "longer than 20": Count(items, IsTooLong("code", 20)),
        "a CHECK is false": Count(items, Fails(positive, "items")),
        "text is no integer": Count(items, DoesNotCast("digits", TEXT, SqlType("integer"))),
        "numeric does not fit": Count(
            items, DoesNotCast("amount", SqlType("numeric", (12, 2)), SqlType("numeric", (8, 2)))
        ),
        "bigint is no integer, indexed": Count(items, DoesNotCast("stock", BIGINT, SqlType("integer"))),
        "a label that goes": Count(items, NotAmong("state", ("new", "paid", "sent"))),
        "an orphan, none": Orphans(items, parents, ("parent_id",), ("id",)),
        "a duplicate, none": Duplicates(items, (Key("email"),)),
        "a duplicate, none, indexed": Duplicates(items, (Key("id"),)),
    }


def rows() -> Iterator[Row]:
    """Build the tables once, then measure; the server is stopped at the end."""
    server = servers.start()
    try:
        url = server.fresh()
        numbers = {"parents": MILLIONS * 100_000, "rows": MILLIONS * 1_000_000}
        server.run(*(one.format(**numbers) for one in TABLES), url=url)
        asked = questions(stored(url, "items"), stored(url, "parents"))
        yield from one_by_one(url, asked)
        yield from under_load(server, url, tuple(asked.values()))
    finally:
        server.stop()


def stored(url: str, name: str) -> Stored:
    """The rows of a table."""
    with connect(url) as live:
        table = live.catalog(frozenset((name,))).catalog.table(QName("public", name))
    assert table is not None
    return Stored(table.name, fields_of(table))


def one_by_one(url: str, asked: dict[str, Probe]) -> Iterator[Row]:
    """Each question by itself, then all in one round, cheap and full."""
    for name, probe in asked.items():
        seconds, _ = answered(url, (probe,), Asking())
        yield Row(f"10 M rows: {name}", seconds, limit=TIMEOUT)
    for strength in ("cheap", "full"):
        seconds, _ = answered(url, tuple(asked.values()), Asking(strength))
        yield Row(f"10 M rows: all {len(asked)} together, {strength}", seconds)


def answered(url: str, probes: tuple[Probe, ...], asking: Asking) -> tuple[float, Answers]:
    """How long the answers take, all of which there have to be."""
    with connect(url) as live:
        start = time.perf_counter()
        answers = live.answer(probes, asking=asking)
        seconds = time.perf_counter() - start
    left = [one for one in answers.values() if not isinstance(one, Answer)]
    if left:
        raise SystemExit(f"not answered: {left}")
    return seconds, answers


def under_load(server: servers.Server, url: str, probes: tuple[Probe, ...]) -> Iterator[Row]:
    """Milliseconds of a transaction of pgbench, alone and beside the questions."""
    pgbench(server, url, "-i", "-s", "10", "--unlogged-tables", "-q")
    alone = transactions(server, url)
    stop, rounds = threading.Event(), list[float]()

    def ask() -> None:
        while not stop.is_set():
            rounds.append(answered(url, probes, Asking(timeout=60, budget=600))[0])

    asking = threading.Thread(target=ask)
    asking.start()
    beside = transactions(server, url)
    stop.set()
    asking.join()
    yield Row("pgbench, one transaction, beside the questions", beside, "alone", alone)
    yield Row(f"10 M rows: all {len(probes)} together, beside pgbench", sum(rounds) / len(rounds))


def transactions(server: servers.Server, url: str) -> float:
    """The seconds that a transaction takes on average: clients by transactions per second."""
    said = pgbench(server, url, "-n", "-c", str(CLIENTS), "-T", str(LOAD_SECONDS))
    found = re.search(r"tps = ([\d.]+)", said)
    assert found is not None, said
    print(f"pgbench: {float(found[1]):.0f} transactions a second", file=sys.stderr, flush=True)
    return CLIENTS / float(found[1])


def pgbench(server: servers.Server, url: str, *arguments: str) -> str:
    """What pgbench says."""
    program = server.bin / "pgbench" if server.bin else "pgbench"
    done = subprocess.run([str(program), *arguments, url], capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"pgbench ended with {done.returncode}: {done.stderr[-1000:]}")
    return done.stdout
