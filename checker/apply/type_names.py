"""Whether a type that is named exists."""

from __future__ import annotations

from checker.apply.lookup import is_known, require_schema, similar
from checker.catalog import Catalog, QName
from checker.errors import MissingObject, Refused
from checker.sqltype import SqlType

_SERIALS = frozenset(("serial", "bigserial", "smallserial"))
# pg_type.typtype 'p': no column can have one
_PSEUDO = frozenset(("trigger", "event_trigger", "void", "record", "cstring", "internal", "unknown", "any"))


def check_type(
    catalog: Catalog, type: SqlType, owner: str, *, serial: bool = True, pseudo: bool = False
) -> None:
    """Raises MissingObject (42704) where there is surely no such type, Refused (42P16) for pseudo-types.

    `serial` is a way to write new columns and no type anywhere else; `pseudo` types are for functions alone.
    """
    if not catalog.server.is_postgres or not type.name:
        return
    if type.schema is not None:
        _check_qualified(catalog, QName(type.schema, type.name), type)
    elif type.name in _PSEUDO and not type.array:
        if pseudo:
            return
        message = f'column "{owner.rpartition(".")[2]}" has pseudo-type {type.name}'
        raise Refused("42P16", message, owner)
    elif not type.is_builtin and not (serial and type.name in _SERIALS):
        name = QName(catalog.search_path[0] if catalog.search_path else "public", type.name)
        _missing(catalog, name, type.name)


def _check_qualified(catalog: Catalog, name: QName, type: SqlType) -> None:
    if (
        name in catalog.types
        or name in catalog.relations
        or name.schema in ("pg_catalog", "information_schema")
    ):
        return
    require_schema(catalog, name.schema)
    in_path = name.schema in catalog.search_path
    _missing(catalog, name, name.name if in_path else str(type.bare().element()))


def _missing(catalog: Catalog, name: QName, said: str) -> None:
    # what an extension brought is known only where the live side listed its members
    unlisted = any(
        not extension.members and extension.name != "plpgsql" for extension in catalog.extensions.values()
    )
    if unlisted or not is_known(catalog, name):
        return
    close = similar(name.name, (other.name for other in catalog.types))
    raise MissingObject("42704", f'type "{said}" does not exist', str(name), kind="type", similar=close)
