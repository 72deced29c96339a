"""The nodes of real migrations against the facts that PostgreSQL's own parser found in them.

Needs the folder of corpora in `DDLGUARD_CORPORA`: `_oracle/*.postgres.jsonl.gz` holds one line per statement
(file, offsets, kind of node, normalised facts), `_probes/*.sql` one form per line.
"""

from __future__ import annotations

import gzip
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from checker.sql import nodes
from checker.sql.read import read
from checker.sqltype import SqlType
from checker.statement import Source, Statement
from tests.unit.reading import lite, pg

FOLDER = Path(os.environ.get("DDLGUARD_CORPORA", "/nonexistent"))
pytestmark = [
    pytest.mark.corpora,
    pytest.mark.skipif(not FOLDER.is_dir(), reason="DDLGUARD_CORPORA names no folder of corpora"),
]

INTERNAL = {
    "integer": "int4", "bigint": "int8", "smallint": "int2", "real": "float4", "double precision": "float8",
    "boolean": "bool", "character varying": "varchar", "character": "bpchar", "bit varying": "varbit",
    "timestamp without time zone": "timestamp", "timestamp with time zone": "timestamptz",
    "time without time zone": "time", "time with time zone": "timetz", '"char"': "char",
}  # fmt: skip

Fact = list[Any]


def cut(name: str | None) -> str | None:
    return name.encode()[:63].decode("utf-8", "ignore") if name else name


def full(name: nodes.Name) -> str:
    return ".".join(str(cut(part)) for part in name.parts)


def type_fact(type_: SqlType | None) -> str | None:
    if type_ is None:
        return None
    prefix = f"{type_.schema}." if type_.schema else ""
    return prefix + INTERNAL.get(type_.name, type_.name) + ("[]" if type_.array else "")


def action_fact(action: str) -> str | None:
    return None if action == "no action" else action.upper()


def reference_fact(key: nodes.ConstraintNode) -> Fact:
    assert key.target is not None
    return [full(key.target), list(key.references), action_fact(key.on_delete), action_fact(key.on_update)]


def column_fact(column: nodes.ColumnNode) -> dict[str, Any]:
    kinds = [one.kind for one in column.constraints]
    keys = [one for one in column.constraints if one.kind == "foreign key"]
    fact = {
        "n": cut(column.name),
        "t": type_fact(column.type),
        "nn": column.nullable is False,
        "df": column.default is not None,
        "pk": "primary key" in kinds,
        "uq": "unique" in kinds,
        "gen": True if column.generated else None,
        "id": column.identity and {"always": "a", "by default": "d"}[column.identity],
        "ref": reference_fact(keys[0]) if keys else None,
        "coll": column.collation,
    }
    return {**fact, "ck": kinds.count("check")} if "check" in kinds else fact


def constraint_fact(one: nodes.ConstraintNode) -> dict[str, Any]:
    fact: dict[str, Any] = {
        "k": {"exclusion": "EXCLUDE"}.get(one.kind, one.kind.upper()),
        "name": cut(one.name),
        "nv": one.not_valid,
        "defer": one.deferrable,
        "initdef": one.initially_deferred,
    }
    columns = [cut(name) for name in one.columns]
    if one.kind in ("unique", "primary key"):
        fact |= {"cols": columns, "idx": cut(one.using_index), "incl": list(one.include)}
    if one.kind == "unique":
        fact["nnd"] = one.nulls_not_distinct
    if one.kind == "foreign key":
        target, references, on_delete, on_update = reference_fact(one)
        fact |= {"cols": columns, "ref": target, "rcols": references, "del": on_delete, "upd": on_update}
    return fact


def alter_fact(action: nodes.AlterAction) -> Fact:
    match action:
        case nodes.AddColumn(column, if_not_exists):
            return ["ADD_COLUMN", column_fact(column), if_not_exists]
        case nodes.DropColumn(column, if_exists, cascade):
            return ["DROP_COLUMN", cut(column), if_exists, cascade]
        case nodes.AlterColumnType(column, type_, using):
            return ["ALTER_TYPE", cut(column), type_fact(type_), using is not None]
        case nodes.SetDefault(column):
            return ["SET_DEFAULT", cut(column)]
        case nodes.ColumnAction(words, column):
            return [words.upper().replace(" ", "_"), cut(column)]
        case nodes.AddConstraint(constraint):
            return ["ADD_CONSTRAINT", constraint_fact(constraint)]
        case nodes.DropConstraint(name, if_exists, cascade):
            return ["DROP_CONSTRAINT", cut(name), if_exists, cascade]
        case nodes.RenameColumn(old, new):
            return ["RENAME_COLUMN", cut(old), cut(new)]
        case nodes.RenameConstraint(old, new):
            return ["RENAME_CONSTRAINT", cut(old), cut(new)]
        case nodes.RenameTo(new):
            return ["RENAME", cut(new)]
    return [type(action).__name__]


