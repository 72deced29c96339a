"""Rows refer to rows that are not there: the server refuses the foreign key.

ADD FOREIGN KEY and VALIDATE CONSTRAINT look at every row. Years without a key leave orphans behind, in production
and nowhere else. An INSERT or an UPDATE that refers to nothing is refused as well, and so is a DELETE of rows that
others refer to.

Harmless are orphans that the same run deletes or lets go, rows with NULL in the key, and a key that is NOT VALID.

```sql live
CREATE TABLE users (id int PRIMARY KEY);
CREATE TABLE orders (id int, user_id int);
INSERT INTO orders VALUES (1, 7), (2, NULL);
```
```sql bad
ALTER TABLE orders ADD CONSTRAINT orders_user FOREIGN KEY (user_id) REFERENCES users;
```
```sql good
DELETE FROM orders WHERE user_id NOT IN (SELECT id FROM users);
ALTER TABLE orders ADD CONSTRAINT orders_user FOREIGN KEY (user_id) REFERENCES users;
```
"""

from collections.abc import Iterator

from checker.catalog import ForeignKey
from checker.change import AddConstraint, Change, ValidateConstraint, verb
from checker.finding import Claim
from checker.refusals import OrphansFound
from checker.remedy import add_unverified, orphans, script
from checker.step import Step


def check(step: Step[Change], error: OrphansFound) -> Iterator[Claim]:
    yield step.claim(
        _message(step, error), evidence=step.evidence(error), remedy=_remedy(step, error), object=error.object
    )


def _message(step: Step[Change], error: OrphansFound) -> str:
    key = f" ({', '.join(error.columns)})" if len(error.columns) > 1 else ""
    subject, doing = f"{error.object}{key}", verb(step.change)
    parent = next(iter(error.others), "any parent")
    if not error.already:
        if parent == str(getattr(step.change, "table", "")) != str(error.table):
            return f"{subject} still refers in {error.offenders} to rows of {parent} that this {doing} takes away"
        return f"{subject} refers to no row of {parent} in {error.offenders} of this {doing}"
    if error.answer is None:
        return f"{subject} must refer to rows of {parent}: this fails if one is missing"
    before = ", and did before the key was there" if isinstance(step.change, ValidateConstraint) else ""
    return f"{subject} refers to no row of {parent} in {error.offenders}{before}: this fails"


def _remedy(step: Step[Change], error: OrphansFound) -> str:
    table, postgres = step.table(error.table), step.before.server.is_postgres
    if table is None or not error.already:
        return ""
    match step.change:
        case AddConstraint(constraint=ForeignKey() as key, inline=False):
            later = add_unverified(table, key) if postgres else ""
            return script(orphans(table, key, postgres=postgres), later)
        case ValidateConstraint(name=name) if isinstance(held := table.constraint(name), ForeignKey):
            return orphans(table, held, postgres=postgres)
        case _:
            return ""
