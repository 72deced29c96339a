"""Folders of migrations: which files are applied, in which order, and how each is run.

Every convention is one function from the SQL files below a folder to what would be applied, or None where
the folder is not laid out that way. The first that recognises a folder decides; plain name order is last.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from enum import Enum
from pathlib import Path

from checker.sources.directives import is_numbered
from checker.sources.port import SourceError
from checker.sources.textfile import read_source
from checker.values import dataclass


class Sends(Enum):
    """How a tool sends a file: statement by statement, in a transaction of its own, or as one query.

    Several statements in one simple query share one transaction on PostgreSQL, a single one has none
    (the manual, "Multiple Statements in a Simple Query"): CREATE INDEX CONCURRENTLY works alone. SQLite has
    nothing of the kind: there QUERY is sent as it is, WRAPPED_QUERY in BEGIN and COMMIT.
    """

    EACH = "each"
    TRANSACTION = "transaction"
    QUERY = "query"
    WRAPPED_QUERY = "wrapped query"


@dataclass(frozen=True, slots=True)
class Step:
    """One file to be applied; `name` is what the tool's own history calls it."""

    path: Path
    name: str
    sends: Sends = Sends.EACH


Layout = Callable[[Path, list[Path]], "list[Step] | None"]


def drizzle(root: Path, files: list[Path]) -> list[Step] | None:
    """Drizzle: the tags of `meta/_journal.json` in its order, or `<name>/migration.sql` beside `snapshot.json`.

    The migrator runs all of them in one transaction (drizzle-orm, `dialect.migrate`).
    """
    journals = {path.parent / "meta" / "_journal.json" for path in files}
    tagged = [
        Step(path, path.stem, Sends.TRANSACTION)
        for journal in sorted(journals)
        if journal.is_file()
        for path in (journal.parent.parent / f"{tag}.sql" for tag in _tags(journal))
        if path in files
    ]
    if tagged:
        return tagged
    found = sorted(p for p in files if p.name == "migration.sql" and p.with_name("snapshot.json").is_file())
    return [Step(path, path.parent.name, Sends.TRANSACTION) for path in found] or None


def _tags(journal: Path) -> list[str]:
    try:
        entries = json.loads(read_source(journal).text)["entries"]
        return [str(entry["tag"]) for entry in sorted(entries, key=lambda entry: int(entry["idx"]))]
    except (ValueError, KeyError, TypeError):
        raise SourceError(f"{journal}: not a journal of drizzle-kit: is the file whole?") from None


def prisma(root: Path, files: list[Path]) -> list[Step] | None:
    """Prisma: `<timestamp>_<name>/migration.sql`, by folder name; one simple query a file."""
    found = [path for path in files if path.name == "migration.sql"]
    found.sort(key=lambda path: path.parent.name)
    return [Step(path, path.parent.name, Sends.QUERY) for path in found] or None


def diesel(root: Path, files: list[Path]) -> list[Step] | None:
    """Diesel: `<version>_<name>/up.sql`, by folder name, in a transaction unless metadata.toml says no."""
    found = sorted(path for path in files if path.name == "up.sql")
    return [Step(path, path.parent.name, _diesel_sends(path)) for path in found] or None


def _diesel_sends(path: Path) -> Sends:
    settings = path.parent / "metadata.toml"
    said = read_source(settings).text if settings.is_file() else ""
    off = re.search(r"^\s*run_in_transaction\s*=\s*false\b", said, re.MULTILINE)
    return Sends.EACH if off else Sends.TRANSACTION


def sqitch(root: Path, files: list[Path]) -> list[Step] | None:
    """sqitch: `deploy/<change>.sql` in the order of `sqitch.plan`; the client runs the files' own transactions."""
    plan = next(
        (p for p in (root / "sqitch.plan", root.absolute().parent / "sqitch.plan") if p.is_file()), None
    )
    if plan is None:
        return None
    deploy = root if root.absolute().parent == plan.parent else root / "deploy"
    paths = {path.absolute(): path for path in files}
    found = (
        (paths.get((deploy / f"{name}.sql").absolute()), name) for name in _changes(read_source(plan).text)
    )
    return [Step(path, name) for path, name in found if path]


def _changes(plan: str) -> list[str]:
    """The scripts of a plan, in order; one that a later line reworks carries the next tag in its name."""
    lines = (line.split("#", 1)[0].split() for line in plan.splitlines())
    words = [line[0].lstrip("+") for line in lines if line and not line[0].startswith(("%", "-"))]
    scripts = []
    for i, word in enumerate(words):
        if word.startswith("@"):
            continue
        later = words[i + 1 :]
        tag = next((other for other in later if other.startswith("@")), "")
        scripts.append(word + tag if word in later else word)
    return scripts


def pairs(root: Path, files: list[Path]) -> list[Step] | None:
    """golang-migrate and its like: `<version>_<name>.up.sql` by version number, one simple query a file."""
    found = [path for path in files if _UP.search(path.name)]
    return [
        Step(path, _UP.sub("", path.name), Sends.WRAPPED_QUERY) for path in sorted(found, key=_by_number)
    ] or None


_UP = re.compile(r"\.up\.sql$", re.IGNORECASE)
_LEADING_NUMBER = re.compile(r"\d+")


