"""SET CONSTRAINTS defers a constraint that is not deferrable: the server refuses it.

A foreign key, unique or primary key constraint is checked at once unless it was made DEFERRABLE; CHECK and NOT NULL always
are. SET CONSTRAINTS ALL DEFERRED is not refused, but leaves such constraints as they are: rows that refer to
each other still fail in any order.

Harmless is a constraint that is DEFERRABLE.

```sql live
CREATE TABLE users (id int PRIMARY KEY);
CREATE TABLE orders (id int, user_id int CONSTRAINT orders_user REFERENCES users);
```
```sql bad
BEGIN;
SET CONSTRAINTS orders_user DEFERRED;
COMMIT;
```
```sql good
BEGIN;
ALTER TABLE orders ALTER CONSTRAINT orders_user DEFERRABLE;
SET CONSTRAINTS orders_user DEFERRED;
COMMIT;
```
"""

from collections.abc import Iterator

from checker.catalog import ForeignKey
from checker.change import NoChange
from checker.errors import NotDeferrable
from checker.finding import Claim
from checker.remedy import comment, qualified, quoted, script, statement
from checker.step import Step


def check(step: Step[NoChange], error: NotDeferrable) -> Iterator[Claim]:
    table = next(one for one in step.before.tables() if str(one.name) == error.others[0])
    name = error.others[1]
    if isinstance(table.constraint(name), ForeignKey):
        alter = f"ALTER TABLE {qualified(table.name)} ALTER CONSTRAINT {quoted(name)} DEFERRABLE"
        remedy = script(comment("once, before:"), statement(alter))
    else:
        remedy = comment(
            "only foreign keys can be made DEFERRABLE as they stand; any other is dropped and added anew"
        )
    yield step.claim(
        f"{error.object} is not DEFERRABLE, so that it cannot be deferred",
        evidence=f"error {error.code}: {error.message}",
        remedy=remedy,
        object=error.object,
    )
