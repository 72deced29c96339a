"""ALTER TABLE and its kin: the actions in the order of the server's passes, one after another."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import field
from enum import IntEnum

from checker import change as to
from checker.catalog import Catalog, Expr, Index, QName, Sequence, Table, Unloaded, View
from checker.change import Change
from checker.names import sequence_name
from checker.resolve.columns import build_column, identity_sequence, stored_default
from checker.resolve.constraints import make_constraint, ordered
from checker.resolve.protocol import Resolving, emit, skipped
from checker.resolve.scope import Scope
from checker.sql import nodes
from checker.unnamed import named
from checker.values import dataclass, replace

_TRIGGER = re.compile(r"(en|dis)able (always |replica )?trigger")


class Pass(IntEnum):
    """The passes of PostgreSQL's ALTER TABLE (`AT_PASS_*` in tablecmds.c), as far as they can be told apart."""

    DROP = 0
    ALTER_TYPE = 1
    ADD_COLUMN = 2
    SET_EXPRESSION = 3
    ADD_CONSTRAINT = 4
    COLUMN_ATTRIBUTES = 5
    ADD_INDEX_CONSTRAINT = 6
    ADD_INDEX = 7
    ADD_OTHER_CONSTRAINT = 8
    MISC = 9


@dataclass(frozen=True, slots=True)
class _Constraint:
    """A constraint in the pass that makes it; `inline` where it stood in an ADD COLUMN."""

    node: nodes.ConstraintNode
    at: nodes.At
    inline: bool


_Action = nodes.AlterAction | _Constraint


@dataclass(slots=True)
class _Queue:
    """What is still to be done, by pass; actions put further ones into later passes."""

    passes: tuple[list[_Action], ...] = field(default_factory=lambda: tuple([] for _ in range(len(Pass))))

    def __iter__(self) -> Iterator[_Action]:
        for actions in self.passes:
            yield from actions

    def put(self, action: _Action) -> None:
        self.passes[_pass_of(action)].append(action)

    def put_constraint(self, node: nodes.ConstraintNode, at: nodes.At, inline: bool) -> None:
        self.passes[_pass_of_constraint(node)].append(_Constraint(node, at, inline))


def _pass_of(action: _Action) -> Pass:
    match action:
        case nodes.DropColumn() | nodes.DropConstraint():
            return Pass.DROP
        case nodes.ColumnAction(action=kind):
            return Pass.COLUMN_ATTRIBUTES if kind == "set not null" else Pass.DROP
        case nodes.AlterColumnType():
            return Pass.ALTER_TYPE
        case nodes.AddColumn():
            return Pass.ADD_COLUMN
        case nodes.SetExpression():
            return Pass.SET_EXPRESSION
        case nodes.AddConstraint():
            return Pass.ADD_CONSTRAINT
        case nodes.SetDefault() | nodes.AddIdentity():
            return Pass.ADD_OTHER_CONSTRAINT
        case _:
            return Pass.MISC


def _pass_of_constraint(node: nodes.ConstraintNode) -> Pass:
    if node.kind == "not null":
        return Pass.COLUMN_ATTRIBUTES
    if node.using_index is not None:
        return Pass.ADD_INDEX_CONSTRAINT
    if node.kind in ("primary key", "unique", "exclusion"):
        return Pass.ADD_INDEX
    return Pass.ADD_OTHER_CONSTRAINT


def resolve_alter(scope: Scope, node: nodes.Alter) -> Resolving:
    """Every Change of an ALTER of a relation."""
    name = scope.relation(node.name)
    if node.if_exists and scope.surely_missing(name):
        return (yield from emit(scope, [skipped(f"alter {node.kind}", name, at=node.at)]))
    if node.kind in ("index", "sequence"):
        return (yield from emit(scope, _other_relation(scope, name, node)))
    changes = _actions(scope, name, node)
    return (yield from (_only(changes) if node.only else changes))


def _only(changes: Resolving) -> Resolving:
    """The same Changes, of the table alone."""
    try:
        change = next(changes)
        while True:
            alone = replace(change, only=True) if isinstance(change, to.TableChange) else change
            change = changes.send((yield alone))
    except StopIteration as end:
        catalog: Catalog = end.value
        return catalog


