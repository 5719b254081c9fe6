"""Recording by token: each event once, whoever repeats it; nothing of the patient comes back; nothing is ever a 500."""

from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine

from sojourn.clinical import monitoring
from sojourn.program.audit.models import Entry
from sojourn.program.people.policy import NotAllowed
from sojourn.program.plans.choices import VisitKind
from sojourn.program.safety.models import Alarm, WatchBeat
from sojourn.program.safety.watch import beat
from sojourn.program.treatment import session_refusals, tokens
from sojourn.program.treatment.choices import TokenRole
from sojourn.program.treatment.may_record import MAY_RECORD
from sojourn.program.treatment.models import RecordingToken, SessionEvent
from tests.support import courses
from tests.support.tokens import event, is_intact, post, statuses, token_for

MINUTE = timedelta(minutes=1)
pytestmark = pytest.mark.django_db


def test_a_gateway_records_an_array_in_one_transaction_with_one_witness(client, ward, visit, now):
    secret = token_for(ward, visit, "device", now)
    before = SessionEvent.objects.count()
    readings = [event("vital_taken", now - timedelta(seconds=n), heart_rate=70 + n % 5) for n in range(50)]
    response = post(client, secret, readings, now)
    assert statuses(response) == ["recorded"] * 50
    assert [each["form_id"] for each in response.json()["events"]] == [each["form_id"] for each in readings]
    assert SessionEvent.objects.count() == before + 50
    assert Entry.objects.filter(did="recorded by device gateway").count() == 1
    row = SessionEvent.objects.order_by("-sequence").first()
    assert (row.source, row.device, row.recorded_by_id, row.received_at) == ("device", "Gateway 3", None, now)
    assert row.token.role == "device"
    assert is_intact(visit)


def test_the_answer_says_what_is_due_and_nothing_about_the_patient(client, ward, visit, now):
    secret = token_for(ward, visit, "patient", now)
    said = post(client, secret, [event("looked", now)], now).json()
    assert set(said) == {"events", "now", "watch", "next_due_at", "ended"}
    asked = client.get("/record/tick", headers={"Authorization": f"Bearer {secret}"}).json()
    assert set(asked) == {"now", "watch", "next_due_at", "ended"}
    due = courses.session_at(ward, visit, now).state.next_due.due_at
    assert (asked["now"], asked["next_due_at"], asked["ended"]) == (now.isoformat(), due.isoformat(), False)


@pytest.mark.parametrize(
    "facts",
    [{"heart_rate": 70}, {"systolic": 190, "diastolic": 90}, {"systolic": 0, "diastolic": 0}],
    ids=str,
)
def test_what_the_answer_tells_is_what_the_next_tick_tells(client, ward, visit, now, facts):
    secret = token_for(ward, visit, "device", now)
    said = post(client, secret, [event("vital_taken", now, **facts)], now).json()
    told = client.get("/record/tick", headers={"Authorization": f"Bearer {secret}"}).json()
    assert {name: said[name] for name in told} == told


def test_the_answer_says_whether_anybody_watches(client, ward, visit, now):
    headers = {"Authorization": f"Bearer {token_for(ward, visit, 'sitter', now)}"}
    WatchBeat.objects.all().delete()
    assert client.get("/record/tick", headers=headers).json()["watch"] is False
    beat("worker 1")
    assert client.get("/record/tick", headers=headers).json()["watch"] is True


def test_a_repeat_is_harmless_and_says_so(client, ward, visit, now):
    secret = token_for(ward, visit, "device", now)
    reading = event("vital_taken", now, systolic=130, diastolic=80)
    assert statuses(post(client, secret, [reading, reading], now)) == ["recorded", "repeat"]
    later = now + timedelta(minutes=1)
    assert statuses(post(client, secret, [reading], later)) == ["repeat"]
    assert SessionEvent.objects.filter(source="device").count() == 1


