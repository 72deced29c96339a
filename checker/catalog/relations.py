"""The relations of a catalog by name, and a register of who mentions whom.

"Which foreign keys point here" and "is this constraint's name free" are asked for every statement; the register
answers without a walk over the whole schema. All versions of a catalog that grew out of one another share one
register, and it only grows: it names whoever mentioned something in any of the versions, so whoever asks looks at
the relation itself, as it is in the version at hand.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, ItemsView, Iterable, Iterator, Mapping, ValuesView
from itertools import chain, zip_longest

from checker.catalog.objects import (
    Check,
    Column,
    Expr,
    ForeignKey,
    Index,
    Policy,
    QName,
    Relation,
    Sequence,
    Table,
    Trigger,
    View,
)

_LAYER = 64
"""So many changes are kept beside the relations that are shared; then the two become one."""


class Relations(Mapping[QName, Relation]):
    """Relation by name. A copy costs next to nothing; it may be changed before a catalog gets it, and never after.

    `shared` belongs to many versions and stays as it is, `changed` is what this one has instead, None for
    what is gone.
    """

    __slots__ = ("_changed", "_register", "_shared")

    def __init__(self, relations: Mapping[QName, Relation]) -> None:
        self._shared: dict[QName, Relation] = dict(relations)
        self._register = _Register(self._shared)
        self._changed: dict[QName, Relation | None] = {}

    def copy(self) -> Relations:
        """The same relations, to be changed."""
        new = Relations.__new__(Relations)
        new._register = self._register
        if len(self._changed) > _LAYER:
            new._shared, new._changed = self._whole(), {}
        else:
            new._shared, new._changed = self._shared, self._changed.copy()
        return new

    def get(self, name: QName, default: Relation | None = None) -> Relation | None:  # type: ignore[override]
        """The relation of that name."""
        if name in self._changed:
            return self._changed[name] or default
        return self._shared.get(name, default)

    def __getitem__(self, name: QName) -> Relation:
        found = self.get(name)
        if found is None:
            raise KeyError(name)
        return found

    def __contains__(self, name: object) -> bool:
        if name in self._changed:
            return self._changed[name] is not None
        return name in self._shared

    def _whole(self) -> dict[QName, Relation]:
        """What there is, in one: those that are shared first, in their places."""
        present = {name: found for name, found in self._changed.items() if found is not None}
        whole = self._shared | present
        for name in self._changed.keys() - present.keys():
            whole.pop(name, None)
        return whole

    def __iter__(self) -> Iterator[QName]:
        return iter(self._whole())

    def __len__(self) -> int:
        return len(self._whole())

    def items(self) -> ItemsView[QName, Relation]:
        """Names and relations."""
        return self._whole().items()

    def values(self) -> ValuesView[Relation]:
        """The relations."""
        return self._whole().values()

    def differing(self, other: Relations) -> Iterator[QName]:
        """The names under which the two do not have the very same relation."""
        alike = self._shared is other._shared
        names = (self._changed, other._changed) if alike else (self, other)
        for name in dict.fromkeys(chain(*names)):
            if self.get(name) is not other.get(name):
                yield name

    def put(self, relation: Relation) -> None:
        """Add or replace a relation; a table or view brings its indexes' names along."""
        old = self.get(relation.name)
        self._enter(relation, old)
        before, now = indexes_of(old), indexes_of(relation)
        if before is now:
            return
        kept = {index.name for index in now}
        for index in before:
            if index.name not in kept:
                self._changed[index.name] = None
        for index in now:
            self._enter(index, self.get(index.name))

    def drop(self, name: QName) -> None:
        """Take a relation out; a table or view takes its indexes along."""
        for index in indexes_of(self.get(name)):
            self._changed[index.name] = None
        self._changed[name] = None

    def readdressed(self, names: Mapping[QName, QName], changed: Mapping[QName, Relation]) -> Relations:
        """These relations, each in its place, some of them changed and some under a new name."""
        moved = Relations({names.get(name, name): changed.get(name, old) for name, old in self.items()})
        moved._register = self._register
        for name, relation in changed.items():
            moved._enter(relation, None if relation.name != name else self[name])
        return moved

    def _enter(self, relation: Relation, old: Relation | None) -> None:
        self._register.waiting.append((relation, old))
        self._changed[relation.name] = relation

    # Who mentions whom

    def concerned(self, *names: QName) -> Iterable[Relation]:
        """The relations of these names and those that may mention one of them, in order."""
        mentions = self._known.mentions
        return self._present(chain(names, *(mentions.get(name, ()) for name in names)))

    def children(self, name: QName) -> Iterable[Relation]:
        """The tables that may inherit from this one or be its partitions."""
        names = self._known.children.get(name)
        return self._present(names) if names else ()

    def holding(self, part: str) -> Iterable[Relation]:
        """The relations that may have a constraint, trigger or policy of this name, however it is spelled."""
        return self._present(self._known.parts.get(part.lower(), ()))

    def called(self, name: str) -> Iterable[Relation]:
        """The relations of this bare name, in any schema and however it is spelled."""
        return self._present(self._known.called.get(name.lower(), ()))

    def _present(self, names: Iterable[QName]) -> Iterable[Relation]:
        found = {name for name in names if name in self}
        return [self[name] for name in sorted(found, key=self._known.order.__getitem__)]

    @property
    def _known(self) -> _Register:
        self._register.catch_up()
        return self._register


