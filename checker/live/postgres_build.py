"""Relations from their rows: columns, constraints, indexes, triggers, policies, views, sequences."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from operator import itemgetter
from typing import Any

from checker.catalog import (
    Check,
    Column,
    Constraint,
    Exclusion,
    Expr,
    ForeignKey,
    Index,
    IndexKey,
    NotNull,
    Policy,
    PrimaryKey,
    QName,
    Relation,
    Sequence,
    Table,
    Trigger,
    Unique,
    View,
    ViewColumn,
)  # fmt: skip
from checker.live import postgres_sql as sql
from checker.live.postgres_names import Names
from checker.live.postgres_rows import ByRelation, Parts, Row
from checker.live.postgres_types import Rows, TypeNames

BLOCK = 8192
_ACTIONS: dict[str, Any] = {
    "a": "no action", "r": "restrict", "c": "cascade", "n": "set null", "d": "set default",
}  # fmt: skip
_TABLE_KINDS: dict[str, Any] = {"r": "table", "p": "partitioned", "f": "foreign"}
_IDENTITY: dict[str, Any] = {"a": "always", "d": "by default", "": None}
_GENERATED: dict[str, Any] = {"s": "stored", "v": "virtual", "": None}
# pg_trigger.tgtype, bits of catalog/pg_trigger.h
_EVENTS = ((4, "insert"), (8, "delete"), (16, "update"), (32, "truncate"))
_DEFAULT_COLLATION = 100
_WORD = re.compile(r"'(?:[^']|'')*'|\"((?:[^\"]|\"\")*)\"|([^\W\d][\w$]*)")

_NUMBER, _NAME = itemgetter(1), itemgetter(2)

Reference = tuple[int, int, int]


class Build:
    """Values from `Parts`. Asks once, when it is made, for everything that the rows point at."""

    def __init__(
        self, rows: Rows, version: tuple[int, ...], parts: Parts, names: Names, types: TypeNames
    ) -> None:
        self._rows, self._version, self._parts = rows, version, parts
        self._names, self._types = names, types
        self._learn_names()
        types.want((row[3], -1) for row in parts.sequences)
        self._collations: dict[int, str] = {}
        self._columns: dict[Row, Column] = {}
        self._keys: dict[Row, IndexKey] = {}
        self._vectors: dict[str, tuple[int, ...]] = {}
        self.want_columns(parts.columns)
        self._opclasses: dict[int, str] = dict(rows(sql.OPERATOR_CLASSES, {})) if parts.indexes else {}
        self._references = self._ask_references()

    # What the rows point at

    def _learn_names(self) -> None:
        names, parts = self._names, self._parts
        for row in parts.relations:
            names.relations[row[0]] = names.qname(row[1], row[2])
            names.columns[row[0]] = {}
        for oid, columns in parts.columns.items():
            names.columns[oid] = {row[1]: row[2] for row in columns}
        for row in parts.sequences:
            names.relations[row[0]] = names.qname(row[1], row[2])
            names.columns.setdefault(row[0], {})
        names.want(row[8] for rows in parts.constraints.values() for row in rows if row[8])
        names.want(row[1] for rows in parts.parents.values() for row in rows)
        names.want(row[4] for row in parts.sequences if row[4])

    def want_columns(self, columns: ByRelation) -> None:
        """Load the types and collations of these columns."""
        self._types.want({(row[3], row[4]) for rows in columns.values() for row in rows})
        used = {row[8] for rows in columns.values() for row in rows if row[8] not in (0, _DEFAULT_COLLATION)}
        used |= {
            oid
            for text in {row[10] for rows in self._parts.indexes.values() for row in rows}
            for oid in _oids(text)
        }
        if missing := used - self._collations.keys() - {0, _DEFAULT_COLLATION}:
            self._collations |= dict(self._rows(sql.COLLATIONS, {"oids": list(missing)}))

    def _ask_references(self) -> dict[tuple[int, int], list[Reference]]:
        """What defaults, conditions, indexes, views, triggers and policies refer to, by (catalog, oid)."""
        parts = self._parts
        wanted = {
            sql.ATTRDEF: [
                r[10]
                for rows in parts.columns.values()
                for r in rows
                if r[10] and (r[7] or _may_refer(r[11]))
            ],
            sql.CONSTRAINT: [
                r[0] for rows in parts.constraints.values() for r in rows if r[3] == "c" and _may_refer(r[17])
            ],
            sql.CLASS: [r[0] for rows in parts.indexes.values() for r in rows if r[14] or r[15]],
            sql.TRIGGER: [r[0] for rows in parts.triggers.values() for r in rows],
            sql.POLICY: [r[0] for rows in parts.policies.values() for r in rows],
            sql.REWRITE: [r[0] for r in parts.relations if r[3] in "vm"],
        }
        wanted[sql.CLASS] += [oid for oid, rows in parts.partition_keys.items() if rows[0][3]]
        queries = [_dependencies(catalog) for catalog, oids in wanted.items() if oids]
        if wanted[sql.ATTRDEF] and self._version < (15,):
            queries.append(sql.GENERATED_DEPENDENCIES)
        found: dict[tuple[int, int], list[Reference]] = defaultdict(list)
        if queries:
            parameters = {f"of{catalog}": oids for catalog, oids in wanted.items() if oids}
            for catalog, oid, *reference in self._rows(" UNION ALL ".join(queries), parameters):
                found[catalog, oid].append((reference[0], reference[1], reference[2]))
        self._names.want(ref[1] for refs in found.values() for ref in refs if ref[0] == sql.CLASS)
        self._types.want((ref[1], -1) for refs in found.values() for ref in refs if ref[0] == sql.TYPE)
        return found

    # Relations

    @property
    def schemas_seen(self) -> set[str]:
        """The schemas of what was loaded."""
        return {name.schema for name in self._names.relations.values()}

    def relations(self) -> Iterator[Relation]:
        """Every table, view and sequence; indexes stand in their tables."""
        for row in self._parts.relations:
            yield self._view(row) if row[3] in "vm" else self._table(row)
        for row in self._parts.sequences:
            yield self._sequence(row)

    def _table(self, row: Row) -> Table:
        oid, namespace, name, kind, persistence, rows, pages, owner, is_partition = row
        qname, parts = self._names.qname(namespace, name), self._parts
        indexes = self._indexes(oid, qname)
        return Table(
            qname,
            self.columns(parts.columns.get(oid, ())),
            tuple(self._constraints(oid, indexes)),
            tuple(indexes.values()),
            self._triggers(oid),
            self._policies(oid),
            _TABLE_KINDS[kind],
            persistence == "t",
            tuple(self._names.relations[parent] for _, parent in parts.parents.get(oid, ())),
            is_partition,
            self._partition_key(oid),
            owner=owner,
            rows=self._estimate(rows, pages),
            bytes=pages * BLOCK if kind == "r" else None,
        )

    def _estimate(self, rows: float, pages: int) -> int | None:
        """reltuples; before 14 a table that was never analysed says 0, not -1."""
        unknown = rows < 0 or (self._version < (14,) and not rows and not pages)
        return None if unknown else int(rows)

    def _partition_key(self, oid: int) -> Expr | None:
        for _, text, numbers, has_expressions in self._parts.partition_keys.get(oid, ()):
            columns = {self._names.column(oid, number) for number in map(int, numbers.split())}
            if has_expressions:
                columns |= self._expr(sql.CLASS, oid, oid, text).columns & _words(text)
            return Expr(text, frozenset(filter(None, columns)))
        return None

    def _view(self, row: Row) -> View:
        oid, kind = row[0], row[3]
        qname = self._names.relations[oid]
        references = self._references.get((sql.REWRITE, oid), ())
        reads = frozenset(
            ViewColumn(self._names.relations[relation], self._names.column(relation, number))
            for catalog, relation, number in references if catalog == sql.CLASS
        )  # fmt: skip
        uses = (self._used(each) for each in references if each[0] != sql.CLASS)
        return View(
            qname,
            self.columns(self._parts.columns.get(oid, ())),
            reads,
            frozenset(filter(None, uses)),
            kind == "m",
            tuple(self._indexes(oid, qname).values()),
            self._triggers(oid),
            self._parts.view_texts.get(oid, ""),
        )

    def _sequence(self, row: Row) -> Sequence:
        oid, _, _, type_, table, number, how = row
        owner = None
        if table and (column := self._names.column(table, number)):
            owner = (self._names.relations[table], column)
        return Sequence(self._names.relations[oid], self._types.get(type_), owner, how == "i")

    # Expressions

    def _used(self, reference: Reference) -> QName | None:
        return self._names.used(reference[0], reference[1], self._types)

    def _expr(self, catalog: int, oid: int, table: int, text: str | None) -> Expr:
        """The expression of a default, condition or index, with what the server knows that it reads."""
        references = self._references.get((catalog, oid))
        if not references:
            return Expr(text or "")
        columns, uses = set(), set()
        for reference in references:
            if reference[:2] == (sql.CLASS, table):
                columns.add(self._names.column(table, reference[2]))
            else:
                uses.add(self._used(reference))
        return Expr(text or "", frozenset(filter(None, columns)), frozenset(filter(None, uses)))

    def columns(self, rows: Iterable[Row]) -> tuple[Column, ...]:
        """Columns in their order; equal ones of different tables are one value."""
        known, references = self._columns, self._references
        found = []
        for row in sorted(rows, key=_NUMBER):
            if (sql.ATTRDEF, row[10]) in references:
                column = self._column(row)
            else:
                key = (*row[2:10], row[11], row[10] is None, row[12])
                column = known.get(key) or known.setdefault(key, self._column(row))
            found.append(column)
        return tuple(found)

    def _column(self, row: Row) -> Column:
        table, _, name, type_, mod, not_null, identity, generated, collation, inherited = row[:10]
        default, text, own = row[10:]
        found = None if default is None else self._expr(sql.ATTRDEF, default, table, text)
        if found and found.columns:
            # a default depends on its own column, for the server's own book-keeping
            found = Expr(found.text, found.columns - {name}, found.uses)
        differs = collation not in (0, _DEFAULT_COLLATION) and collation != self._types.collations.get(type_)
        return Column(
            name,
            self._types.get(type_, mod),
            not not_null,
            None if generated else found,
            _IDENTITY[identity],
            _GENERATED[generated],
            found if generated else None,
            self._collations.get(collation) if differs else None,
            inherited > 0,
            own,
        )

    # Constraints and indexes

    def _constraints(self, table: int, indexes: dict[int, Index]) -> Iterator[Constraint]:
        for row in sorted(self._parts.constraints.get(table, ()), key=_NAME):
            yield self._constraint(row, indexes.get(row[16]))

    def _constraint(self, row: Row, index: Index | None) -> Constraint:
        oid, table, name, kind, deferrable, deferred, validated, enforced = row[:8]
        columns = self._column_names(table, row[12])
        include = index.include if index else ()
        match kind:
            case "p":
                return PrimaryKey(name, columns, include, deferrable, deferred)
            case "u":
                distinct = bool(index and index.nulls_not_distinct)
                return Unique(name, columns, include, distinct, deferrable, deferred)
            case "f":
                target, update, delete, matched = row[8:12]
                return ForeignKey(
                    name, columns, self._names.relations[target], self._column_names(target, row[13]),
                    _ACTIONS[delete], _ACTIONS[update], "full" if matched == "f" else "simple",
                    validated, enforced, deferrable, deferred,
                )  # fmt: skip
            case "c":
                expr = self._expr(sql.CONSTRAINT, oid, table, row[17])
                expr = Expr(expr.text, frozenset(columns), expr.uses)
                return Check(name, expr, validated, enforced, row[14], row[15] > 0, row[18])
            case "x":
                return Exclusion(name, columns, row[17] or "", deferrable, deferred)
            case _:
                return NotNull(name, columns[0], validated, row[14])

    def _column_names(self, table: int, numbers: Iterable[int] | None) -> tuple[str, ...]:
        columns = self._names.columns[table]
        return tuple([columns[number] for number in numbers or () if number in columns])

    def _indexes(self, table: int, qname: QName) -> dict[int, Index]:
        rows = sorted(self._parts.indexes.get(table, ()), key=_NAME)
        owners = {row[16]: row[2] for row in self._parts.constraints.get(table, ()) if row[16]}
        return {row[0]: self._index(row, qname, owners.get(row[0])) for row in rows}

    def _index(self, row: Row, table: QName, constraint: str | None) -> Index:
        oid, relation, name, namespace, unique, valid, count, key = row[:8]
        pages, method, not_distinct, texts, has_where, where = row[11:]
        numbers, classes, collations = self._vector(key), self._vector(row[9]), self._vector(row[10])
        flags = self._vector(row[8])
        predicate = None
        if has_where:
            predicate = self._expr(sql.CLASS, oid, relation, where)
            predicate = Expr(predicate.text, predicate.columns & _words(predicate.text), predicate.uses)
        keys = [
            self._column_key(relation, number, flags[at], classes[at], collations[at])
            if (number := numbers[at])
            else self._expression_key(oid, relation, texts[at], flags[at], classes[at], collations[at])
            for at in range(count)
        ]
        return Index(
            self._names.qname(namespace, name),
            table,
            tuple(keys),
            unique,
            method,
            self._column_names(relation, numbers[count:]) if len(numbers) > count else (),
            predicate,
            not_distinct,
            valid,
            constraint,
            pages * BLOCK,
        )

    def _vector(self, text: str) -> tuple[int, ...]:
        """An int2vector or oidvector; the same few come again and again."""
        found = self._vectors.get(text)
        if found is None:
            found = self._vectors[text] = tuple(_oids(text))
        return found

    def _column_key(self, table: int, number: int, flags: int, class_: int, collation: int) -> IndexKey:
        name, own = self._names.columns[table][number], 0
        if collation not in (0, _DEFAULT_COLLATION):
            own = next(row[8] for row in self._parts.columns[table] if row[1] == number)
        key = (name, flags & 1, class_, collation, own)
        if (found := self._keys.get(key)) is None:
            collated = self._collations.get(collation) if collation not in (0, own) else None
            found = IndexKey(name, None, bool(flags & 1), self._opclasses.get(class_), collated)
            self._keys[key] = found
        return found

    def _expression_key(
        self, oid: int, table: int, text: str | None, flags: int, class_: int, collation: int
    ) -> IndexKey:
        expr = self._expr(sql.CLASS, oid, table, text)
        # pg_depend knows the columns of the index as a whole; the text tells which are this key's
        expr = Expr(expr.text, expr.columns & _words(expr.text), expr.uses)
        named = self._collations.get(collation) if collation not in (0, _DEFAULT_COLLATION) else None
        return IndexKey(None, expr, bool(flags & 1), self._opclasses.get(class_), named)

    # Triggers and policies

    def _triggers(self, table: int) -> tuple[Trigger, ...]:
        found = []
        for oid, _, name, function, bits, _, enabled in self._parts.triggers.get(table, ()):
            timing = "instead of" if bits & 64 else "before" if bits & 2 else "after"
            events = tuple(word for bit, word in _EVENTS if bits & bit)
            columns = self._expr(sql.TRIGGER, oid, table, "").columns
            called = self._names.functions.get(function)
            found.append(Trigger(name, called, events, timing, columns, enabled))
        return tuple(sorted(found, key=lambda trigger: trigger.name))

    def _policies(self, table: int) -> tuple[Policy, ...]:
        found = []
        for oid, _, name in self._parts.policies.get(table, ()):
            expr = self._expr(sql.POLICY, oid, table, "")
            found.append(Policy(name, expr.columns, expr.uses))
        return tuple(sorted(found, key=lambda policy: policy.name))


def _dependencies(catalog: int) -> str:
    if catalog == sql.REWRITE:
        return sql.VIEW_DEPENDENCIES
    return sql.DEPENDENCIES.replace("{catalog}", str(catalog))


def _oids(vector: str) -> list[int]:
    return list(map(int, vector.split()))


def _may_refer(text: str | None) -> bool:
    """Whether a default or condition can depend on anything of the user's: it would be printed with its schema."""
    return text is None or "." in text


def _words(text: str) -> frozenset[str]:
    """The identifiers in a text that the server printed.

    >>> sorted(_words('("Na me" || lower(x))'))
    ['Na me', 'lower', 'x']
    """
    return frozenset(
        match[1].replace('""', '"') if match[1] is not None else match[2]
        for match in _WORD.finditer(text) if match[1] is not None or match[2]
    )  # fmt: skip
