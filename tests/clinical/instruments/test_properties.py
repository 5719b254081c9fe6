"""What must hold for every instrument and any answers, without knowing the right total."""

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sojourn.clinical.instruments import (
    AnswersInvalid,
    Category,
    Direction,
    Score,
    Unscorable,
    all_instruments,
    band_of,
    critical_answers,
    get,
    half_up,
    not_asked,
    read_answers,
    score,
    score_as_json,
    score_from_json,
    scores,
    triage,
    unanswered,
)

INSTRUMENTS = all_instruments()
PLAIN_SUMS = [
    instrument for instrument in INSTRUMENTS
    if instrument.main_scale and instrument.main_scale.op == "sum"
    and len({item.answer_set for item in instrument.items if [item.id] in map(list, instrument.main_scale.groups)}) == 1
    and all(len(group) == 1 for group in instrument.main_scale.groups)
    and not any(item.asked_when for item in instrument.items)
]  # fmt: skip
PHQ_9 = get("phq-9")


@st.composite
def forms(draw, among=INSTRUMENTS, blanks=True):
    instrument = draw(st.sampled_from(among))
    blank = st.none() if blanks else st.nothing()
    raw = {
        i.id: draw(st.one_of(blank, st.sampled_from([o.value for o in i.options]))) for i in instrument.items
    }
    return instrument, raw


@given(forms())
def test_a_score_lies_in_its_range_or_says_why_there_is_none(form):
    instrument, raw = form
    for scale_id, result in scores(instrument, read_answers(instrument, raw)).items():
        scale = instrument.scale(scale_id if isinstance(result, Unscorable) else result.scale_id)
        if isinstance(result, Score):
            assert scale.low <= result.value <= scale.high
            assert result.prorated == (result.answered < result.of)
            assert not result.blank or result.prorated or any(len(group) > 1 for group in scale.groups)
        else:
            assert isinstance(result, Unscorable)
            assert result.reason
            assert result.missing or "not applicable" in result.reason


@given(forms(among=PLAIN_SUMS, blanks=False), st.randoms(use_true_random=False))
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
    item = data.draw(st.sampled_from(instrument.items))
    ranked = sorted((o for o in item.options if o.points is not None), key=lambda o: o.points)
    now = next((n for n, o in enumerate(ranked) if o.value == raw[item.id]), None)
    if now is None or now == len(ranked) - 1:
        return
    higher = data.draw(st.sampled_from(ranked[now + 1 :]))
    before = read_answers(instrument, raw)
    after = read_answers(instrument, raw | {item.id: higher.value})
    low, high = scores(instrument, before), scores(instrument, after)
    for scale_id in low:
        # A higher answer may bring up further questions, which are still blank; then there is no total yet.
        if isinstance(low[scale_id], Score) and isinstance(high[scale_id], Score):
            assert low[scale_id].value <= high[scale_id].value
    if instrument.direction is not Direction.HIGHER_IS_BETTER and not instrument_is_gated(instrument):
        assert gravest(instrument, before) <= gravest(instrument, after)


def gravest(instrument, answers):
    rank = {"amber": 1, "red": 2}
    return max((rank[c.severity] for c in critical_answers(instrument, answers)), default=0)


def instrument_is_gated(instrument):
    return any(item.asked_when for item in instrument.items)


@given(forms(among=[i for i in INSTRUMENTS if any(item.about_suicide for item in i.items)]), st.data())
def test_blanking_answers_never_silences_an_alarm_about_suicide(form, data):
    instrument, raw = form
    asked = read_answers(instrument, raw)
    if not any(found.about_suicide for found in critical_answers(instrument, asked)):
        return
    blanked = data.draw(st.sets(st.sampled_from([item.id for item in instrument.items]), min_size=1))
    after = read_answers(instrument, raw | dict.fromkeys(blanked))
    assert any(found.about_suicide for found in critical_answers(instrument, after))


@given(forms(among=[i for i in INSTRUMENTS if i.triage]), st.data())
def test_blanking_an_answer_never_makes_a_triage_certainly_milder(form, data):
    instrument, raw = form
    before = triage(instrument, read_answers(instrument, raw))
    item = data.draw(st.sampled_from(instrument.items))
    blanked = read_answers(instrument, raw | {item.id: None})
    if item.id in not_asked(instrument, blanked):
        return  # it was answered against the form, and taking that back takes back a contradiction
    after = triage(instrument, blanked)
    if isinstance(before, Category) and isinstance(after, Category):
        order = [level.id for level in instrument.triage.levels]
        could_be = [order.index(name) for name in (*after.could_be, after.level.id)]
        assert min(could_be) <= order.index(before.level.id)


@given(forms())
def test_an_unfinished_form_raises_no_alarm_that_the_finished_one_would_not(form):
    instrument, raw = form
    answers = read_answers(instrument, raw)
    now = {c.reason for c in critical_answers(instrument, answers, unfinished=True)}
    assert now <= {c.reason for c in critical_answers(instrument, answers)}


@given(forms())
def test_what_is_unanswered_is_blank_and_was_asked(form):
    instrument, raw = form
    answers = read_answers(instrument, raw)
    missing = set(unanswered(instrument, answers))
    assert missing <= set(answers.blank)
    assert not missing & not_asked(instrument, answers)
    if not missing:
        assert all(isinstance(result, Score) for result in scores(instrument, answers).values())


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


@given(st.data(), st.integers(min_value=-1000, max_value=1000))
def test_every_offered_value_is_accepted_and_every_other_refused(data, value):
    instrument = data.draw(st.sampled_from(INSTRUMENTS))
    item = data.draw(st.sampled_from(instrument.items))
    if value in {option.value for option in item.options}:
        assert read_answers(instrument, {item.id: value})[item.id] == value
        return
    with pytest.raises(AnswersInvalid):
        read_answers(instrument, {item.id: value})


@pytest.mark.parametrize("instrument", INSTRUMENTS, ids=lambda i: i.id)
def test_every_offered_value_can_be_chosen(instrument):
    for item in instrument.items:
        for option in item.options:
            assert read_answers(instrument, {item.id: str(option.value)})[item.id] == option.value


@pytest.mark.parametrize("instrument", INSTRUMENTS, ids=lambda i: i.id)
def test_scoring_never_reads_the_wording(instrument):
    silent = replace(
        instrument, stem=None, items=tuple(replace(i, text=None, ends=None) for i in instrument.items)
    )
    answers = read_answers(instrument, {item.id: item.options[-1].value for item in instrument.items})
    assert scores(silent, answers) == scores(instrument, answers)
    assert critical_answers(silent, answers) == critical_answers(instrument, answers)
