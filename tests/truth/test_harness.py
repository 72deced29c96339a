"""The measure itself, measured: a second server in the simulator's place must agree in everything."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from checker.catalog import Catalog, Column, Expr, QName, Relations, Table
from checker.sqltype import SqlType
from checker.statement import Source, Statement
from tests import servers
from tests.truth.compare import differences
from tests.truth.histories import histories, statements
from tests.truth.real import Postgres, Sqlite
from tests.truth.replay import GOOD, Outcome, Server, Simulated, replay


class Mirror:
    """A second server that plays the simulator's part; `spoil` may change what it says."""

    def __init__(self, server: Server, spoil: Callable[[Simulated], Simulated] = lambda said: said) -> None:
        self.server, self.spoil = server, spoil
        self.last: Catalog | None = None

    def run(self, statement: Statement) -> Simulated:
        code, catalog = self.server.run(statement), self.server.catalog()
        self.last = catalog or self.last
        assert self.last is not None
        return self.spoil(Simulated(self.last, code))

    def resync(self, catalog: Catalog | None, code: str | None) -> None:
        """A real server cannot be told what it holds."""


MIRRORED = [path for path in histories("postgres") if path.stem in ("dump", "transactions")]


@pytest.mark.parametrize("history", MIRRORED, ids=lambda path: path.stem)
def test_postgres_agrees_with_itself(history: Path, postgres: servers.Server) -> None:
    one, other = Postgres(postgres.fresh()), Postgres(postgres.fresh())
    for verdict in replay(statements(history, "postgres"), one, Mirror(other)):
        assert verdict.outcome in GOOD, str(verdict)
    one.close()
    other.close()


@pytest.mark.parametrize("history", histories("sqlite"), ids=lambda path: path.stem)
def test_sqlite_agrees_with_itself(history: Path, tmp_path: Path) -> None:
    one, other = Sqlite(tmp_path / "one.db"), Sqlite(tmp_path / "other.db")
    for verdict in replay(statements(history, "sqlite"), one, Mirror(other)):
        assert verdict.outcome in GOOD, str(verdict)
    one.close()
    other.close()


def _without_tables(said: Simulated) -> Simulated:
    return replace(said, catalog=replace(said.catalog, relations=Relations({})))


def _refusing(said: Simulated) -> Simulated:
    return replace(said, code="42P01")


@pytest.mark.parametrize(
    ("sql", "spoil", "outcome"),
    [
        ("CREATE TABLE a (id INTEGER)", _without_tables, Outcome.DIFFERS),
        ("CREATE TABLE a (id INTEGER)", _refusing, Outcome.FALSE_FAILURE),
        ("DROP TABLE a", _refusing, Outcome.WRONG_CODE),
        ("DROP TABLE a", lambda said: replace(said, code=None), Outcome.MISSED),
        ("DROP TABLE a", lambda said: said, Outcome.PREDICTED),
        ("INSERT INTO b VALUES (NULL)", lambda said: replace(said, code=None), Outcome.DATA),
        ("INSERT INTO b VALUES (NULL)", _refusing, Outcome.WRONG_CODE),
    ],
)
def test_every_outcome_is_told_apart(
    sql: str, spoil: Callable[[Simulated], Simulated], outcome: Outcome, tmp_path: Path
) -> None:
    one, other = Sqlite(tmp_path / "one.db"), Sqlite(tmp_path / "other.db")
    for server in (one, other):
        server.connection.execute("CREATE TABLE b (id INTEGER NOT NULL)")
    statement = Statement(Source("one.sql", sql), 0, len(sql))
    (verdict,) = replay([statement], one, Mirror(other, spoil))
    assert verdict.outcome is outcome


TABLE = Table(
    QName("public", "t"),
    (Column("a", SqlType("integer")), Column("b", SqlType("text"), default=Expr("now()"))),
)


@pytest.mark.parametrize(
    ("table", "words"),
    [
        (replace(TABLE, columns=TABLE.columns[::-1]), "public.t, columns: server ['a', 'b'], simulated ['b', 'a']"),
        (replace(TABLE, name=QName("public", "u")), "relation public.t: missing in the simulation"),
        (replace(TABLE, temporary=True), "public.t, temporary: server False, simulated True"),
        (
            replace(TABLE, columns=(TABLE.columns[0], replace(TABLE.columns[1], default=None))),
            "public.t.b, default: server expression 'now()', simulated None",
        ),
        (
            replace(TABLE, columns=(replace(TABLE.columns[0], type=SqlType("bigint")), TABLE.columns[1])),
            "public.t.a, type: server integer, simulated bigint",
        ),
    ],
)  # fmt: skip
def test_a_difference_is_named(table: Table, words: str, tmp_path: Path) -> None:
    server = Sqlite(tmp_path / "one.db").server
    real = Catalog(server, relations=Relations({TABLE.name: TABLE}))
    assert words in differences(real, replace(real, relations=Relations({table.name: table})))
    assert differences(real, real) == []


def test_the_text_of_an_expression_does_not_count(tmp_path: Path) -> None:
    server = Sqlite(tmp_path / "one.db").server
    other = replace(
        TABLE, columns=(TABLE.columns[0], replace(TABLE.columns[1], default=Expr("CURRENT_TIMESTAMP")))
    )
    one = Catalog(server, relations=Relations({TABLE.name: TABLE}))
    assert differences(one, Catalog(server, relations=Relations({TABLE.name: other}))) == []
