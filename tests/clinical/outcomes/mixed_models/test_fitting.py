import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sojourn.clinical.outcomes.mixed_models import NotFitted, PersonScores, change_over_visits, fit, ladder

VISITS = ("2 weeks", "4 weeks", "8 weeks")


def invented(seed, people=80, missing=0.2, groups=("",), effect=0.0):
    rng = np.random.default_rng(seed)
    found = []
    for who in range(people):
        group = groups[who % len(groups)]
        baseline = rng.normal(18, 4)
        level = rng.normal(0, 3)
        scores = {
            visit: baseline
            - 4
            + level
            + rng.normal(0, 2)
            - effect * (group == groups[-1]) * (len(groups) > 1)
            for visit in VISITS
            if rng.random() > missing
        }
        found.append(PersonScores(baseline, scores, group))
    return found


def test_with_everybody_seen_at_one_visit_it_is_a_plain_regression():
    """Complete data at one visit leave nothing for the covariance to do: least squares, with n - p degrees of freedom."""
    people = invented(1, missing=0.0, groups=("a", "b"), effect=3)
    found = change_over_visits(people=people, visits=VISITS[:1])
    [difference] = found.differences
    design = np.array([[1.0, p.group == "b", p.baseline] for p in people])
    changes = np.array([p.by_visit[VISITS[0]] - p.baseline for p in people])
    effects, (left,), *_ = np.linalg.lstsq(design, changes, rcond=None)
    error = np.sqrt(left / 77 * np.linalg.inv(design.T @ design)[1, 1])
    assert difference.change.value == pytest.approx(effects[1], rel=1e-8)
    assert difference.change.error == pytest.approx(error, rel=1e-5)
    assert difference.change.freedom == pytest.approx(77, rel=1e-4)


@settings(max_examples=5, deadline=None)
@given(seed=st.integers(0, 10_000), shift=st.floats(-20, 20))
def test_shifting_every_score_shifts_the_change_and_nothing_else(seed, shift):
    people = invented(seed)
    moved = [PersonScores(p.baseline, {v: s + shift for v, s in p.by_visit.items()}) for p in people]
    first, second = (change_over_visits(people=each, visits=VISITS) for each in (people, moved))
    for before, after in zip(first.means, second.means, strict=True):
        assert after.change.value - before.change.value == pytest.approx(shift, abs=1e-4)
        assert after.change.error == pytest.approx(before.change.error, rel=1e-3)


@settings(max_examples=5, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_the_order_of_the_records_does_not_matter(seed):
    people = invented(seed)
    turned = list(np.random.default_rng(seed).permutation(np.array(people, dtype=object)))
    first, second = (change_over_visits(people=each, visits=VISITS) for each in (people, turned))
    for one, other in zip(first.means, second.means, strict=True):
        assert one.change.value == pytest.approx(other.change.value, abs=1e-6)


def test_where_an_unstructured_covariance_cannot_be_told_the_ladder_goes_on():
    """Nobody was ever seen at both of two visits, so their covariance has no data."""
    rng = np.random.default_rng(3)
    people = []
    for who in range(60):
        baseline = rng.normal(18, 3)
        visits = VISITS[:2] if who % 2 else VISITS[1:]
        level = rng.normal(0, 3)
        people.append(PersonScores(baseline, {v: baseline - 5 + level + rng.normal(0, 2) for v in visits}))
    found = change_over_visits(people=people, visits=VISITS)
    assert found.model.tried[0] == "unstructured"
    assert found.model.structure in {structure.name for structure in ladder(3)[1:]}


def test_the_interval_holds_the_truth_as_often_as_it_says_with_people_missing_at_random():
    """Drop-out that depends on the last score seen: the observed mean is off, the model is not."""
    held = 0
    runs = 60
    for seed in range(runs):
        rng = np.random.default_rng(seed)
        people = []
        for _ in range(70):
            level = rng.normal(0, 3)
            baseline = 18 + level
            early = 14 + level + rng.normal(0, 2)
            late = 12 + level + rng.normal(0, 2)
            stays = early < 16 or rng.random() < 0.3
            people.append(PersonScores(baseline, {"2": early} | ({"8": late} if stays else {})))
        means = change_over_visits(people=people, visits=("2", "8")).means
        held += means[1].change.low <= -6 <= means[1].change.high
    assert 0.88 * runs <= held <= runs


def test_one_group_has_no_effect_to_speak_of():
    found = change_over_visits(people=invented(4), visits=VISITS)
    assert found.differences == ()
    assert found.comparison == "no comparison group"


def test_people_without_any_score_after_baseline_are_counted_as_left_out():
    people = [*invented(5, missing=0.0), PersonScores(20, {}), PersonScores(12, {})]
    assert change_over_visits(people=people, visits=VISITS).left_out == 2


@pytest.mark.parametrize(
    ("people", "says"),
    [
        ([], "nobody has a score after baseline"),
        ([PersonScores(18, {})], "nobody has a score after baseline"),
        ([PersonScores(18, {"2 weeks": 12.0})], "nobody has a score at 4 weeks"),
        ([PersonScores(18, dict.fromkeys(VISITS, 12.0))], "too few"),
        ([PersonScores(18, dict.fromkeys(VISITS, 12.0)) for _ in range(9)], "no covariance fits"),
    ],
)
def test_what_cannot_be_fitted_is_said_in_words(people, says):
    with pytest.raises(NotFitted, match=says):
        change_over_visits(people=people, visits=VISITS)


def test_two_scores_of_one_person_at_one_visit_are_refused():
    with pytest.raises(ValueError, match="two scores at one visit"):
        fit(
            scores=np.array([1.0, 2.0, 3.0, 5.0]),
            design=np.ones((4, 1)),
            names=("level",),
            people=np.array([0, 0, 1, 2]),
            visits=np.array([0, 0, 0, 0]),
        )
