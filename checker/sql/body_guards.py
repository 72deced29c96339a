"""Guards that a catalog can decide: `IF NOT EXISTS (SELECT … FROM pg_type WHERE typname = 'x')`.

Each row says what a column of a system view identifies. A condition that names anything else, compares
otherwise than by `=`, or joins with OR cannot be decided and is None.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, NamedTuple

from checker.sql.cursor import Cursor, Unexpected
from checker.sql.nodes import Exists
from checker.sql.tokens import Token, identifier, tokenize

Role = Literal["name", "parent", "schema", "label", "ignore"]
Kind = Literal[
    "relation",
    "column",
    "constraint",
    "type",
    "enum label",
    "index",
    "schema",
    "extension",
    "function",
    "trigger",
    "policy",
    "role",
]


class _View(NamedTuple):
    """One system view: what a row of it is, and what its columns say of that."""

    kind: Kind
    roles: Mapping[str, Role]


def _view(kind: Kind, name: str = "", parent: str = "", schema: str = "", ignore: str = "") -> _View:
    roles: dict[str, Role] = {}
    roles.update(dict.fromkeys(ignore.split(), "ignore"))
    roles.update(dict.fromkeys(schema.split(), "schema"))
    roles.update(dict.fromkeys(parent.split(), "parent"))
    roles.update(dict.fromkeys(name.split(), "name"))
    return _View(kind, roles)


_INFORMATION_SCHEMA = {
    "tables": _view("relation", "table_name", "", "table_schema", "table_type table_catalog"),
    "views": _view("relation", "table_name", "", "table_schema", "table_catalog"),
    "sequences": _view("relation", "sequence_name", "", "sequence_schema", "sequence_catalog"),
    "columns": _view("column", "column_name", "table_name", "table_schema", "table_catalog"),
    "schemata": _view("schema", "schema_name", ignore="catalog_name"),
    "routines": _view("function", "routine_name", "", "routine_schema specific_schema", "routine_type"),
    "triggers": _view(
        "trigger",
        "trigger_name",
        "event_object_table",
        "event_object_schema trigger_schema",
        "event_manipulation",
    ),
    "table_constraints": _view(
        "constraint", "constraint_name", "table_name", "table_schema constraint_schema", "constraint_type"
    ),
    "key_column_usage": _view(
        "constraint", "constraint_name", "table_name", "table_schema constraint_schema"
    ),
    "constraint_column_usage": _view(
        "constraint", "constraint_name", "", "constraint_schema", "table_name table_schema"
    ),
    "referential_constraints": _view("constraint", "constraint_name", "", "constraint_schema"),
    "check_constraints": _view("constraint", "constraint_name", "", "constraint_schema"),
}

_CATALOG = {
    "pg_enum": _view("enum label", "enumlabel", "enumtypid typname", "nspname typnamespace"),
    "pg_constraint": _view("constraint", "conname", "conrelid relname", "connamespace nspname", "contype"),
    "pg_attribute": _view(
        "column", "attname", "attrelid relname", "nspname relnamespace", "attisdropped attnum relkind"
    ),
    "pg_trigger": _view("trigger", "tgname", "tgrelid relname", "nspname relnamespace", "tgisinternal"),
    "pg_policy": _view("policy", "polname", "polrelid relname", "nspname relnamespace"),
    "pg_policies": _view("policy", "policyname", "tablename", "schemaname"),
    "pg_index": _view(
        "index", "relname indexrelid", "indrelid", "nspname relnamespace", "relkind indisvalid"
    ),
    "pg_indexes": _view("index", "indexname", "tablename", "schemaname"),
    "pg_type": _view("type", "typname", "", "typnamespace nspname", "typtype typcategory"),
    "pg_proc": _view("function", "proname", "", "pronamespace nspname", "prokind"),
    "pg_class": _view("relation", "relname oid", "", "relnamespace nspname", "relkind"),
    "pg_tables": _view("relation", "tablename", "", "schemaname"),
    "pg_views": _view("relation", "viewname", "", "schemaname"),
    "pg_matviews": _view("relation", "matviewname", "", "schemaname"),
    "pg_sequences": _view("relation", "sequencename", "", "schemaname"),
    "pg_extension": _view("extension", "extname", "", "nspname"),
    "pg_namespace": _view("schema", "nspname"),
    "pg_roles": _view("role", "rolname", ignore="rolcanlogin"),
    "pg_authid": _view("role", "rolname", ignore="rolcanlogin"),
    "pg_user": _view("role", "usename"),
    "pg_group": _view("role", "groname"),
}
"""The views in the order in which a join of several is about the first of them."""

_FUNCTIONS: dict[str, Kind] = {
    "TO_REGCLASS": "relation",
    "TO_REGTYPE": "type",
    "TO_REGNAMESPACE": "schema",
    "TO_REGROLE": "role",
}
_REG_CASTS = frozenset(("REGCLASS", "REGTYPE", "REGNAMESPACE", "REGPROC"))


def read_condition(source: str, tokens: list[Token], dialect: str) -> tuple[Exists, ...] | None:
    """The guards that all have to hold; None where the condition cannot be decided from a catalog."""
    c = Cursor(source, tokens, dialect)
    try:
        found = _all(c)
        c.end()
    except (Unexpected, IndexError):
        return None
    return found


def _all(c: Cursor) -> tuple[Exists, ...]:
    found = list(_one(c))
    while c.accept("AND"):
        found.extend(_one(c))
    return tuple(found)


def _one(c: Cursor) -> tuple[Exists, ...]:
    negated = c.accept("NOT")
    if c.at("(", "SELECT", "COUNT"):
        counted = _counted(c)
        return _negate(c, counted) if negated else counted
    if c.at("("):
        c.i += 1
        inner = _all(c)
        c.expect(")")
        return _negate(c, inner) if negated else inner
    if c.word in _FUNCTIONS or c.at("PG_CATALOG", "."):
        return (_by_function(c, negated),)
    c.expect("EXISTS")
    c.expect("(")
    guard = _select(c)
    c.expect(")")
    if c.accept("="):
        negated ^= not _boolean(c)
    elif c.accept("IS"):
        negated ^= c.accept("NOT")
        negated ^= not _boolean(c)
    return (_flip(guard) if negated else guard,)


def _counted(c: Cursor) -> tuple[Exists, ...]:
    """`(SELECT count(*) = 2 FROM … WHERE name IN ('a', 'b'))`: all that are named exist, or the only one does not."""
    c.expect("(", "SELECT", "COUNT", "(", "*", ")")
    wanted = _number(c) if c.accept("=") else None
    facts = _facts(c)
    c.expect(")")
    if wanted is None:
        c.expect("=")
        wanted = _number(c)
    found = tuple(_exists(c, facts, name) for name in facts.any_of or (facts.found.get("name"),))
    if wanted == 0 and len(found) == 1:
        return (_flip(found[0]),)
    if wanted != len(found):
        raise c.unexpected("the number of the names")
    return found


def _number(c: Cursor) -> int:
    token = c.token
    if not token.text.isdigit():
        raise c.unexpected("a number")
    c.i += 1
    return int(token.text)


def _boolean(c: Cursor) -> bool:
    word = c.accept_any(("TRUE", "FALSE"))
    if word is None:
        raise c.unexpected("TRUE or FALSE")
    return word == "TRUE"


def _negate(c: Cursor, guards: tuple[Exists, ...]) -> tuple[Exists, ...]:
    """NOT of one guard; NOT of several is an OR."""
    if len(guards) != 1:
        raise c.unexpected("one guard")
    return (_flip(guards[0]),)


def _flip(guard: Exists) -> Exists:
    return Exists(guard.kind, guard.names, guard.schema, not guard.negated)


def _by_function(c: Cursor, negated: bool) -> Exists:
    """`to_regclass('public.users') IS [NOT] NULL`."""
    c.accept("PG_CATALOG", ".")
    kind = _FUNCTIONS[c.accept_any(_FUNCTIONS) or ""]
    c.expect("(")
    parts = _names_in(c, c.string())
    c.accept("::")
    c.accept_any(("TEXT", "CSTRING"))
    c.expect(")")
    c.expect("IS")
    exists = c.accept("NOT")
    c.expect("NULL")
    return _guard(kind, parts, exists == negated)


def _guard(kind: Kind, parts: tuple[str, ...], negated: bool) -> Exists:
    return Exists(kind, parts[-1:], parts[-2] if len(parts) > 1 else None, negated)


def _names_in(c: Cursor, text: str) -> tuple[str, ...]:
    """The parts of a name as `regclass` reads it from a string."""
    inner = tokenize(text, c.dialect)
    parts = tuple(identifier(token, c.dialect) for token in inner if token.kind in ("word", "quoted"))
    if not parts or any(token.upper not in (".", "") for token in inner if token.kind == "op"):
        raise c.unexpected("a name")
    return parts


# SELECT … FROM catalog WHERE …


class _Facts:
    """What a query about the catalog compares: roles by name, gathered from WHERE and ON."""

    def __init__(self, view: _View) -> None:
        self.view = view
        self.found: dict[Role, str] = {}
        self.any_of: tuple[str, ...] = ()

    def note(self, c: Cursor, column: str, parts: tuple[str, ...]) -> None:
        """One comparison; a parent may bring its schema along (`conrelid = 's.t'::regclass`)."""
        role = self.view.roles.get(column)
        if role is None or (role in self.found and self.found[role] != parts[-1]):
            raise c.unexpected("a comparison that identifies an object")
        if role == "ignore":
            return
        self.found[role] = parts[-1]
        if len(parts) > 1 and role != "schema":
            self.found["schema"] = parts[-2]


def _select(c: Cursor) -> Exists:
    c.expect("SELECT")
    c.skip_to(("FROM",))
    facts = _facts(c)
    if len(facts.any_of) > 1:
        raise c.unexpected("one name")
    return _exists(c, facts, facts.found.get("name") or next(iter(facts.any_of), None))


def _facts(c: Cursor) -> _Facts:
    """What FROM and WHERE say, up to the end of the query."""
    c.expect("FROM")
    start = c.i
    views = _views(c)
    facts = _Facts(next(view for name, view in _KNOWN.items() if name in views))
    c.i = start
    while not (c.done or c.at(")")):
        if c.accept("ON") or c.accept("WHERE") or c.accept("AND"):
            _comparison(c, facts)
        elif c.accept("LIMIT"):
            c.i += 1
        else:
            _pass_source(c)
    return facts


_KNOWN: dict[str, _View] = {**_CATALOG, **_INFORMATION_SCHEMA}


def _views(c: Cursor) -> set[str]:
    """The views that FROM and JOIN name; another relation makes the guard one about data."""
    found: set[str] = set()
    while True:
        schema = c.accept_any(("INFORMATION_SCHEMA", "PG_CATALOG"))
        if schema:
            c.expect(".")
        name = c.label()
        known = _INFORMATION_SCHEMA if schema == "INFORMATION_SCHEMA" else _CATALOG
        if name not in known:
            raise c.unexpected("a view of the catalog")
        found.add(name)
        c.skip_to(("JOIN", "WHERE", "LIMIT"), commas=False)
        if not c.accept("JOIN") and not c.accept(","):
            return found


def _pass_source(c: Cursor) -> None:
    if not c.accept_any((",", "JOIN", "INNER", "AS", ".")):
        c.label()


def _comparison(c: Cursor, facts: _Facts) -> None:
    """`column = value`, `a.x = b.y`, and the tests that change nothing (`NOT attisdropped`)."""
    if c.accept("("):
        _comparison(c, facts)
        while c.accept("AND"):
            _comparison(c, facts)
        c.expect(")")
        return
    negated = c.accept("NOT")
    column = _column(c)
    if not negated and c.at("IN", "(") and facts.view.roles.get(column) == "name" and not facts.any_of:
        c.i += 1
        facts.any_of = c.parens(c.string)
    elif negated or c.word in ("AND", ")", "LIMIT", "WHERE", "JOIN") or c.word in ("IN", ">", "IS"):
        _ignorable(c, column, facts)
    elif c.accept("="):
        _equals(c, column, facts)
    else:
        raise c.unexpected("=")


def _column(c: Cursor) -> str:
    name = c.label()
    while c.accept("."):
        name = c.label()
    if c.accept("::"):
        c.label()
    return name


def _ignorable(c: Cursor, column: str, facts: _Facts) -> None:
    if facts.view.roles.get(column) != "ignore":
        raise c.unexpected("a comparison that identifies an object")
    if c.accept("IN"):
        c.skip_parens()
    elif c.accept(">"):
        c.i += 1
    elif c.accept("IS"):
        c.accept("NOT")
        c.i += 1


_SESSION = frozenset(("CURRENT_SCHEMA", "CURRENT_DATABASE", "CURRENT_CATALOG"))


def _equals(c: Cursor, column: str, facts: _Facts) -> None:
    if c.accept_any(_SESSION):
        if c.accept("("):
            c.expect(")")
        return
    if c.is_string:
        facts.note(c, column, _literal(c, column))
    elif c.accept("("):
        facts.note(c, column, _subselect(c))
    elif c.token.kind == "number" or c.word in ("TRUE", "FALSE"):
        c.i += 1
        facts.note(c, column, ("",))
    else:
        other = _column(c)
        if not column.endswith(_KEYS) or not other.endswith(_KEYS):
            raise c.unexpected("a value")


_KEYS = ("oid", "relid", "typid", "namespace", "_name", "_schema", "name")
"""How the columns end by which the views are joined."""


def _literal(c: Cursor, column: str) -> tuple[str, ...]:
    """A string, with the cast that says how it is read."""
    text = c.string()
    if not c.accept("::"):
        return (text,)
    c.accept("PG_CATALOG", ".")
    cast = c.word
    c.label()
    return _names_in(c, text) if cast in _REG_CASTS else (text,)


def _subselect(c: Cursor) -> tuple[str, ...]:
    """`(SELECT oid FROM pg_class WHERE relname = 'x')`: the object that it identifies."""
    guard = _select(c)
    c.expect(")")
    return (*filter(None, (guard.schema,)), guard.names[-1])


def _exists(c: Cursor, facts: _Facts, name: str | None) -> Exists:
    view, found = facts.view, facts.found
    if name is None or (view.kind in ("column", "enum label") and "parent" not in found):
        raise c.unexpected("the name of an object")
    parent = found.get("parent")
    names = (name,) if parent is None else (parent, name)
    return Exists(view.kind, names, found.get("schema"))
