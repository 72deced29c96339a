"""Guards of DO blocks, decided from the catalog: does this object exist?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from checker.catalog import Catalog, EnumType, Index, QName, Table, View
from checker.sql.nodes import Exists


def decide(catalog: Catalog, conditions: Iterable[Exists]) -> bool | None:
    """Whether all conditions hold; None where the catalog does not show it."""
    answers = [_holds(catalog, condition) for condition in conditions]
    if False in answers:
        return False
    return None if None in answers else True


def is_left_open(catalog: Catalog, conditions: Iterable[Exists]) -> bool:
    """True where a guard asks for a relation that an earlier statement may have made or dropped, nobody knows which."""
    return any(
        name.name == condition.names[-1] and condition.schema in (None, name.schema)
        for condition in conditions
        if condition.kind in ("relation", "index")
        for name in catalog.uncertain
    )


def _holds(catalog: Catalog, condition: Exists) -> bool | None:
    found = _exists(catalog, condition)
    return found if found is None else found != condition.negated


def _exists(catalog: Catalog, condition: Exists) -> bool | None:
    if condition.kind == "role":
        return None
    if any(_candidates(catalog, condition)):
        return True
    return False if catalog.complete and not catalog.doubted else None


def _in_schema(names: Iterable[QName], condition: Exists, name: str) -> Iterator[QName]:
    for one in names:
        if one.name == name and condition.schema in (None, one.schema):
            yield one


def _called(catalog: Catalog, name: str) -> Iterator[QName]:
    return (relation.name for relation in catalog.relations.called(name))


def _tables(catalog: Catalog, condition: Exists) -> Iterator[Table]:
    """The tables that the condition is about: the one it names, or all where it names none."""
    parent = condition.names[0] if len(condition.names) > 1 else None
    named = catalog.relations.values() if parent is None else catalog.relations.called(parent)
    for table in (one for one in named if isinstance(one, Table)):
        if parent in (None, table.name.name) and condition.schema in (None, table.name.schema):
            yield table


def _candidates(catalog: Catalog, condition: Exists) -> Iterator[object]:
    """What satisfies the condition."""
    name = condition.names[-1]
    match condition.kind:
        case "relation":
            yield from _in_schema(_called(catalog, name), condition, name)
        case "index":
            found = _in_schema(_called(catalog, name), condition, name)
            yield from (one for one in found if isinstance(catalog.relations[one], Index))
        case "type":
            yield from _in_schema(catalog.types, condition, name)
            found = _in_schema(_called(catalog, name), condition, name)
            yield from (one for one in found if isinstance(catalog.relations[one], Table | View))
        case "function":
            yield from _in_schema(catalog.functions, condition, name)
        case "schema":
            yield from (one for one in catalog.schemas if one == name)
        case "extension":
            yield from (one for one in catalog.extensions if one == name)
        case "enum label":
            yield from _labels(catalog, condition, name)
        case _:
            yield from _parts(catalog, condition, name)


def _labels(catalog: Catalog, condition: Exists, label: str) -> Iterator[object]:
    owner = condition.names[0] if len(condition.names) > 1 else None
    for type_ in catalog.types.values():
        if isinstance(type_, EnumType) and owner in (None, type_.name.name) and label in type_.labels:
            yield type_


def _parts(catalog: Catalog, condition: Exists, name: str) -> Iterator[object]:
    """Columns, constraints, triggers and policies, which belong to tables."""
    for table in _tables(catalog, condition):
        match condition.kind:
            case "column":
                parts: Iterable[object] = (one for one in table.columns if one.name == name)
            case "constraint":
                parts = (one for one in table.constraints if one.name == name)
            case "trigger":
                parts = (one for one in table.triggers if one.name == name)
            case _:
                parts = (one for one in table.policies if one.name == name)
        yield from parts
