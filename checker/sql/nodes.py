"""What a statement says, before any catalog is looked at: frozen syntax nodes with offsets.

Identifiers are folded as the server would fold them (`Users` is `users` on PostgreSQL, `"Users"`
stays) but not cut to length. Types are canonical (`SqlType`); `serial` keeps its name, resolving
expands it. Expressions are source slices with the columns that they read. `at` is the offset range
of the node in the source, end exclusive.
"""

from __future__ import annotations

from dataclasses import field
from typing import Literal

from checker.catalog import Action, Expr
from checker.sqltype import SqlType
from checker.values import dataclass

At = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Name:
    """A possibly qualified name: `("users",)`, `("public", "users")`."""

    parts: tuple[str, ...]
    at: At = field(default=(0, 0), compare=False)

    @property
    def last(self) -> str:
        """The object's own name."""
        return self.parts[-1]

    def __str__(self) -> str:
        return ".".join(self.parts)


# Constraints, as they stand in CREATE TABLE, ADD COLUMN and ADD CONSTRAINT


@dataclass(frozen=True, slots=True)
class ConstraintNode:
    """One constraint. `kind` decides which fields mean something; `name` is None when automatic.

    `inline` says that it stands in the definition of a column.
    """

    kind: Literal["primary key", "unique", "foreign key", "check", "exclusion", "not null"]
    name: str | None = None
    columns: tuple[str, ...] = ()
    include: tuple[str, ...] = ()
    using_index: str | None = None
    nulls_not_distinct: bool = False
    target: Name | None = None
    references: tuple[str, ...] = ()
    on_delete: Action = "no action"
    on_update: Action = "no action"
    match: Literal["simple", "full"] = "simple"
    expr: Expr | None = None
    not_valid: bool = False
    enforced: bool = True
    no_inherit: bool = False
    deferrable: bool = False
    initially_deferred: bool = False
    text: str = ""
    inline: bool = field(default=False, compare=False)
    at: At = field(default=(0, 0), compare=False)


@dataclass(frozen=True, slots=True)
class ColumnNode:
    """A column definition. `type` is None where SQLite allows none; `nullable` None: not said."""

    name: str
    type: SqlType | None
    nullable: bool | None = None
    default: Expr | None = None
    identity: Literal["always", "by default"] | None = None
    generated: Literal["stored", "virtual", "unsaid"] | None = None
    expression: Expr | None = None
    collation: str | None = None
    autoincrement: bool = False
    constraints: tuple[ConstraintNode, ...] = ()
    at: At = field(default=(0, 0), compare=False)


@dataclass(frozen=True, slots=True)
class LikeNode:
    """`LIKE source INCLUDING …`; `including` are the words after it, `all` among them."""

    source: Name
    including: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class CreateTable:
    """`query` is the source slice of `AS SELECT …`; `columns` are then only names, if any."""

    name: Name
    columns: tuple[ColumnNode, ...] = ()
    constraints: tuple[ConstraintNode, ...] = ()
    likes: tuple[LikeNode, ...] = ()
    if_not_exists: bool = False
    temporary: bool = False
    inherits: tuple[Name, ...] = ()
    partition_of: Name | None = None
    partition_by: Expr | None = None
    foreign: bool = False
    virtual: bool = False
    shadows: tuple[str, ...] = ()
    of_type: Name | None = None
    query: Expr | None = None
    query_columns: tuple[str, ...] = ()
    strict: bool = False
    without_rowid: bool = False
    at: At = field(default=(0, 0), compare=False)


# ALTER TABLE actions


@dataclass(frozen=True, slots=True)
class AddColumn:
    column: ColumnNode
    if_not_exists: bool = False
    at: At = field(default=(0, 0), compare=False)


@dataclass(frozen=True, slots=True)
class DropColumn:
    column: str
    if_exists: bool = False
    cascade: bool = False
    at: At = field(default=(0, 0), compare=False)


@dataclass(frozen=True, slots=True)
class AlterColumnType:
    column: str
    type: SqlType
    using: Expr | None = None
    collation: str | None = None
    at: At = field(default=(0, 0), compare=False)


