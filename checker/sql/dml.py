"""INSERT, UPDATE, DELETE, MERGE, COPY and queries: which rows of which table a statement touches.

Read from the tokens, with expressions kept as source slices, so that an INSERT of five megabytes and
ten thousand nested parentheses cost what their tokens cost.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, TypeAlias

from checker.catalog import Expr
from checker.sql.cursor import Cursor, Malformed
from checker.sql.expression import expr
from checker.sql.nodes import At, Block, CreateTable, Delete, Insert, Name, Node, Query, SetSetting, Update
from checker.sql.query import references
from checker.sql.tokens import Token, literal
from checker.values import replace

_STARTS = frozenset(("SELECT", "INSERT", "UPDATE", "DELETE", "MERGE", "VALUES", "REPLACE", "TABLE", "("))
_CHANGES = frozenset(("INSERT", "UPDATE", "DELETE", "MERGE", "REPLACE"))
_Tolerates: TypeAlias = Literal["nothing", "update", "replace"]
_CLAUSES = frozenset(("FROM", "WHERE", "RETURNING", "ORDER", "LIMIT"))
_NO_ALIAS = frozenset(
    ("SET", "USING", "WHERE", "RETURNING", "DEFAULT", "VALUES", "SELECT", "OVERRIDING", "ON", "FROM", "WITH")
)


def read_dml(source: str, tokens: list[Token], dialect: str) -> Node | None:
    """The node of a data statement or query; None where the statement is no such thing.

    Offsets of the tokens are offsets in `source`. Raises Unexpected where the statement does not go on as
    the grammar says. WITH whose queries change rows gives a Block: those changes first, then the statement.
    """
    node = _statement(Cursor(source, tokens, dialect)) if tokens else None
    if node is None:
        return None
    text = source[tokens[0].start : tokens[-1].end]
    return _with_text(node, text)


def _refuse_glued(c: Cursor) -> None:
    """Another statement behind this one, without a semicolon between: TABLE is a reserved word everywhere."""
    if "TABLE" not in c.words:
        return
    depth = 0
    for before, token in zip(c.tokens, c.tokens[1:], strict=False):
        depth += (before.text == "(") - (before.text == ")")
        if token.upper == "TABLE" and not depth and before.upper in ("ALTER", "CREATE", "DROP", "TRUNCATE"):
            near = f'syntax error at or near "{before.text}"'
            message = near if c.dialect == "postgres" else f'near "{before.text}": syntax error'
            raise Malformed(message, (before.start, token.end))


def _with_text(node: Node, text: str) -> Node:
    """The node with the text in which its names can be looked up; the rows of VALUES hold none."""
    match node:
        case Block(parts=(*changes, last)):
            return replace(node, parts=(*changes, _with_text(last, text)))
        case Query() | Update() | Delete() | Insert(query=Expr()):
            return replace(node, text=text)
        case _:
            return node


def _statement(c: Cursor) -> Node | None:
    if c.word in _READERS or c.word == "WITH":
        _refuse_glued(c)
    first, changes = c.i, _with(c) if c.word == "WITH" else []
    ctes = c.query(first) if c.i > first else None
    read = _READERS.get(c.word)
    if read is None:
        return None
    node = read(c)
    if ctes is not None and isinstance(node, Insert | Update | Delete):
        node = replace(node, ctes=ctes)
    return Block((*changes, node), node.at) if changes else node


def _at(c: Cursor) -> At:
    return (c.tokens[0].start, c.tokens[-1].start)


def _with(c: Cursor) -> list[Node]:
    """Pass WITH; what its queries change."""
    changes: list[Node] = []
    c.expect("WITH")
    if not c.at("RECURSIVE", "AS"):  # a query may be called so
        c.accept("RECURSIVE")
    while not c.done:
        c.ident()
        if c.at("("):
            c.skip_parens()
        c.expect("AS")
        c.accept("NOT")
        c.accept("MATERIALIZED")
        first = c.i + 1
        c.skip_parens()
        if c.words[first] in _CHANGES:
            inner = _statement(Cursor(c.source, c.tokens[first : c.i - 1], c.dialect))
            changes.extend([inner] if inner else [])
        _search_and_cycle(c)
        c.skip_to(_STARTS, commas=False)
        if not c.accept(","):
            break
    return changes


def _search_and_cycle(c: Cursor) -> None:
    """Pass `SEARCH DEPTH FIRST BY a, b SET c` and `CYCLE a, b SET c [TO v DEFAULT w] USING p`: their commas too."""
    if c.accept("SEARCH"):
        c.skip_to(("SET",))
        c.expect("SET")
        c.ident()
    if c.accept("CYCLE"):
        c.skip_to(("USING",))
        c.expect("USING")
        c.ident()


def _reads(c: Cursor, own: Name | None = None) -> tuple[Name, ...]:
    """The relations that the statement names, but for its own table at its first mention."""
    found = references(c.tokens[:-1], c.dialect).relations
    return tuple(name for name in found if own is None or name.parts != own.parts)


def _target(c: Cursor) -> tuple[Name, str | None]:
    """`[ONLY] name [*] [[AS] alias]`, also with the name in parentheses behind ONLY; the name and the alias."""
    c.accept("ONLY")
    inside = c.accept("(")
    name = c.name()
    if inside:
        c.expect(")")
    c.accept("*")
    if c.accept("AS") or (c.is_name and c.word not in _NO_ALIAS):
        return name, c.ident()
    return name, None


def _conflict_action(c: Cursor) -> str:
    """SQLite's `OR IGNORE`: the word behind OR, "" where there is none."""
    if not c.accept("OR"):
        return ""
    c.i += 1
    return c.words[c.i - 1]


