"""The record of a session: who, when, from where, in which unit; sealed, witnessed, and never changed."""

import json
import random
from datetime import timedelta
from io import StringIO
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, IntegrityError, connection, transaction

from sojourn.clinical.monitoring import sealing
from sojourn.program.audit.models import Entry
from sojourn.program.plans.choices import VisitKind
from sojourn.program.safety.models import Alarm
from sojourn.program.treatment import actions, alarming, answering, proving, session_refusals
from sojourn.program.treatment.models import SessionEvent
from sojourn.program.treatment.recorder import told_by
from tests.support import courses

pytestmark = pytest.mark.django_db


@pytest.fixture
def first(ward):
    return courses.first_session(ward)


@pytest.fixture
def left_at(ward, first):
    return courses.run_session(ward, first)


def verdict_of(visit):
    ((_, verdict),) = proving.proofs([visit.id])
    return verdict


def broken_at(visit):
    found = verdict_of(visit).first_break
    return found and found.sequence


def by_the_owner(sql, *values):
    """What somebody does who owns the database and has put its guard out of the way."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE treatment_sessionevent DISABLE TRIGGER USER")
        cursor.execute(sql, values)
        cursor.execute("ALTER TABLE treatment_sessionevent ENABLE TRIGGER USER")


def verify(*words):
    said = StringIO()
    call_command("verify_session", *words, stdout=said)
    return said.getvalue()


def test_an_event_says_who_when_from_where_and_in_which_unit(ward, first):
    at = first.during.lower
    now = at + timedelta(minutes=4)
    facts = {"systolic": "124", "diastolic": "78"}
    actions.record_event(
        visit_id=first.id,
        form_id=uuid4(),
        kind="vital_taken",
        facts=facts,
        taken_at=at,
        actor=ward.mona,
        now=now,
    )
    row = SessionEvent.objects.get()
    assert (row.taken_at, row.received_at, row.recorded_by_id) == (at, now, ward.mona.staff_id)
    assert (row.source, row.device, row.units) == ("room", "", {"systolic": "mmHg", "diastolic": "mmHg"})


def test_a_whole_session_is_one_chain_that_holds(first, left_at):
    verdict = verdict_of(first)
    assert verdict.is_intact
    assert verdict.count == SessionEvent.objects.filter(visit=first).count() > 20
    assert "Intact" in verify(str(first.id))


def test_every_event_is_witnessed_in_the_log_with_the_number_of_its_visit(first, left_at):
    seen = Entry.objects.filter(about_id=first.id).exclude(seal="")
    assert set(seen.values_list("seal_number", "seal")) == set(
        SessionEvent.objects.filter(visit=first).values_list("sequence", "seal")
    )


def test_a_byte_changed_by_hand_is_found_and_named(first, left_at):
    by_the_owner(
        "UPDATE treatment_sessionevent SET facts = jsonb_set(facts, '{mg}', '57') WHERE kind = 'dosed'"
    )
    number = SessionEvent.objects.get(kind="dosed").sequence
    assert broken_at(first) == number
    with pytest.raises(CommandError, match=f"BROKEN at event {number}:"):
        verify(str(first.id))
    with pytest.raises(CommandError, match="1 of 1 sessions"):
        verify("--all")


@pytest.mark.parametrize(
    "column", ["taken_at", "received_at", "recorded_by_id", "source", "device", "units", "form_id"]
)
def test_no_column_of_an_event_can_be_changed_unseen(ward, first, left_at, column):
    other = {
        "taken_at": left_at + timedelta(microseconds=1),
        "received_at": left_at + timedelta(microseconds=1),
        "recorded_by_id": ward.ben.staff_id,
        "source": "paper",
        "device": "cuff 2",
        "units": json.dumps({"mg": "g"}),
        "form_id": uuid4(),
    }[column]
    by_the_owner(f"UPDATE treatment_sessionevent SET {column} = %s WHERE sequence = 7", other)
    assert broken_at(first) == 7


def test_two_swapped_rows_are_found(first, left_at):
    for was, becomes in ((4, 1000), (5, 4), (1000, 5)):
        by_the_owner("UPDATE treatment_sessionevent SET sequence = %s WHERE sequence = %s", becomes, was)
    assert broken_at(first) == 4


def test_a_cut_tail_is_found_by_what_the_log_has_seen(first, left_at):
    whole = SessionEvent.objects.filter(visit=first).count()
    by_the_owner("DELETE FROM treatment_sessionevent WHERE sequence = %s", whole)
    assert broken_at(first) == whole


def test_a_session_deleted_whole_is_found(first, left_at):
    by_the_owner("DELETE FROM treatment_sessionevent")
    assert broken_at(first) == 1
    with pytest.raises(CommandError):
        verify("--all")


def test_a_forged_event_with_a_good_seal_was_never_witnessed(first, left_at):
    last = SessionEvent.objects.filter(visit=first).order_by("-sequence").first()
    forged = SessionEvent.objects.get(pk=last.pk)
    forged.pk, forged.form_id, forged.sequence = uuid4(), uuid4(), last.sequence + 1
    forged.seal = sealing.seal_of(told_by(forged), sequence=forged.sequence, previous=last.seal)
    forged.save(force_insert=True)
    assert broken_at(first) == forged.sequence


def test_a_number_cannot_be_used_twice_in_a_visit(first, left_at):
    row = SessionEvent.objects.get(kind="dosed")
    row.pk, row.form_id = uuid4(), uuid4()
    with pytest.raises(IntegrityError, match="event_numbers_are_used_once"), transaction.atomic():
        row.save(force_insert=True)


def test_the_last_event_deleted_and_its_witness_with_it_is_found_by_a_seal_kept_elsewhere(first, left_at):
    """Whoever owns the database can cut the tail and the log's last line; not the seal that was printed or exported."""
    head = verdict_of(first).head
    whole = SessionEvent.objects.filter(visit=first).count()
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE audit_entry DISABLE TRIGGER USER")
        cursor.execute("DELETE FROM audit_entry WHERE seal = %s", [head])
        cursor.execute("ALTER TABLE audit_entry ENABLE TRIGGER USER")
    by_the_owner("DELETE FROM treatment_sessionevent WHERE sequence = %s", whole)
    with pytest.raises(CommandError, match="not the one given"):
        verify(str(first.id), "--head", head)


