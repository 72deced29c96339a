"""SQLite's own ways: one name space without case, few ALTERs, and nothing that asks who depends on whom.

SQLite has no error codes to tell refusals apart: all carry `SQLITE_ERROR`. What depends on rows (a new NOT NULL
column without a default, a non-constant default) is accepted here. Measured on 3.40.1.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from checker import change as changes
from checker.apply import sqlite_rows
from checker.apply.applied import Applied
from checker.apply.dependents import Thing
from checker.apply.drops import remove
from checker.apply.lookup import is_known, is_open, similar, similar_relations
from checker.apply.renames import rename_relation
from checker.apply.sqlite_columns import add_column, add_constraint, drop_column, rename_column
from checker.apply.sqlite_keys import refuse_broken_drop
from checker.apply.sqlite_names import (
    CODE,
    find,
    refuse_dangling,
    refuse_reserved,
    renumbered,
    with_implied_references,
)
from checker.apply.unresolved import refuse_unresolved
from checker.catalog import (
    Catalog,
    Check,
    ForeignKey,
    Index,
    PrimaryKey,
    QName,
    Relation,
    Table,
    Unique,
    Unloaded,
    View,
    ViewColumn,
)
from checker.errors import DependentObjects, DuplicateObject, MissingObject, Refused
from checker.sql.expression import expr
from checker.sql.tokens import tokenize
from checker.values import replace


def create_table(catalog: Catalog, change: changes.CreateTable) -> Applied:
    """CREATE TABLE: keys must name its columns; what foreign keys refer to need not exist."""
    table = change.table
    if change.if_not_exists and find(catalog, table.name):
        return Applied(catalog)
    refuse_reserved(table.name)
    _require_database(catalog, table.name.schema)
    _require_free(catalog, table.name)
    refuse_unresolved(catalog, change.unresolved)
    if not table.assumed:
        _check_columns(table)
    for constraint in table.constraints if not table.assumed else ():
        _check_constraint(catalog, table, constraint)
    for shadow in change.shadows:
        _require_free(catalog, shadow)
        catalog = catalog.put(Unloaded(shadow, "table"))
    created = with_implied_references(catalog.put(table), table.name)
    return Applied(renumbered(created, table.name))


def _require_database(catalog: Catalog, schema: str) -> None:
    if schema in ("main", "temp") or schema in catalog.schemas or not catalog.complete:
        return
    raise MissingObject(CODE, f"unknown database {schema}", schema, kind="schema")


def _require_free(catalog: Catalog, name: QName) -> None:
    old = find(catalog, name)
    if old is None:
        return
    full, others = str(name), (f"{_kind(old)} {old.name}",)
    message = f"{_kind(old)} {name.name} already exists"
    if isinstance(old, Index):
        message = f"there is already an index named {name.name}"
    raise DuplicateObject(CODE, message, full, others, kind="relation")


def _kind(relation: Relation) -> str:
    return "view" if isinstance(relation, View) else "index" if isinstance(relation, Index) else "table"


def _check_columns(table: Table) -> None:
    seen: set[str] = set()
    for column in table.columns:
        full = f"{table.name}.{column.name}"
        if column.name.lower() in seen:
            raise DuplicateObject(CODE, f"duplicate column name: {column.name}", full, (full,), kind="column")
        seen.add(column.name.lower())
    if table.columns and all(column.generated for column in table.columns):
        raise Refused(CODE, "must have at least one non-generated column", str(table.name))


def _check_constraint(catalog: Catalog, table: Table, constraint: object) -> None:
    known = {column.name.lower() for column in table.columns}
    full = str(table.name)
    match constraint:
        case PrimaryKey() | Unique():
            if isinstance(constraint, PrimaryKey) and table.primary_key != constraint:
                raise Refused(CODE, f'table "{table.name.name}" has more than one primary key', full)
            for name in constraint.columns:
                if name.lower() not in known:
                    raise MissingObject(CODE, f"no such column: {name}", f"{full}.{name}", kind="column")
        case ForeignKey():
            for name in constraint.columns:
                if name.lower() not in known:
                    message = f'unknown column "{name}" in foreign key definition'
                    raise MissingObject(CODE, message, f"{full}.{name}", kind="column")
        case Check(expr=condition):
            for name in _unknown_columns(condition.text, known):
                raise MissingObject(CODE, f"no such column: {name}", f"{full}.{name}", kind="column")
        case _:
            pass


_NO_COLUMNS = frozenset(("rowid", "_rowid_", "oid", "true", "false"))


def _unknown_columns(text: str, known: set[str]) -> list[str]:
    """The columns that a condition reads and the table has not; a word in quotes may be a string."""
    tokens = tokenize(text, "sqlite")
    words = {token.text.lower() for token in tokens if token.kind == "word"}
    reads = {name.lower() for name in expr(text, tokens, "sqlite").columns}
    return sorted((reads & words) - known - _NO_COLUMNS)


def drop_table(catalog: Catalog, change: changes.DropTable) -> Applied:
    """DROP TABLE: its indexes and triggers go; views and foreign keys stay and point at nothing."""
    found = find(catalog, change.table)
    if isinstance(found, View):
        raise Refused(CODE, f"use DROP VIEW to delete view {change.table.name}", str(change.table), ("view",))
    if change.table.name.lower().startswith("sqlite_"):
        raise Refused(CODE, f"table {change.table.name} may not be dropped", str(change.table))
    if found is None or isinstance(found, Index):
        return _missing(catalog, change.table, "table")
    if change.enforced and isinstance(found, Table):
        refuse_broken_drop(catalog, found)
    for shadow in _shadows(catalog, found):
        catalog = catalog.without(shadow)
    dropped = with_implied_references(catalog.without(found.name), found.name)
    return Applied(renumbered(_dangling(dropped, found.name), found.name))


def _dangling(catalog: Catalog, gone: QName) -> Catalog:
    """The views that read what is gone, directly or through others, return nothing that one could name."""
    for view in catalog.views(around=gone):
        if view.columns and any(read.relation == gone for read in view.reads):
            reads = frozenset(ViewColumn(read.relation, None) for read in view.reads)
            catalog = _dangling(catalog.put(replace(view, columns=(), reads=reads)), view.name)
    return catalog


def _shadows(catalog: Catalog, table: Relation) -> tuple[QName, ...]:
    """The tables behind a virtual one: they are called by its name with an end, and only their names are known."""
    if not isinstance(table, Table) or table.kind != "virtual":
        return ()
    schema, start = table.name.schema, f"{table.name.name}_"
    return tuple(
        name
        for name, found in catalog.relations.items()
        if isinstance(found, Unloaded) and name.schema == schema and name.name.startswith(start)
    )


def _missing(catalog: Catalog, name: QName, kind: str) -> Applied:
    """Nothing to drop: refused where it is surely not there."""
    if not is_known(catalog, name):
        return Applied(catalog)
    close = similar_relations(catalog, name)
    raise MissingObject(CODE, f"no such {kind}: {name.name}", str(name), kind=kind, similar=close)


def drop_view(catalog: Catalog, change: changes.DropView) -> Applied:
    """DROP VIEW; views over it stay."""
    found = find(catalog, change.name)
    if isinstance(found, Table):
        raise Refused(
            CODE, f"use DROP TABLE to delete table {change.name.name}", str(change.name), ("table",)
        )
    if not isinstance(found, View):
        return _missing(catalog, change.name, "view")
    return Applied(_dangling(catalog.without(found.name), found.name))


def rename_table(catalog: Catalog, change: changes.RenameTable | changes.RenameObject) -> Applied:
    """RENAME TO: foreign keys, views and triggers follow, unnamed constraints and their indexes too."""
    old = change.table if isinstance(change, changes.RenameTable) else change.name
    found = find(catalog, old)
    if isinstance(found, View):
        raise Refused(CODE, f"view {old.name} may not be altered", str(old), ("view",))
    if found is None or isinstance(found, Index):
        return _missing(catalog, old, "table")
    new = QName(found.name.schema, change.new)
    refuse_reserved(new)
    if find(catalog, new) is not None:
        message = f"there is already another table or index with this name: {change.new}"
        raise DuplicateObject(CODE, message, str(new), (str(new),), kind="relation")
    refuse_dangling(catalog)
    for shadow in _shadows(catalog, found):
        end = shadow.name.removeprefix(found.name.name)
        catalog = catalog.without(shadow).put(Unloaded(QName(new.schema, new.name + end), "table"))
    catalog = rename_relation(catalog, found.name, new)
    return Applied(renumbered(with_implied_references(catalog, new), new))


# Indexes


def create_index(catalog: Catalog, change: changes.CreateIndex) -> Applied:
    """CREATE INDEX on a table."""
    index = change.index
    _require_database(catalog, index.name.schema)
    owner = find(catalog, change.table)
    if isinstance(owner, View):
        raise Refused(CODE, "views may not be indexed", str(change.table), ("view",))
    if not isinstance(owner, Table):
        message = f"no such table: {change.table}"
        if is_known(catalog, change.table):
            raise MissingObject(
                CODE, message, str(change.table), similar=similar_relations(catalog, change.table)
            )
        return Applied(catalog)
    refuse_reserved(index.name)
    _require_free_index(catalog, index.name)
    if not is_open(catalog, owner):
        for name in sorted(index.reads):
            if owner.column(name) is None and name.lower() not in sqlite_rows.ROWID:
                close = similar(name, (column.name for column in owner.columns))
                raise MissingObject(
                    CODE, f"no such column: {name}", f"{owner.name}.{name}", kind="column", similar=close
                )
    return Applied(catalog.put(replace(owner, indexes=(*owner.indexes, index))))


def _require_free_index(catalog: Catalog, name: QName) -> None:
    old = find(catalog, name)
    if old is None:
        return
    message = f"there is already a table named {name.name}"
    if isinstance(old, Index):
        message = f"index {name.name} already exists"
    raise DuplicateObject(CODE, message, str(name), (f"{_kind(old)} {old.name}",), kind="relation")


def drop_index(catalog: Catalog, change: changes.DropIndex) -> Applied:
    """DROP INDEX, but not that of a key."""
    index = find(catalog, change.name)
    if not isinstance(index, Index):
        return _missing(catalog, change.name, "index")
    if index.constraint is not None:
        message = "index associated with UNIQUE or PRIMARY KEY constraint cannot be dropped"
        raise DependentObjects(
            CODE, message, str(index.name), (f"constraint {index.table}.{index.constraint}",)
        )
    return Applied(remove(catalog, [Thing("index", index.table, index.name.name)]))


# Views and triggers


def create_view(catalog: Catalog, change: changes.CreateView) -> Applied:
    """CREATE VIEW: what it reads need not exist."""
    refuse_reserved(change.view.name)
    _require_database(catalog, change.view.name.schema)
    _require_free(catalog, change.view.name)
    return Applied(catalog.put(change.view))


def create_trigger(catalog: Catalog, change: changes.CreateTrigger) -> Applied:
    """CREATE TRIGGER: triggers have a name space of their own, all tables together."""
    owner = find(catalog, change.table)
    new = change.trigger
    if owner is None:
        if is_known(catalog, change.table):
            raise MissingObject(CODE, f"no such table: {change.table}", str(change.table), kind="table")
        return Applied(catalog)
    if not isinstance(owner, Table | View):
        return Applied(catalog)
    for relation in catalog.relations.holding(new.name):
        if isinstance(relation, Table | View):
            _require_free_trigger(relation, new.name)
    timing, name = new.timing.upper() or "BEFORE", owner.name.name
    if isinstance(owner, View) and timing != "INSTEAD OF":
        raise Refused(CODE, f"cannot create {timing} trigger on view: {name}", str(owner.name))
    if isinstance(owner, Table) and timing == "INSTEAD OF":
        raise Refused(CODE, f"cannot create INSTEAD OF trigger on table: {name}", str(owner.name))
    return Applied(catalog.put(replace(owner, triggers=(*owner.triggers, new))))


def _require_free_trigger(relation: Table | View, name: str) -> None:
    for trigger in relation.triggers:
        if trigger.name.lower() == name.lower():
            full = f"{relation.name}.{trigger.name}"
            raise DuplicateObject(CODE, f"trigger {name} already exists", full, (full,), kind="trigger")


def drop_trigger(catalog: Catalog, change: changes.DropTrigger) -> Applied:
    """DROP TRIGGER; its table is known where the trigger is."""
    relation = catalog.relation(change.table)
    if isinstance(relation, Table | View) and any(found.name == change.name for found in relation.triggers):
        return Applied(remove(catalog, [Thing("trigger", relation.name, change.name)]))
    return _missing(catalog, QName("main", change.name), "trigger")


HANDLERS: Mapping[type[changes.Change], Callable[[Catalog, Any], Applied]] = {
    changes.CreateTable: create_table,
    changes.DropTable: drop_table,
    changes.RenameTable: rename_table,
    changes.RenameObject: rename_table,
    changes.AddColumn: add_column,
    changes.DropColumn: drop_column,
    changes.RenameColumn: rename_column,
    changes.AddConstraint: add_constraint,
    changes.CreateIndex: create_index,
    changes.DropIndex: drop_index,
    changes.CreateView: create_view,
    changes.DropView: drop_view,
    changes.CreateTrigger: create_trigger,
    changes.DropTrigger: drop_trigger,
    changes.Insert: sqlite_rows.insert,
    changes.Update: sqlite_rows.update,
    changes.Delete: sqlite_rows.delete,
    changes.NoChange: sqlite_rows.no_change,
}
