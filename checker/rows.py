"""Rows as values: what a table holds at a moment of the run, written as a query over the live rows.

Nothing is read here. A table that the run has not touched holds its `Stored` rows; every INSERT, UPDATE,
DELETE and ALTER puts one node on top of what was there, and a question about the rows behind any
number of statements is one query that the live database can answer, read-only. What cannot be
followed is `Unknown`, with the reason; nothing is ever guessed.

    Rows = Stored | Nothing | Given | Computed | Kept | Both | Selected | Unknown
"""

from __future__ import annotations

from dataclasses import field, replace
from typing import TypeAlias

from checker.catalog import Catalog, QName, Table
from checker.sqltype import SqlType
from checker.values import dataclass

DEEPEST = 40
"""Statements on one table that are followed; a query that is nested deeper is no longer sent to a server."""


@dataclass(frozen=True, slots=True)
class Field:
    """A column of rows: its name at this moment and its type."""

    name: str
    type: SqlType
    collation: str | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """A relation that the text of a formula names between two offsets, and the rows that it means there.

    `alias` is the name that the text itself gives it behind that place, `""` where it gives none.
    """

    start: int
    end: int
    name: str
    rows: Rows
    aliased: bool = False


@dataclass(frozen=True, slots=True)
class Formula:
    """An expression, a condition or a query as written, with the rows of the relations that it reads.

    `columns` are the columns that it mentions, of whatever relation; `path` is the search path that its
    functions and types are found by.
    """

    text: str
    columns: frozenset[str] = frozenset()
    readings: tuple[Reading, ...] = ()
    path: tuple[str, ...] = ()


# Values that a column gets


@dataclass(frozen=True, slots=True)
class Copy:
    """What another column of the same row holds."""

    column: str


@dataclass(frozen=True, slots=True)
class Fresh:
    """A value that no other row has and that is not NULL: the next of a sequence, a random UUID.

    That is all that anybody knows of it; see `fresh` of rows. `turn` tells those of one statement from another's.
    """

    turn: int = 0


@dataclass(frozen=True, slots=True)
class Drawn:
    """The next numbers of a sequence, one per row; `before` are the rows that have drawn from it in this run.

    `born` says that the run made the sequence: it starts at 1, and the live database has not got it.
    """

    sequence: QName
    before: tuple[Rows, ...] = ()
    born: bool = False


@dataclass(frozen=True, slots=True)
class Following:
    """The numbers behind the largest one that a column of these rows holds, one per row: SQLite's row ids.

    `counted` is the live table whose AUTOINCREMENT remembers the largest that there ever was.
    """

    rows: Rows
    column: str
    counted: QName | None = None


@dataclass(frozen=True, slots=True)
class Opaque:
    """A value that nobody can foretell."""


Value: TypeAlias = Formula | Copy | Fresh | Drawn | Following | Opaque
"""What is put into a column. SQL's NULL is the formula `NULL`."""


# Rows


@dataclass(frozen=True, slots=True)
class Stored:
    """The rows of a live table as they are. `fields` have the names and types of the live table.

    They are those of its children and partitions too, unless `only`.
    """

    table: QName
    fields: tuple[Field, ...]
    only: bool = False

    opaque = fresh = frozenset[str]()
    depth = 0


@dataclass(frozen=True, slots=True)
class Nothing:
    """No row."""

    fields: tuple[Field, ...]

    opaque = fresh = frozenset[str]()
    depth = 0


@dataclass(frozen=True, slots=True)
class Given:
    """Rows that a statement spells out: one value per field."""

    fields: tuple[Field, ...]
    rows: tuple[tuple[Value, ...], ...]
    opaque: frozenset[str] = field(init=False)
    fresh: frozenset[str] = field(init=False)

    depth = 1

    def __post_init__(self) -> None:
        object.__setattr__(self, "opaque", self._with(Opaque))
        object.__setattr__(self, "fresh", self._with(Fresh))

    def _with(self, kind: type[Value]) -> frozenset[str]:
        """The columns with such a value in one of the rows."""
        return frozenset(
            one.name for place, one in enumerate(self.fields)
            if any(isinstance(row[place], kind) for row in self.rows)
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Output:
    """A column of `Computed`: its field, and what is put into it."""

    field: Field
    value: Value


@dataclass(frozen=True, slots=True)
class Computed:
    """As many rows as `source`, each column computed from a row of it.

    Where there is a condition `when`, rows for which it is not true keep what their column of that name held.
    `alias` is what the formulas call the source.
    """

    source: Rows
    alias: str
    outputs: tuple[Output, ...]
    when: Formula | None = None
    opaque: frozenset[str] = field(init=False)
    fresh: frozenset[str] = field(init=False)
    depth: int = field(init=False)

    def __post_init__(self) -> None:
        below, unread = self.source.opaque, unreadable(self.source)
        doubtful = self.when is not None and not unread.isdisjoint(self.when.columns)
        unknown = frozenset(
            one.field.name for one in self.outputs
            if _is_opaque(one.value, below, unread) or (doubtful and one.value != Copy(one.field.name))
            or (self.when is not None and one.field.name in below)
        )  # fmt: skip
        new = frozenset(
            one.field.name for one in self.outputs
            if isinstance(one.value, Fresh) or (isinstance(one.value, Copy) and one.value.column in self.source.fresh)
            or (self.when is not None and one.field.name in self.source.fresh)
        )  # fmt: skip
        object.__setattr__(self, "opaque", unknown)
        object.__setattr__(self, "fresh", new - unknown)
        object.__setattr__(self, "depth", self.source.depth + 1)

    @property
    def fields(self) -> tuple[Field, ...]:
        """The columns that it has."""
        return tuple(one.field for one in self.outputs)


@dataclass(frozen=True, slots=True)
class Kept:
    """The rows of `source` for which the condition is true; with `negated`, those for which it is not."""

    source: Rows
    alias: str
    condition: Formula
    negated: bool = False
    depth: int = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "depth", self.source.depth + 1)

    @property
    def fields(self) -> tuple[Field, ...]:
        """The columns of the source."""
        return self.source.fields

    @property
    def opaque(self) -> frozenset[str]:
        """The columns of the source that nobody knows."""
        return self.source.opaque

    @property
    def fresh(self) -> frozenset[str]:
        """Those of which nobody knows more than that their values are new."""
        return self.source.fresh


