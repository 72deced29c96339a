"""Column definitions: types through the search path, serial and identity with their sequences."""

from __future__ import annotations

from typing import Literal

from checker.catalog import Column, Expr, QName, Sequence
from checker.errors import Refused
from checker.names import sequence_name
from checker.resolve.scope import Scope
from checker.sql.cursor import Cursor, Unexpected
from checker.sql.nodes import ColumnNode, ConstraintNode
from checker.sql.tokens import tokenize
from checker.sql.types import read_type
from checker.sqltype import SqlType
from checker.values import dataclass, replace

SERIALS = {"serial": "integer", "bigserial": "bigint", "smallserial": "smallint"}


@dataclass(frozen=True, slots=True)
class Built:
    """A column with the sequences that come with it and the constraints that stand in its definition."""

    column: Column
    sequences: tuple[Sequence, ...]
    constraints: tuple[ConstraintNode, ...]


def build_column(scope: Scope, table: QName, node: ColumnNode, siblings: tuple[str, ...] = ()) -> Built:
    """The column as the server makes it; `siblings` are the other columns that expressions may name."""
    name = scope.column(table, node.name)
    written = node.type or SqlType("")
    visible = (*siblings, name)
    column = Column(
        name,
        scope.type(written),
        nullable=node.nullable is not False and node.identity is None,
        default=scope.expr(node.default, visible),
        identity=node.identity,
        generated=_storage(node),
        expression=scope.expr(node.expression, visible),
        collation=node.collation,
        autoincrement=node.autoincrement,
    )
    column, sequences = _with_sequence(scope, table, column)
    column = replace(column, default=stored_default(column.default, column.type))
    constraints = tuple(replace(one, columns=one.columns or (name,), inline=True) for one in node.constraints)
    return Built(column, sequences, constraints)


def _storage(node: ColumnNode) -> Literal["stored", "virtual"] | None:
    """Where nothing is said a generated column is virtual, on SQLite and on PostgreSQL 18."""
    return "virtual" if node.generated == "unsaid" else node.generated


def _with_sequence(scope: Scope, table: QName, column: Column) -> tuple[Column, tuple[Sequence, ...]]:
    """`serial` is `integer NOT NULL DEFAULT nextval(…)`; an identity column has a sequence of its own."""
    if not scope.is_postgres:
        return column, ()
    kind = SERIALS.get(column.type.name) if column.type.schema is None else None
    if kind is None and column.identity is None:
        return column, ()
    name = QName(table.schema, sequence_name(scope.catalog, table, column.name))
    if kind is None:
        return column, (identity_sequence(name, table, column),)
    if column.default is not None:
        said = f'multiple default values specified for column "{column.name}" of table "{table.name}"'
        raise Refused("42601", said, f"{table}.{column.name}")
    base = replace(column.type, name=kind)
    sequence = Sequence(name, SqlType(kind), (table, column.name))
    return replace(column, type=base, nullable=False, default=next_value(name)), (sequence,)


def identity_sequence(name: QName, table: QName, column: Column) -> Sequence:
    """The sequence of an identity column, of the column's own type."""
    return Sequence(name, column.type.bare(), (table, column.name), identity=True)


def next_value(sequence: QName) -> Expr:
    """`nextval('s.t_a_seq'::regclass)`."""
    return Expr(f"nextval('{sequence}'::regclass)", uses=frozenset((sequence,)), volatile=True)


def stored_default(default: Expr | None, type_: SqlType) -> Expr | None:
    """The default as PostgreSQL keeps it: a bare NULL is none at all.

    But `varchar(10) DEFAULT NULL` is kept, as a cast of NULL to the type with its length (measured on 15.18).
    """
    if default is None or "null" not in default.text.lower() or type_.args:
        return default
    tokens = [token for token in tokenize(default.text, "postgres") if token.text not in ("(", ")")]
    if not tokens or tokens[0].upper != "NULL":
        return default
    if len(tokens) == 1:
        return None
    cursor = Cursor(default.text, tokens, "postgres")
    try:
        cursor.expect("NULL", "::")
        cast = read_type(cursor)
    except Unexpected:
        return default
    return None if cast.name == type_.name and not cast.args and cursor.done else default
