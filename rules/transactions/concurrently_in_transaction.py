"""A CONCURRENTLY statement shares its file with other changes, and goes wrong either way.

A tool that wraps the file into a transaction gets the CONCURRENTLY statement refused. A tool that does not
leaves the file half done when the build fails (a duplicate, a deadlock, a timeout): what stands before it is
committed, the index stays behind as INVALID, and a second run stops at its first statement.

Harmless is a file that holds nothing else that changes the schema.

```sql live
CREATE TABLE users (id int);
```
```sql bad
ALTER TABLE users ADD COLUMN email text;
CREATE INDEX CONCURRENTLY users_email_idx ON users (email);
```
```sql good
CREATE INDEX CONCURRENTLY users_id_idx ON users (id);
```
"""

from collections.abc import Iterator

from checker.change import CreateIndex, DetachPartition, DropIndex, object_name
from checker.finding import Claim
from checker.remedy import comment, script, statement
from checker.step import Step


def check(step: Step[CreateIndex | DropIndex | DetachPartition]) -> Iterator[Claim]:
    if not step.change.concurrently or not step.committed:
        return
    subject = _subject(step)
    yield step.claim(
        f"{subject}: CONCURRENTLY after other changes of the same file is refused inside a transaction, "
        "and leaves the file half done outside of one if it fails",
        evidence=f"committed before it: {'; '.join(step.committed)}",
        remedy=script(comment("in a file of its own:"), statement(step.statement.text)),
        object=subject,
    )


def _subject(step: Step[CreateIndex | DropIndex | DetachPartition]) -> str:
    change = step.change
    return str(change.index.name) if isinstance(change, CreateIndex) else object_name(change)
