"""A new column that every INSERT must name breaks the code that does not know it yet.

The code that is running while the migration is deployed leaves the new column out, and each of its INSERTs
fails until the new code is everywhere. A default that is only there while the rows are filled, and dropped
right after, ends in the same place.

Harmless is a column that keeps a default, or stays nullable until no old code runs any more.

```sql live
CREATE TABLE users (id int);
```
```sql bad
ALTER TABLE users ADD COLUMN role text NOT NULL DEFAULT 'reader';
ALTER TABLE users ALTER COLUMN role DROP DEFAULT;
```
```sql good
ALTER TABLE users ADD COLUMN role text NOT NULL DEFAULT 'reader';
```
"""

from collections.abc import Iterator

from checker.catalog import Catalog, Column
from checker.change import AddColumn, DropDefault, SetNotNull
from checker.finding import Claim
from checker.remedy import add_with_default, keep_default, script, statement
from checker.step import Step


def check(step: Step[AddColumn | DropDefault | SetNotNull]) -> Iterator[Claim]:
    change = step.change
    name = change.column.name if isinstance(change, AddColumn) else change.column
    is_new = isinstance(change, AddColumn) or step.facts.was_added(change.table, name)
    column = _required(step.after, step, name)
    if column is None or not is_new or step.is_new_table(change.table):
        return
    yield step.claim(
        f"{change.table}.{name} is new and required: INSERTs that do not know it yet fail",
        remedy=_remedy(step, column),
        unless=lambda end: _required(end, step, name) is None,
    )


def _remedy(step: Step[AddColumn | DropDefault | SetNotNull], column: Column) -> str:
    change, catalog = step.change, step.before
    match change:
        case AddColumn():
            return add_with_default(change.table, column, catalog)
        case SetNotNull():
            return script(statement(step.statement.text), keep_default(change.table, column, catalog))
        case _:
            return keep_default(change.table, column, catalog)


def _required(catalog: Catalog, step: Step[AddColumn | DropDefault | SetNotNull], name: str) -> Column | None:
    """The column where INSERTs must name it."""
    table = catalog.table(step.change.table)
    column = table.column(name) if table else None
    return column if column and column.is_required else None
