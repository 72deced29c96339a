"""The constraint's name is taken: the server refuses it.

Two constraints of one table cannot have the same name. A primary key, UNIQUE or EXCLUDE constraint needs its
name for its index too, and that one must be free in the whole schema on PostgreSQL: any table, view or index
can own it. A table that was renamed keeps the names of its constraints, which is where most of these come from.

Harmless is a CHECK or foreign key that has the name of another table's constraint.

```sql live
CREATE TABLE users_v1 (id int, email text CONSTRAINT users_email_key UNIQUE);
CREATE TABLE users (id int, email text);
```
```sql bad
ALTER TABLE users ADD CONSTRAINT users_email_key UNIQUE (email);
```
```sql good
ALTER TABLE users ADD CONSTRAINT users_email_unique UNIQUE (email);
```
"""

from collections.abc import Iterator

from checker.change import AddConstraint, CreateTable, RenameConstraint
from checker.errors import DuplicateObject
from checker.finding import Claim
from checker.step import Step


def check(
    step: Step[AddConstraint | RenameConstraint | CreateTable], error: DuplicateObject
) -> Iterator[Claim]:
    if error.cut:
        return
    match step.change:
        case AddConstraint(table=table, constraint=constraint):
            name = constraint.name
        case RenameConstraint(table=table, new=name):
            pass
        case CreateTable(table=made):
            table, name = made.name, error.object.rpartition(".")[2]
            if made.constraint(name) is None or error.object == str(table):
                return
    owner = f" by {', '.join(error.others)}" if error.others else ""
    yield step.claim(
        f"{table}: the constraint name {name} is taken{owner}",
        evidence=f"error {error.code}: {error.message}",
        object=f"{table}.{name}",
    )