def test_the_same_id_with_other_content_is_refused(client, ward, visit, now):
    secret = token_for(ward, visit, "device", now)
    form_id = uuid4()
    first = event("vital_taken", now, form_id=form_id, heart_rate=70)
    forged = event("vital_taken", now, form_id=form_id, heart_rate=71)
    moved = event("vital_taken", now - timedelta(minutes=1), form_id=form_id, heart_rate=70)
    assert statuses(post(client, secret, [first, forged], now)) == ["recorded", "refused"]
    assert statuses(post(client, secret, [forged, moved], now)) == ["refused", "refused"]
    assert SessionEvent.objects.get(form_id=form_id).facts == {"heart_rate": 70}


def test_an_id_of_another_hand_or_session_is_refused(client, ward, visit, now):
    other = courses.visit_of(visit.course, VisitKind.DOSING, 2)
    taken = SessionEvent.objects.filter(kind="vital_taken").first()
    facts = dict(taken.facts)
    for where in (visit, other):
        secret = token_for(ward, where, "device", now)
        forged = event("vital_taken", taken.taken_at, form_id=taken.form_id, **facts)
        assert statuses(post(client, secret, [forged], now)) == ["refused"]
    assert SessionEvent.objects.filter(form_id=taken.form_id).count() == 1


@pytest.mark.parametrize("role", list(TokenRole))
def test_a_token_records_what_its_role_may_and_nothing_else(client, ward, visit, now, role):
    secret = token_for(ward, visit, role.value, now)
    for kind in monitoring.KINDS:
        (said,) = post(client, secret, [event(kind, now, words="So.")], now).json()["events"]
        if kind not in MAY_RECORD[role]:
            assert said["status"] == "refused"
            assert said["why"].startswith(f"A {role.label} may record:")
        else:
            assert not said["why"].startswith("A ")


def test_no_token_doses_discharges_cancels_or_strikes():
    for allowed in MAY_RECORD.values():
        assert not {"dosed", "discharged", "cancelled", "struck", "corrected", "alarmed"} & set(allowed)


def test_a_call_for_help_raises_a_red_alarm_in_the_same_transaction(client, ward, visit, now):
    for role, says in (("patient", "The patient asks for help."), ("sitter", "The sitter is worried.")):
        secret = token_for(ward, visit, role, now)
        assert statuses(post(client, secret, [event("help_asked", now)], now)) == ["recorded"]
        row = SessionEvent.objects.get(kind="help_asked", source=role)
        alarm = Alarm.objects.get(about_id=row.id)
        assert (alarm.severity, alarm.says, alarm.reason) == ("red", says, "HELP-ASKED")
    waiting = courses.session_at(ward, visit, now).state.unacknowledged
    assert [each.limit_id for each in waiting] == ["HELP-ASKED", "HELP-ASKED"]
    assert is_intact(visit)


def test_a_call_for_help_is_heard_after_the_session_has_ended(client, ward, visit):
    left_at = courses.run_session(ward, visit)
    at = left_at + timedelta(hours=1)
    with time_machine.travel(at, tick=False):
        secret = token_for(ward, visit, "sitter", at)
        assert statuses(post(client, secret, [event("help_asked", at)], at)) == ["recorded"]
    assert Alarm.objects.filter(reason="HELP-ASKED", severity="red").exists()


def test_nobody_strikes_out_a_call_for_help(client, ward, visit, now):
    post(client, token_for(ward, visit, "patient", now), [event("help_asked", now)], now)
    asked = SessionEvent.objects.get(kind="help_asked")
    with pytest.raises(session_refusals.NothingToStrike):
        courses.note_event(ward, visit, "struck", {"struck_id": str(asked.id), "words": "By mistake."}, now)


def test_a_crossed_limit_of_a_device_raises_its_alarm_at_once(client, ward, visit, now):
    secret = token_for(ward, visit, "device", now)
    post(client, secret, [event("vital_taken", now, systolic=190, diastolic=90)], now)
    alarm = Alarm.objects.get(severity="red")
    assert SessionEvent.objects.get(kind="alarmed", facts__limit_id=alarm.reason).source == "program"
    assert courses.session_at(ward, visit, now).state.alarms


