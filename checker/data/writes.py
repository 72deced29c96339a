"""Rows after INSERT, UPDATE and DELETE, in their table and in those whose foreign keys lead to it."""

from __future__ import annotations

from collections.abc import Iterator

from checker import change as to
from checker.catalog import Catalog, Column, Expr, ForeignKey, QName, Table
from checker.data import conflicts
from checker.data.conflicts import has_partner
from checker.data.formulas import NULL, Reader, Unfollowed, alone, joined, materialized, picked, quoted
from checker.data.numbers import drawn_by, draws_own, left_out
from checker.data.selections import selection
from checker.data.shapes import regenerated
from checker.rows import (
    Computed,
    Copy,
    Drawn,
    Draws,
    Field,
    Following,
    Formula,
    Given,
    Kept,
    Nothing,
    Opaque,
    Output,
    Rows,
    Selected,
    Unknown,
    Value,
    computed,
    fields_of,
    kept,
    rows_of,
)
from checker.sql.tokens import tokenize
from checker.values import dataclass

MOST_ROWS = 1000
"""Rows that one INSERT spells out and that are followed one by one."""

DEEPEST_CASCADE = 3
"""Foreign keys that are followed one behind the other."""


def enforces_keys(reader: Reader) -> bool:
    """Whether the server looks at foreign keys now: SQLite only with its pragma on."""
    scope = reader.scope
    if scope.is_postgres:
        return scope.session.settings.get("session_replication_role", ("origin",)) != ("replica",)
    default = (scope.catalog.server.settings.get("foreign_keys", "0"),)
    return scope.session.settings.get("foreign_keys", default)[-1].lower() in ("1", "on", "true", "yes")


def written(reader: Reader, table: Table, change: to.Insert | to.Update | to.Delete) -> dict[QName, Rows]:
    """What the table and the tables that follow it hold after the statement; raises Unfollowed."""
    match change:
        case to.Insert():
            new = inserted(reader, table, change)
            rows = {table.name: conflicts.after_insert(reader, table, change, new)}
            return rows | (_replaced(reader, table) if change.tolerates == "replace" else {})
        case to.Update():
            return _after_update(reader, table, change)
        case to.Delete():
            return deleted(reader, table.name, doomed(reader, table, change))


# INSERT


def _replaced(reader: Reader, table: Table) -> dict[QName, Rows]:
    """OR REPLACE deletes the rows that are in the way, and foreign keys act on that."""
    why = "rows that it refers to may have been replaced"
    return {
        child.name: Unknown(why, fields_of(child))
        for child, key in references(reader, table.name)
        if key.on_delete not in ("no action", "restrict") and child.name != table.name
    }


def draws(reader: Reader, table: Table, change: to.Insert) -> dict[QName, Draws]:
    """What an INSERT draws from sequences, one number for every row."""
    named = given(reader, table, change)
    try:
        new = inserted(reader, table, change)
    except Unfollowed as problem:
        new = Unknown(str(problem), fields_of(table))
    return drawn_by(reader.scope.catalog, table, named, new)


def given(reader: Reader, table: Table, change: to.Insert) -> frozenset[str]:
    """The columns that get a value from the statement itself in at least one row."""
    if change.default_values:
        return frozenset()
    names = change.columns or _all_columns(reader, table)
    if change.rows is None:
        return frozenset(names[: change.width] if change.width else names)
    return frozenset(
        name
        for row in change.rows
        for name, value in zip(names, row, strict=False)
        if not _is_left_out(reader, table, table.column(name), value)
    )


def inserted(reader: Reader, table: Table, change: to.Insert) -> Rows:
    """The new rows alone, with all columns of the table; raises Unfollowed."""
    if change.copy:
        raise Unfollowed("COPY filled it")
    if change.limited:
        raise Unfollowed("the MERGE that filled it is not followed")
    named = tuple(c for c in (change.columns or _all_columns(reader, table)) if table.column(c))
    if change.columns is not None and len(named) != len(change.columns):
        raise Unfollowed("the INSERT names columns that nobody knows")
    if change.query is not None:
        return _queried(reader, table, _with(reader, change) + change.query.text, named)
    rows = change.rows if change.rows is not None and not change.default_values else ((),)
    if len(rows) > MOST_ROWS:
        raise Unfollowed(f"one INSERT spells out more than {MOST_ROWS:,} rows")
    return regenerated(reader, table, _spelled(reader, table, named, rows))


