"""What a broken device or a forger may send by token: refused in words, kept where it is a reading, and never a value."""

import json
from datetime import timedelta
from uuid import uuid4

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


@pytest.mark.parametrize(
    ("headers", "status", "says"),
    [
        ({"CONTENT_LENGTH": ""}, 411, "Content-Length"),
        ({"HTTP_CONTENT_ENCODING": "gzip"}, 415, "not compressed"),
        ({"HTTP_CONTENT_ENCODING": "br"}, 415, "not compressed"),
    ],
    ids=["in chunks", "gzip", "br"],
)
def test_a_body_that_is_packed_or_in_chunks_is_told_so(client, ward, visit, now, headers, status, says):
    secret = token_for(ward, visit, "device", now)
    shown = {"Authorization": f"Bearer {secret}"}
    response = client.post("/record/", b"{}", content_type="application/json", headers=shown, **headers)
    assert response.status_code == status
    assert says in response.json()["error"]


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


def sent_raw(client, secret, text, now):
    """Send events as a text, which holds what no dict can."""
    body = f'{{"sent_at": "{now.isoformat()}", "events": [{text}]}}'
    headers = {"Authorization": f"Bearer {secret}"}
    return client.post("/record/", body, content_type="application/json", headers=headers)


def reading(now, form_id, **different):
    told = {
        "form_id": form_id,
        "kind": "vital_taken",
        "facts": {"heart_rate": 70},
        "taken_at": now.isoformat(),
    }
    return told | different


UNREADABLE = [
    {"taken_at": "9999-12-31T23:59:59+00:00"},
    {"taken_at": "-1"},
    {"taken_at": -1},
    {"taken_at": "2026-12-01T17:20"},
    {"facts": {"heart_rate": [70]}},
    {"facts": {"systolic": {"value": 120, "unit": "mmHg"}}},
    {"facts": [120, 80]},
    {"units": {"heart_rate": ["/min"]}},
    {"device": "x" * 81},
    {"device": "\ud83d"},
]


@pytest.mark.parametrize("different", UNREADABLE, ids=lambda different: ascii(different)[:40])
def test_a_reading_that_nobody_can_read_is_kept_as_it_came(client, ward, visit, now, different):
    """A gateway that writes its times or facts wrongly would else lose a night of readings without a trace."""
    secret = token_for(ward, visit, "device", now)
    sent = reading(now, str(uuid4()), **different)
    (said,) = post(client, secret, [sent], now).json()["events"]
    row = SessionEvent.objects.get(kind="refused")
    assert (said["status"], said["why"]) == ("refused", row.facts["why"])
    assert (str(row.form_id), row.facts["of"]) == (sent["form_id"], "vital_taken")
    assert "70" in row.facts["typed"] or "120" in row.facts["typed"]
    later = now + timedelta(minutes=1)
    assert post(client, secret, [sent], later).json()["events"] == [said], "a repeat hears the same reason"
    assert SessionEvent.objects.filter(kind="refused").count() == 1
    assert is_intact(visit)


def test_of_two_values_of_one_name_neither_is_taken_and_both_are_kept(client, ward, visit, now):
    secret = token_for(ward, visit, "device", now)
    text = json.dumps(reading(now, str(uuid4()))).replace(
        '"heart_rate": 70', '"heart_rate": 70, "heart_rate": 170'
    )
    assert statuses(sent_raw(client, secret, text, now)) == ["refused"]
    facts = SessionEvent.objects.get(kind="refused").facts
    assert "twice" in facts["why"]
    assert all(value in facts["typed"] for value in ("70", "170"))
    whole = f'{{"sent_at": "{now.isoformat()}", "events": [], "events": [{text}]}}'
    headers = {"Authorization": f"Bearer {secret}"}
    assert client.post("/record/", whole, content_type="application/json", headers=headers).status_code == 400


@pytest.mark.parametrize(
    "facts",
    [{"systolic": 124, "diastolic": 78, "symptoms": "a little"}, {"heart_rate": 70, "symptoms": 2}],
    ids=["a word", "a number"],
)
def test_symptoms_that_are_neither_yes_nor_no_are_never_a_no(client, ward, visit, now, facts):
    secret = token_for(ward, visit, "monitor", now)
    assert statuses(post(client, secret, [event("vital_taken", now, **facts)], now)) == ["refused"]
    assert "symptoms" in SessionEvent.objects.get(kind="refused").facts["typed"]


@pytest.mark.parametrize("kind", ["looked", "called", "noted"])
def test_words_that_are_no_text_are_refused_and_not_dropped(client, ward, visit, now, kind):
    secret = token_for(ward, visit, "monitor", now)
    assert statuses(post(client, secret, [event(kind, now, words=7)], now)) == ["refused"]


def test_a_repeat_from_another_device_or_in_another_unit_is_no_repeat(client, ward, visit, now):
    secret = token_for(ward, visit, "device", now)
    sent = event("vital_taken", now, device="Cuff 1", heart_rate=70)
    assert statuses(post(client, secret, [sent], now)) == ["recorded"]
    for different in (
        {"device": "Cuff 2"},
        {"units": {"heart_rate": "kPa"}},
        {"facts": {"heart_rate": 70, "x": 1}},
    ):
        assert statuses(post(client, secret, [sent | different], now)) == ["refused"], different
    assert statuses(post(client, secret, [sent], now)) == ["repeat"]


def test_a_lost_answer_and_then_a_clock_set_right_is_a_repeat(client, ward, visit, now):
    """The page tells the time anew by the clock it has now; on record it is the same moment."""
    secret = token_for(ward, visit, "monitor", now)
    ahead = timedelta(minutes=3)
    first = event("vital_taken", now + ahead, heart_rate=70)
    assert statuses(post(client, secret, [first], now + ahead)) == ["recorded"]
    again = first | {"taken_at": now.isoformat()}
    assert statuses(post(client, secret, [again], now)) == ["repeat"]


def test_the_word_before_a_token_may_be_written_in_small_letters(client, ward, visit, now):
    secret = token_for(ward, visit, "device", now)
    assert client.get("/record/tick", headers={"Authorization": f"bearer {secret}"}).status_code == 200


@pytest.mark.parametrize(
    "different",
    [
        {"taken_at": "9999-12-31T23:59:59+00:00"},
        {"taken_at": None},
        {"taken_at": "2026-12-01T00:00:00+00:00"},
        {"facts": {"words": 7}},
        {"facts": {"words": "x" * 5000}},
        {"facts": {"words": "a\x00b\ud83d"}},
        {"facts": {"words": "Come", "more": True}},
        {"facts": [1]},
        {"device": ["?"]},
    ],
    ids=lambda different: ascii(different)[:40],
)
def test_a_call_for_help_is_heard_whatever_is_wrong_with_it(client, ward, visit, now, different):
    secret = token_for(ward, visit, "patient", now)
    sent = event("help_asked", now) | different
    assert statuses(post(client, secret, [sent], now)) == ["recorded"]
    assert statuses(post(client, secret, [sent], now)) == ["repeat"]
    row = SessionEvent.objects.get(kind="help_asked")
    assert abs(row.taken_at - now) < timedelta(seconds=1)
    assert Alarm.objects.filter(about_id=row.id, severity="red").exists()
    assert is_intact(visit)
