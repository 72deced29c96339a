"""Column definitions and constraints of PostgreSQL, as they stand in CREATE TABLE and ALTER TABLE."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from checker.catalog import Action, Expr
from checker.sql.cursor import Cursor, Malformed
from checker.sql.nodes import ColumnNode, ConstraintNode
from checker.sql.types import read_type
from checker.sqltype import SqlType
from checker.values import replace

_AFTER_DEFAULT = frozenset(
    "NOT NULL CONSTRAINT CHECK UNIQUE PRIMARY REFERENCES DEFAULT GENERATED COLLATE DEFERRABLE INITIALLY STORAGE"
    " COMPRESSION ENFORCED ON AUTOINCREMENT AS".split()
)


@dataclass(slots=True)
class ColumnDraft:
    """What is known of a column while its constraints are read, in whatever order they come."""

    name: str
    nullable: bool | None = None
    default: Expr | None = None
    identity: Literal["always", "by default"] | None = None
    generated: Literal["stored", "virtual", "unsaid"] | None = None
    expression: Expr | None = None
    collation: str | None = None
    autoincrement: bool = False
    constraints: list[ConstraintNode] = field(default_factory=list)

    def node(self, type_: SqlType | None, at: tuple[int, int]) -> ColumnNode:
        """The finished column."""
        return ColumnNode(
            self.name, type_, self.nullable, self.default, self.identity, self.generated, self.expression,
            self.collation, self.autoincrement, tuple(self.constraints), at,
        )  # fmt: skip


def read_column(c: Cursor) -> ColumnNode:
    """`name type constraint …`."""
    first = c.i
    draft = ColumnDraft(c.ident())
    type_ = read_type(c)
    read_column_constraints(c, draft)
    return draft.node(type_, c.span(first))


def read_typeless_column(c: Cursor) -> ColumnNode:
    """`name [WITH OPTIONS] constraint …`, as in PARTITION OF and OF type."""
    first = c.i
    draft = ColumnDraft(c.ident())
    c.accept("WITH", "OPTIONS")
    read_column_constraints(c, draft)
    return draft.node(None, c.span(first))


def read_column_constraints(c: Cursor, draft: ColumnDraft) -> None:
    """Every constraint up to the comma or parenthesis that ends the column."""
    while True:
        first = c.i
        name = c.ident() if c.accept("CONSTRAINT") else None
        reader = _COLUMN_CONSTRAINTS.get(c.word)
        if reader is None:
            if name is not None:
                raise c.unexpected("a constraint")
            return
        c.i += 1
        reader(c, draft, name, first)


def _not(c: Cursor, draft: ColumnDraft, name: str | None, first: int) -> None:
    """NOT NULL, and the NOT DEFERRABLE and NOT ENFORCED of the constraint before."""
    if c.accept("DEFERRABLE") or (c.at("ENFORCED") and draft.constraints):
        if c.accept("ENFORCED"):
            draft.constraints[-1] = replace(draft.constraints[-1], enforced=False)
        return
    c.expect("NULL")
    _decide(c, draft, False, first)
    no_inherit = c.accept("NO", "INHERIT")
    not_valid = c.accept("NOT", "VALID")
    if name is not None or no_inherit or not_valid:
        draft.constraints.append(
            ConstraintNode(
                "not null", name, (draft.name,), no_inherit=no_inherit, not_valid=not_valid, at=c.span(first)
            )
        )


def _null(c: Cursor, draft: ColumnDraft, name: str | None, first: int) -> None:
    _decide(c, draft, True, first)


def _decide(c: Cursor, draft: ColumnDraft, nullable: bool, first: int) -> None:
    """NULL or NOT NULL; one beside the other is refused."""
    if draft.nullable not in (None, nullable):
        raise Malformed(f'conflicting NULL/NOT NULL declarations for column "{draft.name}"', c.span(first))
    draft.nullable = nullable


def _default(c: Cursor, draft: ColumnDraft, name: str | None, first: int) -> None:
    start = c.i
    if c.accept("("):
        c.skip_to(())
        c.expect(")")
    elif c.at("NULL") or not (c.done or c.word in _AFTER_DEFAULT or c.word in (",", ")")):
        c.i += 1
    else:
        raise c.unexpected("a default")
    c.skip_to(_AFTER_DEFAULT, commas=False)
    draft.default = c.expr(start)


def _generated(c: Cursor, draft: ColumnDraft, name: str | None, first: int) -> None:
    always = c.accept("ALWAYS")
    if not always:
        c.expect("BY", "DEFAULT")
    c.expect("AS")
    if c.accept("IDENTITY"):
        draft.identity = "always" if always else "by default"
        if c.at("("):
            c.skip_parens()
        return
    draft.expression = c.expr_in_parens()
    draft.generated = read_storage(c)


def read_storage(c: Cursor) -> Literal["stored", "virtual", "unsaid"]:
    """How a generated column is kept; PostgreSQL 18 and SQLite take VIRTUAL where nothing is said."""
    if c.accept("STORED"):
        return "stored"
    return "virtual" if c.accept("VIRTUAL") else "unsaid"


def _collate(c: Cursor, draft: ColumnDraft, name: str | None, first: int) -> None:
    collation = c.name().last
    draft.collation = None if collation == "default" else collation


def _check(c: Cursor, draft: ColumnDraft, name: str | None, first: int) -> None:
    node = ConstraintNode("check", name, expr=c.expr_in_parens())
    draft.constraints.append(read_attributes(c, node, first))


def _unique(c: Cursor, draft: ColumnDraft, name: str | None, first: int) -> None:
    distinct = read_nulls(c)
    node = ConstraintNode("unique", name, (draft.name,), nulls_not_distinct=distinct)
    draft.constraints.append(read_attributes(c, read_index_options(c, node), first))


def _primary(c: Cursor, draft: ColumnDraft, name: str | None, first: int) -> None:
    c.expect("KEY")
    node = ConstraintNode("primary key", name, (draft.name,))
    draft.constraints.append(read_attributes(c, read_index_options(c, node), first))


def _references(c: Cursor, draft: ColumnDraft, name: str | None, first: int) -> None:
    draft.constraints.append(read_references(c, name, (draft.name,), first))


def _storage(c: Cursor, draft: ColumnDraft, name: str | None, first: int) -> None:
    c.label()


def _options(c: Cursor, draft: ColumnDraft, name: str | None, first: int) -> None:
    c.skip_parens()


_Reader = Callable[[Cursor, ColumnDraft, str | None, int], None]

_COLUMN_CONSTRAINTS: dict[str, _Reader] = {
    "NOT": _not, "NULL": _null, "DEFAULT": _default, "GENERATED": _generated, "COLLATE": _collate,
    "CHECK": _check, "UNIQUE": _unique, "PRIMARY": _primary, "REFERENCES": _references,
    "STORAGE": _storage, "COMPRESSION": _storage, "OPTIONS": _options,
}  # fmt: skip


# Parts that column and table constraints share


def read_nulls(c: Cursor) -> bool:
    """`NULLS NOT DISTINCT` (PostgreSQL 15), or the default said aloud."""
    if c.accept("NULLS", "NOT", "DISTINCT"):
        return True
    c.accept("NULLS", "DISTINCT")
    return False


def read_index_options(c: Cursor, node: ConstraintNode) -> ConstraintNode:
    """`INCLUDE (…) WITH (…) USING INDEX TABLESPACE …` of UNIQUE and PRIMARY KEY."""
    if c.accept("INCLUDE"):
        node = replace(node, include=c.idents())
    if c.accept("WITH"):
        c.skip_parens()
    if c.accept("USING", "INDEX", "TABLESPACE"):
        c.ident()
    return node


def read_references(c: Cursor, name: str | None, columns: tuple[str, ...], first: int) -> ConstraintNode:
    """What follows REFERENCES."""
    target = c.name()
    referred = c.idents() if c.at("(") else ()
    match: Literal["simple", "full"] = "simple"
    if c.accept("MATCH"):
        match = "full" if c.accept_any(("FULL", "SIMPLE", "PARTIAL")) == "FULL" else "simple"
    actions: dict[str, Action] = {}
    while c.at("ON"):
        event, action = _referential_action(c)
        actions[event] = action
    node = ConstraintNode(
        "foreign key", name, columns, target=target, references=referred, match=match,
        on_delete=actions.get("DELETE", "no action"), on_update=actions.get("UPDATE", "no action"),
    )  # fmt: skip
    return read_attributes(c, node, first)


_ACTIONS: tuple[tuple[tuple[str, ...], Action], ...] = (
    (("CASCADE",), "cascade"), (("RESTRICT",), "restrict"), (("NO", "ACTION"), "no action"),
    (("SET", "NULL"), "set null"), (("SET", "DEFAULT"), "set default"),
)  # fmt: skip


def _referential_action(c: Cursor) -> tuple[str, Action]:
    c.expect("ON")
    event = c.accept_any(("DELETE", "UPDATE"))
    if event is None:
        raise c.unexpected("DELETE or UPDATE")
    for words, action in _ACTIONS:
        if c.accept(*words):
            if action.startswith("set") and c.at("("):
                c.skip_parens()
            return event, action
    raise c.unexpected("an action")


def read_attributes(c: Cursor, node: ConstraintNode, first: int) -> ConstraintNode:
    """DEFERRABLE, INITIALLY, NOT VALID, NO INHERIT, [NOT] ENFORCED in any order; sets `at` as well."""
    deferrable, deferred, not_valid = False, False, False
    enforced, no_inherit = True, False
    while True:
        if c.accept("DEFERRABLE"):
            deferrable = True
        elif c.accept("NOT", "DEFERRABLE") or c.accept("INITIALLY", "IMMEDIATE") or c.accept("ENFORCED"):
            continue
        elif c.accept("INITIALLY", "DEFERRED"):
            deferrable = deferred = True
        elif c.accept("NOT", "VALID"):
            not_valid = True
        elif c.accept("NOT", "ENFORCED"):
            enforced = False
        elif c.accept("NO", "INHERIT"):
            no_inherit = True
        else:
            break
    return replace(
        node, deferrable=deferrable, initially_deferred=deferred, not_valid=not_valid, enforced=enforced,
        no_inherit=no_inherit, at=c.span(first),
    )  # fmt: skip


# Table constraints


TABLE_CONSTRAINT = frozenset(("CONSTRAINT", "PRIMARY", "UNIQUE", "FOREIGN", "CHECK", "EXCLUDE"))
"""The words that begin a table constraint, where a column may begin as well."""


def at_table_constraint(c: Cursor) -> bool:
    """True where a table constraint begins; EXCLUDE is a name as well, NOT NULL is PostgreSQL 18's."""
    if c.word == "EXCLUDE":
        return c.at("EXCLUDE", "USING") or c.at("EXCLUDE", "(")
    return c.word in TABLE_CONSTRAINT or c.at("NOT", "NULL")


