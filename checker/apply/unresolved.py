"""The server's words for a name in a query that means nothing."""

from __future__ import annotations

from checker.apply.lookup import missing_relation, similar, similar_relations
from checker.catalog import Catalog, QName, Table, View
from checker.errors import MissingObject
from checker.sql.results import Unresolved


def refuse_unresolved(catalog: Catalog, found: Unresolved | None) -> None:
    """42P01 for a relation and for what stands before a dot, 42703 for a column, 42704 for a type."""
    if found is None:
        return
    if not catalog.server.is_postgres:
        raise _on_sqlite(catalog, found)
    if found.kind in ("relation", "regclass") and found.relation:
        # regclass fails softly since PostgreSQL 16: no word of the schema any more (measured on 12 to 18)
        softly = catalog.server.version >= (16,)
        raise missing_relation(catalog, found.relation, in_query=found.kind == "relation" or softly)
    if found.kind == "type":
        raise MissingObject("42704", f'type "{found.name}" does not exist', found.name, kind="type")
    if found.kind == "source":
        message = f'missing FROM-clause entry for table "{found.name}"'
        raise MissingObject("42P01", message, found.name, kind="relation")
    quoted = found.name if "." in found.name else f'"{found.name}"'
    raise _column(catalog, found, "42703", f"column {quoted} does not exist")


def _on_sqlite(catalog: Catalog, found: Unresolved) -> MissingObject:
    if found.kind == "relation" and found.relation:
        message = f"no such table: {found.relation.name}"
        close = similar_relations(catalog, found.relation)
        return MissingObject("SQLITE_ERROR", message, str(found.relation), kind="table", similar=close)
    return _column(catalog, found, "SQLITE_ERROR", f"no such column: {found.name}")


def _column(catalog: Catalog, found: Unresolved, code: str, message: str) -> MissingObject:
    name = found.name.rpartition(".")[2]
    full = f"{found.relation}.{name}" if found.relation else name
    return MissingObject(code, message, full, kind="column", similar=_close(catalog, found.relation, name))


def _close(catalog: Catalog, relation: QName | None, name: str) -> tuple[str, ...]:
    known = catalog.relation(relation) if relation else None
    return similar(name, (one.name for one in known.columns)) if isinstance(known, Table | View) else ()
