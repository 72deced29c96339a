"""Dropping a column silently drops the constraints and indexes that it shares with other columns.

The server says nothing: a unique constraint over (tenant, email) is gone when `tenant` goes, and from then
on nothing keeps the emails apart. Indexes over several columns vanish in the same way, and with them the
speed of queries by the columns that stay.

Harmless are constraints and indexes over the dropped column alone, and tables that this run creates.

```sql live
CREATE TABLE users (id int, tenant int, email text, UNIQUE (tenant, email));
```
```sql bad
ALTER TABLE users DROP COLUMN tenant;
```
```sql good
ALTER TABLE users DROP CONSTRAINT users_tenant_email_key;
ALTER TABLE users DROP COLUMN tenant;
```
"""

from collections.abc import Iterator

from checker.catalog import Table
from checker.change import DropColumn
from checker.finding import Claim, Severity
from checker.step import Step


def check(step: Step[DropColumn]) -> Iterator[Claim]:
    change = step.change
    before, after = step.table(change.table), step.after.table(change.table)
    if before is None or after is None or step.is_scratch(change.table):
        return
    details = {gone.name: gone.detail for gone in step.along}
    for name, severity in _lost(before, after, change.column):
        detail = details.get(name) or details.get(f"{change.table}.{name.rpartition('.')[2]}", "")
        yield step.claim(
            f"{name} goes with the column {change.column}: it also stands on other columns",
            evidence=detail,
            object=name,
            severity=severity,
        )


def _lost(before: Table, after: Table, column: str) -> Iterator[tuple[str, Severity]]:
    """Full names of the constraints (worse) and plain indexes over this and other columns that are gone."""
    for constraint in before.constraints:
        if after.constraint(constraint.name) is None and set(constraint.columns) > {column}:
            yield f"{before.name}.{constraint.name}", Severity.ERROR
    kept = {index.name for index in after.indexes}
    for index in before.indexes:
        if index.name not in kept and index.constraint is None and index.reads > {column}:
            yield str(index.name), Severity.ERROR if index.unique else Severity.WARNING
