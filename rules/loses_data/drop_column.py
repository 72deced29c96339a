"""Dropping a column destroys its values, and every query that names it fails.

There is no undo once the transaction is committed, and ORMs name every column that they know: the old
code breaks even where it never looks at the values. Where every row has NULL that is all, and the finding a warning.

Harmless is a column that this run itself adds, and any column of a table that it creates.

```sql live
CREATE TABLE users (id int, email text);
INSERT INTO users VALUES (1, 'a');
```
```sql bad
ALTER TABLE users DROP COLUMN email;
```
```sql good
ALTER TABLE users ADD COLUMN hint text;
ALTER TABLE users DROP COLUMN hint;
```
"""

from collections.abc import Iterator

from checker.catalog import QName
from checker.change import DropColumn, RenameTable
from checker.finding import Claim, Severity
from checker.probe import Count, IsNotNull
from checker.remedy import backup
from checker.rows import Rows, rows_of
from checker.step import Step


def check(step: Step[DropColumn | RenameTable]) -> Iterator[Claim]:
    match step.change:
        case DropColumn(table=table, column=column):
            if not step.is_new_column(table, column):
                yield _lost(step, step.rows(table), table, column)
        case RenameTable(table=table, new=new):
            yield from _left_out(step, table, QName(table.schema, new))


def _left_out(step: Step[DropColumn | RenameTable], built: QName, name: QName) -> Iterator[Claim]:
    """A table that is built anew takes the old one's name and rows, but not all of its columns."""
    old, new = step.live.table(name), step.table(built)
    rows = rows_of(step.live, name)
    if old is None or new is None or name not in step.facts.sources_of(built):
        return
    for column in old.columns:
        if new.column(column.name) is None:
            yield _lost(step, rows, name, column.name)


def _lost(step: Step[DropColumn | RenameTable], rows: Rows, table: QName, column: str) -> Claim:
    probe = Count(rows, IsNotNull(column))
    answer, name = step.ask(probe), f"{table}.{column}"
    if answer is not None and answer.none:
        message = f"{name} is dropped: it has no value in any row, but queries that name it fail"
        return step.claim(message, object=name, severity=Severity.WARNING)
    return step.claim(
        f"{name} is dropped with " + (answer.amount("values") if answer else "all its values"),
        evidence=step.said(probe),
        remedy=backup(table, postgres=step.before.server.is_postgres),
        object=name,
    )
