"""Renaming: everything that refers to an object by its address goes on referring to it.

PostgreSQL stores references by number, so foreign keys, views, indexes, owned sequences and expressions follow a
rename; the names of indexes, sequences and constraints stay as they are.
"""

from __future__ import annotations

from collections.abc import Mapping

from checker.apply.expressions import renamed_in
from checker.catalog import (
    Catalog,
    Check,
    Column,
    CompositeType,
    Constraint,
    Domain,
    Exclusion,
    Expr,
    ForeignKey,
    Function,
    Index,
    IndexKey,
    NotNull,
    Policy,
    PrimaryKey,
    QName,
    Relation,
    Sequence,
    Table,
    Trigger,
    Unique,
    Unloaded,
    UserType,
    View,
    ViewColumn,
    indexes_of,
)
from checker.sqltype import SqlType
from checker.values import replace

Names = Mapping[QName, QName]

# Columns


def rename_column_everywhere(catalog: Catalog, table: QName, old: str, new: str) -> Catalog:
    """The catalog with the column renamed, in its relation and in all that refers to it."""
    relations = catalog.relations.copy()
    for relation in catalog.relations.concerned(table):
        match relation:
            case Table():
                found: Relation = _column_in_table(relation, table, old, new)
            case View():
                found = _column_in_view(relation, table, old, new)
            case Sequence(owner=owner) if owner == (table, old):
                found = replace(relation, owner=(table, new))
            case _:
                continue
        if found is not relation:
            relations.put(found)
    return replace(catalog, relations=relations)


def _column_in_table(relation: Table, table: QName, old: str, new: str) -> Table:
    if relation.name == table:
        relation = _column_in_own_table(relation, old, new)
    if any(isinstance(key, ForeignKey) and key.target == table for key in relation.constraints):
        constraints = tuple(
            replace(found, references=_swapped(found.references, old, new))
            if isinstance(found, ForeignKey) and found.target == table
            else found
            for found in relation.constraints
        )
        return replace(relation, constraints=constraints)
    return relation


def _column_in_own_table(table: Table, old: str, new: str) -> Table:
    return replace(
        table,
        columns=tuple(_column_in_column(column, old, new) for column in table.columns),
        constraints=tuple(_column_in_constraint(found, old, new) for found in table.constraints),
        indexes=tuple(column_in_index(index, old, new) for index in table.indexes),
        triggers=tuple(
            replace(trigger, columns=_swapped_set(trigger.columns, old, new)) for trigger in table.triggers
        ),
        policies=tuple(
            replace(policy, columns=_swapped_set(policy.columns, old, new)) for policy in table.policies
        ),
        partition_key=table.partition_key and renamed_in(table.partition_key, old, new),
    )


def _column_in_column(column: Column, old: str, new: str) -> Column:
    if column.expression is not None:
        column = replace(column, expression=renamed_in(column.expression, old, new))
    return replace(column, name=new) if column.name == old else column


def _column_in_constraint(constraint: Constraint, old: str, new: str) -> Constraint:
    match constraint:
        case PrimaryKey() | Unique():
            return replace(
                constraint,
                columns=_swapped(constraint.columns, old, new),
                include=_swapped(constraint.include, old, new),
            )
        case ForeignKey() | Exclusion():
            return replace(constraint, columns=_swapped(constraint.columns, old, new))
        case Check():
            return replace(constraint, expr=renamed_in(constraint.expr, old, new))
        case NotNull(column=column):
            return replace(constraint, column=new) if column == old else constraint


def column_in_index(index: Index, old: str, new: str) -> Index:
    """The index with one of its table's columns renamed."""
    return replace(
        index,
        keys=tuple(_column_in_key(key, old, new) for key in index.keys),
        include=_swapped(index.include, old, new),
        where=index.where and renamed_in(index.where, old, new),
    )


