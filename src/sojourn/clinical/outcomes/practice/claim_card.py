"""The claim card: the only way to a sentence with a rate. It carries what it takes to check the sentence.

Two cards from the same definition, data cut and software version are the same to the byte.
"""

import json
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from fractions import Fraction
from hashlib import sha256

from sojourn.clinical.outcomes.practice.chain import FOLLOW_UP_AT_LEAST, Chain
from sojourn.clinical.outcomes.practice.estimates import Rate, Rates, rates_of
from sojourn.clinical.outcomes.practice.windows import Window
from sojourn.clinical.quantities import how_many

INSUFFICIENT = "insufficient follow-up"
NO_COMPARISON = "No comparison group: this is what happened, not what treatment did."


@dataclass(frozen=True)
class Definition:
    """What is claimed, of whom, and when: fixed before the data are looked at."""

    instrument: str
    instrument_hash: str
    outcome: str  # in words that complete "people who": "fell by 50 % or more"
    population: str
    baseline_at_least: str
    window: Window

    @property
    def hash(self) -> str:
        """Give a name for this definition that changes with any of its words."""
        return _hash(asdict(self))


@dataclass(frozen=True)
class Severity:
    """How ill people were to begin with: those who answered and those who did not."""

    observed: float | None
    missing: float | None


@dataclass(frozen=True)
class ClaimCard:
    """A definition with its numbers, as of a data cut, by a software version and a person."""

    definition: Definition
    chain: Chain
    rates: Rates
    severity: Severity
    as_of: date
    software: str
    author: str
    comparison: str = NO_COMPARISON
    cut: datetime | None = None  # answers received up to this moment; None: whatever was there

    @property
    def is_sufficient(self) -> bool:
        """True when enough of those due have answered for a headline."""
        return self.chain.is_followed_enough

    @property
    def headline(self) -> str:
        """Give the sentence, with its denominators; or say that follow-up does not carry one."""
        chain, observed, careful = self.chain, self.rates.observed, self.rates.missing_not_met
        if not self.is_sufficient or observed is None or careful is None:
            share = f" ({_percent(chain.observed_share)})" if chain.due else ""
            return (
                f"{INSUFFICIENT.capitalize()}: {chain.observed} of {chain.due} people due answered{share}; "
                f"at least {_percent(FOLLOW_UP_AT_LEAST)} are needed."
            )
        were = "was" if chain.due == 1 else "were"
        return (
            f"Of {how_many(chain.observed, 'person', 'people')} who answered at {self.definition.window.id}, {chain.met} "
            f"{self.definition.outcome} ({_rate(observed)}). {chain.due} {were} due: with the {chain.missing} "
            f"missing counted as not, {_rate(careful)}; whatever the missing did, between "
            f"{_percent(self.rates.worst)} and {_percent(self.rates.best)}. {self.comparison}"
        )

    def as_json(self) -> str:
        """Write the card with sorted keys, so that the same card is the same text."""
        numbers = {
            "definition": asdict(self.definition) | {"hash": self.definition.hash},
            "chain": [asdict(link) for link in self.chain.links],
            "due": self.chain.due,
            "missing": self.chain.missing,
            "worse": self.chain.worse,
            "rates": {
                "observed": _numbers(self.rates.observed),
                "missing counted as not met": _numbers(self.rates.missing_not_met),
                "worse": _numbers(self.rates.worse),
                "worst": _exact(self.rates.worst),
                "best": _exact(self.rates.best),
            },
            "mean baseline": asdict(self.severity),
            "comparison": self.comparison,
            "headline": self.headline,
            "as of": self.as_of.isoformat(),
            "software": self.software,
            "author": self.author,
        }
        if self.cut is not None:
            numbers["answers received up to"] = self.cut.astimezone(UTC).isoformat()
        return json.dumps(numbers, sort_keys=True, ensure_ascii=False, indent=1)

    @property
    def hash(self) -> str:
        """Give a name for this card that changes with any of its numbers or words."""
        return sha256(self.as_json().encode()).hexdigest()


def claim_card(
    *,
    definition: Definition,
    chain: Chain,
    as_of: date,
    software: str,
    author: str,
    cut: datetime | None = None,
) -> ClaimCard:
    """Make the card of a chain that was counted by this definition."""
    return ClaimCard(
        definition=definition,
        chain=chain,
        rates=rates_of(chain),
        severity=Severity(_mean(chain.baseline_of_observed), _mean(chain.baseline_of_missing)),
        as_of=as_of,
        software=software,
        author=author,
        cut=cut,
    )


def _mean(baseline: Fraction | None) -> float | None:
    return None if baseline is None else round(float(baseline), 2)


def _hash(values: object) -> str:
    return sha256(json.dumps(values, sort_keys=True, ensure_ascii=False, default=str).encode()).hexdigest()


def _numbers(rate: Rate | None) -> dict[str, object] | None:
    if rate is None:
        return None
    return {
        "counts": str(rate.counts),
        "Wilson": [round(rate.wilson.low, 6), round(rate.wilson.high, 6)],
        "Clopper-Pearson": [round(rate.strict.low, 6), round(rate.strict.high, 6)],
    }


def _exact(share: Fraction | None) -> str | None:
    return None if share is None else f"{share.numerator}/{share.denominator}"


def _percent(share: Fraction | float | None) -> str:
    return "unknown" if share is None else f"{100 * float(share):.1f} %"


def _rate(rate: Rate) -> str:
    low, high = (100 * end for end in (rate.wilson.low, rate.wilson.high))
    return f"{_percent(rate.share)}, 95 % interval {low:.1f} to {high:.1f}"
