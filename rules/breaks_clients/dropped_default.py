"""Without its default, INSERTs that leave the column out store NULL or fail.

Code that was written while the default was there does not name the column. Where the column is NOT NULL its
INSERTs fail from that instant on, otherwise they silently store NULL.

Harmless is a column or table of this run itself, and a new default that stands when the run is over.

```sql live
CREATE TABLE users (id int, role text NOT NULL DEFAULT 'reader');
```
```sql bad
ALTER TABLE users ALTER COLUMN role DROP DEFAULT;
```
```sql good
ALTER TABLE users ALTER COLUMN role DROP DEFAULT;
ALTER TABLE users ALTER COLUMN role SET DEFAULT 'guest';
```
"""

from collections.abc import Iterator

from checker.catalog import Catalog
from checker.change import DropDefault, DropIdentity
from checker.finding import Claim
from checker.remedy import set_default
from checker.step import Step


def check(step: Step[DropDefault | DropIdentity]) -> Iterator[Claim]:
    name, change = step.change.table, step.change
    before = step.table(name)
    column = before.column(change.column) if before else None
    if (
        step.is_new_table(name)
        or step.is_new_column(name, change.column)
        or (column and not column.fills_itself)
    ):
        return

    def is_back(end: Catalog) -> bool:
        table = end.table(name)
        found = table.column(change.column) if table else None
        return found is None or found.fills_itself

    required = column is not None and not column.nullable
    default = column.default if column else None
    yield step.claim(
        f"{name}.{change.column} loses its default: INSERTs that leave it out "
        + ("fail" if required else "store NULL"),
        evidence=f"the default was {default.text}" if default else "",
        remedy=set_default(name, change.column, default.text) if default else "",
        unless=is_back if before and not before.assumed else None,
    )
