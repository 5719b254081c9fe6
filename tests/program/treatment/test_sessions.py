from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.db import DatabaseError, transaction

from sojourn.clinical.monitoring import EventInvalid, SessionPhase
from sojourn.clinical.protocols.thresholds import Adopted
from sojourn.program.intake.models import Consent
from sojourn.program.intake.practice_rules import adopt_threshold, own_thresholds
from sojourn.program.people.models import Credential
from sojourn.program.people.policy import NotAllowed
from sojourn.program.plans import actions as plans
from sojourn.program.plans import proposing
from sojourn.program.plans.choices import VisitKind
from sojourn.program.safety.models import Alarm
from sojourn.program.treatment import actions, floor, session_refusals, sessions, visits
from sojourn.program.treatment.models import SessionEvent
from tests.support import courses, histories
from tests.support.ward import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def course(ward):
    """Ada's esketamine course, booked, consented and prepared."""
    return courses.prepare(ward)


@pytest.fixture
def first(course):
    return courses.visit_of(course, VisitKind.DOSING, 1)


def dose(ward, visit, at, mg=56.0, form_id=None):
    return actions.begin_dosing(
        visit_id=visit.id, form_id=form_id or uuid4(), mg=mg, words="", taken_at=at, actor=ward.mona, now=at
    )


def held_by(ward, visit, at, **more):
    with pytest.raises(session_refusals.DoseHeld) as refused:
        dose(ward, visit, at, **more)
    return " ".join(hold.says for hold in refused.value.holds)


def test_a_prepared_session_takes_its_dose_and_starts_its_clock(ward, first):
    ready_at = courses.make_ready(ward, first)
    assert courses.session_at(ward, first, ready_at).state.phase is SessionPhase.READY
    dose(ward, first, ready_at)
    later = courses.session_at(ward, first, ready_at + timedelta(minutes=15))
    assert later.state.phase is SessionPhase.OBSERVING
    assert later.state.minutes_since_dose == 15
    assert later.state.next_due.minute == 40


def test_a_red_item_holds_the_dose_until_it_is_answered_otherwise(ward, first):
    at = courses.make_ready(ward, first)
    courses.check_all(ward, first, at, ride=False)
    assert "No dose without a ride home." in held_by(ward, first, at)
    courses.check_all(ward, first, at + timedelta(minutes=1), ride=True)
    dose(ward, first, at + timedelta(minutes=2))


def test_an_unfinished_checklist_and_missing_vital_signs_hold_the_dose(ward, first):
    at = first.during.lower
    courses.name_escort(ward, first)
    words = held_by(ward, first, at)
    assert "The checklist is not finished: 9 to answer." in words
    assert "blood pressure, heart rate, oxygen" in words


def test_without_consent_in_force_no_dose_is_given(ward, first):
    at = courses.make_ready(ward, first)
    Consent.objects.update(withdrawn_at=at)
    assert "Consent: not signed for this protocol." in held_by(ward, first, at)


def test_an_absolute_rule_met_by_newer_answers_holds_a_dose_of_a_course_under_way(ward, first):
    at = courses.make_ready(ward, first)
    histories.assessed(ward.ada.patient_id, at - timedelta(hours=1), aneurysm="yes")
    assert "ELIG-CV-01, absolute" in held_by(ward, first, at)


def test_the_first_dose_is_held_until_preparation_is_done(ward):
    course = courses.start(ward)
    courses.book(ward, course)
    courses.sign_consent(ward)
    visit = courses.visit_of(course, VisitKind.DOSING, 1)
    at = courses.make_ready(ward, visit)
    assert "Preparation: not held yet." in held_by(ward, visit, at)


def test_the_first_dose_is_held_until_preparation_is_done_in_whichever_session_it_is(ward):
    """The first session ended without a dose: the second is the first all the same."""
    course = courses.start(ward)
    courses.book(ward, course)
    courses.sign_consent(ward)
    first, second = (courses.visit_of(course, VisitKind.DOSING, n) for n in (1, 2))
    courses.note_event(ward, first, "cancelled", {"words": "Fever."}, first.during.lower)
    at = courses.make_ready(ward, second)
    assert "Preparation: not held yet." in held_by(ward, second, at)


def test_without_a_companion_no_dose_is_given(ward, first):
    at = first.during.lower
    courses.check_all(ward, first, at)
    courses.take_vitals(ward, first, at)
    assert "Escort: nobody is named." in held_by(ward, first, at)


