"""The statement cannot run inside a transaction block: the server refuses it.

CREATE INDEX CONCURRENTLY, VACUUM, CREATE DATABASE, ALTER SYSTEM and some others need to be alone. A
transaction is open here: the file says BEGIN, or the tool that runs it opens one around each file.

Harmless is the same statement in a file of its own that the tool runs without a transaction.

```sql live
CREATE TABLE users (id int, email text);
```
```sql bad
BEGIN;
CREATE INDEX CONCURRENTLY users_email_idx ON users (email);
COMMIT;
```
```sql good
CREATE INDEX CONCURRENTLY users_email_idx ON users (email);
```
"""

from collections.abc import Iterator

from checker.change import Change
from checker.errors import NotInTransaction
from checker.finding import Claim
from checker.remedy import comment, script, statement
from checker.step import Step


def check(step: Step[Change], error: NotInTransaction) -> Iterator[Claim]:
    who = "the tool runs the file in one" if step.session.implicit else "the file opens one"
    yield step.claim(
        f"{error.object or error.message}: cannot run inside a transaction, and {who}",
        evidence=f"error {error.code}: {error.message}",
        remedy=script(
            comment("in a file of its own, outside any transaction:"), statement(step.statement.text)
        ),
        object=error.object,
    )
