"""CREATE TABLE on PostgreSQL: columns from everywhere, then constraints in the server's order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from checker.apply.columns import shares_identity
from checker.catalog import (
    Check,
    Column,
    CompositeType,
    Constraint,
    Exclusion,
    Index,
    NotNull,
    PrimaryKey,
    QName,
    Sequence,
    Table,
    Trigger,
    Unique,
    View,
)
from checker.names import joined as joined_names
from checker.names import key_names, relation_name
from checker.resolve.columns import Built, build_column, identity_sequence
from checker.resolve.constraints import Made, clone_constraint, make_constraint, not_null_of, ordered
from checker.resolve.scope import Scope
from checker.sql.nodes import ConstraintNode, CreateTable, LikeNode, Name
from checker.values import dataclass, replace


@dataclass(frozen=True, slots=True)
class Draft:
    """A table on its way, in a catalog that holds it as it is so far: names are chosen against that."""

    scope: Scope
    table: Table
    sequences: tuple[Sequence, ...] = ()

    def put(self, table: Table) -> Draft:
        """The draft with the table as it is now."""
        scope = replace(self.scope, catalog=self.scope.catalog.put(table))
        return replace(self, scope=scope, table=table)

    def add(self, made: Made | None) -> Draft:
        """The draft with one more constraint, and the index that comes with it."""
        if made is None:
            return self
        constraint = made.constraint
        table = replace(self.table, constraints=(*self.table.constraints, constraint))
        if made.index is not None:
            table = replace(table, indexes=(*table.indexes, made.index))
        if isinstance(constraint, PrimaryKey):
            table = replace(table, columns=tuple(_required(table.columns, constraint.columns)))
        return self.put(table)


def _required(columns: Iterable[Column], names: Iterable[str]) -> Iterator[Column]:
    wanted = frozenset(names)
    for column in columns:
        yield replace(column, nullable=False) if column.name in wanted else column


def draft_table(scope: Scope, name: QName, node: CreateTable) -> Draft:
    """The table that the statement makes, with its automatic names."""
    parents = tuple(scope.relation(parent) for parent in _parents(node))
    likes = tuple((like, scope.found(like.source)) for like in node.likes)
    columns = _merge((), _heritage(scope, node, parents))
    copied = [column for like, source in likes for column in _liked(scope, like, source)]
    built = _own_columns(scope, name, node, columns)
    columns = _merge(columns, (*copied, *_of_type(scope, node)))
    mine = (replace(one.column, own=node.partition_of is None) for one in built)
    columns = _merge(columns, mine)
    table = Table(
        name,
        columns,
        kind="foreign" if node.foreign else "partitioned" if node.partition_by is not None else "table",
        temporary=node.temporary,
        parents=parents,
        is_partition=node.partition_of is not None,
        partition_key=scope.expr(node.partition_by, [column.name for column in columns]),
    )
    sequences = (*_like_sequences(scope, name, likes), *(one for found in built for one in found.sequences))
    draft = Draft(scope, table, sequences).put(table)
    draft = _inherit(draft, parents)
    for like, source in likes:
        draft = _like_constraints(draft, like, source)
    return _constrain(draft, [*(one for found in built for one in found.constraints), *node.constraints])


def _parents(node: CreateTable) -> tuple[Name, ...]:
    return (node.partition_of,) if node.partition_of is not None else node.inherits


def _columns(scope: Scope, name: QName) -> tuple[Column, ...]:
    found = scope.catalog.relations.get(name)
    return found.columns if isinstance(found, Table) else ()


def _heritage(scope: Scope, node: CreateTable, parents: Iterable[QName]) -> Iterator[Column]:
    """The parents' columns in their child: generated columns and defaults come along.

    Identity does so in a partition from PostgreSQL 17 on, NOT NULL unless it is NO INHERIT (18).
    """
    spreads = node.partition_of is not None and shares_identity(scope.catalog)
    for parent in parents:
        alone = _alone_not_null(scope, parent)
        for column in _columns(scope, parent):
            yield replace(
                column, inherited=True, own=False, identity=column.identity if spreads else None,
                nullable=column.nullable or column.name in alone,
            )  # fmt: skip


def _alone_not_null(scope: Scope, name: QName) -> frozenset[str]:
    found = scope.catalog.relations.get(name)
    constraints = found.constraints if isinstance(found, Table) else ()
    return frozenset(one.column for one in constraints if isinstance(one, NotNull) and one.no_inherit)


def _own_columns(scope: Scope, name: QName, node: CreateTable, inherited: tuple[Column, ...]) -> list[Built]:
    siblings = (*(column.name for column in inherited), *(column.name for column in node.columns))
    found = []
    for written in node.columns:
        built = build_column(scope, name, written, siblings)
        known = next((column for column in inherited if column.name == built.column.name), None)
        if written.type is None and known is not None:
            built = replace(built, column=replace(built.column, type=known.type))
        found.append(built)
    return found


def _of_type(scope: Scope, node: CreateTable) -> tuple[Column, ...]:
    """The columns of `CREATE TABLE … OF type`."""
    if node.of_type is None:
        return ()
    found = scope.user_type(scope.type_name(node.of_type))
    return found.columns if isinstance(found, CompositeType) else ()


def _merge(columns: tuple[Column, ...], more: Iterable[Column]) -> tuple[Column, ...]:
    """Columns with those of the same name made one: the later one's default counts, NOT NULL of either.

    Only an inherited column is merged; a second one of the table's own stays, for `apply` to refuse.
    """
    merged = list(columns)
    for column in more:
        place = next((at for at, old in enumerate(merged) if old.name == column.name and old.inherited), None)
        if place is None:
            merged.append(column)
            continue
        old = merged[place]
        merged[place] = replace(
            column,
            nullable=old.nullable and column.nullable,
            default=column.default or old.default,
            generated=column.generated or old.generated,
            expression=column.expression or old.expression,
            collation=column.collation or old.collation,
            inherited=True,
        )
    return tuple(merged)


# Constraints


def _constrain(draft: Draft, nodes: list[ConstraintNode]) -> Draft:
    """The table's own constraints; on PostgreSQL 18 the NOT NULL ones are named between checks and keys."""
    named = ordered(nodes)
    held: list[ConstraintNode] = []
    keyed = {column for node in nodes if node.kind == "primary key" for column in node.columns}
    for node in named:
        if node.kind in ("check", "not null"):
            draft = _merge_check(draft, make_constraint(draft.scope, draft.table, node))
        else:
            held.append(node)
    draft = _not_nulls(draft, keyed)
    for node in held:
        draft = draft.add(make_constraint(draft.scope, draft.table, node))
    return draft


