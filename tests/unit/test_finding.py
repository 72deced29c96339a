"""What a finding says about itself."""

from __future__ import annotations

from dataclasses import replace

from checker.finding import Certainty, Finding, Severity
from checker.statement import Span

LOST = Finding(
    "drop-table", "loses-data", Severity.ERROR, Certainty.PROVEN, "public.users is dropped with 3 rows", "", "",
    "public.users", Span("1.sql", 1, 1, 1, 11, 0, 10), 0,
)  # fmt: skip


def test_a_fingerprint_outlives_the_number_of_rows() -> None:
    later = replace(LOST, message="public.users is dropped with 4 rows", statement=7)
    assert later.fingerprint == LOST.fingerprint
    assert replace(LOST, object="public.orders").fingerprint != LOST.fingerprint
    assert replace(LOST, rule="truncate").fingerprint != LOST.fingerprint
