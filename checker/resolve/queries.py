"""The names in a query, looked up in the catalog."""

from __future__ import annotations

from checker.catalog import Relation, Sequence, Table, View
from checker.resolve.scope import SYSTEM_SCHEMAS, Scope
from checker.sql.nodes import Name
from checker.sql.results import Known, Resolved
from checker.sql.unresolved import resolve_names

_OF_SEQUENCE = ("last_value", "log_cnt", "is_called")
_SERVERS_OWN = ("sqlite_", "pragma_", "json_")


def look_up(scope: Scope, text: str) -> Resolved:
    """Which name of a statement means nothing; no answer where absence proves nothing."""
    catalog = scope.catalog
    if not text or not catalog.complete or catalog.doubted:
        return Resolved()
    functions = frozenset(name.name for name in catalog.functions)
    return resolve_names(text, catalog.server.dialect, lambda name: _known(scope, name), functions)


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
