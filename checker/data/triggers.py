"""Triggers: code that runs when rows are written, and that nobody follows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from checker import change as to
from checker.catalog import Table
from checker.change import Change
from checker.refusals import Demand
from checker.values import replace

_EVENTS = {to.Insert: "insert", to.Update: "update", to.Delete: "delete"}


def trigger_at(table: Table, change: Change, timing: str = "") -> str:
    """The first trigger that runs code at such a change, "" where there is none."""
    event = _EVENTS[type(change)]
    for trigger in table.triggers:
        meant = trigger.enabled and timing in ("", trigger.timing)
        if meant and (event in trigger.events or not trigger.events):
            return trigger.name
    return ""


def behind(table: Table | None, change: Change, demands: Iterable[Demand]) -> Iterator[Demand]:
    """The demands of a statement, in doubt where a trigger may change its rows before anything looks at them."""
    trigger = trigger_at(table, change, "before") if table is not None else ""
    doubt = f"the trigger {trigger} runs first, and may change the rows"
    for one in demands:
        yield replace(one, doubt=one.doubt or doubt) if trigger else one