def _merge_check(draft: Draft, made: Made | None) -> Draft:
    """A check of an inherited one's name is the same check, said again."""
    if made is not None and isinstance(made.constraint, Check):
        old = draft.table.constraint(made.constraint.name)
        if isinstance(old, Check) and old.inherited:
            constraints = tuple(
                replace(old, own=True) if one is old else one for one in draft.table.constraints
            )
            return draft.put(replace(draft.table, constraints=constraints))
    return draft.add(made)


def _not_nulls(draft: Draft, keyed: set[str]) -> Draft:
    """PostgreSQL 18: every NOT NULL column has a constraint for it."""
    if draft.scope.catalog.server.version < (18,):
        return draft
    table = draft.table
    said = {one.column for one in table.constraints if isinstance(one, NotNull)}
    new: dict[str, NotNull] = {}
    for column in table.columns:
        if column.name not in said and (not column.nullable or column.name in keyed):
            made = not_null_of(draft.scope, table, column, taken=new)
            new[made.name] = made
            said.add(column.name)
    return draft.put(replace(table, constraints=(*table.constraints, *new.values()))) if new else draft


# Inheritance and partitions


def _inherit(draft: Draft, parents: tuple[QName, ...]) -> Draft:
    """Checks come from every parent; a partition gets its parent's keys, indexes, foreign keys, triggers too."""
    for name in parents:
        parent = draft.scope.catalog.table(name)
        if parent is None or name == draft.table.name:
            continue
        for constraint in parent.constraints:
            if isinstance(constraint, Check) and not constraint.no_inherit:
                if draft.table.constraint(constraint.name) is None:
                    draft = draft.add(Made(replace(constraint, inherited=True, own=False)))
            elif isinstance(constraint, NotNull) and not constraint.no_inherit:
                draft = draft.add(Made(constraint))
        if draft.table.is_partition:
            draft = _clone_into_partition(draft, parent)
    return draft


