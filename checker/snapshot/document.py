"""Snapshots as text: JSON with one object a line, sorted, so that a diff of two shows what has changed.

Version 1 has a published schema, `checker/schema/snapshot-v1.json`. A file of a later version is refused.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from operator import attrgetter
from typing import Any, Literal

from checker import __version__
from checker.catalog import (
    Catalog,
    Extension,
    Function,
    QName,
    Relation,
    Relations,
    Server,
    Table,
    UserType,
    View,
    indexes_of,
)
from checker.codec import Damaged, form
from checker.finding import NotChecked
from checker.garbage import rare_collections
from checker.snapshot.contents import Contents, Snapshot, apart, together
from checker.values import dataclass

FORMAT: Literal["ddlguard snapshot"] = "ddlguard snapshot"
VERSION = 1
AGAIN = "take it anew with ddlguard snapshot"
# What a terminal or a reviewer would not see as it is; they only stand inside texts
_HIDDEN = re.compile("[\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]")


class SnapshotError(Exception):
    """The file is no snapshot that can be read: one line with what, where and what to do."""


@dataclass(frozen=True)
class File:
    """The file's own shape, in the order in which it is written."""

    format: Literal["ddlguard snapshot"]
    version: int
    tool: str
    taken: str
    name: str
    server: Server
    schemas: frozenset[str]
    search_path: tuple[str, ...]
    relations: tuple[Relation, ...]
    types: tuple[UserType, ...]
    functions: tuple[Function, ...]
    extensions: tuple[Extension, ...]
    contents: tuple[Contents, ...]
    not_checked: tuple[NotChecked, ...]
    complete: bool = True
    uncertain: frozenset[QName] = frozenset()
    doubted: bool = False


def is_snapshot(text: str) -> bool:
    """True for a text that is meant as a snapshot: JSON, which no SQL begins like."""
    return text.lstrip("\ufeff \t\r\n").startswith("{")


# Writing


def dumps(snapshot: Snapshot) -> str:
    """The snapshot as text."""
    written = form(File).write(_file(snapshot))
    parts = (f"{json.dumps(key)}: {_laid_out(value)}" for key, value in written.items())
    return _HIDDEN.sub(lambda found: f"\\u{ord(found[0]):04x}", "{\n" + ",\n".join(parts) + "\n}\n")


def _laid_out(value: Any) -> str:
    """One object of a list a line."""
    if isinstance(value, list) and any(isinstance(one, dict) for one in value):
        return "[\n" + ",\n".join(map(_line, value)) + "\n]"
    return _line(value)


