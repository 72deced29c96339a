"""The index's name is taken: the server refuses it.

Index names are unique per schema on PostgreSQL and per database file on SQLite, not per table, and they
share their name space with tables and views. A table that was renamed keeps the names of its indexes.

Harmless is IF NOT EXISTS, but it silently keeps the index that is there, whatever it is on.

```sql live
CREATE TABLE users (id int, email text);
CREATE TABLE orders (id int, email text);
CREATE INDEX email_idx ON users (email);
```
```sql bad
CREATE INDEX email_idx ON orders (email);
```
```sql good
CREATE INDEX orders_email_idx ON orders (email);
```
"""

from collections.abc import Iterator

from checker.catalog import Index
from checker.change import CreateIndex, RenameObject
from checker.errors import DuplicateObject
from checker.finding import Claim
from checker.step import Step


def check(step: Step[CreateIndex | RenameObject], error: DuplicateObject) -> Iterator[Claim]:
    match step.change:
        case CreateIndex(index=index):
            name = index.name
        case RenameObject(kind="index", name=old, new=new):
            name = old._replace(name=new)
        case _:
            return
    if error.cut:
        return
    taken = step.before.relation(name)
    owner = f"by an index on {taken.table}" if isinstance(taken, Index) else "by another relation"
    yield step.claim(
        f"{name}: the index name is taken {owner}",
        evidence=f"error {error.code}: {error.message}",
        object=str(name),
    )