@dataclass(frozen=True, slots=True)
class Both:
    """The rows of the first and those of the second, which has the same fields."""

    first: Rows
    second: Rows
    depth: int = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "depth", max(self.first.depth, self.second.depth) + 1)

    @property
    def fields(self) -> tuple[Field, ...]:
        """The columns of either."""
        return self.first.fields

    @property
    def opaque(self) -> frozenset[str]:
        """The columns that nobody knows in one of the two."""
        return self.first.opaque | self.second.opaque

    @property
    def fresh(self) -> frozenset[str]:
        """The columns with new values in one of the two."""
        return self.first.fresh | self.second.fresh


@dataclass(frozen=True, slots=True)
class Selected:
    """What a query returns; `fields` name its outputs in order."""

    query: Formula
    fields: tuple[Field, ...]
    opaque: frozenset[str] = frozenset()

    fresh = frozenset[str]()
    depth = 1


@dataclass(frozen=True, slots=True)
class Unknown:
    """Rows that nobody can foretell, and why."""

    why: str
    fields: tuple[Field, ...] = ()

    fresh = frozenset[str]()
    depth = 0

    @property
    def opaque(self) -> frozenset[str]:
        """All columns."""
        return frozenset(one.name for one in self.fields)


@dataclass(frozen=True, slots=True)
class Draws:
    """What the run has done to a sequence: the rows that have drawn a number each, and whether it made it.

    `lost` says why its next number is not known; "" where it is.
    """

    before: tuple[Rows, ...] = ()
    born: bool = False
    lost: str = ""


Rows: TypeAlias = Stored | Nothing | Given | Computed | Kept | Both | Selected | Unknown


def fields_of(table: Table) -> tuple[Field, ...]:
    """The columns of a table as those of its rows."""
    return tuple(Field(column.name, column.type, column.collation) for column in table.columns)


def rows_of(catalog: Catalog, name: QName) -> Rows:
    """What a table holds now; `Unknown` for what is no table, and where nobody can say."""
    table = catalog.table(name)
    if table is None or table.assumed:
        return Unknown("nobody could look at it")
    if catalog.doubted or name in catalog.uncertain:
        return Unknown("a statement that was not understood may have changed it", fields_of(table))
    known = catalog.data.get(name)
    if known is not None:
        return known
    if table.kind == "foreign":
        return Unknown("it is a foreign table: its rows are on another server", fields_of(table))
    return Stored(name, fields_of(table))


def both(first: Rows, second: Rows) -> Rows:
    """The rows of the two; the fields must be the same."""
    if isinstance(first, Nothing):
        return second
    if isinstance(second, Nothing):
        return first
    for one in (first, second):
        if isinstance(one, Unknown):
            return Unknown(one.why, first.fields)
    return _followed(Both(first, second))


def computed(source: Rows, alias: str, outputs: tuple[Output, ...], when: Formula | None = None) -> Rows:
    """Each row of the source made into one with these outputs."""
    match source:
        case Nothing():
            return Nothing(tuple(one.field for one in outputs))
        case Unknown(why=why):
            return Unknown(why, tuple(one.field for one in outputs))
    if all(one.value == Copy(one.field.name) for one in outputs) and _same(source, outputs):
        return source
    return _followed(Computed(source, alias, outputs, when))


def kept(source: Rows, alias: str, condition: Formula, *, negated: bool = False) -> Rows:
    """The rows of the source that meet the condition, or with `negated` the others."""
    if isinstance(source, Nothing | Unknown):
        return source
    if not unreadable(source).isdisjoint(condition.columns):
        return Unknown("which rows are meant depends on values that nobody can foretell", source.fields)
    return _followed(Kept(source, alias, condition, negated))


def unreadable(rows: Rows) -> frozenset[str]:
    """The columns whose values cannot be computed with: it is not known what they are."""
    return rows.opaque | rows.fresh


def with_text(rows: Rows, column: str) -> Rows:
    """The rows with what is put into a column as the text that was written, where a statement writes them."""

    def text(field: Field) -> Field:
        return replace(field, type=SqlType("text")) if field.name == column else field

    match rows:
        case Given(fields=fields) | Selected(fields=fields):
            return replace(rows, fields=tuple(map(text, fields)))
        case Computed(outputs=outputs):
            return replace(rows, outputs=tuple(replace(one, field=text(one.field)) for one in outputs))
        case _:
            return rows


def _same(source: Rows, outputs: tuple[Output, ...]) -> bool:
    return source.fields == tuple(one.field for one in outputs)


def _followed(rows: Rows) -> Rows:
    if rows.depth > DEEPEST:
        return Unknown(f"it was written more than {DEEPEST} times", rows.fields)
    return rows


def _is_opaque(value: Value, below: frozenset[str], unread: frozenset[str]) -> bool:
    match value:
        case Opaque():
            return True
        case Copy(column=column):
            return column in below
        case Formula(columns=columns):
            return not unread.isdisjoint(columns)
        case Fresh() | Drawn() | Following():
            return False
