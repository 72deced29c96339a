"""Finding what a change names, and the server's words where it is not there.

Nothing is refused for being absent where absence proves nothing: in a catalog that is not complete, or for
relations that a statement nobody understood may have changed. Those finders answer None.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from difflib import get_close_matches

from checker.catalog import (
    Catalog,
    Column,
    Function,
    Index,
    QName,
    Relation,
    Sequence,
    Table,
    Unloaded,
    View,
)
from checker.errors import DuplicateObject, MissingObject, Refused
from checker.sqltype import SqlType
from checker.values import replace

# pg_attribute's negative numbers; `oid` has been an ordinary name since PostgreSQL 12
SYSTEM_COLUMNS = frozenset(("ctid", "xmin", "xmax", "cmin", "cmax", "tableoid"))
SYSTEM_SCHEMAS = frozenset(("pg_catalog", "information_schema", "pg_toast"))
TABLE_KINDS = ("table", "partitioned", "foreign")
_PLAIN = re.compile(r"[a-z_][a-z0-9_$]*\Z")


def is_known(catalog: Catalog, name: QName) -> bool:
    """True where the absence of this object proves that it does not exist."""
    if name.schema in SYSTEM_SCHEMAS:
        return False
    return catalog.complete and not catalog.doubted and name not in catalog.uncertain


def is_open(catalog: Catalog, table: Table) -> bool:
    """True where the table may have columns and constraints that the catalog does not show."""
    return table.assumed or catalog.doubted or table.name in catalog.uncertain


def quoted(name: str) -> str:
    """An identifier as the server prints it: in quotes where it needs them."""
    return name if _PLAIN.match(name) else '"' + name.replace('"', '""') + '"'


def shown(catalog: Catalog, name: QName) -> str:
    """A name as the server prints it in messages: without the schema where the search path finds it."""
    if name.schema in catalog.search_path or name.schema in ("main", "pg_catalog", "pg_temp", "temp"):
        return quoted(name.name)
    return f"{quoted(name.schema)}.{quoted(name.name)}"


def said(catalog: Catalog, name: QName) -> str:
    """A name as the server repeats it between quotes: `relation "s.t" does not exist`."""
    return name.name if name.schema in (*catalog.search_path, "main", "pg_temp", "temp", "") else str(name)


def similar(name: str, names: Iterable[str]) -> tuple[str, ...]:
    """Up to three of these names that may have been meant."""
    candidates = [other for other in names if abs(len(other) - len(name)) <= 4]
    return tuple(get_close_matches(name, candidates, 3, 0.7))


def similar_relations(catalog: Catalog, name: QName) -> tuple[str, ...]:
    """Full names of relations that may have been meant; also the same name in another schema."""
    elsewhere = [str(one.name) for one in catalog.relations.called(name.name) if one.name.name == name.name]
    here = (other.name for other in catalog.relations if other.schema == name.schema)
    close = [str(QName(name.schema, other)) for other in similar(name.name, here)]
    return tuple((*elsewhere, *close)[:3])


def missing_relation(
    catalog: Catalog, name: QName, kind: str = "relation", *, in_query: bool = False
) -> MissingObject:
    """42P01 `relation "x" does not exist`; 3F000 where the schema is missing and no query asks (`in_query`)."""
    if not in_query:
        require_schema(catalog, name.schema)
    told = name.name if kind != "relation" else said(catalog, name)
    message = f'{kind} "{told}" does not exist'
    return MissingObject("42P01", message, str(name), kind=kind, similar=similar_relations(catalog, name))


def relation_of(catalog: Catalog, name: QName, *, in_query: bool = False) -> Relation | None:
    """The relation; None where nobody knows; raises MissingObject."""
    found = catalog.relation(name)
    if found is None and is_known(catalog, name):
        raise missing_relation(catalog, name, in_query=in_query)
    return found


def table_of(catalog: Catalog, name: QName, action: str = "") -> Table | None:
    """The table; None where nobody knows it; raises MissingObject, or Refused where it is no table."""
    found = relation_of(catalog, name)
    if isinstance(found, Table) or found is None:
        return found
    if isinstance(found, Unloaded) and found.kind in TABLE_KINDS:
        return None
    if action and catalog.server.version >= (15,):
        raise Refused(
            "42809", f'ALTER action {action} cannot be performed on relation "{name.name}"', str(name)
        )
    raise Refused("42809", f'"{name.name}" is not a table', str(name))


def kind_of(relation: Relation) -> str:
    """The server's word for what kind of relation this is."""
    match relation:
        case Table(kind="foreign"):
            return "foreign table"
        case Table():
            return "table"
        case View(materialized=True):
            return "materialized view"
        case View():
            return "view"
        case Sequence():
            return "sequence"
        case Index():
            return "index"
        case Unloaded(kind=kind):
            return {"partitioned": "table", "foreign": "foreign table"}.get(kind, kind)


