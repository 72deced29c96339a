"""What the run itself shows before a step: tables filled, emptied or copied, columns added.

A fold over Changes like the catalog, and only about what the migrations do: what the live database holds
is a question for the live side. Where something cannot be known the facts say less, never more.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import field

from checker.catalog import QName
from checker.change import (
    AddColumn,
    Change,
    CreateTable,
    Delete,
    DropTable,
    Insert,
    MayWrite,
    NotUnderstood,
    RenameColumn,
    RenameTable,
    Rollback,
    SetSchema,
    Truncate,
)
from checker.values import dataclass, replace


@dataclass(frozen=True, slots=True)
class DataFacts:
    """Tables that rows were put into, tables without any row left, (source, target) of copied rows.

    `added` are the columns that the run added to tables which it did not create, under their present names;
    `unsure` says that a statement which nobody could read may have written anywhere.
    """

    filled: frozenset[QName] = frozenset()
    emptied: frozenset[QName] = frozenset()
    copied: frozenset[tuple[QName, QName]] = frozenset()
    added: Mapping[QName, frozenset[str]] = field(default_factory=dict)
    unsure: bool = False

    def was_added(self, table: QName, column: str) -> bool:
        """True where the run added the column to a table that it did not create."""
        return column in self.added.get(table, ())

    def may_fill(self, table: QName) -> bool:
        """True where the run put rows into the table, or may have."""
        return self.unsure or table in self.filled

    def was_copied(self, table: QName) -> bool:
        """True where rows of the table were copied into another one."""
        return bool(self.targets_of(table))

    def was_copied_into(self, table: QName) -> bool:
        """True where rows of another table were copied into it."""
        return any(target == table for _, target in self.copied)

    def targets_of(self, table: QName) -> frozenset[QName]:
        """The other tables that its rows were copied into; one that was built anew is no copy of itself."""
        return frozenset(target for source, target in self.copied if source == table != target)


NO_FACTS = DataFacts()


def fold(facts: DataFacts, change: Change, born: Collection[QName] = ()) -> DataFacts:
    """The facts after the change went through; `born` are the tables that the run created itself."""
    match change:
        case Insert(table=table, query=query):
            return _fill(facts, table, query.uses if query else frozenset())
        case CreateTable(table=made):
            fresh = _forget(facts, made.name)
            return _fill(fresh, made.name, frozenset()) if change.filled else fresh
        case Truncate(table=table, along=along):
            return _empty(facts, {table, *along})
        case Delete(table=table, where=where) if where is None or where.is_true:
            return _empty(facts, {table})
        case AddColumn(table=table, column=column) if table not in born:
            return _add(facts, table, facts.added.get(table, frozenset()) | {column.name})
        case RenameColumn(table=table, column=old, new=new) if facts.was_added(table, old):
            return _add(facts, table, facts.added[table] - {old} | {new})
        case DropTable(table=table):
            return _forget(facts, table)
        case RenameTable(table=table, new=name):
            return _rename(facts, table, QName(table.schema, name))
        case SetSchema(kind="table", name=table, schema=schema):
            return _rename(facts, table, QName(schema, table.name))
        case Rollback():
            return replace(facts, emptied=frozenset()) if facts.emptied else facts
        case NotUnderstood(names=names, everything=everything):
            kept = frozenset() if everything else facts.emptied - set(names)
            return replace(
                facts, filled=facts.filled | set(names), emptied=kept, unsure=facts.unsure or everything
            )
        case MayWrite(tables=names):
            return replace(facts, filled=facts.filled | set(names), emptied=facts.emptied - set(names))
        case _:
            return facts


def _add(facts: DataFacts, table: QName, columns: frozenset[str]) -> DataFacts:
    return replace(facts, added={**facts.added, table: columns})


def _fill(facts: DataFacts, table: QName, sources: frozenset[QName]) -> DataFacts:
    pairs = {(source, table) for source in sources if source != table}
    return replace(
        facts, filled=facts.filled | {table}, emptied=facts.emptied - {table}, copied=facts.copied | pairs
    )


def _empty(facts: DataFacts, tables: set[QName]) -> DataFacts:
    pairs = frozenset(pair for pair in facts.copied if pair[1] not in tables)
    return replace(facts, filled=facts.filled - tables, emptied=facts.emptied | tables, copied=pairs)


def _forget(facts: DataFacts, table: QName) -> DataFacts:
    """The table is gone; that its rows were copied elsewhere stays known."""
    pairs = frozenset(pair for pair in facts.copied if pair[1] != table)
    known = table in facts.filled or table in facts.emptied or table in facts.added
    if not known and len(pairs) == len(facts.copied):
        return facts
    return replace(
        facts,
        filled=facts.filled - {table},
        emptied=facts.emptied - {table},
        copied=pairs,
        added={name: columns for name, columns in facts.added.items() if name != table},
    )


def _rename(facts: DataFacts, old: QName, new: QName) -> DataFacts:
    if facts == NO_FACTS:
        return facts

    def names(tables: frozenset[QName]) -> frozenset[QName]:
        return frozenset(new if table == old else table for table in tables)

    pairs = frozenset((source, new if target == old else target) for source, target in facts.copied)
    added = {table: columns for table, columns in facts.added.items() if table != old}
    if old in facts.added:
        added[new] = facts.added.get(new, frozenset()) | facts.added[old]
    return replace(facts, filled=names(facts.filled), emptied=names(facts.emptied), copied=pairs, added=added)
