"""Without a live side: what the files alone show is known, and nobody cries wolf about the rest."""

from __future__ import annotations

import pytest

from checker.catalog import Dialect
from checker.engine import check
from checker.finding import LiveSide
from checker.live.written import nothing
from checker.registry import load
from checker.sql.split import split
from checker.statement import Migration, Source, Transaction


def found(*files: str, dialect: Dialect = "postgres", how: Transaction = Transaction.EACH) -> list[str]:
    """The findings about these files, as `file:line rule certainty`."""
    sources = [Source(f"{number}.sql", text) for number, text in enumerate(files, 1)]
    migrations = [Migration(source.name, split(source, dialect), how) for source in sources]
    report = check(migrations, nothing(dialect), rules=load(), live=LiveSide(dialect, "", "none", ""))
    return [f"{one.span.file[0]}:{one.span.line} {one.rule} {one.certainty.value}" for one in report.findings]


QUIET = [
    "ALTER TABLE users ADD COLUMN a boolean DEFAULT FALSE NOT NULL, ADD COLUMN b text NOT NULL DEFAULT ''::text;",
    "ALTER TABLE users ADD COLUMN a timestamptz NOT NULL DEFAULT now(), ADD COLUMN b timestamp NOT NULL DEFAULT current_timestamp(3);",
    "CREATE TABLE q (a int);\nALTER TABLE q DROP COLUMN IF EXISTS b;",
    "CREATE TABLE q (a int);\nALTER TABLE q DROP CONSTRAINT IF EXISTS b;",
    "CREATE TABLE q (a int);\nDROP TRIGGER IF EXISTS t ON q;",
    "CREATE TABLE q (id serial PRIMARY KEY, done boolean DEFAULT false NOT NULL, a text);\nINSERT INTO q (a) VALUES ('x');",
    "CREATE TABLE q (a timestamptz NOT NULL DEFAULT TIMESTAMP WITH TIME ZONE 'epoch', b float8 DEFAULT double precision '1');",
    "CREATE TABLE q (b timestamptz DEFAULT timestamp(3) with time zone 'now');",
]


@pytest.mark.parametrize("text", QUIET)
def test_what_the_files_show_is_known(text: str) -> None:
    assert found(text) == []


def test_a_default_that_may_be_null_is_not_passed_over() -> None:
    text = "ALTER TABLE users ADD COLUMN a text NOT NULL DEFAULT lower(NULL);"
    assert found(text) == ["1:1 null-in-not-null possible"]


def test_sqlite_fills_the_row_id_itself() -> None:
    text = "CREATE TABLE q (id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, a text);\nINSERT INTO q (a) VALUES ('x');"
    assert found(text, dialect="sqlite") == []


def test_a_required_column_that_is_left_out() -> None:
    text = "CREATE TABLE q (id int NOT NULL, a text);\nINSERT INTO q (a) SELECT b FROM elsewhere;"
    assert found(text) == ["1:2 insert-missing-required likely"]


def test_a_transaction_that_is_left_open_is_said_once() -> None:
    files = ("BEGIN;\nCREATE TABLE q (a int);", "CREATE TABLE r (a int);", "CREATE TABLE s (a int);")
    assert found(*files) == ["1:2 unclosed-transaction proven"]


def test_the_tool_ends_the_transaction_that_a_file_opens_behind_its_own() -> None:
    file = "COMMIT;\nPRAGMA foreign_keys = OFF;\nBEGIN;\nCREATE TABLE q (a int);"
    assert found(file, "CREATE TABLE r (a int);", dialect="sqlite", how=Transaction.FILE) == []
