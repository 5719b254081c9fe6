"""Simulated patient, sitter and gateway on the real pages and by real tokens, in fast time and as it happens."""

from datetime import timedelta

import pytest

from sojourn.clinical.rehearsal import drill_scripts
from sojourn.program.rehearsals import actions, queries
from sojourn.program.rehearsals.front_door import Browser, Knock, form_of
from sojourn.program.rehearsals.models import SentTap, SimulatedDevice
from sojourn.program.rehearsals.world import in_rehearsal
from sojourn.program.safety import watch
from sojourn.program.safety.models import Alarm
from sojourn.program.treatment.choices import TokenRole
from sojourn.program.treatment.may_record import why_not
from sojourn.program.treatment.models import SessionEvent, SitterLink
from sojourn.program.treatment.proving import proofs
from tests.program.rehearsals.responders import BEGAN, TAKE_ON, Rehearsing
from tests.support.rehearsing import in_both_databases

pytestmark = [in_both_databases, pytest.mark.usefixtures("rehearsal_database")]


def minute(moment):
    return round((moment - BEGAN).total_seconds() / 60, 1)


def recorded(source):
    """What one side has on record: kind, when it was true, when it came, by the minutes of the script."""
    with in_rehearsal():
        rows = SessionEvent.objects.filter(source=source).order_by("taken_at", "sequence")
        return [(row.kind, minute(row.taken_at), minute(row.received_at)) for row in rows]


def answers():
    with in_rehearsal():
        return {tap.name: tap.answer for tap in SentTap.objects.order_by("minute")}


def test_the_sitter_opens_the_link_takes_the_role_and_looks_until_they_fall_silent(ward):
    Rehearsing(ward.mona, "silent_sitter").at(40)
    assert recorded("sitter") == [("role_accepted", -20, -20), ("looked", 14, 14)]
    with in_rehearsal():
        link = SitterLink.objects.get()
        assert link.opened_at is not None
        assert (
            SessionEvent.objects.get(kind="role_accepted")
            .facts["words"]
            .startswith("Simulated Finley: sober")
        )


def test_a_patient_who_calls_raises_the_alarm_of_the_practice_and_reads_who_has_it(ward):
    rehearsing = Rehearsing(ward.mona, "panic")
    shown = rehearsing.at(15)
    assert ("help_asked", 14.5, 14.5) in recorded("patient")
    assert "The practice has been alarmed." in patients_page(rehearsing, shown)
    rehearsing.do(15.5, TAKE_ON, {})
    assert "Somebody has your call." in patients_page(rehearsing, rehearsing.at(16))


def patients_page(rehearsing, shown):
    with in_rehearsal(shown=shown):
        device = SimulatedDevice.objects.get(by="patient")
        browser = Browser(rehearsing.drill_id, dict(device.cookies))
        return browser.get("session/", knock=Knock(shown)).content.decode()


def test_what_was_pressed_without_a_network_arrives_afterwards_once_and_at_its_time(ward):
    rehearsing = Rehearsing(ward.mona, "lost_network")
    rehearsing.at(45)
    assert [kind for kind, *_ in recorded("sitter")] == ["role_accepted", "looked", "looked"]
    rehearsing.at(53)
    rehearsing.at(60)
    assert recorded("sitter")[3:] == [("looked", 39, 52), ("looked", 52, 52)]
    assert recorded("patient") == [("rated", 44, 52)]
    assert set(answers().values()) == {""}


def test_a_clock_that_is_ahead_is_set_right_and_what_it_said_is_kept(ward):
    Rehearsing(ward.mona, "home_offline").at(60)
    with in_rehearsal():
        late = SessionEvent.objects.get(source="sitter", kind="noticed")
    assert minute(late.taken_at) == 44
    assert minute(late.clock_said) == 47


def test_while_only_the_house_is_offline_the_pages_of_staff_load(ward):
    rehearsing = Rehearsing(ward.mona, "home_offline")
    shown = rehearsing.at(40)
    assert not queries.played(rehearsing.drill_id, shown=shown).bedside.network_is_lost
    rehearsing.do(41, "looked", {})
    assert ("looked", 41, 41) in recorded("room")


def test_a_gateway_that_fails_is_refused_and_an_alarm_says_so(ward):
    Rehearsing(ward.mona, "oximeter_fails").at(30)
    assert [row for row in recorded("device") if row[0] == "refused"] == [("refused", 24, 24)]
    assert "140" in answers()["nonsense-1"] or answers()["nonsense-1"]
    with in_rehearsal():
        assert Alarm.objects.filter(severity="amber").exists()


