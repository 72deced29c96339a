"""What a view of SQLite reads, as far as its text tells: SQLite itself looks when the view is used, not before."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from checker.catalog import QName, ViewColumn
from checker.sql.tokens import identifier, tokenize


def reads_of(
    text: str, relations: Iterable[QName], known: Mapping[str, tuple[str, Sequence[str]]]
) -> frozenset[ViewColumn]:
    """What a view reads: its relations, and those of their columns that its text names."""
    words = {
        identifier(token, "sqlite").lower()
        for token in tokenize(text, "sqlite")
        if token.kind in ("word", "quoted")
    }
    found: set[ViewColumn] = set()
    for relation in relations:
        name, columns = known.get(relation.name.lower(), (relation.name, ()))
        qname = QName("main", name)
        found.add(ViewColumn(qname, None))
        found |= {ViewColumn(qname, column) for column in columns if column.lower() in words}
    return frozenset(found)
