"""The session's fold: BEGIN to COMMIT, savepoints, settings.

Source: PostgreSQL's backend/access/transam/xact.c for the codes; SQLite's own messages carry `SQLITE_ERROR`.
"""

from __future__ import annotations

from collections.abc import Mapping

from checker.catalog import Catalog, QName
from checker.change import (
    AddEnumValue,
    Begin,
    Change,
    Commit,
    CreateTable,
    CreateType,
    CreateView,
    DropTable,
    DropView,
    RenameObject,
    RenameTable,
    Rollback,
    Savepoint,
    SetSchema,
    SetSetting,
)
from checker.errors import Refused
from checker.session import Mark, Session, Settings
from checker.sql import nodes
from checker.values import replace


def fold(session: Session, catalog: Catalog, change: Change) -> tuple[Session, Catalog]:
    """The session after the change, and the catalog, which only a rollback sets back.

    Raises Refused where the server would not do it now (a savepoint outside a transaction).
    """
    match change:
        case Begin(implicit=implicit):
            return _begin(session, catalog, implicit), catalog
        case Commit():
            return _commit(session, catalog)
        case Rollback(savepoint=None):
            return _rollback(session, catalog)
        case Rollback(savepoint=str(name)):
            return _rollback_to(session, catalog, name)
        case Savepoint(name=name, release=True):
            return _release(session, catalog, name)
        case Savepoint(name=name):
            return _savepoint(session, catalog, name), catalog
        case SetSetting():
            return _set(session, catalog, change), catalog
        case _:
            return _objects(session, catalog, change), catalog


def is_control(change: Change) -> bool:
    """True for what concerns the session alone and no object."""
    return isinstance(change, Begin | Commit | Rollback | Savepoint | SetSetting)


# Transactions


def _mark(session: Session, catalog: Catalog, name: str | None) -> Mark:
    return Mark(
        name, catalog, session.settings, session.new_labels, session.born, session.lasting, session.gone
    )


def _back_to(session: Session, mark: Mark) -> Session:
    return replace(
        session,
        settings=mark.settings,
        lasting=mark.lasting,
        new_labels=mark.new_labels,
        born=mark.born,
        gone=mark.gone,
        aborted=None,
    )


def _begin(session: Session, catalog: Catalog, implicit: bool) -> Session:
    """A second BEGIN is a warning on PostgreSQL, an error on SQLite."""
    if session.in_transaction:
        if not catalog.server.is_postgres:
            raise Refused("SQLITE_ERROR", "cannot start a transaction within a transaction")
        return session
    return replace(session, marks=(_mark(session, catalog, None),), implicit=implicit)


def _commit(session: Session, catalog: Catalog) -> tuple[Session, Catalog]:
    """The COMMIT of an aborted transaction is a ROLLBACK; without a transaction it is a warning."""
    if session.aborted is not None:
        return _rollback(session, catalog)
    if not session.in_transaction and not catalog.server.is_postgres:
        raise Refused("SQLITE_ERROR", "cannot commit - no transaction is active")
    ended = replace(
        session,
        marks=(),
        implicit=False,
        settings=session.lasting,
        new_labels=frozenset(),
        ignored=frozenset(),
    )
    return ended, catalog


def _rollback(session: Session, catalog: Catalog) -> tuple[Session, Catalog]:
    if not session.in_transaction:
        if not catalog.server.is_postgres:
            raise Refused("SQLITE_ERROR", "cannot rollback - no transaction is active")
        return session, catalog
    start = session.marks[0]
    return replace(_back_to(session, start), marks=(), implicit=False, ignored=frozenset()), start.catalog


def _savepoint(session: Session, catalog: Catalog, name: str) -> Session:
    if not session.in_transaction and catalog.server.is_postgres:
        raise Refused("25P01", "SAVEPOINT can only be used in transaction blocks")
    return replace(session, marks=(*session.marks, _mark(session, catalog, name)))


def _place(session: Session, catalog: Catalog, name: str, verb: str) -> int:
    """Where the latest savepoint of that name is among the marks."""
    if not session.in_transaction and catalog.server.is_postgres:
        raise Refused("25P01", f"{verb} can only be used in transaction blocks")
    for at in range(len(session.marks) - 1, -1, -1):
        if session.marks[at].name == name:
            return at
    if catalog.server.is_postgres:
        raise Refused("3B001", f'savepoint "{name}" does not exist')
    raise Refused("SQLITE_ERROR", f"no such savepoint: {name}")


