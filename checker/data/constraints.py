"""What constraints ask of the rows: the questions that find the offenders, and the refusal that they would be."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from checker import change as to
from checker.catalog import (
    Catalog,
    Check,
    Column,
    Constraint,
    Exclusion,
    ForeignKey,
    Index,
    NotNull,
    PrimaryKey,
    QName,
    Table,
    Unique,
)
from checker.data.formulas import Reader, Unfollowed
from checker.data.shapes import descendants
from checker.data.writes import enforces_keys
from checker.probe import Count, Duplicates, Evaluates, Fails, IsNull, Key, Orphans
from checker.refusals import (
    CheckViolated,
    ConflictFound,
    Demand,
    DuplicatesFound,
    NullsFound,
    OrphansFound,
    ValueRefused,
)
from checker.rows import Computed, Formula, Nothing, Rows, Stored, Unknown, rows_of


class Demands:
    """The demands on the rows of a catalog before and after one change."""

    def __init__(self, before: Catalog, after: Catalog, reader: Reader) -> None:
        self.before, self.after, self.reader = before, after, reader
        self.is_postgres = after.server.is_postgres
        self.keys_enforced = enforces_keys(reader)

    def code(self, state: str) -> str:
        """The server's code: SQLite has one for all constraints."""
        return state if self.is_postgres else "SQLITE_CONSTRAINT"

    def waits(self, key: ForeignKey) -> bool:
        """True where the server looks at the key at COMMIT only; a statement by itself is a transaction of its own."""
        session = self.reader.scope.session
        if not session.in_transaction:
            return False
        deferred = session.settings.get("defer_foreign_keys", ("0",))[-1].lower()
        return key.initially_deferred or (not self.is_postgres and deferred in ("1", "on", "true", "yes"))

    def is_deferrable(self, table: Table, index: Index) -> bool:
        """True for the index of a DEFERRABLE constraint, which is looked at when the statement is over."""
        constraint = table.constraint(index.constraint) if index.constraint else None
        return isinstance(constraint, PrimaryKey | Unique) and constraint.deferrable

    def is_put_off(self, table: Table, index: Index) -> bool:
        """True for an index that is looked at when the transaction is over."""
        constraint = table.constraint(index.constraint) if index.constraint else None
        waits = isinstance(constraint, PrimaryKey | Unique) and constraint.initially_deferred
        return waits and self.reader.scope.session.in_transaction

    # Not null

    def added_column(self, change: to.AddColumn) -> Iterator[Demand]:
        """ADD COLUMN … NOT NULL without a default fails where there is a row; what fills itself is looked at."""
        column, name = change.column, change.table
        if column.is_required:
            rows = rows_of(self.before, name)
            if not isinstance(rows, Nothing):
                yield self._nulls(name, column, Count(rows))
        elif not column.nullable and not _is_never_null(column):
            yield from self.not_null(name, column.name)
        match rows_of(self.after, name):
            case Computed(outputs=outputs) as rows if column.generated == "stored" and self.is_postgres:
                only = replace(rows, outputs=tuple(one for one in outputs if one.field.name == column.name))
                found = (
                    Unknown("it is computed by what is not followed", only.fields) if only.opaque else only
                )
                message = "the expression cannot be computed for every row"
                yield Demand(ValueRefused("22000", message, name, (column.name,), Evaluates(found)))

    def not_null_below(self, name: QName, column: str) -> Iterator[Demand]:
        """SET NOT NULL, in the table and those below it."""
        for table in (self.before.table(name), *descendants(self.before, name)):
            held = table.column(column) if table else None
            if table is not None and held is not None and held.nullable:
                yield from self.not_null(table.name, column)

    def not_null(self, name: QName, column: str) -> Iterator[Demand]:
        """No NULL in a column after the change."""
        table, rows = self.after.table(name), rows_of(self.after, name)
        found = table.column(column) if table else None
        if (
            table is None
            or found is None
            or isinstance(rows, Nothing)
            or _is_proven_not_null(table, column, rows)
        ):
            return
        yield self._nulls(name, found, Count(rows, IsNull(column)))

    def _nulls(self, name: QName, column: Column, probe: Count) -> Demand:
        if self.is_postgres:
            message = f'column "{column.name}" of relation "{name.name}" contains null values'
        elif column.is_required and isinstance(probe.condition, IsNull):
            message = f"NOT NULL constraint failed: {name.name}.{column.name}"
        else:
            message = "Cannot add a NOT NULL column with default value NULL"
            return Demand(NullsFound("SQLITE_ERROR", message, name, (column.name,), probe))
        return Demand(NullsFound(self.code("23502"), message, name, (column.name,), probe))

    # Constraints

    def added_constraint(self, name: QName, constraint: Constraint) -> Iterator[Demand]:
        """What the rows that are there must meet for a new constraint."""
        match constraint:
            case PrimaryKey(columns=columns):
                yield from self.unique(name, constraint.name, tuple(map(Key, columns)))
                for column in columns:
                    yield from self.not_null(name, column)
            case Unique(columns=columns, nulls_not_distinct=equal):
                yield from self.unique(name, constraint.name, tuple(map(Key, columns)), nulls_equal=equal)
            case Check(validated=True, enforced=True):
                yield from self.check(name, constraint)
            case ForeignKey(validated=True, enforced=True):
                yield from self.foreign_key(name, constraint)
            case NotNull(validated=True, column=column):
                yield from self.not_null(name, column)
            case Exclusion() if not isinstance(rows_of(self.after, name), Nothing):
                yield self.excluded(name, constraint)
            case _:
                pass

    def within_bounds(self, name: QName, rows: Rows, *, already: bool = True) -> Iterator[Demand]:
        """No row beyond the bounds of a partition: a question that is not put yet."""
        if not isinstance(rows, Nothing):
            message = f'a row of "{name.name}" is in no partition, or beyond the bounds of its own'
            probe = Count(Unknown("the bounds of partitions are not looked at"))
            yield Demand(CheckViolated("23514", message, name, (), probe, already=already))

    def excluded(self, name: QName, constraint: Exclusion, *, already: bool = True) -> Demand:
        """No two rows that an exclusion constraint keeps apart: a question that is not put yet."""
        message = f'conflicting key value violates exclusion constraint "{constraint.name}"'
        probe = Count(Unknown("exclusion constraints are not looked at"))
        return Demand(
            ConflictFound(
                "23P01", message, name, constraint.columns, probe, constraint=constraint.name, already=already
            )
        )

    def validated(self, name: QName, constraint_name: str) -> Iterator[Demand]:
        """VALIDATE CONSTRAINT."""
        table = self.before.table(name)
        match table.constraint(constraint_name) if table else None:
            case Check(validated=False, enforced=True) as check:
                yield from self.check(name, check)
            case ForeignKey(validated=False, enforced=True) as key:
                yield from self.foreign_key(name, key)
            case NotNull(validated=False, column=column):
                yield from self.not_null(name, column)
            case _:
                pass

    def check(self, name: QName, check: Check) -> Iterator[Demand]:
        """No row for which the CHECK is false."""
        rows = rows_of(self.after, name)
        if isinstance(rows, Nothing) or check.expr.is_true:
            return
        if self.is_postgres:
            message = f'check constraint "{check.name}" of relation "{name.name}" is violated by some row'
        else:
            message = f"CHECK constraint failed: {check.name}"
        rows, formula = self.formula(check.expr.text, rows)
        probe = Count(rows, Fails(formula, name.name))
        # on SQLite it comes with a new column, and is refused like that one
        code = "23514" if self.is_postgres else "SQLITE_ERROR"
        yield Demand(CheckViolated(code, message, name, check.columns, probe, constraint=check.name))

    def formula(self, text: str, rows: Rows) -> tuple[Rows, Formula]:
        """The text as a formula on rows; where it cannot be followed the rows are unknown, for that reason."""
        try:
            return rows, self.reader.formula(text)
        except Unfollowed as problem:
            return Unknown(f"{text}: {problem}", rows.fields), Formula(text)

    def foreign_key(self, name: QName, key: ForeignKey) -> Iterator[Demand]:
        """No row whose parent is missing."""
        rows = rows_of(self.after, name)
        if not isinstance(rows, Nothing) and self.keys_enforced:
            yield self.orphans(name, key, rows)

    def orphans(self, name: QName, key: ForeignKey, rows: Rows, *, already: bool = True) -> Demand:
        """The demand that these rows of a table have their parents."""
        parents = rows_of(self.after, key.target)
        probe = Orphans(rows, parents, key.columns, key.references, key.match == "full")
        if self.is_postgres:
            message = f'insert or update on table "{name.name}" violates foreign key constraint "{key.name}"'
        else:
            message = "FOREIGN KEY constraint failed"
        return Demand(
            OrphansFound(
                self.code("23503"), message, name, key.columns, probe, constraint=key.name, already=already,
                others=(str(key.target),),
            )
        )  # fmt: skip

    # Uniqueness

    def unique_index(self, name: QName, index: Index) -> Iterator[Demand]:
        """No key twice in a new unique index."""
        rows = rows_of(self.after, name)
        keys, where, rows = self.index_keys(index, rows, name.name)
        yield from self.unique(
            name, index.name.name, keys, where=where, nulls_equal=index.nulls_not_distinct, rows=rows
        )

    def index_keys(
        self, index: Index, rows: Rows, alias: str
    ) -> tuple[tuple[Key, ...], Formula | None, Rows]:
        """The keys and the predicate of an index as formulas on rows."""
        keys = []
        for one in index.keys:
            if one.column is not None:
                keys.append(Key(one.column, one.collation))
            elif one.expr is not None:
                rows, formula = self.formula(one.expr.text, rows)
                keys.append(Key(formula, one.collation, alias))
        where = None
        if index.where is not None:
            rows, where = self.formula(index.where.text, rows)
        return tuple(keys), where, rows

    def own(self, name: QName, rows: Rows) -> Rows:
        """The rows that an index of the table holds: none of the tables that inherit from it."""
        table = self.after.table(name)
        if (
            isinstance(rows, Stored)
            and table
            and table.kind == "table"
            and any(self.before.children_of(name))
        ):
            return Stored(rows.table, rows.fields, only=True)
        return rows

    def unique(
        self,
        name: QName,
        constraint: str,
        keys: tuple[Key, ...],
        *,
        where: Formula | None = None,
        nulls_equal: bool = False,
        rows: Rows | None = None,
    ) -> Iterator[Demand]:
        """No key twice among the rows after the change."""
        table = self.after.table(name)
        found = rows if rows is not None else rows_of(self.after, name)
        if table is None or isinstance(found, Nothing) or _is_proven_unique(self.before, name, keys, found):
            return
        probe = Duplicates(self.own(name, found), keys, where, name.name, nulls_equal)
        yield Demand(self.duplicates(name, constraint, keys, probe))

    def duplicates(
        self, name: QName, constraint: str, keys: tuple[Key, ...], probe: Duplicates, *, already: bool = True
    ) -> DuplicatesFound:
        """The refusal of a key that occurs twice."""
        columns = tuple(key.value for key in keys if isinstance(key.value, str))
        if self.is_postgres:
            message = f'could not create unique index "{constraint}"'
        else:
            message = f"UNIQUE constraint failed: {', '.join(f'{name.name}.{one}' for one in columns)}"
        return DuplicatesFound(
            self.code("23505"), message, name, columns, probe, constraint=constraint, already=already
        )