def _all_columns(reader: Reader, table: Table) -> tuple[str, ...]:
    skips = not reader.scope.is_postgres
    return tuple(column.name for column in table.columns if not (skips and column.generated))


def _spelled(
    reader: Reader, table: Table, named: tuple[str, ...], rows: tuple[tuple[Expr, ...], ...]
) -> Rows:
    known: dict[int, Value] = {}
    defaults = {one.name: left_out(reader, table, one) for one in table.columns}

    def value(written: Expr, column: Column) -> Value:
        found = known.get(id(written))
        if found is None:
            found = known[id(written)] = reader.value(written, column)
        return found

    def row(written: tuple[Expr, ...]) -> tuple[Value, ...]:
        given = dict(zip(named, written, strict=False))
        return tuple(
            value(given[one.name], one)
            if one.name in given and not _is_left_out(reader, table, one, given[one.name])
            else defaults[one.name]
            for one in table.columns
        )

    plain = Given(fields_of(table), tuple(_numbered_alike(list(map(row, rows)))))
    if any(column.generated for column in table.columns):
        return Computed(plain, table.name.name, tuple(Output(f, Copy(f.name)) for f in plain.fields))
    return plain


def _numbered_alike(rows: list[tuple[Value, ...]]) -> Iterator[tuple[Value, ...]]:
    """The rows; where one gives a number and another one leaves it to the server, the latter's is not foreseen."""
    columns = list(zip(*rows, strict=True))
    mixed = {
        at for at, values in enumerate(columns)
        if 0 < sum(isinstance(one, Drawn | Following) for one in values) < len(values)
    }  # fmt: skip
    for row in rows:
        yield tuple(
            Opaque() if at in mixed and isinstance(one, Drawn | Following) else one
            for at, one in enumerate(row)
        )


def _is_left_out(reader: Reader, table: Table, column: Column | None, written: Expr) -> bool:
    """True for DEFAULT, for the next of the column's own sequence, and for NULL as a row id: SQLite gives a number."""
    text = written.text.strip().upper()
    if text == "DEFAULT" or column is None:
        return text == "DEFAULT"
    return (text == "NULL" and table.is_row_id(column)) or draws_own(reader, table, column, written)


def _queried(reader: Reader, table: Table, text: str, named: tuple[str, ...]) -> Rows:
    """The rows of a query with what the server adds for the columns that the INSERT leaves out."""
    found = selection(reader, text, len(named))
    by_name = {field.name: field for field in fields_of(table)}
    rows = Selected(found.query, tuple(by_name[name] for name in named))
    values: dict[str, Value] = {name: found.apart.get(at, Copy(name)) for at, name in enumerate(named)}
    outputs = tuple(
        Output(field, values.get(field.name) or left_out(reader, table, column))
        for field, column in zip(fields_of(table), table.columns, strict=True)
    )
    return regenerated(reader, table, computed(rows, table.name.name, outputs))


def selected(reader: Reader, text: str, fields: tuple[Field, ...]) -> Rows:
    """What a query returns as the rows of a new table."""
    if text.rstrip().upper().endswith("NO DATA"):
        return Nothing(fields)
    try:
        return Selected(reader.formula(text), fields)
    except Unfollowed as problem:
        return Unknown(str(problem), fields)


# UPDATE


@dataclass(frozen=True, slots=True)
class Updated:
    """What an UPDATE does: all rows afterwards, and those alone that it changed.

    `touched` are the latter as they were, `outputs` what it makes of their columns; `when` is its condition.
    """

    everything: Rows
    changed: Rows
    touched: Rows = Nothing(())
    alias: str = ""
    outputs: tuple[Output, ...] = ()
    when: Formula | None = None


