"""A new column that must not be NULL and has no default: the server refuses it where the table has rows.

The rows that are there would have NULL in it. On an empty table, and in the tests' databases, the same
statement works, so it fails in production first.

Harmless is a table that this run creates or empties and does not fill, a default, and a generated column.

```sql live
CREATE TABLE users (id int);
INSERT INTO users VALUES (1);
```
```sql bad
ALTER TABLE users ADD COLUMN email text NOT NULL;
```
```sql good
ALTER TABLE users ADD COLUMN email text NOT NULL DEFAULT '';
```
"""

from collections.abc import Iterator

from checker.change import AddColumn
from checker.finding import Certainty, Claim
from checker.remedy import add_required
from checker.step import Step


def check(step: Step[AddColumn]) -> Iterator[Claim]:
    change = step.change
    if not change.column.is_required or step.is_empty(change.table):
        return
    table = step.table(change.table)
    rows = table.rows if table else None
    unseen = step.assumed or step.is_offline or rows == 0
    yield step.claim(
        f"{change.table}.{change.column.name} is added NOT NULL without a default: "
        "this fails if the table has a row",
        evidence=f"the server estimates {rows:,} rows" if rows is not None else "",
        remedy=add_required(change.table, change.column, step.before),
        certainty=Certainty.POSSIBLE if unseen else Certainty.LIKELY,
    )
