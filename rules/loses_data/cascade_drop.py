"""CASCADE drops objects that the statement does not name.

Views, foreign keys of other tables, columns of a dropped type, defaults: whatever depends on the object
goes along, silently and in all depth. The page's finding lists them by name.

Harmless is what this run itself creates. Without CASCADE the server would refuse the statement instead.

```sql live
CREATE TABLE users (id int, email text);
CREATE VIEW emails AS SELECT email FROM users;
```
```sql bad
ALTER TABLE users DROP COLUMN email CASCADE;
```
```sql good
DROP VIEW emails;
ALTER TABLE users DROP COLUMN email;
```
"""

from collections.abc import Iterator

from checker.change import (
    DropColumn,
    DropConstraint,
    DropExtension,
    DropFunction,
    DropIndex,
    DropSchema,
    DropSequence,
    DropTable,
    DropType,
    DropView,
    object_name,
)
from checker.finding import Claim, Severity
from checker.probe import Count, IsNotNull
from checker.step import Gone, Step

Drop = (
    DropColumn | DropConstraint | DropExtension | DropFunction | DropIndex | DropSchema | DropSequence
    | DropTable | DropType | DropView
)  # fmt: skip


def check(step: Step[Drop]) -> Iterator[Claim]:
    gone = [one for one in step.along if one.cascaded and not _is_expected(step, one)]
    if gone:
        listed = ", ".join(f"{one.kind} {one.name}" for one in gone)
        yield step.claim(
            f"{object_name(step.change)}: CASCADE also drops {listed}",
            evidence="; ".join(f"{one.name}: {said}" for one in gone if (said := _said(step, one))),
            severity=None if any(_loses(step, one) for one in gone) else Severity.WARNING,
        )


def _said(step: Step[Drop], gone: Gone) -> str:
    """What it is, and how many rows or values go with it."""
    probe = _question(step, gone)
    return ", ".join(filter(None, (gone.detail, step.said(probe) if probe else "")))


def _loses(step: Step[Drop], gone: Gone) -> bool:
    """False where nothing was in it."""
    probe = _question(step, gone)
    answer = step.ask(probe) if probe else None
    return gone.holds_data and not (answer is not None and answer.none)


def _question(step: Step[Drop], gone: Gone) -> Count | None:
    """How many rows a table has, or a column values; None for what holds none."""
    if not gone.holds_data:
        return None
    for table in step.before.tables():
        if gone.name == str(table.name):
            return step.count(table.name)
        for column in table.columns if gone.name.startswith(f"{table.name}.") else ():
            if gone.name == f"{table.name}.{column.name}":
                return Count(step.rows(table.name), IsNotNull(column.name))
    return None


def _is_expected(step: Step[Drop], gone: Gone) -> bool:
    """What this run made, and what stands in a schema that is dropped (drop-schema says that)."""
    if isinstance(step.change, DropSchema) and gone.name.startswith(f"{step.change.name}."):
        return True
    return any(gone.name == str(name) or gone.name.startswith(f"{name}.") for name in step.session.born)
