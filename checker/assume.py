"""Where nobody could look: relations that are taken to exist because a statement is about them."""

from __future__ import annotations

from checker.catalog import Catalog, ForeignKey, QName, Table
from checker.change import AddConstraint, Change, CreateTable, DropTable, Insert, TableChange, touched
from checker.session import Session
from checker.sql.tokens import has_placeholders


def assume(catalog: Catalog, session: Session, change: Change) -> Catalog:
    """The catalog with the table that the change is about, where its absence proves nothing.

    Not where the run itself dropped it or renamed it away: then it is known to be gone.
    """
    if catalog.complete and not catalog.doubted and not catalog.uncertain:
        return catalog
    for name in _tables(change):
        known = name in catalog.relations or name in session.gone or not name.schema
        if not known and not _is_known(catalog, name):
            catalog = catalog.put(Table(name, assumed=True))
    return catalog


def _is_known(catalog: Catalog, name: QName) -> bool:
    return catalog.complete and not catalog.doubted and name not in catalog.uncertain


def _tables(change: Change) -> tuple[QName, ...]:
    """The tables without which the change could not be."""
    match change:
        case AddConstraint(table=table, constraint=ForeignKey(target=target)):
            return (table, target)
        case CreateTable(table=made):
            targets = (key.target for key in made.foreign_keys if key.target != made.name)
            return (*made.parents, *targets)
        case DropTable() | Insert():
            return (change.table,)
        case TableChange(table=table):
            return (table,)
        case _:
            return ()


def is_assumed(catalog: Catalog, change: Change) -> bool:
    """True where the change is about something that nobody saw, or that a statement may have changed unseen."""
    if catalog.doubted:
        return True
    for name in touched(change):
        if has_placeholders(name.name) or has_placeholders(name.schema):
            return True
        found = catalog.relations.get(name)
        if name in catalog.uncertain or (isinstance(found, Table) and found.assumed):
            return True
        if found is None and not catalog.complete and not isinstance(change, CreateTable):
            return True
    return False
