"""The input port: files, folders and standard input become migrations in the order in which they run."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from checker.sources.directives import way_up
from checker.sources.layouts import LAYOUTS, Step
from checker.sources.port import NothingToCheck, SourceError, Target
from checker.sources.textfile import read_source as source
from checker.sources.textfile import read_stdin
from checker.sql.split import split
from checker.statement import Migration, Source, Statement, Transaction

__all__ = ["KINDS", "NothingToCheck", "SourceError", "Target", "read", "source"]

KINDS = tuple(LAYOUTS)
_PASSED = frozenset(("node_modules", ".git", ".venv", "__pycache__", "vendor"))


def read(targets: Sequence[str], *, dialect: str, kind: str | None = None) -> Target:
    """What the targets hold; raises SourceError, NothingToCheck among them.

    A target is a file, a folder or `-`. `kind` forces a convention instead of recognising it.
    """
    if kind is not None and kind not in LAYOUTS:
        raise SourceError(f"--kind {kind}: not a kind of target; there are {', '.join(KINDS)}")
    if not targets:
        raise NothingToCheck("no target: name a file or folder of migrations, or - for standard input")
    kinds: list[str] = []
    migrations: list[Migration] = []
    for target in targets:
        found, read_ones = _read_one(target, dialect, kind)
        kinds.append(found)
        migrations.extend(read_ones)
    if not any(migration.statements for migration in migrations):
        raise NothingToCheck(f"{', '.join(targets)}: no SQL statement in there, so nothing was checked")
    return Target(kinds[0] if len(set(kinds)) == 1 else "sql", ", ".join(targets), tuple(migrations))


def _read_one(target: str, dialect: str, kind: str | None) -> tuple[str, list[Migration]]:
    if target == "-":
        return "sql", [_migration(read_stdin(), "<stdin>", Transaction.EACH, dialect)]
    path = Path(target)
    if path.is_dir():
        found, steps = _laid_out(path, sorted(_sql_files(path)), kind)
        if not steps:
            raise NothingToCheck(f"{target}: no .sql file in this folder, so nothing was checked")
        return found, [_migration(source(s.path), s.name, s.transaction, dialect) for s in steps]
    if not path.exists():
        raise SourceError(f"{target}: no such file or folder")
    found, steps = _laid_out(path.parent, [path], kind)
    # a file that was named is checked, even the way down of a pair
    step = next((s for s in steps if s.path == path), Step(path, path.stem, Transaction.EACH))
    return found, [_migration(source(path), step.name, step.transaction, dialect)]


def _laid_out(root: Path, files: list[Path], kind: str | None) -> tuple[str, list[Step]]:
    """The convention that the files follow, or the one that is asked for, and the files in its order."""
    for name, layout in LAYOUTS.items():
        steps = layout(root, files) if kind in (None, name) else None
        if steps is not None:
            return name, steps
    return kind or "sql", []


def _sql_files(root: Path) -> Iterator[Path]:
    """Every .sql file below; hidden folders and those of package managers are passed."""
    for folder, below, names in os.walk(root):
        below[:] = [name for name in below if name not in _PASSED and not name.startswith(".")]
        yield from (Path(folder) / name for name in names if name.lower().endswith(".sql"))


def _migration(source: Source, name: str, transaction: Transaction, dialect: str) -> Migration:
    ups = way_up(source.text)
    if ups is None:
        return Migration(name, split(source, dialect), transaction)
    statements: list[Statement] = []
    for up in ups:
        statements.extend(split(source, dialect, up.start, up.end))
    return Migration(name, tuple(statements), ups[0].transaction if ups else transaction)
