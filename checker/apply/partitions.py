"""ATTACH and DETACH PARTITION, INHERIT and NO INHERIT."""

from __future__ import annotations

from collections.abc import Iterable

from checker.apply.applied import Applied
from checker.apply.columns import alter_column, shares_identity
from checker.apply.lookup import is_open, table_of
from checker.apply.spreading import adopt, same_index
from checker.catalog import (
    Catalog,
    Check,
    Column,
    Constraint,
    Index,
    QName,
    Table,
)
from checker.change import AttachPartition, DetachPartition, Inherit, NoInherit
from checker.errors import DuplicateObject, IncompatibleTypes, MissingObject, Refused
from checker.values import replace

# ATTACH, DETACH, INHERIT


def attach_partition(catalog: Catalog, change: AttachPartition) -> Applied:
    """ATTACH PARTITION: the columns must be the same, what is inherited is marked so."""
    index = catalog.index(change.table)
    if index is not None:
        return Applied(_with_valid(catalog, index))
    parent = table_of(catalog, change.table)
    child = table_of(catalog, change.partition)
    if parent is None or child is None:
        return Applied(catalog)
    if parent.kind != "partitioned" and not is_open(catalog, parent):
        raise Refused("42P17", f'table "{parent.name.name}" is not partitioned', str(parent.name))
    if child.is_partition:
        raise Refused("42809", f'"{child.name.name}" is already a partition', str(child.name))
    if child.parents:
        raise Refused("42809", "cannot attach inheritance child as partition", str(child.name))
    _same_persistence(parent, child, "partition")
    if shares_identity(catalog):
        _refuse_identity(child)
    _refuse_extra_columns(catalog, parent, child)
    child = _adopted(catalog, parent, child, strict=True)
    if shares_identity(catalog):
        child = replace(child, columns=tuple(_with_identity_of(parent, child)))
    child = replace(child, parents=(parent.name,), is_partition=True)
    return Applied(adopt(catalog.put(child), parent, child.name))


def _refuse_identity(child: Table) -> None:
    """55000: a partition has no sequence of its own (`ATExecAttachPartition` of 17)."""
    for column in child.columns:
        if column.identity:
            message = f'table "{child.name.name}" being attached contains an identity column "{column.name}"'
            raise Refused(
                "55000", message, f"{child.name}.{column.name}", (f"identity column {column.name}",)
            )


def _with_identity_of(parent: Table, child: Table) -> Iterable[Column]:
    """Attached as it is; what hangs below the new partition stays as it was (measured on 17 and 18)."""
    for column in child.columns:
        theirs = parent.column(column.name)
        yield replace(column, identity=theirs.identity) if theirs is not None else column


def _with_valid(catalog: Catalog, index: Index) -> Catalog:
    """ALTER INDEX … ATTACH PARTITION: the parent's index is valid once every partition has its part."""
    table = catalog.table(index.table)
    if table is None or index.valid:
        return catalog
    if not all(
        any(same_index(index, own) for own in child.indexes) for child in catalog.children_of(table.name)
    ):
        return catalog
    indexes = tuple(replace(one, valid=True) if one.name == index.name else one for one in table.indexes)
    return catalog.put(replace(table, indexes=indexes))


def _same_persistence(parent: Table, child: Table, what: str) -> None:
    if parent.temporary and not child.temporary:
        words = f'cannot attach a permanent relation as partition of temporary relation "{parent.name.name}"'
    elif child.temporary and not parent.temporary:
        words = f'cannot attach a temporary relation as partition of permanent relation "{parent.name.name}"'
    else:
        return
    if what != "partition":
        words = f'cannot inherit from temporary relation "{parent.name.name}"'
        if child.temporary:
            return
    raise Refused("42809", words, str(child.name), (str(parent.name),))


def _refuse_extra_columns(catalog: Catalog, parent: Table, child: Table) -> None:
    if is_open(catalog, parent):
        return
    for column in child.columns:
        if parent.column(column.name) is None:
            message = (
                f'table "{child.name.name}" contains column "{column.name}" not found in parent '
                f'"{parent.name.name}"'
            )
            raise IncompatibleTypes("42804", message, f"{child.name}.{column.name}", (str(parent.name),))


def _adopted(catalog: Catalog, parent: Table, child: Table, *, strict: bool) -> Table:
    """The child with its columns and checks marked as inherited; raises where they do not match."""
    columns = list(child.columns)
    for theirs in parent.columns:
        own = child.column(theirs.name)
        if own is None:
            if is_open(catalog, child):
                continue
            message = f'child table is missing column "{theirs.name}"'
            raise IncompatibleTypes("42804", message, f"{child.name}.{theirs.name}", (str(parent.name),))
        _check_match(child, theirs, own)
        columns[columns.index(own)] = replace(own, inherited=True, own=own.own and not strict)
    constraints = _adopted_checks(catalog, parent, child, strict=strict)
    return replace(child, columns=tuple(columns), constraints=constraints)


