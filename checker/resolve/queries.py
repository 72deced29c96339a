"""The names in a query, looked up in the catalog."""

from __future__ import annotations

from collections.abc import Iterable

from checker.catalog import Relation, Sequence, Table, View
from checker.resolve.scope import SYSTEM_SCHEMAS, Scope
from checker.sql.nodes import CreateFunction, Name
from checker.sql.results import Known, LookUp, Resolved, Unresolved
from checker.sql.split import split
from checker.sql.unresolved import resolve_names
from checker.sqltype import SqlType
from checker.statement import Source

_OF_SEQUENCE = ("last_value", "log_cnt", "is_called")
_SERVERS_OWN = ("sqlite_", "pragma_", "json_")


def look_up(scope: Scope, text: str, free: Iterable[str] = (), *, targets: bool = False) -> Resolved:
    """Which name of a statement means nothing; no answer where absence proves nothing."""
    catalog = scope.catalog
    if not text or not catalog.complete or catalog.doubted:
        return Resolved()
    functions = frozenset(name.name for name in catalog.functions)
    names = LookUp(
        lambda name: _known(scope, name),
        lambda name: _is_missing_type(scope, name),
        functions,
        frozenset(free),
        targets,
    )
    return resolve_names(text, catalog.server.dialect, names)


def look_up_body(scope: Scope, node: CreateFunction) -> Unresolved | None:
    """The first name that means nothing in the body of a function in SQL, which the server looks at.

    Not so with `check_function_bodies = off`, and no other language is read by the server itself.
    """
    checked = scope.session.settings.get("check_function_bodies", ("on",))[0].lower() in ("on", "true", "1")
    if node.language != "sql" or not checked or not node.body or not scope.is_postgres:
        return None
    free = (*node.parameters, node.signature.name.last)
    for statement in split(Source("", node.body), "postgres"):
        if found := look_up(scope, statement.text, free, targets=True).unresolved:
            return found
    return None


def _is_missing_type(scope: Scope, written: Name) -> bool:
    """True where there is surely no such type; what an extension made in the run brought is not known."""
    schema = written.parts[-2] if len(written.parts) > 1 else None
    name = scope.type_name(written)
    unlisted = any(not one.members and one.name != "plpgsql" for one in scope.catalog.extensions.values())
    known = (
        SqlType(written.last, schema=schema).is_builtin
        or scope.is_type(name)
        or name.schema in SYSTEM_SCHEMAS
    )
    return not known and not unlisted and scope.is_known(name)


def _known(scope: Scope, written: Name) -> Known:
    name = scope.relation(written)
    found = scope.catalog.relations.get(name)
    own = name.schema in SYSTEM_SCHEMAS or (
        not scope.is_postgres and name.name.lower().startswith(_SERVERS_OWN)
    )
    return Known(name, _columns(scope, found), missing=scope.surely_missing(name) and not own)


def _columns(scope: Scope, found: Relation | None) -> tuple[str, ...] | None:
    """The columns of a relation; None where it may have others."""
    match found:
        case Table(kind="virtual") | Table(assumed=True):
            return None
        case Table() | View() if found.columns and scope.is_known(found.name):
            return tuple(column.name for column in found.columns)
        case Sequence():
            return _OF_SEQUENCE
        case _:
            return None