def _rollback_to(session: Session, catalog: Catalog, name: str) -> tuple[Session, Catalog]:
    at = _place(session, catalog, name, "ROLLBACK TO SAVEPOINT")
    mark = session.marks[at]
    return replace(_back_to(session, mark), marks=session.marks[: at + 1]), mark.catalog


def _release(session: Session, catalog: Catalog, name: str) -> tuple[Session, Catalog]:
    """On SQLite the release of the outermost savepoint is a commit where no BEGIN stands before it."""
    at = _place(session, catalog, name, "RELEASE SAVEPOINT")
    if at == 0:
        return _commit(session, catalog)
    return replace(session, marks=session.marks[:at]), catalog


# Settings


def _set(session: Session, catalog: Catalog, change: SetSetting) -> Session:
    """SET LOCAL outside a transaction is a warning and nothing more; SQLite's `foreign_keys` is none inside one."""
    if change.local and not session.in_transaction:
        return session
    if change.name == "foreign_keys" and session.in_transaction:
        return replace(session, ignored=session.ignored | {change.name}) if _is_off(change) else session
    settings = _with(session.settings, change)
    lasting = session.lasting if change.local else _with(session.lasting, change)
    return replace(session, settings=settings, lasting=lasting)


def _is_off(change: SetSetting) -> bool:
    return change.values[-1:] != () and change.values[-1].lower() in ("0", "off", "false", "no")


def _with(settings: Settings, change: SetSetting) -> Mapping[str, tuple[str, ...]]:
    if change.values:
        return {**settings, change.name: change.values}
    if change.name == "all":
        return {}
    return {name: values for name, values in settings.items() if name != change.name}


# What came and went


def _objects(session: Session, catalog: Catalog, change: Change) -> Session:
    match change:
        case CreateTable(table=table):
            return _born(session, table.name)
        case CreateType(type=new):
            return _born(session, new.name)
        case CreateView(view=view) if catalog.relation(view.name) is None:
            return _born(session, view.name)
        case DropTable(table=name) | DropView(name=name):
            return replace(session, born=session.born - {name}, gone=session.gone | {name})
        case RenameTable(table=old, new=new_name):
            return _moved(session, old, QName(old.schema, new_name))
        case SetSchema(kind="table" | "type" | "view" | "materialized view", name=old, schema=schema):
            return _moved(session, old, QName(schema, old.name))
        case RenameObject(kind="type" | "domain" | "view" | "materialized view", name=old, new=new_name):
            return _moved(session, old, QName(old.schema, new_name))
        case AddEnumValue(type=name, label=label) if session.in_transaction:
            if catalog.server.version >= (17,) and name in session.born - session.marks[0].born:
                return session
            return replace(session, new_labels=session.new_labels | {(name, label)})
        case _:
            return session


def _born(session: Session, name: QName) -> Session:
    return replace(session, born=session.born | {name}, gone=session.gone - {name})


def _moved(session: Session, old: QName, new: QName) -> Session:
    born = session.born - {old} | {new} if old in session.born else session.born
    labels = frozenset((new if name == old else name, label) for name, label in session.new_labels)
    return replace(session, born=born, gone=session.gone - {new} | {old}, new_labels=labels)


_OUTSIDE = {
    "vacuum": "VACUUM",
    "vacuum full": "VACUUM",
    "reindex concurrently": "REINDEX CONCURRENTLY",
    "create database": "CREATE DATABASE",
    "create tablespace": "CREATE TABLESPACE",
    "alter system": "ALTER SYSTEM",
}


def only_outside(node: nodes.Node, catalog: Catalog) -> str:
    """The words of a statement that PostgreSQL runs only outside a transaction block; "" for any other."""
    match node:
        case nodes.CreateIndex(concurrently=True):
            return "CREATE INDEX CONCURRENTLY"
        case nodes.Drop(kind="index", concurrently=True):
            return "DROP INDEX CONCURRENTLY"
        case nodes.Drop(kind="database" | "tablespace" as kind):
            return f"DROP {kind.upper()}"
        case nodes.Alter(actions=actions):
            detaches = any(isinstance(one, nodes.DetachPartition) and one.concurrently for one in actions)
            return "ALTER TABLE ... DETACH CONCURRENTLY" if detaches else ""
        case nodes.AddEnumValue() if catalog.server.is_postgres and catalog.server.version < (12,):
            return "ALTER TYPE ... ADD"
        case nodes.Utility(words=words):
            return _OUTSIDE.get(words, "") if catalog.server.is_postgres or words == "vacuum" else ""
        case _:
            return ""
