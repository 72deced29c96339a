"""The DDL of SQLite: loose types, constraints in any order and without commas, triggers with bodies.

What is not said in the manual is `parse.y`'s: a column needs no type, the last CONSTRAINT name before a
constraint is its name, table constraints need no commas between them.
"""

from __future__ import annotations

from collections.abc import Callable

from checker.sql.cursor import Cursor, Malformed
from checker.sql.ddl_columns import (
    ColumnDraft,
    read_attributes,
    read_references,
    read_storage,
)
from checker.sql.ddl_create import read_create_view
from checker.sql.ddl_index import read_create_index
from checker.sql.ddl_routine import read_events
from checker.sql.ddl_table import read_query
from checker.sql.ddl_utility import SQLITE_UTILITIES
from checker.sql.nodes import (
    AddColumn,
    Alter,
    AlterAction,
    ColumnNode,
    ConstraintNode,
    CreateTable,
    CreateTrigger,
    Drop,
    DropColumn,
    Node,
    ObjectKind,
    RenameColumn,
    RenameTo,
)
from checker.sql.types import read_loose_type
from checker.sql.virtual import read_virtual
from checker.values import replace

Reader = Callable[[Cursor, int], Node]


def read_sqlite(c: Cursor) -> Node | None:
    """The node of a statement that is no query and no data statement; None for those. Raises Unexpected."""
    reader = READERS.get(c.word)
    if reader is None:
        return None
    first = c.i
    c.i += 1
    return reader(c, first)


def _create(c: Cursor, first: int) -> Node:
    temporary = c.accept_any(("TEMP", "TEMPORARY")) is not None
    if c.accept("TABLE"):
        return _create_table(c, first, temporary)
    if c.accept("INDEX"):
        return read_create_index(c, first, unique=False)
    if c.accept("UNIQUE", "INDEX"):
        return read_create_index(c, first, unique=True)
    if c.accept("VIEW"):
        return read_create_view(c, first, temporary=temporary)
    if c.accept("TRIGGER"):
        return _create_trigger(c, first, temporary)
    if c.accept("VIRTUAL", "TABLE"):
        return _create_virtual(c, first)
    raise c.unexpected("a kind of object")


def _create_table(c: Cursor, first: int, temporary: bool) -> CreateTable:
    if_not_exists = c.accept("IF", "NOT", "EXISTS")
    name = c.name()
    if c.accept("AS"):
        query = read_query(c)
        return CreateTable(
            name, if_not_exists=if_not_exists, temporary=temporary, query=query, at=c.span(first)
        )
    columns, constraints = _elements(c)
    options: set[str] = set()
    while not c.done:
        options.add("STRICT" if c.accept("STRICT") else "")
        if "" in options:
            c.expect("WITHOUT", "ROWID")
            options ^= {"", "WITHOUT ROWID"}
        c.accept(",")
    return CreateTable(
        name, columns, constraints, if_not_exists=if_not_exists, temporary=temporary,
        strict="STRICT" in options, without_rowid="WITHOUT ROWID" in options, at=c.span(first),
    )  # fmt: skip


_TABLE_CONSTRAINT = frozenset(("CONSTRAINT", "PRIMARY", "UNIQUE", "FOREIGN", "CHECK"))


def _elements(c: Cursor) -> tuple[tuple[ColumnNode, ...], tuple[ConstraintNode, ...]]:
    columns: list[ColumnNode] = []
    constraints: list[ConstraintNode] = []
    c.expect("(")
    while not c.accept(")"):
        if c.word in _TABLE_CONSTRAINT:
            constraints.append(_table_constraint(c))
        elif constraints:
            raise c.unexpected("a constraint")
        else:
            columns.append(read_loose_column(c))
        if c.accept(","):
            if c.at(")"):
                raise c.unexpected("a column or a constraint")
        elif not c.at(")") and c.word not in _TABLE_CONSTRAINT:
            raise c.unexpected(")")
    return tuple(columns), tuple(constraints)


