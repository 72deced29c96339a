"""ALTER of what is no relation, on PostgreSQL: TYPE, DOMAIN, SCHEMA, FUNCTION, TRIGGER, POLICY, EXTENSION …"""

from __future__ import annotations

from collections.abc import Callable

from checker.sql.cursor import Cursor
from checker.sql.ddl_alter import behavior, other
from checker.sql.ddl_columns import read_table_constraint
from checker.sql.ddl_drop import read_kind, read_signature
from checker.sql.ddl_routine import pass_routine_options
from checker.sql.nodes import (
    AddColumn,
    AddConstraint,
    AddEnumValue,
    AlterAction,
    AlterColumnType,
    AlterObject,
    ColumnAction,
    ColumnNode,
    DropColumn,
    DropConstraint,
    Name,
    Node,
    ObjectKind,
    OtherAction,
    RenameColumn,
    RenameConstraint,
    RenameEnumValue,
    RenameTo,
    SetDefault,
    SetSchema,
    Utility,
    ValidateConstraint,
)
from checker.sql.types import read_type


def read_alter_type(c: Cursor, first: int) -> Node:
    """ALTER TYPE: an enum's values, a composite's attributes, or what all objects have."""
    name = c.name()
    if c.accept("ADD", "VALUE"):
        return _add_value(c, name, first)
    if c.accept("RENAME", "VALUE"):
        label = c.string()
        c.expect("TO")
        new = c.string()
        c.end()
        return RenameEnumValue(name, label, new, c.span(first))
    if c.word in ("ADD", "DROP", "ALTER"):
        actions = c.many(lambda: _attribute_action(c))
    else:
        actions = (_type_action(c),)
    c.end()
    return AlterObject("type", name, actions, at=c.span(first))


def _add_value(c: Cursor, name: Name, first: int) -> AddEnumValue:
    if_not_exists = c.accept("IF", "NOT", "EXISTS")
    label = c.string()
    before = c.string() if c.accept("BEFORE") else None
    after = c.string() if c.accept("AFTER") else None
    c.end()
    return AddEnumValue(name, label, before, after, if_not_exists, c.span(first))


def _attribute_action(c: Cursor) -> AlterAction:
    first = c.i
    if c.accept("ADD", "ATTRIBUTE"):
        name, type_ = c.ident(), read_type(c)
        collation = c.name().last if c.accept("COLLATE") else None
        behavior(c)
        return AddColumn(ColumnNode(name, type_, collation=collation, at=c.span(first)), at=c.span(first))
    if c.accept("DROP", "ATTRIBUTE"):
        if_exists = c.accept("IF", "EXISTS")
        return DropColumn(c.ident(), if_exists, behavior(c), c.span(first))
    c.expect("ALTER", "ATTRIBUTE")
    column = c.ident()
    c.accept("SET", "DATA")
    c.expect("TYPE")
    new = read_type(c)
    collation = c.name().last if c.accept("COLLATE") else None
    behavior(c)
    return AlterColumnType(column, new, None, collation, c.span(first))


def _type_action(c: Cursor) -> AlterAction:
    first = c.i
    if not c.accept("RENAME", "ATTRIBUTE"):
        return _common(c)
    column = c.ident()
    c.expect("TO")
    new = c.ident()
    behavior(c)
    return RenameColumn(column, new, c.span(first))


def _common(c: Cursor) -> AlterAction:
    """RENAME TO, SET SCHEMA, and the rest, which the catalog does not keep."""
    first = c.i
    if c.accept("RENAME", "TO"):
        return RenameTo(c.label(), c.span(first))
    if c.accept("SET", "SCHEMA"):
        return SetSchema(c.ident(), c.span(first))
    return other(c, first)


def read_alter_domain(c: Cursor, first: int) -> AlterObject:
    """ALTER DOMAIN: one action."""
    name = c.name()
    action = _domain_action(c)
    c.end()
    return AlterObject("domain", name, (action,), at=c.span(first))