def _column_in_key(key: IndexKey, old: str, new: str) -> IndexKey:
    if key.column == old:
        return replace(key, column=new)
    return replace(key, expr=renamed_in(key.expr, old, new)) if key.expr else key


def _column_in_view(view: View, table: QName, old: str, new: str) -> View:
    if view.name == table:
        columns = tuple(replace(found, name=new) if found.name == old else found for found in view.columns)
        indexes = tuple(column_in_index(index, old, new) for index in view.indexes)
        view = replace(view, columns=columns, indexes=indexes)
    read = ViewColumn(table, old)
    if read in view.reads:
        return replace(view, reads=view.reads - {read} | {ViewColumn(table, new)})
    return view


def _swapped(names: tuple[str, ...], old: str, new: str) -> tuple[str, ...]:
    return tuple(new if name == old else name for name in names) if old in names else names


def _swapped_set(names: frozenset[str], old: str, new: str) -> frozenset[str]:
    return names - {old} | {new} if old in names else names


# Relations, types and functions


def rename_relation(catalog: Catalog, old: QName, new: QName) -> Catalog:
    """The catalog with the relation under a new name; its row type is renamed with it."""
    return readdress(catalog, {old: new}, {old: new})


def rename_type(catalog: Catalog, old: QName, new: QName) -> Catalog:
    """The catalog with the type under a new name."""
    return readdress(catalog, {}, {old: new})


def rename_function(catalog: Catalog, old: QName, new: QName) -> Catalog:
    """The catalog with the one function of that name under a new one."""
    return readdress(catalog, {}, {}, {old: new})


def readdress(catalog: Catalog, relations: Names, types: Names, functions: Names | None = None) -> Catalog:
    """The catalog with relations, types and functions at new addresses, and every reference to them.

    Renaming and moving to another schema are both this.
    """
    moves = _Moves(relations, types, functions or {})
    return replace(
        catalog,
        relations=catalog.relations.readdressed(relations, _moved_relations(catalog, moves)),
        types={types.get(name, name): moves.user_type(found) for name, found in catalog.types.items()},
        functions=_moved_functions(catalog, moves),
        uncertain=frozenset(relations.get(name, name) for name in catalog.uncertain),
    )


def _moved_relations(catalog: Catalog, moves: _Moves) -> dict[QName, Relation]:
    """What becomes of the relations that have to do with it, under the names that they have now."""
    moved: dict[QName, Relation] = {}
    for old in catalog.relations.concerned(*moves.anything):
        new = moves.relation(old)
        moved[old.name] = new
        if new is not old:
            moved.update(zip((index.name for index in indexes_of(old)), indexes_of(new), strict=True))
    return moved


def _moved_functions(catalog: Catalog, moves: _Moves) -> dict[QName, tuple[Function, ...]]:
    moved: dict[QName, tuple[Function, ...]] = {}
    for functions in catalog.functions.values():
        for function in map(moves.function, functions):
            moved[function.name] = (*moved.get(function.name, ()), function)
    return moved


