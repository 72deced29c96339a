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
from checker.refusals import NullsFound
from checker.remedy import add_required
from checker.step import Step


def check(step: Step[AddColumn], error: NullsFound) -> Iterator[Claim]:
    change = step.change
    table = step.table(change.table)
    estimated = table.rows if table else None
    counted = error.answer.found if error.answer else None
    if not change.column.is_required:
        return
    yield step.claim(
        f"{change.table}.{change.column.name} is added NOT NULL without a default: "
        + ("this fails if the table has a row" if counted is None else "the table has rows, so this fails"),
        evidence=error.evidence or (f"the server estimates {estimated:,} rows" if estimated else ""),
        remedy=add_required(change.table, change.column, step.before),
        certainty=Certainty.LIKELY if counted is None and estimated else None,
    )
