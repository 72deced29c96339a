"""A value is none of the new type: the server refuses the change.

The cast is allowed and the statement looks right; one row with an empty string where a number should be is enough.
An expression that fails for a value, of USING, of an INSERT or of an UPDATE, is the same thing.

Harmless are values that all convert, and those that the same run or the expression of USING takes care of.

```sql live
CREATE TABLE users (id int, age text);
INSERT INTO users VALUES (1, '42'), (2, ''), (3, 'unknown');
```
```sql bad
ALTER TABLE users ALTER COLUMN age TYPE int USING age::int;
```
```sql good
UPDATE users SET age = NULL WHERE age !~ '^[0-9]+$';
ALTER TABLE users ALTER COLUMN age TYPE int USING age::int;
```
"""

from collections.abc import Iterator

from checker.change import AlterColumnType, Change, verb
from checker.finding import Claim
from checker.probe import Count, DoesNotCast
from checker.refusals import DoesNotCast as CastRefused
from checker.refusals import ValueRefused
from checker.remedy import unreadable
from checker.step import Step


def check(step: Step[Change], error: ValueRefused) -> Iterator[Claim]:
    yield step.claim(
        _message(step, error),
        evidence=_evidence(step, error),
        remedy=_remedy(step, error),
        object=error.object,
    )


def _message(step: Step[Change], error: ValueRefused) -> str:
    match step.change:
        case AlterColumnType(type=kind) if isinstance(error, CastRefused):
            counted = error.answer is not None and error.answer.error is None
            what = f"for {error.offenders}" if counted else "for a value"
            return (
                f"{error.object} becomes {kind}, which fails {what if error.answer else 'if a value is none'}"
            )
        case AlterColumnType(type=kind):
            fails = "fails for a row" if error.answer else "must work for every row"
            return f"{error.object} becomes {kind} by an expression that {fails}"
        case change:
            return f"{error.object}: a value of this {verb(change)} cannot be computed, or is none of its column's type"


def _evidence(step: Step[Change], error: ValueRefused) -> str:
    raised = error.answer is not None and error.answer.error is not None
    return f"error {error.code}: {error.message}" if raised else step.evidence(error)


def _remedy(step: Step[Change], error: ValueRefused) -> str:
    table = step.table(error.table)
    column = table.column(error.columns[0]) if table and error.already else None
    match error.probe:
        case Count(condition=DoesNotCast() as cast) if table is not None and column is not None:
            return unreadable(table, column, cast, step.before)
        case _:
            return ""