# A constant, perhaps cast, or a call that always has a value
_VALUE = re.compile(
    r"\(*(?:[eE]?'(?:[^']|'')*'|[-+]?\d[\w.]*|true|false|(?:current_(?:date|timestamp|time)|localtime(?:stamp)?)(?:\(\d\))?"
    r"|(?:now|clock_timestamp|gen_random_uuid|uuid_generate_v4)\(\)|nextval\([^()]*\))\)*(?:::[\w .\"\[\]()]+)?\)*",
    re.IGNORECASE,
)


def _is_never_null(column: Column) -> bool:
    """True where the rows that are there get a value from the new column's own definition."""
    return bool(column.identity) or (
        column.default is not None and _VALUE.fullmatch(column.default.text.strip()) is not None
    )


def _is_proven_not_null(table: Table, column: str, rows: Rows) -> bool:
    """True where a valid CHECK on untouched rows says that the column is not NULL, as PostgreSQL itself takes it."""
    if not isinstance(rows, Stored):
        return False
    wanted = {f"{column}isnotnull", f'"{column}"isnotnull'}
    return any(
        isinstance(one, Check) and one.validated and one.enforced
        and "".join(one.expr.text.split()).strip("()").lower() in wanted
        for one in table.constraints
    )  # fmt: skip


def _is_proven_unique(before: Catalog, name: QName, keys: tuple[Key, ...], rows: Rows) -> bool:
    """True where a unique index over some of the columns has the untouched rows already."""
    table = before.table(name)
    if table is None or not isinstance(rows, Stored) or rows.table != name:
        return False
    columns = {key.value for key in keys if key.collation is None}
    return any(
        index.unique and index.valid and index.where is None and set(index.columns) <= columns
        and not any(one.collation for one in index.keys)
        and (index.nulls_not_distinct or all(_is_required(table, one) for one in index.columns))
        for index in table.indexes
    )  # fmt: skip


def _is_required(table: Table, column: str | None) -> bool:
    found = table.column(column) if column else None
    return found is not None and not found.nullable
