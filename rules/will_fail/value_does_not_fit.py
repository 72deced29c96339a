"""A value is longer or larger than the type allows: the server refuses it.

A shorter varchar, a smaller integer, fewer digits: the change looks at every value, and one that is too large is enough.
PostgreSQL cuts nothing unless USING says so. An INSERT or an UPDATE of such a value is refused as well.

Harmless are values that all fit, and those that the same run cuts first.

```sql live
CREATE TABLE users (id int, name varchar(40));
INSERT INTO users VALUES (1, 'Wolfeschlegelsteinhausenbergerdorff');
```
```sql bad
ALTER TABLE users ALTER COLUMN name TYPE varchar(20);
```
```sql good
UPDATE users SET name = left(name, 20);
ALTER TABLE users ALTER COLUMN name TYPE varchar(20);
```
"""

from collections.abc import Iterator

from checker.change import AlterColumnType, Change, verb
from checker.finding import Claim
from checker.probe import Count, DoesNotCast
from checker.refusals import DoesNotFit
from checker.remedy import unfitting
from checker.step import Step


def check(step: Step[Change], error: DoesNotFit) -> Iterator[Claim]:
    change, table = step.change, step.table(error.table)
    column = table.column(error.columns[0]) if table else None
    if isinstance(change, AlterColumnType):
        found = (
            f"is too small for {error.offenders}: this fails"
            if error.answer
            else "fails if a value does not fit"
        )
        message = f"{error.object} becomes {change.type}, which {found}"
    else:
        kind = column.type if column is not None else "limited"
        message = f"{error.object} is {kind}, too small for {error.offenders} of this {verb(change)}"
    yield step.claim(message, evidence=step.evidence(error), remedy=_remedy(step, error), object=error.object)


def _remedy(step: Step[Change], error: DoesNotFit) -> str:
    table = step.table(error.table)
    column = table.column(error.columns[0]) if table and error.already else None
    match error.probe:
        case Count(condition=DoesNotCast() as cast) if table is not None and column is not None:
            return unfitting(table, column, cast, step.before)
        case _:
            return ""
