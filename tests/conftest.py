"""Fixtures that several tests share: a real PostgreSQL per test process, a fresh database per test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests import servers


@pytest.fixture(scope="session")
def postgres() -> Iterator[servers.Server]:
    """A private PostgreSQL server, stopped at the end; the tests that need one skip where there is none."""
    try:
        server = servers.start()
    except servers.NoServer as problem:
        pytest.skip(f"NO POSTGRESQL: {problem}")
    try:
        yield server
    finally:
        server.stop()


@pytest.fixture
def database(postgres: servers.Server) -> Iterator[str]:
    """The URL of an empty database, dropped after the test."""
    url = postgres.fresh()
    yield url
    postgres.drop(url)
