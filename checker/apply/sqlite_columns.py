"""ADD, DROP and RENAME COLUMN on SQLite (alter.c)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from checker.apply.applied import Applied
from checker.apply.drops import constraint_detail, constraint_kind
from checker.apply.lookup import is_known, is_open, missing_column, similar_relations
from checker.apply.renames import rename_column_everywhere
from checker.apply.sqlite_names import CODE, find, refuse_dangling, refuse_strings, renumbered
from checker.catalog import (
    Catalog,
    Check,
    ForeignKey,
    PrimaryKey,
    QName,
    Table,
    Unique,
    View,
    ViewColumn,
)
from checker.change import AddColumn, AddConstraint, DropColumn, RenameColumn
from checker.errors import ApplyError, DependentObjects, DuplicateObject, MissingObject, Refused
from checker.step import Gone
from checker.values import replace


def _table(catalog: Catalog, name: QName, on_view: str) -> Table | None:
    found = find(catalog, name)
    if isinstance(found, View):
        raise Refused(CODE, on_view, str(name), ("view",))
    if isinstance(found, Table):
        return found
    if is_known(catalog, name):
        message = f"no such table: {name.name}"
        raise MissingObject(CODE, message, str(name), kind="table", similar=similar_relations(catalog, name))
    return None


def add_column(catalog: Catalog, change: AddColumn) -> Applied:
    """ADD COLUMN; what it says of keys comes as AddConstraint right after it."""
    table = _table(catalog, change.table, "Cannot add a column to a view")
    if table is None:
        return Applied(catalog)
    if table.kind == "virtual":
        raise Refused(CODE, "virtual tables may not be altered", str(table.name))
    _refuse_taken(table, change.column.name, f"duplicate column name: {change.column.name}")
    return Applied(catalog.put(replace(table, columns=(*table.columns, change.column))))


def _refuse_taken(table: Table, name: str, message: str) -> None:
    full = f"{table.name}.{name}"
    if any(column.name.lower() == name.lower() for column in table.columns):
        raise DuplicateObject(CODE, message, full, (full,), kind="column")


def add_constraint(catalog: Catalog, change: AddConstraint) -> Applied:
    """What ADD COLUMN says beside the type; SQLite has no ADD CONSTRAINT of its own before 3.54."""
    table = _table(catalog, change.table, "Cannot add a column to a view")
    if table is None:
        return Applied(catalog)
    if isinstance(change.constraint, PrimaryKey | Unique):
        word = "PRIMARY KEY" if isinstance(change.constraint, PrimaryKey) else "UNIQUE"
        raise Refused(CODE, f"Cannot add a {word} column", str(table.name))
    return Applied(catalog.put(replace(table, constraints=(*table.constraints, change.constraint))))


# DROP COLUMN


def drop_column(catalog: Catalog, change: DropColumn) -> Applied:
    """DROP COLUMN: refused for keys and for what the rest of the schema still names; its own constraints go."""
    table = _table(catalog, change.table, f'cannot drop column from view "{change.table.name}"')
    if table is None:
        return Applied(catalog)
    column = table.column(change.column)
    if column is None:
        if is_open(catalog, table):
            return Applied(catalog)
        raise missing_column_here(table, change.column)
    _refuse_key(table, column.name)
    if len(table.columns) == 1:
        message = f'cannot drop column "{column.name}": no other columns exist'
        raise Refused(CODE, message, f"{table.name}.{column.name}")
    refuse_dangling(catalog)
    for error in _in_the_way(catalog, table, column.name):
        raise error
    refuse_strings(catalog, " after drop column")
    gone = [found for found in table.constraints if column.name in found.columns]
    kept = tuple(found for found in table.constraints if found not in gone)
    columns = tuple(found for found in table.columns if found.name != column.name)
    along = tuple(
        Gone(constraint_kind(found), f"{table.name}.{found.name}", constraint_detail(found)) for found in gone
    )
    triggers = tuple(replace(found, columns=found.columns - {column.name}) for found in table.triggers)
    table = replace(table, columns=columns, constraints=kept, triggers=triggers)
    return Applied(renumbered(catalog.put(table), table.name), along)


def missing_column_here(table: Table, name: str) -> MissingObject:
    """`no such column: "c"`."""
    found = missing_column(table, name, f'no such column: "{name}"')
    return MissingObject(CODE, found.message, found.object, kind="column", similar=found.similar)


def _refuse_key(table: Table, name: str) -> None:
    for constraint in table.constraints:
        if isinstance(constraint, PrimaryKey) and name in constraint.columns:
            raise Refused(CODE, f'cannot drop PRIMARY KEY column: "{name}"', f"{table.name}.{name}")
        if isinstance(constraint, Unique) and constraint.columns == (name,):
            raise Refused(CODE, f'cannot drop UNIQUE column: "{name}"', f"{table.name}.{name}")


def _in_the_way(catalog: Catalog, table: Table, name: str) -> Iterator[ApplyError]:
    """What would no longer be valid without the column, table first, then indexes and views."""
    own = f"error in table {table.name.name} after drop column: no such column: {name}"
    full = f"{table.name}.{name}"
    for other in table.columns:
        if other.name != name and other.expression and name in other.expression.columns:
            yield DependentObjects(CODE, own, full, (f"column {table.name}.{other.name}",))
    for place, constraint in enumerate(table.constraints):
        if name in constraint.columns and _is_tables_own(table, place, name):
            message = own
            if isinstance(constraint, ForeignKey):
                message = (
                    f"error in table {table.name.name} after drop column: "
                    f'unknown column "{name}" in foreign key definition'
                )
            yield DependentObjects(CODE, message, full, (f"constraint {table.name}.{constraint.name}",))
    for index in table.indexes:
        if index.constraint is None and name in index.reads:
            message = f"error in index {index.name.name} after drop column: no such column: {name}"
            yield DependentObjects(CODE, message, full, (f"index {index.name}",))
    for trigger in table.triggers:
        # `UPDATE OF c` may outlive the column, NEW.c and OLD.c may not; only without UPDATE is it surely those
        if name in trigger.columns and not any("update" in event.lower() for event in trigger.events):
            message = f"error in trigger {trigger.name} after drop column: no such column: {name}"
            yield DependentObjects(CODE, message, full, (f"trigger {table.name}.{trigger.name}",))
    for view in catalog.views(around=table.name):
        if _names(catalog, view, table, name):
            message = f"error in view {view.name.name} after drop column: no such column: {name}"
            yield DependentObjects(CODE, message, full, (f"view {view.name}",))


def _is_tables_own(table: Table, place: int, name: str) -> bool:
    """True where the constraint surely stands behind the columns and not in the definition of this one.

    Of keys the catalog keeps only the order: those of the columns come first, column by column. A check that stands
    at a column may be that of any column that it reads, or of another one.
    """
    constraint = table.constraints[place]
    if isinstance(constraint, Check | ForeignKey) and not constraint.inline:
        return True
    if isinstance(constraint, PrimaryKey | Unique | ForeignKey) and len(constraint.columns) > 1:
        return True
    order = {column.name: at for at, column in enumerate(table.columns)}
    at = order.get(name, 0)
    for before in table.constraints[:place]:
        if isinstance(before, Check):
            continue
        if len(before.columns) > 1 or order.get(before.columns[0], 0) > at:
            return True
    return False


def _names(catalog: Catalog, view: View, table: Table, name: str) -> bool:
    """True where the view's text surely names this column of this table; `*` follows the table."""
    if ViewColumn(table.name, name) not in view.reads:
        return False
    if not re.search(rf"(?<![\w$]){re.escape(name)}(?![\w$])", view.text, re.IGNORECASE):
        return False
    others = {read.relation for read in view.reads} - {table.name}
    relations = (find(catalog, other) for other in others)
    return not any(
        isinstance(found, Table | View) and (found.column(name) or not found.columns) for found in relations
    )


