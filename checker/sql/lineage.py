"""What a view returns and which columns it reads, from its query and the columns of what it names.

This needs the query's structure, so it is sqlglot's parser and its qualifier that do the work; they are
imported when the first view is met. Where they give up the answer is None, and nobody may guess.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from checker.catalog import QName
from checker.sql.nodes import Name
from checker.sql.result_types import Types, relation_of, source_of, type_of
from checker.sqltype import SqlType
from checker.values import dataclass

if TYPE_CHECKING:
    from sqlglot import exp

ColumnsOf = Callable[[Name], "tuple[QName, Mapping[str, SqlType]] | None"]
"""The relation that a name means, with its columns in order and their types; None where it is not known."""


@dataclass(frozen=True, slots=True)
class Output:
    """One column that a query returns; `type` None where it could not be said."""

    name: str
    type: SqlType | None = None


@dataclass(frozen=True, slots=True)
class Lineage:
    """The columns of a query in order, and every (relation, column) that it reads anywhere."""

    outputs: tuple[Output, ...]
    reads: frozenset[tuple[QName, str]]


def lineage(query: str, dialect: str, columns_of: ColumnsOf) -> Lineage | None:
    """The lineage of a query; None where a part of it could not be traced to its column."""
    from sqlglot import parse_one
    from sqlglot.errors import SqlglotError

    try:
        tree = parse_one(query, read=dialect)
        return _traced(tree, dialect, columns_of)
    except (SqlglotError, RecursionError, AttributeError, KeyError, ValueError):
        return None


def _traced(tree: exp.Expr, dialect: str, columns_of: ColumnsOf) -> Lineage | None:
    from sqlglot.optimizer.qualify import qualify

    known: dict[str, dict[str, dict[str, str]]] = {}
    types: Types = {}
    for table in _named_tables(tree):
        found = columns_of(_name(table))
        if found is None:
            return None
        relation, columns = found
        _rename(table, relation)
        known.setdefault(relation.schema, {})[relation.name] = dict.fromkeys(columns, "text")
        types[relation] = columns
    _name_outputs(tree)
    qualified = qualify(
        tree, dialect=dialect, schema=_quoted(known), validate_qualify_columns=False,
        expand_alias_refs=False,
    )  # fmt: skip
    reads = set(_reads(qualified))
    if None in reads:
        return None
    return Lineage(tuple(_outputs(qualified, types)), frozenset(read for read in reads if read))


def _quoted(known: dict[str, dict[str, dict[str, str]]]) -> dict[str, Any]:
    """The same names, marked as exact: sqlglot would fold their case once more."""

    def exact(name: str) -> str:
        return '"' + name.replace('"', '""') + '"'

    return {
        exact(schema): {
            exact(table): {exact(column): kind for column, kind in columns.items()}
            for table, columns in tables.items()
        }
        for schema, tables in known.items()
    }


def _named_tables(tree: exp.Expr) -> Iterator[exp.Table]:
    """The relations that the query names, without those of its own WITH."""
    from sqlglot import exp
    from sqlglot.optimizer.scope import traverse_scope

    for scope in traverse_scope(tree):
        for source in scope.sources.values():
            if isinstance(source, exp.Table):
                yield source


def _name(table: exp.Table) -> Name:
    parts = (part for part in (table.args.get("db"), table.this) if part is not None)
    return Name(tuple(part.name if part.args.get("quoted") else part.name.lower() for part in parts))


def _rename(table: exp.Table, relation: QName) -> None:
    from sqlglot import exp

    if not table.alias:
        table.set("alias", exp.TableAlias(this=exp.to_identifier(_name(table).last, quoted=True)))
    table.set("db", exp.to_identifier(relation.schema, quoted=True))
    table.set("this", exp.to_identifier(relation.name, quoted=True))


def _reads(tree: exp.Expr) -> Iterator[tuple[QName, str] | None]:
    """Every column of a relation that is read; None for one that could not be traced."""
    from sqlglot.optimizer.scope import traverse_scope

    for scope in traverse_scope(tree):
        for column in scope.columns:
            source = source_of(scope, column.table)
            relation = relation_of(source)
            if source is None:
                yield None
            elif relation is not None:
                yield relation, column.name


def _outputs(tree: exp.Expr, types: Types) -> Iterator[Output]:
    from sqlglot.optimizer.scope import build_scope

    query: Any = tree
    scope = build_scope(tree)
    for selected in query.selects:
        yield Output(selected.alias_or_name, type_of(selected, scope, types))


def _name_outputs(tree: exp.Expr) -> None:
    """Give every expression of the first SELECT the name that PostgreSQL gives it (FigureColname)."""
    from sqlglot import exp

    first = tree.find(exp.Select) if not isinstance(tree, exp.Select) else tree
    for selected in first.selects if first else ():
        if not isinstance(selected, exp.Alias | exp.Column | exp.Star):
            selected.replace(exp.alias_(selected.copy(), _automatic(selected), quoted=True))


def _automatic(selected: exp.Expr) -> str:
    from sqlglot import exp

    match selected:
        case exp.Column():
            return selected.name
        case exp.Paren():
            return _automatic(selected.this)
        case exp.Cast():
            inner = _automatic(selected.this)
            return selected.to.sql("postgres").lower() if inner == "?column?" else inner
        case exp.Case():
            return "case"
        case exp.Exists():
            return "exists"
        case exp.Anonymous():
            return selected.name.lower()
        case exp.Binary() | exp.Unary() | exp.Literal():
            return "?column?"
        case exp.Func():
            return selected.sql_name().lower()
        case _:
            return "?column?"