@dataclass(frozen=True, slots=True)
class SetDefault:
    column: str
    default: Expr
    at: At = field(default=(0, 0), compare=False)


@dataclass(frozen=True, slots=True)
class ColumnAction:
    """The column actions that carry nothing but the column."""

    action: Literal[
        "drop default",
        "set not null",
        "drop not null",
        "drop identity",
        "drop identity if exists",
        "drop expression",
        "drop expression if exists",
    ]
    column: str
    at: At = field(default=(0, 0), compare=False)


@dataclass(frozen=True, slots=True)
class AddIdentity:
    column: str
    identity: Literal["always", "by default"]
    at: At = field(default=(0, 0), compare=False)


@dataclass(frozen=True, slots=True)
class SetIdentity:
    """`SET GENERATED …`, RESTART and other sequence options; `identity` None: only options."""

    column: str
    identity: Literal["always", "by default"] | None
    at: At = field(default=(0, 0), compare=False)


@dataclass(frozen=True, slots=True)
class SetExpression:
    column: str
    expression: Expr
    at: At = field(default=(0, 0), compare=False)


@dataclass(frozen=True, slots=True)
class AddConstraint:
    constraint: ConstraintNode
    at: At = field(default=(0, 0), compare=False)


@dataclass(frozen=True, slots=True)
class DropConstraint:
    name: str
    if_exists: bool = False
    cascade: bool = False
    at: At = field(default=(0, 0), compare=False)


@dataclass(frozen=True, slots=True)
class ValidateConstraint:
    name: str
    at: At = field(default=(0, 0), compare=False)


@dataclass(frozen=True, slots=True)
class AlterConstraint:
    name: str
    deferrable: bool
    initially_deferred: bool
    at: At = field(default=(0, 0), compare=False)


@dataclass(frozen=True, slots=True)
class RenameColumn:
    column: str
    new: str
    at: At = field(default=(0, 0), compare=False)


@dataclass(frozen=True, slots=True)
class RenameConstraint:
    name: str
    new: str
    at: At = field(default=(0, 0), compare=False)


@dataclass(frozen=True, slots=True)
class RenameTo:
    new: str
    at: At = field(default=(0, 0), compare=False)


@dataclass(frozen=True, slots=True)
class SetSchema:
    schema: str
    at: At = field(default=(0, 0), compare=False)


@dataclass(frozen=True, slots=True)
class AttachPartition:
    """Also `ALTER INDEX … ATTACH PARTITION`."""

    partition: Name
    at: At = field(default=(0, 0), compare=False)


@dataclass(frozen=True, slots=True)
class DetachPartition:
    partition: Name
    concurrently: bool = False
    at: At = field(default=(0, 0), compare=False)


@dataclass(frozen=True, slots=True)
class Inherit:
    parent: Name
    no: bool = False
    at: At = field(default=(0, 0), compare=False)


@dataclass(frozen=True, slots=True)
class SequenceOption:
    """`OWNED BY` (None: NONE) or `AS type` of ALTER SEQUENCE; other options are `OtherAction`."""

    owned_by: Name | None = None
    disowned: bool = False
    type: SqlType | None = None
    at: At = field(default=(0, 0), compare=False)


@dataclass(frozen=True, slots=True)
class OtherAction:
    """Understood, and without effect on what the catalog keeps (OWNER TO, SET STORAGE, ENABLE RLS).

    `words` are its keywords in lower case; `names` the objects it names (a trigger, an index).
    """

    words: str
    names: tuple[str, ...] = ()
    at: At = field(default=(0, 0), compare=False)


AlterAction = (
    AddColumn | DropColumn | AlterColumnType | SetDefault | ColumnAction | AddIdentity | SetIdentity
    | SetExpression | AddConstraint | DropConstraint | ValidateConstraint | AlterConstraint
    | RenameColumn | RenameConstraint | RenameTo | SetSchema | AttachPartition | DetachPartition
    | Inherit | SequenceOption | OtherAction
)  # fmt: skip