def _actions(scope: Scope, name: QName, node: nodes.Alter) -> Resolving:
    queue = _Queue()
    for written in node.actions:
        queue.put(written)
    retyped = frozenset(one.column for one in node.actions if isinstance(one, nodes.AlterColumnType))
    for action in queue:
        match action:
            case nodes.AddColumn():
                scope = scope.at((yield from _add_column(scope, name, action, queue)))
            case nodes.AddConstraint(constraint=constraint):
                queue.put_constraint(constraint, action.at, inline=False)
            case _Constraint():
                scope = scope.at((yield from _add_constraint(scope, name, action)))
            case _:
                changes = _one_change(scope, name, node.kind, action)
                scope = scope.at((yield from emit(scope, _retyped_along(changes, retyped))))
    return scope.catalog


def _retyped_along(changes: Iterable[Change], retyped: frozenset[str]) -> Iterator[Change]:
    """A change of type with the other columns that the statement gives another one, too."""
    for change in changes:
        if isinstance(change, to.AlterColumnType) and len(retyped) > 1:
            yield replace(change, along=retyped - {change.column})
        else:
            yield change


# Columns and constraints


def _column_names(scope: Scope, table: QName) -> tuple[str, ...]:
    relation = scope.catalog.relations.get(table)
    return tuple(column.name for column in relation.columns) if isinstance(relation, Table | View) else ()


def _add_column(scope: Scope, table: QName, action: nodes.AddColumn, queue: _Queue) -> Resolving:
    written = action.column
    column = scope.column(table, written.name)
    known = _column_names(scope, table)
    if action.if_not_exists and column in known:
        return (yield from emit(scope, [skipped("add column", table, at=action.at)]))
    built = build_column(scope, table, written, known)
    for constraint in ordered(built.constraints):
        queue.put_constraint(constraint, constraint.at, inline=True)
    cut = scope.cuts(written.name)
    change = to.AddColumn(table=table, column=built.column, sequences=built.sequences, at=action.at, cut=cut)
    return (yield from emit(scope, [change]))


def _add_constraint(scope: Scope, table: QName, action: _Constraint) -> Resolving:
    node = action.node
    known = scope.catalog.table(table) or Table(table, assumed=True)
    made = make_constraint(scope, known, node)
    if made is None:
        if action.inline:
            return scope.catalog
        set_not_null = to.SetNotNull(table=table, column=scope.column(table, node.columns[0]), at=action.at)
        return (yield from emit(scope, [set_not_null]))
    constraint = made.constraint
    if not scope.is_postgres:
        constraint = named((*known.constraints, constraint))[-1]
    change = to.AddConstraint(
        table=table,
        constraint=constraint,
        index=made.index,
        using_index=made.using_index,
        inline=action.inline,
        at=action.at,
        cut=scope.cuts(node.name),
    )
    return (yield from emit(scope, [change]))


def _one_change(
    scope: Scope, table: QName, kind: nodes.ObjectKind, action: nodes.AlterAction
) -> Iterator[Change]:
    """The one Change of an action that stands by itself."""
    at = action.at
    match action:
        case nodes.DropColumn() | nodes.AlterColumnType() | nodes.SetDefault() | nodes.ColumnAction():
            yield _of_column(scope, table, action)
        case nodes.AddIdentity() | nodes.SetIdentity() | nodes.SetExpression():
            yield _of_column_value(scope, table, action)
        case nodes.DropConstraint() | nodes.ValidateConstraint() | nodes.AlterConstraint():
            yield _of_constraint(scope, table, action)
        case nodes.RenameConstraint(name=old, new=new):
            cut = scope.cuts(old, new)
            yield to.RenameConstraint(table=table, name=scope.cut(old), new=scope.cut(new), at=at, cut=cut)
        case nodes.RenameColumn(column=old, new=new):
            column = scope.column(table, old)
            yield to.RenameColumn(table=table, column=column, new=scope.cut(new), at=at, cut=scope.cuts(new))
        case nodes.RenameTo(new=new):
            yield _rename(scope, table, kind, new, at)
        case nodes.SetSchema(schema=schema):
            yield to.SetSchema(kind=_kind_of(scope, table, kind), name=table, schema=scope.cut(schema), at=at)
        case nodes.AttachPartition(partition=partition):
            yield to.AttachPartition(table=table, partition=scope.relation(partition), at=at)
        case nodes.DetachPartition(partition=partition, concurrently=concurrently):
            name = scope.relation(partition)
            yield to.DetachPartition(table=table, partition=name, concurrently=concurrently, at=at)
        case nodes.Inherit(parent=parent, no=no):
            verb = to.NoInherit if no else to.Inherit
            yield verb(table=table, parent=scope.relation(parent), at=at)
        case nodes.OtherAction(words=words, names=names) if _TRIGGER.match(words):
            trigger = scope.cut(names[0]) if names else None
            yield to.EnableTrigger(table=table, name=trigger, enabled=words.startswith("enable"), at=at)
        case nodes.OtherAction(words=words):
            yield to.NoChange(words=f"alter {kind} {words}", names=(table,), at=at)
        case _:
            yield to.NoChange(words=f"alter {kind}", names=(table,), at=at)