def test_a_row_taken_out_and_put_in_again_changed_is_found(first, left_at):
    row = SessionEvent.objects.get(sequence=9)
    by_the_owner("DELETE FROM treatment_sessionevent WHERE sequence = 9")
    row.taken_at += timedelta(minutes=1)
    row.save(force_insert=True)
    assert broken_at(first) == 9


def test_a_row_sealed_anew_is_found_by_what_follows_it_and_a_whole_chain_by_its_witnesses(first, left_at):
    rows = list(SessionEvent.objects.filter(visit=first).order_by("sequence"))
    rows[8].device = "another cuff"
    previous = rows[7].seal
    for row in rows[8:]:
        row.seal = sealing.seal_of(told_by(row), sequence=row.sequence, previous=previous)
        previous = row.seal
        by_the_owner(
            "UPDATE treatment_sessionevent SET seal = %s, device = %s WHERE id = %s",
            row.seal,
            row.device,
            row.id,
        )
        assert broken_at(first) in {9, row.sequence + 1}
    assert "another seal than the one witnessed" in verdict_of(first).first_break.why


def test_an_event_moved_to_another_session_is_found_in_both(ward, first, left_at):
    other = courses.visit_of(first.course, VisitKind.DOSING, 2)
    by_the_owner("UPDATE treatment_sessionevent SET visit_id = %s WHERE sequence = 5", other.id)
    assert broken_at(first) == 5
    assert broken_at(other) is not None
    with pytest.raises(CommandError, match="2 of 2 sessions"):
        verify("--all")


def test_one_byte_changed_anywhere_in_a_sealed_file_is_found_or_makes_it_no_sealed_file(
    first, left_at, tmp_path
):
    path = tmp_path / "session.json"
    verify(str(first.id), "--export", str(path))
    whole = path.read_bytes()
    told = json.loads(whole)
    chance = random.Random(4)
    for at in chance.sample(range(len(whole)), 150):
        other = bytes([whole[at] ^ (1 << chance.randrange(7))])
        changed = whole[:at] + other + whole[at + 1 :]
        path.write_bytes(changed)
        try:
            if json.loads(changed) == told:
                continue  # a blank between two words
        except ValueError:
            pass
        with pytest.raises(CommandError):
            verify(str(path))


def test_an_exported_session_verifies_as_a_file_and_a_changed_file_does_not(first, left_at, tmp_path):
    path = tmp_path / "session.json"
    verify(str(first.id), "--export", str(path))
    head = verdict_of(first).head
    assert head in verify(str(path), "--head", head)
    with pytest.raises(CommandError, match="not the one given"):
        verify(str(path), "--head", "0" * 64)
    path.write_text(path.read_text().replace('"mg": 56', '"mg": 58'))
    with pytest.raises(CommandError, match="BROKEN at event"):
        verify(str(path))


def test_only_who_may_see_the_patient_gets_the_sealed_file(ward, first, left_at):
    assert proving.sealed_session(first.id, actor=ward.mona, now=left_at)
    assert proving.sealed_session(first.id, actor=ward.cleo, now=left_at) is None
    assert Entry.objects.filter(did="exported a session", about_id=first.id).count() == 1


def test_an_alarm_and_its_acknowledgment_stand_on_the_record_of_the_session(ward, first):
    dosed_at = courses.give_dose(ward, first)
    at = dosed_at + timedelta(minutes=40)
    courses.take_vitals(ward, first, at, systolic=190)
    alarm = Alarm.objects.get()
    told = SessionEvent.objects.get(kind="alarmed")
    assert (told.facts["about_id"], told.facts["severity"], told.source) == (
        str(alarm.about_id),
        "red",
        "program",
    )
    waiting = courses.session_at(ward, first, at).state.unacknowledged
    assert [each.limit_id for each in waiting] == [alarm.reason]
    answering.acknowledge_alarm(alarm_id=alarm.id, actor=ward.ben, now=at + timedelta(minutes=1))
    taken = SessionEvent.objects.get(kind="acknowledged")
    assert (taken.facts["limit_id"], taken.recorded_by_id) == (alarm.reason, ward.ben.staff_id)
    assert courses.session_at(ward, first, at).state.unacknowledged == ()
    assert verdict_of(first).is_intact


