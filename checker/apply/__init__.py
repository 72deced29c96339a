"""What a change makes of the catalog, or why the server would refuse it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from checker import change as changes
from checker.apply import columns, constraints, indexes, partitions, tables
from checker.apply.applied import Applied as Applied
from checker.catalog import Catalog
from checker.change import Change

Handler = Callable[[Catalog, Any], Applied]

HANDLERS: Mapping[type[Change], Handler] = {
    changes.CreateTable: tables.create_table,
    changes.DropTable: tables.drop_table,
    changes.RenameTable: tables.rename_table,
    changes.Truncate: tables.truncate,
    changes.AddColumn: columns.add_column,
    changes.DropColumn: columns.drop_column,
    changes.RenameColumn: columns.rename_column,
    changes.SetNotNull: columns.set_not_null,
    changes.DropNotNull: columns.drop_not_null,
    changes.SetDefault: columns.set_default,
    changes.DropDefault: columns.drop_default,
    changes.AddConstraint: constraints.add_constraint,
    changes.DropConstraint: constraints.drop_constraint,
    changes.RenameConstraint: constraints.rename_constraint,
    changes.ValidateConstraint: constraints.validate_constraint,
    changes.AlterConstraint: constraints.alter_constraint,
    changes.CreateIndex: indexes.create_index,
    changes.DropIndex: indexes.drop_index,
    changes.AttachPartition: partitions.attach_partition,
    changes.DetachPartition: partitions.detach_partition,
    changes.Inherit: partitions.inherit,
    changes.NoInherit: partitions.no_inherit,
}


def apply(catalog: Catalog, change: Change) -> Applied:
    """The catalog after the change, and what went along; raises ApplyError where the server refuses it.

    Session Changes (transactions, settings) and those without effect leave the catalog as it is.
    """
    handler = HANDLERS.get(type(change))
    return handler(catalog, change) if handler is not None else Applied(catalog)
