"""What was typed, then the environment, then the configuration file: what is to be done."""

from __future__ import annotations

import argparse
import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Literal

from checker.asking import BUDGET, TIMEOUT, Asking
from checker.catalog import Dialect
from checker.cli.arguments import destination, duration
from checker.cli.stop import Stop
from checker.config import Config, ConfigError, find, load
from checker.finding import Severity
from checker.values import dataclass

DIALECTS: Mapping[str, Dialect] = {"postgres": "postgres", "postgresql": "postgres", "sqlite": "sqlite"}
"""What a URL begins with, or --dialect says, and the dialect that is read then."""
LATER = ("mysql", "mariadb")
DEFAULT_VARIABLE = "DATABASE_URL"


@dataclass(frozen=True, slots=True)
class LiveChoice:
    """What to check against: a URL, a file, or neither. `said` names the option that it comes from.

    A snapshot that is older than `max_age` counts as not looked at.
    """

    url: str | None = None
    file: str | None = None
    dialect: Dialect | None = None
    said: str = ""
    max_age: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Output:
    """One rendering; the path is "" for standard output."""

    format: str
    path: str = ""


@dataclass(frozen=True, slots=True)
class Settings:
    """One run of `ddlguard check`. `fail_on` None: findings do not matter to the exit code."""

    targets: tuple[str, ...]
    live: LiveChoice
    kind: str | None
    transaction: Literal["file", "each"] | None
    fail_on: Severity | None
    outputs: tuple[Output, ...]
    color: str
    quiet: bool
    no_allow: bool
    asking: Asking
    show_probes: bool
    allow_incomplete: bool
    rule_paths: tuple[Path, ...]
    config: Config


def settings(given: argparse.Namespace, environment: Mapping[str, str]) -> Settings:
    """The settings of a check; raises Stop where they contradict each other or lack something."""
    config = configuration(given.config, given.no_config)
    near = _Near(config)
    how: Literal["auto", "file", "each"] | None = given.transaction or config.transaction
    level = given.fail_on or config.fail_on or "error"
    return Settings(
        targets=_targets(given.targets, tuple(map(near, config.targets))),
        live=replace(_live(given, config, near, environment), max_age=_max_age(given, config)),
        kind=given.kind or config.kind,
        transaction=None if how == "auto" else how,
        fail_on=None if level == "never" else Severity(level),
        outputs=_outputs(given.formats or _formats(config, near)),
        color=given.color,
        quiet=given.quiet,
        no_allow=given.no_allow,
        asking=_asking(given, config),
        show_probes=given.show_probes,
        allow_incomplete=bool(given.allow_incomplete or config.allow_incomplete),
        rule_paths=(*map(Path, map(near, config.rule_paths)), *map(Path, given.rules)),
        config=config,
    )


def _asking(given: argparse.Namespace, config: Config) -> Asking:
    return Asking(
        given.probes or config.probes or "cheap",
        given.probe_timeout or config.probe_timeout or TIMEOUT,
        given.probe_budget or config.probe_budget or BUDGET,
        bool(given.probe_keys or config.probe_keys),
    )


@dataclass(frozen=True, slots=True)
class _Near:
    """A path of the configuration file as seen from the current folder."""

    config: Config

    def __call__(self, path: str) -> str:
        if path == "-" or not self.config.path:
            return path
        return os.path.relpath(os.path.join(self.config.folder, path))


def configuration(path: str | None = None, ignored: bool = False) -> Config:
    """The configuration that holds here, an empty one where there is none; raises Stop."""
    if path and ignored:
        raise Stop("--config and --no-config exclude each other")
    try:
        found = Path(path) if path else None if ignored else find(Path.cwd())
        return load(found) if found else Config()
    except ConfigError as problem:
        raise Stop(str(problem)) from None


def _targets(given: Sequence[str], configured: tuple[str, ...]) -> tuple[str, ...]:
    targets = tuple(given) or configured
    if not targets:
        raise Stop("what is to be checked? name a file, a folder or -, or write targets in ddlguard.toml")
    return targets


def _live(
    given: argparse.Namespace, config: Config, near: _Near, environment: Mapping[str, str]
) -> LiveChoice:
    """The one live side that was asked for; what was typed goes before what is configured."""
    typed = {"--db": given.db, "--db-env": given.db_env, "--from": given.live_from}
    chosen = [name for name, value in typed.items() if value is not None]
    if len(chosen) > 1:
        raise Stop(f"{' and '.join(chosen)} exclude each other: one live side is checked against")
    dialect = _dialect(given.dialect or config.dialect)
    if given.db is not None:
        return _url(given.db, "--db", dialect)
    if given.db_env is not None:
        return _from_variable(given.db_env, f"--db-env {given.db_env}", dialect, environment)
    if given.live_from is not None:
        return LiveChoice(file=given.live_from, dialect=dialect, said="--from")
    # whoever types a dialect and nothing else wants no database
    if given.dialect is not None:
        return LiveChoice(dialect=dialect, said="--dialect")
    return _configured(config, near, dialect, environment)


