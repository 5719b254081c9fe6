"""The missing of one group made worse: two claims, and the points at which each is lost."""

import numpy as np
import pytest

from sojourn.clinical import instruments
from sojourn.clinical.evidence.meta_analysis import Counts, wilson
from sojourn.clinical.outcomes import imputation
from sojourn.clinical.outcomes.made_worse import made_worse, pool_shares
from sojourn.clinical.outcomes.mixed_models import PersonScores, change_over_visits
from sojourn.clinical.outcomes.reports import yardstick_of

PHQ9 = yardstick_of(instruments.get("phq-9"))
VISITS = ("week 1", "week 4")


def people(n=60, *, missing=0.3, fall=9.0, seed=1):
    draw = np.random.default_rng(seed)
    found = []
    for _ in range(n):
        baseline, level = float(draw.integers(12, 25)), draw.normal(0, 3)
        scores = {
            visit: float(np.clip(round(baseline - gain + level + draw.normal(0, 2)), 0, 27))
            for visit, gain in zip(VISITS, (fall / 2, fall), strict=True)
        }
        found.append(
            PersonScores(baseline, scores if draw.random() >= missing else {VISITS[0]: scores[VISITS[0]]})
        )
    return found


def counts_of(those):
    seen = [p for p in those if VISITS[1] in p.by_visit]
    return Counts(sum(2 * p.by_visit[VISITS[1]] <= p.baseline for p in seen), len(seen))


def worse(those, **more):
    completed = imputation.complete(people=those, visits=VISITS, rng=np.random.default_rng(3), imputations=60)
    asked = {
        "claimed": counts_of(those),
        "met": PHQ9.responded_each,
        "floor": 10.0,
        "penalties": (0.0, 3.0, 6.0, 12.0),
    }
    return made_worse(completed, visit=1, name="week 4", group="", most=27.0, **asked | more)


def test_at_the_point_named_each_claim_is_just_lost():
    those = people(missing=0.4, fall=7)
    found = worse(those)
    assert found.lost_at is not None
    at = next(step for step in found.steps if step.penalty == found.lost_at)
    assert at.change.high == pytest.approx(0, abs=1e-4)
    assert found.rate is not None
    assert found.rate.lost_at
    limit = wilson(counts_of(those)).low
    assert found.rate.limit == limit
    shares = {step.penalty: step.share.value for step in found.rate.steps}
    assert shares[found.rate.lost_at] < limit
    assert max(share for penalty, share in shares.items() if penalty > found.rate.lost_at) < limit
    assert min(share for penalty, share in shares.items() if penalty < found.rate.lost_at) >= limit


def test_the_worse_the_missing_the_smaller_rate_and_improvement_down_to_the_missing_as_not():
    those = people(missing=0.4)
    found = worse(those, penalties=(0.0, 2.0, 5.0, 27.0))
    changes = [step.change.value for step in found.steps]
    shares = [step.share.value for step in found.rate.steps]
    assert changes == sorted(changes)
    assert shares == sorted(shares, reverse=True)
    counts = counts_of(those)
    assert found.rate.steps[-1].share.value == pytest.approx(counts.events / len(those))


def test_a_claim_of_few_missing_holds_whatever_they_did_and_no_improvement_cannot_be_lost():
    assert worse(people(missing=0.05)).rate.lost_at is None
    assert worse(people(fall=-3)).lost_at == 0


def test_with_nobody_missing_the_rate_is_the_observed_one_and_its_interval_wilsons_but_for_t():
    those = people(200, missing=0)
    found = worse(those)
    share, interval = found.rate.steps[0].share, wilson(counts_of(those))
    assert share.value == pytest.approx(float(counts_of(those).share))
    assert (share.low, share.high) == pytest.approx((interval.low, interval.high), abs=2e-3)


@pytest.mark.parametrize("share", [0.0, 1.0])
def test_a_share_of_all_or_none_has_an_interval(share):
    pooled = pool_shares(np.full(5, share), 20)
    assert (pooled.low == 0) == (share == 0)
    assert (pooled.high == 1) == (share == 1)
    assert 0.1 < pooled.high - pooled.low < 0.3


def test_pooling_by_hand():
    """Shares .4 and .6 of 25: mean .5, within .24/25, between 1.5 x .02, so r = 3.125; df of Barnard and Rubin."""
    pooled = pool_shares(np.array([0.4, 0.6]), 25)
    added = 3.125 / 4.125
    freedom = 1 / (added**2 + 1 / (25 / 27 * 24 * (1 - added)))
    width = float(imputation.scipy.stats.t.ppf(0.975, freedom)) ** 2 * 4.125 / 25
    ends = np.roots([1 + width, -(1 + width), 0.25])
    assert (pooled.low, pooled.high) == pytest.approx(sorted(ends))


def test_who_could_not_respond_is_no_part_of_the_rate():
    mild = [PersonScores(6.0, {VISITS[0]: 5.0 + k % 3}) for k in range(10)]
    found = worse([*people(), *mild])
    assert found.people == 70
    assert found.rate.people == 60


def test_filling_in_only_some_keeps_the_center_of_the_people_the_model_learned_from():
    """Half the people, all of them mild, are due: what is filled in for them is what the whole model expects of them."""
    draw = np.random.default_rng(9)
    everybody = [
        PersonScores(b, {v: b / 2 + draw.normal(0, 2) for v in VISITS}) for b in draw.uniform(11, 25, 200).tolist()
    ]  # fmt: skip
    due = [PersonScores(p.baseline, {VISITS[0]: p.by_visit[VISITS[0]]}) for p in everybody if p.baseline < 17]
    model = change_over_visits(people=everybody, visits=VISITS).model
    completed = imputation.complete(
        people=due, visits=VISITS, rng=np.random.default_rng(1), model=model, modelled=everybody
    )
    seen = np.mean([p.by_visit[VISITS[1]] - p.baseline for p in everybody if p.baseline < 17])
    assert completed.changes[:, :, 1].mean() == pytest.approx(seen, abs=0.35)


def test_a_mean_change_is_that_of_everybody_who_began_not_of_those_who_came_again():
    """The severe, whose scores fall twice as far, leave before the first visit half of the time."""
    draw = np.random.default_rng(4)
    found = []
    for k in range(2000):
        baseline = 12.0 if k % 2 else 24.0
        stays = baseline < 20 or draw.random() < 0.5
        scores = {v: baseline / 2 + draw.normal(0, 2) for v in VISITS} if stays else {}
        found.append(PersonScores(baseline, scores))
    change = change_over_visits(people=found, visits=VISITS).means[1].change
    assert change.value == pytest.approx(-9, abs=0.15)
