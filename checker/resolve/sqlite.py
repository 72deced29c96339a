"""CREATE TABLE on SQLite: loose types, made-up names, and the indexes that it makes by itself."""

from __future__ import annotations

from collections.abc import Iterator

from checker.catalog import Column, Constraint, Index, IndexKey, PrimaryKey, QName, Table, Unique
from checker.errors import DuplicateObject, Refused
from checker.resolve.columns import build_column
from checker.resolve.constraints import make_constraint
from checker.resolve.scope import Scope
from checker.sql.nodes import ConstraintNode, CreateTable
from checker.unnamed import autoindex, named
from checker.values import replace


def sqlite_table(scope: Scope, name: QName, node: CreateTable) -> Table:
    """The table with its constraints in the order of the text, the columns' own first."""
    _refuse(name, node)
    names = tuple(column.name for column in node.columns)
    built = [build_column(scope, name, column, names) for column in node.columns]
    table = Table(
        name,
        tuple(one.column for one in built),
        kind="virtual" if node.virtual else "table",
        temporary=node.temporary,
    )
    written = [*(constraint for one in built for constraint in one.constraints), *node.constraints]
    inner = scope.at(scope.catalog.put(table))
    made = [made for one in written if (made := make_constraint(inner, table, _spelled(table, one)))]
    constraints = named(_without_repeated(table, [one.constraint for one in made], node.without_rowid))
    indexes = _indexes(table, constraints, node.without_rowid)
    if node.without_rowid:
        table = replace(table, columns=_required(table.columns, constraints))
    return replace(table, constraints=constraints, indexes=indexes)


_STRICT_TYPES = frozenset(("INT", "INTEGER", "REAL", "TEXT", "BLOB", "ANY"))


def _refuse(name: QName, node: CreateTable) -> None:
    """What SQLite refuses of a definition by itself (build.c)."""
    if name.name.lower().startswith("sqlite_"):
        raise Refused("SQLITE_ERROR", f"object name reserved for internal use: {name.name}", str(name))
    seen: set[str] = set()
    for column in node.columns:
        if column.name.lower() in seen:
            full = f"{name}.{column.name}"
            raise DuplicateObject(
                "SQLITE_ERROR", f"duplicate column name: {column.name}", full, kind="column"
            )
        seen.add(column.name.lower())
        if node.strict and (column.type is None or column.type.name.upper() not in _STRICT_TYPES):
            written = f'unknown datatype for {name.name}.{column.name}: "{column.type}"'
            missing = f"missing datatype for {name.name}.{column.name}"
            raise Refused("SQLITE_ERROR", written if column.type else missing, f"{name}.{column.name}")
    every = [*(one for column in node.columns for one in column.constraints), *node.constraints]
    if node.without_rowid and all(one.kind != "primary key" for one in every):
        raise Refused("SQLITE_ERROR", f"PRIMARY KEY missing on table {name.name}", str(name))


def _spelled(table: Table, node: ConstraintNode) -> ConstraintNode:
    """The constraint with its columns as the table spells them."""
    known = {column.name.lower(): column.name for column in table.columns}
    return replace(node, columns=tuple(known.get(column.lower(), column) for column in node.columns))


def _required(columns: tuple[Column, ...], constraints: tuple[Constraint, ...]) -> tuple[Column, ...]:
    """In a WITHOUT ROWID table the columns of the primary key are NOT NULL."""
    keys = {column for one in constraints if isinstance(one, PrimaryKey) for column in one.columns}
    return tuple(replace(one, nullable=False) if one.name in keys else one for one in columns)


def _without_repeated(
    table: Table, constraints: list[Constraint], without_rowid: bool
) -> Iterator[Constraint]:
    """A UNIQUE that says what another key says is the same one, but for an INTEGER PRIMARY KEY without index."""
    seen = {
        one.columns
        for one in constraints
        if isinstance(one, PrimaryKey) and (without_rowid or not _is_rowid(table, one))
    }
    for one in constraints:
        if isinstance(one, Unique):
            if one.columns in seen:
                continue
            seen.add(one.columns)
        yield one


def _indexes(table: Table, constraints: tuple[Constraint, ...], without_rowid: bool) -> tuple[Index, ...]:
    """One index per key, in the order of the text; none for a repeated one or an INTEGER PRIMARY KEY.

    The key of a WITHOUT ROWID table is made last (`convertToWithoutRowidTable` in SQLite's build.c) where it
    is an INTEGER PRIMARY KEY.
    """
    keys = [one for one in constraints if isinstance(one, PrimaryKey | Unique)]
    rowid = [one for one in keys if _is_rowid(table, one)]
    keys = [one for one in keys if one not in rowid] + (rowid if without_rowid else [])
    indexes: list[Index] = []
    for key in keys:
        if all(index.columns != key.columns for index in indexes):
            indexes.append(_index(table.name, key, len(indexes) + 1))
    return tuple(indexes)


def _is_rowid(table: Table, key: PrimaryKey | Unique) -> bool:
    if not isinstance(key, PrimaryKey) or len(key.columns) != 1:
        return False
    column = table.column(key.columns[0])
    return column is not None and column.type.name.upper() == "INTEGER"


def _index(table: QName, key: PrimaryKey | Unique, number: int) -> Index:
    keys = tuple(IndexKey(column=column) for column in key.columns)
    return Index(autoindex(table, number), table, keys, unique=True, constraint=key.name)