ABSURD = [
    {"systolic": 0, "diastolic": 0},
    {"systolic": 300, "diastolic": 20},
    {"systolic": 80, "diastolic": 120},
    {"spo2": 140},
    {"heart_rate": "12O"},
    {"heart_rate": float("nan")},
    {"heart_rate": float("inf")},
    {"heart_rate": 1e308},
    {"heart_rate": -5},
    {"heart_rate": 999},
    {"heart_rate": True},
    {"heart_rate": 72.5},
    {"systolic": 120},
    {"heart_rate": "7\x000"},
    {"heart_rate": "\ud800"},
    {"heart_rate": ""},
    {},
    {"temperature": 101},
    {"systolic": 124, "diastolic": 78, "mood": "low"},
]


@pytest.mark.parametrize("facts", ABSURD, ids=str)
def test_an_absurd_reading_is_kept_as_refused_and_is_no_value(client, ward, visit, now, facts):
    secret = token_for(ward, visit, "device", now)
    seen = courses.session_at(ward, visit, now).state.seen
    reading = event("vital_taken", now, **facts)
    for _ in range(2):
        (said,) = post(client, secret, [reading], now).json()["events"]
        assert said["status"] == "refused"
        assert said["why"]
    row = SessionEvent.objects.get(kind="refused")
    assert (row.facts["of"], row.facts["why"], row.taken_at) == ("vital_taken", said["why"], now)
    assert all(name in row.facts["typed"] for name in facts)
    assert courses.session_at(ward, visit, now).state.seen == seen
    assert [(each.severity, each.reason) for each in Alarm.objects.all()] == [("amber", "READING-REFUSED")]
    assert is_intact(visit)


def test_a_device_that_is_refused_again_and_again_calls_once(client, ward, visit, now):
    secret = token_for(ward, visit, "device", now)
    absurd = [event("vital_taken", now, spo2=140) for _ in range(3)]
    for _ in range(2):
        post(client, secret, absurd, now)
        absurd = [event("vital_taken", now, spo2=141) for _ in range(3)]
    assert SessionEvent.objects.filter(kind="refused").count() == 6
    assert Alarm.objects.filter(reason="READING-REFUSED").count() == 1


def test_120_and_120_point_0_are_one_reading(client, ward, visit, now):
    secret = token_for(ward, visit, "device", now)
    assert statuses(post(client, secret, [event("vital_taken", now, heart_rate=72.0)], now)) == ["recorded"]
    assert SessionEvent.objects.get(source="device").facts == {"heart_rate": 72}


def test_a_reading_in_another_unit_is_refused_and_never_converted(client, ward, visit, now):
    secret = token_for(ward, visit, "device", now)
    kilopascal = event(
        "vital_taken", now, units={"systolic": "kPa", "diastolic": "kPa"}, systolic=160, diastolic=100
    )
    named = event(
        "vital_taken", now, units={"systolic": "mm[Hg]", "heart_rate": "bpm"}, systolic=124, diastolic=80,
        heart_rate=70,
    )  # fmt: skip
    response = post(client, secret, [kilopascal, named], now)
    assert statuses(response) == ["refused", "recorded"]
    assert response.json()["events"][0]["why"] == "Send systolic in mmHg."
    assert "kPa" in SessionEvent.objects.get(kind="refused").facts["typed"]


def test_a_clock_that_is_wrong_is_set_right_and_both_times_are_kept(client, ward, visit, now):
    fast, slow = token_for(ward, visit, "device", now), token_for(ward, visit, "sitter", now)
    three = timedelta(minutes=3)
    post(client, fast, [event("vital_taken", now + three - timedelta(minutes=1), heart_rate=70)], now + three)
    post(client, slow, [event("looked", now - three - timedelta(minutes=1))], now - three)
    for source, said in (("device", now + timedelta(minutes=2)), ("sitter", now - timedelta(minutes=4))):
        row = SessionEvent.objects.get(source=source)
        assert (row.taken_at, row.clock_said) == (now - timedelta(minutes=1), said)
    assert is_intact(visit)