def read_loose_column(c: Cursor) -> ColumnNode:
    """`name [type] constraint …`."""
    first = c.i
    draft = ColumnDraft(c.ident())
    type_ = read_loose_type(c) if c.is_name and c.word not in ("GENERATED",) else None
    name: str | None = None
    start = c.i
    while True:
        if c.at("CONSTRAINT"):
            start = c.i
            c.i += 1
            name = c.ident()
            continue
        reader = _COLUMN.get(c.word)
        if reader is None:
            break
        start = start if name else c.i
        c.i += 1
        reader(c, draft, name, start)
        name = None
    return draft.node(type_, c.span(first))


_RESOLUTIONS = ("ROLLBACK", "ABORT", "FAIL", "IGNORE", "REPLACE")


def _on_conflict(c: Cursor) -> None:
    if c.accept("ON", "CONFLICT") and not c.accept_any(_RESOLUTIONS):
        raise c.unexpected("a way to resolve the conflict")


def _not(c: Cursor, draft: ColumnDraft, name: str | None, first: int) -> None:
    if c.accept("DEFERRABLE"):
        _deferred(c)
        return
    c.expect("NULL")
    _on_conflict(c)
    draft.nullable = False


def _deferred(c: Cursor) -> bool:
    return c.accept("INITIALLY", "DEFERRED") or (c.accept("INITIALLY", "IMMEDIATE") and False)


def _null(c: Cursor, draft: ColumnDraft, name: str | None, first: int) -> None:
    _on_conflict(c)
    draft.nullable = True


def _default(c: Cursor, draft: ColumnDraft, name: str | None, first: int) -> None:
    """A literal with its sign, a word, or an expression in parentheses."""
    start = c.i
    if c.at("("):
        c.skip_parens()
    else:
        c.accept_any(("+", "-"))
        if c.done:
            raise c.unexpected("a value")
        c.i += 1
    draft.default = c.expr(start)


def _primary(c: Cursor, draft: ColumnDraft, name: str | None, first: int) -> None:
    c.expect("KEY")
    c.accept_any(("ASC", "DESC"))
    _on_conflict(c)
    draft.autoincrement = c.accept("AUTOINCREMENT")
    draft.constraints.append(ConstraintNode("primary key", name, (draft.name,), at=c.span(first)))


def _unique(c: Cursor, draft: ColumnDraft, name: str | None, first: int) -> None:
    _on_conflict(c)
    draft.constraints.append(ConstraintNode("unique", name, (draft.name,), at=c.span(first)))


def _check(c: Cursor, draft: ColumnDraft, name: str | None, first: int) -> None:
    expression = c.expr_in_parens()
    _on_conflict(c)
    draft.constraints.append(ConstraintNode("check", name, expr=expression, at=c.span(first)))


def _references(c: Cursor, draft: ColumnDraft, name: str | None, first: int) -> None:
    draft.constraints.append(_loose_references(c, name, (draft.name,), first))


def _loose_references(c: Cursor, name: str | None, columns: tuple[str, ...], first: int) -> ConstraintNode:
    """SQLite takes MATCH with any name, before or after the actions, and ignores it."""
    node = read_references(c, name, columns, first)
    if c.accept("MATCH"):
        c.ident()
        again = read_attributes(c, node, first)
        return replace(node, deferrable=again.deferrable, initially_deferred=again.initially_deferred)
    return node


def _collate(c: Cursor, draft: ColumnDraft, name: str | None, first: int) -> None:
    draft.collation = c.ident()


def _generated(c: Cursor, draft: ColumnDraft, name: str | None, first: int) -> None:
    c.expect("ALWAYS", "AS")
    _as(c, draft, name, first)


def _as(c: Cursor, draft: ColumnDraft, name: str | None, first: int) -> None:
    """A generated column; what says nothing is VIRTUAL."""
    draft.expression = c.expr_in_parens()
    draft.generated = "stored" if read_storage(c) == "stored" else "virtual"


_COLUMN: dict[str, Callable[[Cursor, ColumnDraft, str | None, int], None]] = {
    "NOT": _not, "NULL": _null, "DEFAULT": _default, "PRIMARY": _primary, "UNIQUE": _unique, "CHECK": _check,
    "REFERENCES": _references, "COLLATE": _collate, "GENERATED": _generated, "AS": _as,
}  # fmt: skip


