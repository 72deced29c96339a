"""Where histories come from, and how a text becomes the statements that are replayed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from checker.catalog import Dialect
from checker.sources import read
from checker.sql.split import split
from checker.statement import Source, Statement

FOLDER = Path(__file__).parents[2] / "fixtures" / "histories"


def histories(dialect: str) -> list[Path]:
    """Our own histories of a dialect."""
    return sorted((FOLDER / dialect).glob("*.sql"))


def statements(path: Path, dialect: str, root: Path | None = None) -> tuple[Statement, ...]:
    """The statements of a file; it is called by its name under `root`."""
    name = str(path.relative_to(root)) if root else path.name
    return split(Source(name, path.read_text(encoding="utf-8", errors="replace")), dialect)


def chains(folder: Path, dialect: Dialect) -> Iterator[tuple[Statement, ...]]:
    """Every chain below a folder: the SQL files of one folder, or its subfolders' where each holds one."""
    for home in sorted({_home(path, folder) for path in folder.rglob("*.sql")}):
        target = read([str(home)], dialect=dialect)
        yield tuple(one for migration in target.migrations for one in migration.statements)


def _home(path: Path, top: Path) -> Path:
    alone = len(list(path.parent.glob("*.sql"))) <= 2 and path.parent != top
    siblings = [found for found in path.parent.parent.iterdir() if any(found.glob("*.sql"))]
    return path.parent.parent if alone and len(siblings) > 1 else path.parent