def test_an_expired_prescriber_holds_the_dose(ward, first):
    at = courses.make_ready(ward, first)
    Credential.objects.filter(staff_member_id=ward.ben.staff_id, kind="license").update(
        expires_on=at.date() - timedelta(days=1)
    )
    assert "The prescriber of this order has a state license for CA that ended" in held_by(ward, first, at)


def test_a_dose_sooner_than_the_interval_is_held_whatever_the_calendar_says(ward, course, first):
    courses.run_session(ward, first)
    second = courses.visit_of(course, VisitKind.DOSING, 2)
    too_soon = first.during.lower + timedelta(hours=40)
    at = courses.make_ready(ward, second, too_soon)
    assert "At least 48 hours between two doses in the clinic." in held_by(ward, second, at)


def test_a_dose_of_an_earlier_course_counts_for_the_interval(ward, course, first):
    """Another drug by another route yesterday, in a course that has ended since."""
    yesterday = first.during.lower - timedelta(hours=30)
    before = histories.course(
        ward, ward.ada.patient_id, yesterday, ended_at=yesterday + timedelta(hours=4), ended_because="moved"
    )
    before.protocol_id = "racemic_sl_home"
    before.save()
    histories.event(ward, histories.visit(ward, before, "dosing", 1, yesterday), "dosed", yesterday, mg=100.0)
    at = courses.make_ready(ward, first)
    assert "At least 48 hours between two doses in the clinic." in held_by(ward, first, at)


def test_a_dose_is_marked_but_given_when_the_integration_before_it_was_not_held(ward, course, first):
    courses.run_session(ward, first)
    courses.give_dose(ward, courses.visit_of(course, VisitKind.DOSING, 2))
    assert SessionEvent.objects.filter(kind="dosed").count() == 2


def test_the_dose_in_hand_is_the_dose_ordered(ward, first):
    at = courses.make_ready(ward, first)
    with pytest.raises(session_refusals.DoseDiffers):
        dose(ward, first, at, mg=84)
    assert not SessionEvent.objects.filter(kind="dosed").exists()


def test_an_order_raised_after_the_first_dose_is_what_the_next_session_takes(ward, course, first):
    courses.run_session(ward, first)
    second = courses.visit_of(course, VisitKind.DOSING, 2)
    plans.order_dose(
        course_id=course.id,
        dose_mg=Decimal(84),
        weight_kg=Decimal(70),
        why="More effect needed.",
        actor=ward.ben,
        now=first.during.upper,
    )
    assert courses.session_at(ward, second, second.during.lower).ordered_mg == Decimal("84.0")
    courses.run_session(ward, second, mg=84)


def test_pressing_twice_records_one_event(ward, first):
    at, form_id = courses.make_ready(ward, first), uuid4()
    once = dose(ward, first, at, form_id=form_id)
    twice = dose(ward, first, at, form_id=form_id)
    assert (once.event_id, once.is_new, twice.is_new) == (twice.event_id, True, False)
    with pytest.raises(session_refusals.AlreadyDosed):
        dose(ward, first, at)


@pytest.mark.parametrize(
    ("given", "field", "words"),
    [
        ({"systolic": 12, "diastolic": 80}, "systolic", "between 50 and 300"),
        ({"systolic": 120, "diastolic": 200}, "systolic", "at least 5 mmHg above"),
        ({"systolic": 120}, "diastolic", "both numbers"),
        ({"spo2": 40}, "spo2", "between 50 and 100"),
        ({"heart_rate": "fast"}, "heart_rate", "whole number"),
        ({}, "systolic", "at least one vital sign"),
    ],
)
def test_impossible_vital_signs_are_refused_with_what_is_accepted(ward, first, given, field, words):
    with pytest.raises(EventInvalid) as refused:
        courses.note_event(ward, first, "vital_taken", given, first.during.lower)
    assert words in refused.value.problems[field]
    assert not SessionEvent.objects.exists()


