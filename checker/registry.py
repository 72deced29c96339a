"""Finds and loads rules: `<directory>/<hazard>/<rule_id>.py`, no list anywhere.

The built-in directory comes first on the rule path; a team's own (`--rules DIR`) are loaded by the same
code. Files are loaded by path, so nothing is importable as `rules` and a package of that name stays intact.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from functools import cached_property
from importlib.machinery import ModuleSpec, SourceFileLoader
from importlib.util import module_from_spec
from pathlib import Path
from types import ModuleType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from checker.change import Change
from checker.errors import ApplyError
from checker.finding import Hazard
from checker.rule import SEVERITIES, AllowUse, Rule
from checker.step import Step

FOLDERS: dict[str, Hazard] = {hazard.replace("-", "_"): hazard for hazard in SEVERITIES}


class RegistryError(Exception):
    """A directory of rules cannot be used; the message is one line that names the file."""


class RuleSet:
    """The rules of one run, by id and by what they are asked about."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self.rules = tuple(sorted(rules, key=lambda rule: rule.id))
        self._by_step: dict[tuple[type[Change], type[ApplyError] | None], tuple[Rule, ...]] = {}

    def __iter__(self) -> Iterator[Rule]:
        return iter(self.rules)

    def __len__(self) -> int:
        return len(self.rules)

    @cached_property
    def by_id(self) -> dict[str, Rule]:
        """Every rule by its id."""
        return {rule.id: rule for rule in self.rules}

    @cached_property
    def of_allows(self) -> tuple[Rule, ...]:
        """The rules about allow-comments."""
        return tuple(rule for rule in self.rules if not rule.changes)

    def of_step(self, step: Step[Change]) -> tuple[Rule, ...]:
        """The rules that are to be asked about a step, the most specific first."""
        key = (type(step.change), type(step.error) if step.error else None)
        found = self._by_step.get(key)
        if found is None:
            wanted = (rule for rule in self.rules if rule.changes and rule.wants(*key))
            ranked = sorted(wanted, key=lambda rule: rule.specificity, reverse=True)
            found = self._by_step[key] = tuple(ranked)
        return found

    def without(self, ids: Iterable[str]) -> RuleSet:
        """The same rules, some of them left out."""
        out = frozenset(ids)
        return RuleSet(rule for rule in self.rules if rule.id not in out)


def built_in() -> Path:
    """The directory of the rules that come along: inside the package, or beside it in a checkout.

    >>> (built_in() / "loses_data").is_dir()
    True
    """
    package = Path(__file__).parent
    if (package / "rules").is_dir():
        return package / "rules"
    if (package.parent / "pyproject.toml").is_file() and (package.parent / "rules").is_dir():
        return package.parent / "rules"
    raise RegistryError(f"{package / 'rules'}: the built-in rules are missing; install ddlguard again")


def load(extra: Iterable[Path] = ()) -> RuleSet:
    """The built-in rules and those of the extra directories."""
    return load_path((built_in(), *extra))


def load_path(directories: Iterable[Path]) -> RuleSet:
    """The rules of these directories; raises RegistryError."""
    rules: dict[str, Rule] = {}
    for directory in directories:
        files = tuple(_files(directory))
        if not files:
            raise RegistryError(f"{directory}: no rules here (they stand in {_folders()})")
        for path in files:
            rule = load_file(path)
            if other := rules.get(rule.id):
                raise RegistryError(f"{path}: the rule {rule.id} is already in {other.path}")
            rules[rule.id] = rule
    return RuleSet(rules.values())


def _folders() -> str:
    return ", ".join(f"{folder}/" for folder in FOLDERS)


def _files(directory: Path) -> Iterator[Path]:
    try:
        entries = sorted(directory.iterdir())
    except OSError as problem:
        raise RegistryError(f"{directory}: {(problem.strerror or 'cannot be read').lower()}") from None
    for entry in entries:
        if entry.name.startswith(("__", ".")):
            continue
        if entry.is_dir() and entry.name in FOLDERS:
            yield from (path for path in sorted(entry.glob("*.py")) if not path.name.startswith("__"))
        elif entry.suffix == ".py" or (entry.is_dir() and any(entry.glob("*.py"))):
            raise RegistryError(f"{entry}: rules stand in a folder that says what goes wrong: {_folders()}")


def load_file(path: Path) -> Rule:
    """The rule in one file; raises RegistryError."""
    module = _run(path)
    page, check = (module.__doc__ or "").strip(), getattr(module, "check", None)
    if not page:
        raise RegistryError(f"{path}: a rule begins with a docstring, its page")
    if not callable(check):
        raise RegistryError(f"{path}: a rule has a function `check`")
    changes, refusal = _subjects(check, path)
    return Rule(path.stem.replace("_", "-"), FOLDERS[path.parent.name], page, path, check, changes, refusal)


def _run(path: Path) -> ModuleType:
    name = f"ddlguard_rules.{path.stem}"
    loader = SourceFileLoader(name, str(path))
    spec = ModuleSpec(name, loader, origin=str(path))
    spec.has_location = True
    module = module_from_spec(spec)
    # dataclasses in a rule look their module up by its name
    sys.modules[name] = module
    try:
        loader.exec_module(module)
    except Exception as problem:
        del sys.modules[name]
        raise RegistryError(f"{path}: cannot be loaded: {_one_line(problem)}") from problem
    return module


def _subjects(
    check: Callable[..., Any], path: Path
) -> tuple[tuple[type[Change], ...], type[ApplyError] | None]:
    """What the annotations of `check` ask for: kinds of Changes (none: allow-comments) and of refusals."""
    try:
        hints = get_type_hints(check)
    except Exception as problem:
        raise RegistryError(f"{path}: the annotations of `check` say nothing: {_one_line(problem)}") from None
    hints.pop("return", None)
    wanted = tuple(hints.values())
    if wanted == (AllowUse,):
        return (), None
    changes = _changes(wanted[0]) if wanted else ()
    if not changes or len(wanted) > 2:
        raise RegistryError(f"{path}: `check` takes `step: Step[…]`, and `error: …` for refusals")
    refusal = wanted[1] if len(wanted) == 2 else None
    if refusal is not None and not (isinstance(refusal, type) and issubclass(refusal, ApplyError)):
        raise RegistryError(f"{path}: the second parameter of `check` is a kind of ApplyError")
    return changes, refusal


def _changes(hint: Any) -> tuple[type[Change], ...]:
    if get_origin(hint) is not Step:
        return ()
    (subject,) = get_args(hint)
    kinds = get_args(subject) if get_origin(subject) in (UnionType, Union) else (subject,)
    return kinds if all(isinstance(kind, type) and issubclass(kind, Change) for kind in kinds) else ()


def _one_line(problem: Exception) -> str:
    return " ".join(f"{type(problem).__name__}: {problem}".split())