def test_a_small_difference_of_clocks_moves_nothing(client, ward, visit, now):
    secret = token_for(ward, visit, "device", now)
    at = now - timedelta(seconds=30)
    post(client, secret, [event("vital_taken", at, heart_rate=70)], now + timedelta(seconds=119))
    assert SessionEvent.objects.get(source="device").taken_at == at


def test_half_an_hour_offline_arrives_in_any_order_and_once(client, ward, visit, now):
    secret = token_for(ward, visit, "device", now)
    late = [event("vital_taken", now - timedelta(minutes=n), heart_rate=60 + n) for n in range(15)]
    later = now + timedelta(minutes=30)
    with time_machine.travel(later, tick=False):
        post(client, secret, list(reversed(late)), later)
        assert set(statuses(post(client, secret, late, later))) == {"repeat"}
    rates = (
        SessionEvent.objects.filter(source="device")
        .order_by("taken_at")
        .values_list("facts__heart_rate", flat=True)
    )
    assert list(rates) == [60 + n for n in reversed(range(15))]


def test_what_was_measured_before_the_end_may_arrive_after_it(client, ward, visit):
    left_at = courses.run_session(ward, visit)
    at = left_at + timedelta(minutes=30)
    with time_machine.travel(at, tick=False):
        secret = token_for(ward, visit, "device", at)
        before = event("vital_taken", left_at - timedelta(minutes=3), heart_rate=70)
        after = event("vital_taken", at, heart_rate=70)
        response = post(client, secret, [before, after], at)
    assert statuses(response) == ["recorded", "refused"]
    assert response.json()["ended"] is True


@pytest.mark.parametrize(("role", "kept"), [("monitor", ["heart_rate 190"]), ("device", [])])
def test_what_a_person_measured_after_the_end_is_kept_as_refused(client, ward, visit, role, kept):
    """Somebody else ended the session while this tablet had no network; a device may measure on all night."""
    left_at = courses.run_session(ward, visit)
    at = left_at + timedelta(minutes=5)
    with time_machine.travel(at, tick=False):
        secret = token_for(ward, visit, role, at)
        sent = event("vital_taken", at, heart_rate=190)
        answers = [post(client, secret, [sent], at).json()["events"] for _again in range(2)]
    assert answers[0] == answers[1]
    assert (answers[0][0]["status"], answers[0][0]["why"]) == ("refused", "The session has ended.")
    rows = SessionEvent.objects.filter(kind="refused")
    assert [row.facts["typed"] for row in rows] == kept
    assert not Alarm.objects.filter(about_id__in=rows.values("id")).exists()
    assert is_intact(visit)


def test_a_reading_dated_before_the_dose_is_kept_as_refused(client, ward, visit, now):
    secret = token_for(ward, visit, "device", now)
    response = post(client, secret, [event("vital_taken", now - timedelta(minutes=21), heart_rate=70)], now)
    assert statuses(response) == ["refused"]
    assert SessionEvent.objects.get(kind="refused").facts["typed"] == "heart_rate 70"


@pytest.mark.parametrize("minutes", [-13 * 60, 3])
def test_a_reading_of_an_impossible_time_is_kept_as_refused_now(client, ward, visit, now, minutes):
    secret = token_for(ward, visit, "device", now)
    response = post(
        client, secret, [event("vital_taken", now + timedelta(minutes=minutes), heart_rate=70)], now
    )
    assert statuses(response) == ["refused"]
    assert SessionEvent.objects.get(kind="refused").taken_at == now


