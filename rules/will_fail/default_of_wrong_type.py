"""The default does not fit the column's type: the server refuses it.

The server converts a constant when the default is set, and refuses what it cannot read as that type. A change of
a column's type converts its default too, and is refused where no automatic cast leads there.

Harmless is DROP DEFAULT first, then the new type, then the new default.

```sql live
CREATE TABLE users (id int, age int DEFAULT 0);
```
```sql bad
ALTER TABLE users ALTER COLUMN age SET DEFAULT 'unknown';
```
```sql good
ALTER TABLE users ALTER COLUMN age SET DEFAULT 18;
```
"""

from collections.abc import Iterator

from checker.change import AlterColumnType, Change
from checker.errors import DefaultOfWrongType
from checker.finding import Claim
from checker.remedy import qualified, quoted, script, statement
from checker.step import Step


def check(step: Step[Change], error: DefaultOfWrongType) -> Iterator[Claim]:
    remedy = ""
    if isinstance(step.change, AlterColumnType):
        column = quoted(step.change.column)
        drop = f"ALTER TABLE {qualified(step.change.table)} ALTER COLUMN {column} DROP DEFAULT;"
        remedy = script(drop, statement(step.statement.text))
    yield step.claim(
        f"{error.object}: the default does not fit the type, {error.message}",
        evidence=f"error {error.code}",
        remedy=remedy,
    )
