"""The statement names something that does not exist: the server refuses it.

A table, column, constraint or type was renamed or dropped before, stands in a schema that the search path
does not hold, or was never created in this database. Where a similar name exists the finding says it.

Harmless is DROP … IF EXISTS, and whatever an earlier statement of the run creates.

```sql live
CREATE TABLE users (id int, email text);
```
```sql bad
ALTER TABLE users DROP COLUMN emial;
```
```sql good
ALTER TABLE users DROP COLUMN IF EXISTS emial;
```
"""

from collections.abc import Iterator

from checker.change import Change
from checker.errors import MissingObject
from checker.finding import Claim
from checker.step import Step


def check(step: Step[Change], error: MissingObject) -> Iterator[Claim]:
    meant = f"; did you mean {' or '.join(error.similar)}?" if error.similar else ""
    yield step.claim(
        f"{error.object} does not exist{meant}",
        evidence=f"error {error.code}: {error.message}",
        object=error.object,
    )