def read_table_constraint(c: Cursor) -> ConstraintNode:
    """One table constraint, named or not."""
    first = c.i
    name = c.ident() if c.accept("CONSTRAINT") else None
    reader = _TABLE_CONSTRAINTS.get(c.word)
    if reader is None:
        raise c.unexpected("a constraint")
    c.i += 1
    return reader(c, name, first)


def _table_check(c: Cursor, name: str | None, first: int) -> ConstraintNode:
    return read_attributes(c, ConstraintNode("check", name, expr=c.expr_in_parens()), first)


def _table_unique(c: Cursor, name: str | None, first: int) -> ConstraintNode:
    node = ConstraintNode("unique", name, nulls_not_distinct=read_nulls(c))
    return _keyed(c, node, first)


def _table_primary(c: Cursor, name: str | None, first: int) -> ConstraintNode:
    c.expect("KEY")
    return _keyed(c, ConstraintNode("primary key", name), first)


def _keyed(c: Cursor, node: ConstraintNode, first: int) -> ConstraintNode:
    if c.accept("USING", "INDEX"):
        return read_attributes(c, replace(node, using_index=c.ident()), first)
    node = replace(node, columns=_key_columns(c))
    return read_attributes(c, read_index_options(c, node), first)


def _key_columns(c: Cursor) -> tuple[str, ...]:
    """`(a, b)`, with PostgreSQL 18's WITHOUT OVERLAPS passed over."""

    def column() -> str:
        name = c.ident()
        c.accept("WITHOUT", "OVERLAPS")
        return name

    return c.parens(column)


