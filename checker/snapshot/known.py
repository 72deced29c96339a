"""What a snapshot says about rows, and what follows from it: None where it does not say.

Asked about rows that the run has altered, it goes down to the live ones: a column that is only copied holds the NULLs that
it held, a constant is none, and where no row was meant before, none is among those that were kept.
"""

from __future__ import annotations

from checker.catalog import Check, QName
from checker.data.shapes import descendants
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
    Longest,
    Loses,
    Matching,
    NotAmong,
    Orphans,
    Probe,
)
from checker.rows import Both, Computed, Field, Formula, Given, Kept, Nothing, Rows, Selected, Stored, Value
from checker.snapshot.constants import fits, meets
from checker.snapshot.contents import NONE, Contents, Number, Snapshot, minus, plus
from checker.snapshot.questions import ancestors, violations
from checker.snapshot.reading import (
    asked_of_null,
    cannot_fail,
    copied,
    given,
    given_twice,
    keeps_no_null,
    plain,
    projected,
    stored_below,
)
from checker.sqltype import SqlType
from checker.values import dataclass, replace


@dataclass(frozen=True, slots=True)
class Known:
    """The answers that a snapshot has."""

    snapshot: Snapshot
    loose: frozenset[QName] = frozenset()

    def found(self, probe: Probe) -> Number | None:
        """How many rows or keys the probe would find."""
        match probe:
            case Count(rows=rows, condition=condition):
                return self._violations(probe, rows) or self.count(rows, condition)
            case Duplicates():
                return self._duplicates(probe)
            case Orphans(rows=rows):
                return self._violations(probe, rows) or self._orphans(probe)
            case Matching():
                return self._matching(probe)
            case Longest(rows=rows, column=column):
                return self._longest(rows, column)
            case Evaluates(rows=rows):
                return NONE if self.rows(rows) == NONE or self._computes(rows) else None

    def rows(self, rows: Rows) -> Number | None:
        """How many there are."""
        return self.count(rows, Always())

    # Rows that meet a condition

    def count(self, rows: Rows, condition: Condition) -> Number | None:
        """How many of the rows meet the condition."""
        match rows:
            case Nothing():
                return NONE
            case Stored():
                return self._stored(rows, condition)
            case Given():
                return given(rows, condition)
            case Both(first=first, second=second):
                return plus(self.count(first, condition), self.count(second, condition))
            case Kept(source=source):
                without = isinstance(condition, IsNull) and keeps_no_null(rows, condition.column)
                return NONE if without or self.count(source, condition) == NONE else None
            case Computed():
                return self._computed(rows, condition)
            case Selected():
                computed = projected(rows)
                return self._computed(computed, condition) if computed is not None else None
            case _:
                return None

    def _computed(self, rows: Computed, condition: Condition) -> Number | None:
        source = self.rows(rows.source)
        if source == NONE or isinstance(condition, Always):
            return source
        if isinstance(condition, Holds | Fails):
            return None
        about_null = isinstance(condition, IsNull | IsNotNull)
        output = next(one for one in rows.outputs if one.field.name == condition.column)
        column = copied(rows, output, converted=about_null)
        if column is not None:
            return self.count(rows.source, replace(condition, column=column))
        met = meets(output.value, condition)
        if met is None or rows.when is None:
            return None if met is None else source if met else NONE
        left = self.count(rows.source, condition)
        filled = isinstance(condition, IsNull) and asked_of_null(rows.when, condition.column) == "null"
        return NONE if not met and (filled or left == NONE) else None

    def _computes(self, rows: Rows) -> bool:
        """True where no value can make the server fail that computes these rows."""
        match rows:
            case Stored() | Nothing():
                return True
            case Given(fields=fields, rows=lines):
                return all(
                    self._fits(value, field)
                    for line in lines
                    for value, field in zip(line, fields, strict=True)
                )
            case Both(first=first, second=second):
                return self._computes(first) and self._computes(second)
            case Kept(source=source, condition=condition):
                return self._computes(source) and cannot_fail(condition, source.fields)
            case Computed(source=source, outputs=outputs, when=when):
                safe = all(copied(rows, one) or self._fits(one.value, one.field) for one in outputs)
                return safe and self._computes(source) and (when is None or cannot_fail(when, source.fields))
            case Selected():
                computed = projected(rows)
                return computed is not None and self._computes(computed)
            case _:
                return False

    def _fits(self, value: Value, field: Field) -> bool:
        name = QName(field.type.schema or "", field.type.name)
        enum = self.snapshot.catalog.enum(name) if name not in self.loose else None
        return fits(value, field.type, enum.labels if enum else ())

    def _stored(self, rows: Stored, condition: Condition) -> Number | None:
        """Of live rows. Those of a partition, and of a table without those below it, are some of what was counted."""
        if not rows.only or self._is_alone(rows.table):
            found = self._told(rows.table, condition)
            if found is not None:
                return found
        around = (rows.table, *ancestors(self.snapshot.catalog, rows.table))
        return NONE if any(self._told(name, condition) == NONE for name in around) else None

    def _told(self, name: QName, condition: Condition) -> Number | None:
        contents = self._contents(name)
        if contents.rows == NONE:
            return NONE
        match condition:
            case Always():
                return contents.rows
            case IsNull(column=column):
                return NONE if self._is_required(name, column) else contents.nulls.get(column)
            case IsNotNull(column=column):
                return minus(contents.rows, self._told(name, IsNull(column)))
            case Fails(formula=formula):
                return NONE if self._is_checked(name, formula) else None
            case Holds():
                return None
            case _:
                empty = self._told(name, IsNotNull(condition.column)) == NONE
                return NONE if empty else self._of_values(contents, condition)

    def _of_values(self, contents: Contents, condition: Condition) -> Number | None:
        """What labels and lengths say of the values of a column."""
        match condition:
            case NotAmong(column=column, values=values):
                labels = self.snapshot.catalog.labels_of(contents.name, column)
                used = contents.labels.get(column, {})
                others = [used.get(one) for one in labels if one not in values]
                return _sum(others) if labels else None
            case IsTooLong(column=column, length=length):
                return _longer(contents.longest.get(column), length)
            case DoesNotCast(column=column, source=source, target=target, explicit=explicit):
                if not (_is_string(source) and _is_string(target)):
                    return None
                fits = explicit or not target.args
                return NONE if fits else _longer(contents.longest.get(column), int(target.args[0]))
            case Loses(column=column, source=source, target=target) if _is_string(source) and target.args:
                cut = _is_string(target) and _longer(contents.longest.get(column), int(target.args[0]))
                # what is not too long may still lose blanks at its end
                return cut if cut and cut != NONE else None
            case _:
                return None

    def _longest(self, rows: Rows, column: str) -> Number | None:
        known = self._contents(rows.table).longest.get(column) if isinstance(rows, Stored) else None
        return Number(known) if known is not None else None

    def _contents(self, name: QName) -> Contents:
        return self.snapshot.contents.get(name) or Contents(name)

    # What the schema says

    def _is_required(self, name: QName, column: str) -> bool:
        """True where the schema itself forbids NULL, in the table and those below it."""
        catalog = self.snapshot.catalog
        table = catalog.table(name)
        columns = [one.column(column) for one in (table, *descendants(catalog, name)) if one]
        return bool(columns) and all(one is not None and not one.nullable for one in columns)

    def _is_checked(self, name: QName, formula: Formula) -> bool:
        """True where the table has the same CHECK already."""
        table = self.snapshot.catalog.table(name)
        return any(
            isinstance(one, Check) and one.validated and one.enforced and not one.no_inherit
            and plain(one.expr.text) == plain(formula.text)
            for one in (table.constraints if table else ())
        )  # fmt: skip

    def _is_unique(self, rows: Stored, names: tuple[str, ...], *, nulls_equal: bool) -> bool:
        """True where a unique index over some of the columns has all of these rows."""
        table = self.snapshot.catalog.table(rows.table)
        if table is None or not (table.kind == "partitioned" or rows.only or self._is_alone(rows.table)):
            return False
        key = table.primary_key
        if key is not None and set(key.columns) <= set(names):
            return True
        return any(
            index.unique and index.valid and index.where is None and set(index.columns) <= set(names)
            and not any(one.collation for one in index.keys)
            and (not nulls_equal or all(one and self._is_required(rows.table, one) for one in index.columns))
            for index in table.indexes
        )  # fmt: skip

    def _is_alone(self, name: QName) -> bool:
        """True for a table without others below it."""
        return not any(self.snapshot.catalog.children_of(name))

    # Keys

    def _duplicates(self, probe: Duplicates) -> Number | None:
        rows = self.rows(probe.rows)
        if rows is not None and not rows.at_least and rows.found < 2:
            return NONE
        names = tuple(one.value for one in probe.keys if isinstance(one.value, str) and one.collation is None)
        if isinstance(probe.rows, Given) and len(names) == len(probe.keys):
            found = given_twice(probe.rows, names, nulls_equal=probe.nulls_equal)
            return found if probe.where is None or found == NONE else None
        below = stored_below(probe.rows, names)
        if below is None or not names or (len(names) < len(probe.keys) and probe.nulls_equal):
            return None
        found = self._keys(*below, nulls_equal=probe.nulls_equal)
        whole = below[0] == probe.rows and len(names) == len(probe.keys) and probe.where is None
        # of some of the rows, or by further keys, there are no more of them
        return found if whole or found == NONE else None

    def _keys(self, rows: Stored, names: tuple[str, ...], *, nulls_equal: bool) -> Number | None:
        if self._is_unique(rows, names, nulls_equal=nulls_equal):
            return NONE
        twice = [self._contents(rows.table).duplicates.get(name) for name in names]
        for name, found in zip(names, twice, strict=True):
            nulls = self.count(rows, IsNull(name))
            one_null = nulls is not None and not nulls.at_least and nulls.found < 2
            if found == NONE and (one_null or not nulls_equal):
                return NONE
            if not nulls_equal and self.count(rows, IsNotNull(name)) == NONE:
                return NONE
        alone = len(names) == 1 and not nulls_equal and (not rows.only or self._is_alone(rows.table))
        return twice[0] if alone else None

    # Foreign keys and what is NOT VALID

    def _violations(self, probe: Probe, rows: Rows) -> Number | None:
        """The answer to what VALIDATE CONSTRAINT asks."""
        table = self.snapshot.catalog.table(rows.table) if isinstance(rows, Stored) else None
        if table is None:
            return None
        asked = {question: place for place, question in violations(self.snapshot.catalog, table)}
        return self._contents(table.name).violations.get(asked[probe][-1]) if probe in asked else None

    def _orphans(self, probe: Orphans) -> Number | None:
        """None where the columns hold nothing, and where a foreign key has held the rows all along."""
        values = [self.count(probe.rows, IsNotNull(column)) for column in probe.columns]
        if self.rows(probe.rows) == NONE or (NONE in values and (len(values) == 1 or not probe.full)):
            return NONE
        child = stored_below(probe.rows, probe.columns)
        return NONE if child is not None and self._refers(*child, probe) else None

    def _matching(self, probe: Matching) -> Number | None:
        """Under an enforced foreign key every row with a value has its partner."""
        if NONE in (self.rows(probe.rows), self.rows(probe.others)):
            return NONE
        mine, theirs = (
            tuple(one.value for one in keys if isinstance(one.value, str) and one.collation is None)
            for keys in (probe.keys, probe.other_keys)
        )
        alone = len(mine) == len(theirs) == len(probe.keys) == 1 and probe.where is None
        if not alone or probe.nulls_equal or not isinstance(probe.rows, Stored):
            return None
        asked = Orphans(probe.rows, probe.others, mine, theirs)
        return self.count(probe.rows, IsNotNull(mine[0])) if self._refers(probe.rows, mine, asked) else None

    def _refers(self, rows: Stored, names: tuple[str, ...], probe: Orphans) -> bool:
        """True where an enforced foreign key says the same; SQLite enforces none unless each connection asks for it."""
        table = self.snapshot.catalog.table(rows.table)
        if table is None or not self.snapshot.catalog.server.is_postgres or not self._is_alone(rows.table):
            return False
        wanted = set(zip(names, probe.references, strict=True))
        return any(
            key.validated and key.enforced and set(zip(key.columns, key.references, strict=True)) == wanted
            and isinstance(probe.parents, Stored) and key.target == probe.parents.table and not probe.parents.only
            and (key.match == "full" or not probe.full)
            for key in table.foreign_keys
        )  # fmt: skip


def _sum(numbers: list[Number | None]) -> Number | None:
    found: Number | None = NONE
    for one in numbers:
        found = plus(found, one)
    return found


def _longer(longest: int | None, length: int) -> Number | None:
    if longest is None:
        return None
    return NONE if longest <= length else Number(1, at_least=True)


def _is_string(kind: SqlType) -> bool:
    return kind.category == "string" and kind.schema is None and not kind.array
