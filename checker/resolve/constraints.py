"""Constraints: their names, what they refer to, and the indexes that come with them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from checker.catalog import (
    Check,
    Column,
    Constraint,
    Exclusion,
    Expr,
    ForeignKey,
    Index,
    IndexKey,
    NotNull,
    PrimaryKey,
    QName,
    Table,
    Unique,
)
from checker.names import (
    check_name,
    constraint_name,
    foreign_key_name,
    joined,
    key_names,
    not_null_name,
    relation_name,
)
from checker.resolve.scope import Scope
from checker.sql.expression import parse_expr
from checker.sql.nodes import ConstraintNode
from checker.sql.tokens import identifier, tokenize
from checker.values import dataclass, replace


@dataclass(frozen=True, slots=True)
class Made:
    """A constraint as the server makes it; `using_index` is an index that it takes over."""

    constraint: Constraint
    index: Index | None = None
    using_index: str | None = None


def make_constraint(scope: Scope, table: Table, node: ConstraintNode) -> Made | None:
    """The constraint on the table as it is so far (it stands in the scope's catalog).

    None for a NOT NULL before PostgreSQL 18, which is the column's own and has no name.
    """
    node = replace(
        node,
        name=scope.cut(node.name) if node.name else None,
        columns=scope.columns(table.name, node.columns),
    )
    match node.kind:
        case "primary key" | "unique":
            return _unique(scope, table, node)
        case "foreign key":
            return Made(_foreign_key(scope, table, node))
        case "check":
            return Made(_check(scope, table, node))
        case "exclusion":
            return _exclusion(scope, table, node)
        case "not null":
            return _not_null(scope, table, node)


def ordered(nodes: Iterable[ConstraintNode]) -> Iterator[ConstraintNode]:
    """Constraints in the order in which PostgreSQL creates (and names) those of one definition.

    Checks first, then the primary key, the other indexes, and foreign keys at last
    (`transformCreateStmt`). An index that says what an earlier one says is left out.
    """
    everything = list(nodes)
    yield from (node for node in everything if node.kind == "check")
    yield from (node for node in everything if node.kind == "not null")
    keys = [node for node in everything if node.kind == "primary key"]
    keys += [node for node in everything if node.kind in ("unique", "exclusion")]
    yield from _without_repeated(keys)
    yield from (node for node in everything if node.kind == "foreign key")


def _without_repeated(nodes: list[ConstraintNode]) -> list[ConstraintNode]:
    """`UNIQUE PRIMARY KEY` makes one index; a name is kept where either of the two has one."""
    kept: list[ConstraintNode] = []
    for node in nodes:
        for place, prior in enumerate(kept):
            if node.using_index is None and _index_of(node) == _index_of(prior):
                kept[place] = replace(prior, name=prior.name or node.name)
                break
        else:
            kept.append(node)
    return kept


def _index_of(node: ConstraintNode) -> tuple[object, ...]:
    shape = (node.columns, node.include, node.nulls_not_distinct, node.deferrable, node.initially_deferred)
    return (node.kind == "exclusion", node.text if node.kind == "exclusion" else "", *shape)


# One function per kind


def _unique(scope: Scope, table: Table, node: ConstraintNode) -> Made:
    if node.using_index is not None:
        return _taking_over(scope, table, node, node.using_index)
    label = "pkey" if node.kind == "primary key" else "key"
    include = scope.columns(table.name, node.include)
    keys = tuple(IndexKey(column=column) for column in node.columns)
    name = node.name or _index_name(scope, table.name, None if label == "pkey" else (keys, include), label)
    constraint = _keyed(node, name, node.columns, include)
    index = Index(
        QName(table.name.schema, name),
        table.name,
        keys,
        unique=True,
        include=include,
        nulls_not_distinct=node.nulls_not_distinct,
        constraint=name,
    )
    return Made(constraint, index)


def _index_name(
    scope: Scope, table: QName, keys: tuple[tuple[IndexKey, ...], tuple[str, ...]] | None, label: str
) -> str:
    if not scope.is_postgres:
        return ""
    columns = joined(key_names(*keys)) if keys is not None else None
    return relation_name(scope.catalog, table.schema, table.name, columns, label, constraint=True)


def _keyed(
    node: ConstraintNode,
    name: str,
    columns: tuple[str, ...],
    include: tuple[str, ...],
    distinct: bool = False,
) -> PrimaryKey | Unique:
    deferrable = node.deferrable or node.initially_deferred
    if node.kind == "primary key":
        return PrimaryKey(name, columns, include, deferrable, node.initially_deferred)
    nulls = node.nulls_not_distinct or distinct
    return Unique(name, columns, include, nulls, deferrable, node.initially_deferred)


def _taking_over(scope: Scope, table: Table, node: ConstraintNode, using: str) -> Made:
    """`USING INDEX i`: the index gets the constraint's name, the constraint the index's columns."""
    using = scope.cut(using)
    index = scope.catalog.index(QName(table.name.schema, using))
    columns = tuple(column for column in index.columns if column is not None) if index else ()
    include = index.include if index else ()
    distinct = index.nulls_not_distinct if index else False
    return Made(_keyed(node, node.name or using, columns, include, distinct), using_index=using)


def _foreign_key(scope: Scope, table: Table, node: ConstraintNode) -> ForeignKey:
    assert node.target is not None
    target = scope.relation(node.target)
    referred = scope.catalog.table(target)
    references = scope.columns(target, node.references)
    if not references and referred is not None and referred.primary_key is not None:
        references = referred.primary_key.columns
    name = node.name
    if name is None:
        name = foreign_key_name(scope.catalog, table.name, node.columns) if scope.is_postgres else ""
    return ForeignKey(
        name,
        node.columns,
        target,
        references,
        node.on_delete,
        node.on_update,
        node.match,
        validated=not node.not_valid and node.enforced,
        enforced=node.enforced,
        deferrable=node.deferrable or node.initially_deferred,
        initially_deferred=node.initially_deferred,
        implied=not node.references,
        inline=node.inline and not scope.is_postgres,
    )


def _check(scope: Scope, table: Table, node: ConstraintNode) -> Check:
    names = tuple(column.name for column in table.columns)
    expr = scope.expr(node.expr, names) or Expr("")
    name = node.name
    if name is None:
        read = expr.columns & frozenset(names) if not table.assumed else expr.columns
        name = check_name(scope.catalog, table.name, read) if scope.is_postgres else ""
    return Check(
        name, expr, not node.not_valid and node.enforced, node.enforced, node.no_inherit,
        inline=node.inline and not scope.is_postgres,
    )  # fmt: skip


def _not_null(scope: Scope, table: Table, node: ConstraintNode) -> Made | None:
    if not scope.is_postgres or scope.catalog.server.version < (18,):
        return None
    column = node.columns[0]
    name = node.name or not_null_name(scope.catalog, table.name, column)
    return Made(NotNull(name, column, not node.not_valid, node.no_inherit))


def not_null_of(scope: Scope, table: Table, column: Column, taken: Collection[str]) -> NotNull:
    """The automatic NOT NULL constraint that PostgreSQL 18 gives to a column."""
    return NotNull(not_null_name(scope.catalog, table.name, column.name, taken), column.name)


# EXCLUDE


def _exclusion(scope: Scope, table: Table, node: ConstraintNode) -> Made:
    method, keys = _exclusion_keys(scope, table, node.text)
    include = scope.columns(table.name, node.include)
    name = node.name or _index_name(scope, table.name, (keys, include), "excl")
    constraint = Exclusion(
        name, node.columns, node.text, node.deferrable or node.initially_deferred, node.initially_deferred
    )
    where = _exclusion_predicate(scope, table, node.text)
    index = Index(
        QName(table.name.schema, name),
        table.name,
        keys,
        method=method,
        include=include,
        where=where,
        constraint=name,
    )
    return Made(constraint, index)


def _exclusion_keys(scope: Scope, table: Table, text: str) -> tuple[str, tuple[IndexKey, ...]]:
    """The method and the keys of `EXCLUDE USING gist (a WITH =, (b + 1) WITH &&)`."""
    tokens = tokenize(text, "postgres")
    words = [token.upper for token in tokens]
    method = words[words.index("USING") + 1].lower() if "USING" in words else "btree"
    keys: list[IndexKey] = []
    depth, start = 0, None
    for at, word in enumerate(words):
        depth += (word == "(") - (word == ")")
        if depth == 1 and (word == "(" or (word == "," and start is None)):
            start = at + 1
        elif depth == 1 and word == "WITH" and start is not None:
            keys.append(_exclusion_key(scope, table, text[tokens[start].start : tokens[at - 1].end]))
            start = None
        elif not depth and keys:
            break
    return method, tuple(keys)


def _exclusion_key(scope: Scope, table: Table, text: str) -> IndexKey:
    """`a`, `a inet_ops` or an expression."""
    tokens = tokenize(text, "postgres")
    if len(tokens) <= 2 and all(token.kind in ("word", "quoted") for token in tokens):
        opclass = identifier(tokens[1], "postgres") if len(tokens) == 2 else None
        return IndexKey(column=identifier(tokens[0], "postgres"), opclass=opclass)
    names = tuple(column.name for column in table.columns)
    return IndexKey(expr=scope.expr(parse_expr(text, "postgres"), names))


def _exclusion_predicate(scope: Scope, table: Table, text: str) -> Expr | None:
    """The WHERE of EXCLUDE, which stands in parentheses behind the keys."""
    tokens = tokenize(text, "postgres")
    depth = 0
    for token in tokens:
        depth += (token.upper == "(") - (token.upper == ")")
        if not depth and token.upper == "WHERE":
            names = tuple(column.name for column in table.columns)
            return scope.expr(parse_expr(text[token.end :].strip(), "postgres"), names)
    return None


def clone_constraint(scope: Scope, child: Table, constraint: Constraint, index: Index | None) -> Made | None:
    """The constraint that a partition gets for one of its parent's, with the server's name for it."""
    schema = child.name.schema
    match constraint:
        case PrimaryKey() | Unique() | Exclusion() if index is not None:
            label = {PrimaryKey: "pkey", Unique: "key", Exclusion: "excl"}[type(constraint)]
            keys = None if label == "pkey" else (index.keys, index.include)
            name = _index_name(scope, child.name, keys, label)
            cloned = replace(index, name=QName(schema, name), table=child.name, constraint=name, bytes=None)
            return Made(replace(constraint, name=name), cloned)
        case ForeignKey():
            name = constraint.name
            if child.constraint(name) is not None:
                name = constraint_name(
                    scope.catalog, schema, child.name.name, joined(constraint.columns), "fkey"
                )
            return Made(replace(constraint, name=name))
        case _:
            return None