def _configured(
    config: Config, near: _Near, dialect: Dialect | None, environment: Mapping[str, str]
) -> LiveChoice:
    if config.db_env and config.live_from:
        raise Stop(f"{config.path}: db-env and from exclude each other")
    if config.db_env:
        return _from_variable(config.db_env, f"{config.path}: db-env", dialect, environment)
    if config.live_from:
        return LiveChoice(file=near(config.live_from), dialect=dialect, said="from")
    if environment.get(DEFAULT_VARIABLE):
        return _url(environment[DEFAULT_VARIABLE], DEFAULT_VARIABLE, dialect)
    if dialect:
        return LiveChoice(dialect=dialect, said="dialect")
    raise Stop("what is it to be checked against? --db URL, --from FILE, or --dialect NAME for neither")


def database(given: argparse.Namespace, environment: Mapping[str, str]) -> LiveChoice:
    """The database to take a snapshot of; raises Stop where none is named."""
    if given.db is not None and given.db_env is not None:
        raise Stop("--db and --db-env exclude each other: a snapshot is of one database")
    if given.db is not None:
        return _url(given.db, "--db", None)
    if given.db_env is not None:
        return _from_variable(given.db_env, f"--db-env {given.db_env}", None, environment)
    config = configuration()
    if config.db_env:
        return _from_variable(config.db_env, f"{config.path}: db-env", None, environment)
    if environment.get(DEFAULT_VARIABLE):
        return _url(environment[DEFAULT_VARIABLE], DEFAULT_VARIABLE, None)
    raise Stop("a snapshot of which database? --db URL, or --db-env NAME")


def _max_age(given: argparse.Namespace, config: Config) -> timedelta | None:
    if given.max_age is not None:
        return timedelta(**given.max_age)
    if config.max_age is None:
        return None
    try:
        return timedelta(**duration(config.max_age))
    except argparse.ArgumentTypeError as problem:
        raise Stop(f"{config.path}: max-age: {problem}") from None


def _from_variable(
    name: str, said: str, dialect: Dialect | None, environment: Mapping[str, str]
) -> LiveChoice:
    if not environment.get(name):
        raise Stop(f"{said}: the environment variable {name} is not set")
    return _url(environment[name], said, dialect)


def _url(url: str, said: str, dialect: Dialect | None) -> LiveChoice:
    from checker.live.url import scheme

    kind = scheme(url.strip())
    if "://" not in url or kind not in (*DIALECTS, *LATER):
        raise Stop(f"{said}: not a database URL: one starts with postgresql:// or sqlite:///")
    spoken = _dialect(kind)
    if dialect not in (None, spoken):
        raise Stop(f"{said} is a {kind} database, but the dialect is said to be {dialect}")
    return LiveChoice(url=url, dialect=spoken, said=said)


def _dialect(name: str | None) -> Dialect | None:
    if name is None or name in DIALECTS:
        return DIALECTS[name] if name else None
    if name in LATER:
        raise Stop(f"{name} is not supported yet: this version knows PostgreSQL and SQLite")
    raise Stop(f"there is no dialect {name!r}: postgres or sqlite")


def _formats(config: Config, near: _Near) -> list[tuple[str, str]]:
    try:
        pairs = [destination(text) for text in config.format]
    except argparse.ArgumentTypeError as problem:
        raise Stop(f"{config.path}: format: {problem}") from None
    return [(name, near(path) if path else "") for name, path in pairs]


def _outputs(pairs: Sequence[tuple[str, str]]) -> tuple[Output, ...]:
    """The renderings; JSON has standard output for itself."""
    outputs = tuple(dict.fromkeys(Output(*pair) for pair in pairs)) or (Output("text"),)
    printed = [output.format for output in outputs if not output.path]
    if "json" in printed and len(printed) > 1:
        raise Stop(f"{' and '.join(printed)} on standard output would mix: give json a file, json:PATH")
    for output in outputs:
        folder = os.path.dirname(output.path) or "."
        if not os.path.isdir(folder):
            raise Stop(f"--format {output.format}:{output.path}: there is no folder {folder}")
    return outputs
