"""What becomes of inherited columns and checks when a parent drops its own: they go along, or stay.

A child keeps what it has of its own (`attislocal`, `conislocal`) and what another parent still has.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Literal

from checker.apply.dependents import Thing
from checker.catalog import Catalog, Check, Column, Table

Kind = Literal["column", "constraint"]


def leave(
    catalog: Catalog, table: Table, kind: Kind, name: str, *, only: bool
) -> tuple[Catalog, list[Thing]]:
    """What goes with the parent's column or check, and the catalog in which the rest is the children's own.

    With ONLY every child keeps it.
    """
    kept: list[Table] = []
    things = [Thing(kind, child.name, name) for child in _losing(catalog, table, kind, name, kept, only=only)]
    for child in kept:
        catalog = catalog.put(_without_parent(catalog, child, table, kind, name))
    return catalog, things


def _part(table: Table | None, kind: Kind, name: str) -> Column | Check | None:
    if table is None:
        return None
    if kind == "column":
        return table.column(name)
    found = table.constraint(name)
    return found if isinstance(found, Check) else None


def _losing(
    catalog: Catalog, table: Table, kind: Kind, name: str, kept: list[Table], *, only: bool = False
) -> Iterator[Table]:
    """The children that lose it, in all depth; those that keep it are put into `kept`."""
    for child in catalog.children_of(table.name):
        part = _part(child, kind, name)
        if part is None or not part.inherited:
            continue
        if only or part.own or _has_from_another(catalog, child, table, kind, name):
            kept.append(child)
        else:
            yield child
            yield from _losing(catalog, child, kind, name, kept)


def _has_from_another(catalog: Catalog, child: Table, parent: Table, kind: Kind, name: str) -> bool:
    others = (one for one in child.parents if one != parent.name)
    return any(_part(catalog.table(one), kind, name) is not None for one in others)


def _without_parent(catalog: Catalog, child: Table, parent: Table, kind: Kind, name: str) -> Table:
    """The child when this parent has it no longer."""
    still = _has_from_another(catalog, child, parent, kind, name)
    if kind == "column":
        columns = tuple(
            replace(one, inherited=still, own=one.own or not still) if one.name == name else one
            for one in child.columns
        )
        return replace(child, columns=columns)
    constraints = tuple(
        replace(one, inherited=still, own=one.own or not still)
        if isinstance(one, Check) and one.name == name
        else one
        for one in child.constraints
    )
    return replace(child, constraints=constraints)
