"""Taking a snapshot of a live database."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from checker import __version__
from checker.live.port import Live
from checker.snapshot.contents import Snapshot


def taken(live: Live, *, name: str = "", now: datetime | None = None) -> Snapshot:
    """The whole schema as it is now; raises LiveError. It is called by its name without host or folder unless given."""
    found = live.catalog()
    called = name or re.split(r"[/\\]", live.name)[-1]
    moment = (now or datetime.now(UTC)).replace(microsecond=0)
    return Snapshot(found.catalog, called, moment, __version__, not_checked=found.not_checked)
