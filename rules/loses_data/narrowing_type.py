"""A change of type silently cuts values: digits, fractions, characters or times of day go.

The server rounds to the new scale and cuts to the new length where USING casts, and says nothing. What was cut cannot
be told apart afterwards from what was like that.

Harmless are values that all stay what they are, and a type that holds every value of the old one.

```sql live
CREATE TABLE orders (id int, total numeric(10,2));
INSERT INTO orders VALUES (1, 19.99), (2, 20);
```
```sql bad
ALTER TABLE orders ALTER COLUMN total TYPE numeric(10,0);
```
```sql good
ALTER TABLE orders ALTER COLUMN total TYPE numeric(12,4);
```
"""

from collections.abc import Iterator

from checker.change import AlterColumnType
from checker.data.losses import narrowed
from checker.finding import Certainty, Claim, Severity
from checker.probe import Loses
from checker.remedy import backup, cut_values, script
from checker.step import Step


def check(step: Step[AlterColumnType]) -> Iterator[Claim]:
    change, table = step.change, step.table(step.change.table)
    column = table.column(change.column) if table else None
    probe = narrowed(step)
    if probe is None or table is None or column is None or step.is_new_column(change.table, change.column):
        return
    answer = step.ask(probe)
    if answer is not None and answer.none:
        return
    casts = isinstance(probe.condition, Loses)
    found = f"the values of {answer.amount()}" if answer else "a value that does not fit"
    yield step.claim(
        f"{change.table}.{change.column} becomes {change.type}, which "
        + (f"silently cuts {found}" if casts else f"leaves less of {found}, by the expression of USING"),
        evidence=step.said(probe),
        remedy=script(
            backup(change.table, postgres=True),
            cut_values(change.table, column, change.type) if casts else "",
        ),
        certainty=None if answer else Certainty.POSSIBLE,
        severity=None if answer and casts else Severity.WARNING,
    )
