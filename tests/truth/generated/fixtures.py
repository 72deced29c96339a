"""Small cases with names, from `fixtures/verdicts`: what generated ones once showed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from checker.catalog import Dialect
from checker.sql.split import split
from checker.statement import Source, Transaction
from tests.truth.generated.cases import Case

FOLDER = Path(__file__).parents[3] / "fixtures" / "verdicts"
_HEADER = re.compile(r"^-- (live|case)(?: \((as one transaction)\))?:(.*)$", re.MULTILINE)


def named_cases(dialect: Dialect) -> Iterator[Case]:
    """The cases of a dialect; each begins with the live side that stands above it."""
    parts = _HEADER.split((FOLDER / f"{dialect}.sql").read_text(encoding="utf-8"))[1:]
    live: tuple[str, ...] = ()
    for kind, together, name, text in zip(*(iter(parts),) * 4, strict=True):
        if kind == "live":
            live = tuple(one.text for one in split(Source("<live>", text), dialect))
        else:
            how = Transaction.FILE if together else Transaction.EACH
            yield Case(name.strip(), dialect, live, text, how)
