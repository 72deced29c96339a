"""A new enum value is used in the transaction that adds it: the server refuses it.

PostgreSQL keeps a value that ALTER TYPE … ADD VALUE added out of use until the transaction is committed: as
a default, in an INSERT, an UPDATE or a CHECK it ends with an error, and takes the whole file with it.

Harmless is a type that the same transaction creates, and a value that an earlier migration committed.

```sql live
CREATE TYPE mood AS ENUM ('sad');
CREATE TABLE people (id int, mood mood);
```
```sql bad
BEGIN;
ALTER TYPE mood ADD VALUE 'happy';
ALTER TABLE people ALTER COLUMN mood SET DEFAULT 'happy';
COMMIT;
```
```sql good
ALTER TYPE mood ADD VALUE 'happy';
ALTER TABLE people ALTER COLUMN mood SET DEFAULT 'happy';
```
"""

from collections.abc import Iterator

from checker.change import Change
from checker.errors import NewEnumValueUsed
from checker.finding import Claim
from checker.remedy import comment
from checker.step import Step


def check(step: Step[Change], error: NewEnumValueUsed) -> Iterator[Claim]:
    values = ", ".join(sorted(f"{label!r} of {type_}" for type_, label in step.session.new_labels))
    yield step.claim(
        f"{error.object}: the enum value {values} is used before the transaction that adds it is committed",
        evidence=f"error {error.code}: {error.message}",
        remedy=comment("put ALTER TYPE … ADD VALUE into a migration of its own that runs before this one"),
        object=error.object,
    )
