"""Domains: what is demanded of the columns that have one when it, or a column, comes to them."""

from __future__ import annotations

from collections.abc import Iterator

from checker import change as to
from checker.catalog import Catalog, Check, Column, Domain, QName, Table
from checker.data.constraints import Demands
from checker.data.formulas import quoted
from checker.probe import Count, Fails, IsNull
from checker.refusals import CheckViolated, Demand, NullsFound
from checker.rows import Nothing, rows_of
from checker.sql.tokens import tokenize
from checker.sqltype import SqlType


def altered(view: Demands, change: to.AlterType) -> Iterator[Demand]:
    """What a domain demands anew, every column of it must meet."""
    old, new = view.before.types.get(change.type), change.new
    if not isinstance(old, Domain) or not isinstance(new, Domain):
        return
    checks = [one for one in new.checks if one.validated and one not in old.checks]
    for table, column in _columns_of(view.before, change.type):
        rows = rows_of(view.before, table.name)
        if isinstance(rows, Nothing):
            continue
        if old.nullable and not new.nullable:
            message = f'column "{column.name}" of table "{table.name.name}" contains null values'
            yield Demand(_nulls(table.name, column, message, Count(rows, IsNull(column.name))))
        for check in checks:
            yield _checked(view, table, column, check)


def added_column(view: Demands, change: to.AddColumn) -> Iterator[Demand]:
    """A new column whose domain allows no NULL, and that has no default, is refused where there is a row."""
    domain, rows = _domain(view.before, change.column.type), rows_of(view.before, change.table)
    if domain is None or domain.nullable or isinstance(rows, Nothing):
        return
    if change.column.default is None and domain.default is None and not change.column.generated:
        message = f"domain {domain.name.name} does not allow null values"
        yield Demand(_nulls(change.table, change.column, message, Count(rows)))


def _nulls(name: QName, column: Column, message: str, probe: Count) -> NullsFound:
    return NullsFound("23502", message, name, (column.name,), probe)


def _checked(view: Demands, table: Table, column: Column, check: Check) -> Demand:
    text = _about(check.expr.text, column.name)
    rows, formula = view.formula(text, rows_of(view.before, table.name))
    message = (
        f'column "{column.name}" of table "{table.name.name}" contains values that violate the new constraint'
    )
    probe = Count(rows, Fails(formula, table.name.name))
    return Demand(CheckViolated("23514", message, table.name, (column.name,), probe, constraint=check.name))


def _about(text: str, column: str) -> str:
    """The condition with the column in the place of VALUE."""
    parts, at = [], 0
    for token in tokenize(text, "postgres"):
        if token.upper == "VALUE":
            parts += [text[at : token.start], quoted(column)]
            at = token.end
    return "".join((*parts, text[at:]))


def _columns_of(catalog: Catalog, domain: QName) -> Iterator[tuple[Table, Column]]:
    for table in catalog.tables():
        for column in table.columns:
            if not column.type.array and _name(column.type) == domain:
                yield table, column


def _domain(catalog: Catalog, kind: SqlType) -> Domain | None:
    found = catalog.types.get(_name(kind)) if not kind.array else None
    return found if isinstance(found, Domain) else None


def _name(kind: SqlType) -> QName:
    return QName(kind.schema or "", kind.name)
