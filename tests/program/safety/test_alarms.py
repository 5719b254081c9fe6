from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import ProgrammingError, transaction
from django.db.models import ProtectedError

from sojourn.program.people.policy import NotAllowed
from sojourn.program.safety import actions, queries
from sojourn.program.safety.escalating import escalate_overdue
from sojourn.program.safety.models import Alarm, AlarmEvent
from tests.support.clock import let_pass
from tests.support.ward import NOW

pytestmark = pytest.mark.django_db
QUARTER = timedelta(minutes=15)


def raise_one(ward, *, about_id=None, severity="red", reason="phq_9.self_harm", at=NOW, patient=None):
    return actions.raise_alarm(
        patient_id=(patient or ward.ada).patient_id, reason=reason, severity=severity, says="Answered 2 to item 9.",
        facts={"item_9": 2}, about_kind="response", about_id=about_id or uuid4(),
        acknowledge_within=timedelta(hours=1), raised_at=at, actor=ward.ada,
    )  # fmt: skip


def test_one_cause_raises_one_alarm_however_often_it_is_reported(ward):
    about = uuid4()
    assert raise_one(ward, about_id=about) == raise_one(ward, about_id=about)
    assert Alarm.objects.count() == AlarmEvent.objects.count() == 1


def test_an_alarm_shows_to_the_clinicians_of_its_patient_only(ward):
    raise_one(ward)
    assert queries.count_open_alarms(ward.ben) == queries.count_open_alarms(ward.thea) == 1
    assert queries.count_open_alarms(ward.cleo) == queries.count_open_alarms(ward.theo) == 0


def test_unacknowledged_red_alarms_come_first(ward):
    raise_one(ward, severity="amber", at=NOW - timedelta(hours=5))
    red = raise_one(ward, at=NOW)
    taken = raise_one(ward, at=NOW - timedelta(hours=9))
    actions.acknowledge_alarm(alarm_id=taken, actor=ward.ben, now=NOW)
    order = [row.id for row in queries.open_alarms_for(ward.ben)]
    assert order[0] == red
    assert order[-1] == taken


def test_an_alarm_closes_only_with_a_reason_and_only_once(ward):
    alarm = raise_one(ward)
    with pytest.raises(actions.ReasonMissing):
        actions.close_alarm(alarm_id=alarm, reason="  ", actor=ward.ben, now=NOW)
    actions.close_alarm(alarm_id=alarm, reason="Called; safety plan reviewed.", actor=ward.ben, now=NOW)
    with pytest.raises(actions.AlreadyDone):
        actions.close_alarm(alarm_id=alarm, reason="Again.", actor=ward.ben, now=NOW)
    closed = queries.one_alarm(alarm, actor=ward.ben)
    assert (closed.closed_by, closed.closed_because) == ("Ben Adeyemi", "Called; safety plan reviewed.")


def test_a_coordinator_cannot_close_an_alarm_and_a_stranger_cannot_touch_it(ward):
    alarm = raise_one(ward)
    for stranger in (ward.cora, ward.cleo, ward.ada):
        with pytest.raises(NotAllowed):
            actions.close_alarm(alarm_id=alarm, reason="Done.", actor=stranger, now=NOW)


def test_an_alarm_escalates_when_its_time_has_passed_and_again_until_somebody_takes_it_on(ward):
    alarm = raise_one(ward)
    let_pass(minutes=59)
    assert escalate_overdue(again_after=QUARTER) == 0
    let_pass(minutes=1)
    assert escalate_overdue(again_after=QUARTER) == 1
    escalated_at = queries.open_alarms_for(ward.ben)[0].escalated_at
    assert escalate_overdue(again_after=QUARTER) == 0
    let_pass(minutes=15)
    assert escalate_overdue(again_after=QUARTER) == 1
    assert queries.open_alarms_for(ward.ben)[0].escalated_at == escalated_at, "the story keeps the first time"
    actions.acknowledge_alarm(alarm_id=alarm, actor=ward.ben, now=NOW)
    let_pass(minutes=15)
    assert escalate_overdue(again_after=QUARTER) == 0


@pytest.mark.parametrize("hours", [-1, 1])
def test_the_clock_of_the_application_neither_brings_an_escalation_forward_nor_puts_it_off(ward, hours):
    """Deadlines are lengths of time from the database's now, whatever an application server believes the time is."""
    raise_one(ward, at=NOW + timedelta(hours=hours))
    let_pass(minutes=59)
    assert escalate_overdue(again_after=QUARTER) == 0
    let_pass(minutes=1)
    assert escalate_overdue(again_after=QUARTER) == 1


def test_an_alarm_somebody_took_on_or_closed_does_not_escalate(ward):
    actions.acknowledge_alarm(alarm_id=raise_one(ward), actor=ward.ben, now=NOW)
    actions.close_alarm(alarm_id=raise_one(ward), reason="Called.", actor=ward.ben, now=NOW)
    let_pass(hours=24)
    assert escalate_overdue(again_after=QUARTER) == 0


def test_nobody_can_edit_or_remove_an_alarm_or_its_story(ward):
    raise_one(ward)
    for change in (
        lambda: Alarm.objects.update(severity="amber"), lambda: Alarm.objects.all().delete(),
        lambda: AlarmEvent.objects.update(note="x"), lambda: AlarmEvent.objects.all().delete(),
    ):  # fmt: skip
        with pytest.raises((ProgrammingError, ProtectedError)), transaction.atomic():
            change()
