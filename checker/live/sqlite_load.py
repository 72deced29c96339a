"""From `sqlite_schema` and the pragmas to the catalog's values.

The pragmas say which columns, indexes and foreign keys there are; names of constraints, CHECKs and
expressions stand only in the stored CREATE statements, which our own grammar reads. Where it cannot, what
the pragmas know is kept and the rest goes to `not_checked`.

As SQLite itself does, a primary key is no NOT NULL: only `nullable` of a WITHOUT ROWID table's key is
False. What SQLite keeps for itself (`sqlite_sequence`, `sqlite_stat1`) is left out.
"""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from checker.catalog import (
    Catalog,
    Column,
    Index,
    QName,
    Relation,
    Relations,
    Server,
    Table,
    Trigger,
    Unloaded,
    View,
)
from checker.finding import NotChecked
from checker.live.port import LiveCatalog
from checker.live.sqlite_build import columns_of, constraints_of, index_of, trigger_of
from checker.sql.nodes import CreateIndex, CreateTable, CreateTrigger, CreateView, Node, Unreadable
from checker.sql.read import read_tokens
from checker.sql.tokens import tokenize
from checker.sql.view_text import reads_of
from checker.sqltype import SqlType

Row = tuple[Any, ...]
SCHEMA = "main"

_SCHEMA = "SELECT type, name, tbl_name, rootpage, sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite\\_stat%' ESCAPE '\\'"
# Without its schema a name is looked for among the temporary tables first
_STORED = "(SELECT name FROM sqlite_schema WHERE type = 'table' AND rootpage <> 0) t"
_COLUMNS = f"SELECT t.name, x.* FROM {_STORED}, pragma_table_xinfo(t.name, 'main') x"
_INDEXES = (
    'SELECT t.name, x.name, x."unique", x.origin, x.partial'
    f" FROM {_STORED}, pragma_index_list(t.name, 'main') x"
)
_KEYS = (
    f"SELECT i.name, x.* FROM {_STORED}, pragma_index_list(t.name, 'main') i, pragma_index_xinfo(i.name, 'main') x"
    " WHERE x.key ORDER BY x.seqno"
)
_FOREIGN_KEYS = (
    f"SELECT t.name, x.* FROM {_STORED}, pragma_foreign_key_list(t.name, 'main') x ORDER BY x.id DESC, x.seq"
)


@dataclass
class Stored:
    """What the file holds, by the name of the table or index that it belongs to."""

    objects: list[Row]
    columns: dict[str, list[Row]] = field(default_factory=dict)
    indexes: dict[str, list[Row]] = field(default_factory=dict)
    keys: dict[str, list[Row]] = field(default_factory=dict)
    foreign_keys: dict[str, list[Row]] = field(default_factory=dict)
    rows: dict[str, int] = field(default_factory=dict)
    nodes: dict[str, Node] = field(default_factory=dict)
    problems: list[NotChecked] = field(default_factory=list)


def load(connection: sqlite3.Connection, server: Server) -> LiveCatalog:
    """The catalog as this transaction sees it."""
    stored = _fetch(connection)
    triggers = _triggers(stored)
    relations: dict[QName, Relation] = {}
    shadows = _shadows(stored)
    for kind, name, _, root, _ in stored.objects:
        if name in shadows:
            relations[QName(SCHEMA, name)] = Unloaded(QName(SCHEMA, name), "table")
        elif kind == "table" and not name.startswith("sqlite_"):
            table = _table(stored, name, virtual=not root, triggers=triggers.get(name.lower(), ()))
            relations[table.name] = table
            relations.update((index.name, index) for index in table.indexes)
    for kind, name, _, _, sql in stored.objects:
        if kind == "view":
            relations[QName(SCHEMA, name)] = _view(
                stored, relations, name, sql, triggers.get(name.lower(), ())
            )
    catalog = Catalog(server, frozenset((SCHEMA,)), Relations(relations), search_path=(SCHEMA,))
    return LiveCatalog(catalog, tuple(stored.problems))


def _shadows(stored: Stored) -> frozenset[str]:
    """The tables that stand behind virtual ones: they occupy their names, and are nobody else's business."""
    return frozenset(
        f"{name}_{end}"
        for kind, name, _, root, _ in stored.objects
        if kind == "table" and not root and isinstance(node := stored.nodes.get(f"table {name}"), CreateTable)
        for end in node.shadows
    )


def _fetch(connection: sqlite3.Connection) -> Stored:
    def grouped(query: str) -> dict[str, list[Row]]:
        groups: dict[str, list[Row]] = defaultdict(list)
        for name, *row in connection.execute(query):
            groups[name].append(tuple(row))
        return groups

    stored = Stored(connection.execute(_SCHEMA).fetchall(), grouped(_COLUMNS), grouped(_INDEXES))
    stored.keys, stored.foreign_keys = grouped(_KEYS), grouped(_FOREIGN_KEYS)
    stored.rows = _estimates(connection)
    for kind, name, _, root, sql in stored.objects:
        if kind == "view" or (kind == "table" and not root):
            stored.columns[name] = _columns_of_one(connection, stored, kind, name)
        if sql:
            stored.nodes[f"{kind} {name}"] = _read(stored, kind, name, sql)
    return stored


