"""One row that cannot be worked on holds up nobody else's: the watch takes the others, and says what it left out."""

import logging
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import DatabaseError, OperationalError, connection
from django.db.models import F

from sojourn.program.safety import delivering, missing
from sojourn.program.safety.escalating import escalate_overdue
from sojourn.program.safety.models import AlarmEvent, Deadline, Delivery, MissedStep
from sojourn.program.safety.setting_aside import SetAside
from sojourn.program.safety.watch import watch_state
from sojourn.program.treatment import missed_looks, watching
from sojourn.program.treatment.missed_looks import take_due_steps, tell_steps
from sojourn.program.treatment.watching import Watch
from tests.launcher.test_doctor import report
from tests.program.safety.test_alarms import raise_one
from tests.program.treatment.test_watch_faults import look_due
from tests.support.clock import let_pass


@pytest.fixture(autouse=True)
def _own_folder(settings, tmp_path):
    settings.DATA_DIR = tmp_path


def poison(visit_id):
    """Make the database refuse every step of this session."""
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION refuses() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
            f" IF NEW.visit_id = '{visit_id}' THEN RAISE EXCEPTION 'refused'; END IF; RETURN NEW; END $$"
        )
        cursor.execute(
            "CREATE TRIGGER refuses BEFORE INSERT ON safety_missedstep FOR EACH ROW EXECUTE FUNCTION refuses()"
        )


@pytest.mark.django_db
def test_a_step_the_database_refuses_is_left_out_and_the_others_are_taken(ward, caplog):
    bad, *good = [look_due(ward.ada.patient_id) for _ in range(4)]
    poison(bad)
    aside = SetAside()
    with caplog.at_level(logging.ERROR, "sojourn.watch"):
        assert take_due_steps(aside=aside) == 3
    assert set(MissedStep.objects.values_list("visit_id", flat=True)) == set(good)
    assert f"NO STEP CAN BE TAKEN for the missed look of session {bad}" in caplog.text
    assert aside.ids() == [Deadline.objects.get(about_id=bad).id]
    later = look_due(ward.ada.patient_id)
    caplog.clear()
    assert take_due_steps(aside=aside) == 1, "what was set aside spoils no batch"
    assert MissedStep.objects.filter(visit_id=later).exists()
    assert not caplog.records


@pytest.mark.django_db
def test_what_was_set_aside_is_tried_again_after_a_while():
    now = [0.0]
    aside, row = SetAside(clock=lambda: now[0]), uuid4()
    aside.add(row)
    assert aside.ids() == [row]
    now[0] = 30.1
    assert aside.ids() == []


@pytest.mark.django_db
def test_a_deadline_with_a_ladder_nobody_knows_stops_no_other_and_the_doctor_names_it(ward):
    unknown = [look_due(ward.ada.patient_id) for _ in range(3)]
    Deadline.objects.update(ladder="torn down")
    good = look_due(ward.ada.patient_id)
    assert missing.take_due_steps(missed_looks.rungs, at_once=1) == 1
    assert MissedStep.objects.get().visit_id == good
    assert "Missed looks that the watch has not followed up" not in report()["problem"], "not yet late"
    with connection.cursor() as cursor:
        cursor.execute("UPDATE safety_deadline SET due_at = due_at - interval '31 s'")
    problem = report()["problem"]
    assert "Missed looks that the watch has not followed up" in problem
    assert all(str(visit_id) in problem for visit_id in unknown)


@pytest.mark.django_db
def test_records_that_cannot_be_told_let_the_younger_ones_pass(ward, monkeypatch):
    look_due(ward.ada.patient_id)
    take_due_steps()
    broken = MissedStep.objects.get().id
    look_due(ward.ada.patient_id)
    take_due_steps()
    told = []

    def tell(step_id, *, wait):
        if step_id == broken:
            raise ValueError(step_id)
        told.append(step_id)
        return True

    monkeypatch.setattr(missed_looks, "tell_step", tell)
    aside = SetAside()
    assert tell_steps(at_once=1, aside=aside) == 0
    assert tell_steps(at_once=1, aside=aside) == 1
    assert told


@pytest.mark.django_db
def test_a_storm_in_which_something_is_always_due_ends_the_round_all_the_same(monkeypatch):
    monkeypatch.setattr(missing, "take_due_steps", lambda *_args, **_options: 1)
    assert take_due_steps() == missed_looks.BATCHES_AT_MOST


@pytest.mark.django_db
@pytest.mark.parametrize("failure", [OperationalError, DatabaseError, OSError, ValueError])
def test_whatever_fails_in_a_round_the_next_one_is_gone(failure, monkeypatch):
    monkeypatch.setattr(watching, "AGAIN_AFTER_S", 0.01)
    monkeypatch.setattr(watching.connection, "close", lambda: None)
    rounds = []

    def once_broken(watch):
        rounds.append(1)
        if len(rounds) == 1:
            raise failure
        watch.stop()

    monkeypatch.setattr(Watch, "round", once_broken)
    Watch("watch 1", round_s=0.01).go()
    assert len(rounds) == 2