def _check_match(child: Table, theirs: Column, own: Column) -> None:
    full = f"{child.name}.{own.name}"
    if theirs.type != own.type:
        message = f'child table "{child.name.name}" has different type for column "{own.name}"'
        raise IncompatibleTypes("42804", message, full)
    if not theirs.nullable and own.nullable:
        raise IncompatibleTypes("42804", f'column "{own.name}" in child table must be marked NOT NULL', full)
    if theirs.generated and not own.generated:
        raise IncompatibleTypes(
            "42804", f'column "{own.name}" in child table must be a generated column', full
        )


def _adopted_checks(catalog: Catalog, parent: Table, child: Table, *, strict: bool) -> tuple[Constraint, ...]:
    constraints = list(child.constraints)
    for check in parent.constraints:
        if not isinstance(check, Check) or check.no_inherit:
            continue
        own = child.constraint(check.name)
        if not isinstance(own, Check):
            if is_open(catalog, child):
                continue
            message = f'child table is missing constraint "{check.name}"'
            raise IncompatibleTypes("42804", message, f"{child.name}.{check.name}", (str(parent.name),))
        constraints[constraints.index(own)] = replace(own, inherited=True, own=own.own and not strict)
    return tuple(constraints)


def detach_partition(catalog: Catalog, change: DetachPartition) -> Applied:
    """DETACH PARTITION: what was inherited becomes the table's own."""
    parent = table_of(catalog, change.table)
    child = table_of(catalog, change.partition)
    if parent is None or child is None:
        return Applied(catalog)
    if parent.name not in child.parents or not child.is_partition:
        if is_open(catalog, child) or is_open(catalog, parent):
            return Applied(catalog)
        message = f'relation "{child.name.name}" is not a partition of relation "{parent.name.name}"'
        raise MissingObject("42P01", message, str(child.name), (str(parent.name),), kind="partition")
    child = replace(_orphaned(child, parent.name), is_partition=False)
    catalog = catalog.put(child)
    if shares_identity(catalog):
        for column in parent.columns:
            if column.identity:
                catalog = alter_column(catalog, child, column.name, lambda old: replace(old, identity=None))
                child = catalog.table(child.name) or child
    return Applied(catalog)


def _orphaned(child: Table, parent: QName) -> Table:
    parents = tuple(name for name in child.parents if name != parent)
    if parents:
        return replace(child, parents=parents)
    return replace(
        child,
        parents=(),
        columns=tuple(replace(column, inherited=False, own=True) for column in child.columns),
        constraints=tuple(
            replace(found, inherited=False, own=True) if isinstance(found, Check) else found
            for found in child.constraints
        ),
    )


def inherit(catalog: Catalog, change: Inherit) -> Applied:
    """INHERIT: the child must have all columns and checks of the parent already."""
    child, parent = table_of(catalog, change.table), table_of(catalog, change.parent)
    if child is None or parent is None:
        return Applied(catalog)
    full = str(child.name)
    if child.is_partition:
        raise Refused("42809", "cannot change inheritance of a partition", full)
    if parent.kind == "partitioned":
        raise Refused("42809", f'cannot inherit from partitioned table "{parent.name.name}"', full)
    if parent.is_partition:
        raise Refused("42809", "cannot inherit from a partition", full)
    if parent.name in child.parents:
        message = f'relation "{parent.name.name}" would be inherited from more than once'
        raise DuplicateObject("42P07", message, full, (str(parent.name),), kind="parent")
    if parent.name == child.name or child.name in _ancestors(catalog, parent):
        raise Refused("42P07", "circular inheritance not allowed", full, (str(parent.name),))
    child = _adopted(catalog, parent, child, strict=False)
    return Applied(catalog.put(replace(child, parents=(*child.parents, parent.name))))


def _ancestors(catalog: Catalog, table: Table) -> Iterable[QName]:
    for name in table.parents:
        yield name
        parent = catalog.table(name)
        if parent is not None:
            yield from _ancestors(catalog, parent)


def no_inherit(catalog: Catalog, change: NoInherit) -> Applied:
    """NO INHERIT."""
    child, parent = table_of(catalog, change.table), table_of(catalog, change.parent)
    if child is None or parent is None:
        return Applied(catalog)
    if child.is_partition:
        raise Refused("42809", "cannot change inheritance of a partition", str(child.name))
    if parent.name not in child.parents:
        message = f'relation "{parent.name.name}" is not a parent of relation "{child.name.name}"'
        raise MissingObject("42P01", message, str(child.name), (str(parent.name),), kind="parent")
    return Applied(catalog.put(_orphaned(child, parent.name)))
