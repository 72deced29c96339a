"""The schema as frozen values: what a live database holds, and what it would hold after a change.

The catalog mirrors the server's own name spaces. On PostgreSQL tables, views, sequences and indexes
share one per schema (`pg_class`), so all of them are `relations`; constraints, triggers and policies
belong to their table; types share a name space with the row types of tables (`pg_type`).

Names are exact. On servers that compare names without case (SQLite), `resolve` has already put
every name into the spelling that the catalog uses, so nothing here folds.

Every object is an immutable value; `Catalog.put` and `Catalog.without` return new catalogs that
share what did not change.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from checker.catalog.objects import (
    Action,
    Check,
    Column,
    CompositeType,
    Constraint,
    Dialect,
    Domain,
    EnumType,
    Exclusion,
    Expr,
    Extension,
    ForeignKey,
    Function,
    Index,
    IndexKey,
    NotNull,
    OtherType,
    Policy,
    PrimaryKey,
    QName,
    Relation,
    Sequence,
    Server,
    Table,
    Trigger,
    Unique,
    Unloaded,
    UserType,
    View,
    ViewColumn,
)
from checker.catalog.relations import Relations, indexes_of

if TYPE_CHECKING:
    from checker.rows import Draws, Rows

__all__ = [
    "Action",
    "Catalog",
    "Check",
    "Column",
    "CompositeType",
    "Constraint",
    "Dialect",
    "Domain",
    "EnumType",
    "Exclusion",
    "Expr",
    "Extension",
    "ForeignKey",
    "Function",
    "Index",
    "IndexKey",
    "NotNull",
    "OtherType",
    "Policy",
    "PrimaryKey",
    "QName",
    "Relation",
    "Relations",
    "Sequence",
    "Server",
    "Table",
    "Trigger",
    "Unique",
    "Unloaded",
    "UserType",
    "View",
    "ViewColumn",
    "indexes_of",
]


@dataclass(frozen=True)
class Catalog:
    """A whole schema at one moment.

    `complete` is False where there is no live side: a relation that is not here may exist all the
    same, and nothing may be concluded from its absence. `uncertain` are the relations that a statement
    which was not understood may have changed; `doubted` says that this holds for all of them.

    `data` is what the tables hold that the run has written or altered (`checker.rows`); any other table holds its
    live rows. `unfollowed` is code that ran and may have written anywhere: triggers, functions. `draws` are
    the sequences that the run has made or drawn from, `pending` the rows of which deferred foreign keys have still
    to be looked at when the transaction ends.
    """

    server: Server
    schemas: frozenset[str] = frozenset()
    relations: Relations = field(default_factory=lambda: Relations({}))
    types: Mapping[QName, UserType] = field(default_factory=dict)
    functions: Mapping[QName, tuple[Function, ...]] = field(default_factory=dict)
    extensions: Mapping[str, Extension] = field(default_factory=dict)
    search_path: tuple[str, ...] = ("public",)
    complete: bool = True
    uncertain: frozenset[QName] = frozenset()
    doubted: bool = False
    data: Mapping[QName, Rows] = field(default_factory=dict, compare=False)
    unfollowed: frozenset[str] = field(default=frozenset(), compare=False)
    draws: Mapping[QName, Draws] = field(default_factory=dict, compare=False)
    pending: Mapping[QName, tuple[Rows, ...]] = field(default_factory=dict, compare=False)

    def relation(self, name: QName) -> Relation | None:
        """Whatever occupies this name among relations."""
        return self.relations.get(name)

    def table(self, name: QName) -> Table | None:
        """The table of that name; None where there is none, or where it is something else."""
        found = self.relations.get(name)
        return found if isinstance(found, Table) else None

    def view(self, name: QName) -> View | None:
        """The view or materialized view of that name."""
        found = self.relations.get(name)
        return found if isinstance(found, View) else None

    def labels_of(self, table: QName, column: str) -> tuple[str, ...]:
        """The labels of a column whose type is an enum; none for any other column."""
        owner = self.table(table)
        found = owner.column(column) if owner else None
        enum = self.enum(QName(found.type.schema or "", found.type.name)) if found else None
        return enum.labels if enum else ()

    def index(self, name: QName) -> Index | None:
        """The index of that name."""
        found = self.relations.get(name)
        return found if isinstance(found, Index) else None

    def enum(self, name: QName) -> EnumType | None:
        """The enumerated type of that name."""
        found = self.types.get(name)
        return found if isinstance(found, EnumType) else None

    def tables(self, *, around: QName | None = None) -> Iterator[Table]:
        """Every table whose details are loaded, or the one of that name and those that may mention it."""
        return (found for found in self._relations(around) if isinstance(found, Table))

    def views(self, *, around: QName | None = None) -> Iterator[View]:
        """Every view and materialized view, or the one of that name and those that may mention it."""
        return (found for found in self._relations(around) if isinstance(found, View))

    def _relations(self, around: QName | None) -> Iterable[Relation]:
        return self.relations.values() if around is None else self.relations.concerned(around)

    def views_over(self, name: QName, column: str | None = None) -> tuple[View, ...]:
        """The views that read a relation (or one column of it), and those that read them, each behind what it reads."""
        reading = [
            view for view in self.views(around=name)
            if any(read.relation == name and column in (None, read.column) for read in view.reads)
        ]  # fmt: skip
        behind = [other for view in reading for other in self.views_over(view.name)]
        found = {view.name: view for view in behind}
        return (*(view for view in reading if view.name not in found), *found.values())

    def sequences(self) -> Iterator[Sequence]:
        """Every sequence."""
        return (found for found in self.relations.values() if isinstance(found, Sequence))

    def tables_in(self, schema: str) -> Iterator[QName]:
        """The names of all tables of a schema, also of those whose details are not loaded."""
        for name, found in self.relations.items():
            unloaded = isinstance(found, Unloaded) and found.kind in ("table", "partitioned")
            if name.schema == schema and (unloaded or isinstance(found, Table)):
                yield name

    def references_to(self, table: QName) -> Iterator[tuple[Table, ForeignKey]]:
        """Every foreign key that points at the table, with the table that holds it."""
        for child in self.tables(around=table):
            for key in child.foreign_keys:
                if key.target == table:
                    yield child, key

    def children_of(self, table: QName) -> Iterator[Table]:
        """The tables that inherit from this one and its partitions, one level down."""
        for child in self.relations.children(table):
            if isinstance(child, Table) and table in child.parents:
                yield child

    def owned_sequences(self, table: QName) -> Iterator[Sequence]:
        """The sequences that go with a column of the table."""
        for found in self.relations.concerned(table):
            if isinstance(found, Sequence) and found.owner is not None and found.owner[0] == table:
                yield found

    def has_constraint(self, schema: str, name: str) -> bool:
        """True where a table or a domain of the schema has a constraint of that name."""
        tables = (one for one in self.relations.holding(name) if isinstance(one, Table))
        if any(table.name.schema == schema and table.constraint(name) for table in tables):
            return True
        domains = (one for one in self.types.values() if isinstance(one, Domain))
        return any(
            check.name == name
            for domain in domains
            if domain.name.schema == schema
            for check in domain.checks
        )

    def put(self, relation: Relation) -> Catalog:
        """This catalog with the relation added or replaced; a table brings its indexes' names along."""
        relations = self.relations.copy()
        relations.put(relation)
        return self.but(relations=relations)

    def without(self, name: QName) -> Catalog:
        """This catalog without the relation; a table takes its indexes along."""
        relations = self.relations.copy()
        relations.drop(name)
        return self.but(relations=relations)

    def put_type(self, new: UserType) -> Catalog:
        """This catalog with the type added or replaced."""
        return self.but(types={**self.types, new.name: new})

    def without_type(self, name: QName) -> Catalog:
        """This catalog without the type."""
        return self.but(types={key: old for key, old in self.types.items() if key != name})

    def but(self, **changed: object) -> Catalog:
        """`replace` without the constructor: a run makes catalogs by the thousand."""
        new = object.__new__(Catalog)
        new.__dict__.update(self.__dict__, **changed)
        return new
