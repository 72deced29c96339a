"""The server silently cuts a name that is longer than 63 bytes.

PostgreSQL keeps the first 63 bytes. The statement works, but whoever looks for the name as it is written (an
ORM that compares, an ON CONFLICT ON CONSTRAINT, the next migration's DROP) may cut it in another way or not at
all, and the next long name may collide with this one.

Harmless are names of up to 63 bytes; characters outside ASCII take two to four each.

```sql live
CREATE TABLE measurements (id int, a int);
```
```sql bad
CREATE INDEX index_measurements_on_a_for_the_nightly_report_of_the_department_one ON measurements (a);
```
```sql good
CREATE INDEX measurements_nightly_one ON measurements (a);
```
"""

from collections.abc import Iterator

from checker.change import Change
from checker.finding import Claim
from checker.step import Step


def check(step: Step[Change]) -> Iterator[Claim]:
    for written, cut in step.change.cut:
        yield step.claim(
            f"{written} is cut to {cut}: the name has {len(written.encode())} bytes", object=written
        )
