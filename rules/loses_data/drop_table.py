"""Dropping a table destroys its rows, and every query that names it fails.

There is no undo once the transaction is committed. Code that is still running with the old schema
breaks at the same moment; where the table is empty that is all, and the finding a warning.

Harmless is a table that this run itself creates, as long as nothing was copied into it, and one
whose rows are all copied into a table that has its name in the end (SQLite's way to alter a table).

```sql live
CREATE TABLE sessions (id int, token text);
INSERT INTO sessions VALUES (1, 'x');
```
```sql bad
DROP TABLE sessions;
```
```sql good
CREATE TABLE import_stage (line text);
DROP TABLE import_stage;
```
"""

from collections.abc import Iterator

from checker.catalog import QName
from checker.change import DropTable
from checker.data.selections import as_many
from checker.finding import Certainty, Claim, Severity
from checker.remedy import backup
from checker.step import Step


def check(step: Step[DropTable]) -> Iterator[Claim]:
    table = step.change.table
    found = step.table(table)
    if step.is_scratch(table) or (found and found.temporary):
        return
    answer = step.ask(step.count(table))
    empty = answer is not None and answer.none
    known = answer is not None and not answer.at_least
    estimate = f"about {found.rows:,} rows" if found and found.rows else "all its rows"
    copied = step.facts.was_copied(table)
    if copied and not empty:
        yield from _left_behind(step, table)
    yield step.claim(
        f"{table} is dropped: it is empty, but queries that name it fail"
        if empty
        else f"{table} is dropped with {answer.amount() if answer and known else estimate}",
        evidence=step.said(step.count(table)),
        remedy="" if empty else backup(table, postgres=step.before.server.is_postgres),
        severity=Severity.WARNING if empty else None,
        unless=(lambda end: end.table(table) is not None) if copied else None,
    )


def _left_behind(step: Step[DropTable], table: QName) -> Iterator[Claim]:
    """A table that is built anew under its own name may have got only some of the rows."""
    targets = step.facts.targets_of(table)
    if len(targets) != 1:
        return
    (target,) = targets
    if as_many(step.rows(target)) == as_many(step.rows(table)):
        return
    held, copied = step.ask(step.count(table)), step.ask(step.count(target))
    if held is None or held.at_least or (copied and (copied.at_least or copied.found >= held.found)):
        return
    yield step.claim(
        f"{table} is built anew with {copied.found:,} of its {held.amount()}"
        if copied
        else f"{table} is built anew, perhaps not with all of its {held.amount()}",
        evidence=step.said(step.count(target)),
        remedy=backup(table, postgres=step.before.server.is_postgres),
        certainty=None if copied else Certainty.POSSIBLE,
        severity=None if copied else Severity.WARNING,
        unless=lambda end: end.table(table) is None,
    )