def _table_constraint(c: Cursor) -> ConstraintNode:
    first = c.i
    name = c.ident() if c.accept("CONSTRAINT") else None
    if c.accept("PRIMARY", "KEY"):
        node = ConstraintNode("primary key", name, c.parens(lambda: _indexed_column(c)))
    elif c.accept("UNIQUE"):
        node = ConstraintNode("unique", name, c.parens(lambda: _indexed_column(c)))
    elif c.accept("CHECK"):
        node = ConstraintNode("check", name, expr=c.expr_in_parens())
    else:
        c.expect("FOREIGN", "KEY")
        columns = c.idents()
        c.expect("REFERENCES")
        return _loose_references(c, name, columns, first)
    _on_conflict(c)
    return replace(node, at=c.span(first))


def _indexed_column(c: Cursor) -> str:
    name = c.ident()
    if c.accept("COLLATE"):
        c.ident()
    c.accept_any(("ASC", "DESC"))
    c.accept("AUTOINCREMENT")
    return name


def _create_virtual(c: Cursor, first: int) -> CreateTable:
    """The module's arguments are its own matter; of those that come with SQLite the columns are known."""
    if_not_exists = c.accept("IF", "NOT", "EXISTS")
    name = c.name()
    c.expect("USING")
    made = read_virtual(c)
    c.end()
    return CreateTable(
        name, made.columns, if_not_exists=if_not_exists, virtual=True, shadows=made.shadows, at=c.span(first)
    )


def _create_trigger(c: Cursor, first: int, temporary: bool) -> CreateTrigger:
    if_not_exists = c.accept("IF", "NOT", "EXISTS")
    name = c.name()
    timing = (
        "instead of" if c.accept("INSTEAD", "OF") else (c.accept_any(("BEFORE", "AFTER")) or "before").lower()
    )
    events, columns = read_events(c)
    c.expect("ON")
    table = c.name()
    c.skip_to(("BEGIN",))
    c.expect("BEGIN")
    start = c.i
    c.rest()
    c.i -= 1
    if not c.at("END"):
        raise c.unexpected("END")
    body = c.slice(start)
    c.i += 1
    return CreateTrigger(
        name, table, None, timing, events, columns, if_not_exists=if_not_exists, temporary=temporary, body=body,
        at=c.span(first),
    )  # fmt: skip


def _alter(c: Cursor, first: int) -> Alter:
    c.expect("TABLE")
    name = c.name()
    action = _action(c)
    c.end()
    return Alter("table", name, (action,), at=c.span(first))


def _action(c: Cursor) -> AlterAction:
    first = c.i
    if c.accept("RENAME", "TO"):
        return RenameTo(c.ident(), c.span(first))
    if c.accept("RENAME"):
        c.accept("COLUMN")
        old = c.ident()
        c.expect("TO")
        return RenameColumn(old, c.ident(), c.span(first))
    if c.accept("ADD"):
        _refuse_constraint(c)
        c.accept("COLUMN")
        return AddColumn(read_loose_column(c), at=c.span(first))
    if c.accept("DROP"):
        _refuse_constraint(c)
        c.accept("COLUMN")
        return DropColumn(c.ident(), at=c.span(first))
    if c.word in ("ALTER", "MODIFY", "CHANGE"):
        raise _malformed(c)
    raise c.unexpected("an action of ALTER TABLE")


def _refuse_constraint(c: Cursor) -> None:
    """ADD and DROP are about columns; the words that begin a constraint are no names."""
    if c.word in _TABLE_CONSTRAINT:
        raise _malformed(c)


def _malformed(c: Cursor) -> Malformed:
    """What SQLite says of other servers' ALTER TABLE; 3.53 learned some of it (its release notes)."""
    message = f'near "{c.token.text}": syntax error'
    return Malformed(message, (c.token.start, c.token.end), until=(3, 53))


_DROPPED: dict[str, ObjectKind] = {"TABLE": "table", "INDEX": "index", "VIEW": "view", "TRIGGER": "trigger"}


def _drop(c: Cursor, first: int) -> Drop:
    word = c.accept_any(_DROPPED)
    if word is None:
        raise c.unexpected("a kind of object")
    if_exists = c.accept("IF", "EXISTS")
    name = c.name()
    c.end()
    return Drop(_DROPPED[word], (name,), if_exists, at=c.span(first))


READERS: dict[str, Reader] = {**SQLITE_UTILITIES, "CREATE": _create, "ALTER": _alter, "DROP": _drop}
"""By the first word of a statement."""