# INSERT


def _insert(c: Cursor) -> Insert:
    resolution = "REPLACE" if c.accept("REPLACE") else ""
    if not resolution:
        c.expect("INSERT")
        resolution = _conflict_action(c)
    c.expect("INTO")
    table = c.name()
    if c.accept("AS") or (c.is_name and c.word not in _NO_ALIAS):
        c.ident()
    columns = _column_list(c)
    overriding = _overriding(c)
    rows, query = None, None
    default_values = c.accept("DEFAULT", "VALUES")
    if not default_values:
        first = c.i
        rows = _rows(c) if c.accept("VALUES") else None
        if rows is None:
            c.i = first
            query = _query_to_conflict(c)
    target, constraint, tolerates = _on_conflict(c)
    if resolution and target is None:
        target, tolerates = None, _TOLERATES.get(resolution)
    _returning(c)
    return Insert(
        table,
        columns,
        rows,
        default_values,
        query,
        target,
        constraint,
        overriding,
        tolerates=tolerates,
        at=_at(c),
    )


_TOLERATES: dict[str, _Tolerates] = {"IGNORE": "nothing", "REPLACE": "replace"}


def _column_list(c: Cursor) -> tuple[str, ...] | None:
    if not c.at("(") or c.words[c.i + 1] in ("SELECT", "WITH", "VALUES", "("):
        return None
    return c.parens(lambda: _column(c))


def _column(c: Cursor) -> str:
    """A column, its field or its element: `a`, `a.b`, `a[1]`; the column's name."""
    name = c.ident()
    c.skip_to(("=",), commas=False)
    return name


def _overriding(c: Cursor) -> Literal["system", "user"] | None:
    if not c.accept("OVERRIDING"):
        return None
    system = c.accept("SYSTEM")
    if not system:
        c.expect("USER")
    c.expect("VALUE")
    return "system" if system else "user"


def _rows(c: Cursor) -> tuple[tuple[Expr, ...], ...] | None:
    """The rows of VALUES; None where they are only the first part of a query."""
    rows = []
    known: dict[str, Expr] = {}
    while True:
        rows.append(_row(c, known))
        if not c.accept(","):
            break
    return tuple(rows) if c.done or c.word in ("ON", "RETURNING") else None


def _row(c: Cursor, known: dict[str, Expr]) -> tuple[Expr, ...]:
    """One row. The same literal is read once in a statement: large INSERTs consist of them."""
    c.expect("(")
    values = []
    while True:
        token, after = c.token, c.words[c.i + 1]
        if token.upper == "" and after in (",", ")") and token.kind in ("string", "number"):
            c.i += 1
            value = known.get(token.text) or known.setdefault(token.text, Expr(token.text, volatile=False))
        else:
            value = c.expr_to()
        values.append(value)
        if not c.accept(","):
            break
    c.expect(")")
    return tuple(values)


