"""The GitHub action and the pre-push hook: what they run, and that inputs are data to them."""

from __future__ import annotations

import os
import re
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ACTION = (ROOT / "action.yml").read_text(encoding="utf-8")
SCRIPT = ROOT / "action.sh"
INPUTS = re.findall(r"^  ([a-z-]+):$", ACTION.partition("outputs:")[0], re.MULTILINE)

pytestmark = pytest.mark.skipif(shutil.which("bash") is None, reason="NO BASH")


@pytest.fixture
def runner(tmp_path: Path) -> Path:
    """A folder like a runner's, with a database, a migration and a `ddlguard` on the PATH."""
    (tmp_path / "bin").mkdir()
    program = tmp_path / "bin" / "ddlguard"
    program.write_text(f'#!/bin/sh\nPYTHONPATH="{ROOT}" exec "{sys.executable}" -m checker "$@"\n')
    program.chmod(0o755)
    connection = sqlite3.connect(tmp_path / "app.db")
    connection.execute("CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT)")
    connection.execute("INSERT INTO users (email) VALUES ('a')")
    connection.commit()
    connection.close()
    (tmp_path / "drop it.sql").write_text("ALTER TABLE users DROP COLUMN email;\n")
    (tmp_path / "add.sql").write_text("ALTER TABLE users ADD COLUMN note TEXT;\n")
    return tmp_path


def act(runner: Path, **inputs: str) -> tuple[subprocess.CompletedProcess[str], dict[str, str]]:
    """Run the step with these inputs; what it printed and its outputs."""
    given = {f"INPUT_{name.upper().replace('-', '_')}": "" for name in INPUTS}
    given |= {f"INPUT_{name.upper()}": value for name, value in inputs.items()}
    environment = {
        "PATH": f"{runner / 'bin'}{os.pathsep}{os.environ['PATH']}",
        "RUNNER_TEMP": str(runner),
        "GITHUB_OUTPUT": str(runner / "outputs"),
        "GITHUB_STEP_SUMMARY": str(runner / "page.md"),
        "GITHUB_WORKSPACE": str(runner),
        "GITHUB_ACTION_PATH": str(ROOT),
        "HOME": str(runner),
    }
    done = subprocess.run(
        ["bash", str(SCRIPT), "check"], cwd=runner, env=environment | given, capture_output=True, text=True
    )
    lines = (runner / "outputs").read_text().splitlines()
    return done, dict(line.split("=", 1) for line in lines)


def test_findings_fail_the_step_and_stand_everywhere(runner: Path) -> None:
    done, outputs = act(runner, targets="drop it.sql\r\nadd.sql\n", database_url="sqlite:///app.db")
    assert done.returncode == 1
    assert "error[drop-column]" in done.stdout
    assert "::error file=drop it.sql,line=1," in done.stdout
    assert outputs == {
        "exit-code": "1",
        "verdict": "fail",
        "errors": "1",
        "warnings": "0",
        "report": str(runner / "ddlguard-report.json"),
    }
    assert (runner / "page.md").read_text().startswith("## ddlguard: fail")


def test_inputs_are_data(runner: Path) -> None:
    hostile = "$(touch pwned); `touch pwned`; --version"
    done, outputs = act(runner, targets=hostile, dialect="sqlite", fail_on="never")
    assert done.returncode == 2
    assert outputs == {"exit-code": "2", "verdict": "error"}
    assert "--version: no such file or folder" in done.stderr
    assert not (runner / "pwned").exists()


def test_a_fork_without_the_secret_is_checked_against_what_there_is(runner: Path) -> None:
    done, outputs = act(runner, targets="add.sql", database_url="", dialect="sqlite")
    assert "checked against no database" in done.stdout
    assert outputs["verdict"] in ("pass", "incomplete")


def test_the_script_says_what_it_needs(runner: Path) -> None:
    done = subprocess.run(
        ["bash", str(SCRIPT), "install"],
        env={"PATH": os.environ["PATH"], "RUNNER_TEMP": str(runner), "GITHUB_ACTION_PATH": str(ROOT),
             "INPUT_VERSION": "1; touch pwned"},
        cwd=runner, capture_output=True, text=True,
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (
        2,
        "::error title=ddlguard::version is a version number, such as 0.1.0\n",
    )


def test_no_input_is_written_into_a_script() -> None:
    for line in ACTION.splitlines():
        if "${{" in line:
            assert re.match(r"\s+(INPUT_[A-Z_]+|working-directory|value): \$\{\{ [a-z.-]+ \}\}$", line), line


def test_every_input_is_used() -> None:
    assert len(INPUTS) >= 9
    for name in INPUTS:
        assert f"${{{{ inputs.{name} }}}}" in ACTION, name
        if name != "working-directory":
            assert f"INPUT_{name.upper().replace('-', '_')}" in SCRIPT.read_text(), name


def test_the_hook_runs_a_command_that_there_is() -> None:
    hook = (ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8")
    said = dict(line.strip("- ").split(": ", 1) for line in hook.splitlines() if line[:1] in "- ")
    assert said["entry"] == "ddlguard check"
    assert said["language"] == "python"
    assert said["stages"] == "[pre-push]"
    assert said["pass_filenames"] == "false"
