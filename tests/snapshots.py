"""What the tests of snapshots share: the schema of the format as its types say it, and the way there and back."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import checker
from checker.catalog import Catalog, Table
from checker.codec import IS, words
from checker.snapshot.contents import Snapshot
from checker.snapshot.document import File, dumps, loads

PUBLISHED = Path(checker.__file__).parent / "schema" / "snapshot-v1.json"
TAKEN = datetime(2026, 11, 28, 10, 0, tzinfo=UTC)


# There and back


def returned(catalog: Catalog) -> Catalog:
    """The catalog out of its own snapshot."""
    snapshot = Snapshot(catalog, "app", TAKEN, "0.1.0")
    return loads(dumps(snapshot), "live.json").catalog


def everything(catalog: Catalog) -> dict[str, Any]:
    """All that a catalog holds, also what is no part of equality; the owners are not written down."""
    return {
        section: {name: plain(found) for name, found in getattr(catalog, section).items()}
        for section in ("relations", "types", "functions", "extensions")
    }


def plain(value: Any) -> Any:
    """All fields of a value and of those in it."""
    if is_dataclass(value):
        return {
            one.name: plain(getattr(value, one.name))
            for one in fields(value)
            if (value.__class__, one.name) != (Table, "owner")
        }
    if isinstance(value, tuple):
        return tuple(map(plain, value))
    return value


# The schema


def schema() -> dict[str, Any]:
    """The JSON Schema of version 1, from the types that are written."""
    definitions: dict[str, Any] = {}
    root = _Describer(definitions).fields_of(File)
    root["properties"]["version"] = {"const": 1}
    root["properties"]["taken"] |= {"format": "date-time"}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "urn:ddlguard:snapshot:v1",
        "title": "ddlguard snapshot",
        "description": "What `ddlguard snapshot` writes and `ddlguard check --from` reads. What is as by default is left out.",
        **root,
        "$defs": dict(sorted(definitions.items())),
    }


class _Describer:
    def __init__(self, definitions: dict[str, Any]) -> None:
        self.definitions = definitions

    def of(self, kind: Any) -> dict[str, Any]:
        origin, arguments = get_origin(kind), get_args(kind)
        if origin in (Union, UnionType):
            return self._union(arguments)
        if origin is Literal:
            return {"enum": list(arguments)} if len(arguments) > 1 else {"const": arguments[0]}
        if origin is frozenset or (origin is tuple and arguments[-1] is Ellipsis):
            return {"type": "array", "items": self.of(arguments[0])}
        if origin is tuple:
            return _fixed([self.of(one) for one in arguments])
        if isinstance(origin, type) and issubclass(origin, Mapping):
            return {"type": "object", "additionalProperties": self.of(arguments[1])}
        if is_dataclass(kind):
            return self._reference(kind, brief=True)
        if isinstance(kind, type) and issubclass(kind, tuple):
            hints = get_type_hints(kind)
            return _fixed([self.of(hints[name]) for name in kind._fields])  # type: ignore[attr-defined]
        return {"type": {str: "string", int: "integer", bool: "boolean"}[kind]}

    def _union(self, members: tuple[Any, ...]) -> dict[str, Any]:
        known = [one for one in members if one is not NoneType]
        if all(map(is_dataclass, known)) and len(known) > 1:
            return {"oneOf": [self._reference(one, brief=False) for one in known]}
        return self.of(known[0]) if len(known) == 1 else {"anyOf": [self.of(one) for one in known]}

    def _reference(self, kind: Any, *, brief: bool) -> dict[str, Any]:
        name = words(kind) if brief else f"{IS} {words(kind)}"
        if name not in self.definitions:
            self.definitions[name] = {}
            found = self.fields_of(kind, "" if brief else words(kind))
            self.definitions[name] = self._or_its_head(kind, found) if brief else found
        return {"$ref": f"#/$defs/{name}"}

    def fields_of(self, kind: Any, tag: str = "") -> dict[str, Any]:
        hints = get_type_hints(kind)
        properties: dict[str, Any] = {IS: {"const": tag}} if tag else {}
        for one in fields(kind):
            properties[one.name] = self.of(hints[one.name])
            if _is_required(one) and NoneType in get_args(hints[one.name]):  # elsewhere None is left out
                properties[one.name] = {"anyOf": [properties[one.name], {"type": "null"}]}
        required = [one.name for one in fields(kind) if _is_required(one)]
        return {
            "type": "object",
            "properties": properties,
            "required": ([IS] if tag else []) + required,
            "additionalProperties": False,
        }

    def _or_its_head(self, kind: Any, found: dict[str, Any]) -> dict[str, Any]:
        first, *rest = fields(kind)
        hint = get_type_hints(kind)[first.name]
        if hint not in (str, str | None, int) or any(map(_is_required, rest)):
            return found
        return {"anyOf": [self.of(hint), found]}


def _is_required(one: Any) -> bool:
    return one.default is MISSING and one.default_factory is MISSING


def _fixed(items: list[dict[str, Any]]) -> dict[str, Any]:
    return {"type": "array", "prefixItems": items, "items": False, "minItems": len(items)}


def written() -> str:
    """The schema as the file has it."""
    return json.dumps(schema(), indent=2) + "\n"
