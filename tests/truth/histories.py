"""Where histories come from, and how a text becomes the statements that are replayed."""

from __future__ import annotations

from pathlib import Path

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