def _domain_action(c: Cursor) -> AlterAction:
    first = c.i
    if c.accept("SET", "DEFAULT"):
        return SetDefault("", c.expr_to(), c.span(first))
    if c.accept("DROP", "DEFAULT"):
        return ColumnAction("drop default", "", c.span(first))
    if c.accept("SET", "NOT", "NULL"):
        return ColumnAction("set not null", "", c.span(first))
    if c.accept("DROP", "NOT", "NULL"):
        return ColumnAction("drop not null", "", c.span(first))
    if c.accept("ADD"):
        return AddConstraint(read_table_constraint(c), c.span(first))
    if c.accept("DROP", "CONSTRAINT"):
        if_exists = c.accept("IF", "EXISTS")
        return DropConstraint(c.ident(), if_exists, behavior(c), c.span(first))
    if c.accept("VALIDATE", "CONSTRAINT"):
        return ValidateConstraint(c.ident(), c.span(first))
    if c.accept("RENAME", "CONSTRAINT"):
        old = c.ident()
        c.expect("TO")
        return RenameConstraint(old, c.ident(), c.span(first))
    return _common(c)


def _routine(c: Cursor, kind: ObjectKind, first: int) -> AlterObject:
    signature = read_signature(c)
    start = c.i
    if c.word in ("RENAME", "OWNER", "DEPENDS", "NO") or c.at("SET", "SCHEMA"):
        action = _common(c)
        c.end()
    else:
        pass_routine_options(c)
        action = OtherAction("alter", at=c.span(start))
    return AlterObject(kind, signature.name, (action,), arguments=signature.arguments, at=c.span(first))


def _on_table(c: Cursor, kind: ObjectKind, first: int) -> AlterObject:
    """ALTER TRIGGER, POLICY and RULE … ON table."""
    if_exists = c.accept("IF", "EXISTS")
    name = c.name()
    c.expect("ON")
    table = c.name()
    start = c.i
    action: AlterAction
    if kind != "policy" or c.at("RENAME"):
        action = _common(c)
    else:
        c.rest()
        action = OtherAction("alter", at=c.span(start))
    return AlterObject(kind, name, (action,), if_exists, table, at=c.span(first))


def _plain(c: Cursor, kind: ObjectKind, first: int) -> AlterObject:
    if_exists = kind == "statistics" and c.accept("IF", "EXISTS")
    name = c.name()
    action = _common(c)
    c.end()
    return AlterObject(kind, name, (action,), if_exists, at=c.span(first))


def _extension(c: Cursor, kind: ObjectKind, first: int) -> AlterObject:
    """UPDATE, ADD and DROP member carry no more than their words."""
    name = c.name()
    start = c.i
    if c.word not in ("UPDATE", "ADD", "DROP"):
        action = _common(c)
    else:
        word = c.word.lower()
        c.rest()
        action = OtherAction(word, at=c.span(start))
    return AlterObject(kind, name, (action,), at=c.span(first))


_READERS: dict[ObjectKind, Callable[[Cursor, ObjectKind, int], AlterObject]] = {
    "schema": _plain, "function": _routine, "procedure": _routine, "routine": _routine, "aggregate": _routine,
    "trigger": _on_table, "policy": _on_table, "rule": _on_table, "extension": _extension,
    "collation": _plain, "conversion": _plain, "statistics": _plain,
}  # fmt: skip


def read_alter_object(c: Cursor, first: int) -> Node:
    """What follows ALTER, for every kind that has no reader of its own."""
    if c.accept("TYPE"):
        return read_alter_type(c, first)
    if c.accept("DOMAIN"):
        return read_alter_domain(c, first)
    start = c.i
    for words in (("DEFAULT", "PRIVILEGES"), ("SYSTEM",), ("LARGE", "OBJECT")):
        if c.accept(*words):
            c.rest()
            return Utility("alter " + " ".join(words).lower(), at=c.span(first))
    kind = read_kind(c)
    if kind is None or c.done:
        raise c.unexpected("a kind of object")
    reader = _READERS.get(kind)
    if reader is not None:
        return reader(c, kind, first)
    head = c.words_between(start)
    c.rest()
    return Utility(f"alter {head}", at=c.span(first))
