"""A schema as the generator knows it: enough to write statements that mean something, nothing of the product."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from random import Random
from typing import TypeVar

from checker.catalog import Dialect

T = TypeVar("T")

TABLES = ("users", "orders", "items", "teams", "notes")
COLUMNS = {
    "int": ("qty", "age", "rank", "score", "total"),
    "text": ("email", "name", "code", "title", "slug"),
    "num": ("price", "rate"),
    "date": ("born", "paid_at"),
    "bool": ("active", "hidden"),
    "enum": ("status", "mood"),
    "uuid": ("token",),
    "json": ("extra",),
}
TYPES: dict[Dialect, dict[str, tuple[str, ...]]] = {
    "postgres": {
        "int": ("integer", "integer", "bigint", "smallint"),
        "text": ("text", "varchar(10)", "varchar(40)", "char(6)"),
        "num": ("numeric(6,2)", "numeric", "double precision"),
        "date": ("date", "timestamp", "timestamptz"),
        "bool": ("boolean",),
        "enum": ("level",),
        "uuid": ("uuid",),
        "json": ("jsonb",),
    },
    "sqlite": {
        "int": ("INTEGER", "INT", "BIGINT"),
        "text": ("TEXT", "VARCHAR(10)", "TEXT COLLATE NOCASE"),
        "num": ("REAL", "NUMERIC", "DECIMAL(6,2)"),
        "date": ("DATE", "TIMESTAMP"),
        "bool": ("BOOLEAN",),
    },
}
VALUES = {
    "int": ("1", "2", "3", "4", "5", "0", "-1", "40000", "12"),
    "text": (
        "'a'", "'A'", "'b'", "'b'", "''", "'c '", "'12'", "'007'", "'x y'", "'a long text of thirty chars'",
        "'2024-02-30'", "'2024-01-31'", "'true'", "'3.7'", "'low'", "'urgent'", "'40000'", "'3000000000'", "'é'",
    ),
    "num": ("1.5", "12.345", "1.5", "0", "-3", "9999.99", "0.005"),
    "date": ("'2024-01-31'", "'2024-01-31'", "'2020-02-29 10:30:00'", "'1999-12-31'"),
    "bool": ("true", "false"),
    "enum": ("'low'", "'high'", "'urgent'"),
    "uuid": (
        "'00000000-0000-0000-0000-000000000001'", "'00000000-0000-0000-0000-000000000002'",
        "'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'",
    ),
    "json": ("'{}'", "'{\"a\": 1}'", "'[1]'", "'null'"),
}  # fmt: skip
LABELS = ("low", "high", "urgent")


@dataclass(frozen=True)
class Column:
    """A column: `extra` is what stands behind its type (COLLATE, GENERATED, REFERENCES)."""

    name: str
    kind: str
    type: str
    required: bool = False
    default: str = ""
    extra: str = ""
    filled: bool = False

    def __str__(self) -> str:
        words = [self.name, self.type, self.extra]
        words += [f"DEFAULT {self.default}"] if self.default else []
        words += ["NOT NULL"] if self.required else []
        return " ".join(filter(None, words))


@dataclass(frozen=True)
class Key:
    """A foreign key: its name ("" where it has none of its own), its columns, where it leads and how it acts."""

    name: str
    columns: tuple[str, ...]
    table: str
    references: tuple[str, ...]
    acts: str = ""

    def __str__(self) -> str:
        named = f"CONSTRAINT {self.name} " if self.name else ""
        there = f"{self.table} ({', '.join(self.references)})"
        return f"{named}FOREIGN KEY ({', '.join(self.columns)}) REFERENCES {there}{self.acts}"


@dataclass
class Table:
    """A table, its constraints (`rules` are CHECK and UNIQUE as written, by name) and its foreign keys."""

    name: str
    columns: list[Column]
    key: tuple[str, ...] = ("id",)
    rules: dict[str, str] = field(default_factory=dict)
    keys: list[Key] = field(default_factory=list)
    after: str = ""

    def of(self, *kinds: str) -> list[Column]:
        """The columns of these kinds, or all; not the key, and none that the server fills itself."""
        return [
            one for one in self.columns
            if one.name not in self.key and not one.filled and (not kinds or one.kind in kinds)
        ]  # fmt: skip

    def find(self, name: str) -> Column:
        """The column of that name."""
        return next(one for one in self.columns if one.name == name)

    def put(self, column: Column) -> None:
        """Add the column, or replace the one of its name."""
        known = [one.name for one in self.columns]
        if column.name in known:
            self.columns[known.index(column.name)] = column
        else:
            self.columns.append(column)

    def rename(self, old: str, new: str) -> None:
        """Another name for a column."""
        self.columns = [replace(one, name=new) if one.name == old else one for one in self.columns]
        self.key = tuple(new if one == old else one for one in self.key)

    def definition(self, name: str = "") -> str:
        """CREATE TABLE with all that belongs to it."""
        parts = [str(one) for one in self.columns]
        if self.key and not any("PRIMARY KEY" in one.extra for one in self.columns):
            parts.append(f"PRIMARY KEY ({', '.join(self.key)})")
        parts += [f"CONSTRAINT {rule} {text}" for rule, text in self.rules.items()]
        parts += map(str, self.keys)
        return f"CREATE TABLE {name or self.name} ({', '.join(parts)}){self.after}"


@dataclass
class World:
    """All tables, and the dice."""

    rng: Random
    dialect: Dialect
    tables: list[Table] = field(default_factory=list)
    labels: list[str] = field(default_factory=lambda: list(LABELS))
    count: int = 0

    @property
    def postgres(self) -> bool:
        """True for PostgreSQL."""
        return self.dialect == "postgres"

    def chance(self, share: float) -> bool:
        """True that often."""
        return self.rng.random() < share

    def one(self, *choices: T) -> T:
        """One of these."""
        return self.rng.choice(choices)

    def table(self) -> Table:
        """Any table."""
        return self.rng.choice(self.tables)

    def name(self, prefix: str) -> str:
        """A name that is not taken."""
        self.count += 1
        return f"{prefix}_{self.count}"

    def value(self, column: Column, *, null: float = 0.15) -> str:
        """A literal for the column; NULL that often where it may be."""
        if self.chance(null) and not column.required:
            return "NULL"
        if column.kind == "enum":
            return f"'{self.rng.choice(self.labels)}'"
        if column.kind == "bool" and not self.postgres:
            return self.one("0", "1")
        return self.rng.choice(VALUES[column.kind])

    def new_column(self, kind: str = "", name: str = "") -> Column:
        """A column of any kind, or of this one."""
        chosen = kind or self.rng.choice(list(TYPES[self.dialect]))
        return Column(
            name or self.rng.choice(COLUMNS[chosen]), chosen, self.rng.choice(TYPES[self.dialect][chosen])
        )

    def parents(self, table: Table) -> list[Table]:
        """Tables that a key of this one may lead to."""
        return [one for one in self.tables if len(one.key) == 1 and one is not table] or self.tables
