"""TRUNCATE empties the table at once, and with CASCADE every table that refers to it.

No trigger fires, no row is counted, and what the CASCADE reaches is not written in the statement.

Harmless is a table without a row, one that this run itself creates, and one that it has already emptied.

```sql live
CREATE TABLE users (id int PRIMARY KEY);
CREATE TABLE orders (id int, user_id int REFERENCES users);
INSERT INTO users VALUES (1);
```
```sql bad
TRUNCATE users CASCADE;
```
```sql good
CREATE TABLE import_stage (line text);
TRUNCATE import_stage;
```
"""

from collections.abc import Iterator

from checker.catalog import QName
from checker.change import Truncate
from checker.finding import Claim
from checker.remedy import backup, script
from checker.step import Step


def check(step: Step[Truncate]) -> Iterator[Claim]:
    change = step.change
    emptied = [name for name in (change.table, *change.along) if not _is_empty(step, name)]
    if not emptied:
        return
    along = [str(name) for name in emptied if name != change.table]
    also = f", and with it {', '.join(along)}" if along else ""
    postgres = step.before.server.is_postgres
    yield step.claim(
        f"{change.table} loses all its rows{also}",
        evidence="; ".join(f"{name}: {said}" for name in emptied if (said := step.said(step.count(name)))),
        remedy=script(*(backup(name, postgres=postgres) for name in emptied)),
    )


def _is_empty(step: Step[Truncate], name: QName) -> bool:
    """True where nothing is lost."""
    answer = step.ask(step.count(name))
    return step.is_scratch(name) or step.is_empty(name) or (answer is not None and answer.none)
