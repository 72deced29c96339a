"""Answers out of a snapshot: what it says of the rows, and what follows from that; anything else nobody knows."""

from __future__ import annotations

from collections.abc import Sequence

from checker.catalog import QName
from checker.probe import Answer, Answers, Count, Probe, Unanswered
from checker.snapshot.contents import Snapshot
from checker.snapshot.known import Known
from checker.values import dataclass


@dataclass(frozen=True)
class Recorded:
    """A live side that can be asked, as far as its snapshot goes."""

    snapshot: Snapshot

    def answer(self, probes: Sequence[Probe], loose: frozenset[QName] = frozenset()) -> Answers:
        """An answer to each question, or why there is none; see the database port."""
        known = Known(self.snapshot, loose)
        return {probe: self._answer(probe, known) for probe in probes}

    def _answer(self, probe: Probe, known: Known) -> Answer | Unanswered:
        found = known.found(probe)
        if found is None:
            return Unanswered(f"the snapshot of {self.snapshot.moment} does not say")
        rows = known.rows(probe.rows) if isinstance(probe, Count) else None
        total = rows.found if rows is not None and not rows.at_least else None
        how = f"by the snapshot of {self.snapshot.moment}"
        return Answer(found.found, found.at_least, total, how, seconds=None)