@pytest.mark.parametrize(
    ("different", "severity", "says"),
    [
        ({"systolic": 165}, "amber", "Systolic pressure 165 mmHg"),
        ({"systolic": 185}, "red", "Systolic pressure 185 mmHg"),
        ({"spo2": 91}, "red", "Oxygen 91 %"),
        ({"heart_rate": 135}, "red", "Heart rate 135 per minute"),
    ],
)
def test_a_crossed_limit_raises_its_alarm_with_the_event(ward, first, different, severity, says):
    dosed_at = courses.give_dose(ward, first)
    done = courses.take_vitals(ward, first, dosed_at + timedelta(minutes=40), **different)
    alarm = Alarm.objects.get(about_id=done.event_id)
    assert (alarm.severity, alarm.about_kind) == (severity, "session event")
    assert alarm.says.startswith(says)
    assert alarm.acknowledge_by > alarm.raised_at


def test_quiet_vital_signs_raise_nothing(ward, first):
    dosed_at = courses.give_dose(ward, first)
    courses.take_vitals(ward, first, dosed_at + timedelta(minutes=40))
    assert not Alarm.objects.exists()


def test_nobody_leaves_before_the_minimum_observation(ward, first):
    dosed_at = courses.give_dose(ward, first)
    early = dosed_at + timedelta(minutes=119)
    courses.meet_every_criterion(ward, first, early)
    leave = {"visit_id": first.id, "words": "", "actor": ward.mona}
    with pytest.raises(session_refusals.MayNotLeave) as refused:
        actions.discharge(**leave, form_id=uuid4(), taken_at=early, now=early)
    assert [each.criterion for each in refused.value.missing] == ["observed"]
    on_time = dosed_at + timedelta(minutes=120)
    actions.discharge(**leave, form_id=uuid4(), taken_at=on_time, now=on_time)
    assert courses.session_at(ward, first, on_time).state.phase is SessionPhase.DISCHARGED


def test_nobody_leaves_with_signs_unresolved_or_without_an_escort(ward, first):
    dosed_at = courses.give_dose(ward, first)
    at = dosed_at + timedelta(minutes=125)
    courses.take_vitals(ward, first, at, systolic=165)
    courses.note_event(ward, first, "rated", {"moaas": 4, "dissociation": 5}, at)
    with pytest.raises(session_refusals.MayNotLeave) as refused:
        actions.discharge(visit_id=first.id, form_id=uuid4(), words="", taken_at=at, actor=ward.mona, now=at)
    assert {"awake", "present", "pressure", "escort", "signed"} <= {
        m.criterion for m in refused.value.missing
    }


def test_a_struck_entry_stays_on_record_and_counts_no_more(ward, first):
    dosed_at = courses.give_dose(ward, first)
    wrong = courses.take_vitals(ward, first, dosed_at + timedelta(minutes=40), systolic=190)
    at = dosed_at + timedelta(minutes=41)
    strike = {"struck_id": str(wrong.event_id), "words": "Typed 190, read 130."}
    courses.note_event(ward, first, "struck", strike, at)
    found = courses.session_at(ward, first, at)
    assert found.state.limits_crossed == ()
    assert next(e for e in found.events if e.id == wrong.event_id).struck_at == at
    with pytest.raises(session_refusals.NothingToStrike):
        courses.note_event(ward, first, "struck", strike, at)


def test_events_cannot_be_changed_in_the_database(ward, first):
    courses.give_dose(ward, first)
    for change in (lambda events: events.update(facts={}), lambda events: events.delete()):
        with pytest.raises(DatabaseError), transaction.atomic():
            change(SessionEvent.objects.filter(kind="dosed"))


def test_after_the_end_only_notes_and_corrections_are_added(ward, first):
    left_at = courses.run_session(ward, first)
    with pytest.raises(session_refusals.SessionOver):
        courses.take_vitals(ward, first, left_at + timedelta(minutes=5))
    courses.note_event(ward, first, "noted", {"words": "Called at home, well."}, left_at + timedelta(hours=2))


@pytest.mark.parametrize("shift", [timedelta(hours=1), -timedelta(hours=13)])
def test_a_time_in_the_future_or_long_past_is_refused(ward, first, shift):
    now = first.during.lower
    with pytest.raises(session_refusals.WrongTime):
        actions.record_event(
            visit_id=first.id,
            form_id=uuid4(),
            kind="noted",
            facts={"words": "x"},
            taken_at=now + shift,
            actor=ward.mona,
            now=now,
        )


