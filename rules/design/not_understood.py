"""The statement could not be read, so nothing is known about what it does.

It may be the server's newest syntax, a template that is filled in later, or code whose effect shows
only when it runs (EXECUTE in a DO block). What it may have touched counts as uncertain from there on: findings
about it become possible instead of proven, and a pass becomes incomplete.

Harmless is a statement that only computes. Say so with an allow-comment, and the reason.

```sql live
CREATE TABLE users (id int);
```
```sql bad
DO $$ BEGIN EXECUTE 'ALTER TABLE users ADD COLUMN ' || quote_ident('email') || ' text'; END $$;
```
```sql good
ALTER TABLE users ADD COLUMN email text;
```
"""

from collections.abc import Iterator

from checker.change import NotUnderstood
from checker.finding import Certainty, Claim, Severity
from checker.step import Step

_OF_THE_SERVER = ("pg_catalog", "information_schema")


def check(step: Step[NotUnderstood]) -> Iterator[Claim]:
    touched = ", ".join(str(name) for name in step.change.names if name.schema not in _OF_THE_SERVER)
    yield step.claim(
        f"{touched or 'this statement'}: not understood, {step.change.reason}",
        evidence="it may change anything" if step.change.everything else "",
        object=touched,
        certainty=Certainty.POSSIBLE,
        severity=Severity.WARNING,
    )