def updated(reader: Reader, table: Table, change: to.Update) -> Updated:
    """The rows after an UPDATE; raises Unfollowed."""
    if change.limited or change.tolerant:
        raise Unfollowed("the UPDATE that changed it is not followed")
    source, alias = rows_of(reader.scope.catalog, table.name), change.alias or table.name.name
    when = _condition(reader, change)
    values = {name: _assigned(reader, table, change, name, value) for name, value in change.sets}
    outputs = tuple(Output(one, values.get(one.name, Copy(one.name))) for one in fields_of(table))
    changed = kept(source, alias, when) if when is not None else source
    return Updated(
        regenerated(reader, table, computed(source, alias, outputs, when)),
        regenerated(reader, table, computed(changed, alias, outputs)),
        changed, alias, outputs, when,
    )  # fmt: skip


def constants(reader: Reader, table: Table, change: to.Update) -> Given:
    """The columns that an UPDATE sets to a constant, as one row."""
    found = {}
    for name, written in change.sets:
        if not written.columns and not written.uses and "(" not in written.text:
            value = reader.value(written, table.column(name))
            if isinstance(value, Formula) and not value.readings:
                found[name] = value
    fields = tuple(one for one in fields_of(table) if one.name in found)
    return Given(fields, (tuple(found[one.name] for one in fields),))


def moved(reader: Reader, table: Table, change: to.Update, columns: tuple[str, ...]) -> Rows:
    """Those rows alone that get another key in these columns; raises Unfollowed."""
    source, alias = rows_of(reader.scope.catalog, table.name), change.alias or table.name.name
    when = _condition(reader, change)
    changed = kept(source, alias, when) if when is not None else source
    values = {name: _assigned(reader, table, change, name, value) for name, value in change.sets}
    fields = [one for one in fields_of(table) if one.name in columns]
    new = (Output(one, values.get(one.name, Copy(one.name))) for one in fields)
    old = (Output(Field(f"old {one.name}", one.type, one.collation), Copy(one.name)) for one in fields)
    differ = "IS DISTINCT FROM" if reader.scope.is_postgres else "IS NOT"
    tests = (f"x.{quoted(one.name)} {differ} x.{quoted(f'old {one.name}')}" for one in fields)
    condition = Formula(" OR ".join(tests), frozenset(columns))
    return kept(computed(changed, alias, (*new, *old)), "x", condition)


def _condition(reader: Reader, change: to.Update | to.Delete) -> Formula | None:
    text = change.where.text if change.where is not None else None
    ctes = _with(reader, change)
    if change.sources is not None:
        return reader.formula(joined(text, change.sources.text, ctes))
    return reader.formula(alone(text, ctes)) if text is not None else None


def _with(reader: Reader, change: to.Insert | to.Update | to.Delete) -> str:
    """The WITH in front of a statement, as it stands in front of a query; raises Unfollowed where it writes itself."""
    if change.ctes is None:
        return ""
    tokens = tokenize(change.ctes.text, reader.dialect)
    if not {one.upper for one in tokens}.isdisjoint(("INSERT", "UPDATE", "DELETE", "MERGE")):
        raise Unfollowed("its WITH writes rows itself, which is not followed")
    text = change.ctes.text
    return f"{materialized(text, tokens) if reader.scope.is_postgres else text} "


def _assigned(reader: Reader, table: Table, change: to.Update, name: str, value: Expr) -> Value:
    column = table.column(name)
    ctes = _with(reader, change)
    queries = "(" in value.text
    if change.sources is None and queries and sum(other is value for _, other in change.sets) > 1:
        return Opaque()
    if change.sources is None and not (ctes and queries):
        return reader.value(value, column)
    where = change.where.text if change.where is not None else None
    try:
        if change.sources is None:
            return reader.formula(alone(value.text, ctes))
        return reader.formula(picked(value.text, where, change.sources.text, ctes))
    except Unfollowed:
        return Opaque()


