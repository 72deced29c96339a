"""`ddlguard snapshot`, and `check --from` what it wrote."""

from __future__ import annotations

import json
import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from checker.cli import main

DROP = "ALTER TABLE users DROP COLUMN email;\n"
DB = ("--db", "sqlite:///app.db")
FROM = ("--from", "live.json")


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a database, its snapshot, and two migrations."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "100")
    for name in ("DATABASE_URL", "FORCE_COLOR", "GITHUB_STEP_SUMMARY"):
        monkeypatch.delenv(name, raising=False)
    with sqlite3.connect(tmp_path / "app.db") as connection:
        connection.execute("CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, handle TEXT)")
        connection.execute("INSERT INTO users (email) VALUES ('ann@example.org')")
    connection.close()
    (tmp_path / "drop.sql").write_text(DROP)
    (tmp_path / "add.sql").write_text("ALTER TABLE users ADD COLUMN note TEXT;\n")
    assert main(["snapshot", *DB, "-o", "live.json"]) == 0
    return tmp_path


def aged(**age: int) -> None:
    """The snapshot as if it had been taken so long ago."""
    path = Path("live.json")
    document = json.loads(path.read_text())
    document["taken"] = (datetime.now(UTC) - timedelta(**age)).strftime("%Y-%m-%dT%H:%M:%SZ")
    path.write_text(json.dumps(document))


def error(capsys: pytest.CaptureFixture[str]) -> str:
    """The one line on standard error."""
    err = capsys.readouterr().err
    assert err.startswith("ddlguard: error: ")
    assert err.count("\n") == 1
    return err


