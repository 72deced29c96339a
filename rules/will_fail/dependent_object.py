"""Other objects depend on it: the server refuses to drop or change it.

Views, foreign keys, defaults, generated columns, policies: as long as one of them needs the object, the
statement ends with an error. CASCADE would drop them along, which is rarely what is wanted.

Harmless is dropping the dependents first, each by name, and building them again afterwards.

```sql live
CREATE TABLE users (id int, email text);
CREATE VIEW emails AS SELECT email FROM users;
```
```sql bad
ALTER TABLE users DROP COLUMN email;
```
```sql good
DROP VIEW emails;
ALTER TABLE users DROP COLUMN email;
```
"""

from collections.abc import Iterator

from checker.change import AlterColumnType, Change
from checker.errors import DependentObjects
from checker.finding import Claim
from checker.remedy import around_views, without_dependents
from checker.step import Step


def check(step: Step[Change], error: DependentObjects) -> Iterator[Claim]:
    others = ", ".join(error.others) or "other objects"
    yield step.claim(
        f"{error.object} is needed by {others}",
        evidence=f"error {error.code}: {error.message}",
        remedy=_remedy(step, error),
        object=error.object,
    )


def _remedy(step: Step[Change], error: DependentObjects) -> str:
    match step.change:
        case AlterColumnType(table=table, column=column):
            return around_views(step.before.views_over(table, column), step.statement.text)
        case _:
            return without_dependents(step.before, error.others, step.statement.text)
