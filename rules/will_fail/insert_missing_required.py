"""An INSERT leaves out a column that must have a value: the server refuses the row.

The column is NOT NULL and nothing fills it: no default, no identity, no generation expression. Seeds and
fixtures that were written before the column was added are where this comes from.

Harmless is a default, and an INSERT … SELECT that finds no row.

```sql live
CREATE TABLE users (id int NOT NULL, email text NOT NULL);
```
```sql bad
INSERT INTO users (id) VALUES (1);
```
```sql good
INSERT INTO users (id, email) VALUES (1, 'a@example.org');
```
"""

from collections.abc import Iterator

from checker.catalog import Table
from checker.change import Insert
from checker.finding import Certainty, Claim
from checker.refusals import NullsFound
from checker.step import Step


def check(step: Step[Insert], error: NullsFound) -> Iterator[Claim]:
    table = step.table(step.change.table)
    (column,) = error.columns
    found = table.column(column) if table else None
    if table is None or found is None or table.assumed or column in _given(step.change, table):
        return
    if step.undecided and not table.must_be_given(found):
        return
    yield step.claim(
        f"{table.name}.{column} is NOT NULL without a default, and this INSERT leaves it out",
        object=f"{table.name}.{column}",
        certainty=Certainty.LIKELY if step.undecided else None,
    )


def _given(change: Insert, table: Table) -> tuple[str, ...]:
    """The columns that get a value: those that are named, or the first ones."""
    if change.default_values:
        return ()
    if change.columns is not None:
        return change.columns
    width = len(change.rows[0]) if change.rows else len(table.columns)
    return tuple(column.name for column in table.columns[:width])
