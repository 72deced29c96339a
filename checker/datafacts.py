"""What the run itself shows about rows before a step: filled, emptied, copied from one table into another.

A fold over Changes like the catalog, and only about what the migrations do: what the live database holds
is a question for the live side. Where something cannot be known the facts say less, never more.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from checker.catalog import QName
from checker.change import (
    Change,
    CreateTable,
    Delete,
    DropTable,
    Insert,
    NotUnderstood,
    RenameTable,
    Rollback,
    SetSchema,
    Truncate,
)


@dataclass(frozen=True, slots=True)
class DataFacts:
    """Tables that rows were put into, tables without any row left, and (source, target) of copied rows.

    `unsure` says that a statement which nobody could read may have written anywhere.
    """

    filled: frozenset[QName] = frozenset()
    emptied: frozenset[QName] = frozenset()
    copied: frozenset[tuple[QName, QName]] = frozenset()
    unsure: bool = False

    def may_fill(self, table: QName) -> bool:
        """True where the run put rows into the table, or may have."""
        return self.unsure or table in self.filled

    def was_copied(self, table: QName) -> bool:
        """True where rows of the table were copied into another one."""
        return any(source == table for source, _ in self.copied)

    def was_copied_into(self, table: QName) -> bool:
        """True where rows of another table were copied into it."""
        return any(target == table for _, target in self.copied)

    def sources_of(self, table: QName) -> frozenset[QName]:
        """The tables whose rows were copied into it."""
        return frozenset(source for source, target in self.copied if target == table)


NO_FACTS = DataFacts()


def fold(facts: DataFacts, change: Change) -> DataFacts:
    """The facts after the change went through."""
    match change:
        case Insert(table=table, query=query):
            return _fill(facts, table, query.uses if query else frozenset())
        case CreateTable(table=made):
            fresh = _forget(facts, made.name)
            return _fill(fresh, made.name, frozenset()) if change.filled else fresh
        case Truncate(table=table, along=along):
            return _empty(facts, {table, *along})
        case Delete(table=table, where=None):
            return _empty(facts, {table})
        case DropTable(table=table):
            return _forget(facts, table)
        case RenameTable(table=table, new=new):
            return _rename(facts, table, QName(table.schema, new))
        case SetSchema(kind="table", name=name, schema=schema):
            return _rename(facts, name, QName(schema, name.name))
        case Rollback():
            return replace(facts, emptied=frozenset()) if facts.emptied else facts
        case NotUnderstood(names=names, everything=everything):
            kept = frozenset() if everything else facts.emptied - set(names)
            return replace(
                facts, filled=facts.filled | set(names), emptied=kept, unsure=facts.unsure or everything
            )
        case _:
            return facts


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
    if facts == NO_FACTS:
        return facts
    pairs = frozenset(pair for pair in facts.copied if pair[1] != table)
    return replace(facts, filled=facts.filled - {table}, emptied=facts.emptied - {table}, copied=pairs)


def _rename(facts: DataFacts, old: QName, new: QName) -> DataFacts:
    if facts == NO_FACTS:
        return facts

    def names(tables: frozenset[QName]) -> frozenset[QName]:
        return frozenset(new if table == old else table for table in tables)

    pairs = frozenset((source, new if target == old else target) for source, target in facts.copied)
    return replace(facts, filled=names(facts.filled), emptied=names(facts.emptied), copied=pairs)
