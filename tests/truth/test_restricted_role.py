"""A role that may only connect and SELECT is told the same as a superuser, or that something was not checked."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests import servers

SCHEMA = """
CREATE SCHEMA shop;
CREATE TYPE shop.status AS ENUM ('new', 'paid');
CREATE DOMAIN shop.positive AS integer CHECK (VALUE > 0);
CREATE TABLE shop.customers (id serial PRIMARY KEY, email text NOT NULL UNIQUE, name text);
CREATE TABLE shop.orders (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    customer_id int NOT NULL REFERENCES shop.customers ON DELETE CASCADE,
    status shop.status NOT NULL DEFAULT 'new',
    amount shop.positive,
    doubled int GENERATED ALWAYS AS (amount * 2) STORED,
    CONSTRAINT amount_sane CHECK (amount < 100000)
);
CREATE INDEX orders_customer ON shop.orders (customer_id);
CREATE VIEW shop.paid AS SELECT id, amount FROM shop.orders WHERE status = 'paid';
CREATE FUNCTION shop.touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;
CREATE TRIGGER touched BEFORE UPDATE ON shop.orders FOR EACH ROW EXECUTE FUNCTION shop.touch();
CREATE POLICY own ON shop.orders USING (amount > 0);
CREATE SCHEMA hidden;
CREATE TABLE hidden.secrets (id int PRIMARY KEY, customer_id int REFERENCES shop.customers);
CREATE ROLE reader LOGIN;
GRANT USAGE ON SCHEMA shop TO reader;
GRANT SELECT ON ALL TABLES IN SCHEMA shop TO reader;
"""
MIGRATION = """
ALTER TABLE shop.orders DROP COLUMN amount;
ALTER TABLE shop.orders ADD CONSTRAINT amount_sane CHECK (amount > 0);
ALTER TABLE shop.orders ADD COLUMN customer_id int;
CREATE INDEX orders_customer ON shop.orders (status);
ALTER TABLE shop.customers DROP CONSTRAINT customers_pkey;
DROP FUNCTION shop.touch();
DROP TYPE shop.status;
DROP SEQUENCE shop.customers_id_seq;
ALTER TABLE shop.orders ADD COLUMN code text NOT NULL;
INSERT INTO shop.orders (id, customer_id) VALUES (1, 1);
DROP TABLE shop.customers;
DROP TABLE hidden.secrets;
ALTER TABLE shop.customers RENAME COLUMN name TO full_name;
"""


@pytest.fixture
def shop(postgres: servers.Server) -> Iterator[str]:
    url = postgres.fresh()
    postgres.run(*_statements(SCHEMA), url=url)
    yield url
    postgres.drop(url)
    postgres.run("DROP ROLE reader")


def _statements(text: str) -> list[str]:
    """Cut at line ends: the bodies above hold no semicolon there."""
    return [part for part in text.strip().split(";\n") if part]


def _report(url: str, folder: Path) -> dict[str, Any]:
    migration = folder / "change.sql"
    migration.write_text(MIGRATION)
    command = [sys.executable, "-m", "checker", "check", str(migration), "--db", url, "--format", "json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1, done.stderr
    report: dict[str, Any] = json.loads(done.stdout)
    return report


def test_the_report_is_the_same(shop: str, postgres: servers.Server, tmp_path: Path) -> None:
    superuser = _report(shop, tmp_path)
    reader = _report(postgres.url(shop.rpartition("/")[2].partition("?")[0], "reader"), tmp_path)
    assert len(superuser["findings"]) >= 9
    told = {finding["fingerprint"]: finding for finding in superuser["findings"]}
    untold = told.keys() - {finding["fingerprint"] for finding in reader["findings"]}
    excused = " ".join(entry["what"] for entry in reader["not_checked"])
    for fingerprint in untold:
        assert told[fingerprint]["object"] in excused, told[fingerprint]
    if not reader["not_checked"]:
        assert [finding["certainty"] for finding in reader["findings"]] == [
            finding["certainty"] for finding in superuser["findings"]
        ]