def index_fact(node: nodes.CreateIndex) -> Fact:
    name = cut(node.name.last) if node.name else None
    keys, include = [cut(key.column) for key in node.keys], [cut(one) for one in node.include]
    head = ["CREATE INDEX", name, full(node.table), node.unique, node.concurrently, node.if_not_exists]
    return [*head, node.method, keys, include, node.where is not None, node.nulls_not_distinct]


def facts(node: nodes.Node) -> Fact:
    match node:
        case nodes.CreateTable():
            columns = [column_fact(one) for one in node.columns]
            constraints = [constraint_fact(one) for one in node.constraints]
            return ["CREATE TABLE", full(node.name), node.if_not_exists, columns, constraints]
        case nodes.Alter() | nodes.AlterObject():
            actions = [alter_fact(one) for one in node.actions]
            return ["ALTER", node.kind.upper(), full(node.name), node.if_exists, actions]
        case nodes.AddEnumValue():
            return ["ALTER", "TYPE", full(node.name), False, [["ADD_VALUE", node.label, node.if_not_exists]]]
        case nodes.RenameEnumValue():
            return ["ALTER", "TYPE", full(node.name), False, [["RENAME_VALUE", node.label, node.new]]]
        case nodes.CreateIndex():
            return index_fact(node)
        case nodes.Drop():
            names = [full(one) for one in node.names]
            return ["DROP", node.kind.upper(), names, node.if_exists, node.cascade, node.concurrently]
        case nodes.CreateType(kind="enum"):
            return ["CREATE TYPE", full(node.name), list(node.labels)]
    return [type(node).__name__]


def normal(fact: Any) -> Any:
    """NO ACTION is the default; a collation's schema is not kept."""
    match fact:
        case dict():
            return {key: normal(value) for key, value in fact.items()}
        case list():
            return [normal(value) for value in fact]
        case str():
            return None if fact == "NO ACTION" else fact.removeprefix("pg_catalog.")
    return fact


def cases(archive: Path) -> Iterator[tuple[str, nodes.Node, Fact | None]]:
    texts: dict[str, Source] = {}
    corpus = archive.name.removesuffix(".postgres.jsonl.gz")
    with gzip.open(archive, "rt", encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            if "error" in row:
                continue
            name = row["file"]
            if name not in texts:
                texts[name] = Source(name, (FOLDER / corpus / name).read_text(encoding="utf-8"))
            statement = Statement(texts[name], row["start"], row["end"])
            yield statement.text, read(statement, "postgres"), row.get("facts")


@pytest.mark.parametrize(
    "archive", sorted(FOLDER.glob("_oracle/*.postgres.jsonl.gz")), ids=lambda path: path.name.split(".")[0]
)
def test_facts_are_those_of_postgresqls_parser(archive: Path) -> None:
    unread, wrong = [], []
    for sql, node, fact in cases(archive):
        if isinstance(node, nodes.Unreadable):
            unread.append((sql, node.reason))
        elif fact is not None and normal(facts(node)) != normal(fact):
            wrong.append((sql, normal(facts(node)), normal(fact)))
    assert not unread
    assert not wrong


# CALL, EXECUTE, PREPARE and IMPORT FOREIGN SCHEMA run what is not in the file
HIDDEN = {"pg": 4, "lite": 0}


@pytest.mark.parametrize(("name", "parse"), [("pg", pg), ("lite", lite)])
def test_every_form_of_the_grammar_is_read(name: str, parse: Any) -> None:
    text = (FOLDER / "_probes" / f"{name}.sql").read_text(encoding="utf-8").replace("\n)", " )")
    unread = [form for form in text.splitlines() if isinstance(parse(form), nodes.Unreadable)]
    assert len(unread) == HIDDEN[name], unread
