"""A DELETE without a condition removes every row of the table.

So does one whose condition is always true. Mostly the WHERE was forgotten; where it was not, the rows are
gone for good once the transaction is committed, and ON DELETE CASCADE takes the rows of other tables along.

Harmless is a table that this run itself creates, and one that it has already emptied.

```sql live
CREATE TABLE settings (key text, value text);
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
    cascades = sorted(
        {str(child.name) for child, key in step.before.references_to(table) if key.on_delete == "cascade"}
    )
    also = f", and with them the rows of {', '.join(cascades)} that refer to it" if cascades else ""
    yield step.claim(
        f"{table} loses all its rows{also}",
        remedy=backup(table, postgres=step.before.server.is_postgres),
    )
