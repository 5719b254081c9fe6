import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier

import pytest
from django.db import ProgrammingError, connection, transaction
from django.db.models import ProtectedError

from sojourn.clinical import instruments
from sojourn.program.audit.models import Entry
from sojourn.program.measures import actions, queries
from sojourn.program.measures.models import QuestionnaireRequest, Response
from sojourn.program.people.policy import NotAllowed
from sojourn.program.safety import queries as safety
from sojourn.program.safety.models import Alarm
from tests.support.questionnaires import TODAY, all_zero, ask
from tests.support.ward import NOW

pytestmark = pytest.mark.django_db


def submit(ward, request_id, answers, **more):
    facts = {"answered_at": NOW, "actor": ward.ada, **more}
    return actions.submit_response(request_id=request_id, raw_answers=answers, **facts)


def alarm_reasons():
    return sorted(Alarm.objects.values_list("reason", "severity"))


def test_complete_answers_are_scored_kept_and_logged(ward):
    request_id = ask(ward)
    done = submit(ward, request_id, all_zero(q1=3, q2=2, q4=1))
    kept = Response.objects.get()
    assert (done.response_id, done.blank, done.offer_crisis_help) == (kept.id, (), False)
    assert (kept.value, kept.band, kept.answered, kept.prorated, kept.flagged) == (6, "mild", 9, False, False)
    assert kept.definition_hash == instruments.get("phq-9").definition_hash
    assert kept.answers["values"]["q1"] == 3
    assert (kept.source, kept.entered_by_id) == ("patient", ward.ada.user_id)
    assert Entry.objects.filter(did="submitted a questionnaire", about_id=kept.id).count() == 1
    assert Alarm.objects.count() == 0


@pytest.mark.parametrize(
    ("item_9", "reason", "severity"),
    [
        ("1", "phq-9.item-9.some", "amber"),
        ("2", "phq-9.item-9.often", "red"),
        ("3", "phq-9.item-9.often", "red"),
        (None, "phq-9.item-9.not-answered", "amber"),
    ],
)
def test_any_answer_but_0_on_item_9_raises_an_alarm(ward, item_9, reason, severity):
    done = submit(ward, ask(ward), all_zero(q9=item_9), accept_blanks=True)
    assert done.offer_crisis_help
    assert alarm_reasons() == [(reason, severity)]
    assert Response.objects.get().flagged


def test_a_partial_response_raises_the_self_harm_alarm_before_it_is_recorded(ward):
    done = submit(ward, ask(ward), {"q9": "2"})
    assert done.response_id is None
    assert done.offer_crisis_help
    assert done.blank == ("q1", "q2", "q3", "q4", "q5", "q6", "q7", "q8")
    assert Response.objects.count() == 0
    assert alarm_reasons() == [("phq-9.item-9.often", "red")]


def test_leaving_item_9_blank_in_a_half_filled_form_raises_an_alarm(ward):
    done = submit(ward, ask(ward), {"q1": "1"})
    assert done.response_id is None
    assert done.offer_crisis_help
    assert alarm_reasons() == [("phq-9.item-9.not-answered", "amber")]


def test_a_half_filled_form_sent_again_complete_raises_its_alarm_once(ward):
    request_id = ask(ward)
    submit(ward, request_id, {"q9": "1"})
    submit(ward, request_id, {"q9": "1", "q1": "0"})
    done = submit(ward, request_id, all_zero(q9=1))
    assert done.response_id
    assert alarm_reasons() == [("phq-9.item-9.some", "amber")]
    assert Entry.objects.filter(did="raised an alarm").count() == 1


def test_a_graver_final_answer_adds_its_own_alarm(ward):
    request_id = ask(ward)
    submit(ward, request_id, {"q1": "0"})
    submit(ward, request_id, all_zero(q9=3))
    assert alarm_reasons() == [("phq-9.item-9.not-answered", "amber"), ("phq-9.item-9.often", "red")]


def test_the_alarm_stands_in_the_inbox_of_the_patients_clinicians_only(ward):
    submit(ward, ask(ward), all_zero(q9=1))
    (row,) = safety.open_alarms_for(ward.ben)
    assert (row.patient_name, row.facts["item"], row.facts["answer"]) == ("Ada Núñez", "q9", 1)
    assert row.acknowledge_by - row.raised_at == timedelta(hours=4)
    assert safety.open_alarms_for(ward.thea)
    assert safety.open_alarms_for(ward.cleo) == ()


def test_a_blank_difficulty_question_holds_nothing_up(ward):
    done = submit(ward, ask(ward), all_zero(difficulty=None))
    assert done.response_id
    assert done.blank == ()


