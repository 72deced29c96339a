"""SQLite deletes the rows of a table that is dropped, and with foreign keys on those that refer to them.

A table that is built anew (CREATE, INSERT … SELECT, DROP, RENAME) loses nothing, but its children do: DROP TABLE
deletes row by row, and ON DELETE CASCADE takes their rows along without a word. `PRAGMA foreign_keys = OFF` is the way out
and must stand before BEGIN: inside a transaction it does nothing.

Harmless are foreign keys that are off, and tables that no row refers to.

```sql live sqlite
CREATE TABLE users (id integer PRIMARY KEY, name text);
CREATE TABLE orders (id integer PRIMARY KEY, user_id int REFERENCES users ON DELETE CASCADE);
INSERT INTO users VALUES (1, 'a');
INSERT INTO orders VALUES (1, 1);
```
```sql bad sqlite
PRAGMA foreign_keys = ON;
CREATE TABLE users_new (id integer PRIMARY KEY, name text NOT NULL);
INSERT INTO users_new SELECT id, name FROM users;
DROP TABLE users;
ALTER TABLE users_new RENAME TO users;
```
```sql good sqlite
PRAGMA foreign_keys = OFF;
BEGIN;
CREATE TABLE users_new (id integer PRIMARY KEY, name text NOT NULL);
INSERT INTO users_new SELECT id, name FROM users;
DROP TABLE users;
ALTER TABLE users_new RENAME TO users;
COMMIT;
```
"""

from collections.abc import Iterator

from checker.change import DropTable
from checker.data.losses import followers
from checker.finding import Certainty, Claim, Severity
from checker.remedy import backup, foreign_keys_off, script
from checker.step import Step


def check(step: Step[DropTable]) -> Iterator[Claim]:
    if step.before.server.is_postgres:
        return
    in_vain = "foreign_keys" in step.session.ignored
    why = "PRAGMA foreign_keys = OFF does nothing inside a transaction" if in_vain else "foreign keys are on"
    for one in followers(step):
        answer = step.ask(one.probe)
        if step.is_scratch(one.table) or (answer is not None and answer.none):
            continue
        amount = answer.amount() if answer else "the rows"
        does = "loses" if one.goes else f"forgets {', '.join(one.key.columns)} in"
        sure = Certainty.LIKELY if in_vain else None
        yield step.claim(
            f"{one.table} {does} {amount} that refer to {one.key.target} when {step.change.table} is dropped: {why}",
            evidence=step.said(one.probe),
            remedy=script(backup(one.table, postgres=False), foreign_keys_off()),
            object=str(one.table),
            certainty=sure if answer else Certainty.POSSIBLE,
            severity=None if answer and one.goes else Severity.WARNING,
        )
