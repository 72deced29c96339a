"""Taking a snapshot of a live database."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import TypeAlias

from checker import __version__
from checker.asking import Asking
from checker.catalog import Catalog, QName, Table, View
from checker.live.port import Live
from checker.probe import Answer, Probe, Unanswered
from checker.snapshot.contents import Contents, Snapshot, apart
from checker.snapshot.questions import Place, closer, is_asked, kept, questions
from checker.values import replace

Kept: TypeAlias = dict[Place, Answer | Unanswered]
MOST_NAMED = 3
AT_ONCE = 50
"""So many tables are asked about in one transaction."""


def taken(
    live: Live, *, name: str = "", asking: Asking | None = None, now: datetime | None = None
) -> Snapshot:
    """The whole schema as it is now; raises LiveError. It is called by its name without host or folder unless given."""
    found = live.catalog()
    called = name or re.split(r"[/\\]", live.name)[-1]
    moment = (now or datetime.now(UTC)).replace(microsecond=0)
    limits = Asking() if asking is None else replace(asking, keys=False)
    answers = {} if limits.strength == "off" else _answers(live, found.catalog, limits)
    contents = {one.name: one for one in _contents(found.catalog, answers)}
    gaps = tuple(_gaps(answers))
    return Snapshot(found.catalog, called, moment, __version__, contents, found.not_checked, gaps)


def _contents(catalog: Catalog, answers: Mapping[QName, Kept]) -> Iterator[Contents]:
    """Figures of the server and what was counted, for every relation that anything is known of."""
    for relation in catalog.relations.values():
        if isinstance(relation, Table | View):
            _, figures = apart(relation)
            found = replace(figures, **kept(answers.get(relation.name, {})))
            if found != Contents(relation.name):
                yield found


def _answers(live: Live, catalog: Catalog, asking: Asking) -> dict[QName, Kept]:
    """The answers by table. Small tables come first: should the time run out, it runs out in the large ones."""
    tables = sorted(
        (one for one in catalog.tables() if is_asked(one)), key=lambda one: (one.bytes or 0, one.name)
    )
    found = _asked(live, {one.name: tuple(questions(catalog, one)) for one in tables}, asking)
    rows = {one.name: kept(found[one.name]).get("rows") for one in tables}
    more = _asked(live, {one.name: tuple(closer(catalog, one, rows[one.name])) for one in tables}, asking)
    return {name: found[name] | more[name] for name in found}


def _gaps(answers: Mapping[QName, Kept]) -> Iterator[str]:
    """Why questions have no answer, and about how many tables that is."""
    whys: dict[str, set[QName]] = {}
    for name, found in answers.items():
        for answer in found.values():
            if isinstance(answer, Unanswered):
                whys.setdefault(answer.why, set()).add(name)
    for why, names in sorted(whys.items()):
        shown = ", ".join(map(str, sorted(names)[:MOST_NAMED])) + (", …" if len(names) > MOST_NAMED else "")
        yield f"not all is known of {len(names):,} table{'s' if len(names) > 1 else ''} ({shown}): {why}"


def _asked(
    live: Live, wanted: Mapping[QName, Sequence[tuple[Place, Probe]]], asking: Asking
) -> dict[QName, Kept]:
    """Some tables at a time, so that no transaction goes on for long."""
    found: dict[QName, Kept] = {}
    names = list(wanted)
    for start in range(0, len(names), AT_ONCE):
        some = names[start : start + AT_ONCE]
        answers = live.answer([probe for name in some for _, probe in wanted[name]], asking=asking)
        for name in some:
            found[name] = {place: answers[probe] for place, probe in wanted[name] if probe in answers}
    return found
