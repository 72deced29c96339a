"""No automatic cast leads from the old type to the new one: the server refuses the change.

PostgreSQL converts the values by itself only where nothing can be lost or misread. Everything else needs USING
with an expression that says how.

Harmless is a change with USING, as long as every value can be converted.

```sql live
CREATE TABLE users (id int, age text);
```
```sql bad
ALTER TABLE users ALTER COLUMN age TYPE int;
```
```sql good
ALTER TABLE users ALTER COLUMN age TYPE int USING age::int;
```
"""

from collections.abc import Iterator

from checker.change import AlterColumnType, Change
from checker.errors import UncastableType
from checker.finding import Claim
from checker.remedy import convert
from checker.step import Step


def check(step: Step[Change], error: UncastableType) -> Iterator[Claim]:
    change = step.change
    if not isinstance(change, AlterColumnType) or (table := step.table(change.table)) is None:
        yield step.claim(f"{error.object}: {error.message}", evidence=f"error {error.code}")
        return
    column = table.column(change.column)
    yield step.claim(
        f"{change.table}.{change.column}: no automatic cast leads from "
        f"{column.type if column else 'its type'} to {change.type}",
        evidence=f"error {error.code}: {error.message}",
        remedy=convert(change.table, column, change.type) if column and change.using is None else "",
    )
