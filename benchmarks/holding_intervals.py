"""How often 95 % intervals hold the truth, of people made with known courses and leaving for four different reasons.

*nobody leaves*; *by chance*; *by what was seen*: the more ill at the last visit, the likelier to stay away, which a mixed
model and imputation promise to allow for; *by what nobody sees*: the more ill today, the likelier to stay away today, for
which no method here promises anything. There the penalty on the missing and the bounds are what speaks.

Printed with the Monte-Carlo error: at 95 % and n runs it is the root of 0.95 x 0.05 / n.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from math import sqrt

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from sojourn.clinical import instruments
from sojourn.clinical.evidence.meta_analysis import Counts, Interval, wilson
from sojourn.clinical.outcomes import imputation
from sojourn.clinical.outcomes.made_worse import made_worse
from sojourn.clinical.outcomes.mixed_models import NotFitted, PersonScores, change_over_visits
from sojourn.clinical.outcomes.reports import yardstick_of
from sojourn.clinical.outcomes.survival import Followed, curve

VISITS = ("week 1", "week 2", "week 4", "week 8")
GAIN = (3.0, 5.0, 6.5, 7.5)  # points below the baseline, of people of the mean baseline
EFFECT = -3.0  # points, of the second group against the first at the last visit
SHRINKS = 0.3  # of a baseline far from the mean, so much is gone at the next visit
MIDDLE, PEOPLE = 17.0, 120
IMPUTATIONS = 30
CROWD = 200_000  # people from whom the true means and rates are read
SEED = 20_260_101
PHQ9 = yardstick_of(instruments.get("phq-9"))
Leaves = Callable[[NDArray[np.float64], NDArray[np.float64]], NDArray[np.float64]]

LEAVING: dict[str, Leaves] = {
    "nobody leaves": lambda seen, _now: np.zeros(len(seen)),
    "by chance": lambda seen, _now: np.full(len(seen), 0.11),
    "by what was seen": lambda seen, _now: 0.35 / (1 + np.exp(-(seen - 16) / 2.5)),
    "by what nobody sees": lambda _seen, now: 0.4 / (1 + np.exp(-(now - 14) / 2.5)),
}
"""From the score seen last and the score of the day: how likely is somebody to leave for good?"""


@dataclass
class Tally:
    """How often an interval held the truth, and how far its middle lay from it."""

    name: str
    held: int = 0
    runs: int = 0
    errors: list[float] = field(default_factory=list)

    def take(self, value: float, interval: Interval, truth: float) -> None:
        self.runs += 1
        self.held += interval.low <= truth <= interval.high
        self.errors.append(value - truth)

    def line(self) -> str:
        share = self.held / self.runs
        return (
            f"  {self.name:<50} {100 * share:5.1f} % +- {100 * sqrt(0.95 * 0.05 / self.runs):.1f}; "
            f"bias {np.mean(self.errors):+.3f} +- {np.std(self.errors) / sqrt(self.runs):.3f}"
        )


def measure(runs: int) -> int:
    """Simulate, estimate, print; returns the exit code."""
    draw = np.random.default_rng(SEED)
    whole = _Made(draw, CROWD)
    for reason, leaves in LEAVING.items():
        tallies: dict[str, Tally] = {}
        gone = 0.0
        for _ in range(runs):
            made = _Made(draw, PEOPLE)
            seen = made.seen(draw, leaves)
            gone += float(1 - seen[:, -1].mean()) / runs
            _two_groups(tallies, made, seen, draw)
            _one_group(tallies, made, seen, whole, draw)
        print(
            f"People leave: {reason}; {PEOPLE} people, {100 * gone:.0f} % gone by {VISITS[-1]}, {runs} runs"
        )
        for tally in tallies.values():
            print(tally.line())
    _time_to_loss(draw, runs)
    return 0


class _Made:
    """People with whole scores of PHQ-9 at the baseline and each visit; every second one is in the better group."""

    def __init__(self, draw: Generator, people: int) -> None:
        self.second = np.arange(people) % 2 == 1
        level = draw.normal(0, 1, people)
        self.baseline = _whole(MIDDLE + 3 * draw.normal(0, 1, people))
        steps = (np.arange(len(VISITS)) + 1) / len(VISITS)
        expected = MIDDLE - np.array(GAIN) + (1 - SHRINKS) * (self.baseline - MIDDLE)[:, None]
        noise = 3 * level[:, None] + 2.5 * draw.normal(0, 1, (people, len(VISITS)))
        self.exact = expected + noise + EFFECT * steps * self.second[:, None]
        self.scores = _whole(expected + noise)  # of one group

    def seen(self, draw: Generator, leaves: Leaves) -> NDArray[np.bool_]:
        """Let everybody come to the first visit, and some no longer to one of the next."""
        there = np.ones((len(self.baseline), len(VISITS)), dtype=np.bool_)
        for visit in range(1, len(VISITS)):
            goes = draw.random(len(self.baseline)) < leaves(self.scores[:, visit - 1], self.scores[:, visit])
            there[:, visit] = there[:, visit - 1] & ~goes
        return there

    def people(
        self, scores: NDArray[np.float64], seen: NDArray[np.bool_], *, grouped: bool
    ) -> list[PersonScores]:
        return [
            PersonScores(
                float(baseline), {v: float(s) for v, s, is_there in zip(VISITS, row, there, strict=True) if is_there},
                ("b" if second else "a") if grouped else "",
            )
            for baseline, row, there, second in zip(self.baseline, scores, seen, self.second, strict=True)
        ]  # fmt: skip

    def responded(self) -> NDArray[np.bool_]:
        return PHQ9.responded_each(self.baseline, self.scores[:, -1])


def _two_groups(tallies: dict[str, Tally], made: _Made, seen: NDArray[np.bool_], draw: Generator) -> None:
    people = made.people(made.exact, seen, grouped=True)
    completers = [
        PersonScores(p.baseline, {VISITS[-1]: p.by_visit[VISITS[-1]]}, p.group)
        for p in people
        if VISITS[-1] in p.by_visit
    ]
    try:
        found = change_over_visits(people=people, visits=VISITS)
        filled = imputation.complete(
            people=people, visits=VISITS, rng=draw, imputations=IMPUTATIONS, model=found.model
        )
        apart = imputation.difference(filled, visit=len(VISITS) - 1, first="a", second="b")
        naive = change_over_visits(people=completers, visits=VISITS[-1:]).differences[-1].change
    except NotFitted:
        return
    for name, each in (
        ("difference: mixed model", found.differences[-1].change),
        ("difference: imputation", apart),
        ("difference: those who came, no model", naive),
    ):
        _tally(tallies, name).take(each.value, Interval(each.low, each.high), EFFECT)


def _one_group(
    tallies: dict[str, Tally], made: _Made, seen: NDArray[np.bool_], whole: _Made, draw: Generator
) -> None:
    """The mean change and the rate of response of one group: what is true is read from a crowd."""
    people = made.people(made.scores, seen, grouped=False)
    there = seen[:, -1]
    true_change = float((whole.scores[:, -1] - whole.baseline).mean())
    can = whole.baseline >= float(PHQ9.baseline_at_least or 0)
    true_rate = float(whole.responded()[can].mean())
    may = made.baseline >= float(PHQ9.baseline_at_least or 0)
    claimed = Counts(int((made.responded() & may & there).sum()), int((may & there).sum()))
    try:
        found = change_over_visits(people=people, visits=VISITS)
        filled = imputation.complete(
            people=people, visits=VISITS, rng=draw, imputations=IMPUTATIONS, model=found.model
        )
    except NotFitted:
        return
    worse = made_worse(
        filled, visit=len(VISITS) - 1, name=VISITS[-1], group="", penalties=(0.0,), claimed=claimed,
        met=PHQ9.responded_each, floor=float(PHQ9.baseline_at_least or 0), most=27.0,
    )  # fmt: skip
    first = worse.steps[0]
    for name, each in (
        ("mean change: mixed model", found.means[-1].change),
        ("mean change: imputation", first.change),
    ):
        _tally(tallies, name).take(each.value, Interval(each.low, each.high), true_change)
    assert worse.rate is not None
    share = worse.rate.steps[0].share
    _tally(tallies, "rate: imputation, of everybody due").take(
        share.value, Interval(share.low, share.high), true_rate
    )
    _tally(tallies, "rate: of those who answered (Wilson)").take(
        float(claimed.share), wilson(claimed), true_rate
    )
    due = Counts(claimed.events, int(may.sum()))
    _tally(tallies, "rate: missing counted as not (Wilson)").take(float(due.share), wilson(due), true_rate)
    own = float(made.responded()[may].mean())
    bounds = Interval(float(due.share), (due.events + due.n - claimed.n) / due.n)
    _tally(tallies, "rate of these very people: between the bounds").take(float(due.share), bounds, own)


def _time_to_loss(draw: Generator, runs: int) -> None:
    """Kaplan-Meier with its log-log interval: response is lost at a known rate, people leave at another."""
    tally = Tally("still in response on day 60 of a 70-day half-life")
    for _ in range(runs):
        lost, left = draw.exponential(70 / np.log(2), 80), draw.exponential(120, 80)
        line = curve([Followed(float(min(a, b)), bool(a <= b)) for a, b in zip(lost, left, strict=True)])
        steps = [step for step in line.steps if step.time <= 60]  # noqa: PLR2004 - the day asked about
        interval = steps[-1].interval() if steps else None
        if interval is not None:
            tally.take(float(steps[-1].survival), interval, 0.5 ** (60 / 70))
    print("Time in response (Kaplan-Meier, log-log)")
    print(tally.line())


def _tally(tallies: dict[str, Tally], name: str) -> Tally:
    return tallies.setdefault(name, Tally(name))


def _whole(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.clip(np.rint(scores), 0, 27)
