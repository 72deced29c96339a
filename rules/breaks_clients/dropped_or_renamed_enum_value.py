"""An enum value that disappears breaks the code that still writes or compares it.

ALTER TYPE … RENAME VALUE does it in place; a new type without the value, put in the place of the old one, does
it in three statements. Code that sends the old value gets an error for every query. Where a row still holds
it, the change of the column's type fails as well.

Harmless are values that are only added, and a type that this run itself creates.

```sql live
CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy');
CREATE TABLE people (id int, mood mood);
```
```sql bad
ALTER TYPE mood RENAME VALUE 'ok' TO 'fine';
```
```sql good
ALTER TYPE mood ADD VALUE 'fine' AFTER 'ok';
```
"""

from collections.abc import Iterator

from checker.catalog import QName
from checker.change import AlterColumnType, RenameEnumValue
from checker.finding import Claim
from checker.remedy import rows_with
from checker.step import Step


def check(step: Step[RenameEnumValue | AlterColumnType]) -> Iterator[Claim]:
    match step.change:
        case RenameEnumValue(type=name, label=label, new=new):
            if not step.is_born_here(name):
                yield step.claim(
                    f"{name}: the value {label!r} becomes {new!r}, queries that send the old one fail",
                    unless=lambda end: (enum := end.enum(name)) is not None and label in enum.labels,
                )
        case AlterColumnType(table=table, column=column):
            yield from _narrowed(step, table, column)


def _narrowed(step: Step[RenameEnumValue | AlterColumnType], name: QName, column: str) -> Iterator[Claim]:
    """A column whose new type is an enum too, but lacks values of the old one."""
    if step.is_new_table(name) or step.is_new_column(name, column):
        return
    old, new = (catalog.labels_of(name, column) for catalog in (step.before, step.after))
    lost = tuple(label for label in old if label not in new)
    if lost and new:
        yield step.claim(
            f"{name}.{column} loses the value{'s' * (len(lost) > 1)} {', '.join(map(repr, lost))}: "
            "queries that send it fail, and so does this statement if a row holds it",
            remedy=rows_with(name, column, lost),
        )
