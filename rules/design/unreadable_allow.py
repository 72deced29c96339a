"""A comment addresses ddlguard, but cannot be read: it waves nothing through.

It names no rule, says another word than `allow`, or its date is none. What was meant to be allowed stays a
finding, so the mistake shows here rather than in a silent gap.

Harmless is `-- ddlguard: allow RULE[, RULE] [until YYYY-MM-DD], reason`.

```sql live
CREATE TABLE users (id int, email text);
```
```sql bad
-- ddlguard: ignore drop-column, replaced by accounts.email
ALTER TABLE users DROP COLUMN email;
```
```sql good
-- ddlguard: allow drop-column, replaced by accounts.email
ALTER TABLE users DROP COLUMN email;
```
"""

from collections.abc import Iterator

from checker.finding import Claim
from checker.rule import AllowUse


def check(use: AllowUse) -> Iterator[Claim]:
    if use.allow.problem:
        yield use.claim(f"this comment cannot be read: {use.allow.problem}")
