"""Formulas from the text of a statement: what it reads is bound to the rows that are there at that moment."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import pairwise

from checker.catalog import Column, Expr, QName, Table, View
from checker.resolve.scope import SYSTEM_SCHEMAS, Scope
from checker.rows import Formula, Fresh, Opaque, Reading, Stored, Unknown, Value, rows_of
from checker.sql.expression import expr
from checker.sql.nodes import Name
from checker.sql.query import Mention, mentions
from checker.sql.tokens import Token, has_placeholders, tokenize
from checker.values import dataclass

_FRESH = re.compile(
    r"(pg_catalog\.)?(nextval\([^()]*(\([^()]*\)[^()]*)?\)|(gen_random_uuid|uuid_generate_v[14](mc)?|uuidv[47])\(\))"
    r"(::(text|uuid|varchar|character varying|bigint|integer|int[48]?))?"
    r"|((hex|lower)\()*randomblob\(([89]|\d\d+)\)\)*",
    re.IGNORECASE,
)
"""Calls that give another value every time, and nothing done to it."""
_WHOLE_ROW = re.compile(r"\b(row_to_json|to_jsonb?|jsonb?_build_\w+)\b", re.IGNORECASE)
NULL = Formula("NULL")


def quoted(name: str) -> str:
    """A name in a formula, always in double quotes."""
    return '"' + name.replace('"', '""') + '"'


class Unfollowed(Exception):
    """The text does what nobody can foretell; the message says what."""


@lru_cache(maxsize=64)
def _read(text: str, dialect: str) -> tuple[list[Token], Expr, tuple[Mention, ...]]:
    """The rows that a statement leaves and the demands on them are made from the same few texts, one after the other."""
    tokens = tokenize(text, dialect)
    return tokens, expr(text, tokens, dialect), mentions(tokens, dialect)


@dataclass(frozen=True, slots=True)
class Reader:
    """Makes formulas from texts as a session reads them at one moment."""

    scope: Scope

    @property
    def dialect(self) -> str:
        """The dialect of the texts."""
        return self.scope.catalog.server.dialect

    def formula(self, text: str) -> Formula:
        """The text with the rows that it reads; raises Unfollowed."""
        tokens, found, mentioned = _read(text, self.dialect)
        if has_placeholders(text) or any(token.kind == "param" for token in tokens):
            raise Unfollowed("it has placeholders")
        if found.volatile:
            raise Unfollowed("it gives another value every time")
        if found.volatile is None:
            raise Unfollowed("it calls a function of the database's own")
        if self._counts_rows(tokens):
            raise Unfollowed("it reads the numbers that SQLite gives to rows")
        readings = tuple(self._readings(tokens, mentioned))
        self._refuse_opaque(readings, tokens)
        return Formula(text, found.columns, readings, self.scope.path if self.scope.is_postgres else ())

    def value(self, written: Expr, column: Column | None) -> Value:
        """What is put into a column: DEFAULT is the column's own."""
        if written.text.strip().upper() == "DEFAULT":
            return self.default(column) if column is not None else Opaque()
        if is_fresh(written.text):
            return self.fresh()
        if not written.columns and not written.uses and written.volatile is False and "(" not in written.text:
            return Formula(written.text)
        try:
            return self.formula(written.text)
        except Unfollowed:
            return Opaque()

    def default(self, column: Column) -> Value:
        """What the server puts into a column that nobody names; generated ones are computed elsewhere."""
        if column.identity or (column.default is not None and is_fresh(column.default.text)):
            return self.fresh()
        return self.value(column.default, column) if column.default is not None else NULL

    def _counts_rows(self, tokens: list[Token]) -> bool:
        """True for SQLite's rowid, once the run has changed rows: a query has none."""
        if self.scope.is_postgres or not self.scope.catalog.data:
            return False
        return any(token.kind == "word" and token.upper in ("ROWID", "_ROWID_") for token in tokens)

    def fresh(self) -> Fresh:
        """A new value of this statement's own."""
        return Fresh(sum(rows.depth for rows in self.scope.catalog.data.values()))

    def _readings(self, tokens: list[Token], mentioned: tuple[Mention, ...]) -> list[Reading]:
        found = []
        for mention in mentioned:
            name = self.scope.relation(mention.name)
            start, end = mention.name.at
            before = next((token.upper for token in reversed(tokens) if token.end <= start), "")
            match self.scope.catalog.relations.get(name):
                case Table() if before == "ONLY":
                    raise Unfollowed("it reads ONLY a part of a table")
                case Table():
                    rows = rows_of(self.scope.catalog, name)
                    if isinstance(rows, Unknown):
                        raise Unfollowed(f"it reads {name}, and {rows.why}")
                    found.append(Reading(start, end, name.name, rows, mention.aliased))
                case View() as view:
                    self._refuse_written(view)
                case _ if name.schema not in SYSTEM_SCHEMAS and not self._is_own(mention.name):
                    raise Unfollowed(f"it reads {name}")
        return found

    def _refuse_written(self, view: View) -> None:
        """A view is read where it stands: in the live database, which the run must not have changed below it."""
        below = {one.relation for one in view.reads}
        if self.scope.catalog.data or view.name in self.scope.session.born or not below:
            raise Unfollowed(f"it reads the view {view.name}")
        if not view.materialized:
            self.formula(view.text)

    def _is_own(self, name: Name) -> bool:
        """True for SQLite's own relations and functions that return rows."""
        return name.last.lower().startswith(("sqlite_", "pragma_", "json_each", "json_tree"))

    def _refuse_opaque(self, readings: tuple[Reading, ...], tokens: list[Token]) -> None:
        unknown = frozenset[str]().union(*(one.rows.opaque for one in readings))
        if not unknown:
            return
        words = {token.text.strip('"`[]') for token in tokens}
        if "*" in words or not unknown.isdisjoint(words):
            raise Unfollowed("it reads values that nobody can foretell")


