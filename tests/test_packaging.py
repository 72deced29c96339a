"""What goes into the wheel, and what it must leave alone where it is installed."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(target)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    return next(target.glob("*.whl"))


def test_nothing_at_the_top_but_the_package(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    top = {name.partition("/")[0] for name in names}
    assert {name for name in top if not name.endswith(".dist-info")} == {"checker"}
    assert not [name for name in names if "__pycache__" in name]


def test_every_rule_is_inside(wheel: Path) -> None:
    inside = {name for name in zipfile.ZipFile(wheel).namelist() if name.startswith("checker/rules/")}
    ours = {f"checker/{path.relative_to(ROOT).as_posix()}" for path in (ROOT / "rules").rglob("*.py")}
    assert inside == ours


def test_another_package_called_rules_stays_intact(wheel: Path, tmp_path: Path) -> None:
    """There is a `rules` on PyPI; installed beside it, both have to work."""
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "__init__.py").write_text("VERSION = 'theirs'\n")
    zipfile.ZipFile(wheel).extractall(tmp_path)
    assert [path.name for path in (tmp_path / "rules").iterdir()] == ["__init__.py"]
    script = tmp_path / "use_both.py"
    script.write_text(
        "import rules, checker, sys\n"
        "print(rules.VERSION, checker.__file__)\n"
        "from checker.cli import main\n"
        "sys.exit(main(['rules']))\n"
    )
    environment = {"PYTHONPATH": str(tmp_path), "PATH": ""}
    seen = subprocess.run(
        [sys.executable, script], cwd=tmp_path, env=environment, capture_output=True, text=True, check=True
    )
    first, *listed = seen.stdout.splitlines()
    assert first == f"theirs {tmp_path / 'checker' / '__init__.py'}"
    assert any("drop-column" in line for line in listed)