def _clone_into_partition(draft: Draft, parent: Table) -> Draft:
    by_constraint = {one.name: one for one in parent.constraints}
    for index in parent.indexes:
        constraint = by_constraint.get(index.constraint or "")
        if constraint is not None:
            draft = draft.add(clone_constraint(draft.scope, draft.table, constraint, index))
        else:
            cloned = clone_index(draft.scope, draft.table, index)
            draft = draft.put(replace(draft.table, indexes=(*draft.table.indexes, cloned)))
    for key in parent.foreign_keys:
        draft = draft.add(clone_constraint(draft.scope, draft.table, key, None))
    triggers: tuple[Trigger, ...] = parent.triggers
    return draft.put(replace(draft.table, triggers=triggers)) if triggers else draft


def clone_index(scope: Scope, child: Table, index: Index) -> Index:
    """The index that a partition (or a copy of a table) gets for its parent's, with the server's name."""
    columns = joined_names(key_names(index.keys, index.include))
    name = relation_name(scope.catalog, child.name.schema, child.name.name, columns, "idx")
    return replace(index, name=QName(child.name.schema, name), table=child.name, bytes=None, constraint=None)


# LIKE


def _includes(like: LikeNode, option: str) -> bool:
    return "all" in like.including or option in like.including


def _liked(scope: Scope, like: LikeNode, source: object) -> Iterator[Column]:
    """The columns that LIKE copies: names, types and NOT NULL, the rest by option."""
    if not isinstance(source, Table | View):
        return
    for column in source.columns:
        generated = _includes(like, "generated") and column.generated is not None
        yield Column(
            column.name,
            column.type,
            column.nullable,
            default=column.default if _includes(like, "defaults") and column.generated is None else None,
            identity=column.identity if _includes(like, "identity") else None,
            generated=column.generated if generated else None,
            expression=column.expression if generated else None,
            collation=column.collation,
        )


def _like_sequences(
    scope: Scope, name: QName, likes: tuple[tuple[LikeNode, object], ...]
) -> Iterator[Sequence]:
    for like, source in likes:
        for column in _liked(scope, like, source):
            if column.identity is not None:
                named = relation_name(scope.catalog, name.schema, name.name, column.name, "seq")
                yield identity_sequence(QName(name.schema, named), name, column)


def _like_constraints(draft: Draft, like: LikeNode, source: object) -> Draft:
    """Checks and named NOT NULLs keep their names, indexes get new ones; foreign keys are never copied."""
    if not isinstance(source, Table):
        return draft
    for one in source.constraints:
        if isinstance(one, NotNull):
            draft = draft.add(Made(one))
    if _includes(like, "constraints"):
        for check in source.constraints:
            if isinstance(check, Check):
                draft = draft.add(Made(replace(check, inherited=False, own=True)))
    if not _includes(like, "indexes"):
        return draft
    by_name = {one.name: one for one in source.constraints}
    for index in sorted(source.indexes, key=lambda one: not _is_primary(by_name, one)):
        draft = _like_index(draft, by_name.get(index.constraint or ""), index)
    return draft


def _is_primary(constraints: dict[str, Constraint], index: Index) -> bool:
    return isinstance(constraints.get(index.constraint or ""), PrimaryKey)


def _like_index(draft: Draft, constraint: Constraint | None, index: Index) -> Draft:
    if isinstance(constraint, PrimaryKey | Unique | Exclusion):
        return draft.add(clone_constraint(draft.scope, draft.table, constraint, index))
    cloned = clone_index(draft.scope, draft.table, index)
    return draft.put(replace(draft.table, indexes=(*draft.table.indexes, cloned)))
