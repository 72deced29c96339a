"""SET CONSTRAINTS: which constraints a name means, and what PostgreSQL refuses (`AfterTriggerSetState` of trigger.c)."""

from __future__ import annotations

from collections.abc import Iterator

from checker import change as to
from checker.catalog import Constraint, Domain, QName, Table
from checker.change import Change
from checker.errors import MissingObject, NotDeferrable
from checker.resolve.scope import Scope
from checker.sql import nodes


def set_constraints(scope: Scope, node: nodes.SetConstraints) -> Iterator[Change]:
    """ALL touches only what is deferrable; a name is looked up schema by schema, on every table."""
    for name in node.names:
        _check(scope, name, node.deferred)
    yield to.NoChange(words="set constraints", at=node.at)


def _check(scope: Scope, name: nodes.Name, deferred: bool) -> None:
    last = scope.cut(name.last)
    schemas = (scope.cut(name.parts[-2]),) if len(name.parts) > 1 else scope.path
    for schema in schemas:
        found = list(_called(scope, QName(schema, last)))
        stiff = [table for table, one in found if not getattr(one, "deferrable", False)]
        if stiff and deferred and stiff[0] not in scope.catalog.uncertain:
            message = f'constraint "{last}" is not deferrable'
            raise NotDeferrable("42809", message, f"{stiff[0]}.{last}", (str(stiff[0]), last))
        if found or _may_be_another_kind(scope, QName(schema, last)):
            return
    if not scope.catalog.uncertain:
        raise MissingObject("42704", f'constraint "{last}" does not exist', last, kind="constraint")


def _called(scope: Scope, name: QName) -> Iterator[tuple[QName, Constraint]]:
    for table in scope.catalog.tables():
        if table.name.schema == name.schema and (found := table.constraint(name.name)) is not None:
            yield table.name, found


def _may_be_another_kind(scope: Scope, name: QName) -> bool:
    """Constraint triggers and the checks of domains are constraints of their schema, too."""
    catalog = scope.catalog
    triggers = (one.name for table in catalog.tables() if _in(table, name) for one in table.triggers)
    domains = (
        one for one in catalog.types.values() if isinstance(one, Domain) and one.name.schema == name.schema
    )
    return name.name in triggers or any(check.name == name.name for one in domains for check in one.checks)


def _in(table: Table, name: QName) -> bool:
    return table.name.schema == name.schema
