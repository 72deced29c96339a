"""The file ends inside a transaction: without COMMIT all of it is rolled back.

The connection closes, the server undoes everything since BEGIN, and no error says so. A tool that only looks at
the statements' results records the migration as done.

Harmless is a COMMIT (or END) for every BEGIN.

```sql live
CREATE TABLE users (id int);
```
```sql bad
BEGIN;
ALTER TABLE users ADD COLUMN email text;
```
```sql good
BEGIN;
ALTER TABLE users ADD COLUMN email text;
COMMIT;
```
"""

from collections.abc import Iterator

from checker.change import EndOfFile
from checker.finding import Certainty, Claim, Severity
from checker.step import Step


def check(step: Step[EndOfFile]) -> Iterator[Claim]:
    if step.session.in_transaction and not step.session.implicit:
        file = step.statement.source.name
        yield step.claim(
            f"{file} ends inside a transaction: everything since BEGIN is rolled back",
            remedy="COMMIT;",
            object=file,
            severity=Severity.ERROR,
            certainty=Certainty.PROVEN,
        )
