"""What a rule is once its file is loaded, and what rules may look at beside steps."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from pathlib import Path
from types import MappingProxyType

from checker.change import Change
from checker.errors import ApplyError
from checker.finding import Certainty, Claim, Hazard, Severity
from checker.statement import Allow, Statement
from checker.values import dataclass

Check = Callable[..., Iterator[Claim]]

SEVERITIES: Mapping[Hazard, Severity] = MappingProxyType(
    {
        "loses-data": Severity.ERROR,
        "will-fail": Severity.ERROR,
        "breaks-clients": Severity.WARNING,
        "transactions": Severity.WARNING,
        "blocks": Severity.WARNING,
        "design": Severity.NOTE,
    }
)
"""How bad a hazard is unless the claim or the configuration says otherwise."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule file. What its `check` takes decides what it is asked about:

    - `check(step: Step[X])`: every step of the Changes `changes` that the server carries out;
    - `check(step: Step[X], error: E)`: every one that it refuses with `refusal` or a kind of it;
    - `check(use: AllowUse)`: every allow-comment, after the run (`changes` is empty).
    """

    id: str
    hazard: Hazard
    page: str
    path: Path
    check: Check
    changes: tuple[type[Change], ...] = ()
    refusal: type[ApplyError] | None = None

    @property
    def severity(self) -> Severity:
        """Its default severity."""
        return SEVERITIES[self.hazard]

    @property
    def title(self) -> str:
        """The page's first line: the effect in one sentence."""
        return self.page.partition("\n")[0]

    @property
    def predicts(self) -> bool:
        """True for a `will-fail` rule about refusals: of several, only the most specific that speaks is heard."""
        return self.hazard == "will-fail" and self.refusal is not None

    @property
    def specificity(self) -> tuple[int, int]:
        """How narrow the refusals and the Changes are that it is about: the greater, the narrower."""
        refusal = len(self.refusal.__mro__) if self.refusal else 0
        return refusal, min(len(change.__mro__) for change in self.changes)

    def wants(self, change: type[Change], error: type[ApplyError] | None) -> bool:
        """True where it is to be asked about such a step."""
        return issubclass(change, self.changes) and (
            error is None if self.refusal is None else error is not None and issubclass(error, self.refusal)
        )


@dataclass(frozen=True, slots=True)
class AllowUse:
    """An allow-comment when the run is over.

    `used` are the rules whose findings it waved through, `unused` those that are known, were asked and
    found nothing here, `unknown` those that do not exist; `known` are all ids, `today` the day of the run.
    """

    allow: Allow
    statement: Statement
    used: frozenset[str]
    unused: tuple[str, ...]
    unknown: tuple[str, ...]
    known: tuple[str, ...]
    today: date

    @property
    def is_expired(self) -> bool:
        """True where its last day has passed."""
        return self.allow.until is not None and self.allow.until < self.today

    @property
    def counts(self) -> bool:
        """True where it waves findings through: it has a reason and has not expired."""
        return bool(self.allow.reason) and not self.is_expired

    def meant_by(self, unknown: str) -> str:
        """The rule that an unknown name was probably meant to be, `""` where none is near."""
        from difflib import get_close_matches  # only where a name is wrong

        return next(iter(get_close_matches(unknown, self.known, 1)), "")

    def claim(self, message: str, *, object: str = "", severity: Severity = Severity.WARNING) -> Claim:
        """A claim about the comment itself, at its place."""
        place = self.allow.start, self.allow.end
        return Claim(message, object=object, severity=severity, certainty=Certainty.PROVEN, at=place)
