"""What SQLite makes of a value when a column stores it: our expression against its own storage."""

from __future__ import annotations

import sqlite3

import pytest

from checker.live.asking.rows_sql import RowsSql
from checker.rows import Field
from checker.sqltype import SqlType

TYPES = (
    "TEXT",
    "VARCHAR(3)",
    "INTEGER",
    "BIGINT",
    "REAL",
    "DOUBLE",
    "NUMERIC",
    "DECIMAL(5,2)",
    "BOOLEAN",
    "DATE",
    "BLOB",
    "",
)
TEXTS = (
    "", " ", "0", "-0", "007", " 12 ", "\t12\n", "+5", "- 5", "--5", "5-", "1-2", "2024-01-02", "2024-01-02 10:00:00", "10:00",
    "1e3", "1E3", "1e", "e1", "1e+3", "1e-3", "1e400", "0x1F", "1_000", "1,5", ".5", "5.", ".", "-.5", "+.5e1", "5.0", "1.50",
    "1..5", "1.5.2", "1 2", "1\u00a0", "\u0661", "nan", "inf", "Infinity", "true", "9223372036854775807",
    "9223372036854775808", "-9223372036854775808", "123456789012345678901234567890", "0.1", "1234567890.123456789", "abc",
    "12abc", "1\x002",
)  # fmt: skip
OTHERS: tuple[object, ...] = (
    None, 0, 1, -1, 2**63 - 1, -(2**63), 2**53 + 1, 0.0, -0.0, 5.0, 5.5, 1e3, 1e18, 9.3e18, -9.3e18, 1e300, 0.1, float("inf"),
    b"", b"12", b"abc", b"\xff",
)  # fmt: skip


@pytest.mark.parametrize("declared", TYPES)
def test_a_value_is_what_sqlite_stores(declared: str) -> None:
    connection = sqlite3.connect(":memory:", isolation_level=None)
    connection.execute("CREATE TABLE raw (id INTEGER PRIMARY KEY, v)")
    connection.execute(f"CREATE TABLE kept (id INTEGER PRIMARY KEY, v {declared})")
    connection.executemany("INSERT INTO raw (v) VALUES (?)", [(one,) for one in (*TEXTS, *OTHERS)])
    connection.execute("INSERT INTO kept SELECT id, v FROM raw")
    stored = RowsSql("sqlite")._stored_as('"v"', Field("v", SqlType(declared)))
    # quote() tells -0.0 from 0.0 and shows every byte
    query = "SELECT id, typeof(v), quote(v) FROM {} ORDER BY id"
    real = connection.execute(query.format("kept")).fetchall()
    ours = connection.execute(query.format(f"(SELECT id, {stored} FROM raw)")).fetchall()
    values = (*TEXTS, *OTHERS)
    wrong = [(values[a[0] - 1], a[1:], b[1:]) for a, b in zip(real, ours, strict=True) if a != b]
    assert not wrong, f"value, stored by SQLite, by us: {wrong}"
    connection.close()