def test_oxygen_that_falls_raises_its_alarm_without_anybody_measuring(ward):
    Rehearsing(ward.mona, "low_oxygen_sleepy").at(46)
    with in_rehearsal():
        assert SessionEvent.objects.filter(kind="alarmed", facts__limit_id__startswith="OXYGEN").exists()


@pytest.mark.parametrize("script_id", ["home_offline", "oximeter_fails", "sitter_leaves"])
def test_asked_every_minute_or_once_the_same_is_on_record(ward, script_id):
    often = Rehearsing(ward.mona, script_id)
    for each in range(1, 60):
        often.at(each)
    seen = [recorded(source) for source in ("sitter", "patient", "device")]
    actions.stop_drill(drill_id=often.drill_id, now=BEGAN + timedelta(minutes=2))
    with in_rehearsal():
        first = set(SessionEvent.objects.values_list("pk", flat=True))
    once = Rehearsing(ward.mona, script_id)
    once.at(59)
    with in_rehearsal():
        rows = SessionEvent.objects.exclude(pk__in=first)
        again = [
            [
                (row.kind, minute(row.taken_at), minute(row.received_at))
                for row in rows.filter(source=source).order_by("taken_at", "sequence")
            ]
            for source in ("sitter", "patient", "device")
        ]
    assert again == seen


def test_as_it_happens_they_tap_by_the_clock_on_the_wall(ward):
    rehearsing = Rehearsing(ward.mona, "panic", speed=1)
    actions.catch_up(drill_id=rehearsing.drill_id, now=BEGAN + timedelta(minutes=14))
    assert recorded("patient") == []
    actions.catch_up(drill_id=rehearsing.drill_id, now=BEGAN + timedelta(minutes=14, seconds=31))
    assert recorded("patient") == [("help_asked", 14.5, 14.5)]


def test_a_page_shown_while_another_is_minutes_ahead_is_watched_all_the_same(ward, monkeypatch):
    monkeypatch.setattr(watch, "SILENT_AFTER_S", 15.0)
    rehearsing = Rehearsing(ward.mona, "panic")
    shown = rehearsing.at(10)
    rehearsing.at(13)
    with in_rehearsal(shown=shown):
        assert watch.watch_state().is_living


def test_a_beat_of_an_earlier_drill_watches_over_nobody(ward, monkeypatch):
    monkeypatch.setattr(watch, "SILENT_AFTER_S", 15.0)
    earlier = Rehearsing(ward.mona, "panic")
    earlier.at(40)
    actions.stop_drill(drill_id=earlier.drill_id, now=BEGAN + timedelta(minutes=1))
    stopped = Rehearsing(ward.mona, "worker_killed")
    with in_rehearsal(shown=stopped.at(30)):
        assert not watch.watch_state().is_living


def test_what_they_send_is_no_deed_of_the_trainee(ward):
    drill = Rehearsing(ward.mona, "lost_network").follow(())
    outcome = {item["id"]: item["outcome"] for item in drill.report["items"]}
    assert set(outcome.values()) <= {"missed", "not done, rightly"}
    assert [tap["by"] for tap in drill.report["taps"]].count("sitter") == 6


def test_the_record_of_a_drill_with_taps_is_whole(ward):
    rehearsing = Rehearsing(ward.mona, "home_offline")
    rehearsing.at(70)
    with in_rehearsal():
        ((_, verdict),) = proofs([rehearsing.visit_id])
    assert verdict.is_intact


@pytest.mark.parametrize("script", drill_scripts(), ids=lambda script: script.id)
def test_every_tap_of_a_script_is_one_that_its_sender_may_record(script):
    roles = {"patient": TokenRole.PATIENT, "sitter": TokenRole.SITTER, "gateway": TokenRole.DEVICE}
    for tap in script.taps:
        assert why_not(roles[tap.by], tap.kind, frozenset({*tap.facts, *tap.measures})) == ""


def test_a_button_that_is_not_on_the_page_is_not_pressed():
    html = '<form method="post"><input type="hidden" name="a" value="b"><button name="do" value="looked">x</button></form>'
    assert form_of(html, "looked").holds == {"a": "b"}
    assert form_of(html, "discharged") is None


def test_nobody_outside_can_knock_as_a_simulated_person(ward, sign_in, client):
    rehearsing = Rehearsing(ward.mona, "panic")
    page = f"/rehearsal/{rehearsing.drill_id}/session/"
    assert client.get(page, headers={"Knocked": "yes"}).status_code == 302
    assert sign_in(ward.ada).get(page).status_code == 403
    assert sign_in(ward.mona).get(page).status_code == 302, "staff are led to the session"