def test_a_token_ends_with_its_session_and_its_grace(client, ward, visit):
    left_at = courses.run_session(ward, visit)
    for role, grace in tokens.GRACE.items():
        secret = token_for(ward, visit, role.value, left_at)
        for at, status in ((left_at + grace - timedelta(seconds=1), 200), (left_at + grace, 410)):
            with time_machine.travel(at, tick=False):
                assert (
                    client.get("/record/tick", headers={"Authorization": f"Bearer {secret}"}).status_code
                    == status
                )
                post(client, secret, [event("looked", at)], at)
    assert not SessionEvent.objects.filter(taken_at__gte=left_at + timedelta(hours=36)).exists()


def test_a_revoked_token_records_nothing(client, ward, visit, now):
    secret = token_for(ward, visit, "device", now)
    token_id = RecordingToken.objects.get(role="device").id
    tokens.revoke_token(token_id=token_id, visit_id=visit.id, actor=ward.mona, now=now)
    response = post(client, secret, [event("vital_taken", now, heart_rate=70)], now)
    assert response.status_code == 410
    assert response.json() == {"error": "This token has ended. Nothing was recorded.", "ended": True}
    assert not SessionEvent.objects.filter(source="device").exists()


def test_the_secret_is_long_and_is_not_in_the_database(ward, visit, now):
    secret = token_for(ward, visit, "device", now)
    assert len(secret) >= 43  # 256 bits
    row = RecordingToken.objects.get(role="device")
    assert secret not in {str(value) for value in vars(row).values()}


@pytest.mark.parametrize(
    "header", [None, "Bearer", "Bearer ", "Bearer nobody", "Basic YTpi", "Bearer \u00fc"]
)
def test_without_a_token_nothing_is_recorded_or_told(client, visit, header):
    headers = {"Authorization": header} if header else {}
    body = {"sent_at": "2026-12-01T17:00:00Z", "events": [{}]}
    for ask in (
        client.get("/record/tick", headers=headers),
        client.post("/record/", body, content_type="application/json", headers=headers),
    ):
        assert ask.status_code == 401
        assert set(ask.json()) == {"error"}


def test_a_login_gives_no_right_to_record(sign_in, ward, visit, now):
    for actor in (ward.mona, ward.ada, ward.dora):
        assert sign_in(actor).post("/record/", "{}", "application/json").status_code == 401


@pytest.mark.parametrize(
    "body",
    [
        b"", b"{", b"[]", b"null", b"3", b"\xff\xfe", b"[" * 100_000, b'{"sent_at": "2026-11-24T10:00:00Z"}',
        b'{"sent_at": "2026-11-24T10:00:00Z", "events": []}', b'{"sent_at": "now", "events": [{}]}',
        b'{"sent_at": "2026-11-24T10:00:00", "events": [{}]}', b'{"sent_at": 5, "events": [{}]}',
        b'{"sent_at": "9999-12-31T23:59:59Z", "events": [{}]}', b'{"sent_at": "0001-01-01T00:00:00Z", "events": [{}]}',
        b'{"sent_at": "2026-11-24T10:00:00Z", "events": {"a": 1}}', b"1" * 5000,
        b'{"sent_at": "2026-11-24T10:00:00Z", "events": [' + b",".join([b"{}"] * 201) + b"]}",
    ],
    ids=lambda body: body[:40].decode("latin-1"),
)  # fmt: skip
def test_a_malformed_body_is_refused_whole_with_words(client, ward, visit, now, body):
    secret = token_for(ward, visit, "device", now)
    before = SessionEvent.objects.count()
    response = client.post(
        "/record/", body, content_type="application/json", headers={"Authorization": f"Bearer {secret}"}
    )
    assert response.status_code == (400 if body else 411)
    assert response.json()["error"]
    assert SessionEvent.objects.count() == before


def test_a_body_that_is_too_large_is_refused(client, ward, visit, now):
    secret = token_for(ward, visit, "device", now)
    for size in (600_000, 3_000_000):
        response = client.post(
            "/record/",
            b" " * size,
            content_type="application/json",
            headers={"Authorization": f"Bearer {secret}"},
        )
        assert response.status_code == 413


