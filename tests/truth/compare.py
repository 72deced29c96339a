"""How two catalogs differ, in words.

Everything is compared that the catalog's own values compare, save the text of expressions: a server
prints them in its own way (`now()` for `CURRENT_TIMESTAMP`), so of an expression only its presence and
the columns that it reads count. Objects inside a table are matched by name; the order counts for
columns, index keys and enum labels, and for nothing else. Left out is what nobody outside the server can know:
the functions and types that an extension brings; and temporary tables, which are no part of a schema.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from typing import Any

from checker.catalog import (
    Catalog,
    Check,
    Column,
    Domain,
    Exclusion,
    Expr,
    Function,
    Index,
    QName,
    Relation,
    Table,
    Unloaded,
    UserType,
    View,
)

# The words of a definition, and what nobody but the server computes
SKIPPED = {Exclusion: {"text"}, Function: {"uses"}, View: {"uses"}}
TEMPORARY = frozenset(("pg_temp", "temp"))
BY_NAME = {"constraints", "indexes", "triggers", "policies", "checks"}
Found = Iterator[str]


def differences(server: Catalog, simulated: Catalog) -> list[str]:
    """One line per difference, the object's name first; empty where the catalogs say the same."""
    brought = frozenset(name for found in server.extensions.values() for name in found.members)
    found = [
        *_sets("schema", server.schemas, simulated.schemas),
        *_objects("", _top(server.relations), _top(simulated.relations)),
        *_objects("type ", _but(brought, server.types), _but(brought, simulated.types)),
        *_functions(_but(brought, server.functions), _but(brought, simulated.functions)),
        *_objects("extension ", server.extensions, simulated.extensions),
    ]
    return sorted(found)


def _top(relations: Mapping[Any, Relation]) -> dict[Any, Relation]:
    """Relations without the indexes, which are compared with their tables, and without temporary ones."""
    kept = (name for name, found in relations.items() if not isinstance(found, Index))
    return {name: relations[name] for name in kept if name.schema not in TEMPORARY}


def _but(names: frozenset[QName], objects: Mapping[QName, Any]) -> dict[QName, Any]:
    return {name: found for name, found in objects.items() if name not in names}


def _sets(what: str, server: frozenset[str], simulated: frozenset[str]) -> Found:
    for name in server - simulated:
        yield f"{what} {name}: missing in the simulation"
    for name in simulated - server:
        yield f"{what} {name}: only in the simulation"


def _objects(what: str, server: Mapping[Any, Any], simulated: Mapping[Any, Any]) -> Found:
    yield from _sets(what.strip() or "relation", _names(server), _names(simulated))
    for name in server.keys() & simulated.keys():
        yield from _values(f"{what}{name}", server[name], simulated[name])


def _names(objects: Mapping[Any, Any]) -> frozenset[str]:
    return frozenset(map(str, objects))


def _values(path: str, server: Any, simulated: Any) -> Found:
    if isinstance(server, Expr) and isinstance(simulated, Expr):
        if server.columns != simulated.columns:
            yield _line(path, f"reads {sorted(server.columns)}", f"reads {sorted(simulated.columns)}")
    elif isinstance(server, Unloaded) and isinstance(simulated, Unloaded):
        return
    elif type(server) is not type(simulated):
        yield _line(path, _short(server), _short(simulated))
    elif is_dataclass(server) and type(server).__name__ != "SqlType":
        yield from _fields(path, server, simulated)
    elif server != simulated:
        yield _line(path, _short(server), _short(simulated))


def _fields(path: str, server: Any, simulated: Any) -> Found:
    skipped = SKIPPED.get(type(server), set())
    for each in fields(server):
        if not each.compare or each.name in skipped:
            continue
        ours, theirs = getattr(simulated, each.name), getattr(server, each.name)
        if each.name in BY_NAME:
            yield from _named(f"{path}, {each.name}", theirs, ours)
        elif each.name == "columns" and isinstance(server, Table | View):
            yield from _columns(path, theirs, ours)
        elif isinstance(theirs, tuple) and any(map(is_dataclass, theirs)) and len(theirs) == len(ours):
            for index, (one, other) in enumerate(zip(theirs, ours, strict=True)):
                yield from _values(f"{path}, {each.name}[{index}]", one, other)
        else:
            yield from _values(f"{path}, {each.name}", theirs, ours)


def _named(path: str, server: tuple[Any, ...], simulated: tuple[Any, ...]) -> Found:
    yield from _objects(
        f"{path} ", {found.name: found for found in server}, {found.name: found for found in simulated}
    )
    if len(server) != len({found.name for found in server}):
        yield f"{path}: the server has a name twice"
    if len(simulated) != len({found.name for found in simulated}):
        yield f"{path}: the simulation has a name twice"


def _columns(path: str, server: tuple[Column, ...], simulated: tuple[Column, ...]) -> Found:
    theirs, ours = [column.name for column in server], [column.name for column in simulated]
    if theirs != ours:
        yield _line(f"{path}, columns", str(theirs), str(ours))
    by_name = {column.name: column for column in simulated}
    for column in server:
        if column.name in by_name:
            yield from _values(f"{path}.{column.name}", column, by_name[column.name])


def _functions(server: Mapping[Any, Any], simulated: Mapping[Any, Any]) -> Found:
    for name in server.keys() | simulated.keys():
        theirs = {_signature(found): found for found in server.get(name, ())}
        ours = {_signature(found): found for found in simulated.get(name, ())}
        yield from _objects("function ", theirs, ours)


def _signature(function: Function) -> str:
    return f"{function.name}({', '.join(map(str, function.arguments))})"


def _line(path: str, server: str, simulated: str) -> str:
    return f"{path}: server {server}, simulated {simulated}"


def _short(value: Any) -> str:
    if isinstance(value, frozenset):
        return str(sorted(map(str, value)))
    if isinstance(value, Expr):
        return f"expression {value.text!r}"
    named = isinstance(value, Table | View | Domain | Check | UserType) and hasattr(value, "name")
    return f"{type(value).__name__} {value.name}" if named else str(value)
