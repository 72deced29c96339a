"""The form of the configuration file, and what is said where it has another."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from checker.config import Config, ConfigError, RuleConfig
from checker.finding import Severity


def _dashed(name: str) -> str:
    return name.replace("_", "-")


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, alias_generator=_dashed)


class _Rule(_Table):
    severity: Literal["error", "warning", "note"] | None = None
    off: bool = False
    reason: str = ""

    @model_validator(mode="after")
    def _says_why(self) -> _Rule:
        if self.off and not self.reason.strip():
            raise ValueError('off = true needs a reason = "…"')
        if self.off and self.severity:
            raise ValueError("a rule that is off has no severity")
        return self


class _File(_Table):
    targets: list[str] = Field(default_factory=list)
    db_env: str | None = Field(default=None, min_length=1)
    live_from: str | None = Field(default=None, alias="from")
    max_age: str | None = None
    dialect: str | None = None
    kind: str | None = None
    transaction: Literal["auto", "file", "each"] | None = None
    probes: Literal["off", "cheap", "full"] | None = None
    probe_timeout: float | None = Field(default=None, gt=0, allow_inf_nan=False)
    probe_budget: float | None = Field(default=None, gt=0, allow_inf_nan=False)
    probe_keys: bool = False
    fail_on: Literal["error", "warning", "note", "never"] | None = None
    format: list[str] = Field(default_factory=list)
    allow_incomplete: bool = False
    rule_paths: list[str] = Field(default_factory=list)
    rules: dict[str, _Rule] = Field(default_factory=dict)


def validated(path: Path, content: Mapping[str, object]) -> Config:
    """The content of a file as a Config; raises ConfigError."""
    try:
        file = _File.model_validate(content)
    except ValidationError as problem:
        raise ConfigError(f"{path}: {_said(problem.errors()[0])}") from None
    return Config(
        path, tuple(file.targets), file.db_env, file.live_from, file.max_age, file.dialect, file.kind, file.transaction,
        file.probes, file.probe_timeout, file.probe_budget, file.probe_keys, file.fail_on, tuple(file.format), file.allow_incomplete, tuple(file.rule_paths),
        {name: _rule(rule) for name, rule in file.rules.items()},
    )  # fmt: skip


def _rule(rule: _Rule) -> RuleConfig:
    return RuleConfig(Severity(rule.severity) if rule.severity else None, rule.off, rule.reason)


def _said(error: Any) -> str:
    """The first thing that is wrong: which key, and what to write."""
    key = ".".join(str(part) for part in error["loc"])
    if error["type"] == "extra_forbidden":
        return f"{key}: there is no such key{_nearest(error['loc'])}"
    if error["type"] == "model_type":
        return f'{key}: this should be a table: severity = "warning", or off = true with a reason'
    message = error["msg"].removeprefix("Value error, ").replace("Input should be", "this should be")
    return f"{key}: {message[:1].lower()}{message[1:]}"


def _nearest(loc: tuple[str | int, ...]) -> str:
    table = _Rule if len(loc) > 1 else _File
    known = [field.alias or name for name, field in table.model_fields.items()]
    close = get_close_matches(str(loc[-1]).replace("_", "-").lower(), known, 1)
    return f"; did you mean {close[0]}?" if close else f"; there are {', '.join(known)}"
