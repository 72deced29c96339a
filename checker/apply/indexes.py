"""CREATE and DROP INDEX."""

from __future__ import annotations

from collections.abc import Iterator

from checker.apply.applied import Applied
from checker.apply.constraints import require_partition_key
from checker.apply.dependents import index_thing
from checker.apply.drops import drop
from checker.apply.lookup import (
    SYSTEM_COLUMNS,
    is_known,
    is_open,
    kind_of,
    missing_column,
    relation_of,
    require_free,
    said,
    shown,
    similar,
)
from checker.apply.opclasses import check_opclass, plain_key
from checker.apply.signatures import check_calls
from checker.apply.spreading import same_index, spread_index
from checker.catalog import Catalog, Index, QName, Table, Unloaded, View
from checker.change import CreateIndex, DropIndex
from checker.errors import DependentObjects, MissingObject, Refused
from checker.values import replace


def create_index(catalog: Catalog, change: CreateIndex) -> Applied:
    """CREATE INDEX on a table or materialized view; on a partitioned table in the partitions too."""
    owner = relation_of(catalog, change.table)
    index = change.index
    if isinstance(owner, Unloaded) or owner is None:
        require_free(catalog, index.name)
        return Applied(catalog)
    if not isinstance(owner, Table) and not (isinstance(owner, View) and owner.materialized):
        message = f'cannot create index on relation "{change.table.name}"'
        raise Refused("42809", message, str(change.table), (kind_of(owner),))
    if isinstance(owner, Table) and owner.kind == "partitioned" and change.concurrently:
        message = f'cannot create index on partitioned table "{owner.name.name}" concurrently'
        raise Refused("0A000", message, str(owner.name))
    _check_columns(catalog, owner, index)
    if isinstance(owner, Table):
        for expr in (*(key.expr for key in index.keys), index.where):
            check_calls(catalog, owner, expr)
    for key in index.keys:
        column = owner.column(key.column) if key.column else None
        if column is not None and column.type.name:
            check_opclass(catalog, index.method, key.opclass, column.type, str(index.name))
    if isinstance(owner, Table) and index.unique:
        require_partition_key(catalog, owner, index.columns, str(index.name))
    require_free(catalog, index.name, cut=any(short == index.name.name for _, short in change.cut))
    index = replace(index, keys=tuple(plain_key(owner, index.method, key) for key in index.keys))
    if change.only and isinstance(owner, Table) and any(catalog.children_of(owner.name)):
        return Applied(catalog.put(replace(owner, indexes=(*owner.indexes, replace(index, valid=False)))))
    catalog = catalog.put(replace(owner, indexes=(*owner.indexes, index)))
    return Applied(spread_index(catalog, owner, index) if isinstance(owner, Table) else catalog)


def _check_columns(catalog: Catalog, owner: Table | View, index: Index) -> None:
    if isinstance(owner, Table) and is_open(catalog, owner):
        return
    if isinstance(owner, View) and not owner.columns:
        return
    names = [key.column for key in index.keys if key.column] + list(index.include)
    for name in (*names, *sorted(index.reads.difference(names))):
        if owner.column(name) is None and name not in SYSTEM_COLUMNS:
            message = f'column "{name}" does not exist'
            if isinstance(owner, Table):
                raise missing_column(owner, name, message)
            raise MissingObject("42703", message, f"{owner.name}.{name}", kind="column")


def drop_index(catalog: Catalog, change: DropIndex) -> Applied:
    """DROP INDEX; never of a constraint, whatever CASCADE says."""
    index = index_of(catalog, change.name)
    if index is None:
        return Applied(catalog)
    if index.constraint is not None:
        table = shown(catalog, index.table)
        message = (
            f"cannot drop index {shown(catalog, index.name)} because constraint {index.constraint} "
            f"on table {table} requires it"
        )
        raise DependentObjects(
            "2BP01", message, str(index.name), (f"constraint {index.table}.{index.constraint}",)
        )
    _refuse_attached(catalog, index)
    things = [index_thing(index), *(index_thing(heir) for heir in _heirs(catalog, index))]
    return drop(catalog, things, cascade=change.cascade)


def _refuse_attached(catalog: Catalog, index: Index) -> None:
    """2BP01: a partition's part of the parent's index goes with that one alone."""
    table = catalog.table(index.table)
    for parent in (catalog.table(name) for name in table.parents) if table and table.is_partition else ():
        for theirs in parent.indexes if parent is not None else ():
            if same_index(theirs, index) and _first_alike(table, theirs) == index:
                own, other = shown(catalog, index.name), shown(catalog, theirs.name)
                message = f"cannot drop index {own} because index {other} requires it"
                raise DependentObjects("2BP01", message, str(index.name), (f"index {theirs.name}",))


def _first_alike(table: Table | None, index: Index) -> Index | None:
    return next((own for own in table.indexes if same_index(index, own)), None) if table else None


def _heirs(catalog: Catalog, index: Index) -> Iterator[Index]:
    """The parts that an index of a partitioned table has in its partitions."""
    table = catalog.table(index.table)
    for child in catalog.children_of(index.table) if table and table.kind == "partitioned" else ():
        own = _first_alike(child, index)
        if own is not None and own.constraint is None:
            yield own
            yield from _heirs(catalog, own)


def index_of(catalog: Catalog, name: QName) -> Index | None:
    """The index; None where nobody knows it; raises MissingObject, or Refused where it is no index."""
    found = catalog.relation(name)
    if isinstance(found, Index) or (isinstance(found, Unloaded) and found.kind == "index"):
        return found if isinstance(found, Index) else None
    if found is not None:
        raise Refused("42809", f'"{name.name}" is not an index', str(name), (kind_of(found),))
    if not is_known(catalog, name):
        return None
    indexes = (other.name for other, relation in catalog.relations.items() if isinstance(relation, Index))
    message = f'index "{said(catalog, name)}" does not exist'
    raise MissingObject("42704", message, str(name), kind="index", similar=similar(name.name, indexes))