def test_a_therapist_runs_no_session_and_a_stranger_sees_none(ward, first):
    with pytest.raises(NotAllowed):
        actions.record_event(
            visit_id=first.id,
            form_id=uuid4(),
            kind="noted",
            facts={"words": "x"},
            taken_at=NOW,
            actor=ward.thea,
            now=NOW,
        )
    assert sessions.session(first.id, actor=ward.cleo, now=NOW) is None
    with pytest.raises(actions.SessionNotFound):
        actions.record_event(
            visit_id=first.id,
            form_id=uuid4(),
            kind="noted",
            facts={"words": "x"},
            taken_at=NOW,
            actor=ward.cleo,
            now=NOW,
        )


def test_a_visit_with_records_is_not_called_off(ward, first):
    at = first.during.lower
    courses.take_vitals(ward, first, at)
    with pytest.raises(visits.HasRecords):
        visits.call_off(visit_id=first.id, because="No show.", actor=ward.cora, now=at)
    first.refresh_from_db()
    assert first.cancelled_at is None


def test_a_visit_without_records_is_called_off(ward, first):
    visits.call_off(visit_id=first.id, because="No show.", actor=ward.cora, now=first.during.upper)
    first.refresh_from_db()
    assert first.cancelled_because == "No show."


def test_todays_sessions_are_sorted_by_what_is_due_and_read_in_three_queries(
    ward, first, django_assert_num_queries
):
    dosed_at = courses.give_dose(ward, first)
    with django_assert_num_queries(3):
        [found] = floor.sessions_today(ward.mona, now=dosed_at + timedelta(minutes=30))
    assert found.due_at == dosed_at + timedelta(minutes=40)
    assert floor.sessions_today(ward.cleo, now=dosed_at) == ()
    assert floor.sessions_today(ward.mona, now=dosed_at + timedelta(days=2)) != (), "nobody ended it"
    assert floor.sessions_today(ward.mona, now=dosed_at + timedelta(days=4)) == ()


def test_a_session_left_open_stays_listed_past_midnight(ward, first):
    dosed_at = courses.give_dose(ward, first)
    hours_later = dosed_at + timedelta(hours=20)
    [found] = floor.sessions_today(ward.mona, now=hours_later)
    assert found.is_running


def test_a_dose_is_not_dated_before_the_checks_were_made(ward, first):
    """Otherwise two hours of observation could be had by typing an earlier time."""
    at = courses.make_ready(ward, first)
    with pytest.raises(session_refusals.DoseBeforeChecks):
        actions.begin_dosing(
            visit_id=first.id,
            form_id=uuid4(),
            mg=56,
            words="",
            taken_at=at - timedelta(hours=2),
            actor=ward.mona,
            now=at,
        )
    assert not SessionEvent.objects.filter(kind="dosed").exists()


def test_a_discharge_dated_ahead_of_the_clock_does_not_shorten_the_observation(ward, first):
    dosed_at = courses.give_dose(ward, first)
    early = dosed_at + timedelta(minutes=119)
    courses.meet_every_criterion(ward, first, early)
    with pytest.raises(session_refusals.MayNotLeave):
        actions.discharge(
            visit_id=first.id,
            form_id=uuid4(),
            words="",
            taken_at=early + timedelta(minutes=2),
            actor=ward.mona,
            now=early,
        )


@pytest.mark.parametrize("days", [-3, 3])
def test_a_session_of_another_day_takes_no_dose(ward, first, days):
    at = courses.make_ready(ward, first, first.during.lower + timedelta(days=days))
    assert "Booked for Tue Dec 1: move it to today before a dose." in held_by(ward, first, at)


@pytest.mark.parametrize("kind", ["dosed", "discharged"])
def test_the_dose_and_the_end_of_an_ended_session_stand_for_good(ward, first, kind):
    left_at = courses.run_session(ward, first)
    point = SessionEvent.objects.get(visit=first, kind=kind)
    with pytest.raises(session_refusals.StandsForGood):
        courses.note_event(
            ward,
            first,
            "struck",
            {"struck_id": str(point.id), "words": "Oops."},
            left_at + timedelta(minutes=5),
        )
    assert courses.session_at(ward, first, left_at + timedelta(minutes=6)).is_over


def test_a_form_of_one_session_records_nothing_in_another(ward, course, first):
    form_id, at = uuid4(), first.during.lower
    second = courses.visit_of(course, VisitKind.DOSING, 2)
    given = {"form_id": form_id, "kind": "noted", "facts": {"words": "Calm."}, "actor": ward.mona}
    actions.record_event(visit_id=first.id, taken_at=at, now=at, **given)
    with pytest.raises(actions.FormUsedElsewhere):
        actions.record_event(visit_id=second.id, taken_at=at, now=at, **given)


