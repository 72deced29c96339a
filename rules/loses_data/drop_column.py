"""Dropping a column destroys its values, and every query that names it fails.

There is no undo once the transaction is committed, and ORMs name every column that they know: the old
code breaks even where it never looks at the values. Where every row has NULL that is all, and the finding a warning.

A table that is built anew (CREATE, INSERT … SELECT, DROP, RENAME) loses the columns that the copy does not take over.

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

from collections.abc import Callable, Iterator

from checker.catalog import Catalog, QName
from checker.change import DropColumn, DropTable
from checker.data.copies import left_out
from checker.finding import Claim, Severity
from checker.probe import Count, IsNotNull
from checker.remedy import backup
from checker.step import Step


def check(step: Step[DropColumn | DropTable]) -> Iterator[Claim]:
    match step.change:
        case DropColumn(table=table, column=column):
            if not step.is_new_column(table, column):
                yield _lost(step, table, column)
        case DropTable(table=table):
            # where nothing takes over its name the table is lost as a whole, which drop-table says
            for column in left_out(step, table):
                if not step.is_new_column(table, column):
                    yield _lost(step, table, column, unless=lambda end: end.table(table) is None)


def _lost(
    step: Step[DropColumn | DropTable],
    table: QName,
    column: str,
    unless: Callable[[Catalog], bool] | None = None,
) -> Claim:
    probe = Count(step.rows(table), IsNotNull(column))
    answer, name = step.ask(probe), f"{table}.{column}"
    if answer is not None and answer.none:
        message = f"{name} is dropped: it has no value in any row, but queries that name it fail"
        return step.claim(message, object=name, severity=Severity.WARNING, unless=unless)
    return step.claim(
        f"{name} is dropped with " + (answer.amount("values") if answer else "all its values"),
        evidence=step.said(probe),
        remedy=backup(table, postgres=step.before.server.is_postgres),
        object=name,
        unless=unless,
    )
