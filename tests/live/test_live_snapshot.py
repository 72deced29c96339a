"""Snapshots of real databases: what was loaded returns exactly, with every figure, and nothing secret is in the file."""

from __future__ import annotations

from pathlib import Path

import pytest

from checker.catalog import Catalog
from checker.live import connect
from checker.snapshot.document import dumps, loads
from checker.snapshot.take import taken
from tests.live.test_live_postgres import SCHEMA
from tests.servers import Server
from tests.snapshots import everything, returned
from tests.truth.histories import histories, statements
from tests.truth.real import Postgres, Sqlite


def _returns(catalog: Catalog) -> None:
    assert returned(catalog) == catalog
    assert everything(returned(catalog)) == everything(catalog)


def test_every_kind_of_object_of_postgres(postgres: Server, database: str) -> None:
    postgres.run(SCHEMA, "ANALYZE", url=database)
    with connect(database) as live:
        _returns(live.catalog().catalog)


@pytest.mark.parametrize("history", histories("postgres"), ids=lambda path: path.stem)
def test_what_a_history_leaves_on_postgres(history: Path, database: str) -> None:
    real = Postgres(database)
    for statement in statements(history, "postgres"):
        real.run(statement)
    real.connection.execute("ROLLBACK")
    catalog = real.catalog()
    assert catalog is not None
    _returns(catalog)
    real.close()


@pytest.mark.parametrize("history", histories("sqlite"), ids=lambda path: path.stem)
def test_what_a_history_leaves_on_sqlite(history: Path, tmp_path: Path) -> None:
    real = Sqlite(tmp_path / "app.db")
    for statement in statements(history, "sqlite"):
        real.run(statement)
    catalog = real.catalog()
    assert catalog is not None
    _returns(catalog)
    real.close()


def test_no_host_no_role_no_password(postgres: Server, database: str) -> None:
    postgres.run("CREATE ROLE snap LOGIN PASSWORD 'geheim'", "CREATE TABLE t (id int)", "ALTER TABLE t OWNER TO snap", url=database)  # fmt: skip
    name = database.rpartition("/")[2].partition("?")[0]
    url = postgres.url(name, "snap", "geheim")
    try:
        with connect(url) as live:
            text = dumps(taken(live))
    finally:
        postgres.run("DROP TABLE t", "DROP ROLE snap", url=database)
    for secret in ("geheim", 'snap"', str(postgres.directory)):
        assert secret not in text
    assert loads(text, "live.json").name == name
