"""The file stops half way: what ran before the failing statement stays.

Outside a transaction every statement is committed by itself. When a later one is refused, the schema is neither
the old nor the new one, and running the file again stops at its first statement, which has already been done.

Harmless is the same file in one transaction: nothing of it stays. Of several failures the first one counts: there
the run stops.

```sql live
CREATE TABLE users (id int, email text);
```
```sql bad
ALTER TABLE users ADD COLUMN name text;
ALTER TABLE users DROP COLUMN emial;
```
```sql good
ALTER TABLE users ADD COLUMN name text;
ALTER TABLE users DROP COLUMN email;
```
"""

from collections.abc import Iterator

from checker.change import Change
from checker.errors import ApplyError
from checker.finding import Claim
from checker.remedy import comment, script
from checker.step import Step


def check(step: Step[Change], error: ApplyError) -> Iterator[Claim]:
    if not step.committed or step.session.after_failure:
        return
    count, file, line = len(step.committed), step.statement.source.name, step.statement.span.line
    yield step.claim(
        f"{file} stops half way: {count} change{'s' * (count > 1)} before this statement "
        f"stay{'s' * (count == 1)}",
        evidence=f"done by then: {'; '.join(step.committed)}",
        remedy=script(
            comment(
                "as one transaction nothing would stay: BEGIN before the first statement, COMMIT at the end"
            ),
            comment(f"after a failed run, go on from line {line}: what stands before it is done"),
        ),
        object=file,
    )
