"""What must hold for every instrument and any answers, without knowing the right total."""

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sojourn.clinical.instruments import (
    AnswersInvalid,
    Score,
    Unscorable,
    all_instruments,
    band_of,
    critical_answers,
    get,
    half_up,
    read_answers,
    score,
    score_as_json,
    score_from_json,
    scores,
)

INSTRUMENTS = all_instruments()
PHQ_9 = get("phq-9")


@st.composite
def forms(draw, blanks=True):
    instrument = draw(st.sampled_from(INSTRUMENTS))
    blank = st.none() if blanks else st.nothing()
    raw = {
        i.id: draw(st.one_of(blank, st.sampled_from([o.value for o in i.options]))) for i in instrument.items
    }
    return instrument, raw


@given(forms())
def test_a_score_lies_in_its_range_or_says_why_there_is_none(form):
    instrument, raw = form
    for scale_id, result in scores(instrument, read_answers(instrument, raw)).items():
        scale = instrument.scale(scale_id)
        if isinstance(result, Score):
            assert scale.low <= result.value <= scale.high
            assert result.prorated == (result.answered < result.of)
        else:
            assert isinstance(result, Unscorable)
            assert result.reason
            assert result.missing


@given(forms(blanks=False), st.randoms(use_true_random=False))
def test_shuffling_the_answers_of_a_sum_keeps_the_total(form, rng):
    instrument, raw = form
    items = [group[0] for group in instrument.main_scale.groups]
    shuffled = dict(zip(items, rng.sample([raw[i] for i in items], len(items)), strict=True))
    assert (
        score(instrument, read_answers(instrument, raw)).value
        == score(instrument, read_answers(instrument, raw | shuffled)).value
    )


@given(forms(), st.data())
def test_raising_one_answer_never_lowers_a_total_or_an_alarm(form, data):
    instrument, raw = form
    chosen = [
        i for i in instrument.items if raw[i.id] is not None and raw[i.id] < max(o.value for o in i.options)
    ]
    if not chosen:
        return
    item = data.draw(st.sampled_from(chosen))
    before = read_answers(instrument, raw)
    after = read_answers(instrument, raw | {item.id: raw[item.id] + 1})
    low, high = score(instrument, before), score(instrument, after)
    assert isinstance(low, Unscorable) or low.value <= high.value
    rank = {"amber": 1, "red": 2}
    worst = [
        max((rank[c.severity] for c in critical_answers(instrument, a)), default=0) for a in (before, after)
    ]
    assert worst[0] <= worst[1]


@given(forms())
def test_blanking_an_answer_never_silences_every_alarm(form):
    instrument, raw = form
    if critical_answers(instrument, read_answers(instrument, raw)):
        blanked = read_answers(instrument, dict.fromkeys(raw))
        assert critical_answers(instrument, blanked)


@given(forms())
def test_answers_and_scores_survive_storage(form):
    instrument, raw = form
    answers = read_answers(instrument, raw)
    assert score_from_json(score_as_json(score(instrument, answers))) == score(instrument, answers)


@pytest.mark.parametrize("instrument", INSTRUMENTS, ids=lambda i: i.id)
def test_bands_are_total_and_rise_with_the_score(instrument):
    for bands in instrument.band_sets:
        scale = instrument.scale(bands.scale_id)
        steps = [Fraction(n, 4) for n in range(scale.low * 4, scale.high * 4 + 1)]
        found = [band_of(instrument, v, scale_id=scale.id, band_set_id=bands.id) for v in steps]
        order = [bands.bands.index(band) for band in found]
        assert order == sorted(order)
        assert set(found) == set(bands.bands)


@given(st.integers(min_value=0, max_value=100), st.integers(min_value=1, max_value=60))
def test_halves_round_up(whole, parts):
    assert half_up(Fraction(whole) + Fraction(1, 2)) == whole + 1
    assert abs(half_up(Fraction(whole, parts)) - Fraction(whole, parts)) <= Fraction(1, 2)


@given(st.sampled_from(PHQ_9.items), st.integers(min_value=-1000, max_value=1000))
def test_every_offered_value_is_accepted_and_every_other_refused(item, value):
    if value in {option.value for option in item.options}:
        assert read_answers(PHQ_9, {item.id: value})[item.id] == value
        return
    with pytest.raises(AnswersInvalid):
        read_answers(PHQ_9, {item.id: value})


def test_scoring_never_reads_the_wording():
    silent = replace(PHQ_9, stem=None, items=tuple(replace(item, text=None) for item in PHQ_9.items))
    answers = read_answers(PHQ_9, {f"q{n}": 2 for n in range(1, 10)})
    assert score(silent, answers) == score(PHQ_9, answers)
