"""The closed set of Changes: what a statement does to the schema, in SQL's own verbs, names resolved.

`resolve` makes them from syntax nodes and the catalog: names are schema-qualified, automatic names
filled in and cut to length, `serial` expanded. `apply` folds them over the catalog or refuses them.
A statement yields one Change per action, in the order in which the server carries them out.

`at` is the offset range in the source of the part of the statement that asks for it.
"""

from __future__ import annotations

import re
from dataclasses import field
from functools import cache
from typing import Literal

from checker.catalog import (
    Column,
    Constraint,
    Expr,
    Extension,
    ForeignKey,
    Function,
    Index,
    Policy,
    QName,
    Sequence,
    Table,
    Trigger,
    UserType,
    View,
)
from checker.sql.nodes import ObjectKind
from checker.sql.results import Unresolved
from checker.sqltype import SqlType
from checker.values import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What all Changes have. `cut` are the names that were too long: as written, and as the server cuts them."""

    at: tuple[int, int] = field(default=(0, 0), compare=False)
    cut: tuple[tuple[str, str], ...] = field(default=(), compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class TableChange(Change):
    """A Change of one table (or view, where the server lets ALTER TABLE name one).

    `only` says ALTER TABLE ONLY: children and partitions are left alone.
    """

    table: QName
    only: bool = False


# Tables


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateTable(Change):
    """CREATE TABLE with its constraints, their indexes (in `table.indexes`) and its sequences.

    `filled` says that a query puts rows in (CREATE TABLE AS), `query` which; `shadows` are the tables that SQLite
    keeps behind a virtual one.
    """

    table: Table
    sequences: tuple[Sequence, ...] = ()
    if_not_exists: bool = False
    filled: bool = False
    query: Expr | None = None
    shadows: tuple[QName, ...] = ()
    unresolved: Unresolved | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DropTable(TableChange):
    """DROP TABLE of one table; `together` are all that the statement drops (their dependencies do not count).

    `enforced` says, here and of rows, that SQLite looks at foreign keys (`PRAGMA foreign_keys`).
    """

    cascade: bool = False
    enforced: bool = False
    together: tuple[QName, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RenameTable(TableChange):
    """RENAME TO of a table; `kind` says what it is."""

    new: str
    kind: ObjectKind = "table"


@dataclass(frozen=True, slots=True, kw_only=True)
class Truncate(TableChange):
    """TRUNCATE of one table; `along` are those that CASCADE empties too, in name order."""

    cascade: bool = False
    restart: bool = False
    along: tuple[QName, ...] = ()
    together: tuple[QName, ...] = ()


# Columns


@dataclass(frozen=True, slots=True, kw_only=True)
class AddColumn(TableChange):
    """ADD COLUMN; its constraints come as AddConstraint Changes of their own, right after it."""

    column: Column
    sequences: tuple[Sequence, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DropColumn(TableChange):
    column: str
    cascade: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RenameColumn(TableChange):
    column: str
    new: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AlterColumnType(TableChange):
    column: str
    type: SqlType
    using: Expr | None = None
    collation: str | None = None
    along: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class SetDefault(TableChange):
    column: str
    default: Expr


@dataclass(frozen=True, slots=True, kw_only=True)
class DropDefault(TableChange):
    column: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SetNotNull(TableChange):
    column: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DropNotNull(TableChange):
    column: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AddIdentity(TableChange):
    column: str
    identity: Literal["always", "by default"]
    sequence: Sequence


@dataclass(frozen=True, slots=True, kw_only=True)
class SetIdentity(TableChange):
    column: str
    identity: Literal["always", "by default"] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DropIdentity(TableChange):
    column: str
    if_exists: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SetExpression(TableChange):
    column: str
    expression: Expr


@dataclass(frozen=True, slots=True, kw_only=True)
class DropExpression(TableChange):
    column: str
    if_exists: bool = False


# Constraints and indexes


@dataclass(frozen=True, slots=True, kw_only=True)
class AddConstraint(TableChange):
    """ADD CONSTRAINT; `index` is the index that comes with it, `using_index` one that it takes over."""

    constraint: Constraint
    index: Index | None = None
    using_index: str | None = None
    inline: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DropConstraint(TableChange):
    name: str
    cascade: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RenameConstraint(TableChange):
    name: str
    new: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ValidateConstraint(TableChange):
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AlterConstraint(TableChange):
    name: str
    deferrable: bool
    initially_deferred: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateIndex(TableChange):
    index: Index
    concurrently: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DropIndex(Change):
    name: QName
    concurrently: bool = False
    cascade: bool = False
    together: tuple[QName, ...] = ()


# Inheritance and partitions


@dataclass(frozen=True, slots=True, kw_only=True)
class AttachPartition(TableChange):
    partition: QName


@dataclass(frozen=True, slots=True, kw_only=True)
class DetachPartition(TableChange):
    partition: QName
    concurrently: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Inherit(TableChange):
    parent: QName


@dataclass(frozen=True, slots=True, kw_only=True)
class NoInherit(TableChange):
    parent: QName


# Views, sequences, types


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateView(Change):
    view: View
    or_replace: bool = False
    unresolved: Unresolved | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateSequence(Change):
    sequence: Sequence


@dataclass(frozen=True, slots=True, kw_only=True)
class AlterSequence(Change):
    """OWNED BY or AS; the sequence as it will be."""

    name: QName
    sequence: Sequence


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateType(Change):
    type: UserType


@dataclass(frozen=True, slots=True, kw_only=True)
class AddEnumValue(Change):
    type: QName
    label: str
    before: str | None = None
    after: str | None = None
    if_not_exists: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RenameEnumValue(Change):
    type: QName
    label: str
    new: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AlterType(Change):
    """Any other change of a composite or a domain; `new` is the type as it will be."""

    type: QName
    new: UserType
    action: str = ""


# Objects that are only names to us


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateSchema(Change):
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateFunction(Change):
    function: Function
    or_replace: bool = False
    unresolved: Unresolved | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateTrigger(TableChange):
    trigger: Trigger
    or_replace: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class EnableTrigger(TableChange):
    """ENABLE and DISABLE TRIGGER; `name` None: all of the table's."""

    name: str | None
    enabled: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CreatePolicy(TableChange):
    policy: Policy


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateExtension(Change):
    extension: Extension
    cascade: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DropView(Change):
    name: QName
    cascade: bool = False
    materialized: bool = False
    together: tuple[QName, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DropSequence(Change):
    name: QName
    cascade: bool = False
    together: tuple[QName, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DropType(Change):
    """DROP TYPE or DROP DOMAIN."""

    name: QName
    cascade: bool = False
    domain: bool = False
    together: tuple[QName, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DropSchema(Change):
    name: str
    cascade: bool = False
    together: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DropFunction(Change):
    """`arguments` None: the name alone was given."""

    name: QName
    arguments: tuple[SqlType, ...] | None = None
    kind: ObjectKind = "function"
    cascade: bool = False
    together: tuple[QName, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DropTrigger(TableChange):
    name: str
    cascade: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DropPolicy(TableChange):
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DropExtension(Change):
    name: str
    cascade: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RenameObject(Change):
    """RENAME TO of what is no table: view, index, sequence, type, schema, function …

    `table` is set for triggers and policies, `arguments` for routines named with them.
    """

    kind: ObjectKind
    name: QName
    new: str
    table: QName | None = None
    arguments: tuple[SqlType, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SetSchema(Change):
    """SET SCHEMA of any object that lives in one."""

    kind: ObjectKind
    name: QName
    schema: str
    arguments: tuple[SqlType, ...] | None = None


# Rows


@dataclass(frozen=True, slots=True, kw_only=True)
class Insert(TableChange):
    """INSERT or COPY FROM. Fields as in `nodes.Insert`; `columns` None: none were named.

    `width` is how many columns its query returns, `unresolved` (here and elsewhere) the first name in the
    statement that means nothing.
    """

    columns: tuple[str, ...] | None = None
    rows: tuple[tuple[Expr, ...], ...] | None = None
    default_values: bool = False
    query: Expr | None = None
    conflict: tuple[str, ...] | None = None
    conflict_constraint: str | None = None
    overriding: Literal["system", "user"] | None = None
    copy: bool = False
    tolerates: Literal["nothing", "update", "replace"] | None = None
    ctes: Expr | None = None
    limited: bool = False
    width: int | None = None
    unresolved: Unresolved | None = None
    enforced: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Update(TableChange):
    """UPDATE. Fields as in `nodes.Update`."""

    sets: tuple[tuple[str, Expr], ...]
    where: Expr | None = None
    alias: str | None = None
    sources: Expr | None = None
    ctes: Expr | None = None
    tolerant: bool = False
    limited: bool = False
    unresolved: Unresolved | None = None
    enforced: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Delete(TableChange):
    """DELETE. Fields as in `nodes.Delete`."""

    where: Expr | None = None
    alias: str | None = None
    sources: Expr | None = None
    ctes: Expr | None = None
    limited: bool = False
    unresolved: Unresolved | None = None
    enforced: bool = False


# What the session does


@dataclass(frozen=True, slots=True, kw_only=True)
class Begin(Change):
    """BEGIN, or the transaction that the tool opens around a file (`implicit`)."""

    implicit: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Commit(Change):
    implicit: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Rollback(Change):
    """ROLLBACK, or ROLLBACK TO a savepoint."""

    savepoint: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Savepoint(Change):
    name: str
    release: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SetSetting(Change):
    """SET, SET LOCAL, RESET (no values), PRAGMA."""

    name: str
    values: tuple[str, ...] = ()
    local: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class EndOfFile(Change):
    """The end of one migration file: where transactions left open come to light."""

    name: str


# The ends of the set


@dataclass(frozen=True, slots=True)
class About:
    """What a COMMENT is about: an object, or a part of the relation `name`."""

    kind: Literal["column", "constraint"] | ObjectKind
    name: QName
    part: str = ""
    arguments: tuple[SqlType, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NoChange(Change):
    """Understood, and nothing happens to the schema: COMMENT, SELECT, an IF EXISTS that found nothing.

    `words` are the statement's first keywords in lower case; `skipped` says that IF [NOT] EXISTS was
    what made it do nothing; `names` are the relations it touches (their locks still matter), `calls` the functions
    of the database itself that it calls: what they do nobody follows; `draws` says that it moves a sequence.
    """

    words: str = ""
    skipped: bool = False
    names: tuple[QName, ...] = ()
    outside_transaction: bool = False
    calls: tuple[QName, ...] = ()
    about: About | None = None
    draws: bool = False
    unresolved: Unresolved | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MayWrite(Change):
    """Rows of these tables are written under a condition that nobody can decide; the schema stays as it is."""

    tables: tuple[QName, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NotUnderstood(Change):
    """Could not be read, or does what nobody can see: why, and the relations that it may have changed.

    `everything` says that it may have changed anything at all (a DO block's EXECUTE).
    """

    reason: str
    names: tuple[QName, ...] = ()
    everything: bool = False


def foreign_keys(change: Change) -> tuple[tuple[QName, ForeignKey], ...]:
    """The foreign keys that a Change adds, each with the table that gets it."""
    match change:
        case AddConstraint(table=table, constraint=ForeignKey() as key):
            return ((table, key),)
        case CreateTable(table=made):
            return tuple((made.name, key) for key in made.foreign_keys)
        case _:
            return ()


def object_name(change: Change) -> str:
    """The full name of what the change is about, `public.users.email` for a column; may be empty."""
    match change:
        case CreateTable(table=table):
            return str(table.name)
        case AddColumn(table=table, column=column):
            return f"{table}.{column.name}"
        case TableChange(table=table):
            named = getattr(change, "column", None)
            return f"{table}.{named}" if isinstance(named, str) else str(table)
        case CreateView(view=view):
            return str(view.name)
        case CreateType(type=created):
            return str(created.name)
        case _:
            name = getattr(change, "name", None) or getattr(change, "type", None)
            return str(name) if name else ""


def describe(change: Change) -> str:
    """One line in SQL's words: `CREATE TABLE public.users`, `ADD COLUMN public.users.email`."""
    return f"{verb(change)} {object_name(change)}".rstrip()


def verb(change: Change) -> str:
    """What it does in SQL's words: `CREATE TABLE`, `ADD COLUMN`, `INSERT`."""
    return _words(type(change).__name__)


@cache
def _words(name: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).upper()


def touched(change: Change) -> tuple[QName, ...]:
    """The relations that the change names, its own first; not those that it reaches through others."""
    match change:
        case CreateTable(table=table):
            targets = (one.target for one in table.foreign_keys)
            return tuple(dict.fromkeys((table.name, *table.parents, *targets)))
        case AddConstraint(table=name, constraint=ForeignKey(target=target)):
            return (name, target)
        case AttachPartition(table=name, partition=other) | DetachPartition(table=name, partition=other):
            return (name, other)
        case Inherit(table=name, parent=other) | NoInherit(table=name, parent=other):
            return (name, other)
        case TableChange(table=name):
            return (name,)
        case CreateView(view=view):
            return (view.name, *sorted({read.relation for read in view.reads}))
        case CreateSequence(sequence=sequence):
            return (sequence.name,)
        case DropIndex(name=name) | DropView(name=name) | DropSequence(name=name) | AlterSequence(name=name):
            return (name,)
        case RenameObject(name=name, table=table):
            return (table,) if table is not None else (name,)
        case SetSchema(name=name):
            return (name,)
        case NoChange(names=names) | NotUnderstood(names=names) | MayWrite(tables=names):
            return names
        case _:
            return ()
