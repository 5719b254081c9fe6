import numpy as np
import pytest

from sojourn.clinical.outcomes import imputation
from sojourn.clinical.outcomes.mixed_models import NotFitted, PersonScores, change_over_visits
from tests.support.antidepressant import VISITS, antidepressant_people

LAST = len(VISITS) - 1


@pytest.fixture(scope="module")
def completed():
    return imputation.complete(
        people=antidepressant_people(), visits=VISITS, rng=np.random.default_rng(20_260_101), imputations=400
    )


def advantage(completed, penalty=0.0):
    return imputation.difference(completed, visit=LAST, first="PLACEBO", second="TREATED", penalty=penalty)


def test_without_a_penalty_it_agrees_with_the_mixed_model(completed):
    model = change_over_visits(people=antidepressant_people(), visits=VISITS).differences[LAST].change
    pooled = advantage(completed)
    assert pooled.value == pytest.approx(model.value, abs=0.1)
    assert pooled.error == pytest.approx(model.error, rel=0.05)


def test_a_penalty_moves_the_mean_by_the_share_that_was_missing(completed):
    """20 of 84 treated people have no score at the last visit; the adjustment for baseline changes little."""
    moved = advantage(completed, penalty=5).value - advantage(completed).value
    assert moved == pytest.approx(5 * 20 / 84, abs=0.1)


def test_at_the_tipping_point_the_interval_just_reaches_zero(completed):
    penalty = imputation.tipping_point(completed, visit=LAST, first="PLACEBO", second="TREATED")
    assert 0 < penalty < 5
    assert advantage(completed, penalty).high == pytest.approx(0, abs=1e-4)
    assert advantage(completed, penalty + 1).high > 0


def test_without_an_advantage_there_is_nothing_to_tip(completed):
    assert imputation.tipping_point(completed, visit=0, first="PLACEBO", second="TREATED") == 0
    assert imputation.tipping_point(completed, visit=LAST, first="TREATED", second="PLACEBO") == 0


def test_the_same_seed_gives_the_same_numbers():
    def once():
        found = imputation.complete(
            people=antidepressant_people(), visits=VISITS, rng=np.random.default_rng(5), imputations=5
        )
        return imputation.mean_change(found, visit=LAST, group="TREATED")

    assert once() == once()


def test_seen_scores_are_never_changed(completed):
    seen = ~completed.was_missing
    assert np.all(completed.changes[:, seen] == completed.changes[0][seen])


def test_pooling_follows_rubin_and_barnard():
    """Worked by hand: mean 2, within 1, between 1, five imputations, 20 degrees of freedom of the complete data."""
    pooled = imputation.pool([1, 2, 3, 2 - 0.5**0.5 * 2**0.5, 2 + 1], [1, 1, 1, 1, 1], complete_freedom=20)
    values = [1, 2, 3, 1, 3]
    between = np.var(values, ddof=1)
    total = 1 + 1.2 * between
    assert pooled.value == pytest.approx(2)
    assert pooled.error == pytest.approx(total**0.5)
    added = 1.2 * between / total
    old, observed = 4 / added**2, 21 / 23 * 20 * (1 - added)
    assert pooled.freedom == pytest.approx(1 / (1 / old + 1 / observed))


def test_one_imputation_cannot_be_pooled():
    with pytest.raises(ValueError, match="at least two"):
        imputation.pool([1.0], [1.0], complete_freedom=10)


def test_who_never_answered_after_baseline_is_filled_too():
    """Ten more treated people without any score: all are missing at the last visit, and pay the penalty."""
    typical = np.mean([p.baseline for p in antidepressant_people()])
    silent = [PersonScores(typical, {}, "TREATED") for _ in range(10)]
    found = imputation.complete(
        people=[*antidepressant_people(), *silent],
        visits=VISITS,
        rng=np.random.default_rng(3),
        imputations=50,
    )
    assert found.was_missing.shape == (182, 4)
    assert found.was_missing[-10:].all()
    moved = advantage(found, penalty=5).value - advantage(found).value
    assert moved == pytest.approx(5 * 30 / 94, abs=0.1)


def test_a_group_nobody_heard_from_cannot_be_filled():
    silent = [PersonScores(20.0, {}, "WAITING")]
    with pytest.raises(NotFitted, match="nobody of WAITING has a score"):
        imputation.complete(
            people=[*antidepressant_people(), *silent], visits=VISITS, rng=np.random.default_rng(3)
        )


def test_equal_baselines_explain_nothing_and_hinder_nothing():
    """With everybody at 20 the mean change is the observed one where all are observed."""
    rng = np.random.default_rng(11)
    people = [
        PersonScores(20.0, {"4": 15 + rng.normal(), "5": 12 + rng.normal()}, group)
        for group in ("a", "b") for _ in range(15)
    ]  # fmt: skip
    found = change_over_visits(people=people, visits=("4", "5"))
    observed = np.mean([p.by_visit["5"] - 20 for p in people if p.group == "b"])
    assert found.means[-1].change.value == pytest.approx(observed)
    filled = imputation.complete(people=people, visits=("4", "5"), rng=rng, imputations=3)
    assert imputation.mean_change(filled, visit=1, group="b").value == pytest.approx(observed)