def _is_missing(scope: Scope, table: QName, *, column: str = "", constraint: str = "") -> bool:
    """True where the table surely has no such column or constraint."""
    found = scope.catalog.relations.get(table)
    if not isinstance(found, Table | View) or not scope.is_seen(table):
        return False
    if isinstance(found, Table) and (
        found.assumed or (constraint and found.constraint(constraint) is not None)
    ):
        return False
    return found.column(column) is None if column else True


def _of_column(
    scope: Scope,
    table: QName,
    action: nodes.DropColumn | nodes.AlterColumnType | nodes.SetDefault | nodes.ColumnAction,
) -> Change:
    at, column = action.at, scope.column(table, action.column)
    match action:
        case nodes.DropColumn(if_exists=True) if _is_missing(scope, table, column=column):
            return skipped("drop column", table, at=at)
        case nodes.DropColumn(cascade=cascade):
            return to.DropColumn(table=table, column=column, cascade=cascade, at=at)
        case nodes.AlterColumnType(type=type_, using=using, collation=collation):
            using = scope.expr(using, _column_names(scope, table))
            return to.AlterColumnType(
                table=table, column=column, type=scope.type(type_), using=using, collation=collation, at=at
            )
        case nodes.SetDefault(default=default):
            return _set_default(scope, table, column, default, at)
        case nodes.ColumnAction(action=kind):
            return _column_action(table, column, kind, at)


def _set_default(scope: Scope, table: QName, column: str, default: Expr, at: nodes.At) -> Change:
    """A bare NULL is no default: the same as DROP DEFAULT."""
    found = scope.catalog.table(table)
    known = found.column(column) if found else None
    resolved = scope.expr(default, _column_names(scope, table)) or default
    if known is not None and stored_default(resolved, known.type) is None:
        return to.DropDefault(table=table, column=column, at=at)
    return to.SetDefault(table=table, column=column, default=resolved, at=at)


def _column_action(table: QName, column: str, kind: str, at: nodes.At) -> Change:
    match kind:
        case "drop default":
            return to.DropDefault(table=table, column=column, at=at)
        case "set not null":
            return to.SetNotNull(table=table, column=column, at=at)
        case "drop not null":
            return to.DropNotNull(table=table, column=column, at=at)
        case "drop identity" | "drop identity if exists":
            return to.DropIdentity(table=table, column=column, if_exists=kind.endswith("exists"), at=at)
        case _:
            return to.DropExpression(table=table, column=column, if_exists=kind.endswith("exists"), at=at)


def _of_column_value(
    scope: Scope, table: QName, action: nodes.AddIdentity | nodes.SetIdentity | nodes.SetExpression
) -> Change:
    at, column = action.at, scope.column(table, action.column)
    match action:
        case nodes.AddIdentity(identity=identity):
            sequence = _new_identity(scope, table, column)
            return to.AddIdentity(table=table, column=column, identity=identity, sequence=sequence, at=at)
        case nodes.SetIdentity(identity=identity):
            return to.SetIdentity(table=table, column=column, identity=identity, at=at)
        case nodes.SetExpression(expression=expression):
            resolved = scope.expr(expression, _column_names(scope, table)) or expression
            return to.SetExpression(table=table, column=column, expression=resolved, at=at)