def _table_foreign(c: Cursor, name: str | None, first: int) -> ConstraintNode:
    c.expect("KEY")

    def column() -> str:
        c.accept("PERIOD")
        return c.ident()

    columns = c.parens(column)
    c.expect("REFERENCES")
    return read_references(c, name, columns, first)


def _table_not_null(c: Cursor, name: str | None, first: int) -> ConstraintNode:
    c.expect("NULL")
    return read_attributes(c, ConstraintNode("not null", name, (c.ident(),)), first)


def _table_exclude(c: Cursor, name: str | None, first: int) -> ConstraintNode:
    """The columns are those that stand as plain keys; `text` is the definition from EXCLUDE on."""
    start = c.i - 1
    if c.accept("USING"):
        c.ident()
    columns = tuple(filter(None, c.parens(lambda: _exclude_key(c))))
    node = read_index_options(c, ConstraintNode("exclusion", name, columns))
    if c.accept("WHERE"):
        c.skip_parens()
    return read_attributes(c, replace(node, text=c.slice(start)), first)


def _exclude_key(c: Cursor) -> str:
    plain = c.ident() if c.is_name and c.words[c.i + 1] != "(" else ""
    c.skip_to(("WITH",), commas=False)
    c.expect("WITH")
    c.skip_to((), commas=False)
    return plain


_TABLE_CONSTRAINTS: dict[str, Callable[[Cursor, str | None, int], ConstraintNode]] = {
    "CHECK": _table_check, "UNIQUE": _table_unique, "PRIMARY": _table_primary, "FOREIGN": _table_foreign,
    "EXCLUDE": _table_exclude, "NOT": _table_not_null,
}  # fmt: skip
