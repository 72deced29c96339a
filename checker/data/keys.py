"""What keeps the rows of a table apart: its unique indexes, and SQLite's row number."""

from __future__ import annotations

from collections.abc import Iterator

from checker.catalog import Index, IndexKey, QName, Table


def unique_indexes(table: Table) -> Iterator[Index]:
    """The unique indexes that new keys are held against, the primary key's first.

    SQLite's INTEGER PRIMARY KEY is the number of the row and has no index; it judges as if it had one.
    """
    key = table.primary_key
    if key is not None and any(table.is_row_id(column) for column in table.columns):
        name = QName(table.name.schema, key.name)
        yield Index(name, table.name, tuple(map(IndexKey, key.columns)), unique=True, constraint=key.name)
    for index in table.indexes:
        if index.unique and index.valid:
            yield index


def unique_columns(table: Table, conflict: tuple[str, ...] | None = None) -> list[tuple[str, ...]]:
    """The column lists of the unique indexes over plain columns and all rows, each once.

    With `conflict`, those alone that ON CONFLICT names; none named are all.
    """
    found = {
        columns
        for index in unique_indexes(table)
        if index.where is None and len(columns := tuple(filter(None, index.columns))) == len(index.keys)
        if not conflict or set(conflict) == set(columns)
    }
    return sorted(found)
