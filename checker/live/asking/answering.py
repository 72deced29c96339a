"""Putting probes to a live database: what belongs together in one pass, each answer with how it was obtained."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from checker.live.asking.probes_sql import ProbesSql
from checker.probe import (
    Always,
    Answer,
    Answers,
    Count,
    Duplicates,
    Evaluates,
    Fails,
    Holds,
    Matching,
    Orphans,
    Probe,
    Unanswered,
)
from checker.rows import Rows

Run = Callable[[str], tuple[Any, ...]]
"""Runs one query, read-only, and returns its one row; raises Raised, or Refusal of an answer."""


class Raised(Exception):
    """The server raised an error about a value: its code, and what it said without the value."""

    def __init__(self, code: str, said: str) -> None:
        super().__init__(said)
        self.code, self.said = code, said


class NoAnswer(Exception):
    """The server did not answer: too long, not allowed, not possible. The message says why."""


def answer(probes: Sequence[Probe], sql: ProbesSql, run: Run) -> Answers:
    """An answer to every probe."""
    found: dict[Probe, Answer | Unanswered] = {}
    for group in _together(probes, sql):
        found.update(_pass(group, sql, run))
    return found


def _together(probes: Sequence[Probe], sql: ProbesSql) -> Iterator[tuple[Probe, ...]]:
    """Counts over the same rows under the same name in one group, everything else alone."""
    groups: dict[tuple[Rows, str], list[Probe]] = {}
    for probe in probes:
        if isinstance(probe, Count) and sql.condition(probe.condition) is not None:
            alias = probe.condition.alias if isinstance(probe.condition, Holds | Fails) else ""
            groups.setdefault((probe.rows, alias), []).append(probe)
        else:
            yield (probe,)
    yield from map(tuple, groups.values())


def _pass(group: tuple[Probe, ...], sql: ProbesSql, run: Run) -> Answers:
    started = time.perf_counter()
    try:
        row = run(_query(group, sql))
    except Raised as problem:
        if len(group) > 1:
            return {key: one for probe in group for key, one in _pass((probe,), sql, run).items()}
        seconds = time.perf_counter() - started
        return {group[0]: Answer(1, True, None, "computed", seconds, problem.code, problem.said)}
    except NoAnswer as problem:
        return dict.fromkeys(group, Unanswered(str(problem)))
    seconds = (time.perf_counter() - started) / len(group)
    return dict(_answers(group, row, sql, seconds))


def _query(group: tuple[Probe, ...], sql: ProbesSql) -> str:
    match group[0]:
        case Count(rows=rows, condition=condition) as probe:
            if sql.condition(condition) is None:
                return sql.tried(probe)
            return sql.counts(rows, [one.condition for one in group if isinstance(one, Count)])
        case Duplicates() as probe:
            return sql.duplicates(probe)
        case Matching() as probe:
            return sql.matching(probe)
        case Orphans() as probe:
            return sql.orphans(probe)
        case Evaluates() as probe:
            return sql.evaluates(probe)


def _answers(
    group: tuple[Probe, ...], row: tuple[Any, ...], sql: ProbesSql, seconds: float
) -> Iterator[tuple[Probe, Answer]]:
    for place, probe in enumerate(group, 1):
        match probe:
            case Count(condition=Always()):
                yield probe, Answer(int(row[0]), total=int(row[0]), seconds=seconds)
            case Count(condition=condition) if sql.condition(condition) is not None:
                yield probe, Answer(int(row[place]), total=int(row[0]), seconds=seconds)
            case Count() | Evaluates():
                yield probe, Answer(0, how="computed", seconds=seconds)
            case _:
                found = int(row[0])
                yield probe, Answer(found, found >= sql.cap, seconds=seconds)