ObjectKind = Literal[
    "table", "foreign table", "view", "materialized view", "index", "sequence", "schema", "type", "domain",
    "function", "procedure", "aggregate", "routine", "trigger", "policy", "extension", "rule", "collation",
    "cast", "operator", "operator class", "operator family", "publication", "subscription", "statistics",
    "event trigger", "server", "foreign data wrapper", "user mapping", "role", "database", "language", "owned",
    "transform", "text search", "access method", "tablespace", "conversion", "other",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Alter:
    """ALTER TABLE, VIEW, MATERIALIZED VIEW, INDEX, SEQUENCE or FOREIGN TABLE, with all its actions."""

    kind: ObjectKind
    name: Name
    actions: tuple[AlterAction, ...]
    if_exists: bool = False
    only: bool = False
    at: At = field(default=(0, 0), compare=False)


@dataclass(frozen=True, slots=True)
class IndexKeyNode:
    column: str | None = None
    expr: Expr | None = None
    descending: bool = False
    opclass: str | None = None
    collation: str | None = None


@dataclass(frozen=True, slots=True)
class CreateIndex:
    name: Name | None
    table: Name
    keys: tuple[IndexKeyNode, ...]
    unique: bool = False
    concurrently: bool = False
    if_not_exists: bool = False
    only: bool = False
    method: str = "btree"
    include: tuple[str, ...] = ()
    where: Expr | None = None
    nulls_not_distinct: bool = False
    at: At = field(default=(0, 0), compare=False)


@dataclass(frozen=True, slots=True)
class Signature:
    """A function's name and the types of its input arguments; None: the name alone was given."""

    name: Name
    arguments: tuple[SqlType, ...] | None


@dataclass(frozen=True, slots=True)
class Drop:
    """DROP of any kind. `table` for DROP TRIGGER/POLICY/RULE … ON; `signatures` for routines."""

    kind: ObjectKind
    names: tuple[Name, ...]
    if_exists: bool = False
    cascade: bool = False
    concurrently: bool = False
    table: Name | None = None
    signatures: tuple[Signature, ...] = ()
    at: At = field(default=(0, 0), compare=False)


@dataclass(frozen=True, slots=True)
class CreateSchema:
    """CREATE SCHEMA, with the statements that it may hold."""

    name: str
    if_not_exists: bool = False
    elements: tuple[Node, ...] = ()
    at: At = field(default=(0, 0), compare=False)


@dataclass(frozen=True, slots=True)
class CreateView:
    name: Name
    query: Expr
    columns: tuple[str, ...] = ()
    materialized: bool = False
    or_replace: bool = False
    if_not_exists: bool = False
    temporary: bool = False
    at: At = field(default=(0, 0), compare=False)


@dataclass(frozen=True, slots=True)
class CreateSequence:
    name: Name
    type: SqlType | None = None
    if_not_exists: bool = False
    temporary: bool = False
    owned_by: Name | None = None
    at: At = field(default=(0, 0), compare=False)


@dataclass(frozen=True, slots=True)
class CreateType:
    """CREATE TYPE. `labels` for enums, `columns` for composites."""

    name: Name
    kind: Literal["enum", "composite", "range", "base", "shell"]
    labels: tuple[str, ...] = ()
    columns: tuple[ColumnNode, ...] = ()
    at: At = field(default=(0, 0), compare=False)


@dataclass(frozen=True, slots=True)
class AddEnumValue:
    name: Name
    label: str
    before: str | None = None
    after: str | None = None
    if_not_exists: bool = False
    at: At = field(default=(0, 0), compare=False)


@dataclass(frozen=True, slots=True)
class RenameEnumValue:
    name: Name
    label: str
    new: str
    at: At = field(default=(0, 0), compare=False)


@dataclass(frozen=True, slots=True)
class CreateDomain:
    name: Name
    base: SqlType
    nullable: bool = True
    default: Expr | None = None
    checks: tuple[ConstraintNode, ...] = ()
    at: At = field(default=(0, 0), compare=False)


@dataclass(frozen=True, slots=True)
class AlterObject:
    """ALTER of what is not a relation: TYPE, DOMAIN, SCHEMA, FUNCTION, TRIGGER, POLICY, EXTENSION …

    `actions` are the same as for relations (RENAME TO, SET SCHEMA, ADD/DROP/ALTER ATTRIBUTE as
    AddColumn/DropColumn/AlterColumnType, domain constraints as AddConstraint/DropConstraint; the domain's
    SET/DROP DEFAULT and NOT NULL carry an empty column).
    """

    kind: ObjectKind
    name: Name
    actions: tuple[AlterAction, ...]
    if_exists: bool = False
    table: Name | None = None
    arguments: tuple[SqlType, ...] | None = None
    at: At = field(default=(0, 0), compare=False)


@dataclass(frozen=True, slots=True)
class CreateFunction:
    """CREATE FUNCTION, PROCEDURE or AGGREGATE; the body is not executed and kept as text.

    `parameters` are the names of all arguments, also of those that go out.
    """

    signature: Signature
    kind: Literal["function", "procedure", "aggregate"] = "function"
    returns: SqlType | None = None
    or_replace: bool = False
    body: str = ""
    language: str = ""
    parameters: tuple[str, ...] = ()
    at: At = field(default=(0, 0), compare=False)


@dataclass(frozen=True, slots=True)
class CreateTrigger:
    """CREATE TRIGGER; `when` is its condition, on SQLite `body` are the statements inside."""

    name: Name
    table: Name
    function: Name | None = None
    timing: str = ""
    events: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    or_replace: bool = False
    if_not_exists: bool = False
    temporary: bool = False
    body: str = ""
    when: Expr | None = None
    at: At = field(default=(0, 0), compare=False)


@dataclass(frozen=True, slots=True)
class CreatePolicy:
    name: str
    table: Name
    expr: Expr | None = None
    at: At = field(default=(0, 0), compare=False)


@dataclass(frozen=True, slots=True)
class CreateExtension:
    name: str
    if_not_exists: bool = False
    schema: str | None = None
    cascade: bool = False
    at: At = field(default=(0, 0), compare=False)


@dataclass(frozen=True, slots=True)
class Truncate:
    tables: tuple[Name, ...]
    cascade: bool = False
    only: bool = False
    restart: bool = False
    at: At = field(default=(0, 0), compare=False)


# Transactions and settings


@dataclass(frozen=True, slots=True)
class TransactionControl:
    """BEGIN, COMMIT, ROLLBACK, SAVEPOINT … ; `savepoint` is its name where there is one, `chain` says AND CHAIN."""

    action: Literal["begin", "commit", "rollback", "savepoint", "release", "rollback to", "prepare"]
    savepoint: str | None = None
    at: At = field(default=(0, 0), compare=False)
    chain: bool = False


@dataclass(frozen=True, slots=True)
class SetSetting:
    """SET, SET LOCAL, RESET (no values), PRAGMA; `name` in lower case, values as the server reads them."""

    name: str
    values: tuple[str, ...] = ()
    local: bool = False
    at: At = field(default=(0, 0), compare=False)


# Data statements


@dataclass(frozen=True, slots=True)
class Insert:
    """INSERT (also REPLACE, COPY … FROM). `columns` None: none named.

    `rows` holds the source slices of VALUES (DEFAULT as it stands), None for a query or COPY;
    `conflict` None: no ON CONFLICT, () for one without a target, else the target's columns; `tolerates` is
    what happens to a row that is there already: left as it is (nothing), changed (update), replaced (replace).
    `limited` is one of MERGE, for rows that its conditions leave to it.
    `overriding` says OVERRIDING SYSTEM VALUE / USER VALUE; `ctes` is the WITH in front of the statement;
    `text` is as in `Query`.
    """

    table: Name
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
    at: At = field(default=(0, 0), compare=False)
    text: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Update:
    """UPDATE. `sets` are the assigned columns with their expressions (DEFAULT as text).

    `sources` is the text behind FROM, `alias` what the statement calls its table, `ctes` the WITH in front of it;
    `tolerant` says OR IGNORE or its like, `limited` ORDER BY or LIMIT.
    """

    table: Name
    sets: tuple[tuple[str, Expr], ...]
    where: Expr | None = None
    reads: tuple[Name, ...] = ()
    alias: str | None = None
    sources: Expr | None = None
    ctes: Expr | None = None
    tolerant: bool = False
    limited: bool = False
    at: At = field(default=(0, 0), compare=False)
    text: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Delete:
    """DELETE; `sources` is the text behind USING, the rest as in `Update`."""

    table: Name
    where: Expr | None = None
    reads: tuple[Name, ...] = ()
    alias: str | None = None
    sources: Expr | None = None
    ctes: Expr | None = None
    limited: bool = False
    at: At = field(default=(0, 0), compare=False)
    text: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Query:
    """SELECT, VALUES, WITH …: reads these relations, changes none that the reader could see.

    `text` is the whole statement where every name in it is a column or a relation: not so in a DO block, whose
    variables look like columns.
    """

    reads: tuple[Name, ...] = ()
    calls: frozenset[str] = frozenset()
    at: At = field(default=(0, 0), compare=False)
    text: str = field(default="", compare=False)


# The rest


@dataclass(frozen=True, slots=True)
class Utility:
    """Understood, and without effect on the schema: COMMENT, GRANT, ANALYZE, LOCK, VACUUM, \\restrict.

    `words` are its first keywords in lower case (`vacuum full`, `reindex concurrently`); `kind` and
    `names` the object it names, where its absence would make the server refuse it; `arguments` are a routine's.
    """

    words: str
    kind: ObjectKind | None = None
    names: tuple[Name, ...] = ()
    at: At = field(default=(0, 0), compare=False)
    arguments: tuple[SqlType, ...] | None = None


@dataclass(frozen=True, slots=True)
class Exists:
    """A guard that can be decided from a catalog: does this object exist?

    `names` ends with the object's own name; before it stands its table or type where the guard says one
    (always for columns and enum labels). `schema` None: in any schema.
    """

    kind: Literal["relation", "column", "constraint", "type", "enum label", "index", "schema", "extension",
                  "function", "trigger", "policy", "role"]  # fmt: skip
    names: tuple[str, ...]
    schema: str | None = None
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Block:
    """A DO block: its parts in order."""

    parts: tuple[Node, ...]
    at: At = field(default=(0, 0), compare=False)


@dataclass(frozen=True, slots=True)
class If:
    """IF … THEN … ELSE inside a block. `condition` None: it cannot be decided from a catalog."""

    condition: tuple[Exists, ...] | None
    then: tuple[Node, ...]
    otherwise: tuple[Node, ...] = ()
    at: At = field(default=(0, 0), compare=False)


@dataclass(frozen=True, slots=True)
class Tolerated:
    """Parts under EXCEPTION WHEN: a refusal with one of these SQLSTATEs is swallowed (rolls the parts back).

    `states` holds SQLSTATEs; `others` stands for WHEN OTHERS.
    """

    parts: tuple[Node, ...]
    states: frozenset[str]
    at: At = field(default=(0, 0), compare=False)


@dataclass(frozen=True, slots=True)
class SetConstraints:
    """SET CONSTRAINTS; without names it is about ALL."""

    names: tuple[Name, ...]
    deferred: bool
    at: At = field(default=(0, 0), compare=False)


@dataclass(frozen=True, slots=True)
class Raise:
    """RAISE EXCEPTION of PL/pgSQL: the block ends with this SQLSTATE and this message."""

    code: str
    message: str
    at: At = field(default=(0, 0), compare=False)


@dataclass(frozen=True, slots=True)
class Unreadable:
    """Not understood: why, and the relations that it names, as far as one could see."""

    reason: str
    names: tuple[Name, ...] = ()
    at: At = field(default=(0, 0), compare=False)


@dataclass(frozen=True, slots=True)
class Invalid:
    """A statement that the server's own grammar refuses, whatever the catalog holds: its message.

    `until` is the first version of which that is not sure.
    """

    message: str
    at: At = field(default=(0, 0), compare=False)
    until: tuple[int, ...] | None = None


Node = (
    CreateTable | Alter | CreateIndex | Drop | CreateSchema | CreateView | CreateSequence | CreateType
    | AddEnumValue | RenameEnumValue | CreateDomain | AlterObject | CreateFunction | CreateTrigger
    | CreatePolicy | CreateExtension | Truncate | TransactionControl | SetSetting | Insert | Update
    | Delete | Query | Utility | Block | If | Tolerated | SetConstraints | Raise | Unreadable | Invalid
)  # fmt: skip
