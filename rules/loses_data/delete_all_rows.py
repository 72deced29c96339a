"""A DELETE without a condition removes every row of the table.

So does one whose condition is always true. Mostly the WHERE was forgotten; where it was not, the rows are
gone for good once the transaction is committed.

Harmless is a table without a row, one that this run itself creates, and one that it has already emptied.

```sql live
CREATE TABLE settings (key text, value text);
INSERT INTO settings VALUES ('theme', 'dark'), ('size', 'large');
```
```sql bad
DELETE FROM settings;
```
```sql good
DELETE FROM settings WHERE key = 'theme';
```
"""

from collections.abc import Iterator

from checker.change import Delete
from checker.finding import Claim
from checker.remedy import backup
from checker.step import Step


def check(step: Step[Delete]) -> Iterator[Claim]:
    table, where = step.change.table, step.change.where
    if where is not None and not where.is_true:
        return
    if step.is_scratch(table) or step.is_empty(table):
        return
    answer = step.ask(step.count(table))
    if answer is not None and answer.none:
        return
    yield step.claim(
        f"{table} loses " + (f"{answer.amount()}: this DELETE has no WHERE" if answer else "all its rows"),
        evidence=step.said(step.count(table)),
        remedy=backup(table, postgres=step.before.server.is_postgres),
    )