def _columns_of_one(connection: sqlite3.Connection, stored: Stored, kind: str, name: str) -> list[Row]:
    """The columns of a view or virtual table: one that is broken must not spoil the others."""
    try:
        return connection.execute("SELECT * FROM pragma_table_xinfo(?, 'main')", (name,)).fetchall()
    except sqlite3.OperationalError as problem:
        stored.problems.append(NotChecked(f"the columns of the {kind} {name}", str(problem)))
        return []


def _estimates(connection: sqlite3.Connection) -> dict[str, int]:
    """Rows per table as ANALYZE counted them; `stat` begins with that number."""
    try:
        found = connection.execute("SELECT tbl, stat FROM sqlite_stat1 WHERE stat IS NOT NULL").fetchall()
    except sqlite3.OperationalError:
        return {}
    counts: dict[str, int] = {}
    for table, stat in found:
        count = str(stat).split(" ")[0]
        if count.isdigit():
            # an index with a predicate counts fewer rows than the table has
            counts[table] = max(int(count), counts.get(table, 0))
    return counts


def _read(stored: Stored, kind: str, name: str, sql: str) -> Node:
    node = read_tokens(sql, tokenize(sql, "sqlite"), "sqlite", (0, len(sql)))
    if isinstance(node, Unreadable):
        what = "names of constraints, checks and expressions" if kind == "table" else "definition"
        stored.problems.append(NotChecked(f"the {what} of the {kind} {name}", node.reason))
    return node


def _table(stored: Stored, name: str, *, virtual: bool, triggers: tuple[Trigger, ...]) -> Table:
    qname = QName(SCHEMA, name)
    node = stored.nodes.get(f"table {name}")
    written = node if isinstance(node, CreateTable) else None
    columns = columns_of(stored.columns.get(name, []), written)
    constraints = constraints_of(
        written, stored.columns.get(name, []), stored.foreign_keys.get(name, []),
        [(row, stored.keys.get(row[0], [])) for row in stored.indexes.get(name, [])], _spelling(stored),
    )  # fmt: skip
    bare = Table(qname, columns, constraints, kind="virtual" if virtual else "table")
    indexes = tuple(_indexes(stored, bare))
    return Table(
        qname, columns, constraints, indexes, triggers, kind=bare.kind, rows=stored.rows.get(name)
    )  # fmt: skip


def _spelling(stored: Stored) -> dict[str, tuple[str, tuple[str, ...]]]:
    """Each table by its name in lower case: as it is spelled, and the columns of its primary key."""
    return {
        name.lower(): (name, tuple(row[1] for row in sorted(rows, key=lambda row: int(row[5])) if row[5]))
        for name, rows in stored.columns.items()
    }


def _indexes(stored: Stored, table: Table) -> Iterator[Index]:
    for row in sorted(stored.indexes.get(table.name.name, []), key=lambda row: str(row[0])):
        node = stored.nodes.get(f"index {row[0]}")
        written = node if isinstance(node, CreateIndex) else None
        yield index_of(table, row, stored.keys.get(row[0], []), written)


def _triggers(stored: Stored) -> dict[str, tuple[Trigger, ...]]:
    """Triggers by the name of their table in lower case."""
    found: dict[str, tuple[Trigger, ...]] = defaultdict(tuple)
    columns = {name.lower(): [row[1] for row in rows] for name, rows in stored.columns.items()}
    for kind, name, table, _, sql in stored.objects:
        if kind == "trigger":
            node = stored.nodes.get(f"trigger {name}")
            written = node if isinstance(node, CreateTrigger) else None
            found[table.lower()] += (trigger_of(name, sql, columns.get(table.lower(), []), written),)
    return {table: tuple(sorted(each, key=lambda one: one.name)) for table, each in found.items()}


def _view(
    stored: Stored, relations: dict[QName, Relation], name: str, sql: str, triggers: tuple[Trigger, ...]
) -> View:
    node = stored.nodes.get(f"view {name}")
    query = node.query if isinstance(node, CreateView) else None
    known = {one.lower(): (one, [row[1] for row in rows]) for one, rows in stored.columns.items()}
    reads = reads_of(query.text if query else sql, query.uses if query else frozenset(), known)
    columns = tuple(Column(row[1], SqlType("")) for row in stored.columns.get(name, []))
    return View(QName(SCHEMA, name), columns, reads, triggers=triggers, text=query.text if query else sql)
