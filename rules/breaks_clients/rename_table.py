"""Renaming a table, or moving it to another schema, breaks every query that still uses the old name.

The rename itself takes an instant. The code that is running while the migration is deployed fails from that
instant on. Indexes, sequences and constraints keep their old names, and are in the way when a table of the old
name is built again.

Harmless is a table that this run itself creates, and a view or table that has the old name in the end.

```sql live
CREATE TABLE users (id int, email text);
```
```sql bad
ALTER TABLE users RENAME TO people;
```
```sql good
ALTER TABLE users RENAME TO people;
CREATE VIEW users AS SELECT * FROM people;
```
"""

from collections.abc import Iterator

from checker.catalog import QName
from checker.change import RenameObject, RenameTable, SetSchema
from checker.finding import Claim
from checker.remedy import compatibility_view, script, statement
from checker.step import Step

_QUERIED = ("table", "foreign table", "view", "materialized view")


def check(step: Step[RenameTable | RenameObject | SetSchema]) -> Iterator[Claim]:
    match step.change:
        case RenameTable(table=old, new=name):
            new = QName(old.schema, name)
        case RenameObject(kind=kind, name=old, new=name) if kind in _QUERIED:
            new = QName(old.schema, name)
        case SetSchema(kind=kind, name=old, schema=schema) if kind in _QUERIED:
            new = QName(schema, old.name)
        case _:
            return
    if step.is_new_table(old):
        return
    yield step.claim(
        f"{old} becomes {new}: queries that use the old name fail",
        remedy=script(statement(step.statement.text), compatibility_view(old, new)),
        unless=lambda end: end.relation(old) is not None,
    )
