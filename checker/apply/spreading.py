"""What a parent's constraints and indexes do in its children: checks are inherited, keys and indexes are made anew.

PostgreSQL gives every partition the parent's keys, indexes and foreign keys, with automatic names of their own
(`DefineIndex`, `CloneFkReferencing`); one that fits is there already is taken instead.
"""

from __future__ import annotations

from checker import names
from checker.catalog import (
    Catalog,
    Check,
    Constraint,
    Exclusion,
    ForeignKey,
    Index,
    IndexKey,
    NotNull,
    PrimaryKey,
    QName,
    Table,
    Unique,
)
from checker.errors import DuplicateObject, Refused
from checker.values import replace

Keyed = PrimaryKey | Unique | Exclusion


def spread_constraint(catalog: Catalog, table: Table, constraint: Constraint) -> Catalog:
    """The catalog with the constraint in the children and partitions of the table, in all depth."""
    for child in list(catalog.children_of(table.name)):
        grown = _heir(catalog, table, child, constraint)
        if grown is not None and grown is not child:
            catalog = spread_constraint(catalog.put(grown), grown, constraint)
    return catalog


def _heir(catalog: Catalog, table: Table, child: Table, constraint: Constraint) -> Table | None:
    match constraint:
        case Check(no_inherit=False):
            return _with_check(child, constraint)
        case NotNull(no_inherit=False):
            return _with_not_null(catalog, child, constraint)
        case ForeignKey() if table.kind == "partitioned":
            return with_foreign_key(catalog, child, constraint)
        case PrimaryKey() | Unique() | Exclusion() if table.kind == "partitioned":
            return with_key(catalog, table, child, constraint)
        case PrimaryKey():
            return _required(child, constraint.columns)
        case _:
            return None


def _with_check(child: Table, check: Check) -> Table:
    old = child.constraint(check.name)
    if old is None:
        return replace(child, constraints=(*child.constraints, replace(check, inherited=True, own=False)))
    full = f"{child.name}.{check.name}"
    if isinstance(old, Check):
        if old.no_inherit:
            message = f'constraint "{check.name}" conflicts with non-inherited constraint on relation "{child.name.name}"'
            raise Refused("42P17", message, full)
        swapped = tuple(
            replace(old, inherited=True) if found is old else found for found in child.constraints
        )
        return replace(child, constraints=swapped)
    message = f'constraint "{check.name}" for relation "{child.name.name}" already exists'
    raise DuplicateObject("42710", message, full, kind="constraint")


def _with_not_null(catalog: Catalog, child: Table, constraint: NotNull) -> Table:
    child = _required(child, constraint.columns)
    if any(isinstance(found, NotNull) and found.column == constraint.column for found in child.constraints):
        return child
    name = constraint.name
    if child.constraint(name) is not None:
        name = names.not_null_name(catalog, child.name, constraint.column)
    return replace(child, constraints=(*child.constraints, replace(constraint, name=name)))


def _required(table: Table, columns: tuple[str, ...]) -> Table:
    """The table with these columns NOT NULL."""
    if all(column.nullable is False for column in table.columns if column.name in columns):
        return table
    changed = tuple(
        replace(column, nullable=False) if column.name in columns else column for column in table.columns
    )
    return replace(table, columns=changed)


def with_foreign_key(catalog: Catalog, child: Table, key: ForeignKey) -> Table:
    """The partition with the parent's foreign key; under another name where it has its own of that name."""
    if any(replace(found, name=key.name) == key for found in child.foreign_keys):
        return child
    name = key.name
    if child.constraint(name) is not None:
        name = names.foreign_key_name(catalog, child.name, key.columns)
    return replace(child, constraints=(*child.constraints, replace(key, name=name)))


def with_key(catalog: Catalog, table: Table, child: Table, key: Keyed) -> Table:
    """The partition with a key of its own; one that fits is there already and is taken for it."""
    index = next((found for found in table.indexes if found.constraint == key.name), None)
    if any(isinstance(found, type(key)) and found.columns == key.columns for found in child.constraints):
        return child
    if isinstance(key, PrimaryKey) and child.primary_key is not None:
        message = f'multiple primary keys for table "{child.name.name}" are not allowed'
        raise Refused("42P16", message, str(child.name))
    name = _key_name(catalog, child, key, index)
    child = _required(child, key.columns) if isinstance(key, PrimaryKey) else child
    indexes = child.indexes
    if index is not None:
        copy = replace(index, name=name, table=child.name, constraint=name.name, bytes=None)
        indexes = (*indexes, copy)
    return replace(child, constraints=(*child.constraints, replace(key, name=name.name)), indexes=indexes)


def _key_name(catalog: Catalog, child: Table, key: Keyed, index: Index | None) -> QName:
    schema, own = child.name
    if isinstance(key, PrimaryKey):
        return QName(schema, names.relation_name(catalog, schema, own, None, "pkey", constraint=True))
    keys = index.keys if index is not None else tuple(IndexKey(column) for column in key.columns)
    columns = names.joined(names.key_names(keys, index.include if index is not None else ()))
    label = "excl" if isinstance(key, Exclusion) else "key"
    return QName(schema, names.relation_name(catalog, schema, own, columns, label, constraint=True))


def spread_index(catalog: Catalog, table: Table, index: Index) -> Catalog:
    """The catalog with the partitioned table's index in its partitions, where none fits yet."""
    if table.kind != "partitioned":
        return catalog
    for child in list(catalog.children_of(table.name)):
        catalog = _index_in(catalog, child, index)
    return catalog


def _index_in(catalog: Catalog, child: Table, index: Index) -> Catalog:
    if any(same_index(index, own) for own in child.indexes):
        return catalog
    name = QName(child.name.schema, names.index_name(catalog, child.name, index.keys, index.include))
    copy = replace(index, name=name, table=child.name, constraint=None, bytes=None)
    child = replace(child, indexes=(*child.indexes, copy))
    return spread_index(catalog.put(child), child, index)


def same_index(one: Index, other: Index) -> bool:
    """True where the server would take the one for the other in a partition (`CompareIndexInfo`)."""
    return (
        (one.keys, one.unique, one.method) == (other.keys, other.unique, other.method)
        and (one.where and one.where.columns) == (other.where and other.where.columns)
        and one.nulls_not_distinct == other.nulls_not_distinct
    )


def adopt(catalog: Catalog, parent: Table, child: QName) -> Catalog:
    """The catalog once the partition has the parent's keys, indexes and foreign keys, as ATTACH makes them."""
    for index in parent.indexes:
        constraint = parent.constraint(index.constraint) if index.constraint else None
        grown = catalog.table(child)
        if grown is None:
            break
        if isinstance(constraint, PrimaryKey | Unique | Exclusion):
            new = with_key(catalog, parent, grown, constraint)
            if new is not grown:
                catalog = spread_constraint(catalog.put(new), new, constraint)
        else:
            catalog = _index_in(catalog, grown, index)
    for key in parent.foreign_keys:
        grown = catalog.table(child)
        if grown is not None:
            new = with_foreign_key(catalog, grown, key)
            catalog = spread_constraint(catalog.put(new), new, key)
    return catalog
