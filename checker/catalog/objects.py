"""What a schema is made of, as frozen values: tables and their parts, views, sequences, types, functions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import Literal, NamedTuple

from checker.sqltype import SqlType
from checker.values import dataclass


class QName(NamedTuple):
    """A schema-qualified name. `str()` leaves the schema in; `SQLite` has the schema `main`."""

    schema: str
    name: str

    def __str__(self) -> str:
        return f"{self.schema}.{self.name}"


@dataclass(frozen=True, slots=True)
class Expr:
    """An expression as written: a source slice, or the server's own text of it.

    `columns` are the columns of its own table that it reads, `uses` the relations, types and
    functions that it depends on (`nextval('public.s')` uses the sequence). `volatile` is None
    where nobody could say.
    """

    text: str
    columns: frozenset[str] = frozenset()
    uses: frozenset[QName] = frozenset()
    volatile: bool | None = None

    @property
    def is_true(self) -> bool:
        """True for a condition that holds for every row, in the ways in which people write it."""
        return self.text.strip("() \t\n").replace(" ", "").lower() in ("true", "1", "1=1")


@dataclass(frozen=True, slots=True)
class Column:
    """A column. `nullable` is what the server enforces (a primary key's column is not nullable).

    `inherited` says that a parent has it, `own` that the table has it of its own, too: it stays when the parent's goes.
    """

    name: str
    type: SqlType
    nullable: bool = True
    default: Expr | None = None
    identity: Literal["always", "by default"] | None = None
    generated: Literal["stored", "virtual"] | None = None
    expression: Expr | None = None
    collation: str | None = None
    inherited: bool = False
    own: bool = True
    autoincrement: bool = False

    @property
    def fills_itself(self) -> bool:
        """True where an INSERT that leaves this column out gets a value from the server."""
        return bool(self.default or self.identity or self.generated)

    @property
    def is_required(self) -> bool:
        """True where an INSERT must name this column."""
        return not self.nullable and not self.fills_itself


@dataclass(frozen=True, slots=True)
class PrimaryKey:
    """A primary key; its index has the constraint's name."""

    name: str
    columns: tuple[str, ...]
    include: tuple[str, ...] = ()
    deferrable: bool = False
    initially_deferred: bool = False


@dataclass(frozen=True, slots=True)
class Unique:
    """A UNIQUE constraint; its index has the constraint's name."""

    name: str
    columns: tuple[str, ...]
    include: tuple[str, ...] = ()
    nulls_not_distinct: bool = False
    deferrable: bool = False
    initially_deferred: bool = False


Action = Literal["no action", "restrict", "cascade", "set null", "set default"]


@dataclass(frozen=True, slots=True)
class ForeignKey:
    """A foreign key; `references` are never empty once resolved (the target's primary key by default).

    `implied` says that they were not written: on SQLite they come and go with the table referred to. `inline` says
    that it stands in the definition of its column, which there takes it along when it goes.
    """

    name: str
    columns: tuple[str, ...]
    target: QName
    references: tuple[str, ...]
    on_delete: Action = "no action"
    on_update: Action = "no action"
    match: Literal["simple", "full"] = "simple"
    validated: bool = True
    enforced: bool = True
    deferrable: bool = False
    initially_deferred: bool = False
    implied: bool = field(default=False, compare=False)
    inline: bool = field(default=False, compare=False)


@dataclass(frozen=True, slots=True)
class Check:
    """A CHECK constraint; `inherited` and `own` as of columns, `inline` as of foreign keys."""

    name: str
    expr: Expr
    validated: bool = True
    enforced: bool = True
    no_inherit: bool = False
    inherited: bool = False
    own: bool = True
    inline: bool = field(default=False, compare=False)

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that the condition reads, in name order."""
        return tuple(sorted(self.expr.columns))


@dataclass(frozen=True, slots=True)
class Exclusion:
    """An EXCLUDE constraint; its index has the constraint's name."""

    name: str
    columns: tuple[str, ...]
    text: str = ""
    deferrable: bool = False
    initially_deferred: bool = False


@dataclass(frozen=True, slots=True)
class NotNull:
    """A NOT NULL that has a name of its own: PostgreSQL 18 and later only."""

    name: str
    column: str
    validated: bool = True
    no_inherit: bool = False

    @property
    def columns(self) -> tuple[str, ...]:
        """The one column, as the other constraints say it."""
        return (self.column,)


Constraint = PrimaryKey | Unique | ForeignKey | Check | Exclusion | NotNull


@dataclass(frozen=True, slots=True)
class IndexKey:
    """One key of an index: a column, or an expression over columns."""

    column: str | None = None
    expr: Expr | None = None
    descending: bool = False
    opclass: str | None = None
    collation: str | None = None

    @property
    def columns(self) -> frozenset[str]:
        """The columns that this key reads."""
        if self.column is not None:
            return frozenset((self.column,))
        return self.expr.columns if self.expr else frozenset()


@dataclass(frozen=True, slots=True)
class Index:
    """An index; it lives in its table (`Table.indexes`) and its name in the schema's name space.

    `constraint` is the name of the constraint that it implements, if any.
    """

    name: QName
    table: QName
    keys: tuple[IndexKey, ...]
    unique: bool = False
    method: str = "btree"
    include: tuple[str, ...] = ()
    where: Expr | None = None
    nulls_not_distinct: bool = False
    valid: bool = True
    constraint: str | None = None
    bytes: int | None = field(default=None, compare=False)

    @property
    def columns(self) -> tuple[str | None, ...]:
        """Its key columns in order, None where a key is an expression."""
        return tuple(key.column for key in self.keys)

    @property
    def reads(self) -> frozenset[str]:
        """Every column that the index depends on: keys, INCLUDE and predicate."""
        reads = frozenset(self.include).union(*(key.columns for key in self.keys))
        return reads | self.where.columns if self.where else reads

    def covers(self, columns: tuple[str, ...]) -> bool:
        """True where a look-up by these columns can use the index: they are its leading keys."""
        leading = self.columns[: len(columns)]
        return self.where is None and self.valid and set(leading) == set(columns)

    def proves_unique(self, columns: tuple[str, ...]) -> bool:
        """True where the index lets a foreign key refer to exactly these columns."""
        return (
            self.unique
            and self.valid
            and self.where is None
            and len(self.keys) == len(columns)
            and set(self.columns) == set(columns)
        )


@dataclass(frozen=True, slots=True)
class Trigger:
    """A trigger on a table or view, and the function that it calls."""

    name: str
    function: QName | None = None
    events: tuple[str, ...] = ()
    timing: str = ""
    columns: frozenset[str] = frozenset()
    enabled: bool = True


@dataclass(frozen=True, slots=True)
class Policy:
    """A row level security policy; `columns` are those of its own table that it reads."""

    name: str
    columns: frozenset[str] = frozenset()
    uses: frozenset[QName] = frozenset()


@dataclass(frozen=True, slots=True)
class Table:
    """A table: ordinary, partitioned or foreign.

    `parents` are the tables that it inherits from or the one that it is a partition of.
    `rows` and `bytes` are the server's estimates (None: unknown) and not part of equality.
    `assumed` says that nobody saw it: it is taken to exist, with any column that one asks for.
    """

    name: QName
    columns: tuple[Column, ...] = ()
    constraints: tuple[Constraint, ...] = ()
    indexes: tuple[Index, ...] = ()
    triggers: tuple[Trigger, ...] = ()
    policies: tuple[Policy, ...] = ()
    kind: Literal["table", "partitioned", "foreign", "virtual"] = "table"
    temporary: bool = False
    parents: tuple[QName, ...] = ()
    is_partition: bool = False
    partition_key: Expr | None = None
    assumed: bool = field(default=False, compare=False)
    owner: str | None = field(default=None, compare=False)
    rows: int | None = field(default=None, compare=False)
    bytes: int | None = field(default=None, compare=False)

    def column(self, name: str) -> Column | None:
        """The column of that exact name."""
        for column in self.columns:
            if column.name == name:
                return column
        return None

    def constraint(self, name: str) -> Constraint | None:
        """The constraint of that exact name."""
        for found in self.constraints:
            if found.name == name:
                return found
        return None

    @property
    def primary_key(self) -> PrimaryKey | None:
        """The primary key, if there is one."""
        return next((found for found in self.constraints if isinstance(found, PrimaryKey)), None)

    @property
    def foreign_keys(self) -> tuple[ForeignKey, ...]:
        """The foreign keys that this table holds."""
        return tuple(found for found in self.constraints if isinstance(found, ForeignKey))

    def must_be_given(self, column: Column) -> bool:
        """True where an INSERT must name this column; SQLite fills an INTEGER PRIMARY KEY by itself."""
        return column.is_required and not self.is_row_id(column)

    def is_row_id(self, column: Column) -> bool:
        """True for SQLite's INTEGER PRIMARY KEY, which is the number of the row itself and has no index."""
        key = self.primary_key
        return (
            key is not None
            and key.columns == (column.name,)
            and column.type.name == "INTEGER"
            and not any(index.constraint == key.name and index.unique for index in self.indexes)
        )

    def is_unique_by(self, columns: tuple[str, ...]) -> bool:
        """True where a unique index lets a foreign key refer to exactly these columns."""
        return any(index.proves_unique(columns) for index in self.indexes)


@dataclass(frozen=True, slots=True)
class ViewColumn:
    """One column of one relation that a view reads; `column` is None for the relation as a whole."""

    relation: QName
    column: str | None


@dataclass(frozen=True, slots=True)
class View:
    """A view or materialized view, what it returns and what it reads."""

    name: QName
    columns: tuple[Column, ...] = ()
    reads: frozenset[ViewColumn] = frozenset()
    uses: frozenset[QName] = frozenset()
    materialized: bool = False
    indexes: tuple[Index, ...] = ()
    triggers: tuple[Trigger, ...] = ()
    text: str = field(default="", compare=False)

    def column(self, name: str) -> Column | None:
        """The column of that exact name."""
        for column in self.columns:
            if column.name == name:
                return column
        return None


@dataclass(frozen=True, slots=True)
class Sequence:
    """A sequence; `owner` is the column that it goes with, `identity` that it is that column's own."""

    name: QName
    type: SqlType = SqlType("bigint")
    owner: tuple[QName, str] | None = None
    identity: bool = False


@dataclass(frozen=True, slots=True)
class Unloaded:
    """A relation of which only the name was loaded: it occupies its name, nothing more is known."""

    name: QName
    kind: Literal["table", "partitioned", "foreign", "view", "materialized view", "sequence", "index"]


Relation = Table | View | Sequence | Index | Unloaded


@dataclass(frozen=True, slots=True)
class EnumType:
    """An enumerated type and its labels in sort order."""

    name: QName
    labels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Domain:
    """A domain over a base type."""

    name: QName
    base: SqlType
    nullable: bool = True
    default: Expr | None = None
    checks: tuple[Check, ...] = ()


@dataclass(frozen=True, slots=True)
class CompositeType:
    """A stand-alone composite type."""

    name: QName
    columns: tuple[Column, ...] = ()


@dataclass(frozen=True, slots=True)
class OtherType:
    """A base, range or shell type, of which only the name matters here."""

    name: QName
    kind: Literal["base", "range", "shell"] = "base"


UserType = EnumType | Domain | CompositeType | OtherType


@dataclass(frozen=True, slots=True)
class Function:
    """A function, procedure or aggregate by its signature: the types of its input arguments."""

    name: QName
    arguments: tuple[SqlType, ...] = ()
    kind: Literal["function", "procedure", "aggregate", "window"] = "function"
    returns: SqlType | None = None
    uses: frozenset[QName] = frozenset()


@dataclass(frozen=True, slots=True)
class Extension:
    """An installed extension. `members` are the names that it brought: they go when it goes.

    `operator_classes` are those that an index can name.
    """

    name: str
    schema: str
    version: str | None = field(default=None, compare=False)
    members: frozenset[QName] = field(default=frozenset(), compare=False)
    operator_classes: frozenset[str] = field(default=frozenset(), compare=False)


Dialect = Literal["postgres", "sqlite", "mysql", "mariadb"]


@dataclass(frozen=True)
class Server:
    """The server that the verdict is for. `version` is comparable: (15, 18) or (3, 45, 1)."""

    dialect: Dialect
    version: tuple[int, ...]
    settings: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_postgres(self) -> bool:
        """True for PostgreSQL."""
        return self.dialect == "postgres"
