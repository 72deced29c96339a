"""A CHECK is false for some rows: the server refuses the change.

ADD CHECK and VALIDATE CONSTRAINT look at every row, a change of type verifies the CHECKs over its column again. An
INSERT or an UPDATE is refused where a row that it writes does not pass: also one that changes another column of a
row that was wrong before, under a CHECK that is NOT VALID.

Harmless are rows that the same run mends first, a CHECK that is NULL, and one that is added NOT VALID.

```sql live
CREATE TABLE users (id int, age int);
INSERT INTO users VALUES (1, -1), (2, NULL);
```
```sql bad
ALTER TABLE users ADD CONSTRAINT age_positive CHECK (age > 0);
```
```sql good
UPDATE users SET age = NULL WHERE age <= 0;
ALTER TABLE users ADD CONSTRAINT age_positive CHECK (age > 0);
```
"""

from collections.abc import Iterator

from checker.catalog import Check
from checker.change import AddConstraint, Change, Update, ValidateConstraint, verb
from checker.finding import Claim
from checker.probe import Count
from checker.refusals import CheckViolated
from checker.remedy import add_unverified, rows_where, script
from checker.rows import Computed
from checker.step import Step


def check(step: Step[Change], error: CheckViolated) -> Iterator[Claim]:
    name = f"{error.table}.{error.constraint}" if error.constraint else str(error.table)
    if not error.already:
        before = ": they were so before, under a CHECK that is NOT VALID" if _was_so(step, error) else ""
        message = f"{name} is false for {error.offenders} of this {verb(step.change)}{before}"
    elif error.answer is None and not error.constraint:
        message = f"{name} must have no row beyond the bounds of its partition: this fails if one is"
    elif error.answer is None:
        message = f"{name} must be true for every row: this fails if one is wrong"
    else:
        before = ", and was before it is validated" if isinstance(step.change, ValidateConstraint) else ""
        message = f"{name} is false for {error.offenders}{before}: this fails"
    yield step.claim(message, evidence=step.evidence(error), remedy=_remedy(step, error), object=name)


def _was_so(step: Step[Change], error: CheckViolated) -> bool:
    """True where the rows that an UPDATE changes were wrong before it."""
    table = step.table(error.table)
    held = table.constraint(error.constraint) if table else None
    match step.change, held, error.probe:
        case Update(), Check(validated=False), Count(rows=Computed(source=source)) as probe:
            answer = step.ask(probe.among(source))
            return answer is not None and not answer.none
        case _:
            return False


def _remedy(step: Step[Change], error: CheckViolated) -> str:
    table, postgres = step.table(error.table), step.before.server.is_postgres
    if table is None:
        return ""
    match step.change:
        case AddConstraint(constraint=Check() as held, inline=False):
            later = add_unverified(table, held) if postgres else ""
            return script(rows_where(table.name, held.expr, negated=True), later)
        case ValidateConstraint(name=name) if isinstance(loose := table.constraint(name), Check):
            return rows_where(table.name, loose.expr, negated=True)
        case _:
            return ""
