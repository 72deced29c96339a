"""The relations of a catalog: a map like any other, and what its register answers is what a walk would find."""

from __future__ import annotations

from collections.abc import Iterator

from hypothesis import given
from hypothesis import strategies as st

from checker.catalog import (
    Catalog,
    Check,
    Column,
    Expr,
    ForeignKey,
    Index,
    IndexKey,
    QName,
    Relation,
    Relations,
    Sequence,
    Server,
    Table,
    View,
    ViewColumn,
)
from checker.sqltype import SqlType
from checker.values import replace

NAMES = [QName("public", name) for name in ("a", "b", "c", "d")]
name = st.sampled_from(NAMES)


@st.composite
def tables(draw: st.DrawFn) -> Table:
    own, target, parent, used = draw(name), draw(name), draw(name), draw(name)
    indexes = [
        Index(QName("public", f"{own.name}_{n}"), own, (IndexKey("id"),))
        for n in draw(st.sets(st.integers(0, 3)))
    ]
    return Table(
        own,
        (Column("id", SqlType("integer")), Column("kind", SqlType(used.name, schema="public"))),
        draw(st.sampled_from([(), (ForeignKey(f"to_{target.name}", ("id",), target, ("id",)),), (Check("said", Expr("f", uses=frozenset({used}))),)])),
        tuple(indexes),
        parents=draw(st.sampled_from([(), (parent,)])),
    )  # fmt: skip


views = st.builds(lambda own, read: View(own, reads=frozenset((ViewColumn(read, None),))), name, name)
sequences = st.builds(lambda own, table: Sequence(own, owner=(table, "id")), name, name)
steps = st.lists(st.tuples(st.integers(0, 20), st.one_of(tables(), views, sequences, name)), max_size=25)


def versions(
    history: list[tuple[int, Relation | QName]],
) -> Iterator[tuple[Relations, dict[QName, Relation]]]:
    """The relations after each step, which may start from any earlier version, and a plain dict of the same."""
    made: list[tuple[Relations, dict[QName, Relation]]] = [(Relations({}), {})]
    for start, what in history:
        before, plain = made[start % len(made)]
        new, same = before.copy(), dict(plain)
        old = same.pop(what.name if not isinstance(what, QName) else what, None)
        for index in getattr(old, "indexes", ()):
            same.pop(index.name, None)
        if isinstance(what, QName):
            new.drop(what)
        else:
            new.put(what)
            same |= {what.name: what} | {index.name: index for index in getattr(what, "indexes", ())}
        made.append((new, same))
    yield from made


@given(steps)
def test_relations_are_a_map_whatever_version_they_come_from(
    history: list[tuple[int, Relation | QName]],
) -> None:
    for relations, plain in versions(history):
        assert dict(relations) == plain and len(relations) == len(plain)
        assert all(
            relations.get(one) == plain.get(one) and (one in relations) == (one in plain) for one in NAMES
        )


@given(steps, st.integers(0, 25))
def test_the_register_finds_what_a_walk_finds(
    history: list[tuple[int, Relation | QName]], asked: int
) -> None:
    made = list(versions(history))
    # asked for the first time in the middle of the history, or never before its end
    for relations, plain in [made[asked % len(made)], *made]:
        catalog = Catalog(Server("postgres", (18,)), relations=relations)
        found = [one for one in plain.values() if isinstance(one, Table)]
        for one in NAMES:
            children = {table.name for table in found if one in table.parents}
            assert {table.name for table in catalog.children_of(one)} == children
            pointing = {
                (table.name, key) for table in found for key in table.foreign_keys if key.target == one
            }
            assert {(table.name, key) for table, key in catalog.references_to(one)} == pointing
            typed = {table.name for table in found if any(c.type.name == one.name for c in table.columns)}
            assert typed <= {table.name for table in relations.concerned(one)}
            reading = {
                v.name for v in plain.values() if isinstance(v, View) and ViewColumn(one, None) in v.reads
            }
            assert reading <= {view.name for view in catalog.views(around=one)}
            owned = {s.name for s in plain.values() if isinstance(s, Sequence) and s.owner == (one, "id")}
            assert {sequence.name for sequence in catalog.owned_sequences(one)} == owned
            assert {called.name for called in relations.called(one.name.upper())} == {one} & plain.keys()
        for part in ("to_a", "said", "none"):
            assert catalog.has_constraint("public", part) == any(table.constraint(part) for table in found)


def test_many_changes_stay_in_order() -> None:
    """More of them than are kept beside what is shared."""
    relations = Relations({})
    for number in range(300):
        relations = relations.copy()
        relations.put(Table(QName("public", f"t{number}"), parents=(NAMES[0],) if number % 3 else ()))
        if number % 10 == 9:
            relations.drop(QName("public", f"t{number - 5}"))
    names = [f"t{number}" for number in range(300) if number % 10 != 4]
    assert [one.name for one in relations] == names == [one.name.name for one in relations.values()]
    assert [one.name.name for one in relations.children(NAMES[0])] == [
        one for one in names if int(one[1:]) % 3
    ]


def test_moved_relations_keep_their_places() -> None:
    tables = {one: Table(one) for one in NAMES}
    moved = replace(tables[NAMES[1]], name=QName("other", "b"))
    relations = Relations(tables).readdressed({NAMES[1]: moved.name}, {NAMES[1]: moved})
    assert [str(one) for one in relations] == ["public.a", "other.b", "public.c", "public.d"]
    assert list(relations.called("b")) == [moved] and not list(relations.called("x"))
    copy = relations.copy()
    copy.put(replace(moved, columns=(Column("id", SqlType("integer")),)))
    assert list(relations.differing(copy)) == [moved.name] and not list(copy.differing(copy))