def indexes_of(relation: Relation | None) -> tuple[Index, ...]:
    """The indexes of a table or view; none of anything else."""
    return relation.indexes if isinstance(relation, Table | View) else ()


class _Register:
    """Names of relations, by what they mention, by parent, by the parts that they hold, by their own bare name.

    What is `waiting` is entered when somebody asks: relations, and what had their names before.
    """

    def __init__(self, first: Mapping[QName, Relation]) -> None:
        self.first = first
        self.waiting: list[tuple[Relation, Relation | None]] = []
        self.mentions: dict[QName, set[QName]] = defaultdict(set)
        self.parts: dict[str, set[QName]] = defaultdict(set)
        self.called: dict[str, set[QName]] = defaultdict(set)
        self.children: dict[QName, set[QName]] = defaultdict(set)
        self.order: dict[QName, int] = {}
        self.entered = 0

    def catch_up(self) -> None:
        """Enter all that waits."""
        if self.first:
            for relation in self.first.values():
                self._enter(relation, None)
            self.first = {}
        if self.waiting:
            for relation, old in self.waiting:
                self._enter(relation, old)
            self.waiting.clear()

    def _enter(self, relation: Relation, old: Relation | None) -> None:
        """Note what is new about the relation. `old` is what has had its name so far."""
        name = relation.name
        if old is None:
            self.entered += 1
            self.order[name] = self.entered
            self.called[name.name.lower()].add(name)
        for mentioned in _links(relation):
            self.mentions[mentioned].add(name)
        if isinstance(relation, Table):
            for parent in relation.parents:
                self.children[parent].add(name)
        for now, before in zip_longest(_parts(relation), _parts(old), fillvalue=()):
            if now is not before:
                known = set(map(id, before))
                for part in now:
                    if id(part) not in known:
                        self._note(name, part)

    def _note(self, name: QName, part: Hashable) -> None:
        for mentioned in _mentions(part):
            self.mentions[mentioned].add(name)
        if not isinstance(part, Column | Index):
            self.parts[part.name.lower()].add(name)  # type: ignore[attr-defined]


def _links(relation: Relation) -> Iterable[QName]:
    """What a relation mentions itself, not in one of its parts."""
    match relation:
        case Table(parents=parents):
            return parents
        case View(reads=reads, uses=uses):
            return (*(read.relation for read in reads), *uses)
        case Sequence(owner=(table, _)):
            return (table,)
        case Index(table=table):
            return (table,)
        case _:
            return ()


def _parts(relation: Relation | None) -> tuple[tuple[Hashable, ...], ...]:
    match relation:
        case Table():
            return (
                relation.columns,
                relation.indexes,
                relation.triggers,
                relation.constraints,
                relation.policies,
            )
        case View():
            return (relation.columns, relation.indexes, relation.triggers)
        case _:
            return ()


def _mentions(part: object) -> Iterator[QName]:
    """The relations, types and functions that a part of a table names; an index is one of them."""
    match part:
        case Column(type=type, default=default, expression=expression):
            if type.schema is not None:
                yield QName(type.schema, type.name)
            yield from _uses(default, expression)
        case ForeignKey(target=target):
            yield target
        case Check(expr=expr):
            yield from expr.uses
        case Index(name=name, where=where, keys=keys):
            yield name
            yield from _uses(where, *(key.expr for key in keys))
        case Trigger(function=QName() as function):
            yield function
        case Policy(uses=uses):
            yield from uses
        case _:
            pass


def _uses(*expressions: Expr | None) -> Iterator[QName]:
    for expression in expressions:
        if expression is not None:
            yield from expression.uses
