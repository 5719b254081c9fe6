"""Who stands behind a rate: from everybody who came in, step by step, to those who met the outcome."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from sojourn.clinical.outcomes.practice.windows import Person, Window, baseline_of, reading_in

FOLLOW_UP_AT_LEAST = Fraction(60, 100)  # program policy: of those due, so many must have answered
Judged = Callable[[Fraction, Fraction], bool]
"""From baseline and score: is it so?"""


@dataclass(frozen=True)
class Outcome:
    """What is asked of a score: was it met, is it worse by the reliable change, and which baselines can meet it."""

    met: Judged
    is_worse: Judged
    baseline_at_least: Fraction | None = None
    baseline_within: timedelta = timedelta(days=7)


@dataclass(frozen=True)
class Link:
    """One step of the chain: how many remain, and how many were lost on the way here and why."""

    says: str
    people: int
    lost: int
    lost_because: str


@dataclass(frozen=True)
class Chain:
    """The denominator chain of one outcome in one window. Each number is at most the one before it.

    `reached_without_baseline` were dosed and their window has closed, but nobody knows where they began: they count
    as missing. Whose baseline is below the floor could not meet the outcome and counts nowhere.
    """

    enrolled: int
    baseline: int
    dosed: int
    reached: int
    observed: int
    met: int
    worse: int
    reached_without_baseline: int
    baseline_of_observed: Fraction | None  # the mean; None of nobody
    baseline_of_missing: Fraction | None

    @property
    def due(self) -> int:
        """Count all of whom an answer was due: the bottom line of every careful rate."""
        return self.reached + self.reached_without_baseline

    @property
    def missing(self) -> int:
        return self.due - self.observed

    @property
    def observed_share(self) -> Fraction | None:
        return Fraction(self.observed, self.due) if self.due else None

    @property
    def is_followed_enough(self) -> bool:
        """True where enough of those due have answered for a sentence with a rate."""
        share = self.observed_share
        return share is not None and share >= FOLLOW_UP_AT_LEAST

    @property
    def links(self) -> tuple[Link, ...]:
        return (
            Link("came in", self.enrolled, 0, ""),
            Link("with a valid baseline", self.baseline, self.enrolled - self.baseline, "none, too old or too low"),
            Link("had a dose", self.dosed, self.baseline - self.dosed, "no dose"),
            Link("for whom that time is over", self.reached, self.dosed - self.reached, "that time is still to come"),
            Link("answered in that time", self.observed, self.reached - self.observed, "no answer"),
            Link("met the outcome", self.met, self.observed - self.met, "did not meet it"),
        )  # fmt: skip


def chain_of(*, people: Sequence[Person], window: Window, outcome: Outcome, as_of: date) -> Chain:
    """Count the chain for one outcome as of a data cut.

    A person counts once: two records with one id raise ValueError, because a doubled person would count twice.
    """
    if len({person.id for person in people}) < len(people):
        raise ValueError("a person stands twice in these records; join the records first")
    here = [person for person in people if person.enrolled_on <= as_of]
    known = [(person, baseline_of(person, within=outcome.baseline_within, as_of=as_of)) for person in here]
    floor = outcome.baseline_at_least
    valid = [(p, b) for p, b in known if b is not None and (floor is None or b >= floor)]
    dosed = [(p, b) for p, b in valid if _is_dosed(p, as_of)]
    reached = [(p, b) for p, b in dosed if window.is_over(p, as_of=as_of)]
    seen = [(b, reading_in(p, window)) for p, b in reached]
    pairs = [(b, reading.value) for b, reading in seen if reading is not None]
    return Chain(
        enrolled=len(here),
        baseline=len(valid),
        dosed=len(dosed),
        reached=len(reached),
        observed=len(pairs),
        met=sum(outcome.met(baseline, value) for baseline, value in pairs),
        worse=sum(outcome.is_worse(baseline, value) for baseline, value in pairs),
        reached_without_baseline=sum(b is None and window.is_over(p, as_of=as_of) for p, b in known),
        baseline_of_observed=_mean([b for b, reading in seen if reading is not None]),
        baseline_of_missing=_mean([b for b, reading in seen if reading is None]),
    )


def _mean(baselines: Sequence[Fraction]) -> Fraction | None:
    return sum(baselines, Fraction(0)) / len(baselines) if baselines else None


def _is_dosed(person: Person, as_of: date) -> bool:
    return person.first_dose_on is not None and person.first_dose_on <= as_of
