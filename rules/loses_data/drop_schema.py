"""Dropping a schema with CASCADE destroys every table in it.

None of them is written in the statement, and what they hold is gone once the transaction is committed.

Harmless is a schema without tables, and one whose tables this run itself creates.

```sql live
CREATE SCHEMA archive;
CREATE TABLE archive.orders (id int);
```
```sql bad
DROP SCHEMA archive CASCADE;
```
```sql good
CREATE SCHEMA stage;
CREATE TABLE stage.lines (line text);
DROP SCHEMA stage CASCADE;
```
"""

from collections.abc import Iterator

from checker.change import DropSchema
from checker.finding import Claim
from checker.remedy import backup_schema
from checker.step import Step


def check(step: Step[DropSchema]) -> Iterator[Claim]:
    schema = step.change.name
    tables = sorted(name for name in step.before.tables_in(schema) if not step.is_scratch(name))
    if tables:
        yield step.claim(
            f"{schema} is dropped with {len(tables)} table{'s' * (len(tables) > 1)}: "
            f"{', '.join(map(str, tables))}",
            remedy=backup_schema(schema),
        )
