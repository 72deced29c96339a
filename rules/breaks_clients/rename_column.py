"""Renaming a column breaks every query that still uses the old name.

The rename itself takes an instant. The code that is running while the migration is deployed, and every report,
job and view outside of it, fails from that instant on.

Harmless is a column that this run itself adds, and a view that has the table's old name and the column's old
name once the run is over.

```sql live
CREATE TABLE users (id int, mail text);
```
```sql bad
ALTER TABLE users RENAME COLUMN mail TO email;
```
```sql good
ALTER TABLE users ADD COLUMN email text;
```
"""

from collections.abc import Iterator

from checker.catalog import Catalog, Table, View
from checker.change import RenameColumn
from checker.finding import Claim
from checker.remedy import rename_column_slowly
from checker.step import Step


def check(step: Step[RenameColumn]) -> Iterator[Claim]:
    change = step.change
    table = step.table(change.table)
    if step.is_new_table(change.table) or step.is_new_column(change.table, change.column):
        return
    column = table.column(change.column) if table else None
    postgres = step.before.server.is_postgres

    def is_back(end: Catalog) -> bool:
        found = end.relation(change.table)
        return isinstance(found, Table | View) and found.column(change.column) is not None

    yield step.claim(
        f"{change.table}.{change.column} becomes {change.new}: queries that use the old name fail",
        remedy=rename_column_slowly(change.table, column, change.new, postgres=postgres) if column else "",
        unless=is_back,
    )