# RENAME COLUMN


def rename_column(catalog: Catalog, change: RenameColumn) -> Applied:
    """RENAME COLUMN: everything that reads it is rewritten; a view over a view may be in the way."""
    table = _table(catalog, change.table, f'cannot rename columns of view "{change.table.name}"')
    if table is None:
        return Applied(catalog)
    if table.column(change.column) is None:
        if is_open(catalog, table):
            return Applied(catalog)
        raise missing_column_here(table, change.column)
    if change.new.lower() != change.column.lower():
        message = f"error in table {table.name.name} after rename: duplicate column name: {change.new}"
        _refuse_taken(table, change.new, message)
    refuse_dangling(catalog)
    refuse_strings(catalog, "")
    catalog = _rename_outputs(catalog, table, change.column, change.new)
    catalog = rename_column_everywhere(catalog, table.name, change.column, change.new)
    return Applied(renumbered(catalog, table.name))


def _rename_outputs(catalog: Catalog, table: Table, old: str, new: str) -> Catalog:
    """A view that returns the column under its own name returns it under the new one; who names the old one fails."""
    for view in catalog.views(around=table.name):
        if ViewColumn(table.name, old) not in view.reads or view.column(old) is None:
            continue
        if re.search(rf"\bas\s+[\"`\[]?{re.escape(old)}(?!\w)", view.text, re.IGNORECASE):
            continue
        for other in catalog.views(around=view.name):
            source = view.name
            reader = replace(view, columns=view.columns)
            if ViewColumn(source, old) in other.reads and _reads_only(other, reader, old):
                message = f"error in view {other.name.name} after rename: no such column: {old}"
                raise DependentObjects(CODE, message, f"{table.name}.{old}", (f"view {other.name}",))
        columns = tuple(replace(found, name=new) if found.name == old else found for found in view.columns)
        catalog = catalog.put(replace(view, columns=columns))
    return catalog


def _reads_only(reader: View, source: View, name: str) -> bool:
    """True where the reader names the column and reads no other relation that it could be of."""
    named = re.search(rf"(?<![\w$]){re.escape(name)}(?![\w$])", reader.text, re.IGNORECASE)
    return named is not None and {read.relation for read in reader.reads} == {source.name}
