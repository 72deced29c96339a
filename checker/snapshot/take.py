"""Taking a snapshot of a live database."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from checker import __version__
from checker.catalog import Catalog, QName, Table, View
from checker.live.port import Live
from checker.probe import Answer, Probe, Unanswered
from checker.snapshot.contents import Contents, Snapshot, apart
from checker.snapshot.questions import Place, is_asked, kept, keys, questions

AT_ONCE = 50
"""So many tables are asked about in one transaction."""


def taken(live: Live, *, name: str = "", now: datetime | None = None) -> Snapshot:
    """The whole schema as it is now; raises LiveError. It is called by its name without host or folder unless given."""
    found = live.catalog()
    called = name or re.split(r"[/\\]", live.name)[-1]
    moment = (now or datetime.now(UTC)).replace(microsecond=0)
    contents = {one.name: one for one in _contents(live, found.catalog)}
    return Snapshot(found.catalog, called, moment, __version__, contents, found.not_checked)


def _contents(live: Live, catalog: Catalog) -> Iterator[Contents]:
    """Figures of the server and answers to the usual questions, for every relation that anything is known of."""
    answers = _counted(live, catalog)
    for relation in catalog.relations.values():
        if isinstance(relation, Table | View):
            _, figures = apart(relation)
            found = replace(figures, **kept(answers.get(relation.name, {})))
            if found != Contents(relation.name):
                yield found


def _counted(live: Live, catalog: Catalog) -> dict[QName, dict[Place, Answer | Unanswered]]:
    """The answers by table. Small tables come first: should the time run out, it runs out in the large ones."""
    tables = sorted(
        (one for one in catalog.tables() if is_asked(one)), key=lambda one: (one.bytes or 0, one.name)
    )
    found = _asked(live, {one.name: tuple(questions(catalog, one)) for one in tables})
    rows = {one.name: kept(found.get(one.name, {})).get("rows") for one in tables}
    twice = _asked(live, {one.name: tuple(keys(catalog, one, rows[one.name])) for one in tables})
    return {name: found[name] | twice.get(name, {}) for name in found}


def _asked(
    live: Live, wanted: Mapping[QName, Sequence[tuple[Place, Probe]]]
) -> dict[QName, dict[Place, Answer | Unanswered]]:
    """Some tables at a time, so that no transaction goes on for long."""
    found: dict[QName, dict[Place, Answer | Unanswered]] = {}
    names = [name for name in wanted if wanted[name]]
    for start in range(0, len(names), AT_ONCE):
        some = names[start : start + AT_ONCE]
        answers = live.answer([probe for name in some for _, probe in wanted[name]])
        for name in some:
            found[name] = {place: answers[probe] for place, probe in wanted[name] if probe in answers}
    return found
