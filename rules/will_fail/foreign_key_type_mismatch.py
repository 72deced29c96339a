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

from checker.catalog import QName, Table
from checker.change import Change, CreateTable, foreign_keys
from checker.errors import IncompatibleTypes
from checker.finding import Claim
from checker.step import Step


def check(step: Step[Change], error: IncompatibleTypes) -> Iterator[Claim]:
    evidence = f"error {error.code}: {error.message}"
    for name, key in foreign_keys(step.change):
        if error.object in ("", str(name), f"{name}.{key.name}"):
            own = _types(name, _table(step, name), key.columns)
            other = _types(key.target, _table(step, key.target), key.references)
            message = f"{own} cannot be compared with {other}, so no foreign key can link them"
            yield step.claim(message, evidence=evidence, object=error.object)
            return
    yield step.claim(f"{error.object}: the types cannot be compared, {error.message}", evidence=evidence)


def _table(step: Step[Change], name: QName) -> Table | None:
    change = step.change
    return change.table if isinstance(change, CreateTable) and change.table.name == name else step.table(name)


def _types(name: QName, table: Table | None, columns: tuple[str, ...]) -> str:
    found = [table.column(column) if table else None for column in columns]
    typed = (f"{column} {one.type}" if one else column for column, one in zip(columns, found, strict=True))
    return f"{name} ({', '.join(typed)})"