@pytest.mark.parametrize(
    "odd",
    [
        3, None, "x", [], {}, {"form_id": 5}, {"form_id": "x"}, {"taken_at": "yesterday"}, {"kind": 3}, {"kind": "k" * 31},
        {"facts": [1]}, {"facts": {"a": {"b": 1}}}, {"facts": {"a": [1]}}, {"device": "d" * 81}, {"device": "a\x00b"},
        {"device": 4}, {"units": "mmHg"}, {"kind": "nonsense"}, {"facts": {"pulse": 70}}, {"units": {"pulse": "bpm"}},
        {"taken_at": "9999-12-31T23:59:59+00:00"}, {"taken_at": "2026-11-24T10:00:00"},
    ],
    ids=str,
)  # fmt: skip
def test_an_odd_event_is_refused_by_itself_and_the_others_are_recorded(client, ward, visit, now, odd):
    secret = token_for(ward, visit, "device", now)
    good = event("vital_taken", now, heart_rate=70)
    raw = {**event("vital_taken", now, heart_rate=71), **odd} if isinstance(odd, dict) and odd else odd
    response = post(client, secret, [raw, good], now)
    assert statuses(response) == ["refused", "recorded"]
    assert response.json()["events"][0]["why"]


def test_a_text_with_a_character_no_database_keeps_is_refused(client, ward, visit, now):
    secret = token_for(ward, visit, "sitter", now)
    for words in ("a\x00b", "\ud800"):
        assert statuses(post(client, secret, [event("looked", now, words=words)], now)) == ["refused"]
    assert statuses(post(client, secret, [event("looked", now, words="שלום 👋 é")], now)) == ["recorded"]


def test_only_the_two_methods_are_answered(client):
    assert client.get("/record/").status_code == 405
    assert client.post("/record/tick").status_code == 405
    assert client.put("/record/").json()["error"]


def test_a_token_of_one_session_adds_to_no_other(client, ward, visit, now):
    other = courses.visit_of(visit.course, VisitKind.DOSING, 2)
    secret = token_for(ward, visit, "device", now)
    post(client, secret, [event("vital_taken", now, heart_rate=70) | {"visit": str(other.id)}], now)
    assert not SessionEvent.objects.filter(visit=other).exists()


def test_only_who_may_run_the_session_makes_a_gateways_token(ward, visit, now):
    for actor in (ward.thea, ward.cora, ward.ada, ward.cleo):
        with pytest.raises((tokens.NotADosingSession, NotAllowed)):
            tokens.make_gateway_token(visit_id=visit.id, label="G", actor=actor, now=now)
    with pytest.raises(tokens.NotADosingSession):
        tokens.make_patient_token(visit_id=visit.id, actor=ward.bea, now=now)
    assert not RecordingToken.objects.exists()


def test_the_number_of_statements_does_not_grow_with_the_array(
    client, ward, visit, now, django_assert_max_num_queries
):
    secret = token_for(ward, visit, "device", now)
    many = [event("vital_taken", now - timedelta(seconds=n), heart_rate=70) for n in range(200)]
    with django_assert_max_num_queries(10):
        post(client, secret, many, now)
    with django_assert_max_num_queries(10):
        post(client, secret, [event("vital_taken", now, heart_rate=70)], now)


@pytest.mark.parametrize(("first", "then"), [(5, 1), (1, 5)])
def test_of_two_signs_of_a_kind_the_one_told_of_last_is_red_whenever_it_was_seen(
    client, ward, visit, now, first, then
):
    secret = token_for(ward, visit, "monitor", now)
    for ago in (first, then):
        post(client, secret, [event("noticed", now - ago * MINUTE, sign="vomiting")], now)
    raised = dict(Alarm.objects.filter(reason="SIGN-vomiting").values_list("about_id", "severity"))
    told = SessionEvent.objects.filter(kind="noticed").order_by("sequence").values_list("id", flat=True)
    assert [raised[about_id] for about_id in told] == ["amber", "red"]