@pytest.mark.parametrize(
    ("blank", "value", "prorated", "answered"), [(1, 9, True, 8), (2, 9, True, 7), (3, None, False, 6)]
)
def test_blanks_sent_as_they_are_are_prorated_up_to_two_and_then_not_scored(
    ward, blank, value, prorated, answered
):
    answers = dict.fromkeys(all_zero(), "1") | {f"q{n}": None for n in range(1, blank + 1)} | {"q9": "1"}
    submit(ward, ask(ward), answers, accept_blanks=True)
    kept = Response.objects.get()
    assert (kept.value, kept.prorated, kept.answered) == (value, prorated, answered)
    assert bool(kept.unscorable_because) is (value is None)
    assert kept.band == ("mild" if value else "")


def test_a_rise_on_item_9_since_the_last_time_is_red(ward):
    submit(ward, ask(ward, due_on=TODAY - timedelta(days=7)), all_zero(), answered_at=NOW - timedelta(days=7))
    submit(ward, ask(ward), all_zero(q9=1))
    assert alarm_reasons() == [("phq-9.item-9.rise", "red")]


def test_the_same_answer_as_last_time_is_no_rise(ward):
    submit(
        ward, ask(ward, due_on=TODAY - timedelta(days=7)), all_zero(q9=1), answered_at=NOW - timedelta(days=7)
    )
    submit(ward, ask(ward), all_zero(q9=1))
    assert alarm_reasons() == [("phq-9.item-9.some", "amber")] * 2


def test_answers_to_another_definition_are_not_compared(ward):
    earlier = ask(ward, due_on=TODAY - timedelta(days=7))
    Response.objects.create(
        patient_id=ward.ada.patient_id, request_id=earlier, instrument_id="phq-9", instrument_version="0",
        definition_hash="f" * 64, source="patient", answers={"values": {"q9": 0}}, value=0, answered=9,
        answered_at=NOW - timedelta(days=7), answered_on=TODAY - timedelta(days=7),
    )  # fmt: skip
    submit(ward, ask(ward), all_zero(q9=1))
    assert alarm_reasons() == [("phq-9.item-9.some", "amber")]


def test_a_second_submission_is_refused_and_names_the_first(ward):
    request_id = ask(ward)
    first = submit(ward, request_id, all_zero())
    with pytest.raises(actions.AlreadySubmitted) as twice:
        submit(ward, request_id, all_zero(q1=3, q9=None))
    assert twice.value.response_id == first.response_id
    assert not twice.value.offer_crisis_help
    assert Response.objects.get().value == 0
    assert Alarm.objects.count() == 0


def test_danger_told_only_in_a_second_submission_is_heard(ward):
    request_id = ask(ward)
    submit(ward, request_id, all_zero())
    for _ in range(2):
        with pytest.raises(actions.AlreadySubmitted) as twice:
            submit(ward, request_id, all_zero(q9=3))
        assert twice.value.offer_crisis_help
    assert Response.objects.get().value == 0
    assert alarm_reasons() == [("phq-9.item-9.often", "red")]


def test_the_same_critical_answer_sent_again_raises_no_second_alarm(ward):
    """The first was a rise; compared with itself it would be none, and look like another alarm."""
    submit(ward, ask(ward, due_on=TODAY - timedelta(days=7)), all_zero(), answered_at=NOW - timedelta(days=7))
    request_id = ask(ward)
    submit(ward, request_id, all_zero(q9=1))
    with pytest.raises(actions.AlreadySubmitted):
        submit(ward, request_id, all_zero(q9=1))
    assert alarm_reasons() == [("phq-9.item-9.rise", "red")]


@pytest.mark.django_db(transaction=True)
def test_two_threads_that_submit_at_once_record_one_response_and_one_alarm(ward):
    request_id, together = ask(ward), Barrier(2)

    def press():
        try:
            together.wait(timeout=10)
            return submit(ward, request_id, all_zero(q9=1)).response_id
        except actions.AlreadySubmitted as twice:
            return twice
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        ends = [future.result(timeout=30) for future in [pool.submit(press), pool.submit(press)]]
    refused = [end for end in ends if isinstance(end, actions.AlreadySubmitted)]
    (kept,) = Response.objects.values_list("pk", flat=True)
    assert [twice.response_id for twice in refused] == [kept]
    assert Alarm.objects.count() == 1


