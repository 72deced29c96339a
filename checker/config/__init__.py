"""The configuration: `ddlguard.toml`, else `[tool.ddlguard]` in `pyproject.toml`.

The first file found counts, in the current folder or above it, up to the root of the repository; without
a repository only the current folder is looked at, for rules are code and a stranger's folder is no place
to take them from. Files are not merged.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import field
from pathlib import Path
from typing import Literal

from checker.finding import Severity
from checker.values import dataclass

OWN = "ddlguard.toml"
SHARED = "pyproject.toml"


class ConfigError(Exception):
    """The configuration cannot be used: one line with the file, the key, and what to do."""


@dataclass(frozen=True, slots=True)
class RuleConfig:
    """What is said about one rule: another severity, or that it is off and why."""

    severity: Severity | None = None
    off: bool = False
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Config:
    """What the file says; None and empty where it says nothing. Paths are relative to `folder`."""

    path: Path | None = None
    targets: tuple[str, ...] = ()
    db_env: str | None = None
    live_from: str | None = None
    max_age: str | None = None
    dialect: str | None = None
    kind: str | None = None
    transaction: Literal["auto", "file", "each"] | None = None
    probes: Literal["off", "cheap", "full"] | None = None
    probe_timeout: float | None = None
    probe_budget: float | None = None
    probe_keys: bool = False
    fail_on: Literal["error", "warning", "note", "never"] | None = None
    format: tuple[str, ...] = ()
    allow_incomplete: bool = False
    rule_paths: tuple[str, ...] = ()
    rules: Mapping[str, RuleConfig] = field(default_factory=dict)

    @property
    def folder(self) -> Path:
        """Where the file lies."""
        return self.path.parent if self.path else Path()


def find(start: Path) -> Path | None:
    """The configuration that holds for a folder, None where there is none; raises ConfigError."""
    for folder in _upward(start):
        own, shared = folder / OWN, folder / SHARED
        if own.is_file():
            return own
        if shared.is_file() and "ddlguard" in _table(shared, "tool"):
            return shared
    return None


def _upward(start: Path) -> Iterator[Path]:
    folders = (start, *start.parents)
    root = next((at for at, folder in enumerate(folders) if (folder / ".git").exists()), 0)
    return iter(folders[: root + 1])


def load(path: Path) -> Config:
    """The configuration in this file; raises ConfigError."""
    content = _parsed(path)
    if path.name == SHARED:
        content = _own_table(path)
    # pydantic takes as long to import as a small check takes
    from checker.config.model import validated

    return validated(path, content)


def _own_table(path: Path) -> dict[str, object]:
    table = _table(path, "tool").get("ddlguard", {})
    if not isinstance(table, dict):
        raise ConfigError(f"{path}: [tool.ddlguard] is not a table")
    return table


def _table(path: Path, name: str) -> dict[str, object]:
    table = _parsed(path).get(name, {})
    return table if isinstance(table, dict) else {}


def _parsed(path: Path) -> dict[str, object]:
    import tomllib

    try:
        return tomllib.loads(path.read_bytes().decode("utf-8-sig"))
    except OSError as problem:
        raise ConfigError(f"{path}: {(problem.strerror or 'cannot be read').lower()}") from None
    except UnicodeDecodeError:
        raise ConfigError(f"{path}: not UTF-8") from None
    except tomllib.TOMLDecodeError as problem:
        raise ConfigError(f"{path}: not TOML: {problem}") from None
    except RecursionError:
        raise ConfigError(f"{path}: nested too deeply") from None
