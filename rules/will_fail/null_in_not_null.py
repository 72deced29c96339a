"""A column that must not be NULL is NULL in some rows: the server refuses the change.

SET NOT NULL, a primary key and VALIDATE look at every row, and one is enough. It works in the tests'
databases, where every row was written by today's code. An INSERT or an UPDATE that writes NULL into such a column
is refused as well.

Harmless is a column that is filled first: by an UPDATE in the same run, or because no row is NULL.

```sql live
CREATE TABLE users (id int, email text, name text);
INSERT INTO users VALUES (1, NULL, NULL);
```
```sql bad
ALTER TABLE users ALTER COLUMN email SET NOT NULL;
```
```sql good
UPDATE users SET email = '' WHERE email IS NULL;
ALTER TABLE users ALTER COLUMN email SET NOT NULL;
```
"""

from collections.abc import Iterator

from checker.change import Change, SetNotNull, verb
from checker.finding import Claim
from checker.refusals import NullsFound
from checker.remedy import fill, require, script
from checker.step import Step


def check(step: Step[Change], error: NullsFound) -> Iterator[Claim]:
    column = f"{error.table}.{error.columns[0]}"
    if error.already:
        found = (
            f"but is NULL in {error.offenders}: this fails"
            if error.answer
            else "which fails if a row is NULL"
        )
        message = f"{column} becomes NOT NULL, {found}"
    else:
        message = f"{column} is NOT NULL, and this {verb(step.change)} puts NULL into {error.offenders}"
    yield step.claim(message, evidence=step.evidence(error), remedy=_remedy(step, error), object=column)


def _remedy(step: Step[Change], error: NullsFound) -> str:
    """The column filled first, where it is there before the statement and may hold NULL."""
    table = step.table(error.table)
    column = table.column(error.columns[0]) if table else None
    if column is None or not error.already:
        return ""
    asks = isinstance(step.change, SetNotNull)
    return script(
        fill(error.table, column, step.before), require(error.table, column, step.before) if asks else ""
    )
