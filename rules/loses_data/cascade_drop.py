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
            evidence="; ".join(f"{one.name}: {one.detail}" for one in gone if one.detail),
            severity=None if any(one.holds_data for one in gone) else Severity.WARNING,
        )


def _is_expected(step: Step[Drop], gone: Gone) -> bool:
    """What this run made, and what stands in a schema that is dropped (drop-schema says that)."""
    if isinstance(step.change, DropSchema) and gone.name.startswith(f"{step.change.name}."):
        return True
    return any(gone.name == str(name) or gone.name.startswith(f"{name}.") for name in step.session.born)
