"""An UPDATE of every row overwrites values that are there.

Mostly it was meant to fill a new column, or the WHERE was forgotten. What stood in the rows is gone once the
transaction is committed.

Values that are computed from themselves (`upper(name)`) are a note, for that is meant to change every row.

Harmless are a column that this run adds, one that is NULL in every row, and values that stay what they are.

```sql live
CREATE TABLE users (id int, role text, plan text);
INSERT INTO users VALUES (1, 'admin', NULL), (2, NULL, NULL);
```
```sql bad
UPDATE users SET role = 'reader';
```
```sql good
UPDATE users SET role = 'reader' WHERE role IS NULL;
UPDATE users SET plan = 'free';
```
"""

from collections.abc import Iterator

from checker.catalog import Column, Expr
from checker.change import Update
from checker.data.losses import keeps_what_is_there, overwritten, picked
from checker.finding import Certainty, Claim, Severity
from checker.remedy import backup, only_where_null, script
from checker.step import Step

FEW = 10
"""Rows of a table so small that a WHERE which picks all of them is no sign of anything."""


def check(step: Step[Update]) -> Iterator[Claim]:
    change, table = step.change, step.table(step.change.table)
    if table is None or step.is_scratch(change.table):
        return
    for name, value in change.sets:
        column = table.column(name)
        new = step.is_new_column(change.table, name) or keeps_what_is_there(name, value)
        if column is not None and not new and (_has_no_where(change) or _picks_all(step)):
            yield from _overwritten(step, column, value)


def _has_no_where(change: Update) -> bool:
    return (change.where is None or change.where.is_true) and change.sources is None


def _picks_all(step: Step[Update]) -> bool:
    answer = step.ask(picked(step))
    return answer is not None and answer.total is not None and FEW <= answer.total == answer.found


def _overwritten(step: Step[Update], column: Column, value: Expr) -> Iterator[Claim]:
    change, probe = step.change, overwritten(step, column)
    answer = step.ask(probe)
    if answer is not None and answer.none:
        return
    how = "has no WHERE" if _has_no_where(change) else "has a WHERE that picks every row"
    found = f"overwrites the values of {answer.amount()}" if answer else "overwrites what is there"
    yield step.claim(
        f"{change.table}.{column.name}: this UPDATE {how} and {found}",
        evidence=step.said(probe),
        remedy=script(
            backup(change.table, postgres=step.before.server.is_postgres),
            only_where_null(step.statement.text, column.name) if len(change.sets) == 1 else "",
        ),
        object=f"{change.table}.{column.name}",
        certainty=None if answer else Certainty.POSSIBLE,
        severity=_severity(change, answer is not None, column.name in value.columns),
    )


def _severity(change: Update, known: bool, from_itself: bool) -> Severity | None:
    """Values that are made into others are meant to be; a WHERE shows that somebody thought of rows."""
    if known and from_itself:
        return Severity.NOTE
    return None if known and _has_no_where(change) else Severity.WARNING
