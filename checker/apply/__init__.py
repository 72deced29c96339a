"""What a change makes of the catalog, or why the server would refuse it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from checker import change as changes
from checker.apply import (
    columns,
    constraints,
    identity,
    indexes,
    moves,
    not_null,
    objects,
    partitions,
    retype,
    rows,
    sqlite,
    tables,
    types,
    views,
)
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
    changes.SetNotNull: not_null.set_not_null,
    changes.DropNotNull: not_null.drop_not_null,
    changes.SetDefault: columns.set_default,
    changes.DropDefault: columns.drop_default,
    changes.AlterColumnType: retype.alter_column_type,
    changes.AddIdentity: identity.add_identity,
    changes.SetIdentity: identity.set_identity,
    changes.DropIdentity: identity.drop_identity,
    changes.SetExpression: identity.set_expression,
    changes.DropExpression: identity.drop_expression,
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
    changes.CreateView: views.create_view,
    changes.DropView: views.drop_view,
    changes.CreateSequence: views.create_sequence,
    changes.AlterSequence: views.alter_sequence,
    changes.DropSequence: views.drop_sequence,
    changes.CreateType: types.create_type,
    changes.AddEnumValue: types.add_enum_value,
    changes.RenameEnumValue: types.rename_enum_value,
    changes.AlterType: types.alter_type,
    changes.DropType: types.drop_type,
    changes.CreateSchema: objects.create_schema,
    changes.DropSchema: objects.drop_schema,
    changes.CreateFunction: objects.create_function,
    changes.DropFunction: objects.drop_function,
    changes.CreateTrigger: objects.create_trigger,
    changes.DropTrigger: objects.drop_trigger,
    changes.EnableTrigger: objects.enable_trigger,
    changes.CreatePolicy: objects.create_policy,
    changes.DropPolicy: objects.drop_policy,
    changes.CreateExtension: objects.create_extension,
    changes.DropExtension: objects.drop_extension,
    changes.RenameObject: moves.rename_object,
    changes.SetSchema: moves.set_schema,
    changes.Insert: rows.insert,
    changes.Update: rows.update,
    changes.Delete: rows.delete,
    changes.NoChange: objects.no_change,
}


def apply(catalog: Catalog, change: Change) -> Applied:
    """The catalog after the change, and what went along; raises ApplyError where the server refuses it.

    Session Changes (transactions, settings) leave the catalog as it is.
    """
    handlers = sqlite.HANDLERS if catalog.server.dialect == "sqlite" else HANDLERS
    handler = handlers.get(type(change))
    return handler(catalog, change) if handler is not None else Applied(catalog)
