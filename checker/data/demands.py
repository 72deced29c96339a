"""What the rows must meet for the server to carry out a Change, in the order in which it looks."""

from __future__ import annotations

from collections.abc import Iterator

from checker import change as to
from checker.catalog import Catalog, PrimaryKey
from checker.change import Change
from checker.data import casts, deferred, domains, indexed, triggers, written
from checker.data.constraints import Demands
from checker.data.formulas import Reader
from checker.refusals import Demand
from checker.resolve.scope import Scope
from checker.rows import rows_of
from checker.session import Session


def demands(before: Catalog, after: Catalog, change: Change, session: Session) -> Iterator[Demand]:
    """The demands of a change; `after` has the rows as they would be then, `session` is the one before."""
    view = Demands(before, after, Reader(Scope(before, session)))
    if before.pending:
        yield from deferred.in_use(view, change)
    match change:
        case to.AddColumn():
            yield from written.new_default(view, change)
            yield from domains.added_column(view, change)
            yield from view.added_column(change)
        case to.AlterType():
            yield from domains.altered(view, change)
        case to.SetNotNull(table=name, column=column):
            yield from view.not_null_below(name, column)
        case to.AddConstraint(table=name, constraint=constraint, using_index=None):
            yield from view.added_constraint(name, constraint)
        case to.AddConstraint(table=name, constraint=PrimaryKey(columns=columns)):
            for column in columns:
                yield from view.not_null(name, column)
        case to.ValidateConstraint(table=name, name=constraint_name):
            yield from view.validated(name, constraint_name)
        case to.CreateIndex(table=name, index=index):
            if view.is_postgres:
                yield from indexed.demands(view, name, index)
            if index.unique:
                yield from view.unique_index(name, index)
        case to.AlterColumnType():
            yield from casts.altered_type(view, change)
        case to.Insert() | to.Update() | to.Delete():
            table = before.table(change.table)
            yield from triggers.behind(table, change, written.demands(view, change))
        case to.Commit() if session.aborted is None:
            yield from deferred.demands(view)
        case to.AttachPartition(partition=name):
            yield from view.within_bounds(name, rows_of(before, name))
        case to.DropTable(table=name) if not view.is_postgres:
            yield from written.dropped(view, name)
        case _:
            pass
