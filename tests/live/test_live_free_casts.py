"""Casts that are said to raise no error for any value, on the values that are most likely to prove it wrong."""

from __future__ import annotations

import psycopg
import pytest

from checker.sqltype import _CASTS_FREELY

NASTY = {
    "timestamp without time zone": ("2024-02-29 23:59:59.999999", "infinity", "-infinity", "4713-01-01 BC", "200000-01-01"),
    "timestamp with time zone": ("2024-02-29 23:59:59.999999+14", "infinity", "-infinity", "200000-01-01"),
    "time without time zone": ("24:00:00", "00:00:00.000001"),
    "time with time zone": ("24:00:00+15:59", "00:00-15:59"),
    "interval": ("1 mon", "-5 days 30:00", "178000000 years", "-1 second"),
    "smallint": ("-32768",),
    "integer": ("2147483647", "-2147483648"),
    "bigint": ("9223372036854775807", "-9223372036854775808"),
    "boolean": ("t", "f"),
    "jsonb": ('{"a": "ä", "n": 1e400}',),
    "inet": ("192.168.1.5/24", "::1", "10.1.2.3"),
    "macaddr": ("08:00:2b:01:02:03",),
}  # fmt: skip
PAIRS = [(source, target) for source, targets in _CASTS_FREELY.items() for target in targets]


@pytest.mark.parametrize(("source", "target"), PAIRS)
def test_every_value_casts(source: str, target: str, database: str) -> None:
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute(f"CREATE TABLE t (v {source})".encode())
        for value in NASTY[source]:
            connection.execute(f"INSERT INTO t VALUES (%s::text::{source})".encode(), (value,))
        connection.execute(f"ALTER TABLE t ALTER v TYPE {target} USING v::{target}".encode())
