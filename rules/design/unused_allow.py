"""An allow-comment waves nothing through: the rule found nothing in its statement.

Such a comment is left over from a statement that was changed, or stands at the wrong one. It would
silently wave through the first real finding that comes along.

Harmless is a comment at a statement that never runs, because an earlier one of its transaction fails.

```sql live
CREATE TABLE users (id int, email text);
```
```sql bad
-- ddlguard: allow drop-table, replaced by accounts
ALTER TABLE users ADD COLUMN name text;
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
    if use.counts:
        for rule in use.unused:
            yield use.claim(f"{rule} is allowed here, but finds nothing in this statement", object=rule)
