"""What may be averaged, and what never is."""

import itertools
from dataclasses import replace

import pytest

from sojourn.clinical.evidence.meta_analysis import Measure, Method
from sojourn.clinical.evidence.strata import (
    NotPoolable,
    strata,
    stratum,
    synthesize,
    why_not_alone,
    why_not_together,
)
from sojourn.clinical.evidence.study_files import results

ESKETAMINE_RESPONSE = (
    "response.score-at-least-halved.treatment-resistant-depression.esketamine.nasal."
    "antidepressant-and-placebo-spray.end-of-series"
)


def of(*ids):
    return tuple(results()[each] for each in ids)


@pytest.mark.parametrize(
    ("ids", "why"),
    [
        (("elekt-d/response", "ketect/remission"), "never averaged"),
        (("elekt-d/remission", "ketect/remission"), "never averaged"),
        (("karma-2/remission", "elekt-d/remission"), "definitions"),
        (("escape-trd/remission", "transform-2/remission"), "definitions"),
        (("karma-2/response", "karma-2/remission"), "outcomes"),
        (("karma-2/response", "phillips-2019/response"), "without control"),
        (("murrough-2013/response", "singh-2016/twice-a-week"), "comparators"),
        (("transform-1/response", "transform-1-and-2/day-2"), "counted in the single trials"),
        (("zarate-2006/response", "murrough-2013/response"), "crossover"),
        (("lii-2023/response", "murrough-2013/response"), "verify first"),
        (("hull-2022/response", "mcinnes-2022/response"), "routes"),
    ],
)
def test_what_asks_different_questions_is_not_averaged(ids, why):
    with pytest.raises(NotPoolable, match=why):
        synthesize(of(*ids), measure=Measure.RISK_DIFFERENCE)


def test_drugs_conditions_and_times_are_kept_apart_too():
    one, two = of("singh-2016/twice-a-week", "singh-2016/three-times-a-week")
    assert not why_not_together((one, two))
    for changed in ({"drug": "esketamine"}, {"condition": "PTSD"}, {"time_point": "24 hours"}):
        other = replace(two, **{key: type(getattr(two, key))(value) for key, value in changed.items()})
        assert why_not_together((one, other))


def test_people_who_are_counted_already_are_not_counted_again():
    one, two = of("singh-2016/twice-a-week", "singh-2016/three-times-a-week")
    assert "again" in why_not_together((one, replace(two, repeats=(one.id,))))


def test_every_result_that_may_be_pooled_stands_in_exactly_one_stratum():
    """A stratum that could leave a trial out could choose its answer."""
    placed = [result.id for each in strata() for result in each.results]
    assert len(placed) == len(set(placed))
    assert set(placed) == {result.id for result in results().values() if not why_not_alone(result)}


def test_whatever_shares_a_stratum_may_be_pooled_and_nothing_else_may():
    for each in strata():
        assert not why_not_together(each.results)
    for one, two in itertools.combinations(strata(), 2):
        assert why_not_together((one.results[0], two.results[0]))


def test_elekt_d_and_ketect_share_no_stratum():
    for each in strata():
        assert len({result.study_id for result in each.results} & {"elekt-d", "ketect"}) < 2


def test_three_trials_of_esketamine_pool_to_a_known_answer():
    """Computed by hand: differences 14.70, 17.31 and 13.65 points, inverse-variance mean 15.2, no spread."""
    found = stratum(ESKETAMINE_RESPONSE).synthesis
    assert found.people == 209 + 108 + 101 + 100 + 63 + 60
    assert [round(100 * effect.estimate, 2) for effect in found.effects] == [14.70, 17.31, 13.65]
    assert round(found.headline.natural, 3) == 0.152
    assert found.headline.tau2 == 0


def test_the_printed_interval_is_the_wider_one():
    """Three trials that agree by luck must not look surer than their people allow."""
    for each in strata():
        if each.synthesis:
            widths = {
                pooled.method: pooled.quantile * pooled.standard_error for pooled in each.synthesis.by_method
            }
            headline = each.synthesis.headline
            assert headline.quantile * headline.standard_error == max(
                widths[Method.REML], widths[Method.REML_HARTUNG_KNAPP]
            )


def test_a_trial_a_ratio_says_nothing_about_is_named():
    one, two = of("singh-2016/twice-a-week", "singh-2016/three-times-a-week")
    empty = replace(
        two,
        id="x/none",
        title="Nobody responded",
        active=tuple(replace(a, counts=type(a.counts)(0, a.counts.n)) for a in two.active),
        control=replace(two.control, counts=type(two.control.counts)(0, 9)),
    )
    found = synthesize((one, two, empty), measure=Measure.ODDS_RATIO)
    assert found.left_out == ("Nobody responded",)
    assert len(found.effects) == 2
    assert synthesize((one, two, empty), measure=Measure.RISK_DIFFERENCE).left_out == ()