def _by_number(path: Path) -> tuple[bool, int, str]:
    """By the number in front, 2 before 10; by name where there is none."""
    leading = _LEADING_NUMBER.match(path.name)
    return leading is None, int(leading[0]) if leading else 0, path.name


_FLYWAY = re.compile(r"(?P<kind>[VBUR])(?P<version>[\d._]*?)__.+\.sql")


def flyway(root: Path, files: list[Path]) -> list[Step] | None:
    """Flyway: versioned by version number, then repeatable by name; baselines and undo are left out."""
    named = [(match, path) for path in files if (match := _FLYWAY.fullmatch(path.name))]
    if not any(match["kind"] == "V" for match, _ in named):
        return None
    versioned = sorted((_version(match["version"]), path) for match, path in named if match["kind"] == "V")
    repeatable = sorted((path.name, path) for match, path in named if match["kind"] == "R")
    paths = [*(path for _, path in versioned), *(path for _, path in repeatable)]
    return [Step(path, path.stem, _flyway_sends(path)) for path in paths]


def _version(text: str) -> tuple[int, ...]:
    """`1.10` is after `1.2`, and `1.0` the same as `1`."""
    parts = [int(part) for part in re.split(r"[._]", text) if part]
    while parts and not parts[-1]:
        parts.pop()
    return tuple(parts)


def _flyway_sends(path: Path) -> Sends:
    """In a transaction unless `V1__x.sql.conf` says otherwise, or a statement is none that runs inside of one."""
    settings = path.with_name(f"{path.name}.conf")
    said = read_source(settings).text if settings.is_file() else ""
    alone = re.search(r"executeInTransaction\s*=\s*false", said) or _FLYWAY_ALONE.search(
        read_source(path).text
    )
    return Sends.EACH if alone else Sends.TRANSACTION


# What Flyway's PostgreSQLParser takes out of the transaction by itself
_FLYWAY_ALONE = re.compile(
    r"^\s*(?:CREATE\s+(?:UNIQUE\s+)?INDEX\s+CONCURRENTLY|DROP\s+INDEX\s+CONCURRENTLY|CREATE\s+(?:DATABASE|TABLESPACE|"
    r"SUBSCRIPTION)|ALTER\s+SYSTEM|VACUUM|DISCARD\s+ALL|REINDEX\s+(?:\(\s*VERBOSE\s*\)\s*)?(?:SCHEMA|DATABASE|SYSTEM))\b",
    re.IGNORECASE | re.MULTILINE,
)


def by_name(root: Path, files: list[Path]) -> list[Step] | None:
    """Any other folder: every SQL file by its path, by number where a tool does so; no way down of a pair."""
    kept = [path for path in files if not _undoes_another(path)]
    if kept and is_numbered(read_source(kept[0]).text):
        kept.sort(key=_by_number)
    return [Step(path, path.stem) for path in kept]


_DOWN = re.compile(r"(?:^|(?P<sign>[._-]))(?:down|undo|revert|rollback)\.sql$", re.IGNORECASE)


def _undoes_another(path: Path) -> bool:
    """True for `x.down.sql`, and for `x_undo.sql` and its like where `x.sql` or `x_up.sql` lies beside it."""
    found = _DOWN.search(path.name)
    if found is None or path.name.lower().endswith(".down.sql"):
        return found is not None
    stem, sign = path.name[: found.start()], found["sign"] or ""
    others = (f"{stem}{sign}{word}.sql" for word in ("up", "do", "deploy"))
    return any(path.with_name(other).is_file() for other in (*others, f"{stem or 'up'}.sql"))


LAYOUTS: dict[str, Layout] = {
    "drizzle": drizzle,
    "prisma": prisma,
    "diesel": diesel,
    "sqitch": sqitch,
    "up-down": pairs,
    "flyway": flyway,
    "sql": by_name,
}
"""Kind to layout, most particular first."""

_SERVERS = {
    "postgres": ("postgres", "postgresql", "pg", "pgsql"),
    "sqlite": ("sqlite", "sqlite3"),
    "mysql": ("mysql", "mariadb"),
    "mariadb": ("mariadb", "mysql"),
}
_OTHER_SERVERS = ("cockroach", "cockroachdb", "mssql", "sqlserver", "oracle")


def for_dialect(files: Iterable[Path], dialect: str) -> list[Path]:
    """Without the files that name another server, as pop does: `20210101_x.mysql.up.sql`.

    A file that names no server is left out where one of the same name does name ours.
    """
    ours = _SERVERS[dialect]
    foreign = {name for names in _SERVERS.values() for name in names}.union(_OTHER_SERVERS).difference(ours)
    kept = [path for path in files if foreign.isdisjoint(_words(path))]
    named = {path.with_name(_without(path, ours)) for path in kept if not _words(path).isdisjoint(ours)}
    return [path for path in kept if path not in named]


def _words(path: Path) -> set[str]:
    """The parts of a file name between dots, without its first and its suffix."""
    return set(path.name.lower().split(".")[1:-1])


def _without(path: Path, words: tuple[str, ...]) -> str:
    return ".".join(part for part in path.name.split(".") if part.lower() not in words)
