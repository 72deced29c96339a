"""An allow-comment says no reason, and waves nothing through.

Whoever reads the migration in a year wants to know why the finding was no problem: what replaced the column, who
checked that the table is empty. The reason stands after a comma.

Harmless is any reason.

```sql live
CREATE TABLE users (id int, email text);
```
```sql bad
-- ddlguard: allow drop-column
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
    if not use.allow.reason and not use.allow.problem:
        rules = ", ".join(use.allow.rules)
        yield use.claim(f"{rules}: allowed without a reason, which does not count", object=rules)
