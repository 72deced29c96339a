"""The name is taken: the server refuses to create a second object of that name.

Tables, views, indexes, sequences and composite types share one name space per schema on PostgreSQL, so
an index can be in the way of a table. Often the statement already ran, by hand or in a migration that
failed half way.

Harmless is IF NOT EXISTS, but it keeps whatever is there, even with another definition.

```sql live
CREATE TABLE users (id int);
```
```sql bad
CREATE TABLE users (id bigint);
```
```sql good
CREATE TABLE accounts (id bigint);
```
"""

from collections.abc import Iterator

from checker.change import Change
from checker.errors import DuplicateObject
from checker.finding import Claim
from checker.step import Step


def check(step: Step[Change], error: DuplicateObject) -> Iterator[Claim]:
    if error.cut:
        return
    evidence = f"error {error.code}: {error.message}"
    owner = next(iter(error.others), error.object)
    if owner.endswith(error.object):
        kind = owner.removesuffix(error.object).strip()
        as_what = f", it is a {kind}" if kind else ""
        yield step.claim(f"{error.object} already exists{as_what}", evidence=evidence, object=error.object)
    else:
        yield step.claim(
            f"{error.object}: the name is taken by {owner}", evidence=evidence, object=error.object
        )