def _query_to_conflict(c: Cursor) -> Expr:
    first = c.i
    if c.word not in ("SELECT", "WITH", "VALUES", "TABLE", "("):
        raise c.unexpected("VALUES or a query")
    while not c.done:
        c.skip_to(("ON", "RETURNING"))
        if c.at("ON") and not c.at("ON", "CONFLICT"):
            c.i += 1
        else:
            break
    query = c.query(first)
    outer = {name.parts[-2:] for name in _reads(c)}
    uses = (used for used in query.uses if outer & {(used.name,), tuple(used)})
    return replace(query, uses=frozenset(uses))


def _on_conflict(c: Cursor) -> tuple[tuple[str, ...] | None, str | None, _Tolerates | None]:
    """The columns, the constraint and the action of ON CONFLICT; an expression among them leaves the target open."""
    if not c.accept("ON", "CONFLICT"):
        return None, None, None
    columns: tuple[str, ...] = ()
    constraint = None
    if c.accept("ON", "CONSTRAINT"):
        constraint = c.ident()
    elif c.at("("):
        keys = c.parens(lambda: _conflict_key(c))
        columns = tuple(key for key in keys if key) if all(keys) else ()
    first = c.i
    c.skip_to(("RETURNING",))
    nothing = "NOTHING" in c.words[first : c.i]
    return columns, constraint, "nothing" if nothing else "update"


def _conflict_key(c: Cursor) -> str | None:
    simple = c.is_name and c.words[c.i + 1] in (",", ")", "COLLATE")
    name = c.ident() if simple else None
    c.skip_to((), commas=False)
    return name


def _returning(c: Cursor) -> None:
    if c.accept("RETURNING"):
        c.rest()
    c.end()


# UPDATE and DELETE


def _update(c: Cursor) -> Update:
    c.expect("UPDATE")
    tolerant = bool(_conflict_action(c))
    table, alias = _target(c)
    c.expect("SET")
    sets = _sets(c)
    sources = _sources(c, "FROM")
    where = _where(c)
    limited = c.word in ("ORDER", "LIMIT")
    c.rest()
    return Update(
        table, sets, where, _reads(c, table), alias, sources, tolerant=tolerant, limited=limited, at=_at(c)
    )


def _sources(c: Cursor, word: str) -> Expr | None:
    """The text behind FROM or USING; the cursor stands at WHERE or what else follows."""
    if not c.accept(word):
        c.skip_to(("WHERE", "RETURNING"))
        return None
    first = c.i
    c.skip_to(("WHERE", "RETURNING", "ORDER", "LIMIT"))
    return Expr(c.slice(first))


def _sets(c: Cursor) -> tuple[tuple[str, Expr], ...]:
    return tuple(pair for pairs in c.many(lambda: _assignment(c)) for pair in pairs)


def _assignment(c: Cursor) -> list[tuple[str, Expr]]:
    """`a = x`, or `(a, b) = (x, y)` and `(a, b) = (SELECT …)`, where every column gets the whole."""
    if not c.at("("):
        column = _column(c)
        c.expect("=")
        return [(column, c.expr_to(_CLAUSES))]
    columns = c.parens(lambda: _column(c))
    c.expect("=")
    first = c.i
    whole = c.expr_to(_CLAUSES)
    after, c.i = c.i, first
    c.accept("ROW")
    values = () if c.words[c.i + 1] in ("SELECT", "WITH") or not c.at("(") else c.parens(c.expr_to)
    c.i = after
    return list(zip(columns, values if len(values) == len(columns) else [whole] * len(columns), strict=True))


def _where(c: Cursor) -> Expr | None:
    if not c.accept("WHERE"):
        return None
    first = c.i
    c.skip_to(("RETURNING", "ORDER", "LIMIT"))
    return c.expr(first)


def _delete(c: Cursor) -> Delete:
    c.expect("DELETE", "FROM")
    table, alias = _target(c)
    sources = _sources(c, "USING")
    where = _where(c)
    limited = c.word in ("ORDER", "LIMIT")
    c.rest()
    return Delete(table, where, _reads(c, table), alias, sources, limited=limited, at=_at(c))


# MERGE and COPY


