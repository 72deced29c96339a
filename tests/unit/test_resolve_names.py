"""Automatic names of constraints, indexes and sequences: ours are those that a real PostgreSQL gives."""

from __future__ import annotations

import psycopg
import pytest

from checker.catalog import Catalog, Index, Sequence, Server, Table
from checker.simulate import simulate
from checker.sql.split import split
from checker.statement import Migration, Source
from tests import servers

LONG = "a_table_whose_name_is_so_long_that_little_room_is_left_for_more"
SCRIPTS = {
    "one of each": "CREATE TABLE t (a int PRIMARY KEY, b int UNIQUE, c int CHECK (c > 0), d int REFERENCES t)",
    "several columns": "CREATE TABLE t (a int, b int, c int, PRIMARY KEY (a, b), UNIQUE (b, c), CHECK (a < b),"
    " FOREIGN KEY (a, b) REFERENCES t)",
    "checks number up": "CREATE TABLE t (a int CHECK (a > 0) CHECK (a < 9), CHECK (a <> 5), CHECK (1 = 1), CHECK (2 = 2))",
    "the table's check names the one column that it reads": "CREATE TABLE t (a int, b int, CHECK (a + a > 0))",
    "unique beside primary key is one": "CREATE TABLE t (a int UNIQUE PRIMARY KEY, b int, UNIQUE (b), UNIQUE (b))",
    "the name of the repeated one is kept": "CREATE TABLE t (a int UNIQUE, CONSTRAINT mine UNIQUE (a))",
    "primary key first, whatever the order": "CREATE TABLE t (b int, UNIQUE (b), a int PRIMARY KEY, UNIQUE (b, a))",
    "a table has the name already": "CREATE TABLE t_pkey (a int); CREATE TABLE t (a int PRIMARY KEY)",
    "a constraint elsewhere has the name": "CREATE TABLE o (a int CONSTRAINT t_a_check CHECK (a > 0));"
    " CREATE TABLE t (a int CHECK (a > 0), b int CONSTRAINT t_b_key CHECK (b > 0)); CREATE TABLE t2 (a int)",
    "the key's name is a check's elsewhere": "CREATE TABLE o (a int CONSTRAINT t_a_key CHECK (a > 0));"
    " CREATE TABLE t (a int UNIQUE)",
    "the index's name is a check's elsewhere": "CREATE TABLE o (a int CONSTRAINT t_a_idx CHECK (a > 0));"
    " CREATE TABLE t (a int); CREATE INDEX ON t (a)",
    "the foreign key's name is an index's": "CREATE TABLE p (a int PRIMARY KEY);"
    " CREATE TABLE o (a int); CREATE INDEX t_a_fkey ON o (a); CREATE TABLE t (a int REFERENCES p)",
    "serial": "CREATE TABLE t (a serial, b bigserial PRIMARY KEY, c int GENERATED ALWAYS AS IDENTITY)",
    "serial when the name is taken": "CREATE SEQUENCE t_a_seq; CREATE TABLE t (a serial)",
    "added serial": "CREATE TABLE t (x int); ALTER TABLE t ADD COLUMN a serial, ADD COLUMN b smallserial",
    "long names": f"CREATE TABLE {LONG} (a_column_of_which_the_same_can_be_said_more_or_less int PRIMARY KEY,"
    " b serial UNIQUE, another_column_with_a_name_of_considerable_length int CHECK"
    " (another_column_with_a_name_of_considerable_length > 0))",
    "long names that meet": f"CREATE TABLE {LONG[:62]}1 (a int UNIQUE, b serial); CREATE TABLE {LONG[:62]}2 (a int UNIQUE, b serial)",
    "many columns": "CREATE TABLE t (first_column_name int, second_column_name int, third_column_name int,"
    " fourth_column_name int, fifth_column_name int,"
    " UNIQUE (first_column_name, second_column_name, third_column_name, fourth_column_name, fifth_column_name));"
    " CREATE INDEX ON t (first_column_name, second_column_name, third_column_name, fourth_column_name)",
    "characters of two bytes": 'CREATE TABLE "tääääääääääääääääääääääääääääääb" ("öööööööööööööööööööö" serial UNIQUE)',
    "long explicit names are cut": f"CREATE TABLE t (a int CONSTRAINT {LONG}_check CHECK (a > 0));"
    f" CREATE INDEX {LONG}_idx ON t (a)",
    "indexes": "CREATE TABLE t (a int, b text); CREATE INDEX ON t (a); CREATE INDEX ON t (a);"
    " CREATE INDEX ON t (lower(b), a); CREATE INDEX ON t ((a + 1), (a + 2)); CREATE INDEX ON t (a) INCLUDE (b)",
    "exclusion": "CREATE TABLE t (a int4range, b int4range, EXCLUDE USING gist (a WITH &&, b WITH =) WHERE (a IS NOT NULL))",
    "alter table": "CREATE TABLE t (a int, b int); ALTER TABLE t ADD UNIQUE (a), ADD CHECK (a > 0),"
    " ADD PRIMARY KEY (b), ADD UNIQUE (b, a), ADD FOREIGN KEY (a) REFERENCES t, ADD CHECK (b > 0)",
    "inline constraints of added columns": "CREATE TABLE t (a int PRIMARY KEY);"
    " ALTER TABLE t ADD CHECK (a > 1), ADD b int UNIQUE CHECK (b > 0) REFERENCES t, ADD CHECK (a > 2), ADD c int CHECK (c > 0)",
    "dropped and made again in one statement": "CREATE TABLE t (a int UNIQUE CHECK (a > 0));"
    " ALTER TABLE t ADD CHECK (a > 1), DROP CONSTRAINT t_a_check, ADD UNIQUE (a), DROP CONSTRAINT t_a_key",
    "names stay behind a renamed table": "CREATE TABLE t (a serial PRIMARY KEY, b int UNIQUE CHECK (b > 0));"
    " ALTER TABLE t RENAME TO old; CREATE TABLE t (a serial PRIMARY KEY, b int UNIQUE CHECK (b > 0))",
    "using index": "CREATE TABLE t (a int NOT NULL, b int); CREATE UNIQUE INDEX i ON t (a); CREATE UNIQUE INDEX j ON t (b);"
    " ALTER TABLE t ADD PRIMARY KEY USING INDEX i, ADD CONSTRAINT k UNIQUE USING INDEX j",
    "like": "CREATE TABLE o (a int PRIMARY KEY CHECK (a > 0), b int UNIQUE, c text); CREATE INDEX the_index ON o (lower(c));"
    " CREATE TABLE t (LIKE o INCLUDING ALL, d int UNIQUE)",
    "inherits": "CREATE TABLE p (a int PRIMARY KEY CHECK (a > 0), b int CHECK (b > 0) NO INHERIT);"
    " CREATE TABLE t (c int CHECK (c > 0), CHECK (a > 1)) INHERITS (p)",
    "partitions": "CREATE TABLE o (x int PRIMARY KEY); CREATE TABLE p (a int, b int UNIQUE, c int REFERENCES o CHECK (c > 0),"
    " PRIMARY KEY (b)) PARTITION BY LIST (b); CREATE INDEX ON p (c); CREATE INDEX named ON p (lower(a::text));"
    " CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1); CREATE TABLE p2 PARTITION OF p (CHECK (a > 0)) FOR VALUES IN (2)",
    "quoted": 'CREATE TABLE "T x" ("A b" int PRIMARY KEY, "C" serial UNIQUE); CREATE INDEX ON "T x" ("C", "A b")',
    "another schema": "CREATE SCHEMA s; CREATE TABLE s.t (a serial PRIMARY KEY); CREATE INDEX ON s.t (a)",
    "domains": "CREATE DOMAIN d AS int CHECK (VALUE > 0) CHECK (VALUE < 9); CREATE TABLE t (d int CONSTRAINT d_check2 CHECK (d > 0));"
    " ALTER DOMAIN d ADD CHECK (VALUE <> 5)",
}  # fmt: skip

