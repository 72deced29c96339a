"""ALTER COLUMN … TYPE: values that are none of the new type, and what is verified again afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from checker import change as to
from checker.catalog import Check, QName, Table
from checker.data.constraints import Demands
from checker.data.shapes import is_converted
from checker.data.written import limited
from checker.probe import Count, DoesNotCast, Evaluates, NotAmong, Probe
from checker.refusals import Demand, DoesNotFit, EnumValueInUse, RowsRefused, ValueRefused
from checker.refusals import DoesNotCast as CastRefused
from checker.rows import Nothing, Rows, Stored, rows_of
from checker.sqltype import SqlType


def altered_type(view: Demands, change: to.AlterColumnType) -> Iterator[Demand]:
    """Every value must become one of the new type; constraints on the column are verified anew."""
    rows = rows_of(view.before, change.table)
    table = view.before.table(change.table)
    column = table.column(change.column) if table else None
    if table is None or column is None or isinstance(rows, Nothing):
        return
    if change.using is None or is_converted(view.after, change):
        yield from _cast(view, change, rows, column.type)
    else:
        yield _evaluated(view, change)
        changed = replace(column, type=change.type)
        yield from limited(change.table, changed, rows_of(view.after, change.table), already=True)
        if not column.nullable:
            yield from view.not_null(change.table, change.column)
    yield from _verified_again(view, change, table)


def _cast(view: Demands, change: to.AlterColumnType, rows: Rows, source: SqlType) -> Iterator[Demand]:
    target, name, explicit = change.type, change.column, change.using is not None
    labels = _labels(view, target)
    if labels is not None:
        probe: Probe = Count(rows, NotAmong(name, labels))
        if not set(_labels(view, source, before=True) or ("?",)) <= set(labels):
            yield _refused(
                EnumValueInUse, view, "22P02", f"invalid input value for enum {target}", change, probe
            )
        return
    if source.casts_freely_to(target):
        return
    probe = Count(rows, DoesNotCast(name, source, target, explicit))
    kind, code, message = _failure(source, target)
    refused = _refused(kind, view, code, message, change, probe)
    yield replace(refused, far_fetched=_is_far_fetched(source, target))


def _is_far_fetched(source: SqlType, target: SqlType) -> bool:
    """True where it takes a moment some 290,000 years from now."""
    pair = source.name, target.name
    return all(one == "date" or one.startswith("timestamp") for one in pair) and not (
        source.array or target.array
    )


def _failure(source: SqlType, target: SqlType) -> tuple[type[RowsRefused], str, str]:
    if target.category == "string":
        return DoesNotFit, "22001", f"value too long for type {target}"
    if source.category == target.category:
        return DoesNotFit, "22003", f"{target} out of range"
    return CastRefused, "22P02", f"invalid input syntax for type {target}"


def _refused(
    kind: type[RowsRefused], view: Demands, code: str, message: str, change: to.AlterColumnType, probe: Probe
) -> Demand:
    return Demand(kind(view.code(code), message, change.table, (change.column,), probe))


def _labels(view: Demands, kind: SqlType, *, before: bool = False) -> tuple[str, ...] | None:
    """The labels of an enum; None for any other type."""
    catalog = view.before if before else view.after
    found = catalog.enum(QName(kind.schema or "", kind.name)) if not kind.array else None
    return found.labels if found else None


def _evaluated(view: Demands, change: to.AlterColumnType) -> Demand:
    """USING with an expression of its own: whether the server computes it for every row."""
    rows = rows_of(view.after, change.table)
    message = "the expression of USING cannot be computed for every row"
    return Demand(ValueRefused("22000", message, change.table, (change.column,), Evaluates(rows)))


def _verified_again(view: Demands, change: to.AlterColumnType, table: Table) -> Iterator[Demand]:
    """Unique indexes and CHECKs over the column, whose values are others now."""
    if isinstance(rows_of(view.after, change.table), Stored):
        return
    old = table.column(change.column)
    if old is not None and change.using is None and old.type.widens_to(change.type):
        return
    for index in table.indexes:
        if index.unique and index.valid and change.column in index.reads:
            yield from view.unique_index(change.table, index)
    for check in table.constraints:
        if (
            isinstance(check, Check)
            and check.validated
            and check.enforced
            and change.column in check.expr.columns
        ):
            yield from view.check(change.table, check)
