"""A foreign key refers to columns that nothing keeps unique: the server refuses it.

The referenced columns need a primary key, a UNIQUE constraint or a unique index over exactly these columns. An
index with a WHERE condition or over expressions does not do.

Harmless is any order of the same columns: (b, a) is proven unique by a key over (a, b).

```sql live
CREATE TABLE users (id int, email text);
CREATE TABLE orders (id int, email text);
```
```sql bad
ALTER TABLE orders ADD FOREIGN KEY (email) REFERENCES users (email);
```
```sql good
ALTER TABLE users ADD UNIQUE (email);
ALTER TABLE orders ADD FOREIGN KEY (email) REFERENCES users (email);
```
"""

from collections.abc import Iterator

from checker.catalog import ForeignKey
from checker.change import AddConstraint, Change
from checker.errors import NoUniqueTarget
from checker.finding import Claim
from checker.remedy import names, qualified, script, statement
from checker.step import Step


def check(step: Step[Change], error: NoUniqueTarget) -> Iterator[Claim]:
    match step.change:
        case AddConstraint(table=table, constraint=ForeignKey(target=target, references=columns)) if columns:
            key = f"ALTER TABLE {qualified(target)} ADD UNIQUE ({names(columns)});"
            yield step.claim(
                f"{table}: the foreign key refers to {target} ({', '.join(columns)}), which nothing keeps unique",
                evidence=f"error {error.code}: {error.message}",
                remedy=script(key, statement(step.statement.text)),
            )
        case _:
            yield step.claim(
                f"{error.object}: a foreign key refers to columns that nothing keeps unique, {error.message}",
                evidence=f"error {error.code}",
            )