def _new_identity(scope: Scope, table: QName, column: str) -> Sequence:
    found = scope.catalog.table(table)
    known = found.column(column) if found else None
    name = QName(table.schema, sequence_name(scope.catalog, table, column))
    if known is None:
        return Sequence(name, owner=(table, column), identity=True)
    return identity_sequence(name, table, known)


def _of_constraint(
    scope: Scope,
    table: QName,
    action: nodes.DropConstraint | nodes.ValidateConstraint | nodes.AlterConstraint,
) -> Change:
    at, name = action.at, scope.cut(action.name)
    match action:
        case nodes.DropConstraint(if_exists=True) if _is_missing(scope, table, constraint=name):
            return skipped("drop constraint", table, at=at)
        case nodes.DropConstraint(cascade=cascade):
            return to.DropConstraint(table=table, name=name, cascade=cascade, at=at)
        case nodes.ValidateConstraint():
            return to.ValidateConstraint(table=table, name=name, at=at)
        case nodes.AlterConstraint(deferrable=deferrable, initially_deferred=deferred):
            return to.AlterConstraint(
                table=table, name=name, deferrable=deferrable, initially_deferred=deferred, at=at
            )


# Names and kinds


def _kind_of(scope: Scope, name: QName, written: nodes.ObjectKind) -> nodes.ObjectKind:
    """What the relation is, whatever the statement calls it: ALTER TABLE renames views and indexes too."""
    found = scope.catalog.relations.get(name)
    match found:
        case Table(kind="foreign"):
            return "foreign table"
        case Table():
            return "table"
        case View(materialized=materialized):
            return "materialized view" if materialized else "view"
        case Sequence():
            return "sequence"
        case None:
            return written
        case Index():
            return "index"
        case Unloaded(kind=kind):
            return _KINDS.get(kind) or written


_KINDS: dict[str, nodes.ObjectKind] = {
    "table": "table", "partitioned": "table", "foreign": "foreign table", "view": "view",
    "materialized view": "materialized view", "sequence": "sequence", "index": "index",
}  # fmt: skip


def _rename(scope: Scope, name: QName, written: nodes.ObjectKind, new: str, at: nodes.At) -> Change:
    kind = _kind_of(scope, name, written)
    cut = scope.cuts(new)
    if kind in ("table", "foreign table"):
        return to.RenameTable(table=name, new=scope.cut(new), kind=kind, at=at, cut=cut)
    return to.RenameObject(kind=kind, name=name, new=scope.cut(new), at=at, cut=cut)


def _other_relation(scope: Scope, name: QName, node: nodes.Alter) -> Iterator[Change]:
    """ALTER INDEX and ALTER SEQUENCE."""
    for action in node.actions:
        match action:
            case nodes.RenameTo(new=new):
                yield _rename(scope, name, node.kind, new, action.at)
            case nodes.SetSchema(schema=schema):
                kind = _kind_of(scope, name, node.kind)
                yield to.SetSchema(kind=kind, name=name, schema=scope.cut(schema), at=action.at)
            case nodes.AttachPartition(partition=partition):
                yield to.AttachPartition(table=name, partition=scope.relation(partition), at=action.at)
            case nodes.SequenceOption():
                yield _alter_sequence(scope, name, action)
            case _:
                words = getattr(action, "words", "")
                yield to.NoChange(words=f"alter {node.kind} {words}".strip(), names=(name,), at=action.at)


def _alter_sequence(scope: Scope, name: QName, action: nodes.SequenceOption) -> Change:
    found = scope.catalog.relations.get(name)
    sequence = found if isinstance(found, Sequence) else Sequence(name)
    if action.disowned:
        sequence = replace(sequence, owner=None)
    elif action.owned_by is not None:
        sequence = replace(sequence, owner=owning_column(scope, action.owned_by))
    if action.type is not None:
        sequence = replace(sequence, type=action.type)
    return to.AlterSequence(name=name, sequence=sequence, at=action.at)


def owning_column(scope: Scope, written: nodes.Name) -> tuple[QName, str]:
    """`OWNED BY table.column`."""
    table = scope.relation(nodes.Name(written.parts[:-1] or written.parts))
    return table, scope.column(table, written.last)
