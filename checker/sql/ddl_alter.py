"""ALTER of relations on PostgreSQL: TABLE, FOREIGN TABLE, VIEW, MATERIALIZED VIEW, INDEX and SEQUENCE."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from checker.sql.cursor import Cursor
from checker.sql.ddl_columns import at_table_constraint, read_column, read_table_constraint
from checker.sql.ddl_other import read_other
from checker.sql.ddl_table import read_bounds
from checker.sql.nodes import (
    AddColumn,
    AddConstraint,
    AddIdentity,
    Alter,
    AlterAction,
    AlterColumnType,
    AlterConstraint,
    AttachPartition,
    ColumnAction,
    DetachPartition,
    DropColumn,
    DropConstraint,
    Inherit,
    ObjectKind,
    OtherAction,
    RenameColumn,
    RenameConstraint,
    RenameTo,
    SequenceOption,
    SetDefault,
    SetExpression,
    SetIdentity,
    SetSchema,
    ValidateConstraint,
)
from checker.sql.types import read_type


def read_alter_table(c: Cursor, first: int, kind: ObjectKind) -> Alter:
    """ALTER TABLE and its kin, all actions; the cursor stands behind the kind."""
    if_exists = c.accept("IF", "EXISTS")
    only = c.accept("ONLY")
    name = c.name()
    c.accept("*")
    if kind == "index" and c.at("RENAME"):
        start = c.i
        c.expect("RENAME", "TO")
        actions: tuple[AlterAction, ...] = (RenameTo(c.ident(), c.span(start)),)
    else:
        actions = c.many(lambda: read_action(c))
    c.end()
    return Alter(kind, name, actions, if_exists, only, c.span(first))


def read_action(c: Cursor) -> AlterAction:
    """One action of ALTER TABLE."""
    first = c.i
    reader = _ACTIONS.get(c.word)
    if reader is None:
        raise c.unexpected("an action of ALTER TABLE")
    c.i += 1
    return reader(c, first)


def behavior(c: Cursor) -> bool:
    """Pass CASCADE or RESTRICT; True for CASCADE."""
    return c.accept_any(("CASCADE", "RESTRICT")) == "CASCADE"


def _add(c: Cursor, first: int) -> AlterAction:
    if at_table_constraint(c):
        return AddConstraint(read_table_constraint(c), c.span(first))
    c.accept("COLUMN")
    if_not_exists = c.accept("IF", "NOT", "EXISTS")
    return AddColumn(read_column(c), if_not_exists, c.span(first))


def _drop(c: Cursor, first: int) -> AlterAction:
    if c.accept("CONSTRAINT"):
        if_exists = c.accept("IF", "EXISTS")
        return DropConstraint(c.ident(), if_exists, behavior(c), c.span(first))
    c.accept("COLUMN")
    if_exists = c.accept("IF", "EXISTS")
    return DropColumn(c.ident(), if_exists, behavior(c), c.span(first))


# ALTER COLUMN


def _alter(c: Cursor, first: int) -> AlterAction:
    if c.accept("CONSTRAINT"):
        return _alter_constraint(c, first)
    c.accept("COLUMN")
    if c.token.kind == "number":
        c.i += 1
        found = read_other(c)
        if found is None:
            raise c.unexpected("SET STATISTICS")
        return OtherAction(f"alter column {found.words}", at=c.span(first))
    column = c.ident()
    for words, reader in _COLUMN_ACTIONS:
        if c.accept(*words):
            return reader(c, column, first)
    found = read_other(c)
    if found is not None:
        return OtherAction(f"alter column {found.words}", (column,), c.span(first))
    return _identity_options(c, column, first)


def _type(c: Cursor, column: str, first: int) -> AlterAction:
    new = read_type(c)
    collation = c.name().last if c.accept("COLLATE") else None
    using = c.expr_to() if c.accept("USING") else None
    return AlterColumnType(column, new, using, collation, c.span(first))


def _set_default(c: Cursor, column: str, first: int) -> AlterAction:
    return SetDefault(column, c.expr_to(), c.span(first))


def _set_expression(c: Cursor, column: str, first: int) -> AlterAction:
    c.expect("AS")
    return SetExpression(column, c.expr_in_parens(), c.span(first))


def _identity_kind(c: Cursor) -> Literal["always", "by default"]:
    if c.accept("ALWAYS"):
        return "always"
    c.expect("BY", "DEFAULT")
    return "by default"


def _add_identity(c: Cursor, column: str, first: int) -> AlterAction:
    kind = _identity_kind(c)
    c.expect("AS", "IDENTITY")
    if c.at("("):
        c.skip_parens()
    return AddIdentity(column, kind, c.span(first))


def _identity_options(c: Cursor, column: str, first: int) -> AlterAction:
    """SET GENERATED, RESTART, and SET with an option of the sequence, any number of them."""
    kind: Literal["always", "by default"] | None = None
    start = c.i
    while not (c.done or c.at(",")):
        if c.accept("SET", "GENERATED"):
            kind = _identity_kind(c)
        elif c.at("RESTART"):
            read_sequence_option(c)
        else:
            c.expect("SET")
            read_sequence_option(c)
    if c.i == start:
        raise c.unexpected("an action of ALTER COLUMN")
    return SetIdentity(column, kind, c.span(first))


def _plain_action(action: str) -> Callable[[Cursor, str, int], AlterAction]:
    def read(c: Cursor, column: str, first: int) -> AlterAction:
        return ColumnAction(action, column, c.span(first))  # type: ignore[arg-type]

    return read


_COLUMN_ACTIONS: tuple[tuple[tuple[str, ...], Callable[[Cursor, str, int], AlterAction]], ...] = (
    (("TYPE",), _type),
    (("SET", "DATA", "TYPE"), _type),
    (("SET", "DEFAULT"), _set_default),
    (("DROP", "DEFAULT"), _plain_action("drop default")),
    (("SET", "NOT", "NULL"), _plain_action("set not null")),
    (("DROP", "NOT", "NULL"), _plain_action("drop not null")),
    (("DROP", "EXPRESSION", "IF", "EXISTS"), _plain_action("drop expression if exists")),
    (("DROP", "EXPRESSION"), _plain_action("drop expression")),
    (("DROP", "IDENTITY", "IF", "EXISTS"), _plain_action("drop identity if exists")),
    (("DROP", "IDENTITY"), _plain_action("drop identity")),
    (("SET", "EXPRESSION"), _set_expression),
    (("ADD", "GENERATED"), _add_identity),
)


def _alter_constraint(c: Cursor, first: int) -> AlterAction:
    name = c.ident()
    deferrable, deferred = False, False
    start = c.i
    while not c.done and not c.at(","):
        if c.accept("NOT", "DEFERRABLE") or c.accept("INITIALLY", "IMMEDIATE"):
            continue
        if c.accept("DEFERRABLE"):
            deferrable = True
        elif c.accept("INITIALLY", "DEFERRED"):
            deferrable = deferred = True
        elif (
            c.accept("NOT", "ENFORCED")
            or c.accept("ENFORCED")
            or c.accept("NO", "INHERIT")
            or c.accept("INHERIT")
        ):
            c.skip_to((), commas=False)
            return OtherAction("alter constraint " + c.words_between(start), (name,), c.span(first))
        else:
            raise c.unexpected("an attribute of a constraint")
    return AlterConstraint(name, deferrable, deferred, c.span(first))


def _validate(c: Cursor, first: int) -> AlterAction:
    c.expect("CONSTRAINT")
    return ValidateConstraint(c.ident(), c.span(first))


def _rename(c: Cursor, first: int) -> AlterAction:
    """`RENAME a TO b` without COLUMN renames a column, `RENAME TO b` the table."""
    if c.accept("TO"):
        return RenameTo(c.ident(), c.span(first))
    constraint = c.accept("CONSTRAINT")
    if not constraint:
        c.accept("COLUMN")
    old = c.ident()
    c.expect("TO")
    new = c.ident()
    return RenameConstraint(old, new, c.span(first)) if constraint else RenameColumn(old, new, c.span(first))


def _set(c: Cursor, first: int) -> AlterAction:
    if c.accept("SCHEMA"):
        return SetSchema(c.ident(), c.span(first))
    return other(c, first)


def _attach(c: Cursor, first: int) -> AlterAction:
    c.expect("PARTITION")
    partition = c.name()
    if not c.done:
        read_bounds(c)
    return AttachPartition(partition, c.span(first))


def _detach(c: Cursor, first: int) -> AlterAction:
    c.expect("PARTITION")
    partition = c.name()
    concurrently = c.accept("CONCURRENTLY")
    c.accept("FINALIZE")
    return DetachPartition(partition, concurrently, c.span(first))


def _inherit(c: Cursor, first: int) -> AlterAction:
    return Inherit(c.name(), at=c.span(first))


def _no(c: Cursor, first: int) -> AlterAction:
    if c.accept("INHERIT"):
        return Inherit(c.name(), no=True, at=c.span(first))
    return other(c, first)


def other(c: Cursor, first: int) -> OtherAction:
    """An action without effect on the catalog; the cursor stands behind its first word."""
    c.i = first
    found = read_other(c)
    if found is None:
        raise c.unexpected("an action")
    return found


_ACTIONS: dict[str, Callable[[Cursor, int], AlterAction]] = {
    "ADD": _add, "DROP": _drop, "ALTER": _alter, "VALIDATE": _validate, "RENAME": _rename, "SET": _set,
    "ATTACH": _attach, "DETACH": _detach, "INHERIT": _inherit, "NO": _no,
    **dict.fromkeys(
        ("RESET", "OWNER", "ENABLE", "DISABLE", "FORCE", "REPLICA", "CLUSTER", "OF", "NOT", "OPTIONS", "DEPENDS"),
        other,
    ),
}  # fmt: skip


# Sequences


def read_alter_sequence(c: Cursor, first: int) -> Alter:
    """ALTER SEQUENCE: the same actions as a table, or a list of options without commas."""
    if_exists = c.accept("IF", "EXISTS")
    name = c.name()
    if (
        c.word in ("RENAME", "OWNER")
        or c.at("SET", "SCHEMA")
        or c.at("SET", "LOGGED")
        or c.at("SET", "UNLOGGED")
    ):
        actions: tuple[AlterAction, ...] = (read_action(c),)
    else:
        actions = tuple(_sequence_options(c))
    c.end()
    return Alter("sequence", name, actions, if_exists, at=c.span(first))


def _sequence_options(c: Cursor) -> list[AlterAction]:
    found: list[AlterAction] = []
    while not c.done:
        first = c.i
        if c.accept("OWNED", "BY"):
            none = c.accept("NONE")
            found.append(SequenceOption(None if none else c.name(), none, at=c.span(first)))
        elif c.accept("AS"):
            found.append(SequenceOption(type=read_type(c), at=c.span(first)))
        else:
            found.append(OtherAction(read_sequence_option(c), at=c.span(first)))
    return found


def read_sequence_option(c: Cursor) -> str:
    """One option of a sequence without effect on the catalog; its words."""
    first = c.i
    if not (
        c.accept("NO") or c.accept_any(("RESTART", "START", "INCREMENT", "MINVALUE", "MAXVALUE", "CACHE"))
    ):
        if c.accept("CYCLE"):
            return "cycle"
        if c.accept("SEQUENCE", "NAME"):
            c.name()
            return "sequence name"
        raise c.unexpected("an option of a sequence")
    if c.words[first] == "NO":
        if not c.accept_any(("MINVALUE", "MAXVALUE", "CYCLE")):
            raise c.unexpected("MINVALUE, MAXVALUE or CYCLE")
        return c.words_between(first)
    c.accept_any(("WITH", "BY"))
    words = c.words_between(first)
    c.accept_any(("+", "-"))
    if c.token.kind == "number":
        c.i += 1
    elif c.words[first] != "RESTART":
        raise c.unexpected("a number")
    return words


def read_alter_index(c: Cursor, first: int) -> Alter:
    """ALTER INDEX: its actions are among those of a table; RENAME TO a table's too."""
    return read_alter_table(c, first, "index")
