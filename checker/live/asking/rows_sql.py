"""Rows as SQL: a tree of what the run did becomes one query over the live tables."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from checker.catalog import Dialect, QName
from checker.rows import (
    Both,
    Computed,
    Copy,
    Drawn,
    Field,
    Following,
    Formula,
    Fresh,
    Given,
    Kept,
    Nothing,
    Opaque,
    Output,
    Rows,
    Selected,
    Stored,
    Unknown,
    Value,
)
from checker.spelling import spelled
from checker.sqltype import Affinity, SqlType

_LARGEST = {
    "smallint": (32767, 100), "integer": (2147483647, 1_000_000), "bigint": (9223372036854775807, 10**12),
}  # fmt: skip
"""The largest number of a type, and how many of those below it are for each statement that takes new ones."""
_ROW = "row_number() OVER ()"
_DEEP = 5


def quoted(name: str) -> str:
    """One identifier, always in double quotes."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """One string constant without escapes."""
    return "'" + text.replace("'", "''") + "'"


@dataclass(frozen=True)
class RowsSql:
    """Writes rows in one dialect. `loose` are enum types that the run changes: their values are compared as text.

    With `pages` live tables have only the rows of these pages, from the first on and before the second. `below`
    are rows that have been written already, and the name that they have.
    """

    dialect: Dialect
    loose: frozenset[QName] = frozenset()
    pages: tuple[int, int | None] | None = None
    below: tuple[Rows, str] | None = None

    @property
    def is_postgres(self) -> bool:
        """True for PostgreSQL."""
        return self.dialect == "postgres"

    # Rows

    def source(self, rows: Rows, alias: str) -> str:
        """The rows as something that stands behind FROM, under that name; "" leaves the name out."""
        named = f" AS {quoted(alias)}" if alias else ""
        loose = any(self.is_loose(field.type) for field in rows.fields)
        if isinstance(rows, Stored) and not loose and self.pages is None:
            only = "ONLY " if rows.only else ""
            return f"{only}{quoted(rows.table.schema)}.{quoted(rows.table.name)}{named}"
        if self.below is not None and rows is self.below[0]:
            return f"{self.below[1]}{named}"
        return f"({self.query(rows) if rows.depth <= _DEEP else self._in_order(rows)}){named}"

    def _in_order(self, rows: Rows) -> str:
        """The query step by step in a WITH: SQLite's parser gives up when they stand in each other ten deep."""
        steps = list(_steps(rows))
        names = [quoted(f"step {number}") for number in range(1, len(steps) + 1)]
        writers = [
            replace(self, below=None if last is None else (last, name))
            for last, name in zip([None, *steps], ["", *names], strict=True)
        ]
        parts = (
            f"{name} AS ({writer.query(step)})"
            for name, writer, step in zip(names, writers, steps, strict=False)
        )
        return f"WITH {', '.join(parts)} SELECT * FROM {names[-1]}"

    def query(self, rows: Rows) -> str:
        """The rows as a query; raises ValueError for rows that nobody can foretell."""
        match rows:
            case Stored(table=table, fields=fields):
                only = "ONLY " if rows.only else ""
                columns = ", ".join(map(self._read, fields)) or "NULL"
                return (
                    f"SELECT {columns} FROM {only}{quoted(table.schema)}.{quoted(table.name)}{self._range()}"
                )
            case Nothing(fields=fields):
                return f"SELECT {', '.join(self._null(field) for field in fields) or 'NULL'} WHERE 1 = 0"
            case Given():
                return self._given(rows)
            case Computed():
                return self._computed(rows)
            case Kept(source=source, alias=alias, condition=condition, negated=negated):
                test = f"({self.text(condition)}\n) IS {'NOT ' if negated else ''}TRUE"
                return f"SELECT {self._all(rows)} FROM {self.source(source, alias)} WHERE {test}{self._fence}"
            case Both(first=first, second=second):
                parts = (f"SELECT {self._all(one)} FROM {self.source(one, 'r')}" for one in (first, second))
                return " UNION ALL ".join(parts)
            case Selected(query=query, fields=fields):
                names = ", ".join(quoted(field.name) for field in fields)
                outputs = ", ".join(self._stored_as(quoted(field.name), _roomy(field)) for field in fields)
                return (
                    f"SELECT {outputs} FROM (WITH q ({names}) AS ({self.text(query)}\n) SELECT * FROM q) AS q"
                )
            case Unknown(why=why):
                raise ValueError(why)

    def _range(self) -> str:
        """The rows of some pages, which PostgreSQL from 14 on reads without a look at the others."""
        if self.pages is None:
            return ""
        first, end = self.pages
        before = f" AND ctid < '({end},0)'" if end is not None else ""
        return f" WHERE ctid >= '({first},0)'{before}"

    @property
    def _fence(self) -> str:
        """Keeps a planner from putting one query into the other.

        It would compute something of rows that are not kept, which may raise an error, and it would write the formula
        of every UPDATE as often as the next one names its column: six of them took SQLite 14 seconds to read.
        """
        return " OFFSET 0" if self.is_postgres else " LIMIT -1"

    def _all(self, rows: Rows) -> str:
        return ", ".join(quoted(field.name) for field in rows.fields) or "NULL"

    def _read(self, field: Field) -> str:
        name = quoted(field.name)
        return f"{name}::text AS {name}" if self.is_loose(field.type) and not field.type.array else name

    def _null(self, field: Field) -> str:
        value = f"CAST(NULL AS {self.type(field.type)})" if self.is_postgres else "NULL"
        return f"{value} AS {quoted(field.name)}"

    def _given(self, rows: Given) -> str:
        names = ", ".join(quoted(field.name) for field in rows.fields)
        lines = ",\n".join(
            "("
            + ", ".join(
                self._cell(field, value, number) for field, value in zip(rows.fields, row, strict=True)
            )
            + ")"
            for number, row in enumerate(rows.rows, 1)
        )
        return f"SELECT * FROM (WITH q ({names}) AS (VALUES {lines}) SELECT * FROM q) AS q"

    def _cell(self, field: Field, value: Value, number: int) -> str:
        match value:
            case Formula():
                return self._as(f"({self.text(value)}\n)", _roomy(field))
            case Fresh():
                return self._fresh(field, value, str(number))
            case Drawn() | Following():
                return self._numbered(value, str(number), field)
            case Copy() | Opaque():
                return self._as("NULL", field)

    def _computed(self, rows: Computed) -> str:
        held = {field.name: field for field in rows.source.fields}
        when = f"({self.text(rows.when)}\n)" if rows.when is not None else ""
        outputs = ", ".join(self._output(one, rows.alias, held, when) for one in rows.outputs) or "NULL"
        fence = "" if isinstance(rows.source, Stored) else self._fence
        return f"SELECT {outputs} FROM {self.source(rows.source, rows.alias)}{fence}"

    def _output(self, output: Output, alias: str, held: dict[str, Field], when: str) -> str:
        field, value = output.field, output.value
        name = quoted(field.name)
        own = f"{quoted(alias)}.{name}"
        match value:
            case Copy(column=column):
                read = f"{quoted(alias)}.{quoted(column)}"
                return f"{self._converted(read, held.get(column), field)} AS {name}"
            case Formula():
                new = self._as(f"({self.text(value)}\n)", _roomy(field))
            case Fresh():
                new = self._fresh(field, value, _ROW)
            case Drawn() | Following():
                new = self._numbered(value, _ROW, field)
            case Opaque():
                new = self._as("NULL", field)
        return f"CASE WHEN {when} THEN {new} ELSE {own} END AS {name}" if when else f"{new} AS {name}"

    def _converted(self, read: str, held: Field | None, field: Field) -> str:
        if held is None or not self.is_postgres:
            return read
        if held.type == field.type:
            collation = field.collation if field.collation != held.collation else None
            return f"{read} COLLATE {_collation(collation)}" if collation else read
        from_enum = held.type.schema is not None and field.type.schema is not None
        return f"CAST({read}{'::text' if from_enum else ''} AS {self.type(field.type)})"

    # Values

    def _as(self, value: str, field: Field) -> str:
        """The value as the column stores it."""
        if not self.is_postgres:
            return self._stored_as(value, field)
        collation = f" COLLATE {_collation(field.collation)}" if field.collation else ""
        return f"CAST({value} AS {self.type(field.type)}){collation}"

    def _stored_as(self, value: str, field: Field) -> str:
        """A value of a query as the column stores it, under the column's name; SQLite goes by affinity."""
        if self.is_postgres:
            return f"CAST({value} AS {self.type(field.type)}) AS {value}"
        named = f" AS {value}" if value == quoted(field.name) else ""
        # a comparison further out goes by the collation that is said here
        collation = f" COLLATE {_collation(field.collation)}" if field.collation else ""
        return f"{_by_affinity(value, field.type.affinity())}{collation}{named}"

    def _numbered(self, value: Drawn | Following, number: str, field: Field) -> str:
        """The number that the server gives to the row of that place."""
        if isinstance(value, Following):
            largest = f"(SELECT coalesce(max({quoted(value.column)}), 0) FROM {self.source(value.rows, 'r')})"
            if value.counted is not None:
                name = literal(value.counted.name)
                seen = f"(SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = {name})"
                largest = f"max({largest}, {seen})"
            return f"({largest} + {number})"
        counts = (f" + (SELECT count(*) FROM {self.source(rows, 'r')})" for rows in value.before)
        place = f"({number}{''.join(counts)})"
        if value.born:
            return self._as(place, field)
        name = f"{quoted(value.sequence.schema)}.{quoted(value.sequence.name)}"
        step = f"(SELECT seqincrement FROM pg_catalog.pg_sequence WHERE seqrelid = {literal(name)}::regclass)"
        last = f"(SELECT last_value - CASE WHEN is_called THEN 0 ELSE {step} END FROM {name})"
        return self._as(f"({last} + {step} * {place})", field)

    def _fresh(self, field: Field, value: Fresh, number: str) -> str:
        """A value that no other row has."""
        kind = field.type.name.lower()
        text = f"'fresh {value.turn} ' || {number}"
        if not self.is_postgres:
            return text if field.type.affinity() == "text" else _below("bigint", value, number)
        if kind == "uuid":
            return f"CAST(md5({text}) AS uuid)"
        if kind in _LARGEST:
            return f"CAST({_below(kind, value, number)} AS {kind})"
        if field.type.category == "number":
            return self._as(_below("bigint", value, number), field)
        return self._as(text if field.type.category == "string" else "NULL", field)

    def type(self, kind: SqlType) -> str:
        """The type as SQL; an enum that the run changes is text here."""
        if self.is_loose(kind):
            return "text[]" if kind.array else "text"
        return spelled(kind)

    def is_loose(self, kind: SqlType) -> bool:
        """True for an enum that is not the same before and after the run."""
        return kind.schema is not None and QName(kind.schema, kind.name) in self.loose

    # Formulas

    def text(self, formula: Formula) -> str:
        """The formula's text with the rows in the place of the relations that it names."""
        parts, at = [], 0
        for reading in sorted(formula.readings, key=lambda one: one.start):
            parts.append(formula.text[at : reading.start])
            parts.append(self.source(reading.rows, "" if reading.aliased else reading.name))
            at = reading.end
        parts.append(formula.text[at:])
        return "".join(parts)


