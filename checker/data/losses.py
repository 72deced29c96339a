"""What a change takes from the rows without an error: the questions that count it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from checker import change as to
from checker.casts_sql import may_lose
from checker.catalog import Column, Expr, ForeignKey, QName
from checker.data import writes
from checker.data.conflicts import has_partner
from checker.data.formulas import Reader, Unfollowed
from checker.data.shapes import is_converted
from checker.probe import Count, Holds, IsNotNull, Loses
from checker.resolve.scope import Scope
from checker.rows import (
    Computed,
    Copy,
    Field,
    Formula,
    Fresh,
    Kept,
    Nothing,
    Opaque,
    Output,
    Rows,
    Unknown,
    Value,
    computed,
    fields_of,
    kept,
)
from checker.sqltype import SqlType
from checker.step import Step
from checker.values import dataclass

OLD, NEW = '"old"', '"new"'


@dataclass(frozen=True, slots=True)
class Followed:
    """Rows of a table that go along with others, or whose key changes (`goes` False); the key that says so."""

    table: QName
    key: ForeignKey
    probe: Count
    goes: bool


def followers(step: Step[to.Delete] | Step[to.DropTable]) -> Iterator[Followed]:
    """What the foreign keys of other tables do to their rows when rows of this one are deleted.

    Foreign keys that the run has tried in vain to switch off are taken to be on.
    """
    session = step.session
    if "foreign_keys" in session.ignored:
        session = replace(session, settings={**session.settings, "foreign_keys": ("on",)})
    reader = Reader(Scope(step.before, session))
    gone = _gone(reader, step)
    found = writes.deleted(reader, step.change.table, gone)
    yield from _own(step, gone)
    for name, key in _chain(step):
        before = step.rows(name)
        if name in found and found[name] != before and not isinstance(before, Nothing):
            yield Followed(name, key, _difference(before, found[name]), key.on_delete == "cascade")


def _own(step: Step[to.Delete] | Step[to.DropTable], gone: Rows) -> Iterator[Followed]:
    """Rows of the table itself that refer to the deleted ones and are not deleted by themselves."""
    name = step.change.table
    held = step.rows(name)
    for child, key in step.before.references_to(name):
        acts = key.enforced and key.on_delete not in ("no action", "restrict")
        if child.name == name and acts and gone != held:
            yield Followed(name, key, _left_behind(held, gone, key), key.on_delete == "cascade")


def _left_behind(held: Rows, gone: Rows, key: ForeignKey) -> Count:
    match gone:
        case Kept(source=source, alias=alias, condition=condition) if source == held:
            stay = kept(held, alias, condition, negated=True)
            return Count(stay, Holds(has_partner(gone, key.columns, key.references), "x"))
        case _:
            return Count(Unknown("the rows that follow are not known", held.fields))


def _gone(reader: Reader, step: Step[to.Delete] | Step[to.DropTable]) -> Rows:
    """The rows that are deleted."""
    change, table = step.change, step.table(step.change.table)
    if table is None or isinstance(change, to.DropTable):
        return step.rows(change.table)
    try:
        return writes.doomed(reader, table, change)
    except Unfollowed as problem:
        return Unknown(str(problem), fields_of(table))


def _chain(step: Step[to.Delete] | Step[to.DropTable]) -> Iterator[tuple[QName, ForeignKey]]:
    """Each table that follows the deletion, directly or through others, with the key by which it does."""
    own, waiting = step.change.table, [step.change.table]
    seen = {own}
    while waiting:
        for child, key in step.before.references_to(waiting.pop()):
            if key.enforced and key.on_delete not in ("no action", "restrict") and child.name not in seen:
                seen.add(child.name)
                waiting.append(child.name)
                yield child.name, key


def _difference(before: Rows, after: Rows) -> Count:
    """The rows that are not the same any more."""
    match after:
        case Nothing():
            return Count(before)
        case Kept(source=source, alias=alias, condition=condition, negated=True) if source == before:
            return Count(before, Holds(condition, alias))
        case Computed(source=source, alias=alias, when=Formula() as when) if source == before:
            return Count(before, Holds(when, alias))
        case Unknown():
            return Count(after)
        case _:
            return Count(Unknown("the rows that follow are not known", before.fields))


# Values that become others


def overwritten(step: Step[to.Update], column: Column) -> Count:
    """The rows in which an UPDATE puts another value in the place of one."""
    table = step.table(step.change.table)
    assert table is not None
    try:
        found = writes.updated(Reader(Scope(step.before, step.session)), table, step.change)
    except Unfollowed as problem:
        return Count(Unknown(str(problem)))
    value = next(one.value for one in found.outputs if one.field.name == column.name)
    if isinstance(value, Opaque | Fresh):
        return Count(found.touched, IsNotNull(column.name))
    other = f"{NEW} IS DISTINCT FROM {OLD}" if step.before.server.is_postgres else f"{NEW} IS NOT {OLD}"
    if column.type.name in _WITHOUT_EQUALS:
        other = f"{NEW}::text IS DISTINCT FROM {OLD}::text"
    return _compared(found.touched, found.alias, column, column.type, value, other)


def picked(step: Step[to.Update]) -> Count:
    """The rows that an UPDATE picks, out of all."""
    table = step.table(step.change.table)
    assert table is not None
    rows = step.rows(table.name)
    try:
        found = writes.updated(Reader(Scope(step.before, step.session)), table, step.change)
    except Unfollowed as problem:
        return Count(Unknown(str(problem)))
    return Count(rows, Holds(found.when, found.alias)) if found.when is not None else Count(rows)


def narrowed(step: Step[to.AlterColumnType]) -> Count | None:
    """The rows whose value is another one after a change of type; None where none can be."""
    change, table = step.change, step.table(step.change.table)
    column = table.column(change.column) if table else None
    if column is None or isinstance(step.rows(change.table), Nothing):
        return None
    rows = step.rows(change.table)
    if change.using is None or is_converted(step.after, change):
        lossy = may_lose(column.type, change.type)
        return Count(rows, Loses(column.name, column.type, change.type)) if lossy else None
    try:
        value = Reader(Scope(step.before, step.session)).formula(change.using.text)
    except Unfollowed as problem:
        return Count(Unknown(str(problem)))
    return _compared(rows, change.table.name, column, change.type, value, _shrinks(column.type, change.type))


def _shrinks(source: SqlType, target: SqlType) -> str:
    """The condition that less is left of a value: nothing, fewer characters, fewer digits behind the point, no time."""
    old, new = source.category, target.category
    less = "false"
    if (old, new) == ("string", "string"):
        less = f"char_length({NEW}) < char_length({OLD})"
    elif new == "string" and old != "array":  # a part of what was there; 'yes' for true is none
        text = _as_text(source)
        less = f"char_length({NEW}) < char_length({text}) AND strpos({text}, {NEW}) > 0"
    elif (old, new) == ("number", "number"):
        kept = f"char_length(rtrim(split_part({NEW}::numeric::text, '.', 2), '0'))"
        rounded = f"{OLD}::numeric <> round({OLD}::numeric, {kept})"
        less = f"{rounded} AND abs({NEW}::numeric - {OLD}::numeric) < power(10::numeric, -{kept})"
    elif target.name == "date" and source.name.startswith("timestamp"):
        less = f"{OLD}::time <> '00:00'"
    elif target.name.startswith("timestamp") and source.name.startswith("timestamp"):
        less = " <> ".join(f"date_part('microseconds', {one})::int % 1000000" for one in (OLD, NEW))
    return f"({NEW} IS NULL OR {less})"


def _as_text(source: SqlType) -> str:
    """An old value as text, without what only the type writes: zeros behind the point, midnight behind the day."""
    text = f"{OLD}::text"
    match source.category:
        case "number":
            return f"CASE WHEN {text} ~ '[.]' THEN rtrim(rtrim({text}, '0'), '.') ELSE {text} END"
        case "moment":
            return f"regexp_replace({text}, ' 00:00:00([+-][0-9:]+)?$', '')"
        case _:
            return text


def _compared(rows: Rows, alias: str, column: Column, kind: SqlType, value: Value, condition: str) -> Count:
    """The rows for which a condition on the old value, which is not NULL, and the new one is true."""
    outputs = (
        Output(Field("old", column.type, column.collation), Copy(column.name)),
        Output(Field("new", kind, column.collation), value),
    )
    test = Formula(f"{OLD} IS NOT NULL AND {condition}", frozenset(("old", "new")))
    return Count(computed(rows, alias, outputs), Holds(test))


_WITHOUT_EQUALS = frozenset(("json", "xml", "point", "polygon", "path", "line", "lseg", "box", "circle"))
"""Types of PostgreSQL that have no `=`, or one that compares something else."""


def keeps_what_is_there(column: str, value: Expr) -> bool:
    """True for `coalesce(column, …)` and the column itself, which overwrite nothing."""
    written = "".join(value.text.replace('"', "").split()).lower().strip("()")
    return written == column.lower() or written.startswith(
        (f"coalesce({column.lower()},", f"ifnull({column.lower()},")
    )
