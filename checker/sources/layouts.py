"""Folders of migrations: which files are applied, in which order, and how each is run.

Every convention is one function from the SQL files below a folder to what would be applied, or None where
the folder is not laid out that way. The first that recognises a folder decides; plain name order is last.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from checker.statement import Transaction


@dataclass(frozen=True, slots=True)
class Step:
    """One file to be applied; `name` is what the tool's own history calls it."""

    path: Path
    name: str
    transaction: Transaction


Layout = Callable[[Path, list[Path]], "list[Step] | None"]

_LEADING_NUMBER = re.compile(r"\d+")
_FLYWAY = re.compile(r"(?P<kind>[VBUR])(?P<version>[\d._]*)__.+\.sql")
_SQITCH_CHANGE = re.compile(r"^(?![%@#\s])(?P<name>\S+)", re.MULTILINE)


def prisma(root: Path, files: list[Path]) -> list[Step] | None:
    """Prisma: `<timestamp>_<name>/migration.sql`, by folder name; one simple query a file."""
    found = [path for path in files if path.name == "migration.sql"]
    if not found:
        return None
    return [
        Step(path, path.parent.name, Transaction.FILE) for path in sorted(found, key=lambda p: p.parent.name)
    ]


def diesel(root: Path, files: list[Path]) -> list[Step] | None:
    """Diesel: `<version>_<name>/up.sql`, by folder name, in a transaction unless metadata.toml says no."""
    found = [path for path in files if path.name == "up.sql"]
    if not found:
        return None
    return [Step(path, path.parent.name, _diesel_transaction(path)) for path in sorted(found)]


def _diesel_transaction(path: Path) -> Transaction:
    settings = path.parent / "metadata.toml"
    said = settings.read_text(encoding="utf-8", errors="replace") if settings.is_file() else ""
    off = re.search(r"^\s*run_in_transaction\s*=\s*false", said, re.MULTILINE)
    return Transaction.EACH if off else Transaction.FILE


def sqitch(root: Path, files: list[Path]) -> list[Step] | None:
    """sqitch: `deploy/<change>.sql` in the order of `sqitch.plan`; psql runs the files' own transactions."""
    plan = next((p for p in (root / "sqitch.plan", root.parent / "sqitch.plan") if p.is_file()), None)
    if plan is None:
        return None
    changes = _SQITCH_CHANGE.findall(plan.read_text(encoding="utf-8", errors="replace"))
    deploy = plan.parent / "deploy"
    return [
        Step(deploy / f"{name}.sql", name, Transaction.EACH)
        for name in changes
        if (deploy / f"{name}.sql").is_file()
    ]


def pairs(root: Path, files: list[Path]) -> list[Step] | None:
    """golang-migrate and its like: `<version>_<name>.up.sql` by version number, one simple query a file."""
    found = [path for path in files if re.search(r"\.up(\.\w+)?\.sql$", path.name)]
    if not found:
        return None
    return [
        Step(path, re.sub(r"\.up(\.\w+)?\.sql$", "", path.name), Transaction.FILE)
        for path in sorted(found, key=_by_number)
    ]


def _by_number(path: Path) -> tuple[int, str]:
    leading = _LEADING_NUMBER.match(path.name)
    return (int(leading[0]) if leading else 0), path.name


def flyway(root: Path, files: list[Path]) -> list[Step] | None:
    """Flyway: versioned by version number, then repeatable by name; baselines and undo are left out."""
    named = [(path, _FLYWAY.fullmatch(path.name)) for path in files]
    found = [(path, match) for path, match in named if match]
    if not any(match["kind"] == "V" for _, match in found):
        return None
    versioned = sorted((_version(match["version"]), path) for path, match in found if match["kind"] == "V")
    repeatable = sorted(path for path, match in found if match["kind"] == "R")
    return [Step(path, path.stem, Transaction.FILE) for path in (*(p for _, p in versioned), *repeatable)]


def _version(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.split(r"[._]", text) if part)


def by_name(root: Path, files: list[Path]) -> list[Step] | None:
    """Any other folder: every SQL file by its path; the way down of a pair is left out."""
    kept = [path for path in files if not re.search(r"(^|[._-])down(\.\w+)?\.sql$", path.name)]
    return [Step(path, path.stem, Transaction.EACH) for path in kept]


LAYOUTS: dict[str, Layout] = {
    "prisma": prisma,
    "diesel": diesel,
    "sqitch": sqitch,
    "up-down": pairs,
    "flyway": flyway,
    "sql": by_name,
}
"""Kind to layout, most particular first."""
