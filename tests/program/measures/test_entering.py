"""Answers entered by staff, and corrections that keep the original."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse

from sojourn.clinical import instruments
from sojourn.program.measures import actions, queries, responses
from sojourn.program.measures.models import QuestionnaireRequest, Response
from sojourn.program.people.policy import NotAllowed
from sojourn.program.safety import queries as safety
from sojourn.program.safety.models import Alarm
from tests.support.questionnaires import TODAY, all_zero, ask
from tests.support.ward import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _now(time_machine):
    time_machine.move_to(NOW, tick=False)


def enter(ward, instrument_id="phq-9", answers=None, **more):
    facts = {
        "answered_on": TODAY, "stated_total": "", "accept_blanks": False, "actor": ward.ben, "now": NOW, **more,
    }  # fmt: skip
    raw = all_zero(instrument_id) if answers is None else answers
    return actions.enter_response(
        patient_id=ward.ada.patient_id, instrument_id=instrument_id, raw_answers=raw, **facts
    )


def correct(ward, response_id, answers, why="Misread the paper.", actor=None):
    return actions.correct_response(
        response_id=response_id, raw_answers=answers, why=why, actor=actor or ward.ben, now=NOW
    )


def test_entered_answers_are_scored_and_name_who_entered_them(ward):
    done = enter(ward, answers=all_zero(q1="2"))
    kept = Response.objects.get(pk=done.response_id)
    assert (kept.value, kept.source, kept.entered_by_id) == (2, "staff", ward.ben.user_id)
    (row,) = responses.responses_of(ward.ada.patient_id, actor=ward.ben)
    assert (row.by, row.results) == ("Ben Adeyemi", ("PHQ-9 total: 2 of 27 (minimal)",))


def test_entered_answers_serve_the_request_that_was_open_that_day(ward):
    first, second = ask(ward, due_on=TODAY - timedelta(days=7)), ask(ward, due_on=TODAY - timedelta(days=1))
    enter(ward, answered_on=TODAY - timedelta(days=2))
    assert Response.objects.get().request_id == first
    enter(ward, answered_on=TODAY)
    assert set(Response.objects.values_list("request_id", flat=True)) == {first, second}


def test_a_critical_answer_entered_by_staff_raises_its_alarm_too(ward):
    enter(ward, answers=all_zero(q9="2"), accept_blanks=True)
    assert [row.reason for row in safety.open_alarms_for(ward.ben)] == ["phq-9.item-9.often"]


def test_blanks_are_asked_about_and_then_recorded_as_they_are(ward):
    first = enter(ward, answers=all_zero(q2=None))
    assert (first.response_id, first.blank) == (None, ("q2",))
    assert enter(ward, answers=all_zero(q2=None), accept_blanks=True).response_id


def test_an_instrument_without_wording_is_entered_by_numbers(ward):
    enter(ward, "qids-sr16", {f"q{n}": 1 for n in range(1, 17)})
    kept = Response.objects.get()
    assert (kept.value, kept.band, kept.text_pack_hash) == (9, "mild", "")


def test_a_category_is_kept_where_nothing_adds_up(ward):
    enter(ward, "c-ssrs-screener", {"q1": 1, "q2": 1, "q3": 1, "q4": 0, "q5": 0, "q6": 0})
    kept = Response.objects.get()
    assert (kept.value, kept.band, kept.unscorable_because) == (None, "moderate", "")


def test_a_scale_of_its_own_is_never_drawn_on_the_axis_of_another(ward):
    enter(ward, "wsas", {"q1": 99, "q2": 3, "q3": 5, "q4": 2, "q5": 3})
    kept = Response.objects.get()
    assert (kept.value, kept.scale_id) == (13, "without-work")


def test_a_stated_total_that_disagrees_is_kept_and_shown_beside_the_computed_one(ward):
    values = dict(zip((f"q{n}" for n in range(1, 10)), (0, 0, 0, 1, 2, 1, 3, 2, 1), strict=True))
    enter(ward, answers=values, stated_total="13")
    kept = Response.objects.get()
    assert (kept.value, kept.stated_total) == (10, 13)
    (row,) = responses.responses_of(ward.ada.patient_id, actor=ward.ben)
    assert row.remarks == ("Stated total 13: the answers give another total. Both are kept.",)


def test_an_impossible_stated_total_and_a_day_to_come_are_refused(ward):
    with pytest.raises(instruments.TotalImpossible):
        enter(ward, stated_total="28")
    with pytest.raises(actions.NotYet):
        enter(ward, answered_on=TODAY + timedelta(days=1))
    with pytest.raises(instruments.AnswersInvalid):
        enter(ward, answers=all_zero(q1="4"))
    assert Response.objects.count() == 0


def test_who_is_no_clinician_of_hers_enters_nothing(ward):
    for actor in (ward.cora, ward.cleo, ward.ada):
        with pytest.raises(NotAllowed):
            enter(ward, actor=actor)


def test_a_correction_stands_beside_the_original_and_takes_its_place_in_the_scores(ward):
    first = enter(ward, answers=all_zero(q1="3")).response_id
    second = correct(ward, first, all_zero(q1="1"))
    assert Response.objects.get(pk=first).value == 3
    (score,) = queries.scores_of(ward.ada.patient_id, "phq-9", actor=ward.ben)
    assert (score.id, score.value) == (second, 1)
    new, old = responses.responses_of(ward.ada.patient_id, actor=ward.ben)
    assert (new.corrects_id, new.correction_why, old.corrected_by_id) == (first, "Misread the paper.", second)
    assert not old.may_be_corrected


def test_a_correction_keeps_the_original_alarm_and_says_that_it_was_corrected(ward):
    request_id = ask(ward)
    done = actions.submit_response(
        request_id=request_id, raw_answers=all_zero(q9="2"), answered_at=NOW, actor=ward.ada
    )
    correct(ward, done.response_id, all_zero())
    (alarm,) = safety.open_alarms_for(ward.ben)
    assert alarm.reason == "phq-9.item-9.often"
    assert responses.corrected_causes([alarm.about_id]) == {request_id}


def test_a_correction_raises_what_the_original_did_not(ward):
    first = enter(ward, answers=all_zero(q9="1")).response_id
    correct(ward, first, all_zero(q9="3"))
    assert sorted(Alarm.objects.values_list("reason", flat=True)) == [
        "phq-9.item-9.often",
        "phq-9.item-9.some",
    ]


def test_a_correction_of_something_else_repeats_no_alarm(ward):
    first = enter(ward, answers=all_zero(q9="1")).response_id
    correct(ward, first, all_zero(q9="1", q1="2"))
    assert Alarm.objects.filter(reason="phq-9.item-9.some").count() == 1


def test_answers_are_corrected_once_and_the_correction_can_be_corrected(ward):
    first = enter(ward).response_id
    second = correct(ward, first, all_zero(q1="1"))
    with pytest.raises(actions.AlreadyCorrected):
        correct(ward, first, all_zero(q1="2"))
    third = correct(ward, second, all_zero(q1="2"))
    assert [row.id for row in queries.scores_of(ward.ada.patient_id, "phq-9", actor=ward.ben)] == [third]


def test_a_correction_says_why_and_is_not_for_strangers(ward):
    first = enter(ward).response_id
    with pytest.raises(actions.WhyMissing):
        correct(ward, first, all_zero(), why="  ")
    with pytest.raises(actions.ResponseNotFound):
        correct(ward, first, all_zero(), actor=ward.cleo)


def test_reliable_worsening_since_the_best_raises_an_amber_alarm(ward):
    baseline = ask(ward, due_on=TODAY - timedelta(days=14))
    QuestionnaireRequest.objects.filter(pk=baseline).update(point="baseline")
    enter(
        ward, answers=dict.fromkeys(all_zero(), "1") | {"q9": "0"}, answered_on=TODAY - timedelta(days=14)
    )  # 8
    enter(ward, answers=all_zero(q1="2"), answered_on=TODAY - timedelta(days=7))  # 2, the best
    assert Alarm.objects.count() == 0
    enter(ward, answers=all_zero(q1="2", q2="2", q3="2", q4="1"))  # 7: five more than the best
    assert sorted(Alarm.objects.values_list("reason", flat=True)) == ["phq-9.total.rise"]
    enter(ward, answers=all_zero(q1="2", q2="2", q3="2", q4="2"))  # 8: six more than the best
    assert "phq-9.worse" in Alarm.objects.values_list("reason", flat=True)


def test_without_a_baseline_nothing_counts_as_worsening(ward):
    enter(ward, answers=all_zero(), answered_on=TODAY - timedelta(days=7))
    enter(ward, answers=dict.fromkeys(all_zero(), "3") | {"q9": "0"})
    assert "phq-9.worse" not in Alarm.objects.values_list("reason", flat=True)


def test_the_pages_enter_and_correct(ward, sign_in):
    client = sign_in(ward.ben)
    where = reverse("workspace:enter_answers", args=[ward.ada.patient_id])
    assert "Answered on" in client.post(where, {"instrument": "phq-9", "begin": "1"}).content.decode()
    sent = {**all_zero(q1="2"), "answered_on": TODAY.isoformat(), "stated_total": "2", "instrument": "phq-9"}
    assert client.post(where, sent).status_code == 302
    kept = Response.objects.get()
    page = client.get(reverse("workspace:correct_answers", args=[kept.id])).content.decode()
    assert len(re.findall(r"<input[^>]* checked", page)) == 10
    client.post(reverse("workspace:correct_answers", args=[kept.id]), {**all_zero(), "why": "Typing error."})
    listed = client.get(reverse("workspace:questionnaires_of", args=[ward.ada.patient_id])).content.decode()
    assert "Corrected because: Typing error." in " ".join(listed.split())
    assert "Corrected since: the original" in listed
    assert "not recorded" not in listed.lower()


def test_the_page_without_wording_says_so_and_asks_for_numbers(ward, sign_in):
    where = reverse("workspace:enter_answers", args=[ward.ada.patient_id])
    text = sign_in(ward.ben).post(where, {"instrument": "c-ssrs-screener", "begin": "1"}).content.decode()
    assert "Item 4 (wording not installed)" in text
    assert "0 = no, 1 = yes" in text