def _after_update(reader: Reader, table: Table, change: to.Update) -> dict[QName, Rows]:
    rows: dict[QName, Rows] = {table.name: updated(reader, table, change).everything}
    touched = {name for name, _ in change.sets}
    for child, key in references(reader, table.name):
        if key.on_update in ("cascade", "set null", "set default") and not touched.isdisjoint(key.references):
            rows[child.name] = Unknown("its foreign key follows the rows that were updated", fields_of(child))
    return rows


# DELETE


def doomed(reader: Reader, table: Table, change: to.Delete) -> Rows:
    """The rows that a DELETE takes away; raises Unfollowed."""
    if change.limited:
        raise Unfollowed("the DELETE that took rows from it is not followed")
    source = rows_of(reader.scope.catalog, table.name)
    when = _condition(reader, change)
    return kept(source, change.alias or table.name.name, when) if when is not None else source


def references(reader: Reader, name: QName) -> Iterator[tuple[Table, ForeignKey]]:
    """The foreign keys that the server enforces towards a table, with the tables that hold them."""
    if enforces_keys(reader):
        for child, key in reader.scope.catalog.references_to(name):
            if key.enforced:
                yield child, key


def emptied(reader: Reader, name: QName) -> dict[QName, Rows]:
    """What DROP TABLE does to the rows of others: on SQLite with foreign keys on it deletes all rows first."""
    if reader.scope.is_postgres or reader.scope.catalog.table(name) is None:
        return {}
    return {
        other: rows for other, rows in deleted(reader, name, rows_of(reader.scope.catalog, name)).items()
        if other != name
    }  # fmt: skip


def deleted(reader: Reader, name: QName, gone: Rows) -> dict[QName, Rows]:
    """What the table and those whose foreign keys act on a deletion hold without these rows."""
    found: dict[QName, Rows] = {}
    _delete(reader, name, gone, found, 0)
    return found


def _delete(reader: Reader, name: QName, gone: Rows, found: dict[QName, Rows], depth: int) -> None:
    catalog = reader.scope.catalog
    if isinstance(gone, Nothing):
        return
    held = found.get(name, rows_of(catalog, name))
    found[name] = _without(held, gone)
    for child, key in references(reader, name):
        if key.on_delete in ("no action", "restrict"):
            continue
        meant = followers(catalog, child, key, gone)
        if isinstance(meant, Nothing):
            continue
        if isinstance(meant, Unknown) or child.name == name or depth > DEEPEST_CASCADE or child.name in found:
            why = "its foreign key follows the rows that were deleted"
            found[child.name] = Unknown(why, fields_of(child))
        elif key.on_delete == "cascade":
            _delete(reader, child.name, meant, found, depth + 1)
        else:
            rows = rows_of(catalog, child.name)
            partner = has_partner(gone, key.columns, key.references)
            found[child.name] = computed(rows, "x", _nulled(reader, child, key), partner)


def followers(catalog: Catalog, child: Table, key: ForeignKey, gone: Rows) -> Rows:
    """The rows of a child that refer to rows which go."""
    rows = rows_of(catalog, child.name)
    if isinstance(rows, Nothing | Unknown):
        return rows
    if isinstance(gone, Unknown):
        return Unknown(gone.why, rows.fields)
    return kept(rows, "x", has_partner(gone, key.columns, key.references))


def nulled(reader: Reader, child: Table, key: ForeignKey, rows: Rows) -> Rows:
    """These rows of a child with the columns of the key as SET NULL or SET DEFAULT leaves them."""
    return computed(rows, "x", _nulled(reader, child, key))


def _without(held: Rows, gone: Rows) -> Rows:
    """The rows that stay: all but those that the same condition chose."""
    if gone == held:
        return Nothing(held.fields)
    if isinstance(gone, Kept) and gone.source == held:
        return kept(held, gone.alias, gone.condition, negated=True)
    return Unknown("rows of it were deleted", held.fields)


def _nulled(reader: Reader, child: Table, key: ForeignKey) -> tuple[Output, ...]:
    def value(column: Column) -> Value:
        if column.name not in key.columns:
            return Copy(column.name)
        return NULL if key.on_delete == "set null" else reader.default(column)

    return tuple(
        Output(field, value(column)) for field, column in zip(fields_of(child), child.columns, strict=True)
    )
