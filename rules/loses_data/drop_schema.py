"""Dropping a schema with CASCADE destroys every table in it.

None of them is written in the statement, and what they hold is gone once the transaction is committed. Where all of
them are empty the finding is a warning.

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
from checker.finding import Claim, Severity
from checker.remedy import backup_schema
from checker.step import Step


def check(step: Step[DropSchema]) -> Iterator[Claim]:
    schema = step.change.name
    tables = sorted(name for name in step.before.tables_in(schema) if not step.is_scratch(name))
    answers = [step.ask(step.count(name)) for name in tables]
    empty = all(answer is not None and answer.none for answer in answers)
    if tables:
        yield step.claim(
            f"{schema} is dropped with {len(tables)} {'empty ' * empty}table{'s' * (len(tables) > 1)}: "
            f"{', '.join(map(str, tables))}",
            evidence="; ".join(f"{name}: {said}" for name in tables if (said := step.said(step.count(name)))),
            remedy="" if empty else backup_schema(schema),
            severity=Severity.WARNING if empty else None,
        )
