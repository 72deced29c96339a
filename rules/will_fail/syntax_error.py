"""The statement is no SQL that the server can read: it refuses it.

A word is mistyped, a clause is empty, or it is the SQL of another database. The server stops at the first such
place; a tool that sends a file as one query runs nothing of that file then.

Harmless is what this program alone cannot read, because a newer server has it or nobody taught it here: that is
`not-understood`. What is said to fail here no reading can save.

```sql live
CREATE TABLE users (id int, email text);
```
```sql bad
CREATE TABEL accounts (id int);
```
```sql good
CREATE TABLE accounts (id int);
```
"""

from collections.abc import Iterator

from checker.change import Change
from checker.errors import SyntaxFault
from checker.finding import Claim
from checker.step import Step


def check(step: Step[Change], error: SyntaxFault) -> Iterator[Claim]:
    yield step.claim(
        f"the server cannot read this: {error.message}", evidence=f"error {error.code}: syntax error"
    )