def column_of(catalog: Catalog, table: Table, name: str) -> Column | None:
    """The column; None where the table may have more than is known; raises MissingObject."""
    found = table.column(name)
    if found is None and not is_open(catalog, table):
        raise missing_column(table, name)
    return found


def missing_column(table: Table, name: str, message: str | None = None) -> MissingObject:
    """42703 `column "c" of relation "t" does not exist`, or with other words."""
    message = message or f'column "{name}" of relation "{table.name.name}" does not exist'
    close = similar(name, (column.name for column in table.columns))
    return MissingObject("42703", message, f"{table.name}.{name}", kind="column", similar=close)


def require_schema(catalog: Catalog, schema: str) -> None:
    """Raises MissingObject where there is surely no such schema."""
    if not schema and catalog.server.is_postgres:
        raise MissingObject("3F000", "no schema has been selected to create in", kind="schema")
    if schema in catalog.schemas or not catalog.complete or catalog.doubted:
        return
    if schema.startswith("pg_") or not catalog.server.is_postgres or schema == "information_schema":
        return
    close = similar(schema, catalog.schemas)
    raise MissingObject("3F000", f'schema "{schema}" does not exist', schema, kind="schema", similar=close)


def taken(catalog: Catalog, name: QName, *, cut: bool = False) -> DuplicateObject | None:
    """The refusal of a new relation where its name is taken by a relation."""
    owner = catalog.relation(name)
    if owner is None:
        return None
    others = (f"{kind_of(owner)} {name}",)
    if isinstance(owner, Index):
        others = (f"index {name} on {owner.table}",)
    message = f'relation "{name.name}" already exists'
    return DuplicateObject("42P07", message, str(name), others, kind="relation", cut=cut)


def require_free(catalog: Catalog, name: QName, *, cut: bool = False) -> None:
    """A new relation's name must be free; raises DuplicateObject, Refused (42501) in the server's own schema."""
    if error := taken(catalog, name, cut=cut):
        raise error
    if name.schema == "pg_catalog":
        raise Refused("42501", f'permission denied to create "{name}"', str(name))


def require_free_row_type(catalog: Catalog, name: QName, *, cut: bool = False) -> None:
    """The name of a new relation's row type must be free among types; raises DuplicateObject.

    42710 against enums, domains and base types, 42P07 against composites, which are relations themselves.
    """
    other = catalog.types.get(name)
    if other is None:
        return
    if type(other).__name__ == "CompositeType":
        raise DuplicateObject(
            "42P07",
            f'relation "{name.name}" already exists',
            str(name),
            (f"type {name}",),
            kind="relation",
            cut=cut,
        )
    message = f'type "{name.name}" already exists'
    raise DuplicateObject("42710", message, str(name), (f"type {name}",), kind="type", cut=cut)


def shown_type(catalog: Catalog, type: SqlType) -> str:
    """A type as `format_type` prints it: without the schema where the search path finds it."""
    return str(replace(type, schema=None)) if type.schema in catalog.search_path else str(type)


def signature(name: str, arguments: Iterable[SqlType] | None) -> str:
    """`f(integer, text)`."""
    return f"{name}({', '.join(map(str, arguments or ()))})"


def overloads(catalog: Catalog, name: QName) -> tuple[Function, ...]:
    """The functions of that name."""
    return catalog.functions.get(name, ())


def refuse_system_column(name: str, object: str) -> None:
    """42701 where a new column has the name of a system column."""
    if name in SYSTEM_COLUMNS:
        raise DuplicateObject(
            "42701", f'column name "{name}" conflicts with a system column name', object, kind="column"
        )


def refuse_system(name: str, verb: str, full: str) -> None:
    """0A000 `cannot drop system column "xmin"`."""
    if name in SYSTEM_COLUMNS:
        raise Refused("0A000", f'cannot {verb} system column "{name}"', full)
