"""The file of a snapshot: exact, published, and refused in one clear line where it is damaged."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from checker import __version__
from checker.catalog import Catalog, Column, Dialect, QName, Server, Table
from checker.finding import NotChecked
from checker.live.written import empty
from checker.simulate import simulate
from checker.snapshot.contents import Contents, Number, Snapshot
from checker.snapshot.document import SnapshotError, dumps, is_snapshot, loads
from checker.sqltype import SqlType
from checker.statement import Migration
from tests.rulecase import VERSIONS, catalog_of, every_case
from tests.snapshots import PUBLISHED, TAKEN, everything, returned, schema, written
from tests.truth.histories import histories, statements

EXAMPLE = Path(__file__).parents[2] / "fixtures" / "snapshots" / "v1.json"
HISTORIES: list[tuple[Dialect, Path]] = [
    *(("postgres", path) for path in histories("postgres")),
    *(("sqlite", path) for path in histories("sqlite")),
]
LIVES = sorted({(case.dialect, case.live) for case in every_case()})


@cache
def validator() -> Draft202012Validator:
    return Draft202012Validator(json.loads(PUBLISHED.read_text()))


def valid(text: str) -> str:
    """The text, once it is what the published schema says."""
    problems = [
        f"{error.json_path}: {error.message[:300]}" for error in validator().iter_errors(json.loads(text))
    ]
    assert not problems
    return text


def snapshot(catalog: Catalog, **changed: Any) -> Snapshot:
    return Snapshot(catalog, "app", TAKEN, __version__, **changed)


# There and back


@pytest.mark.parametrize(
    ("dialect", "history"), HISTORIES, ids=[f"{one}-{path.stem}" for one, path in HISTORIES]
)
def test_every_catalog_of_a_history_returns(dialect: Dialect, history: Path) -> None:
    start = empty(Server(dialect, VERSIONS[dialect], {"TimeZone": "UTC"}))
    last = start
    for step in simulate([Migration(history.name, statements(history, dialect))], start):
        last = step.after
        if step.index % 10 == 0:
            assert returned(last) == last
    assert everything(returned(last)) == everything(last)
    assert returned(last) == last
    valid(dumps(snapshot(last)))


@pytest.mark.parametrize(("dialect", "live"), LIVES)
def test_every_live_side_of_a_fixture_returns(dialect: Dialect, live: str) -> None:
    catalog = catalog_of(live, dialect)
    assert returned(catalog) == catalog
    valid(dumps(snapshot(catalog)))


def test_figures_and_counts_return() -> None:
    name = QName("public", "t")
    table = Table(name, (Column("a", SqlType("text")),), rows=10, bytes=8192)
    catalog = empty(Server("postgres", (15, 0))).put(table)
    contents = Contents(
        name, Number(12), {"a": Number(1, at_least=True)}, {"a": {"x": Number(3)}}, {"a": 20}, {"a": Number(0)},
        {"t_check": Number(2)}, 10, 8192,
    )  # fmt: skip
    before = snapshot(catalog, contents={name: contents}, not_checked=(NotChecked("schema x", "no USAGE"),))
    after = loads(valid(dumps(before)), "live.json")
    assert after == before
    assert after.catalog.table(name) == table
    assert (after.catalog.relations[name].rows, after.catalog.relations[name].bytes) == (10, 8192)  # type: ignore[union-attr]


def test_no_role_is_written_down() -> None:
    table = Table(QName("public", "t"), owner="the_owner")
    assert "the_owner" not in dumps(snapshot(empty(Server("postgres", (15, 0))).put(table)))


@pytest.mark.parametrize("name", ["é", "名", "a\nb", 'a"b', "\udc80", "\u202etxt", "\x7f", "\ufeff", " "])
def test_names_return_and_hide_nothing(name: str) -> None:
    catalog = empty(Server("postgres", (15, 0))).put(Table(QName("public", name)))
    text = dumps(snapshot(catalog))
    assert returned(catalog) == catalog
    assert all(letter.isprintable() or letter == "\n" for letter in text)
    assert text.encode()


# What the file looks like


def test_the_schema_is_the_published_one() -> None:
    """A change of the catalog's classes is a change of the format: additions keep the version, nothing else does."""
    Draft202012Validator.check_schema(schema())
    if os.environ.get("DDLGUARD_UPDATE_DOCS"):
        PUBLISHED.write_text(written(), encoding="utf-8")
    assert PUBLISHED.read_text(encoding="utf-8") == written()


def test_a_file_of_the_first_day_is_still_read() -> None:
    text = valid(EXAMPLE.read_text(encoding="utf-8"))
    found = loads(text, EXAMPLE.name)
    assert found.contents
    assert dumps(found) == text