def test_a_session_that_ended_without_a_dose_is_called_off_and_booked_again_and_its_record_stays(
    ward, course, first
):
    at = first.during.lower
    courses.take_vitals(ward, first, at, systolic=170)
    courses.note_event(ward, first, "cancelled", {"words": "Blood pressure too high today."}, at)
    visits.call_off(visit_id=first.id, because="Again next week.", actor=ward.cora, now=at)
    (missing,) = proposing.propose(
        course_id=course.id, first_dose_on=courses.FIRST_DOSE_ON, actor=ward.cora, now=at
    ).visits
    assert missing.place == ("dosing", 1)
    record = courses.session_at(ward, first, at)
    assert [event.kind for event in record.events] == ["vital_taken", "alarmed", "cancelled"]
    with pytest.raises(session_refusals.SessionOver):
        courses.take_vitals(ward, first, at + timedelta(minutes=5))


def test_a_monitor_names_the_companion_and_nobody_does_after_the_end(ward, first):
    given = {"visit_id": first.id, "phone": "555 0100", "actor": ward.mona}
    visits.name_companion(name="Nils", now=NOW, **given)
    left_at = courses.run_session(ward, first)
    with pytest.raises(visits.SessionEnded):
        visits.name_companion(name="Somebody else", now=left_at, **given)
    first.refresh_from_db()
    assert first.sitter_name == "Nils Núñez"


def test_a_reading_after_the_dose_is_not_dated_before_it(ward, first):
    """It would become the baseline by which every later reading is judged."""
    dosed_at = courses.give_dose(ward, first)
    with pytest.raises(session_refusals.BeforeTheDose):
        actions.record_event(
            visit_id=first.id,
            form_id=uuid4(),
            kind="vital_taken",
            facts={"systolic": 170, "diastolic": 95},
            taken_at=dosed_at - timedelta(minutes=1),
            actor=ward.mona,
            now=dosed_at + timedelta(minutes=40),
        )
    assert courses.session_at(ward, first, dosed_at).state.baseline.systolic_mmhg == 124


def test_an_alarm_limit_the_practice_adopted_judges_sessions_from_then_on(ward, first):
    def adopt(at):
        own = next(each for each in own_thresholds() if each.threshold.rule_id == "SYSTOLIC-AMBER")
        adopt_threshold(
            wanted=Adopted(*own.threshold.key, 150), seen=own.limit, reason="Older patients.",
            signed_name="Dora Okafor", actor=ward.dora, now=at,
        )  # fmt: skip

    def crossed(at):
        return [each.limit_id for each in courses.session_at(ward, first, at).state.limits_crossed]

    ready_at = courses.make_ready(ward, first)
    dose(ward, first, ready_at)
    look_at = ready_at + timedelta(minutes=40)
    actions.record_event(
        visit_id=first.id, form_id=uuid4(), kind="vital_taken",
        facts={"systolic": 155, "diastolic": 85}, taken_at=look_at, actor=ward.mona, now=look_at,
    )  # fmt: skip
    shipped = crossed(look_at)
    adopt(look_at)
    assert crossed(look_at) == shipped, "a limit adopted later does not judge an earlier session"
    assert "SYSTOLIC-AMBER" not in shipped


def test_an_alarm_limit_adopted_before_a_session_judges_it(ward, first):
    own = next(each for each in own_thresholds() if each.threshold.rule_id == "SYSTOLIC-AMBER")
    adopt_threshold(
        wanted=Adopted(*own.threshold.key, 150), seen=own.limit, reason="Older patients.",
        signed_name="Dora Okafor", actor=ward.dora, now=first.during.lower - timedelta(days=1),
    )  # fmt: skip
    ready_at = courses.make_ready(ward, first)
    dose(ward, first, ready_at)
    look_at = ready_at + timedelta(minutes=40)
    done = actions.record_event(
        visit_id=first.id, form_id=uuid4(), kind="vital_taken",
        facts={"systolic": 155, "diastolic": 85}, taken_at=look_at, actor=ward.mona, now=look_at,
    )  # fmt: skip
    assert "SYSTOLIC-AMBER" in [each.limit_id for each in done.crossed]
    assert "150 mmHg here, 160 in the program" in done.crossed[0].says
