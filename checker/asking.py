"""How much asking a database has to bear: which questions, how long each, how long all of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from checker.probe import Strength

TIMEOUT = 10.0
BUDGET = 60.0
CAP = 1000
"""Offenders are counted up to this many."""
SMALL = 32 * 1024 * 1024
"""Bytes of a table that is read whole without a second thought: PostgreSQL lets a scan of more than a quarter of its
buffers (128 MB unless configured) go through a small ring; up to there it costs 20 ms from memory and well under a
second from a slow disk."""


@dataclass
class Asking:
    """The limits of a run, and how much of them is used up.

    `strength` cheap stops at the first offender in tables that are not small, full counts up to the cap. `timeout` is
    for each query, `budget` for all of them, in seconds. `keys` asks for the primary keys of some offenders.
    `show` gets the SQL of a round before any of it is sent, `progress` what is being looked at.
    """

    strength: Strength = "cheap"
    timeout: float = TIMEOUT
    budget: float = BUDGET
    keys: bool = False
    show: Callable[[str], None] | None = None
    progress: Callable[[str], None] | None = None
    spent: float = 0.0

    @property
    def seconds(self) -> float:
        """How long the next query may take; 0 where the budget is used up."""
        return max(min(self.timeout, self.left), 0.0)

    @property
    def left(self) -> float:
        """What is left of the budget."""
        return self.budget - self.spent

    @property
    def too_long(self) -> str:
        """Why a query that ran into the limit has no answer."""
        if self.left < self.timeout:
            return self.used_up
        return f"took longer than {self.timeout:g} s"

    @property
    def used_up(self) -> str:
        """Why a query was not even sent."""
        return f"the budget of {self.budget:g} s for questions about rows is used up"
