"""A case: what is live, and what is about to be done to it. The same seed gives the same case."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from checker.catalog import Dialect
from checker.sql.split import split
from checker.statement import Migration, Source, Transaction
from tests.truth.generated.mistakes import in_transactions, migration
from tests.truth.generated.schemas import schema


@dataclass(frozen=True)
class Case:
    """`live` are the statements that make the schema and fill it, `text` is the migration."""

    name: str
    dialect: Dialect
    live: tuple[str, ...]
    text: str
    transaction: Transaction

    @property
    def migration(self) -> Migration:
        """The migration as the command line would read it."""
        return Migration(
            "migration.sql", split(Source("migration.sql", self.text), self.dialect), self.transaction
        )

    def script(self, live: tuple[str, ...]) -> str:
        """All of it, to be pasted: what of the live side was accepted, then the migration."""
        lines = [f"{one};" for one in live]
        whole = self.transaction is Transaction.FILE
        return "\n".join(
            (f"-- {self.name}", *lines, f"-- migration{', as one transaction' if whole else ''}:", self.text)
        )


def case(seed: int, dialect: Dialect, number: int) -> Case:
    """The case of that number."""
    name = f"{seed}:{dialect}:{number}"
    rng = Random(name)
    world, live = schema(rng, dialect)
    said = migration(world)
    how = rng.choice((Transaction.EACH, Transaction.FILE))
    if how is Transaction.EACH and said and rng.random() < 0.3:
        said = in_transactions(world, said)
    return Case(name, dialect, tuple(live), "\n".join(f"{one};" for one in said), how)