def test_what_sojourn_wrote_is_neither_struck_out_nor_typed_in(ward, first):
    at = courses.give_dose(ward, first) + timedelta(minutes=40)
    courses.take_vitals(ward, first, at, systolic=190)
    strike = {"struck_id": str(SessionEvent.objects.get(kind="alarmed").id), "words": "Looks ugly."}
    with pytest.raises(session_refusals.NothingToStrike):
        courses.note_event(ward, first, "struck", strike, at)
    with pytest.raises(session_refusals.NotRecordedByHand):
        courses.note_event(ward, first, "acknowledged", {"limit_id": "x", "about_id": "y"}, at)


def test_a_corrected_reading_counts_as_corrected_and_both_stay_on_record(ward, first):
    at = courses.give_dose(ward, first) + timedelta(minutes=40)
    wrong = courses.take_vitals(ward, first, at, spo2=80)
    form_id = uuid4()

    def correct():
        return actions.correct_event(
            visit_id=first.id, form_id=form_id, wrong_id=wrong.event_id, facts={"spo2": 98}, taken_at=at,
            why="Finger out of the clip.", actor=ward.mona, now=at + timedelta(minutes=1),
        )  # fmt: skip

    right = correct()
    assert right.is_new
    assert not correct().is_new
    state = courses.session_at(ward, first, at + timedelta(minutes=2)).state
    assert state.alarms == ()
    assert next(each.value for each in state.seen if each.signal == "spo2") == 98
    told = SessionEvent.objects.get(kind="corrected")
    assert told.withdraws_id == wrong.event_id
    assert told.facts["replaced_by"] == str(right.event_id)
    assert verdict_of(first).is_intact


def test_the_dose_can_be_told_rightly_and_the_clock_follows(ward, first):
    dosed_at = courses.give_dose(ward, first)
    later = dosed_at + timedelta(minutes=41)
    courses.take_vitals(ward, first, dosed_at + timedelta(minutes=40), systolic=185)
    actions.correct_event(
        visit_id=first.id, form_id=uuid4(), wrong_id=SessionEvent.objects.get(kind="dosed").id,
        facts={"mg": 56, "words": "L2"}, taken_at=dosed_at + timedelta(minutes=3), why="Written too early.",
        actor=ward.mona, now=later,
    )  # fmt: skip
    assert courses.session_at(ward, first, later).state.dosed_at == dosed_at + timedelta(minutes=3)


def test_a_patient_who_leaves_before_the_discharge_raises_a_red_alarm(ward, first):
    at = courses.give_dose(ward, first) + timedelta(minutes=50)
    courses.note_event(ward, first, "left", {"words": "Walked out alone."}, at)
    alarm = Alarm.objects.get()
    assert (alarm.reason, alarm.severity) == (alarming.LEFT_EARLY, "red")
    state = courses.session_at(ward, first, at).state
    assert state.ended_at == at
    assert "left-undischarged" in {each.id for each in state.departures}


def test_going_home_after_the_discharge_is_no_alarm(ward, first, left_at):
    at = left_at + timedelta(minutes=9)
    courses.note_event(ward, first, "left", {"words": "With Nils Núñez."}, at)
    state = courses.session_at(ward, first, at).state
    assert (state.ended_at, state.departures) == (left_at, ())
    assert not Alarm.objects.exists()


def test_events_of_people_name_the_person(first, left_at):
    with pytest.raises(DatabaseError, match="people_sign_what_they_record"), transaction.atomic():
        by_the_owner("UPDATE treatment_sessionevent SET recorded_by_id = NULL WHERE sequence = 2")


@pytest.mark.parametrize(
    ("kind", "facts"),
    [
        ("noted", {"words": "Restless."}),
        ("looked", {"words": "Calm."}),
        ("vital_taken", {"systolic": 190, "diastolic": 90}),
        ("vital_taken", {"systolic": 0, "diastolic": 0}),
    ],
)
def test_the_same_form_with_other_content_is_not_said_to_be_on_record(ward, first, kind, facts):
    form_id, at = uuid4(), first.during.lower
    given = {"visit_id": first.id, "form_id": form_id, "taken_at": at, "actor": ward.mona, "now": at}
    once = actions.record_event(kind="noted", facts={"words": "Calm."}, **given)
    assert not actions.record_event(kind="noted", facts={"words": "Calm."}, **given).is_new
    with pytest.raises(actions.FormUsedElsewhere):
        actions.record_event(kind=kind, facts=facts, **given)
    assert SessionEvent.objects.get(form_id=form_id).id == once.event_id
