"""An allow-comment has expired, or is about to.

The day after `until` it waves nothing through any more and its findings are back, so a deadline that was set for
a clean-up is met or moved on purpose. Two weeks before that the finding is a note.

Harmless is a comment without `until`, or with a later day.

```sql live
CREATE TABLE users (id int, email text);
```
```sql bad
-- ddlguard: allow drop-column until 2020-01-31, replaced by accounts.email
ALTER TABLE users DROP COLUMN email;
```
```sql good
-- ddlguard: allow drop-column until 2999-01-31, replaced by accounts.email
ALTER TABLE users DROP COLUMN email;
```
"""

from collections.abc import Iterator

from checker.finding import Claim, Severity
from checker.rule import AllowUse

NOTICE = 14
"""How many days before its end a comment is announced."""


def check(use: AllowUse) -> Iterator[Claim]:
    until, rules = use.allow.until, ", ".join(use.allow.rules)
    if until is None:
        return
    left = (until - use.today).days
    if use.is_expired:
        yield use.claim(f"{rules}: allowed until {until}, which has passed", object=rules)
    elif left <= NOTICE:
        when = "today" if left == 0 else f"in {left} day{'s' * (left > 1)}"
        yield use.claim(f"{rules}: the allow-comment ends {when}", object=rules, severity=Severity.NOTE)
