"""Answers out of a snapshot: what it says of the rows, and what follows from that; anything else nobody knows."""

from __future__ import annotations

from collections.abc import Sequence

from checker.catalog import QName
from checker.probe import Answers, Probe, Unanswered
from checker.snapshot.contents import Snapshot
from checker.values import dataclass


@dataclass(frozen=True)
class Recorded:
    """A live side that can be asked, as far as its snapshot goes."""

    snapshot: Snapshot

    def answer(self, probes: Sequence[Probe], loose: frozenset[QName] = frozenset()) -> Answers:
        """An answer to each question, or why there is none; see the database port."""
        return dict.fromkeys(probes, Unanswered(f"the snapshot of {self.snapshot.moment} does not say"))
