"""How rules are found: by path, with one clear line where a directory cannot be used."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from checker import registry
from checker.change import Change, DropColumn, DropTable, Truncate
from checker.errors import ApplyError, MissingObject
from checker.finding import Severity
from checker.registry import RegistryError, built_in, load, load_path

PAGE = '"""Something goes wrong."""\n'
IMPORTS = """
from collections.abc import Iterator
from checker.change import Change, DropColumn, DropTable
from checker.errors import MissingObject
from checker.finding import Claim
from checker.rule import AllowUse
from checker.step import Step
"""
CHECK = """
def check(step: Step[DropColumn | DropTable]) -> Iterator[Claim]:
    yield step.claim("x")
"""


def write(directory: Path, name: str, text: str) -> Path:
    path = directory / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def test_the_built_in_rules_are_those_of_the_checkout() -> None:
    rules = load()
    files = {path.stem.replace("_", "-") for path in built_in().glob("*/*.py")}
    assert set(rules.by_id) == files
    assert all(rule.path.parent.name == rule.hazard.replace("-", "_") for rule in rules)


def test_a_file_is_a_rule_by_its_name_folder_and_annotation(tmp_path: Path) -> None:
    write(tmp_path, "loses_data/empty_bin.py", PAGE + IMPORTS + CHECK)
    (rule,) = load_path([tmp_path])
    assert (rule.id, rule.hazard, rule.severity) == ("empty-bin", "loses-data", Severity.ERROR)
    assert rule.title == "Something goes wrong."
    assert rule.changes == (DropColumn, DropTable)
    assert rule.wants(DropTable, None)
    assert not rule.wants(Truncate, None)
    assert not rule.wants(DropTable, ApplyError)


@pytest.mark.parametrize("future", ["", "from __future__ import annotations\n"])
def test_the_second_parameter_asks_for_refusals(tmp_path: Path, future: str) -> None:
    text = (
        "def check(step: Step[Change], error: MissingObject) -> Iterator[Claim]:\n    yield step.claim('x')\n"
    )
    write(tmp_path, "will_fail/gone.py", PAGE + future + IMPORTS + text)
    (rule,) = load_path([tmp_path])
    assert rule.wants(DropTable, MissingObject)
    assert not rule.wants(DropTable, None)
    assert not rule.wants(DropTable, ApplyError)


def test_a_rule_about_allow_comments(tmp_path: Path) -> None:
    text = "def check(use: AllowUse) -> Iterator[Claim]:\n    yield use.claim('x')\n"
    write(tmp_path, "design/comment.py", PAGE + IMPORTS + text)
    rules = load_path([tmp_path])
    assert [rule.id for rule in rules.of_allows] == ["comment"]


def test_the_built_in_rules_come_first_and_a_team_adds_its_own(tmp_path: Path) -> None:
    write(tmp_path, "design/house_style.py", PAGE + IMPORTS + CHECK)
    rules = load([tmp_path])
    assert {"drop-table", "house-style"} <= set(rules.by_id)
    assert len(rules) == len(load()) + 1
    assert "drop-table" not in rules.without(["drop-table"]).by_id


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({}, "no rules here"),
        ({"design/a.py": PAGE}, "a function `check`"),
        ({"design/a.py": IMPORTS + CHECK}, "begins with a docstring"),
        ({"design/a.py": PAGE + "def check(step): ..."}, "takes `step: Step"),
        ({"design/a.py": PAGE + "def check(step: int): ..."}, "takes `step: Step"),
        ({"design/a.py": PAGE + IMPORTS + "def check(step: 'Step[Nope]'): ..."}, "say nothing: NameError"),
        ({"design/a.py": PAGE + IMPORTS + "def check(step: Step[Change], error: int): ..."}, "kind of ApplyError"),
        ({"design/a.py": PAGE + "import no_such_module"}, "cannot be loaded: ModuleNotFoundError"),
        ({"design/a.py": PAGE + "def"}, "cannot be loaded: SyntaxError"),
        ({"design/a.py": PAGE + IMPORTS + CHECK, "blocks/a.py": PAGE + IMPORTS + CHECK}, "is already in"),
        ({"a.py": PAGE + IMPORTS + CHECK}, "a folder that says what goes wrong"),
        ({"misc/a.py": PAGE + IMPORTS + CHECK}, "a folder that says what goes wrong"),
    ],
)  # fmt: skip
def test_a_directory_that_cannot_be_used(tmp_path: Path, files: dict[str, str], said: str) -> None:
    for name, text in files.items():
        write(tmp_path, name, text)
    with pytest.raises(RegistryError) as caught:
        load_path([tmp_path])
    message = str(caught.value)
    assert said in message
    assert "\n" not in message
    assert str(tmp_path) in message


def test_a_directory_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(RegistryError, match="no such file"):
        load_path([tmp_path / "nowhere"])


def test_two_files_of_one_stem_also_across_directories(tmp_path: Path) -> None:
    write(tmp_path, "design/drop_table.py", PAGE + IMPORTS + CHECK)
    with pytest.raises(RegistryError, match="drop-table is already in"):
        load([tmp_path])


def test_inside_the_package_comes_before_beside_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "site" / "checker"
    (tmp_path / "site" / "rules").mkdir(parents=True)
    package.mkdir()
    monkeypatch.setattr(registry, "__file__", str(package / "registry.py"))
    with pytest.raises(RegistryError, match="built-in rules are missing"):
        built_in()  # a `rules` beside an installed package belongs to somebody else
    (tmp_path / "site" / "pyproject.toml").touch()
    assert built_in() == tmp_path / "site" / "rules"
    (package / "rules").mkdir()
    assert built_in() == package / "rules"


def test_nothing_becomes_importable_as_rules() -> None:
    code = "import checker.registry, sys; checker.registry.load(); print(sorted(m for m in sys.modules if m.split('.')[0] == 'rules'))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_every_kind_of_change_has_its_rules_looked_up_once() -> None:
    rules = load()
    assert rules.without([]).by_id == rules.by_id
    assert {Change} == {change for rule in rules if rule.id == "statement-refused" for change in rule.changes}