def _steps(rows: Rows) -> Iterator[Rows]:
    """The rows with all that they are made of one by one, the lowest first."""
    if isinstance(rows, Computed | Kept):
        yield from _steps(rows.source)
    yield rows


def _below(kind: str, value: Fresh, number: str) -> str:
    largest, room = _LARGEST[kind]
    return f"{largest - value.turn % 100 * room} - {number}"


def _by_affinity(value: str, affinity: Affinity) -> str:
    """What SQLite stores for a value; a text is a number where a comparison with a number finds it equal."""
    if affinity == "text":
        return f"CASE typeof({value}) WHEN 'blob' THEN {value} ELSE CAST({value} AS TEXT) END"
    if affinity == "blob":
        return value
    to = "REAL" if affinity == "real" else "NUMERIC"
    number = (
        f"WHEN typeof({value}) = 'text' AND CAST({value} AS NUMERIC) = {value} THEN CAST({value} AS {to})"
    )
    if affinity == "real":
        return f"CASE WHEN typeof({value}) = 'integer' THEN CAST({value} AS REAL) {number} ELSE {value} END"
    whole = f"typeof({value}) = 'real' AND abs({value}) < 9.2e18 AND CAST({value} AS INTEGER) = {value}"
    return f"CASE WHEN {whole} THEN CAST({value} AS INTEGER) {number} ELSE {value} END"


def _roomy(field: Field) -> Field:
    """The column without the length of its type: a cast would cut what the server refuses."""
    match field.type.name:
        case "character varying":
            return replace(field, type=field.type.bare())
        case "character":
            return replace(field, type=replace(field.type, name="bpchar", args=()))
        case _:
            return field


def _collation(name: str) -> str:
    return ".".join(quoted(part.strip('"')) for part in name.split("."))