class _Moves:
    """Where relations, types and functions go; each method answers the same object where nothing moves."""

    def __init__(self, relations: Names, types: Names, functions: Names) -> None:
        self.relations, self.types, self.functions = relations, types, functions
        self.anything = {**relations, **types, **functions}

    def relation(self, relation: Relation) -> Relation:
        match relation:
            case Table():
                return self.table(relation)
            case View():
                return self.view(relation)
            case Sequence():
                owner = relation.owner and (self.name(relation.owner[0]), relation.owner[1])
                return replace(relation, name=self.name(relation.name), owner=owner)
            case Index():
                return self.index(relation)
            case Unloaded():
                return replace(relation, name=self.name(relation.name))

    def table(self, table: Table) -> Table:
        if not self.concerns(table):
            return table
        return replace(
            table,
            name=self.name(table.name),
            columns=tuple(map(self.column, table.columns)),
            constraints=tuple(map(self.constraint, table.constraints)),
            indexes=tuple(map(self.index, table.indexes)),
            triggers=tuple(map(self.trigger, table.triggers)),
            policies=tuple(map(self.policy, table.policies)),
            parents=tuple(map(self.name, table.parents)),
        )

    def concerns(self, table: Table) -> bool:
        """A quick look: most tables have nothing to do with what moves."""
        moving = self.anything
        return (
            table.name in moving
            or any(parent in moving for parent in table.parents)
            or any(
                (column.type.schema and (column.type.schema, column.type.name) in moving)
                or (column.default and not column.default.uses.isdisjoint(moving))
                or (column.expression and not column.expression.uses.isdisjoint(moving))
                for column in table.columns
            )
            or any(
                found.target in moving
                if isinstance(found, ForeignKey)
                else isinstance(found, Check) and not found.expr.uses.isdisjoint(moving)
                for found in table.constraints
            )
            or any(
                index.name in moving or index.where or any(key.expr for key in index.keys)
                for index in table.indexes
            )
            or bool(table.triggers or table.policies)
        )

    def view(self, view: View) -> View:
        return replace(
            view,
            name=self.name(view.name),
            columns=tuple(map(self.column, view.columns)),
            reads=frozenset(ViewColumn(self.name(read.relation), read.column) for read in view.reads),
            uses=frozenset(map(self.used, view.uses)),
            indexes=tuple(map(self.index, view.indexes)),
            triggers=tuple(map(self.trigger, view.triggers)),
        )

    def name(self, name: QName) -> QName:
        return self.relations.get(name, name)

    def used(self, name: QName) -> QName:
        return self.anything.get(name, name)

    def type(self, type: SqlType) -> SqlType:
        moved = self.types.get(QName(type.schema, type.name)) if type.schema else None
        return replace(type, schema=moved.schema, name=moved.name) if moved else type

    def expr(self, expr: Expr) -> Expr:
        if expr.uses.isdisjoint(self.anything):
            return expr
        return replace(expr, uses=frozenset(map(self.used, expr.uses)))

    def column(self, column: Column) -> Column:
        return replace(
            column,
            type=self.type(column.type),
            default=column.default and self.expr(column.default),
            expression=column.expression and self.expr(column.expression),
        )

    def constraint(self, constraint: Constraint) -> Constraint:
        match constraint:
            case ForeignKey():
                return replace(constraint, target=self.name(constraint.target))
            case Check():
                return replace(constraint, expr=self.expr(constraint.expr))
            case _:
                return constraint

    def index(self, index: Index) -> Index:
        keys = tuple(replace(key, expr=self.expr(key.expr)) if key.expr else key for key in index.keys)
        where = index.where and self.expr(index.where)
        return replace(
            index, name=self.name(index.name), table=self.name(index.table), keys=keys, where=where
        )

    def trigger(self, trigger: Trigger) -> Trigger:
        if trigger.function is None:
            return trigger
        return replace(trigger, function=self.functions.get(trigger.function, trigger.function))

    def policy(self, policy: Policy) -> Policy:
        return replace(policy, uses=frozenset(map(self.used, policy.uses)))

    def function(self, function: Function) -> Function:
        return replace(
            function,
            name=self.functions.get(function.name, function.name),
            arguments=tuple(map(self.type, function.arguments)),
            returns=function.returns and self.type(function.returns),
            uses=frozenset(map(self.used, function.uses)),
        )

    def user_type(self, type: UserType) -> UserType:
        name = self.types.get(type.name, type.name)
        match type:
            case Domain():
                default = type.default and self.expr(type.default)
                checks = tuple(replace(check, expr=self.expr(check.expr)) for check in type.checks)
                return replace(type, name=name, base=self.type(type.base), default=default, checks=checks)
            case CompositeType():
                return replace(type, name=name, columns=tuple(map(self.column, type.columns)))
            case _:
                return replace(type, name=name) if name != type.name else type
