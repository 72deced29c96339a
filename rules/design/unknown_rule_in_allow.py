"""An allow-comment names a rule that does not exist.

It waves nothing through. Mostly the name is misspelled, or the rule belongs to a team's own that were not loaded
(`--rules DIR`).

Harmless is any id that `ddlguard rules` lists.

```sql live
CREATE TABLE users (id int, email text);
```
```sql bad
-- ddlguard: allow drop-columns, replaced by accounts.email
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
    for rule in use.unknown:
        meant = use.meant_by(rule)
        hint = f"; did you mean {meant}?" if meant else ""
        yield use.claim(f"{rule} is allowed here, but there is no such rule{hint}", object=rule)
