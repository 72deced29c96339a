"""A thousand migration files at once, beside squawk on the same folder."""

from __future__ import annotations

import importlib.util
import os
import random
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from bench.measure import Row, beside_python, command, median

FILES = 1_000
LIMITS = {"pure": 8.0, "compiled": 4.0}

NOUNS = (
    "account",
    "order",
    "invoice",
    "shipment",
    "ticket",
    "message",
    "device",
    "session",
    "report",
    "policy",
)
TYPES = (
    "text",
    "integer",
    "bigint",
    "boolean",
    "timestamptz",
    "numeric(12, 2)",
    "jsonb",
    "uuid",
    "varchar(120)",
)


def rows() -> Iterator[Row]:
    """Both builds of sqlglot against squawk."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "migrations"
        folder.mkdir()
        for name, text in _corpus() or generate(random.Random(7)):
            (folder / name).write_text(text)
        squawk = median(command(beside_python("squawk"), "--reporter", "Json", *sorted(folder.iterdir())))
        yield Row(f"squawk, {FILES} files", squawk)
        for build, path in _builds(Path(scratch)):
            check = command(
                beside_python("ddlguard"), "check", folder, "--dialect", "postgres", "--format", "json",
                python_path=path,
            )  # fmt: skip
            yield Row(f"{FILES} files, {build} sqlglot", median(check), "squawk", squawk, LIMITS[build])


def _builds(scratch: Path) -> Iterator[tuple[str, Path | None]]:
    """The build that is installed, and the compiled one where it can be had beside it."""
    if importlib.util.find_spec("sqlglotc"):
        yield "compiled", None
        return
    yield "pure", None
    target = scratch / "compiled"
    wanted = [
        sys.executable,
        "-m",
        "pip",
        "install",
        "--quiet",
        "--target",
        str(target),
        "sqlglot[c]>=30.30,<31",
    ]
    if subprocess.run(wanted, env=os.environ, check=False).returncode == 0:
        yield "compiled", target


def _corpus() -> list[tuple[str, str]]:
    """A thousand real files, where there is a folder of them."""
    given = os.environ.get("DDLGUARD_CORPORA")
    found = sorted(Path(given).glob("*/postgres/**/*.sql")) if given else []
    chosen = random.Random(7).sample(found, FILES) if len(found) > FILES else []
    # not under their own names: `up` and `down` among them would make most of the folder fall away
    return [(f"{n:04}_change.sql", path.read_text(errors="replace")) for n, path in enumerate(chosen)]


def generate(chance: random.Random) -> Iterator[tuple[str, str]]:
    """A thousand files of a made-up history: file name and SQL, each valid after those before it."""
    tables: dict[str, list[str]] = {}
    for number in range(FILES):
        if not tables or chance.random() < 0.15:
            name = f"{chance.choice(NOUNS)}s_{number}"
            text = _create(name, tables, chance)
            tables[name] = ["name", "created_at"]
        else:
            name = chance.choice(list(tables))
            changes = (_change(name, tables, f"{number}_{i}", chance) for i in range(chance.randint(1, 4)))
            text = "\n".join(changes)
        yield f"{number:04}_{name}.sql", text


def _create(name: str, tables: dict[str, list[str]], chance: random.Random) -> str:
    extra = [f"    value_{i} {chance.choice(TYPES)}" for i in range(chance.randint(3, 12))]
    if tables:
        extra.append(f"    parent_id bigint REFERENCES {chance.choice(list(tables))} (id) ON DELETE CASCADE")
    columns = ",\n".join(extra)
    return (
        f"-- {name}: first version\nCREATE TABLE {name} (\n    id bigserial PRIMARY KEY,\n    name text NOT NULL,\n"
        f"    created_at timestamptz NOT NULL DEFAULT now(),\n{columns}\n);\n\n"
        f"CREATE INDEX {name}_created ON {name} (created_at);\n"
        f"COMMENT ON TABLE {name} IS 'what it''s for';\n"
    )


def _change(name: str, tables: dict[str, list[str]], number: str, chance: random.Random) -> str:
    column = f"added_{number}"
    known = tables[name]
    choices = [
        f"ALTER TABLE {name} ADD COLUMN {column} {chance.choice(TYPES)};\n",
        f"ALTER TABLE {name}\n    ADD COLUMN {column} text,\n    ADD COLUMN {column}_at timestamptz DEFAULT now();\n",
        f"CREATE INDEX CONCURRENTLY {name}_{number}_idx ON {name} ({chance.choice(known)});\n",
        f"ALTER TABLE {name} ADD CHECK (length({known[0]}) < 500) NOT VALID;\nSELECT 1;\n",
        f"UPDATE {name} SET name = trim(name) WHERE name <> trim(name);\n",
        f"DROP TABLE IF EXISTS {name}_old;\nSET lock_timeout = '2s';\n",
    ]
    chosen = chance.randrange(len(choices))
    if chosen < 2:
        known.append(column)
    return f"-- change {number}\n{choices[chosen]}"
