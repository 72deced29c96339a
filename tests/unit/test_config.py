"""The configuration file: where it is found, what it may say, and what is said where it is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from checker.config import Config, ConfigError, RuleConfig, find, load
from checker.finding import Severity


def write(path: Path, text: str) -> Path:
    """A file with this text, its folders made."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def test_everything_that_can_be_said(tmp_path: Path) -> None:
    path = write(
        tmp_path / "ddlguard.toml",
        """
        targets = ["db/migrations", "extra.sql"]
        db-env = "STAGING_URL"
        dialect = "postgres"
        kind = "flyway"
        transaction = "file"
        probes = "full"
        probe-timeout = 2.5
        probe-budget = 20
        probe-keys = true
        fail-on = "warning"
        format = ["text", "json:report.json"]
        allow-incomplete = true
        rule-paths = ["db/rules"]
        [rules.drop-column]
        severity = "warning"
        [rules.truncate]
        off = true
        reason = "we truncate at night"
        """,
    )
    assert load(path) == Config(
        path=path,
        targets=("db/migrations", "extra.sql"),
        db_env="STAGING_URL",
        dialect="postgres",
        kind="flyway",
        transaction="file",
        probes="full",
        probe_timeout=2.5,
        probe_budget=20,
        probe_keys=True,
        fail_on="warning",
        format=("text", "json:report.json"),
        allow_incomplete=True,
        rule_paths=("db/rules",),
        rules={
            "drop-column": RuleConfig(Severity.WARNING),
            "truncate": RuleConfig(off=True, reason="we truncate at night"),
        },
    )


def test_an_empty_file_says_nothing(tmp_path: Path) -> None:
    path = write(tmp_path / "ddlguard.toml", "")
    assert load(path) == Config(path)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('fail_on = "error"', "fail_on: there is no such key; did you mean fail-on?"),
        ('target = "x"', "target: there is no such key; did you mean targets?"),
        ("xyzzy = 1", "xyzzy: there is no such key; there are targets, db-env, from,"),
        ("[rules.drop-column]\nseverty = 1", "rules.drop-column.severty: there is no such key; did you mean severity?"),
        ('fail-on = "fatal"', "fail-on: this should be 'error', 'warning', 'note' or 'never'"),
        ('targets = "x"', "targets: this should be a valid list"),
        ("targets = [1]", "targets.0: this should be a valid string"),
        ('allow-incomplete = "yes"', "allow-incomplete: this should be a valid boolean"),
        ("[rules]\ndrop-column = true", "rules.drop-column: this should be"),
        ("[rules.x]\noff = true", 'rules.x: off = true needs a reason = "…"'),
        ('[rules.x]\noff = true\nreason = " "', 'rules.x: off = true needs a reason = "…"'),
        ('[rules.x]\noff = true\nreason = "a"\nseverity = "note"', "rules.x: a rule that is off has no severity"),
        ("targets = [", "not TOML: "),
        ("a = " + "[" * 5000, "nested too deeply"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_in_one_line(text: str, said: str, tmp_path: Path) -> None:
    path = write(tmp_path / "ddlguard.toml", text)
    with pytest.raises(ConfigError) as caught:
        load(path)
    message = str(caught.value)
    assert message.startswith(f"{path}: {said}")
    assert "\n" not in message


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no such file or directory"):
        load(tmp_path / "nope.toml")
    (tmp_path / "ddlguard.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(ConfigError, match="not UTF-8"):
        load(tmp_path / "ddlguard.toml")
    with pytest.raises(ConfigError, match="not a table"):
        load(write(tmp_path / "pyproject.toml", "[tool]\nddlguard = 1"))


def test_the_nearest_file_counts_and_the_own_one_first(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    root = write(tmp_path / "pyproject.toml", '[tool.ddlguard]\nfail-on = "note"')
    below = tmp_path / "a" / "b"
    below.mkdir(parents=True)
    write(tmp_path / "a" / "pyproject.toml", "[tool.other]")
    assert find(below) == root
    assert load(root).fail_on == "note"
    own = write(tmp_path / "ddlguard.toml", "")
    assert find(below) == own
    nearest = write(below / "pyproject.toml", "[tool.ddlguard]")
    assert find(below) == nearest


def test_nothing_is_taken_from_above_the_repository(tmp_path: Path) -> None:
    write(tmp_path / "ddlguard.toml", "")
    repository = tmp_path / "repository"
    (repository / ".git").mkdir(parents=True)
    assert find(repository) is None


def test_without_a_repository_only_this_folder_counts(tmp_path: Path) -> None:
    write(tmp_path / "ddlguard.toml", "")
    (tmp_path / "below").mkdir()
    assert find(tmp_path / "below") is None
    assert find(tmp_path) == tmp_path / "ddlguard.toml"
