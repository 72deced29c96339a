"""Views, materialized views and sequences."""

from __future__ import annotations

from checker.apply.applied import Applied
from checker.apply.dependents import Thing
from checker.apply.drops import drop
from checker.apply.lookup import (
    is_known,
    is_open,
    kind_of,
    missing_relation,
    relation_of,
    require_free,
    require_free_row_type,
    require_schema,
    shown,
)
from checker.apply.unresolved import refuse_unresolved
from checker.catalog import Catalog, QName, Sequence, Table, Unloaded, View
from checker.change import AlterSequence, CreateSequence, CreateView, DropSequence, DropView
from checker.errors import DependentObjects, DuplicateObject, MissingObject, Refused
from checker.values import replace


def create_view(catalog: Catalog, change: CreateView) -> Applied:
    """CREATE [OR REPLACE] VIEW; replacing may add columns at the end and nothing else (42P16)."""
    view = change.view
    refuse_unresolved(catalog, change.unresolved)
    require_schema(catalog, view.name.schema)
    _check_reads(catalog, view)
    _refuse_repeated(view)
    old = catalog.relation(view.name)
    if old is None or not change.or_replace:
        cut = any(short == view.name.name for _, short in change.cut)
        require_free(catalog, view.name, cut=cut)
        require_free_row_type(catalog, view.name, cut=cut)
        return Applied(catalog.put(view))
    if isinstance(old, Unloaded) and old.kind == "view":
        return Applied(catalog.put(view))
    if not isinstance(old, View) or old.materialized:
        raise Refused("42809", f'"{view.name.name}" is not a view', str(view.name), (kind_of(old),))
    _check_replacement(old, view)
    return Applied(catalog.put(replace(view, triggers=old.triggers)))


def _check_reads(catalog: Catalog, view: View) -> None:
    for name in sorted({read.relation for read in view.reads}):
        if name not in catalog.relations and is_known(catalog, name):
            raise missing_relation(catalog, name, in_query=True)
    for read in sorted(view.reads, key=lambda read: (read.relation, read.column or "")):
        relation = catalog.relation(read.relation)
        if read.column is None or not isinstance(relation, Table) or is_open(catalog, relation):
            continue
        if relation.column(read.column) is None:
            message = f'column "{read.column}" does not exist'
            raise MissingObject("42703", message, f"{read.relation}.{read.column}", kind="column")


def _refuse_repeated(view: View) -> None:
    seen: set[str] = set()
    for column in view.columns:
        if column.name in seen:
            message = f'column "{column.name}" specified more than once'
            raise DuplicateObject("42701", message, f"{view.name}.{column.name}", kind="column")
        seen.add(column.name)


def _check_replacement(old: View, new: View) -> None:
    """Judged as far as the columns of both are known."""
    if not old.columns or not new.columns:
        return
    if len(new.columns) < len(old.columns):
        raise Refused("42P16", "cannot drop columns from view", str(new.name))
    for before, after in zip(old.columns, new.columns, strict=False):
        if before.name != after.name:
            message = f'cannot change name of view column "{before.name}" to "{after.name}"'
            raise Refused("42P16", message, f"{new.name}.{before.name}")
        if before.type.name and after.type.name and before.type != after.type:
            message = (
                f'cannot change data type of view column "{before.name}" from {before.type} to {after.type}'
            )
            raise Refused("42P16", message, f"{new.name}.{before.name}")


def drop_view(catalog: Catalog, change: DropView) -> Applied:
    """DROP [MATERIALIZED] VIEW."""
    kind = "materialized view" if change.materialized else "view"
    if not _is_there(catalog, change.name, kind):
        return Applied(catalog)
    together = [Thing("relation", name) for name in change.together if name != change.name]
    return drop(catalog, [Thing("relation", change.name)], cascade=change.cascade, together=together)


def _is_there(catalog: Catalog, name: QName, kind: str) -> bool:
    """True where the relation is there and of this kind; raises MissingObject or Refused otherwise."""
    found = catalog.relation(name)
    if found is None:
        if is_known(catalog, name):
            raise missing_relation(catalog, name, kind)
        return False
    if kind_of(found) != kind:
        raise Refused("42809", f'"{name.name}" is not a {kind}', str(name), (kind_of(found),))
    return True


# Sequences


def create_sequence(catalog: Catalog, change: CreateSequence) -> Applied:
    """CREATE SEQUENCE; its owner must exist."""
    sequence = change.sequence
    require_schema(catalog, sequence.name.schema)
    require_free(catalog, sequence.name, cut=any(short == sequence.name.name for _, short in change.cut))
    if sequence.type.name not in ("smallint", "integer", "bigint"):
        raise Refused("22023", "sequence type must be smallint, integer, or bigint", str(sequence.name))
    _check_owner(catalog, sequence)
    return Applied(catalog.put(sequence))


def _check_owner(catalog: Catalog, sequence: Sequence) -> None:
    if sequence.owner is None:
        return
    name, column = sequence.owner
    table = relation_of(catalog, name)
    if not isinstance(table, Table):
        return
    if table.name.schema != sequence.name.schema:
        message = "sequence must be in same schema as table it is linked to"
        raise Refused("55000", message, str(sequence.name), (str(table.name),))
    if table.column(column) is None and not is_open(catalog, table):
        message = f'column "{column}" of relation "{name.name}" does not exist'
        raise MissingObject("42703", message, f"{name}.{column}", kind="column")


def alter_sequence(catalog: Catalog, change: AlterSequence) -> Applied:
    """ALTER SEQUENCE … OWNED BY or AS."""
    found = relation_of(catalog, change.name)
    if found is None or isinstance(found, Unloaded):
        return Applied(catalog)
    if not isinstance(found, Sequence):
        raise Refused("42809", f'"{change.name.name}" is not a sequence', str(change.name), (kind_of(found),))
    if found.identity and found.owner != change.sequence.owner:
        raise Refused("0A000", "cannot change ownership of identity sequence", str(change.name))
    _check_owner(catalog, change.sequence)
    return Applied(catalog.put(change.sequence))


def drop_sequence(catalog: Catalog, change: DropSequence) -> Applied:
    """DROP SEQUENCE; one of an identity column is never dropped by itself."""
    if not _is_there(catalog, change.name, "sequence"):
        return Applied(catalog)
    found = catalog.relation(change.name)
    if isinstance(found, Sequence) and found.identity and found.owner is not None:
        table, column = found.owner
        message = (
            f"cannot drop sequence {shown(catalog, change.name)} because column {column} of table "
            f"{shown(catalog, table)} requires it"
        )
        raise DependentObjects("2BP01", message, str(change.name), (f"column {table}.{column}",))
    together = [Thing("relation", name) for name in change.together if name != change.name]
    return drop(catalog, [Thing("relation", change.name)], cascade=change.cascade, together=together)
