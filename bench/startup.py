"""What one small file costs from a cold start: interpreter, imports, reading the schema, the report."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

from bench.measure import Row, beside_python, command, median

LIMIT = 0.35
SCHEMA = """
CREATE TABLE users (id bigserial PRIMARY KEY, email varchar(255) NOT NULL UNIQUE, name text);
CREATE TABLE orders (id bigserial PRIMARY KEY, user_id bigint NOT NULL REFERENCES users, total numeric(10, 2));
CREATE INDEX orders_user ON orders (user_id);
CREATE VIEW spent AS SELECT user_id, sum(total) AS total FROM orders GROUP BY user_id;
"""
MIGRATION = """
ALTER TABLE users ADD COLUMN phone text;
ALTER TABLE orders ADD COLUMN placed_at timestamptz NOT NULL DEFAULT now();
CREATE INDEX orders_placed_at ON orders (placed_at);
ALTER TABLE users DROP COLUMN name;
"""


def rows() -> Iterator[Row]:
    """`check` of one small file against a schema file, as text and as JSON."""
    with tempfile.TemporaryDirectory() as folder:
        schema, migration = Path(folder) / "schema.sql", Path(folder) / "0001_change.sql"
        schema.write_text(SCHEMA)
        migration.write_text(MIGRATION)
        for shape in ("text", "json"):
            check = command(
                beside_python("ddlguard"), "check", migration, "--from", schema,
                "--dialect", "postgres", "--format", shape,
            )  # fmt: skip
            yield Row(f"one small file, cold, {shape}", median(check), limit=LIMIT)
