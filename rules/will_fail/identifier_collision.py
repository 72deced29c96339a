"""Two names are the same once the server has cut them to their greatest length.

PostgreSQL keeps the first 63 bytes of a name and drops the rest with a notice that nobody reads. Two long
names that differ behind that point collide, and the second is refused. Generated names of indexes and
constraints (table, columns and a suffix) get there quickly.

Harmless are names that differ within their first 63 bytes.

```sql live
CREATE TABLE measurements (id int, a int, b int);
CREATE INDEX index_measurements_on_a_for_the_nightly_report_of_the_department_one ON measurements (a);
```
```sql bad
CREATE INDEX index_measurements_on_a_for_the_nightly_report_of_the_department_two ON measurements (b);
```
```sql good
CREATE INDEX measurements_nightly_two ON measurements (b);
```
"""

from collections.abc import Iterator

from checker.change import Change
from checker.errors import DuplicateObject
from checker.finding import Claim
from checker.step import Step


def check(step: Step[Change], error: DuplicateObject) -> Iterator[Claim]:
    if error.cut:
        cuts = "; ".join(f"{written} becomes {cut}" for written, cut in step.change.cut)
        yield step.claim(
            f"{error.object}: the name is taken once it is cut to 63 bytes, {error.message}",
            evidence=cuts or f"error {error.code}",
            object=error.object,
        )
