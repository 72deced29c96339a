"""The documents against the program: every block marked with a command holds what that command prints.

`DDLGUARD_UPDATE_DOCS=1 python -m pytest tests/test_docs.py` writes the blocks anew.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from fixtures.demo.build import build

ROOT = Path(__file__).parents[1]
DOCUMENTS = ("README.md", "CONTRIBUTING.md")
BLOCK = re.compile(
    r"<!-- (?P<how>run|file): (?P<what>.+?) -->\n(?P<fence>`{3,})\w+\n(?P<text>.*?)(?P=fence)\n", re.DOTALL
)
# How long it took differs from run to run
SECONDS = re.compile(r"\b\d+(\.\d+)? (ms|s)\b")


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that looks like the repository to someone who ran `make demo` in it."""
    folder = tmp_path_factory.mktemp("demo")
    (folder / "fixtures").symlink_to(ROOT / "fixtures")
    build(folder / "demo.db")
    return folder


def _blocks() -> list[tuple[str, str, str]]:
    return [
        (name, block["how"], block["what"])
        for name in DOCUMENTS
        for block in BLOCK.finditer((ROOT / name).read_text(encoding="utf-8"))
    ]


@pytest.mark.parametrize(("document", "how", "what"), _blocks())
def test_the_block_is_what_is_printed(document: str, how: str, what: str, demo: Path) -> None:
    expected = _printed(what, demo) if how == "run" else (ROOT / what).read_text(encoding="utf-8")
    text = (ROOT / document).read_text(encoding="utf-8")
    block = next(found for found in BLOCK.finditer(text) if found["what"] == what)
    if os.environ.get("DDLGUARD_UPDATE_DOCS"):
        (ROOT / document).write_text(text[: block.start("text")] + expected + text[block.end("text") :])
    else:
        assert _timeless(block["text"]) == _timeless(expected)


def _printed(command: str, folder: Path) -> str:
    program, *arguments = command.split()
    assert program == "ddlguard"
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "110", "NO_COLOR": "1"}
    for name in ("DATABASE_URL", "FORCE_COLOR", "GITHUB_ACTIONS", "GITHUB_STEP_SUMMARY"):
        environment.pop(name, None)
    done = subprocess.run(
        [sys.executable, "-m", "checker", *arguments],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
    )
    assert done.returncode in (0, 1), done.stderr
    return done.stdout


def _timeless(text: str) -> str:
    return SECONDS.sub("0 s", text)


def test_the_documents_name_only_rules_that_exist() -> None:
    rules = {path.stem.replace("_", "-") for path in (ROOT / "rules").rglob("*.py")}
    for name in DOCUMENTS:
        text = (ROOT / name).read_text(encoding="utf-8")
        for named in re.findall(r"ddlguard(?:: allow| explain) ([a-z-]+)", text):
            assert named in rules, f"{name}: {named}"


def test_the_changelog_knows_the_version() -> None:
    from checker import __version__

    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert "## Unreleased" in text or f"## {__version__}" in text