class TestTaking:
    """The command itself."""

    def test_it_goes_to_standard_output_where_no_file_is_named(
        self, capsys: pytest.CaptureFixture[str]
    ) -> None:
        for arguments in ([], ["-o", "-"]):
            assert main(["snapshot", *DB, *arguments]) == 0
            assert json.loads(capsys.readouterr().out)["name"] == "app.db"

    def test_no_value_of_a_row_is_in_it(self) -> None:
        assert "ann@" not in Path("live.json").read_text()

    def test_what_could_not_be_asked_is_said(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["snapshot", *DB, "--probe-budget", "0.000001", "-o", "live.json"]) == 0
        out, err = capsys.readouterr()
        assert (out, err.count("\n")) == ("", 1)
        assert err.startswith("ddlguard: not all is known of 1 table (main.users): the budget of 1e-06 s")
        assert main(["snapshot", *DB, "--probes", "off", "-o", "live.json"]) == 0
        assert capsys.readouterr() == ("", "")
        assert '"rows"' not in Path("live.json").read_text()

    def test_the_database_from_a_variable(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("LIVE", "sqlite:///app.db")
        assert main(["snapshot", "--db-env", "LIVE", "-o", "other.json", "--name", "production"]) == 0
        assert json.loads(Path("other.json").read_text())["name"] == "production"
        monkeypatch.setenv("DATABASE_URL", "sqlite:///app.db")
        assert main(["snapshot", "-o", "other.json"]) == 0

    @pytest.mark.parametrize(
        ("arguments", "said", "code"),
        [
            ([], "a snapshot of which database? --db URL, or --db-env NAME", 2),
            ([*DB, "--db-env", "X"], "--db and --db-env exclude each other", 2),
            (["--db-env", "NOT_SET"], "the environment variable NOT_SET is not set", 2),
            (["--db", "sqlite:///none.db"], "there is no such file", 4),
            ([*DB, "-o", "no/where.json"], "cannot write no/where.json: no such file or directory", 2),
        ],
    )
    def test_what_goes_wrong_is_one_line(
        self, arguments: list[str], said: str, code: int, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert main(["snapshot", *arguments]) == code
        assert said in error(capsys)

    def test_what_was_there_stays_where_the_database_cannot_be_read(self) -> None:
        before = Path("live.json").read_text()
        assert main(["snapshot", "--db", "sqlite:///none.db", "-o", "live.json"]) == 4
        assert Path("live.json").read_text() == before
        assert not list(Path().glob("*.partial"))


class TestChecking:
    """Against the file."""

    def test_it_finds_what_the_database_shows(self, capsys: pytest.CaptureFixture[str]) -> None:
        Path("app.db").unlink()
        assert main(["check", "drop.sql", *FROM]) == 1
        out = capsys.readouterr().out
        assert "error[drop-column] main.users.email" in out
        assert ", the snapshot of app.db, less than a minute old" in out

    def test_the_dialect_is_the_snapshot_s_own(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["check", "add.sql", *FROM, "--dialect", "sqlite"]) == 0
        assert main(["check", "add.sql", *FROM, "--dialect", "postgres"]) == 2
        assert (
            "live.json is a snapshot of a sqlite database, but the dialect is said to be postgres"
            in error(capsys)
        )

    def test_a_damaged_file_is_an_error_in_one_line(self, capsys: pytest.CaptureFixture[str]) -> None:
        text = Path("live.json").read_text()
        Path("live.json").write_text(text.replace('"type"', '"typ"', 1))
        assert main(["check", "add.sql", *FROM]) == 2
        said = "--from: live.json: relations[0].columns[0] (main.users): there is no such key as 'typ' here"
        assert said in error(capsys)
        Path("live.json").write_text(text.replace('"version": 1', '"version": 2'))
        assert main(["check", "add.sql", *FROM]) == 2
        assert "a snapshot of version 2" in error(capsys)

    def test_the_configuration_may_name_it(self, capsys: pytest.CaptureFixture[str]) -> None:
        Path("ddlguard.toml").write_text('from = "live.json"\nmax-age = "1d"\n')
        assert main(["check", "add.sql"]) == 0
        aged(days=2)
        assert main(["check", "add.sql"]) == 4
        Path("ddlguard.toml").write_text('from = "live.json"\nmax-age = "soon"\n')
        assert main(["check", "add.sql"]) == 2
        assert "max-age: 'soon' is no length of time: 7d, 12h, 30m" in error(capsys)


class TestAge:
    """How old it is stands in every output."""

    def test_in_text(self, capsys: pytest.CaptureFixture[str]) -> None:
        aged(days=3, hours=4)
        assert main(["check", "add.sql", *FROM]) == 0
        out = " ".join(capsys.readouterr().out.split())
        assert ", the snapshot of app.db, 3 days old, nothing found" in out
        assert "anew" not in out

    def test_after_a_week_it_should_be_taken_anew(self, capsys: pytest.CaptureFixture[str]) -> None:
        aged(days=8)
        assert main(["check", "add.sql", *FROM]) == 0
        said = "the snapshot of app.db is 8 days old: take it anew with ddlguard snapshot"
        assert said in " ".join(capsys.readouterr().out.split())

    def test_in_json(self, capsys: pytest.CaptureFixture[str]) -> None:
        aged(hours=5)
        assert main(["check", "add.sql", *FROM, "--format", "json"]) == 0
        report = json.loads(capsys.readouterr().out)
        assert report["live"]["source"] == "snapshot"
        assert report["live"]["taken"].endswith("Z")
        assert 5 * 3600 <= report["live"]["age_seconds"] < 5 * 3600 + 60
        assert main(["schema"]) == 0
        Draft202012Validator(json.loads(capsys.readouterr().out)).validate(report)

    def test_on_the_page_of_a_github_job(self, monkeypatch: pytest.MonkeyPatch) -> None:
        aged(days=3)
        monkeypatch.setenv("GITHUB_STEP_SUMMARY", "page.md")
        assert main(["check", "add.sql", *FROM, "--format", "github"]) == 0
        assert "the snapshot of app&#46;db, 3 days old" in Path("page.md").read_text()

    def test_older_than_allowed_is_not_checked(self, capsys: pytest.CaptureFixture[str]) -> None:
        aged(days=3)
        assert main(["check", "add.sql", *FROM, "--max-age", "4d"]) == 0
        assert main(["check", "add.sql", *FROM, "--max-age", "71h", "--format", "github"]) == 4
        assert "3 days old, older than --max-age allows" in capsys.readouterr().out

    @pytest.mark.parametrize("age", ["7", "d", "-1d", "7 days", "1.5d", "9999999d"])
    def test_an_age_is_a_number_and_a_unit(self, age: str, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["check", "add.sql", *FROM, f"--max-age={age}"]) == 2
        assert "is no length of time: 7d, 12h, 30m" in error(capsys)

    def test_a_clock_that_runs_ahead_makes_nothing_younger_than_new(
        self, capsys: pytest.CaptureFixture[str]
    ) -> None:
        aged(days=-1)
        assert main(["check", "add.sql", *FROM]) == 0
        assert "less than a minute old" in " ".join(capsys.readouterr().out.split())


def test_the_schema_of_snapshots_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["schema", "snapshot"]) == 0
    Draft202012Validator(json.loads(capsys.readouterr().out)).validate(
        json.loads(Path("live.json").read_text())
    )