def test_a_change_of_one_table_is_a_change_of_one_line() -> None:
    catalog = catalog_of("CREATE TABLE b (id int PRIMARY KEY); CREATE TABLE a (x text)", "postgres")
    wider = catalog_of("CREATE TABLE a (x text, y text); CREATE TABLE b (id int PRIMARY KEY)", "postgres")
    before, after = (dumps(snapshot(one)).splitlines() for one in (catalog, wider))
    changed = [pair for pair in zip(before, after, strict=True) if pair[0] != pair[1]]
    assert [pair[0][:35] for pair in changed] == ['{"is":"table","name":["public","a"]']


def test_figures_do_not_change_the_definitions() -> None:
    name = QName("public", "t")
    grown = [
        dumps(snapshot(empty(Server("postgres", (15, 0))).put(Table(name, rows=rows)))).splitlines()
        for rows in (1, 2)
    ]
    changed = [pair[0] for pair in zip(*grown, strict=True) if pair[0] != pair[1]]
    assert changed == ['{"name":["public","t"],"estimate":1}']


def test_what_begins_like_json_is_meant_as_a_snapshot() -> None:
    assert is_snapshot('\ufeff\n {"format"')
    assert not is_snapshot("CREATE TABLE t (a int); -- {")


# Damage


def damaged(find: str, replace_by: str) -> str:
    text = EXAMPLE.read_text(encoding="utf-8")
    assert find in text
    return text.replace(find, replace_by, 1)


@pytest.mark.parametrize(
    ("find", "replace_by", "said"),
    [
        ('"version": 1', '"version": 2', "live.json: a snapshot of version 2, and ddlguard "),
        ('"version": 1', '"version": "1"', "live.json: version: 1 is expected; take it anew with ddlguard snapshot"),
        ('"format": "ddlguard snapshot"', '"format": "x"', "live.json: JSON, but no snapshot: it does not say"),
        ('"taken": "', '"taken": "x', "live.json: taken: a moment like 2026-11-28T10:00:00Z is expected"),
        ('"relations": [', "<<<<<<< HEAD\n", "live.json:10:1: not JSON: expecting property name"),
        ('"name":["public","users"]', '"nane":["public","users"]',
         "there is no such key as 'nane' here; did you mean name?"),
        ('"type":"uuid"', '"typ":"uuid"', "(public.users): there is no such key as 'typ' here; did you mean type?"),
        ('"type":"uuid"', '"type":7', "columns[1].type (public.users): a text or an object is expected"),
        ('"is":"view"', '"is":"tabel"', "'is' has to say one of: table, view, sequence, index, unloaded"),
        ('{"name":["public","users"],"rows"', '{"name":["public","userz"],"rows"',
         "contents[1] (public.userz): there is no table public.userz among the relations"),
    ],
)  # fmt: skip
def test_a_damaged_file_says_what_and_where_and_what_to_do(find: str, replace_by: str, said: str) -> None:
    with pytest.raises(SnapshotError) as problem:
        loads(damaged(find, replace_by), "live.json")
    message = str(problem.value)
    assert message.startswith("live.json:")
    assert said in message
    assert "ddlguard snapshot" in message
    assert "\n" not in message


def test_a_table_that_a_merge_left_twice() -> None:
    lines = EXAMPLE.read_text(encoding="utf-8").splitlines()
    at = next(at for at, line in enumerate(lines) if line.startswith('{"is":"table"'))
    with pytest.raises(SnapshotError, match=r"relations\[\d\] \(public\.\w+\): public\.\w+ is there twice"):
        loads("\n".join([*lines[: at + 1], lines[at].rstrip(",") + ",", *lines[at + 1 :]]), "live.json")


@pytest.mark.parametrize("text", ["{", "{}", '{"a":' * 100_000, '{"version": 1}', "{]"])
def test_other_json_is_refused_in_a_line(text: str) -> None:
    with pytest.raises(SnapshotError):
        loads(text, "live.json")


def test_who_wrote_it_is_said_where_it_was_another_version() -> None:
    text = damaged('"tool": "', '"tool": "9.').replace('"type":"uuid"', '"typ":"uuid"', 1)
    with pytest.raises(SnapshotError, match=rf"written by ddlguard 9\..*, this is {__version__}"):
        loads(text, "live.json")


def test_every_cut_is_noticed() -> None:
    text = EXAMPLE.read_text(encoding="utf-8")
    for at in range(1, len(text.rstrip()) - 1, 97):
        with pytest.raises(SnapshotError):
            loads(text[:at], "live.json")


def test_uncertain_catalogs_return() -> None:
    catalog = replace(
        empty(Server("postgres", (15, 0)), complete=False),
        doubted=True,
        uncertain=frozenset([QName("a", "b")]),
    )
    assert returned(catalog) == catalog
