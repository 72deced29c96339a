"""A DELETE takes rows of other tables along, or empties their keys.

ON DELETE CASCADE, SET NULL and SET DEFAULT stand in the other tables, not in the statement: what they do is easily
overlooked, and goes on from table to table.

Harmless are rows that no other row refers to.

```sql live
CREATE TABLE users (id int PRIMARY KEY);
CREATE TABLE orders (id int, user_id int REFERENCES users ON DELETE CASCADE);
INSERT INTO users VALUES (1), (2);
INSERT INTO orders VALUES (1, 1);
```
```sql bad
DELETE FROM users WHERE id = 1;
```
```sql good
DELETE FROM users WHERE id = 2;
```
"""

from collections.abc import Iterator

from checker.change import Delete
from checker.data.losses import Followed, followers
from checker.finding import Certainty, Claim, Severity
from checker.remedy import backup
from checker.step import Step


def check(step: Step[Delete]) -> Iterator[Claim]:
    for one in followers(step):
        answer = step.ask(one.probe)
        if step.is_scratch(one.table) or (answer is not None and answer.none):
            continue
        yield step.claim(
            _message(step, one, answer.amount() if answer else "the rows"),
            evidence=step.said(one.probe),
            remedy=backup(one.table, postgres=step.before.server.is_postgres),
            object=str(one.table),
            certainty=None if answer else Certainty.POSSIBLE,
            severity=None if answer and one.goes else Severity.WARNING,
        )


def _message(step: Step[Delete], one: Followed, amount: str) -> str:
    parent, says = one.key.target, f"ON DELETE {one.key.on_delete.upper()}"
    if one.goes:
        return f"{one.table} loses {amount} that refer to what this DELETE takes from {parent}: {says}"
    columns = ", ".join(one.key.columns)
    return f"{one.table} forgets {columns} in {amount} that refer to what this DELETE takes from {parent}: {says}"
