"""Whoever answers an alarm is told that the reading behind it was corrected or struck out, and still has to answer."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse

from sojourn.program.safety.models import Alarm, AlarmEvent
from sojourn.program.treatment import actions
from sojourn.program.treatment.models import SessionEvent
from tests.support import courses

pytestmark = pytest.mark.django_db
INBOX = "/workspace/inbox/"
MINUTE = timedelta(minutes=1)
CALM = {"systolic": 124, "diastolic": 78, "heart_rate": 70, "spo2": 98, "respiratory_rate": 14}


@pytest.fixture
def visit(ward):
    return courses.first_session(ward)


@pytest.fixture
def dosed_at(ward, visit, time_machine):
    dosed_at = courses.give_dose(ward, visit)
    time_machine.move_to(dosed_at + 45 * MINUTE, tick=False)
    return dosed_at


@pytest.fixture
def alarmed(ward, visit, dosed_at):
    """A reading that raised an alarm: its entry."""
    read = courses.take_vitals(ward, visit, dosed_at + 40 * MINUTE, systolic=190)
    assert Alarm.objects.filter(about_id=read.event_id).exists()
    return read.event_id


def strike(ward, visit, event_id, at, words="The cuff had slipped"):
    return courses.note_event(ward, visit, "struck", {"struck_id": str(event_id), "words": words}, at)


def correct(ward, visit, event_id, at, why="Misread", **facts):
    taken_at = SessionEvent.objects.get(pk=event_id).taken_at
    return actions.correct_event(
        visit_id=visit.id, form_id=uuid4(), wrong_id=event_id, facts=CALM | facts, taken_at=taken_at, why=why,
        actor=ward.mona, now=at,
    )  # fmt: skip


def page(sign_in, ward):
    return sign_in(ward.ben).get(INBOX).content.decode()


def test_an_alarm_whose_reading_stands_says_nothing_of_the_kind(ward, visit, alarmed, sign_in):
    assert "The reading behind this" not in page(sign_in, ward)


def test_a_reading_struck_out_is_told_with_who_when_and_why_and_the_alarm_stays(
    ward, visit, dosed_at, alarmed, sign_in
):
    before = sign_in(ward.ben).get(INBOX).context["mark"]
    strike(ward, visit, alarmed, dosed_at + 42 * MINUTE)
    answer = sign_in(ward.ben).get(INBOX)
    said = answer.content.decode()
    assert "The reading behind this was struck out since" in said
    assert "The cuff had slipped" in said
    assert "Mona Castillo" in said
    assert reverse("workspace:session", args=[visit.id]) in said
    assert answer.context["mark"] != before, "an open inbox hears of it"
    assert answer.context["in_all"] == Alarm.objects.count()
    assert "I have it" in said, "somebody still has to answer"
    assert not AlarmEvent.objects.filter(what__in=["acknowledged", "closed"]).exists()


def test_a_reading_corrected_twice_is_told_as_it_is_now(ward, visit, dosed_at, alarmed, sign_in):
    once = correct(ward, visit, alarmed, dosed_at + 42 * MINUTE, systolic=128)
    correct(ward, visit, once.event_id, dosed_at + 43 * MINUTE, why="Read again from the cuff", systolic=131)
    said = page(sign_in, ward)
    assert "The reading behind this was corrected since" in said
    assert "131/78 mmHg" in said
    assert "128/78" not in said
    assert "Read again from the cuff" in said


def test_a_reading_corrected_and_then_struck_out_is_struck_out(ward, visit, dosed_at, alarmed, sign_in):
    once = correct(ward, visit, alarmed, dosed_at + 42 * MINUTE, systolic=128)
    strike(ward, visit, once.event_id, dosed_at + 43 * MINUTE, words="Another patient's cuff")
    said = page(sign_in, ward)
    assert "The reading behind this was struck out since" in said
    assert "Another patient" in said
    assert "128/78" not in said


def test_each_of_the_alarms_of_a_session_says_what_became_of_its_own_reading(
    ward, visit, dosed_at, alarmed, sign_in
):
    strike(ward, visit, alarmed, dosed_at + 41 * MINUTE)
    courses.take_vitals(ward, visit, dosed_at + 42 * MINUTE, systolic=192)
    said = page(sign_in, ward)
    assert (
        said.count("The reading behind this was struck out since")
        == Alarm.objects.filter(about_id=alarmed).count()
    )


def test_a_sign_told_rightly_is_told_in_its_own_words(ward, visit, dosed_at, sign_in):
    plan = courses.session_at(ward, visit, dosed_at).plan
    wrong, right = plan.signs[0], plan.signs[1]
    seen = courses.note_event(ward, visit, "noticed", {"sign": wrong.id}, dosed_at + 30 * MINUTE)
    actions.correct_event(
        visit_id=visit.id, form_id=uuid4(), wrong_id=seen.event_id, facts={"sign": right.id},
        taken_at=dosed_at + 30 * MINUTE, why="Pressed the wrong one", actor=ward.mona, now=dosed_at + 31 * MINUTE,
    )  # fmt: skip
    assert Alarm.objects.filter(about_id=seen.event_id).exists()
    assert f"Told rightly: {right.label}" in " ".join(page(sign_in, ward).split())
