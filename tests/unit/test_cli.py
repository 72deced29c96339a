"""The command line from outside: exit codes, one line for each bad input, what goes where."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from checker import __version__
from checker.cli import helptext, main
from checker.cli.arguments import check_parser
from checker.cli.show import holds_unicode, use_color
from checker.sources import KINDS

ROOT = Path(__file__).parents[2]
DROP = "ALTER TABLE users DROP COLUMN email;\n"
CONFUSING = (
    "DATABASE_URL", "NO_COLOR", "FORCE_COLOR", "GITHUB_STEP_SUMMARY", "GITHUB_WORKSPACE", "DDLGUARD_DEBUG",
)  # fmt: skip


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An own folder with a database, a migration that loses data and one that does nothing."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "100")
    for name in CONFUSING:
        monkeypatch.delenv(name, raising=False)
    with sqlite3.connect(tmp_path / "app.db") as connection:
        connection.execute("CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, handle TEXT)")
        connection.execute("INSERT INTO users (email, handle) VALUES ('a', 'b')")
    connection.close()
    (tmp_path / "drop.sql").write_text(DROP)
    (tmp_path / "add.sql").write_text("ALTER TABLE users ADD COLUMN note TEXT;\n")
    (tmp_path / "odd.sql").write_text("CREATE TABLE a (b text DEFAULT 'x' 'y');\n")
    return tmp_path


DB = ("--db", "sqlite:///app.db")


def run(*arguments: str, code: int) -> None:
    """Run a command that has to end with this exit code."""
    assert main(arguments) == code


def error(capsys: pytest.CaptureFixture[str]) -> str:
    """The one line on standard error, where there is nothing on standard output."""
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("ddlguard: error: ")
    assert err.count("\n") == 1
    return err


class TestExitCodes:
    """0, 1, 3 and 4; 2 is below."""

    def test_nothing_found(self, capsys: pytest.CaptureFixture[str]) -> None:
        run("check", "add.sql", *DB, code=0)
        assert capsys.readouterr().out.startswith("ok: 1 statement of add.sql checked against SQLite 3.")

    def test_findings(self, capsys: pytest.CaptureFixture[str]) -> None:
        run("check", "drop.sql", *DB, code=1)
        out = capsys.readouterr().out
        assert "error[drop-column] main.users.email" in out
        assert "1 | ALTER TABLE users DROP COLUMN email;\n  |                   ^^^^^" in out

    def test_findings_below_the_threshold(self) -> None:
        run("check", "drop.sql", *DB, "--fail-on", "never", code=0)

    def test_notes_matter_where_they_are_asked_to(self) -> None:
        Path("unused.sql").write_text("-- ddlguard: allow drop-table, nothing here\n" + "SELECT 1;\n")
        run("check", "unused.sql", *DB, code=0)
        run("check", "unused.sql", *DB, "--fail-on", "note", code=1)

    def test_an_empty_folder(self, capsys: pytest.CaptureFixture[str]) -> None:
        Path("empty").mkdir()
        run("check", "empty", *DB, code=3)
        assert "empty: no .sql file" in error(capsys)

    def test_a_file_without_statements(self) -> None:
        Path("empty.sql").write_text("-- nothing yet\n")
        run("check", "empty.sql", *DB, code=3)

    def test_what_is_not_understood_is_not_passed(self) -> None:
        run("check", "odd.sql", *DB, code=4)
        run("check", "odd.sql", *DB, "--allow-incomplete", code=0)

    def test_a_file_that_psql_would_run_is_not_passed_over(self, capsys: pytest.CaptureFixture[str]) -> None:
        Path("all.sql").write_text("SELECT 1;\n\\i more.sql\n")
        run("check", "all.sql", "--dialect", "postgres", code=4)
        assert "runs the file more.sql, which is not read" in " ".join(capsys.readouterr().out.split())

    def test_what_fails_is_worse_than_what_is_incomplete(self) -> None:
        run("check", "odd.sql", "drop.sql", *DB, code=1)

    @pytest.mark.parametrize("url", ["sqlite:///nope.db", "postgresql://u:hush@127.0.0.1:1/x"])
    def test_a_database_that_cannot_be_reached(self, url: str, capsys: pytest.CaptureFixture[str]) -> None:
        run("check", "drop.sql", "--db", url, code=4)
        assert "hush" not in error(capsys)


BAD = [
    ("check", "what is to be checked?"),
    ("check drop.sql", "what is it to be checked against?"),
    ("check drop.sql --db app.db", "--db: not a database URL"),
    ("check drop.sql --db oracle://u:hush@x/y", "--db: not a database URL"),
    ("check drop.sql --db mysql://u:hush@x/y", "mysql is not supported yet"),
    ("check drop.sql --db sqlite:///app.db --from x.sql", "--db and --from exclude each other"),
    ("check drop.sql --db sqlite:///app.db --dialect postgres", "--db is a sqlite database, but"),
    ("check drop.sql --db-env NOPE", "the environment variable NOPE is not set"),
    ("check drop.sql --from nope.sql", "nope.sql: cannot be read"),
    ("check drop.sql --from blank.sql", "blank.sql: empty"),
    ("check drop.sql --dialect sqlit", "there is no dialect 'sqlit'"),
    ("check nope.sql --dialect sqlite", "nope.sql: no such file or folder"),
    ("check bad.sql --dialect sqlite", "bad.sql: not UTF-8"),
    ("check drop.sql --dialect sqlite --kind x", "not a kind of target"),
    ("check drop.sql --dialect sqlite --format xml", "there is no format 'xml'"),
    ("check drop.sql --dialect sqlite --format json:", "names no file"),
    ("check drop.sql --dialect sqlite --format json:nope/x.json", "there is no folder nope"),
    ("check drop.sql --dialect sqlite --format json:.", "cannot write .: is a directory"),
    ("check drop.sql --dialect sqlite --format json --format text", "json and text on standard output"),
    ("check drop.sql --dialect sqlite --fail-on fatal", "invalid choice: 'fatal'"),
    ("check drop.sql --dialect sqlite --frob", "unrecognized arguments: --frob"),
    ("check drop.sql --dialect sqlite --db", "expected one argument"),
    ("check drop.sql --dialect sqlite --rules nope", "nope: no such file or directory"),
    ("check drop.sql --dialect sqlite --config nope.toml", "nope.toml: no such file or directory"),
    ("check drop.sql --dialect sqlite --config a --no-config", "exclude each other"),
    ("explain drop-colum", "there is no rule drop-colum; did you mean drop-column?"),
    ("explain", "the following arguments are required: RULE"),
    ("rules --format xml", "invalid choice: 'xml'"),
    ("schema --frob", "unrecognized arguments: --frob"),
    ("chek drop.sql", "there is no command 'chek' (did you mean check?)"),
    ("drop.sql", "to check it, ddlguard check drop.sql"),
]


@pytest.mark.parametrize(("command", "said"), BAD)
def test_bad_input_is_one_line(command: str, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    Path("bad.sql").write_bytes(b"SELECT '\xff';")
    Path("blank.sql").write_text("\n")
    code = main(command.split())
    message = error(capsys)
    assert said in message
    assert "hush" not in message
    assert code == (4 if "blank" in command else 2)


class TestLiveSides:
    """What is checked against, and how it is chosen."""

    def test_the_environment_is_tried_last(
        self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        monkeypatch.setenv("DATABASE_URL", "sqlite:///app.db")
        run("check", "drop.sql", code=1)
        assert "checked against SQLite 3." in capsys.readouterr().out
        run("check", "drop.sql", "--dialect", "sqlite", code=1)
        assert "checked against no database" in capsys.readouterr().out

    def test_a_variable_of_another_name(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("STAGING", "sqlite:///app.db")
        run("check", "drop.sql", "--db-env", "STAGING", code=1)

    def test_a_schema_as_sql(self, capsys: pytest.CaptureFixture[str]) -> None:
        Path("schema.sql").write_text("CREATE TABLE users (id int PRIMARY KEY, email text);")
        run("check", "drop.sql", "--from", "schema.sql", code=1)
        out = capsys.readouterr().out
        assert "(proven)" in out
        assert "checked against PostgreSQL 18, the schema in schema.sql" in out

    def test_a_name_that_a_template_fills_in_proves_nothing(self, capsys: pytest.CaptureFixture[str]) -> None:
        Path("template.sql").write_text(
            "CREATE TABLE ${prefix}a (id int);\nALTER TABLE ${prefix}users DROP COLUMN email;\nDROP TABLE b;\n"
        )
        run("check", "template.sql", *DB, code=1)
        out = " ".join(capsys.readouterr().out.split())
        assert "it is about a name that a template fills in later" in out
        assert "(proven)" not in out
        assert "- ${prefix}a, ${prefix}users: a template fills the name in later" in out

    def test_without_a_live_side_nothing_is_proven(self, capsys: pytest.CaptureFixture[str]) -> None:
        run("check", "drop.sql", "--dialect", "postgres", code=1)
        out = capsys.readouterr().out
        assert "(possible)" in out
        assert "(proven)" not in out


class TestOutputs:
    """What goes where."""

    def test_json_has_standard_output_for_itself(self, capsys: pytest.CaptureFixture[str]) -> None:
        run("check", "drop.sql", *DB, "--format", "json", code=1)
        document = json.loads(capsys.readouterr().out)
        main(["schema"])
        Draft202012Validator(json.loads(capsys.readouterr().out)).validate(document)
        assert document["verdict"] == "fail"
        assert document["summary"]["seconds"] > 0

    def test_several_at_once(self, capsys: pytest.CaptureFixture[str]) -> None:
        run(
            "check",
            "drop.sql",
            *DB,
            "--format",
            "text",
            "--format",
            "github",
            "--format",
            "json:r.json",
            code=1,
        )
        out = capsys.readouterr().out
        assert "error[drop-column]" in out
        assert "\n::error file=drop.sql,line=1," in out
        assert json.loads(Path("r.json").read_text())["verdict"] == "fail"

    def test_files_are_plain(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("FORCE_COLOR", "1")
        run("check", "drop.sql", *DB, "--format", "text:r.txt", code=1)
        assert "\x1b" not in Path("r.txt").read_text()

    def test_colour_when_asked(self, capsys: pytest.CaptureFixture[str]) -> None:
        run("check", "drop.sql", *DB, "--color", "always", code=1)
        assert "\x1b[1;31merror[drop-column]\x1b[0m" in capsys.readouterr().out

    def test_quiet(self, capsys: pytest.CaptureFixture[str]) -> None:
        run("check", "add.sql", *DB, "-q", code=0)
        assert capsys.readouterr().out == ""

    def test_the_page_of_a_job(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("GITHUB_STEP_SUMMARY", "page.md")
        run("check", "drop.sql", *DB, "--format", "github", code=1)
        run("check", "add.sql", *DB, "--format", "github", code=0)
        page = Path("page.md").read_text()
        assert page.count("## ddlguard: fail\n") == page.count("## ddlguard: pass\n") == 1

    def test_annotations_are_seen_from_the_workspace(
        self, place: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        monkeypatch.setenv("GITHUB_WORKSPACE", str(place.parent))
        run("check", "drop.sql", *DB, "--format", "github", code=1)
        assert capsys.readouterr().out.startswith(f"::error file={place.name}/drop.sql,")


class TestAllowing:
    """Comments that accept a finding."""

    def test_allowed_and_not(self, capsys: pytest.CaptureFixture[str]) -> None:
        Path("drop.sql").write_text("-- ddlguard: allow drop-column, replaced by handle\n" + DROP)
        run("check", "drop.sql", *DB, code=0)
        assert "drop-column at drop.sql:2:19: replaced by handle" in capsys.readouterr().out
        run("check", "drop.sql", *DB, "--no-allow", code=1)

    def test_an_unknown_rule_in_a_comment_is_a_finding(self, capsys: pytest.CaptureFixture[str]) -> None:
        Path("drop.sql").write_text("-- ddlguard: allow drop-colum, replaced by handle\n" + DROP)
        run("check", "drop.sql", *DB, code=1)
        assert "drop-colum" in capsys.readouterr().out


class TestConfiguration:
    """The file and the command line together."""

    def test_it_says_what_was_not_typed(self, capsys: pytest.CaptureFixture[str]) -> None:
        Path("ddlguard.toml").write_text(
            'targets = ["drop.sql"]\ndialect = "sqlite"\nformat = ["json:r.json"]\n'
            '[rules.drop-column]\nseverity = "note"\n'
        )
        run("check", code=0)
        assert json.loads(Path("r.json").read_text())["findings"][0]["severity"] == "note"
        run("check", "--fail-on", "note", "--format", "text", code=1)
        run("check", "--no-config", "drop.sql", *DB, code=1)

    def test_a_rule_that_is_off_is_named_with_its_reason(self, capsys: pytest.CaptureFixture[str]) -> None:
        Path("ddlguard.toml").write_text('[rules.drop-column]\noff = true\nreason = "we archive"\n')
        run("check", "drop.sql", *DB, code=0)
        assert "rule drop-column is off: we archive" in capsys.readouterr().out

    def test_paths_start_where_the_file_lies(
        self, place: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        (place / ".git").mkdir()
        (place / "below").mkdir()
        Path("ddlguard.toml").write_text('targets = ["drop.sql"]\nfrom = "schema.sql"\ndialect = "sqlite"\n')
        Path("schema.sql").write_text("CREATE TABLE users (id int, email text);")
        monkeypatch.chdir(place / "below")
        run("check", code=1)
        assert "../drop.sql:1:1" in capsys.readouterr().out

    @pytest.mark.parametrize(
        ("text", "said"),
        [
            (
                "[rules.drop-colum]\nseverity = 'note'",
                "rules.drop-colum: there is no rule drop-colum; did you mean",
            ),
            ("format = ['xml']", "format: there is no format 'xml'"),
            ("from = 'a'\ndb-env = 'B'", "db-env and from exclude each other"),
            ("db-env = 'NOPE'", "the environment variable NOPE is not set"),
            ("fail_on = 'note'", "did you mean fail-on?"),
            ("[rules]\ndrop-table = 'off'", "rules.drop-table: this should be a table: severity ="),
        ],
    )
    def test_what_is_wrong_in_it(self, text: str, said: str, capsys: pytest.CaptureFixture[str]) -> None:
        Path("ddlguard.toml").write_text(text)
        live = () if "db-env" in text else DB
        run("check", "drop.sql", *live, code=2)
        message = error(capsys)
        assert said in message
        assert "ddlguard.toml" in message


RULE = '''"""Every change is looked at twice."""
from __future__ import annotations
from collections.abc import Iterator
from checker.change import AddColumn
from checker.finding import Claim
from checker.step import Step

def check(step: Step[AddColumn]) -> Iterator[Claim]:
    """Say so."""
    BODY
'''


class TestOwnRules:
    """Rules that a team adds."""

    def add(self, body: str) -> None:
        """A folder with one rule."""
        Path("own/design").mkdir(parents=True)
        Path("own/design/look_twice.py").write_text(RULE.replace("BODY", body))

    def test_they_run_and_are_listed(self, capsys: pytest.CaptureFixture[str]) -> None:
        self.add('yield step.claim("looked at")')
        run("check", "add.sql", *DB, "--rules", "own", "--fail-on", "note", code=1)
        assert "note[look-twice] looked at" in capsys.readouterr().out
        run("rules", "--rules", "own", code=0)
        assert "Every change is looked at twice." in capsys.readouterr().out

    def test_a_bug_in_one_stops_nobody_and_is_no_success(self, capsys: pytest.CaptureFixture[str]) -> None:
        self.add('raise ValueError("oops"); yield')
        run("check", "add.sql", "drop.sql", *DB, "--rules", "own", code=2)
        out, err = capsys.readouterr()
        assert "error[drop-column]" in out
        assert "the rule itself failed: ValueError: oops" in " ".join(out.split())
        assert err == "ddlguard: error: the rule look-twice failed on add.sql:1: ValueError: oops\n"


class TestPages:
    """Commands that check nothing."""

    def test_version(self, capsys: pytest.CaptureFixture[str]) -> None:
        run("--version", code=0)
        assert capsys.readouterr().out == f"ddlguard {__version__}\n"

    def test_rules(self, capsys: pytest.CaptureFixture[str]) -> None:
        run("rules", code=0)
        out = capsys.readouterr().out
        assert out.startswith("loses-data (error)\n")
        assert all(len(line) <= 100 for line in out.splitlines())
        run("rules", "--format", "json", code=0)
        listed = {rule["id"]: rule for rule in json.loads(capsys.readouterr().out)}
        assert listed["drop-column"]["hazard"] == "loses-data"
        assert {path.stem.replace("_", "-") for path in (ROOT / "rules").rglob("*.py")} == listed.keys()

    def test_explain(self, capsys: pytest.CaptureFixture[str]) -> None:
        run("explain", "drop-column", code=0)
        out = capsys.readouterr().out
        assert out.startswith("# drop-column\n\nloses-data · error\n\n")
        assert "```sql bad" not in out
        assert "Found:\n\n```sql\n" in out
        assert out.endswith("`-- ddlguard: allow drop-column, <reason>`\n")

    @pytest.mark.parametrize("command", ["", *helptext.PAGES])
    @pytest.mark.parametrize("columns", ["40", "200"])
    def test_help_is_the_same_everywhere(
        self, command: str, columns: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        monkeypatch.setenv("COLUMNS", columns)
        run(*command.split(), "--help", code=0)
        out = capsys.readouterr().out
        assert out == helptext.page(command)
        assert all(len(line) <= 100 for line in out.splitlines())

    def test_without_a_command_the_help_goes_to_the_errors(self, capsys: pytest.CaptureFixture[str]) -> None:
        run(code=2)
        assert capsys.readouterr() == ("", helptext.page(""))

    def test_the_help_names_every_option_and_every_kind(self) -> None:
        for action in check_parser()._actions:
            for name in action.option_strings:
                assert name in helptext.CHECK, name
        for kind in KINDS:
            assert kind in helptext.page("check"), kind


def ddlguard(*arguments: str, python: tuple[str, ...] = (), **environment: str) -> subprocess.Popen[bytes]:
    """The program as a process of its own."""
    return subprocess.Popen(
        [sys.executable, *python, "-m", "checker", *arguments],
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


@pytest.mark.parametrize("debug", ["", "1"])
def test_an_internal_error_is_one_line(
    debug: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DDLGUARD_DEBUG", debug)
    monkeypatch.setattr("checker.cli.check.look", None)
    run("check", "drop.sql", *DB, code=2)
    lines = capsys.readouterr().err.splitlines()
    assert lines[-1].startswith("ddlguard: error: internal error: TypeError: ")
    assert (len(lines) > 1) == bool(debug)


def test_control_c(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("checker.cli.check.look", interrupted)
    run("check", "drop.sql", *DB, code=130)
    assert capsys.readouterr() == ("", "")


class TestProbes:
    """How rows are looked at."""

    @pytest.fixture(autouse=True)
    def rows(self, place: Path) -> None:
        """A column with NULLs, and a migration that they are in the way of."""
        with sqlite3.connect(place / "app.db") as connection:
            connection.execute("INSERT INTO users (email, handle) VALUES ('a', 's3cret'), ('a', 's3cret')")
        connection.close()
        Path("unique.sql").write_text("CREATE UNIQUE INDEX u ON users (handle);\n")

    def test_they_decide(self, capsys: pytest.CaptureFixture[str]) -> None:
        run("check", "unique.sql", *DB, code=1)
        out, err = capsys.readouterr()
        assert "(proven)" in out
        assert "asked 1 question about rows, 0.0" in out
        assert err == ""
        assert "s3cret" not in out

    def test_off(self, capsys: pytest.CaptureFixture[str]) -> None:
        run("check", "unique.sql", *DB, "--probes", "off", "--fail-on", "warning", code=1)
        out = capsys.readouterr().out
        assert "(possible)" in out
        assert "rows were not looked at: --probes off\n" in out

    def test_the_queries_are_shown(self, capsys: pytest.CaptureFixture[str]) -> None:
        run("check", "unique.sql", *DB, "--show-probes", code=1)
        out, err = capsys.readouterr()
        assert "(proven)" in out
        assert 'GROUP BY "handle" HAVING count(*) > 1' in err

    def test_the_queries_are_shown_and_not_sent(self, capsys: pytest.CaptureFixture[str]) -> None:
        run("check", "unique.sql", *DB, "--probes", "off", "--show-probes", code=0)
        out, err = capsys.readouterr()
        assert "rows were not looked at: --probes off\n" in out
        assert 'GROUP BY "handle" HAVING count(*) > 1' in err

    @pytest.mark.parametrize("given", ["0", "-1", "nan", "inf", "soon"])
    def test_a_time_that_is_none(self, given: str, capsys: pytest.CaptureFixture[str]) -> None:
        run("check", "unique.sql", *DB, "--probe-timeout", given, code=2)
        assert f"{given!r} is no number of seconds" in error(capsys)

    def test_the_configuration_says_it(self, capsys: pytest.CaptureFixture[str]) -> None:
        Path("ddlguard.toml").write_text('probes = "off"\nprobe-timeout = 2.5\n')
        run("check", "unique.sql", *DB, code=0)
        assert "rows were not looked at" in capsys.readouterr().out

    def test_without_a_database(self, capsys: pytest.CaptureFixture[str]) -> None:
        run("check", "unique.sql", "--dialect", "sqlite", "--format", "json", code=0)
        summary = json.loads(capsys.readouterr().out)["summary"]
        assert summary["rows_not_looked_at"] == "there is no database whose rows could be looked at"
        assert summary["probes"] == 0


class TestProcess:
    """What only a process shows."""

    def test_a_reader_that_leaves(self) -> None:
        Path("many.sql").write_text("DROP TABLE users;\n" * 3000)
        process = ddlguard("check", "many.sql", "--dialect", "sqlite")
        assert process.stdout
        process.stdout.read(10)
        process.stdout.close()
        assert process.stderr
        assert process.stderr.read() == b""
        process.wait()

    @pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no device that is always full")
    def test_a_disk_that_is_full(self) -> None:
        command = [sys.executable, "-m", "checker", "check", "drop.sql", *DB]
        with open("/dev/full", "wb") as full:
            done = subprocess.run(
                command, stdout=full, stderr=subprocess.PIPE, env={**os.environ, "PYTHONPATH": str(ROOT)}
            )
        assert done.returncode == 2
        assert done.stderr == b"ddlguard: error: cannot write the report: no space left on device\n"

    def test_standard_input(self) -> None:
        out, _ = (process := ddlguard("check", "-", *DB)).communicate(DROP.encode())
        assert process.returncode == 1
        assert out.startswith(b"<stdin>:1:1\n")

    def test_a_terminal_that_knows_ascii_only(self) -> None:
        Path("drop.sql").write_text('DROP TABLE "caf\u00e9";', encoding="utf-8")
        process = ddlguard("check", "drop.sql", "--dialect", "sqlite", PYTHONIOENCODING="ascii")
        out, err = process.communicate()
        assert err == b""
        assert b"caf\\xe9" in out

    def test_a_file_name_that_is_no_text(self) -> None:
        name = os.fsdecode(b"a\xff\x1b[2J.sql")
        try:
            Path(name).write_text(DROP)
        except OSError:
            pytest.skip("file names are text here")
        process = ddlguard("check", name, *DB)
        out, err = process.communicate()
        assert (process.returncode, err) == (1, b"")
        assert out.startswith(b"a\\udcff\\x1b[2J.sql:1:1\n")

    @pytest.mark.parametrize(
        ("arguments", "spared"),
        [
            (("--version",), "argparse checker.catalog pydantic sqlglot psycopg sqlite3"),
            (("rules",), "pydantic sqlglot psycopg sqlite3 checker.live checker.sources"),
            (("check", "drop.sql", "--dialect", "postgres"), "pydantic sqlglot psycopg sqlite3 tomllib"),
        ],
    )
    def test_nothing_is_imported_for_nothing(self, arguments: tuple[str, ...], spared: str) -> None:
        process = ddlguard(*arguments, python=("-X", "importtime"))
        _, err = process.communicate()
        imported = {line.rpartition("|")[2].strip() for line in err.decode().splitlines()}
        assert not imported & set(spared.split())


@pytest.mark.parametrize(
    ("choice", "terminal", "environment", "expected"),
    [
        ("auto", True, {}, True),
        ("auto", False, {}, False),
        ("auto", True, {"NO_COLOR": "1"}, False),
        ("auto", True, {"NO_COLOR": ""}, True),
        ("auto", True, {"TERM": "dumb"}, False),
        ("auto", False, {"FORCE_COLOR": "1"}, True),
        ("auto", False, {"FORCE_COLOR": "0"}, False),
        ("auto", False, {"FORCE_COLOR": "1", "NO_COLOR": "1"}, False),
        ("always", False, {"NO_COLOR": "1"}, True),
        ("never", True, {"FORCE_COLOR": "1"}, False),
    ],
)
def test_when_there_is_colour(
    choice: str, terminal: bool, environment: dict[str, str], expected: bool
) -> None:
    assert use_color(choice, terminal, environment) is expected


@pytest.mark.parametrize(
    ("encoding", "expected"), [("utf-8", True), ("UTF8", True), ("ascii", False), (None, False)]
)
def test_which_outputs_hold_everything(encoding: str | None, expected: bool) -> None:
    assert holds_unicode(encoding) is expected