@pytest.mark.parametrize(
    ("day", "hour_utc", "is_open"),
    [(-1, 23, False), (0, 7, False), (0, 8, True), (7, 23, True), (8, 7, True), (8, 8, False)],
)
def test_the_window_opens_and_closes_at_midnight_where_the_patient_is(ward, day, hour_utc, is_open):
    """Midnight in Oakland is 8:00 UTC in winter."""
    request_id = ask(ward)
    at = datetime(TODAY.year, TODAY.month, TODAY.day, hour_utc, tzinfo=UTC) + timedelta(days=day)
    assert queries.request(request_id, actor=ward.ada).is_open(at) is is_open
    if is_open:
        submit(ward, request_id, all_zero(), answered_at=at)
        return
    with pytest.raises(actions.WindowClosed) as closed:
        submit(ward, request_id, all_zero(), answered_at=at)
    assert not closed.value.offer_crisis_help
    assert Response.objects.count() == 0


@pytest.mark.parametrize(("item_9", "is_heard"), [("3", True), ("1", True), ("0", False), (None, False)])
def test_danger_told_after_the_window_closed_is_heard_though_nothing_is_recorded(ward, item_9, is_heard):
    request_id = ask(ward)
    with pytest.raises(actions.WindowClosed) as closed:
        submit(ward, request_id, {"q9": item_9}, answered_at=NOW + timedelta(days=9))
    assert closed.value.offer_crisis_help is is_heard
    assert (Response.objects.count(), Alarm.objects.count()) == (0, int(is_heard))


def test_a_request_that_was_taken_back_cannot_be_answered(ward):
    request_id = ask(ward)
    actions.withdraw_requests(patient_id=ward.ada.patient_id, actor=ward.ben, now=NOW)
    with pytest.raises(actions.WindowClosed):
        submit(ward, request_id, all_zero())


def test_nobody_answers_for_somebody_else(ward):
    request_id = ask(ward)
    with pytest.raises(actions.NotThisPatients):
        submit(ward, request_id, all_zero(), actor=ward.bea)
    for staff in (ward.ben, ward.thea, ward.dora):
        with pytest.raises(NotAllowed):
            submit(ward, request_id, all_zero(), actor=staff)
    assert Response.objects.count() == 0


@pytest.mark.parametrize(
    "answers", [{"q1": "4"}, {"q1": "-1"}, {"q1": "<b>"}, {"q10": "1"}, {"q9": "3", "q1": "9"}]
)
def test_an_answer_that_was_not_offered_is_refused_and_nothing_is_kept(ward, answers):
    with pytest.raises(instruments.AnswersInvalid):
        submit(ward, ask(ward), all_zero(**answers))
    assert Response.objects.count() == 0


def test_danger_told_beside_an_answer_that_was_not_offered_is_heard(ward):
    with pytest.raises(actions.AnswersRefused) as refused:
        submit(ward, ask(ward), {"q1": "9", "q9": "2"})
    assert refused.value.offer_crisis_help
    assert list(refused.value.problems) == ["q1"]
    assert alarm_reasons() == [("phq-9.item-9.often", "red")]


@pytest.mark.parametrize("unreadable", ["4", "-1", "yes", "3.0", "\x00"])
def test_an_unreadable_answer_to_item_9_counts_as_left_blank_never_as_no(ward, unreadable):
    with pytest.raises(actions.AnswersRefused):
        submit(ward, ask(ward), all_zero(q9=unreadable))
    assert alarm_reasons() == [("phq-9.item-9.not-answered", "amber")]


def test_a_response_can_neither_be_edited_nor_deleted(ward):
    submit(ward, ask(ward), all_zero())
    kept = Response.objects.get()
    with pytest.raises((ProgrammingError, ProtectedError)), transaction.atomic():
        Response.objects.filter(pk=kept.pk).update(value=27)
    with pytest.raises((ProgrammingError, ProtectedError)), transaction.atomic():
        kept.delete()
    assert Response.objects.get().value == 0


def test_the_log_of_a_submission_holds_no_answer(ward):
    submit(ward, ask(ward), all_zero(q9=3))
    lines = json.dumps(list(Entry.objects.filter(patient_id=ward.ada.patient_id).values()), default=str)
    assert "q9" not in lines
    assert "harm" not in lines


def test_a_submission_asks_a_fixed_number_of_queries(ward, django_assert_num_queries):
    for week in range(1, 9):
        on = TODAY - timedelta(weeks=week)
        submit(ward, ask(ward, due_on=on), all_zero(), answered_at=NOW - timedelta(weeks=week))
    request_id = ask(ward)
    with django_assert_num_queries(4):
        submit(ward, request_id, all_zero(q1=1))


def test_a_request_is_asked_once_a_day(ward):
    assert ask(ward) == ask(ward)
    assert QuestionnaireRequest.objects.count() == 1