RELATIONS = "SELECT relname FROM pg_class WHERE relnamespace::regnamespace::text IN ('public', 's') AND relkind IN ('r', 'p', 'i', 'I', 'S')"
CONSTRAINTS = (
    "SELECT coalesce(conrelid::regclass::oid, 0), conname FROM pg_constraint WHERE contype IN ('p', 'u', 'c', 'f', 'x', 'n')"
    " AND connamespace::regnamespace::text IN ('public', 's')"
)


def _simulated(script: str, version: tuple[int, ...]) -> Catalog:
    catalog = Catalog(Server("postgres", version), schemas=frozenset(("public",)))
    migration = Migration("x.sql", split(Source("x.sql", script), "postgres"))
    steps = list(simulate([migration], catalog))
    refused = [step.error.message for step in steps if step.error]
    assert not refused
    return steps[-1].after


def _constraints(catalog: Catalog) -> list[str]:
    found = [constraint.name for table in catalog.tables() for constraint in table.constraints]
    found += [check.name for one in catalog.types.values() for check in getattr(one, "checks", ())]
    return sorted(found)


@pytest.mark.parametrize("title", SCRIPTS)
def test_names_are_the_servers(title: str, postgres: servers.Server, database: str) -> None:
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute(SCRIPTS[title].encode())
        relations = sorted(name for (name,) in connection.execute(RELATIONS))
        constraints = sorted(name for _, name in connection.execute(CONSTRAINTS))
    catalog = _simulated(SCRIPTS[title], postgres.version)
    ours = [name.name for name, one in catalog.relations.items() if isinstance(one, Table | Index | Sequence)]
    assert sorted(ours) == relations
    assert _constraints(catalog) == constraints
