"""What is said: claims of rules, findings with a place, and the report that holds them all."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import field
from enum import Enum
from typing import Literal

from checker.catalog import Catalog
from checker.statement import Span
from checker.values import dataclass

Hazard = Literal["loses-data", "will-fail", "blocks", "breaks-clients", "transactions", "design"]
Verdict = Literal["pass", "fail", "incomplete"]


class Severity(Enum):
    """How bad, worst first."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"

    def __init__(self, _: str) -> None:
        self.rank = len(type(self).__members__)
        """0 for the worst."""

    def at_least(self, other: Severity) -> bool:
        """True where this is as bad as the other, or worse."""
        return self.rank <= other.rank


class Certainty(Enum):
    """How sure: shown by the live side; one assumption unverified; nobody could look."""

    PROVEN = "proven"
    LIKELY = "likely"
    POSSIBLE = "possible"


@dataclass(frozen=True, slots=True)
class Claim:
    """What a rule says about one step; the engine adds the rule, the place and the defaults.

    `message` is one sentence, the object's full name first; `remedy` is SQL that can be pasted, `""` where
    there is none. `at` narrows the place to an offset range, None for the change's own. `unless` withdraws
    the claim where the catalog at the end of the run mends it (the old name is back as a view).
    """

    message: str
    evidence: str = ""
    remedy: str = ""
    object: str = ""
    certainty: Certainty | None = None
    severity: Severity | None = None
    at: tuple[int, int] | None = None
    unless: Callable[[Catalog], bool] | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Finding:
    """A claim with its rule and its place. `statement` is the index in the report's statements.

    Not `allowable` is what is said about allow-comments themselves: the comment has to be mended.
    """

    rule: str
    hazard: Hazard
    severity: Severity
    certainty: Certainty
    message: str
    evidence: str
    remedy: str
    object: str
    span: Span
    statement: int | None
    allowable: bool = True

    @property
    def fingerprint(self) -> str:
        """Stays the same while rule, object and file do: for baselines and code scanning.

        The message counts rows, and they are others tomorrow.
        """
        parts = f"{self.rule}\0{self.object or self.message}\0{self.span.file}"
        return hashlib.sha256(parts.encode(errors="surrogatepass")).hexdigest()[:16]

    @property
    def doc(self) -> str:
        """How to read the rule's page."""
        return f"ddlguard explain {self.rule}"


@dataclass(frozen=True, slots=True)
class Allowed:
    """A finding that an allow-comment waves through, and the reason that was given."""

    finding: Finding
    reason: str
    until: str | None = None


@dataclass(frozen=True, slots=True)
class NotChecked:
    """What could not be looked at, and why."""

    what: str
    why: str


@dataclass(frozen=True, slots=True)
class Impact:
    """What a statement locks (relation -> mode), rewrites and scans; empty where not known."""

    locks: tuple[tuple[str, str], ...] = ()
    rewrites: tuple[str, ...] = ()
    scans: tuple[str, ...] = ()
    algorithm: str | None = None


@dataclass(frozen=True, slots=True)
class StatementReport:
    """One statement as it was checked."""

    span: Span
    sql: str = field(repr=False)
    understood: bool
    impact: Impact = Impact()


@dataclass(frozen=True, slots=True)
class LiveSide:
    """What the target was held against. `source` none: nothing at all.

    Of a snapshot `taken` is when, as ISO 8601 in UTC, and `age` how many seconds ago that was.
    """

    dialect: str
    server_version: str
    source: Literal["database", "snapshot", "sql", "none"]
    name: str
    taken: str = ""
    age: int = 0


@dataclass(frozen=True, slots=True)
class Asked:
    """Questions about rows: how many were put to the live side, how many it answered, in what time.

    `nobody` says why not one was put: there is nobody to ask, or nobody was to be asked.
    """

    questions: int = 0
    answered: int = 0
    seconds: float = 0.0
    nobody: str = ""


@dataclass(frozen=True, slots=True)
class RuleBug:
    """A rule that raised: which, where, and what; the other rules still ran."""

    rule: str
    error: str
    span: Span | None = None
    trace: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Report:
    """Everything that is said at the end. `bugs` are also in `not_checked`, where every output shows them."""

    live: LiveSide
    target_kind: str
    target_name: str
    statements: tuple[StatementReport, ...]
    findings: tuple[Finding, ...]
    allowed: tuple[Allowed, ...] = ()
    not_checked: tuple[NotChecked, ...] = ()
    asked: Asked = Asked()
    seconds: float = 0.0
    fail_on: Severity | None = Severity.ERROR
    bugs: tuple[RuleBug, ...] = ()

    def count(self, severity: Severity) -> int:
        """How many findings have this severity."""
        return sum(finding.severity is severity for finding in self.findings)

    @property
    def fails(self) -> bool:
        """True where a finding is at or above the threshold."""
        if self.fail_on is None:
            return False
        return any(finding.severity.at_least(self.fail_on) for finding in self.findings)

    @property
    def verdict(self) -> Verdict:
        """fail before incomplete before pass: what was not checked never reads as safe."""
        if self.fails:
            return "fail"
        unread = any(not statement.understood for statement in self.statements)
        return "incomplete" if unread or self.not_checked else "pass"