def is_fresh(text: str) -> bool:
    """True for a call that gives a value which no other row has."""
    return _FRESH.fullmatch(text.strip()) is not None


def is_plain_cast(text: str, column: str) -> bool:
    """True for `column`, `column::type`, `column::text::type` and `CAST(column AS type)`, which convert one value each."""
    plain = "".join(text.replace('"', "").split()).lower()
    name = re.escape(column.replace(" ", "").lower())
    kind = r"[\w.]+(\([\d,]+\))?(\[\])*"
    written = rf"{name}|\(*{name}\)?(::text)?\)?::{kind}\)*|cast\({name}(::text)?as{kind}\)"
    return re.fullmatch(written, plain) is not None and plain.count("(") == plain.count(")")


def joined(condition: str | None, sources: str, ctes: str = "") -> str:
    """The condition of UPDATE … FROM and DELETE … USING as one on the rows of the table itself."""
    where = f" WHERE {condition}\n" if condition else ""
    return f"EXISTS ({ctes}SELECT 1 FROM {sources}\n{where})"


def picked(value: str, condition: str | None, sources: str, ctes: str = "") -> str:
    """The value of UPDATE … FROM: that of a row which the condition finds."""
    where = f" WHERE {condition}\n" if condition else ""
    return f"({ctes}SELECT {value}\n FROM {sources}\n{where} LIMIT 1)"


def alone(text: str, ctes: str) -> str:
    """An expression that may read what the WITH of its statement defines."""
    return f"({ctes}SELECT {text}\n)" if ctes else text


def materialized(text: str, tokens: list[Token]) -> str:
    """The WITH computed once: asked about each row PostgreSQL would otherwise compute it for each of them."""
    depth, places = 0, []
    for one, following in pairwise(tokens):
        depth += (one.text == "(") - (one.text == ")")
        if depth == 0 and one.upper == "AS" and following.text == "(":
            places.append(one.end)
    for place in reversed(places):
        text = f"{text[:place]} MATERIALIZED{text[place:]}"
    return text


def is_stored(rows: object, name: QName) -> bool:
    """True where these are the live rows of that table, untouched."""
    return isinstance(rows, Stored) and rows.table == name