@pytest.mark.django_db
def test_a_worker_that_cannot_raise_what_is_due_does_not_say_that_it_lives(monkeypatch):
    def broken(**_options):
        raise DatabaseError

    monkeypatch.setattr(watching, "raise_what_is_due", broken)
    with pytest.raises(DatabaseError):
        Watch("watch 1").round()
    assert not watch_state().is_living


def poison_alarm(alarm_id):
    """Make the database refuse the escalation of this alarm."""
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION refuses_alarm() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
            f" IF NEW.alarm_id = '{alarm_id}' THEN RAISE EXCEPTION 'Ada Private'; END IF; RETURN NEW; END $$"
        )
        cursor.execute(
            "CREATE TRIGGER refuses BEFORE INSERT ON safety_alarmevent FOR EACH ROW EXECUTE FUNCTION refuses_alarm()"
        )


@pytest.mark.django_db
def test_an_alarm_that_cannot_be_escalated_stops_no_other_and_the_doctor_names_it(ward, caplog):
    bad, *good = [raise_one(ward) for _ in range(4)]
    poison_alarm(bad)
    let_pass(hours=2)
    aside = SetAside()
    with caplog.at_level(logging.ERROR, "sojourn.watch"):
        assert escalate_overdue(again_after=timedelta(hours=3), aside=aside) == 3
    escalated = AlarmEvent.objects.filter(what="escalated").values_list("alarm_id", flat=True)
    assert set(escalated) == set(good)
    assert f"alarm {bad} CANNOT BE ESCALATED" in caplog.text
    assert "Ada Private" not in caplog.text, "what the database says of a row stays out of the log"
    assert aside.ids() == [Deadline.objects.get(kind="acknowledge", about_id=bad).id]
    caplog.clear()
    assert escalate_overdue(again_after=timedelta(hours=3), aside=aside) == 0
    assert not caplog.records, "what was set aside spoils no batch"
    problem = report()["problem"]
    assert "Alarms that nobody took on and the watch has not escalated:" in problem
    assert str(bad) in problem
    assert not any(
        str(alarm_id) in problem.partition("Alarms that nobody was told of")[0] for alarm_id in good
    )


@pytest.mark.django_db
def test_the_watch_goes_on_beside_an_alarm_it_cannot_escalate(ward):
    bad, good = raise_one(ward), raise_one(ward)
    poison_alarm(bad)
    let_pass(hours=2)
    watch = Watch("watch 1")
    for _ in range(3):
        watch.round()
    assert AlarmEvent.objects.filter(what="escalated", alarm_id=good).count() == 1
    assert watch_state().is_living


@pytest.mark.django_db
def test_an_alarm_nobody_can_be_told_of_is_tried_by_every_way_and_each_failure_is_on_record(
    ward, monkeypatch
):
    bad = raise_one(ward)
    good = raise_one(ward, severity="amber")
    asked = delivering.recipients

    def torn(alarm, *, level):
        if alarm.id == bad and level == 0:
            raise LookupError
        return asked(alarm, level=level)

    monkeypatch.setattr(delivering, "recipients", torn)
    let_pass(seconds=5)  # both are due even where a clock is set right by a moment meanwhile
    while delivering.deliver_next(seen_within=timedelta(minutes=1)):
        pass
    failures = Delivery.objects.filter(alarm_id=bad).values_list("channel", "failed_because")
    assert set(failures) == {(way, "could not be tried: LookupError") for way in ("screen", "email", "text")}
    assert Delivery.objects.filter(alarm_id=good, channel="screen").exists(), "the others are told"
    assert escalate_overdue(again_after=timedelta(hours=3)) == 1, "with no way left it escalates at once"


@pytest.mark.django_db
def test_an_alarm_without_one_attempt_to_tell_anybody_is_named_by_the_doctor(ward):
    alarm = raise_one(ward)
    assert "nobody was told of" not in report()["problem"]
    let_pass(minutes=2)
    assert f"Alarms that nobody was told of: {alarm}" in report()["problem"]
    while delivering.deliver_next(seen_within=timedelta(minutes=1)):
        pass
    assert "nobody was told of" not in report()["problem"]


@pytest.mark.django_db
def test_a_step_its_record_does_not_tell_of_is_named_by_the_doctor(ward):
    visit = look_due(ward.ada.patient_id)
    take_due_steps()
    assert "do not tell of" not in report()["problem"]
    MissedStep.objects.update(taken_at=F("taken_at") - timedelta(minutes=6))
    assert f"whose records do not tell of a missed look: {visit}" in report()["problem"]
