"""The first name in a statement on rows that means nothing: a relation, a column, or what stands before its dot.

It goes through the statement in the order in which the server does (`transformStmt` in its analyze.c): WITH, FROM,
the conditions of its joins, then what is selected, then the rest. Nothing is said to be missing where a name
could still be found: of a function's result, of a relation whose columns nobody knows, of an output without
a sure name. sqlglot's parser gives the structure; what it cannot read has no answer.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import field
from typing import TYPE_CHECKING, Any

from checker.sql.nodes import Name
from checker.sql.query import WORDS
from checker.sql.results import Known, Level, LookUp, Resolved, Result, Results, Source, Unresolved
from checker.sql.tokens import identifier, tokenize
from checker.values import dataclass, replace

if TYPE_CHECKING:
    from sqlglot import exp

_IS_DATA = re.compile(r"[\s(]*(SELECT|INSERT|UPDATE|DELETE|WITH|VALUES|TABLE|REPLACE)\b", re.IGNORECASE)
_UNICODE = re.compile(r"\b[uU]&[\"']")
"""The beginning of a name or string with escapes, which sqlglot takes for a column u."""
_SEQUENCE_CALLS = frozenset(("nextval", "currval", "setval"))
_NO_COLUMN = WORDS | frozenset(
    ("ROWID", "_ROWID_", "OID", "CTID", "XMIN", "XMAX", "CMIN", "CMAX", "TABLEOID")
)
_PASSED_OVER = frozenset(("with_", "from_", "joins", "laterals", "expressions", "locks", "into", "alias"))


def resolve_names(text: str, dialect: str, look_up: LookUp) -> Resolved:
    """The answer on one INSERT, UPDATE, DELETE or query."""
    from sqlglot import parse_one
    from sqlglot.errors import SqlglotError

    if not _IS_DATA.match(text) or _UNICODE.search(text):
        return Resolved()
    walk = _Walk(text, dialect, look_up)
    try:
        results = walk.statement(parse_one(text, read=dialect))
    except _Found as found:
        return Resolved(found.unresolved)
    except (SqlglotError, RecursionError):
        return Resolved()
    return Resolved(results=results)


class _Found(Exception):
    """The walk is over."""

    def __init__(self, unresolved: Unresolved) -> None:
        super().__init__(unresolved.name)
        self.unresolved = unresolved


@dataclass(frozen=True, slots=True)
class _Walk:
    text: str
    dialect: str
    look_up: LookUp
    ctes: dict[str, Results] = field(default_factory=dict)

    @property
    def is_postgres(self) -> bool:
        return self.dialect == "postgres"

    def name_of(self, node: Any) -> str:
        """An identifier as it is compared: SQLite has no regard for case, PostgreSQL cuts."""
        if not self.is_postgres:
            return str(node.name).lower()
        text = str(node.name if node.args.get("quoted") else node.name.lower())
        return text if len(text) < 64 else text.encode()[:63].decode(errors="ignore")

    # Statements

    def statement(self, tree: exp.Expr) -> Results:
        """Go through it; what it returns, or an INSERT gets."""
        from sqlglot import exp

        match tree:
            case exp.Insert():
                return self.insert(tree)
            case exp.Update():
                self.update(tree)
            case exp.Delete():
                self.delete(tree)
            case exp.Query():
                return self.query(tree, None)
        return None

    def insert(self, tree: exp.Insert) -> Results:
        from sqlglot import exp

        walk = self.with_queries(tree, None)
        written = tree.this.this if isinstance(tree.this, exp.Schema) else tree.this
        level = walk.level_of(written)
        query = tree.args.get("expression")
        results = walk.query(query, None) if isinstance(query, exp.Query) else None
        if level.sources:
            level.sources.append(replace(level.sources[0], alias="excluded"))
        conflict = tree.args.get("conflict")
        for one in conflict.expressions if conflict else ():
            walk.check(one.expression if isinstance(one, exp.EQ) else one, level)
        return results

    def update(self, tree: exp.Update) -> None:
        walk = self.with_queries(tree, None)
        level = walk.level_of(tree.this)
        found = tree.args.get("from_")
        if found is not None:
            walk.source(found.this, level)
        walk.check(tree.args.get("where"), level)
        walk.check(tree.args.get("returning"), level)
        for assigned in tree.expressions:
            walk.check(assigned.expression, level)

    def delete(self, tree: exp.Delete) -> None:
        walk = self.with_queries(tree, None)
        level = walk.level_of(tree.this)
        for source in tree.args.get("using") or ():
            walk.source(source, level)
        walk.check(tree.args.get("where"), level)
        walk.check(tree.args.get("returning"), level)

    def level_of(self, target: Any) -> Level:
        """The table that is written, as the first source; that it is missing is said elsewhere."""
        known = self.look_up.relation(self.written(target))
        if known.missing and self.look_up.targets:
            raise _Found(Unresolved("relation", known.relation.name, known.relation))
        return Level(sources=[Source(self.alias_of(target), self.columns_of(known), known.relation)])

    def columns_of(self, known: Known) -> Results:
        """The columns of a relation as results."""
        if known.columns is None:
            return None
        fold = str if self.is_postgres else str.lower
        return tuple(Result(fold(name), name, (known.relation, name)) for name in known.columns)

    # Queries

    def query(self, node: Any, outer: Level | None) -> Results:
        """The columns that a query returns."""
        from sqlglot import exp

        walk = self.with_queries(node, outer)
        match node:
            case exp.Subquery():
                return walk.query(node.this, outer)
            case exp.SetOperation():
                first = walk.query(node.left, outer)
                walk.query(node.right, outer)
                return first
            case exp.Select():
                return walk.select(node, outer)
            case exp.Values():
                walk.check(node, outer or Level())
                return None
            case _:
                walk.statement(node)
                return None

    def with_queries(self, node: Any, outer: Level | None) -> _Walk:
        """The walk with the names that WITH gives."""
        found = node.args.get("with_")
        if found is None:
            return self
        walk = replace(self, ctes=dict(self.ctes))
        for one in found.expressions:
            name = self.name_of(one.args["alias"].this)
            if found.args.get("recursive"):
                walk.ctes[name] = None
            columns = walk.query(one.this, outer)
            walk.ctes[name] = self.renamed(one, columns)
        return walk

    def renamed(self, node: Any, results: Results) -> Results:
        """The columns under the names of `AS alias (a, b)`."""
        alias = node.args.get("alias")
        written = alias.args.get("columns") or () if alias is not None else ()
        if results is None or not written:
            return results
        named = (
            replace(result, name=self.name_of(name), spelled=str(name.name))
            for result, name in zip(results, written, strict=False)
        )
        return (*named, *results[len(written) :])

    def select(self, node: exp.Select, outer: Level | None) -> Results:
        level = Level(outer)
        found = node.args.get("from_")
        if found is not None:
            self.source(found.this, level)
        self.joined(node, level)
        results: list[Result] = []
        sure = True
        for selected in node.expressions:
            self.check(selected, level)
            columns = self.selected(selected, level, bool(node.args.get("joins")))
            sure = sure and columns is not None
            results += columns or ()
        outputs = frozenset(one.name for one in results if one.name is not None)
        for key, value in node.args.items():
            if key not in _PASSED_OVER:
                strict = self.is_postgres and key == "where"
                self.check(value, level if strict else replace(level, outputs=outputs))
        return tuple(results) if sure else None

    def selected(self, node: Any, level: Level, joins: bool) -> Results:
        """The columns that one selected expression stands for; a name that the server makes up is not sure."""
        from sqlglot import exp

        match node:
            case exp.Alias():
                inner = self.result(node.this, level)
                return (replace(inner, name=self.name_of(node.args["alias"]), spelled=node.alias),)
            case exp.Column(this=exp.Star()):
                alias = self.name_of(node.args["table"])
                return next((source.results for source in level.sources if source.alias == alias), None)
            case exp.Star() if joins or len(level.sources) != 1 or any(node.args.values()):
                return None  # USING and NATURAL make one column of two
            case exp.Star():
                return level.sources[0].results
            case _:
                return (self.result(node, level),)

    def result(self, node: Any, level: Level) -> Result:
        from sqlglot import exp

        match node:
            case exp.Paren():
                return replace(self.result(node.this, level), name=None, spelled="")
            case exp.Cast():
                return Result(None, cast=node.to.sql(self.dialect))
            case exp.Column():
                name, table = self.name_of(node.this), node.args.get("table")
                found = level.result(name, self.name_of(table) if table is not None else None)
                return replace(found, name=name) if found else Result(name, str(node.this.name))
            case _:
                return Result(None)

    # Sources

    def source(self, node: Any, level: Level) -> None:
        from sqlglot import exp

        match node:
            case exp.Table(this=exp.Identifier()):
                level.sources.append(self.table(node))
            case exp.Subquery() if isinstance(node.unnest(), exp.Table):
                alias = self.alias_of(node)
                self.source(node.this, Level(level.outer) if alias else level)
                level.sources += [Source(alias, None)] if alias else []
            case exp.Subquery():
                columns = self.renamed(node, self.query(node.this, level.outer))
                level.sources.append(Source(self.alias_of(node), columns))
            case exp.Lateral(this=exp.Subquery()):
                columns = self.renamed(node, self.query(node.this, level))
                level.sources.append(Source(self.alias_of(node), columns))
            case _:
                called = [
                    value for key, value in node.args.items() if key not in _PASSED_OVER - {"expressions"}
                ]
                self.check(called, level)
                level.sources.append(Source(self.alias_of(node), None))
        self.joined(node, level)

    def joined(self, node: Any, level: Level) -> None:
        for join in node.args.get("joins") or ():
            self.source(join.this, level)
            self.check(join.args.get("on"), level)
        for lateral in node.args.get("laterals") or ():
            self.source(lateral, level)

    def table(self, node: exp.Table) -> Source:
        name, alias = self.written(node), self.alias_of(node)
        if len(name.parts) == 1 and self.name_of(node.this) in self.ctes:
            return Source(alias, self.renamed(node, self.ctes[self.name_of(node.this)]))
        known = self.look_up.relation(name)
        if known.missing:
            raise _Found(Unresolved("relation", name.last, known.relation))
        return Source(alias, self.renamed(node, self.columns_of(known)), known.relation)

    def written(self, node: Any) -> Name:
        parts = [part for part in (node.args.get("db"), node.this) if part is not None]
        fold = self.name_of if self.is_postgres else lambda part: str(part.name)
        return Name(tuple(fold(part) for part in parts))

    def alias_of(self, node: Any) -> str:
        alias = node.args.get("alias")
        if alias is not None and alias.this is not None:
            return self.name_of(alias.this)
        from sqlglot import exp

        return self.name_of(node.this) if isinstance(node.this, exp.Identifier) else ""

    # Expressions

    def check(self, node: Any, level: Level) -> None:
        """Every column in an expression, from left to right; a query in it sees the sources around it."""
        from sqlglot import exp

        waiting: list[Any] = [node]
        while waiting:
            one = waiting.pop()
            match one:
                case exp.Query():
                    self.query(one, level)
                case exp.Column():
                    self.column(one, level)
                case exp.Is(expression=exp.Column()) if self.is_postgres:
                    waiting.append(one.this)  # IS NORMALIZED: no column stands behind PostgreSQL's IS
                case exp.Anonymous() if one.name.lower() in _SEQUENCE_CALLS and self.is_postgres:
                    self.named_in(one.expressions[:1])
                    waiting.extend(reversed(one.expressions))
                case exp.Cast() if isinstance(one.to, exp.ObjectIdentifier) and one.to.name == "REGCLASS":
                    self.named_in([one.this])
                    waiting.append(one.this)
                case exp.Kwarg() | exp.PropertyEQ():
                    waiting.append(one.expression)
                case exp.Collate():
                    waiting.append(one.this)
                case exp.DataType():
                    self.type(one)
                case exp.Expr():
                    waiting.extend(reversed(list(_children(one))))
                case list():
                    waiting.extend(reversed(one))

    def named_in(self, arguments: list[Any]) -> None:
        """A relation whose name stands in a string, as `nextval` and `regclass` take it."""
        from sqlglot import exp

        for one in arguments:
            if isinstance(one, exp.Literal) and one.is_string:
                tokens = tokenize(one.name, self.dialect)
                parts = tuple(
                    identifier(each, self.dialect) for each in tokens if each.kind in ("word", "quoted")
                )
                known = self.look_up.relation(Name(parts)) if parts else None
                if known is not None and known.missing:
                    raise _Found(Unresolved("regclass", one.name, known.relation))

    def type(self, node: exp.DataType) -> None:
        """A type of the user's, also as the element of an array."""
        from sqlglot import exp

        kind = node.args.get("kind")
        if node.expressions and isinstance(node.expressions[0], exp.DataType):
            self.type(node.expressions[0])
        elif self.is_postgres and isinstance(kind, exp.Identifier | exp.Dot):
            parts = [kind] if isinstance(kind, exp.Identifier) else [kind.this, kind.expression]
            name = Name(tuple(self.name_of(part) for part in parts))
            if self.look_up.is_missing_type(name):
                raise _Found(Unresolved("type", ".".join(name.parts)))

    def column(self, node: exp.Column, level: Level) -> None:
        from sqlglot import exp

        written, table = node.this, node.args.get("table")
        if not isinstance(written, exp.Identifier) or node.args.get("db") is not None:
            return
        quoted = written.args.get("quoted")
        if not quoted and written.name.upper() in _NO_COLUMN:
            return
        if quoted and not self.is_postgres and f'"{written.name}"' in self.text:
            return  # SQLite takes a word in double quotes that is no column for a string
        if table is not None:
            self.qualified(self.name_of(table), self.name_of(written), level)
        else:
            self.bare(self.name_of(written), level)

    def bare(self, name: str, level: Level) -> None:
        if name in self.look_up.free:
            return
        for one in level.up():
            if name in one.outputs:
                return
            if any(source.may_have(name) or source.alias == name for source in one.sources):
                return
        relation = level.sources[0].relation if len(level.sources) == 1 else None
        raise _Found(Unresolved("column", name, relation))

    def qualified(self, table: str, name: str, level: Level) -> None:
        """`t.c`, where `c` may be a function of the row as well."""
        if table in self.look_up.free:
            return
        for one in level.up():
            for source in one.sources:
                if source.alias == table:
                    if source.may_have(name) or name in self.look_up.functions:
                        return
                    raise _Found(Unresolved("column", f"{table}.{name}", source.relation))
            if any(not source.alias for source in one.sources):
                return
        raise _Found(Unresolved("source", table))


def _children(node: Any) -> Iterable[Any]:
    for value in node.args.values():
        if isinstance(value, list):
            yield from value
        else:
            yield value
