"""Putting questions to a live database within limits: each answer with how it was obtained."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from checker.asking import Asking
from checker.catalog import QName
from checker.live.asking import keys
from checker.live.asking.leaves import tables
from checker.live.asking.passing import Passing
from checker.live.asking.plan import Pages, Pass, Plan, Query
from checker.live.asking.port import (
    UNKNOWN,
    Asked,
    Gone,
    Held,
    Locked,
    NoAnswer,
    NoRight,
    Raised,
    Row,
    TooLong,
)
from checker.live.asking.probes_sql import ProbesSql
from checker.live.asking.simpler import simpler
from checker.probe import OFF, Always, Answer, Answers, Count, Probe, Unanswered

Found = dict[Probe, Answer | Unanswered]


def answer(probes: Sequence[Probe], sql: ProbesSql, database: Asked, asking: Asking) -> Answers:
    """An answer to every question, or why there is none."""
    asked = {probe: simpler(probe) for probe in probes}
    found = _answered(tuple(dict.fromkeys(asked.values())), sql, database, asking)
    return {probe: found[put] for probe, put in asked.items()}


def _answered(probes: Sequence[Probe], sql: ProbesSql, database: Asked, asking: Asking) -> Answers:
    round_ = Round(sql, database, asking)
    try:
        round_.look(frozenset[QName]().union(*map(tables, probes)))
    except NoAnswer as problem:
        return {probe: Unanswered(round_.why(tables(probe), problem)) for probe in probes}
    queries = round_.plan.queries(probes)
    if asking.show:
        for query in queries:
            asking.show(query.text)
    if asking.strength == "off":
        return dict.fromkeys(probes, Unanswered(OFF))
    for query in queries:
        round_.put(query)
    if asking.keys:
        round_.name_keys()
    return round_.checked()


class Round:
    """The questions of one round on their way."""

    def __init__(self, sql: ProbesSql, database: Asked, asking: Asking) -> None:
        self.database, self.asking = database, asking
        self.plan = Plan(sql, {}, asking.strength)
        self.found: Found = {}
        self.places: dict[Probe, Pages] = {}

    def look(self, read: frozenset[QName]) -> None:
        """Find out about the tables before their rows are looked at; raises NoAnswer."""
        started = time.perf_counter()
        try:
            self.plan = replace(self.plan, held=self.database.held(read))
        finally:
            self.asking.spent += time.perf_counter() - started

    def put(self, query: Query | Pass) -> None:
        """Send one query and note what it answers."""
        if why := self._hopeless(query):
            self.found.update(dict.fromkeys(query.probes, Unanswered(why)))
        elif isinstance(query, Pass):
            self.found.update(Passing(query, self).answers())
        else:
            self._put(query)

    def _put(self, query: Query) -> None:
        result, seconds = self.row(query.text, self.asking.seconds)
        match result:
            case Raised():
                self._raised(query, result, seconds)
            case NoAnswer():
                none = Unanswered(self.why(query.tables, result))
                self.found.update(dict.fromkeys(query.probes, none))
            case _:
                self.found.update(_answers(query, result, seconds / len(query.probes)))

    def row(self, text: str, allowed: float) -> tuple[Row | Raised | NoAnswer, float]:
        """The one row of a query or what came in its place, and the time that it took off the budget."""
        result, seconds = self.rows(text, allowed)
        return (result[0] if isinstance(result, list) else result), seconds

    def rows(self, text: str, allowed: float) -> tuple[list[Row] | Raised | NoAnswer, float]:
        """The rows of a query, in the same way."""
        started = time.perf_counter()
        result: list[Row] | Raised | NoAnswer
        try:
            result = self.database.rows(text, allowed)
        except (Raised, NoAnswer) as problem:
            result = problem
        seconds = time.perf_counter() - started
        self.asking.spent += seconds
        return result, seconds

    def name_keys(self) -> None:
        """Add the primary keys of some offenders to the answers, where the rows have them and there is time."""
        for probe, answer in tuple(self.found.items()):
            stored = keys.stored_of(probe)
            if isinstance(answer, Answer) and not answer.none and stored is not None:
                columns = keys.carried(probe.rows, self._held(stored.table).key)
                self.found[probe] = replace(answer, examples=self._keys(probe, columns))

    def _keys(self, probe: Probe, columns: tuple[str, ...]) -> tuple[str, ...]:
        sql = replace(self.plan.sql, pages=self.places.get(probe))
        text = sql.keys(probe, columns, keys.MOST) if columns else None
        if text is None or not self.asking.seconds:
            return ()
        found, _ = self.rows(text, self.asking.seconds)
        return keys.shown(columns, found) if isinstance(found, list) else ()

    def _hopeless(self, query: Query | Pass) -> str:
        """Why a query is not even sent; "" where it is."""
        locked = [name for name in query.tables if self._held(name).locked]
        if locked:
            return _named("another session holds a lock on", locked)
        return "" if self.asking.seconds else self.asking.used_up

    def _raised(self, query: Query, problem: Raised, seconds: float) -> None:
        """An error about a value: whose question it answers shows when each is put alone."""
        if len(query.probes) == 1:
            error = Answer(1, True, None, "computed", seconds, problem.code, problem.said)
            self.found[query.probes[0]] = error
        else:
            for probe in query.probes:
                self.put(self.plan.alone(probe))

    def why(self, read: Iterable[QName], problem: NoAnswer) -> str:
        """Why questions about these tables have no answer."""
        match problem:
            case TooLong():
                return self.asking.too_long
            case NoRight():
                return self._no_right(read)
            case Locked():
                return _named("another session holds a lock on", read)
            case Gone():
                return "the server ended the connection"
        return str(problem)

    def _no_right(self, read: Iterable[QName]) -> str:
        """Which of the tables the role may not read, or not all of."""
        filtered = [name for name in read if self._held(name).filtered]
        closed = [name for name in read if not self._held(name).readable]
        if filtered and not closed:
            return _named("row-level security hides rows from this role in", filtered)
        return _named("no right to SELECT from", closed or read)

    def _held(self, name: QName) -> Held:
        return self.plan.held.get(name, UNKNOWN)

    def checked(self) -> Answers:
        """The answers, those about tables that were written anew in the meantime taken back."""
        then = {name: held.version for name, held in self.plan.held.items()}
        try:
            now = {name: held.version for name, held in self.database.held(then).items()}
        except NoAnswer:
            return self.found
        changed = frozenset(name for name in then if now.get(name) != then[name])
        if changed:
            for probe in self.found:
                if both := changed & tables(probe):
                    self.found[probe] = Unanswered(_named("in the meantime another session replaced", both))
        return self.found


def _named(said: str, names: Iterable[QName]) -> str:
    return f"{said} {', '.join(sorted(map(str, names)))}"


def _answers(query: Query, row: Row, seconds: float) -> Iterator[tuple[Probe, Answer]]:
    for place, probe in enumerate(query.probes, 1):
        match query.kind:
            case "counts":
                everything = isinstance(probe, Count) and isinstance(probe.condition, Always)
                number = int(row[0] if everything else row[place])
                yield probe, Answer(number, total=int(row[0]), seconds=seconds)
            case "found":
                number = int(row[0])
                how = "found" if query.limit == 1 else "counted"
                yield probe, Answer(number, number >= query.limit, how=how, seconds=seconds)
            case "computed":
                yield probe, Answer(0, how="computed", seconds=seconds)