def _merge(c: Cursor) -> Block:
    """MERGE as the changes that it may make; the condition of each is what joins the rows."""
    c.expect("MERGE", "INTO")
    table, _ = _target(c)
    reads = _reads(c, table)
    c.expect("USING")
    c.skip_to(("ON",))
    c.expect("ON")
    clauses = [i for i in range(c.i, len(c.words) - 2) if _begins_clause(c, i)]
    ends = [*clauses[1:], len(c.tokens) - 1]
    if not clauses:
        raise c.unexpected("WHEN MATCHED")
    condition = expr(c.source, c.tokens[c.i : clauses[0]], c.dialect)
    parts = []
    for first, end in zip(clauses, ends, strict=True):
        clause = Cursor(c.source, c.tokens[first:end], c.dialect)
        change = _merged(clause, table, condition, reads, _at(c))
        parts.extend([change] if change else [])
    return Block(tuple(parts), at=_at(c))


def _begins_clause(c: Cursor, i: int) -> bool:
    return c.words[i] == "WHEN" and "MATCHED" in (c.words[i + 1], c.words[i + 2])


def _merged(c: Cursor, table: Name, condition: Expr, reads: tuple[Name, ...], at: At) -> Node | None:
    """One WHEN … THEN of MERGE; None for DO NOTHING."""
    c.skip_to(("THEN",))
    c.expect("THEN")
    if c.accept("UPDATE", "SET"):
        return Update(table, _sets(c), condition, reads, limited=True, at=at)
    if c.accept("DELETE"):
        return Delete(table, condition, reads, limited=True, at=at)
    if not c.accept("INSERT"):
        return None
    columns, overriding = _column_list(c), _overriding(c)
    if c.accept("DEFAULT", "VALUES"):
        return Insert(table, columns, default_values=True, limited=True, at=at)
    c.expect("VALUES")
    return Insert(table, columns, (_row(c, {}),), overriding=overriding, limited=True, at=at)


def _copy(c: Cursor) -> Insert | Query:
    c.expect("COPY")
    if c.at("("):
        c.rest()
        return Query(_reads(c), at=_at(c))
    table = c.name()
    columns = c.idents() if c.at("(") else None
    if c.accept("TO"):
        return Query((table,), at=_at(c))
    c.expect("FROM")
    return Insert(table, columns, copy=True, at=_at(c))


# Queries


def _query(c: Cursor) -> Query | CreateTable | SetSetting:
    first = c.i
    return _set_config(c, first) or _select_into(c, first) or _plain(c)


def _plain(c: Cursor) -> Query:
    found = references(c.tokens[:-1], c.dialect)
    return Query(found.relations, found.calls, at=_at(c))


def _set_config(c: Cursor, first: int) -> SetSetting | None:
    """`SELECT pg_catalog.set_config('search_path', '', false)`, as every pg_dump has it."""
    c.accept("SELECT")
    c.accept("PG_CATALOG", ".")
    arguments = c.tokens[c.i + 2 : c.i + 7 : 2]
    is_call = c.at("SET_CONFIG", "(") and c.words[c.i + 7 : c.i + 9] == [")", ""]
    c.i = first
    if not is_call or [token.kind for token in arguments] != ["string", "string", "word"]:
        return None
    name, value = literal(arguments[0]).lower(), literal(arguments[1])
    values = tuple(part.strip() for part in value.split(",")) if name == "search_path" else (value,)
    return SetSetting(name, values, local=arguments[2].upper == "TRUE", at=_at(c))


def _select_into(c: Cursor, first: int) -> CreateTable | None:
    """`SELECT … INTO t FROM …`: the words of CREATE TABLE AS."""
    c.skip_to(("INTO", "FROM"))
    if c.dialect == "sqlite" or not c.accept("INTO"):
        c.i = first
        return None
    temporary = bool(c.accept_any(("TEMP", "TEMPORARY")))
    c.accept("UNLOGGED")
    c.accept("TABLE")
    name = c.name()
    c.rest()
    return CreateTable(name, query=c.query(first), temporary=temporary, at=_at(c))


_READERS: dict[str, Callable[[Cursor], Node]] = {
    **dict.fromkeys(("INSERT", "REPLACE"), _insert),
    **dict.fromkeys(("SELECT", "VALUES", "TABLE", "("), _query),
    "UPDATE": _update,
    "DELETE": _delete,
    "MERGE": _merge,
    "COPY": _copy,
}
