"""Numbers that the server gives out by itself: sequences, and SQLite's row ids."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from checker import change as to
from checker.catalog import Catalog, Column, Expr, QName, Sequence, Table
from checker.change import Change
from checker.data.formulas import NULL, Reader, is_fresh
from checker.rows import (
    Both,
    Computed,
    Drawn,
    Draws,
    Following,
    Given,
    Nothing,
    Opaque,
    Rows,
    Selected,
    Stored,
    Unknown,
    Value,
    rows_of,
)
from checker.sql.nodes import Name


def left_out(reader: Reader, table: Table, column: Column) -> Value:
    """What a column gets that an INSERT does not name; generated ones are computed afterwards."""
    if column.generated:
        return NULL
    if table.is_row_id(column):
        return _row_id(rows_of(reader.scope.catalog, table.name), column)
    sequence = sequence_of(reader.scope.catalog, table, column)
    return next_of(reader.scope.catalog, sequence) if sequence else reader.default(column)


def is_numbered(catalog: Catalog, table: Table, column: Column) -> bool:
    """True where the server numbers the rows by this column: it is never NULL unless someone says so."""
    return table.is_row_id(column) or sequence_of(catalog, table, column) is not None


def sequence_of(catalog: Catalog, table: Table, column: Column) -> QName | None:
    """The sequence that numbers a column: that of its identity, or the one that its default draws from."""
    if column.identity:
        owned = (one.name for one in catalog.owned_sequences(table.name) if one.identity)
        return next((name for name in owned if _owner(catalog, name) == (table.name, column.name)), None)
    if column.default is None or not column.default.text.lower().startswith(
        ("nextval(", "pg_catalog.nextval(")
    ):
        return None
    return next((name for name in column.default.uses if isinstance(catalog.relation(name), Sequence)), None)


def draws_own(reader: Reader, table: Table, column: Column, written: Expr) -> bool:
    """True where a value is the next of the very sequence that numbers the column, as its default is."""
    if (
        not written.text.lower().startswith("nextval(")
        or not is_fresh(written.text)
        or len(written.uses) != 1
    ):
        return False
    (used,) = written.uses
    name = reader.scope.relation(Name(tuple(filter(None, used))))
    return name == sequence_of(reader.scope.catalog, table, column)


def _owner(catalog: Catalog, name: QName) -> tuple[QName, str] | None:
    found = catalog.relation(name)
    return found.owner if isinstance(found, Sequence) else None


def next_of(catalog: Catalog, sequence: QName) -> Value:
    """The next numbers of a sequence at this moment."""
    draws = catalog.draws.get(sequence, Draws())
    return Opaque() if draws.lost else Drawn(sequence, draws.before, draws.born)


def _row_id(rows: Rows, column: Column) -> Value:
    """AUTOINCREMENT remembers numbers of rows that are gone: known while nothing was deleted here."""
    if isinstance(rows, Unknown) or column.name in rows.opaque:
        return Opaque()
    if not column.autoincrement:
        return Following(rows, column.name)
    live = _only_grown(rows)
    if live is None:
        return Opaque()
    return Following(rows, column.name, live.table if isinstance(live, Stored) else None)


def _only_grown(rows: Rows) -> Stored | Nothing | None:
    """What rows were put on top of, where nothing but rows was added; None for anything else."""
    match rows:
        case Stored() | Nothing():
            return rows
        case Given() | Selected():
            return Nothing(rows.fields)
        case Computed(source=source, when=None) if source.fields == rows.fields:
            return _only_grown(source)
        case Both(first=first, second=second):
            return _only_grown(first) if _only_grown(second) is not None else None
        case _:
            return None


# What a Change does to sequences


def with_draws(before: Catalog, after: Catalog, change: Change) -> Mapping[QName, Draws]:
    """The sequences that the run has made or drawn from, after the change."""
    found = dict(_drawn(before, after, change))
    return {**after.draws, **found} if found else after.draws


def _drawn(before: Catalog, after: Catalog, change: Change) -> Iterator[tuple[QName, Draws]]:
    match change:
        case to.CreateTable(sequences=sequences):
            yield from ((one.name, Draws(born=True)) for one in sequences)
        case to.AddColumn(sequences=sequences, table=table):
            held = rows_of(before, table)
            yield from ((one.name, Draws((held,), born=True)) for one in sequences)
        case to.CreateSequence(sequence=sequence):
            yield sequence.name, Draws(lost="where it starts is not followed")
        case to.AlterSequence(name=name):
            yield name, Draws(lost="it was altered")
        case to.Rollback():
            # what was drawn stays drawn
            yield from before.draws.items()
        case to.NoChange(draws=True):
            yield from ((one.name, Draws(lost="a sequence was set by hand")) for one in before.sequences())
        case to.Truncate(restart=True, table=table, along=along):
            owned = (one.name for name in (table, *along) for one in before.owned_sequences(name))
            yield from ((name, Draws(born=True)) for name in owned)
        case to.AddIdentity(sequence=sequence):
            yield sequence.name, Draws(born=True)
        case to.SetIdentity(table=table) | to.SetSchema(kind="table", name=table):
            moved = after.owned_sequences(table), after.owned_sequences(_moved(change, table))
            yield from ((one.name, Draws(lost="it was altered")) for owned in moved for one in owned)
        case to.RenameObject(kind="sequence", name=old, new=new):
            yield QName(old.schema, new), Draws(lost="it was renamed")


def _moved(change: Change, table: QName) -> QName:
    return QName(change.schema, table.name) if isinstance(change, to.SetSchema) else table


def drawn_by(catalog: Catalog, table: Table, named: Iterable[str], new: Rows) -> dict[QName, Draws]:
    """What an INSERT of these rows draws: one number each for every column that it does not name."""
    found = {}
    for column in table.columns:
        sequence = None if column.name in named else sequence_of(catalog, table, column)
        if sequence is not None:
            draws = catalog.draws.get(sequence, Draws())
            lost = draws.lost or (new.why if isinstance(new, Unknown) else "")
            found[sequence] = Draws((*draws.before, new), draws.born, lost)
    return found
