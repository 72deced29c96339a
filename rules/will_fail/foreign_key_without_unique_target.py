"""A foreign key refers to columns that nothing keeps unique: the server refuses it.

The referenced columns need a primary key, a UNIQUE constraint or a unique index over exactly these columns. An
index with a WHERE condition or over expressions does not do.

Harmless is any order of the same columns: (b, a) is proven unique by a key over (a, b).

```sql live
CREATE TABLE users (id int, email text);
CREATE TABLE orders (id int, email text);
```
```sql bad
ALTER TABLE orders ADD FOREIGN KEY (email) REFERENCES users (email);
```
```sql good
ALTER TABLE users ADD UNIQUE (email);
ALTER TABLE orders ADD FOREIGN KEY (email) REFERENCES users (email);
```
"""

from collections.abc import Iterator

from checker.change import Change, foreign_keys
from checker.errors import NoUniqueTarget
from checker.finding import Claim
from checker.remedy import names, qualified, script, statement
from checker.step import Step


def check(step: Step[Change], error: NoUniqueTarget) -> Iterator[Claim]:
    evidence = f"error {error.code}: {error.message}"
    for name, key in foreign_keys(step.change):
        if key.references and error.object in ("", str(name), f"{name}.{key.name}"):
            unique = f"ALTER TABLE {qualified(key.target)} ADD UNIQUE ({names(key.references)});"
            yield step.claim(
                f"{name}: its foreign key refers to {key.target} ({', '.join(key.references)}), "
                "which nothing keeps unique",
                evidence=evidence,
                remedy=script(unique, statement(step.statement.text)) if key.target != name else "",
                object=error.object,
            )
            return
    yield step.claim(f"{error.object}: nothing keeps the columns that it refers to unique", evidence=evidence)
