"""The server refuses the statement.

The simulation knows that the server answers this statement with an error, of a kind that has no page of
its own. The evidence holds the server's error code. What stands before it in the same transaction is
rolled back, what stands behind it in that transaction does not run.

Harmless is nothing here: the statement has to change, or what it stands on.

```sql live
CREATE TABLE users (id int PRIMARY KEY, email text NOT NULL);
```
```sql bad
ALTER TABLE users ADD PRIMARY KEY (email);
```
```sql good
ALTER TABLE users ADD UNIQUE (email);
```
"""

from collections.abc import Iterator

from checker.change import Change
from checker.errors import ApplyError
from checker.finding import Claim
from checker.step import Step


def check(step: Step[Change], error: ApplyError) -> Iterator[Claim]:
    subject = f"{error.object}: " if error.object and error.object not in error.message else ""
    does = "may refuse" if step.undecided else "refuses"
    known = f" ({step.undecided})" if step.undecided else ""
    yield step.claim(
        f"{subject}the server {does} this: {error.message}",
        evidence=f"error {error.code}{known}",
        object=error.object,
    )
