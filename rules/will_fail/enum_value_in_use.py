"""A row holds a value that the enum does not have: the server refuses the change.

A value is taken out of an enum by a new type in the place of the old one, and the column's change of type fails where
a row still holds it. An INSERT or an UPDATE with such a value is refused as well.

Harmless are values that no row holds, and those that the same run replaces first.

```sql live
CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy');
CREATE TABLE people (id int, mood mood);
INSERT INTO people VALUES (1, 'sad'), (2, 'ok');
```
```sql bad
CREATE TYPE new_mood AS ENUM ('ok', 'happy');
ALTER TABLE people ALTER COLUMN mood TYPE new_mood USING mood::text::new_mood;
```
```sql good
CREATE TYPE new_mood AS ENUM ('ok', 'happy');
UPDATE people SET mood = 'ok' WHERE mood = 'sad';
ALTER TABLE people ALTER COLUMN mood TYPE new_mood USING mood::text::new_mood;
```
"""

from collections.abc import Iterator

from checker.change import AlterColumnType, Change, verb
from checker.finding import Claim
from checker.probe import Count, NotAmong
from checker.refusals import EnumValueInUse
from checker.remedy import not_among
from checker.step import Step


def check(step: Step[Change], error: EnumValueInUse) -> Iterator[Claim]:
    change, table = step.change, step.table(error.table)
    column = table.column(error.columns[0]) if table else None
    if isinstance(change, AlterColumnType):
        found = (
            f"lacks the value of {error.offenders}: this fails"
            if error.answer
            else "may lack the value of a row"
        )
        message = f"{error.object} becomes {change.type}, which {found}"
    else:
        kind = column.type if column is not None else "an enum"
        message = (
            f"{error.object} is {kind}, which lacks the value of {error.offenders} of this {verb(change)}"
        )
    yield step.claim(message, evidence=step.evidence(error), remedy=_remedy(step, error), object=error.object)


def _remedy(step: Step[Change], error: EnumValueInUse) -> str:
    table = step.table(error.table)
    column = table.column(error.columns[0]) if table else None
    match step.change, error.probe:
        case AlterColumnType(type=kind), Count(condition=NotAmong(values=labels)) if table and column:
            return not_among(table, column, kind, labels, step.before)
        case _:
            return ""
