"""SQLite's columns, constraints, indexes and triggers from the rows of its pragmas and the stored text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from checker.catalog import (
    Check,
    Column,
    Constraint,
    Expr,
    ForeignKey,
    Index,
    IndexKey,
    PrimaryKey,
    QName,
    Table,
    Trigger,
    Unique,
)  # fmt: skip
from checker.sql.nodes import ColumnNode, ConstraintNode, CreateIndex, CreateTable, CreateTrigger
from checker.sql.tokens import identifier, tokenize
from checker.sqltype import SqlType, loose_type
from checker.unnamed import named
from checker.values import replace

Row = tuple[Any, ...]
Spelling = Mapping[str, tuple[str, tuple[str, ...]]]
SCHEMA = "main"

_HIDDEN, _VIRTUAL, _STORED = 1, 2, 3


def columns_of(rows: Sequence[Row], written: CreateTable | None) -> tuple[Column, ...]:
    """Columns in their order; `rows` are those of `pragma_table_xinfo`."""
    nodes = {node.name.lower(): node for node in written.columns} if written else {}
    spelled = {row[1].lower(): row[1] for row in rows}
    return tuple(_column(row, nodes.get(row[1].lower()), spelled) for row in rows if row[6] != _HIDDEN)


def _column(row: Row, node: ColumnNode | None, spelled: Mapping[str, str]) -> Column:
    _, name, type_, not_null, default, _, hidden = row
    expression = None
    if hidden in (_VIRTUAL, _STORED):
        expression = _spelled(node.expression, spelled) if node and node.expression else Expr("")
    return Column(
        name,
        loose_type(type_) if type_ else SqlType(""),
        not not_null,
        None if default is None or default.strip("() ").upper() == "NULL" else Expr(default),
        generated={_VIRTUAL: "virtual", _STORED: "stored"}.get(hidden),  # type: ignore[arg-type]
        expression=expression,
        collation=node.collation if node else None,
        autoincrement=bool(node and node.autoincrement),
    )


def _spelled(expr: Expr, spelled: Mapping[str, str]) -> Expr:
    """The expression with its columns as the table spells them; quoted words that are none are strings."""
    columns = frozenset(spelled[column.lower()] for column in expr.columns if column.lower() in spelled)
    return Expr(expr.text, columns, expr.uses, expr.volatile)


# Constraints


def constraints_of(
    written: CreateTable | None,
    columns: Sequence[Row],
    foreign_keys: Sequence[Row],
    indexes: Sequence[tuple[Row, Sequence[Row]]],
    spelling: Spelling,
) -> tuple[Constraint, ...]:
    """The constraints as the text says them, or as far as the pragmas know them where it cannot be read."""
    if written is None:
        return named(_from_pragmas(columns, foreign_keys, indexes, spelling))
    spelled = {row[1].lower(): row[1] for row in columns}
    nodes = [
        (replace(node, inline=True), node.columns or (column.name,))
        for column in written.columns
        for node in column.constraints
    ]
    nodes += [(node, node.columns) for node in written.constraints]
    found = [
        constraint
        for node, names in nodes
        if (
            constraint := _constraint(
                node, tuple(spelled.get(n.lower(), n) for n in names), spelled, spelling
            )
        )
    ]
    return named(_without_repeated(found, indexes))


def _constraint(
    node: ConstraintNode, columns: tuple[str, ...], spelled: Mapping[str, str], spelling: Spelling
) -> Constraint | None:
    name = node.name or ""
    match node.kind:
        case "primary key":
            return PrimaryKey(name, columns)
        case "unique":
            return Unique(name, columns)
        case "foreign key" if node.target:
            target, references = _target(node.target.last, node.references, spelling)
            deferred = node.initially_deferred
            return ForeignKey(
                name, columns, target, references, node.on_delete, node.on_update, node.match,
                deferrable=node.deferrable or deferred, initially_deferred=deferred,
                implied=not node.references, inline=node.inline,
            )  # fmt: skip
        case "check" if node.expr:
            return Check(name, _spelled(node.expr, spelled), inline=node.inline)
        case _:
            return None


def _target(name: str, references: Iterable[str], spelling: Spelling) -> tuple[QName, tuple[str, ...]]:
    """The table that a foreign key means: its primary key by default; as written where there is none."""
    found, key = spelling.get(name.lower(), (name, ()))
    return QName(SCHEMA, found), tuple(references) or key


def _without_repeated(
    constraints: list[Constraint], indexes: Sequence[tuple[Row, Sequence[Row]]]
) -> Iterator[Constraint]:
    """A UNIQUE that says what another key says has no index of its own in SQLite: it is the same one.

    The primary key of a rowid table that is an INTEGER has no index, so a UNIQUE beside it counts.
    """
    has_key_index = any(row[2] == "pk" for row, _ in indexes)
    seen = {one.columns for one in constraints if isinstance(one, PrimaryKey) and has_key_index}
    for constraint in constraints:
        if isinstance(constraint, Unique):
            if constraint.columns in seen:
                continue
            seen.add(constraint.columns)
        yield constraint


def _from_pragmas(
    columns: Sequence[Row],
    foreign_keys: Sequence[Row],
    indexes: Sequence[tuple[Row, Sequence[Row]]],
    spelling: Spelling,
) -> Iterator[Constraint]:
    key = [row for row in columns if row[5]]
    if key:
        yield PrimaryKey("", tuple(row[1] for row in sorted(key, key=lambda row: int(row[5]))))
    for row, keys in indexes:
        if row[2] == "u":
            yield Unique("", tuple(key[2] for key in keys))
    by_id: dict[int, list[Row]] = {}
    for row in foreign_keys:
        by_id.setdefault(row[0], []).append(row)
    for rows in by_id.values():
        _, _, table, _, _, on_update, on_delete, _ = rows[0]
        target, references = _target(table, [row[4] for row in rows if row[4] is not None], spelling)
        columns_ = tuple(row[3] for row in rows)
        yield ForeignKey("", columns_, target, references, on_delete.lower(), on_update.lower())


# Indexes


def index_of(table: Table, row: Row, keys: Sequence[Row], written: CreateIndex | None) -> Index:
    """An index; `row` is one of `pragma_index_list`, `keys` those of `pragma_index_xinfo`."""
    name, unique, origin, _ = row
    spelled = {column.name.lower(): column.name for column in table.columns}
    columns = tuple(key[2] for key in keys)
    where = _spelled(written.where, spelled) if written and written.where else None
    return Index(
        QName(SCHEMA, name),
        table.name,
        tuple(_key(table, key, written, at, spelled) for at, key in enumerate(keys)),
        bool(unique),
        where=where,
        constraint=_owner(table, origin, columns),
    )


def _key(
    table: Table, key: Row, written: CreateIndex | None, at: int, spelled: Mapping[str, str]
) -> IndexKey:
    _, _, name, descending, collation, _ = key
    if name is None:
        expr = written.keys[at].expr if written and at < len(written.keys) else None
        named = None if collation.upper() == "BINARY" else collation
        return IndexKey(None, _spelled(expr, spelled) if expr else Expr(""), bool(descending), None, named)
    column = table.column(name)
    own = (column.collation if column else None) or "BINARY"
    return IndexKey(
        name, None, bool(descending), None, None if own.lower() == collation.lower() else collation
    )


def _owner(table: Table, origin: str, columns: tuple[str, ...]) -> str | None:
    """The constraint that an automatic index stands for."""
    kind = {"pk": PrimaryKey, "u": Unique}.get(origin)
    if kind is None:
        return None
    matching = (one.name for one in table.constraints if isinstance(one, kind) and one.columns == columns)
    return next(matching, None)


# Triggers and views


def trigger_of(name: str, sql: str, columns: Sequence[str], written: CreateTrigger | None) -> Trigger:
    """A trigger with the columns of its table that it names: in UPDATE OF, and as NEW.x or OLD.x."""
    spelled = {column.lower(): column for column in columns}
    tokens = tokenize(sql, "sqlite")
    found = {
        identifier(after, "sqlite").lower()
        for row, dot, after in zip(tokens, tokens[1:], tokens[2:], strict=False)
        if dot.text == "." and row.upper in ("NEW", "OLD") and after.kind in ("word", "quoted")
    }
    if written is None:
        return Trigger(name, columns=frozenset(spelled[one] for one in found if one in spelled))
    found |= {column.lower() for column in written.columns}
    read = frozenset(spelled[one] for one in found if one in spelled)
    return Trigger(name, None, written.events, written.timing, read)
