"""What a broken device or a forger may send by token: refused in words, kept where it is a reading, and never a value."""

import pytest

from sojourn.program.safety.models import Alarm
from sojourn.program.treatment.models import SessionEvent
from tests.support import courses
from tests.support.tokens import event, is_intact, post, statuses, token_for

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("role", ["device", "monitor"])
def test_a_frame_that_gave_no_value_goes_on_record_as_a_refused_reading(client, ward, visit, now, role):
    secret = token_for(ward, visit, role, now)
    seen = courses.session_at(ward, visit, now).state.seen
    frame = event("refused", now, device="UA-651BLE", of="vital_taken", typed="04 FF 07", why="No number.")
    assert statuses(post(client, secret, [frame, frame], now)) == ["recorded", "repeat"]
    assert statuses(post(client, secret, [frame], now)) == ["repeat"]
    row = SessionEvent.objects.get(kind="refused")
    assert (row.facts, row.device) == (frame["facts"], "UA-651BLE")
    assert courses.session_at(ward, visit, now).state.seen == seen
    alarmed = list(Alarm.objects.values_list("reason", flat=True))
    assert alarmed == (["READING-REFUSED"] if role == "device" else []), "a monitor reads it on their page"
    assert is_intact(visit)


@pytest.mark.parametrize(
    "facts",
    [
        {"of": "dosed", "typed": "56", "why": "No."},
        {"of": "vital_taken", "typed": "", "why": "No."},
        {"of": "vital_taken", "typed": "04"},
        {"of": 3, "typed": "04", "why": "No."},
        {"of": "vital_taken", "typed": "04", "why": "No.", "systolic": 120},
        {"of": "vital_taken", "typed": "0" * 3000, "why": "No."},
    ],
    ids=lambda facts: str(facts)[:40],
)
def test_a_refused_reading_says_of_what_what_came_and_why(client, ward, visit, now, facts):
    secret = token_for(ward, visit, "device", now)
    (said,) = post(client, secret, [event("refused", now, **facts)], now).json()["events"]
    assert said["status"] == "refused"
    assert said["why"]
    assert not SessionEvent.objects.filter(source="device").exists()


def test_a_forged_refusal_takes_no_readings_id(client, ward, visit, now):
    secret = token_for(ward, visit, "device", now)
    reading = event("vital_taken", now, heart_rate=70)
    forged = event("refused", now, form_id=reading["form_id"], of="vital_taken", typed="x", why="No.")
    assert statuses(post(client, secret, [reading, forged], now)) == ["recorded", "refused"]
    refused = event("vital_taken", now, spo2=140)
    taken = event("refused", now, form_id=refused["form_id"], of="vital_taken", typed="spo2 139", why="No.")
    assert statuses(post(client, secret, [refused, taken], now)) == ["refused", "refused"]
    assert SessionEvent.objects.get(kind="refused").facts["typed"] == "spo2 140"


@pytest.mark.parametrize("written", [str.upper, "{{{}}}".format, "urn:uuid:{}".format])
def test_the_answer_names_an_event_as_its_sender_wrote_it(client, ward, visit, now, written):
    """Some phones write ids in capitals: a sender that looks for its own must find it, or it sends for ever."""
    secret = token_for(ward, visit, "device", now)
    sent = event("vital_taken", now, heart_rate=70)
    sent["form_id"] = written(sent["form_id"])
    (said,) = post(client, secret, [sent], now).json()["events"]
    assert (said["form_id"], said["status"]) == (sent["form_id"], "recorded")
    assert statuses(post(client, secret, [sent], now)) == ["repeat"]


@pytest.mark.parametrize("length", ["x", "-1", "1e9", "9" * 5000, "²"])
def test_a_length_that_is_none_is_refused_in_words(client, ward, visit, now, length):
    secret = token_for(ward, visit, "device", now)
    response = client.post(
        "/record/",
        b"{}",
        content_type="application/json",
        headers={"Authorization": f"Bearer {secret}"},
        CONTENT_LENGTH=length,
    )
    assert response.status_code in {400, 413}
    assert response.json()["error"]


NASTY = [
    {"heart_rate": 10**400},
    {"heart_rate": -(10**4000)},
    {"heart_rate": "７２"},
    {"heart_rate": "0x48"},
    {"heart_rate": "1e2"},
    {"heart_rate": " 72\u200b"},
    {"spo2": "NaN"},
    {"spo2": "-0"},
    {"spo2": 0},
    {"systolic": "120/80"},
    {"systolic": 120, "diastolic": None},
    {"systolic": 1200, "diastolic": 800},
    {"respiratory_rate": 999},
    {"spo2": "9" * 5000},
    {"spo2": "🫀"},
    {"spo2": "\u202e97"},
    {"spo2": False},
]


@pytest.mark.parametrize("facts", NASTY, ids=lambda facts: ascii(facts)[:40])
def test_nothing_nasty_is_ever_a_value_or_an_error(client, ward, visit, now, facts):
    secret = token_for(ward, visit, "device", now)
    seen = courses.session_at(ward, visit, now).state.seen
    (said,) = post(client, secret, [event("vital_taken", now, **facts)], now).json()["events"]
    assert said["status"] == "refused"
    assert SessionEvent.objects.filter(kind="refused").count() == 1
    assert courses.session_at(ward, visit, now).state.seen == seen
    assert is_intact(visit)
