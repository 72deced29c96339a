"""The columns of a foreign key have types that cannot be compared: the server refuses it.

PostgreSQL needs an equality operator between both types: integer and bigint have one, integer and text have
none, and neither have uuid and text.

Harmless are types of one family (smallint, integer, bigint; text and varchar), though the same type on both
sides spares a conversion with each check.

```sql live
CREATE TABLE users (id uuid PRIMARY KEY);
CREATE TABLE orders (id int, user_id int);
```
```sql bad
ALTER TABLE orders ADD FOREIGN KEY (user_id) REFERENCES users;
```
```sql good
ALTER TABLE orders ADD COLUMN user_key uuid REFERENCES users;
```
"""

from collections.abc import Iterator

from checker.catalog import ForeignKey, QName
from checker.change import AddConstraint, Change
from checker.errors import IncompatibleTypes
from checker.finding import Claim
from checker.step import Step


def check(step: Step[Change], error: IncompatibleTypes) -> Iterator[Claim]:
    evidence = f"error {error.code}: {error.message}"
    match step.change:
        case AddConstraint(table=table, constraint=ForeignKey() as key):
            own, other = _types(step, table, key.columns), _types(step, key.target, key.references)
            yield step.claim(
                f"{own} cannot be compared with {other}, so no foreign key can link them", evidence=evidence
            )
        case _:
            yield step.claim(
                f"{error.object}: the types cannot be compared, {error.message}", evidence=evidence
            )


def _types(step: Step[Change], name: QName, columns: tuple[str, ...]) -> str:
    table = step.table(name)
    found = [table.column(column) if table else None for column in columns]
    typed = (f"{column} {one.type}" if one else column for column, one in zip(columns, found, strict=True))
    return f"{name} ({', '.join(typed)})"
