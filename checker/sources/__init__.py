"""The input port: files, folders and standard input become migrations in the order in which they run."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from pathlib import Path

from checker.catalog import Dialect
from checker.finding import NotChecked
from checker.sources.directives import way_up
from checker.sources.layouts import LAYOUTS, Sends, Step, for_dialect
from checker.sources.port import NothingToCheck, SourceError, Target
from checker.sources.textfile import read_source as source
from checker.sources.textfile import read_stdin
from checker.sql.split import split
from checker.statement import Migration, Source, Statement, Transaction

__all__ = ["KINDS", "NothingToCheck", "SourceError", "Target", "read", "source"]

KINDS = tuple(LAYOUTS)
_PROVIDERS = {"mariadb": "mysql"}
_NOT_SQL = {
    ".prisma": "a Prisma schema; give it the SQL of `prisma migrate diff --script` or the migrations folder",
    ".php": "a PHP file; give it the SQL of the migration",
}
_PASSED = frozenset(("node_modules", ".git", ".venv", "__pycache__", "vendor"))


def read(targets: Sequence[str], *, dialect: Dialect, kind: str | None = None) -> Target:
    """What the targets hold; raises SourceError, NothingToCheck among them.

    A target is a file, a folder or `-`. `kind` forces a convention instead of recognising it.
    """
    if kind is not None and kind not in LAYOUTS:
        raise SourceError(f"--kind {kind}: not a kind of target; there are {', '.join(KINDS)}")
    if not targets:
        raise NothingToCheck("no target: name a file or folder of migrations, or - for standard input")
    read_ones = [_read_one(target, dialect, kind) for target in targets]
    migrations = tuple(_once(migration for _, found, _ in read_ones for migration in found))
    if not any(migration.statements for migration in migrations):
        raise NothingToCheck(f"{', '.join(targets)}: no SQL statement in there, so nothing was checked")
    kinds = {found for found, _, _ in read_ones}
    problems = tuple(problem for _, _, found in read_ones for problem in found)
    return Target(kinds.pop() if len(kinds) == 1 else "sql", ", ".join(targets), migrations, problems)


def _once(migrations: Iterable[Migration]) -> Iterator[Migration]:
    """Each file once, at its first place: a folder and a file in it name one migration, which runs once."""
    seen: set[str] = set()
    folders = cache(os.path.realpath)
    for migration in migrations:
        names = {statement.source.name for statement in migration.statements}
        paths = {_real(name, folders) for name in names}
        if not paths & seen:
            seen |= paths
            yield migration


def _real(path: str, folders: Callable[[str], str]) -> str:
    """The path without symbolic links; `folders` says the same of a folder."""
    folder, name = os.path.split(path)
    return os.path.realpath(path) if os.path.islink(path) else os.path.join(folders(folder), name)


def _read_one(
    target: str, dialect: Dialect, kind: str | None
) -> tuple[str, list[Migration], list[NotChecked]]:
    """The convention that was recognised, what would be applied, and what could not be taken into account."""
    if target == "-":
        return "sql", [_migration(read_stdin(), Step(Path("-"), "<stdin>"), dialect)], []
    path = Path(target)
    if path.is_dir():
        found, steps = _laid_out(
            path, for_dialect(sorted(_sql_files(path), key=lambda file: file.parts), dialect), kind
        )
        if not steps:
            raise NothingToCheck(f"{target}: no .sql file in this folder, so nothing was checked")
    elif path.suffix in _NOT_SQL:
        raise SourceError(f"{target}: {_NOT_SQL[path.suffix]}")
    elif not path.exists():
        raise SourceError(f"{target}: no such file or folder")
    else:
        found, steps = _laid_out(path.parent, [path], kind)
        # a file that was named is checked, even the way down of a pair
        steps = [step for step in steps if step.path == path] or [Step(path, path.stem)]
    problems = list(_lock(steps[0].path, dialect)) if found == "prisma" else []
    return found, [_migration(source(step.path), step, dialect) for step in steps], problems


def _laid_out(root: Path, files: list[Path], kind: str | None) -> tuple[str, list[Step]]:
    """The convention that the files follow, or the one that is asked for, and the files in its order."""
    for name, layout in LAYOUTS.items():
        steps = layout(root, files) if kind in (None, name) else None
        if steps is not None:
            return name, steps
    return kind or "sql", []


def _sql_files(root: Path) -> Iterator[Path]:
    """Every .sql file below; hidden ones, hidden folders and those of package managers are passed."""
    for folder, below, names in os.walk(root, onerror=_closed):
        below[:] = [name for name in below if name not in _PASSED and not name.startswith(".")]
        yield from (Path(folder) / name for name in names if name.lower().endswith(".sql") and name[0] != ".")


def _closed(problem: OSError) -> None:
    raise SourceError(f"{problem.filename}: cannot be read: {problem.strerror or problem}")


def _migration(source: Source, step: Step, dialect: Dialect) -> Migration:
    up, sends = way_up(source.text), step.sends
    ranges = ((0, len(source.text)),) if up is None else up.ranges
    statements = tuple(found for start, end in ranges for found in split(source, dialect, start, end))
    if up is not None:
        sends = Sends.TRANSACTION if not up.alone else Sends.QUERY if up.one_query else Sends.EACH
    if _ends_the_tools_own(statements):
        sends = Sends.TRANSACTION
    return Migration(step.name, statements, _transaction(sends, len(statements), dialect))


_TRANSACTION = re.compile(r"(BEGIN|START|COMMIT|END)\b", re.IGNORECASE)


def _ends_the_tools_own(statements: Sequence[Statement]) -> bool:
    """True where a COMMIT comes before any BEGIN: whoever wrote the file knows that the tool opens a transaction."""
    words = (found[1].upper() for one in statements if (found := _TRANSACTION.match(one.text)))
    return next(words, "") in ("COMMIT", "END")


def _transaction(sends: Sends, statements: int, dialect: Dialect) -> Transaction:
    match sends:
        case Sends.EACH:
            shared = False
        case Sends.TRANSACTION:
            shared = True
        case Sends.QUERY | Sends.WRAPPED_QUERY if dialect == "postgres":
            shared = statements > 1
        case _:
            shared = sends is Sends.WRAPPED_QUERY
    return Transaction.FILE if shared else Transaction.EACH


def _lock(first: Path, dialect: Dialect) -> Iterator[NotChecked]:
    """What migration_lock.toml of Prisma says about the server, where it is another one."""
    lock = first.parent.parent / "migration_lock.toml"
    said = (
        re.search(r'^\s*provider\s*=\s*"(\w+)"', source(lock).text, re.MULTILINE) if lock.is_file() else None
    )
    if said and not said[1].lower().startswith(_PROVIDERS.get(dialect, dialect)):
        yield NotChecked(str(lock), f"the migrations are for {said[1]}, and were read as {dialect}")
