"""What must be unique occurs more than once: the server refuses the change.

A unique index, a unique constraint and a primary key look at every row when they are made. An INSERT or an
UPDATE that repeats a key is refused as well.

Harmless are duplicates that the same run takes away first, rows with NULL in the key, and rows that the condition of
a partial index leaves out.

```sql live
CREATE TABLE users (id int, email text);
INSERT INTO users VALUES (1, 'a'), (2, 'a'), (3, NULL), (4, NULL);
```
```sql bad
CREATE UNIQUE INDEX users_email ON users (email);
```
```sql good
DELETE FROM users AS one USING users AS other WHERE one.email = other.email AND one.id > other.id;
CREATE UNIQUE INDEX users_email ON users (email);
```
"""

from collections.abc import Iterator

from checker.catalog import PrimaryKey, Unique
from checker.change import AddConstraint, Change, Insert, verb
from checker.finding import Claim
from checker.probe import Duplicates
from checker.refusals import DuplicatesFound
from checker.remedy import duplicates, skip_existing
from checker.step import Step


def check(step: Step[Change], error: DuplicatesFound) -> Iterator[Claim]:
    yield step.claim(
        _message(step, error), evidence=step.evidence(error), remedy=_remedy(step, error), object=error.object
    )


def _message(step: Step[Change], error: DuplicatesFound) -> str:
    key = f" ({', '.join(error.columns)})" if len(error.columns) > 1 else ""
    subject, doing = f"{error.object}{key}", verb(step.change)
    match error.probe:
        case _ if error.already and error.answer is None:
            return f"{subject} becomes unique by {error.constraint}, which fails if a key occurs twice"
        case _ if error.already:
            found = f"has duplicates of {error.offenders}"
            return f"{subject} becomes unique by {error.constraint}, but {found}: this fails"
        case Duplicates():
            return f"{subject} is unique, and this {doing} leaves duplicates of {error.offenders}"
        case _:
            rows = error.answer.amount() if error.answer else "rows"
            return f"{subject} is unique, and the key of {rows} of this {doing} is there already"


def _remedy(step: Step[Change], error: DuplicatesFound) -> str:
    table = step.table(error.table)
    match step.change, error.probe:
        case AddConstraint(inline=True), _:
            return ""
        case Insert(tolerates=None), _ if table is not None:
            held = table.constraint(error.constraint)
            waits = isinstance(held, Unique | PrimaryKey) and held.deferrable
            return "" if waits else skip_existing(step.statement.text)
        case _, Duplicates() as probe if error.already and table is not None:
            return duplicates(table, probe, step.before.server)
        case _:
            return ""
