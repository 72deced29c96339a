"""Probes as SQL: each question one query, questions about the same rows one query together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from checker.casts_sql import does_not_cast, loses
from checker.live.asking.rows_sql import RowsSql, literal, quoted
from checker.probe import (
    Always,
    Condition,
    Count,
    DoesNotCast,
    Duplicates,
    Evaluates,
    Fails,
    Holds,
    IsNotNull,
    IsNull,
    IsTooLong,
    Key,
    Longest,
    Loses,
    Matching,
    NotAmong,
    Orphans,
    Probe,
)
from checker.rows import Computed, Copy, Output, Rows
from checker.sqltype import SqlType

ROW = "t"


@dataclass(frozen=True)
class ProbesSql(RowsSql):
    """Writes probes in one dialect and version."""

    version: tuple[int, ...] = ()

    # Conditions on one row

    def condition(self, condition: Condition) -> str | None:
        """The condition as SQL; None where only trying can tell."""
        match condition:
            case Always():
                return "1 = 1"
            case IsNull(column=column):
                return f"{quoted(column)} IS NULL"
            case IsNotNull(column=column):
                return f"{quoted(column)} IS NOT NULL"
            case Holds(formula=formula):
                return f"({self.text(formula)}\n) IS TRUE"
            case Fails(formula=formula):
                return (
                    f"({self.text(formula)}\n) IS FALSE"
                    if self.is_postgres
                    else f"NOT ({self.text(formula)}\n)"
                )
            case DoesNotCast(column=column, source=source, target=target, explicit=explicit):
                return does_not_cast(quoted(column), source, target, self.version, explicit=explicit)
            case IsTooLong(column=column, length=length):
                return f"char_length(rtrim({quoted(column)}, ' ')) > {length}"
            case Loses(column=column, source=source, target=target):
                return loses(quoted(column), source, target)
            case NotAmong(column=column, values=values):
                listed = ", ".join(map(literal, values)) or "NULL"
                text = f"{quoted(column)}::text" if self.is_postgres else quoted(column)
                return f"{text} NOT IN ({listed})"

    def alias_of(self, conditions: Sequence[Condition]) -> str:
        """What the rows are called: the formulas' own name for them."""
        named = (one.alias for one in conditions if isinstance(one, Holds | Fails))
        return next(filter(None, named), ROW)

    def counts(self, rows: Rows, conditions: Sequence[Condition]) -> str:
        """One query: all rows, then for each condition how many meet it."""
        tests = [self.condition(one) for one in conditions]
        columns = ", ".join(["count(*)", *(f"count(CASE WHEN {test} THEN 1 END)" for test in tests)])
        return f"SELECT {columns} FROM {self.source(rows, self.alias_of(conditions))}"

    def found(self, probe: Count, limit: int) -> str:
        """How many rows meet the condition, up to a limit."""
        return _number_of(self._found(probe, "1", limit))

    def _found(self, probe: Count, what: str, limit: int) -> str:
        source = self.source(probe.rows, self.alias_of([probe.condition]))
        return f"SELECT {what} FROM {source} WHERE {self.condition(probe.condition)} LIMIT {limit}"

    # Everything else

    def longest(self, probe: Longest) -> str:
        """The length of the longest text."""
        length = "char_length" if self.is_postgres else "length"
        text = f"{length}(rtrim({quoted(probe.column)}, ' '))"
        return f"SELECT coalesce(max({text}), 0) FROM {self.source(probe.rows, ROW)}"

    def duplicates(self, probe: Duplicates, limit: int) -> str:
        """How many keys occur more than once, up to a limit."""
        return _number_of(self._duplicates(probe, "1", limit))

    def _duplicates(self, probe: Duplicates, what: str, limit: int) -> str:
        keys = [self.key(probe.rows, one) for one in probe.keys]
        tests = [] if probe.nulls_equal else [f"{key} IS NOT NULL" for key in keys]
        if probe.where is not None:
            tests.append(f"({self.text(probe.where)}\n)")
        where = f" WHERE {' AND '.join(tests)}" if tests else ""
        source = self.source(probe.rows, probe.alias or ROW)
        return (
            f"SELECT {what} FROM {source}{where} GROUP BY {', '.join(keys)} HAVING count(*) > 1 LIMIT {limit}"
        )

    def matching(self, probe: Matching, limit: int) -> str:
        """How many rows have a partner, up to a limit."""
        return _number_of(self._matching(probe, "1", limit))

    def _matching(self, probe: Matching, what: str, limit: int) -> str:
        alias = probe.alias or ROW
        where = f" WHERE ({self.text(probe.where)}\n)" if probe.where is not None else ""
        keys = ", ".join(f"{self.key(probe.rows, one)} AS k{at}" for at, one in enumerate(probe.keys))
        mine = f"(SELECT {keys}, {what} AS what FROM {self.source(probe.rows, alias)}{where}) AS mine"
        equals = self._same if probe.nulls_equal else "="
        tests = [
            f"{self.key(probe.others, one)} {equals} mine.k{at}" for at, one in enumerate(probe.other_keys)
        ]
        if probe.where is not None:
            tests.append(f"({self.text(probe.where)}\n)")
        partner = f"SELECT 1 FROM {self.source(probe.others, alias)} WHERE {' AND '.join(tests)}"
        return f"SELECT mine.what FROM {mine} WHERE EXISTS ({partner}) LIMIT {limit}"

    def orphans(self, probe: Orphans, limit: int) -> str:
        """How many rows have no parent, up to a limit."""
        return _number_of(self._orphans(probe, "1", limit))

    def _orphans(self, probe: Orphans, what: str, limit: int) -> str:
        columns = [f"child.{quoted(one)}" for one in probe.columns]
        given = " AND ".join(f"{one} IS NOT NULL" for one in columns)
        pairs = zip(columns, probe.references, strict=True)
        same = " AND ".join(f"parent.{self.key(probe.parents, Key(two))} = {one}" for one, two in pairs)
        parent = f"SELECT 1 FROM {self.source(probe.parents, 'parent')} WHERE {same}"
        missing = f"({given} AND NOT EXISTS ({parent}))"
        if probe.full and len(columns) > 1:
            some = " OR ".join(f"{one} IS NULL" for one in columns)
            any_given = " OR ".join(f"{one} IS NOT NULL" for one in columns)
            missing = f"({missing} OR (({some}) AND ({any_given})))"
        return f"SELECT {what} FROM {self.source(probe.rows, 'child')} WHERE {missing} LIMIT {limit}"

    def keys(self, probe: Probe, columns: Sequence[str], limit: int) -> str | None:
        """The primary keys of some offenders as texts; of those that are twice there the least and the greatest."""
        one = " || ', ' || ".join(f"CAST({quoted(column)} AS text)" for column in columns)
        match probe:
            case Count(condition=condition) if self.condition(condition) is not None:
                return self._found(probe, one, limit)
            case Duplicates():
                return self._duplicates(probe, f"min({one}), max({one})", limit)
            case Matching():
                return self._matching(probe, one, limit)
            case Orphans():
                return self._orphans(probe, one.replace("CAST(", "CAST(child."), limit)
        return None

    def evaluates(self, probe: Evaluates) -> str:
        """Computes every column of every row."""
        columns = ", ".join(f"count({quoted(field.name)})" for field in probe.rows.fields) or "count(*)"
        return f"SELECT {columns} FROM {self.source(probe.rows, ROW)}"

    def tried(self, probe: Count) -> str:
        """The cast itself, for every row: for conditions that have no predicate."""
        condition = probe.condition
        assert isinstance(condition, DoesNotCast)
        field = next(one for one in probe.rows.fields if one.name == condition.column)
        cast: SqlType = condition.target
        output = Output(type(field)(field.name, cast), Copy(field.name))
        return self.evaluates(Evaluates(Computed(probe.rows, ROW, (output,))))

    def key(self, rows: Rows, key: Key) -> str:
        """A key's value; SQLite compares by the column's collation, which a query over it loses."""
        if not isinstance(key.value, str):
            value, own = f"({self.text(key.value)}\n)", None
        else:
            value = quoted(key.value)
            own = next((one.collation for one in rows.fields if one.name == key.value), None)
        collation = key.collation or (None if self.is_postgres else own)
        return f"{value} COLLATE {_collation(collation)}" if collation else value

    @property
    def _same(self) -> str:
        return "IS NOT DISTINCT FROM" if self.is_postgres else "IS"


def _number_of(inner: str) -> str:
    """How many rows there are of a query that ends at a limit."""
    return f"SELECT count(*) FROM ({inner}) AS found"


def _collation(name: str) -> str:
    return ".".join(quoted(part.strip('"')) for part in name.split("."))