def _line(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _file(snapshot: Snapshot) -> File:
    catalog = snapshot.catalog
    relations, contents = _relations(catalog, snapshot.contents)
    return File(
        FORMAT, VERSION, snapshot.tool, snapshot.taken.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        snapshot.name, catalog.server, catalog.schemas, catalog.search_path, relations,
        _sorted(catalog.types.values()),
        tuple(one for name in sorted(catalog.functions) for one in catalog.functions[name]),
        _sorted(catalog.extensions.values()), contents, snapshot.not_checked,
        catalog.complete, catalog.uncertain, catalog.doubted,
    )  # fmt: skip


def _relations(
    catalog: Catalog, contents: Mapping[QName, Contents]
) -> tuple[tuple[Relation, ...], tuple[Contents, ...]]:
    """The definitions of all relations, indexes in their tables, and what is known besides of each."""
    inside = {index.name for relation in catalog.relations.values() for index in indexes_of(relation)}
    definitions: list[Relation] = []
    known: list[Contents] = []
    for relation in _sorted(one for name, one in catalog.relations.items() if name not in inside):
        if isinstance(relation, Table | View):
            relation, figures = apart(relation)
            figures = contents.get(relation.name, figures)
            if figures != Contents(relation.name):
                known.append(figures)
        definitions.append(relation)
    return tuple(definitions), tuple(known)


def _sorted(named: Iterable[Any]) -> tuple[Any, ...]:
    return tuple(sorted(named, key=attrgetter("name")))


# Reading


def loads(text: str, name: str) -> Snapshot:
    """The snapshot in this text; raises SnapshotError. `name` is what the message calls the file."""
    with rare_collections():
        content = _parsed(text, name)
        try:
            return _snapshot(form(File).read(content))
        except Damaged as problem:
            where = _where(content, problem)
            raise SnapshotError(f"{name}: {where}: {problem.message}{_since(content)}; {AGAIN}") from None


def _parsed(text: str, name: str) -> dict[str, Any]:
    try:
        content = json.loads(text.lstrip("\ufeff"))
    except json.JSONDecodeError as problem:
        where = f"{name}:{problem.lineno}:{problem.colno}"
        raise SnapshotError(
            f"{where}: not JSON: {problem.msg[:1].lower()}{problem.msg[1:]}; {AGAIN}"
        ) from None
    except RecursionError:
        raise SnapshotError(f"{name}: nested too deeply to be a snapshot; {AGAIN}") from None
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise SnapshotError(f'{name}: JSON, but no snapshot: it does not say "format": "{FORMAT}"')
    version = content.get("version")
    if type(version) is int and version > VERSION:
        raise SnapshotError(
            f"{name}: a snapshot of version {version}, and ddlguard {__version__} reads up to version {VERSION}: "
            f"update ddlguard, or {AGAIN} {__version__}"
        )
    if version != VERSION:
        raise SnapshotError(f"{name}: version: {VERSION} is expected; {AGAIN}")
    return content


def _where(content: Any, problem: Damaged) -> str:
    """The place of the damage, with the name of the object that it is in."""
    named = ""
    for step in problem.path[:2]:
        match content, step:
            case (dict(), str()) | (list(), int()):
                content = content[step]
    if isinstance(content, dict) and isinstance(content.get("name"), str | list):
        said = content["name"]
        named = f" ({'.'.join(map(str, said)) if isinstance(said, list) else said})"
    return f"{problem.place or 'the file'}{named}"


def _since(content: Mapping[str, Any]) -> str:
    """Who wrote it, where that was another version: it may know more than this one."""
    tool = content.get("tool")
    return f" (written by ddlguard {tool}, this is {__version__})" if tool not in (None, __version__) else ""


def _snapshot(file: File) -> Snapshot:
    contents = _by_name("contents", file.contents)
    defined = _by_name("relations", file.relations)
    for at, one in enumerate(file.contents):
        if not isinstance(defined.get(one.name), Table | View):
            raise Damaged(f"there is no table {one.name} among the relations", ("contents", at))
    relations: dict[QName, Relation] = {}
    for name, relation in defined.items():
        if isinstance(relation, Table | View) and name in contents:
            relation = together(relation, contents[name])
        relations[name] = relation
        relations.update((index.name, index) for index in indexes_of(relation))
    catalog = Catalog(
        file.server, file.schemas, Relations(relations), _by_name("types", file.types),
        _overloads(file.functions),
        _by_name("extensions", file.extensions), file.search_path, file.complete, file.uncertain, file.doubted,
    )  # fmt: skip
    return Snapshot(catalog, file.name, _moment(file.taken), file.tool, contents, file.not_checked)


def _overloads(functions: Iterable[Function]) -> dict[QName, tuple[Function, ...]]:
    found: dict[QName, tuple[Function, ...]] = {}
    for one in functions:
        found[one.name] = (*found.get(one.name, ()), one)
    return found


def _by_name(section: str, named: Iterable[Any]) -> dict[Any, Any]:
    found: dict[Any, Any] = {}
    for at, one in enumerate(named):
        if one.name in found:
            raise Damaged(f"{one.name} is there twice", (section, at))
        found[one.name] = one
    return found


def _moment(text: str) -> datetime:
    try:
        return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    except ValueError:
        raise Damaged("a moment like 2026-11-28T10:00:00Z is expected", ("taken",)) from None
