"""The real screens in a drill: by its clock, in its world, and nothing of it in the practice's pages."""

import re
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from sojourn.program.people.models import Patient
from sojourn.program.rehearsals import queries
from sojourn.program.rehearsals.models import Drill
from sojourn.program.rehearsals.world import in_rehearsal, is_rehearsal
from sojourn.program.safety.lookout import Blindness
from sojourn.program.treatment.models import SessionEvent
from sojourn.workspace import nav
from tests.support.rehearsing import in_both_databases

pytestmark = [in_both_databases, pytest.mark.usefixtures("rehearsal_database")]
BEGAN = datetime(2026, 11, 24, 17, 0, tzinfo=UTC)
LIST = "/workspace/rehearsal/"
MARK = "REHEARSAL: simulated patient"
HIGH = {"systolic": "192", "diastolic": "112", "heart_rate": "88", "spo2": "98", "respiratory_rate": "14"}


@pytest.fixture
def clock(time_machine):
    """The real clock, stopped; `clock(seconds)` says how long after the beginning it is."""
    time_machine.move_to(BEGAN, tick=False)
    return lambda seconds: time_machine.move_to(BEGAN + timedelta(seconds=seconds), tick=False)


@pytest.fixture
def mona(ward, sign_in, clock):
    return sign_in(ward.mona)


def begin(client, script="pressure_190", speed=60, role="session_monitor") -> str:
    response = client.post(LIST, {"script": script, "speed": speed, "role": role})
    assert response.status_code == 302, response.content.decode()
    return response.headers["Location"]


def send(client, session, deed, **facts):
    sent = {f"{deed}-{name}": value for name, value in facts.items()}
    return client.post(session, {**sent, f"{deed}-form_id": uuid4(), "do": deed})


def drill_of(session: str) -> str:
    return session.split("/")[2]


def the_report(client, session):
    response = client.get(session)
    assert response.status_code == 302
    assert response.headers["Location"] == f"{LIST}{drill_of(session)}/"
    return client.get(response.headers["Location"]).content.decode()


def test_a_drill_opens_the_real_session_page_under_its_own_address(mona):
    session = begin(mona)
    page = mona.get(session)
    assert page.templates[0].name == "workspace/session_room/session.html"
    assert MARK in page.content.decode()
    assert not is_rehearsal()


def test_every_link_of_a_drills_page_stays_in_the_drill(mona):
    session = begin(mona)
    html = mona.get(session).content.decode()
    inside = f"/rehearsal/{drill_of(session)}/"
    links = set(re.findall(r'(?:href|action|hx-get|hx-post)="(/[^"]*)"', html))
    outside = {link for link in links if not link.startswith((inside, "/static/"))}
    assert outside == {f"/workspace/rehearsal/{drill_of(session)}/stop/"}
    bar = mona.get("/workspace/sessions/").content.decode()
    assert "/rehearsal/0" not in bar, "an address of the drill was remembered"


def test_the_pages_of_the_practice_carry_no_mark_and_no_simulated_patient(mona, clock):
    session = begin(mona)
    clock(41)
    assert send(mona, session, "vital_taken", **HIGH).status_code == 302
    for page in ("/workspace/sessions/", "/workspace/inbox/", "/workspace/patients/"):
        html = mona.get(page).content.decode()
        assert "Simulated" not in html
        assert MARK not in html
    board = mona.get(f"/rehearsal/{drill_of(session)}/workspace/sessions/").content.decode()
    assert "Simulated" in board
    assert MARK in board


def test_what_is_sent_in_a_drill_is_recorded_by_its_clock_and_raises_its_alarm(mona, clock):
    session = begin(mona)
    clock(40)
    assert send(mona, session, "vital_taken", **HIGH).status_code == 302
    with in_rehearsal():
        taken = SessionEvent.objects.filter(kind="vital_taken").latest("sequence")
    assert taken.taken_at == BEGAN + timedelta(minutes=40)
    assert "112" in mona.get(f"/rehearsal/{drill_of(session)}/workspace/sessions/").content.decode()
    assert not SessionEvent.objects.exists()


def test_beside_the_bed_stands_what_can_be_seen_and_measured(mona, clock):
    session = begin(mona)
    strip = session.split("workspace/")[0] + "workspace/rehearsal/bedside/"
    assert "breathes calmly" in mona.get(strip).content.decode()
    clock(40)
    html = mona.get(strip).content.decode()
    assert "Face flushed" in html
    assert "not measured yet" in html
    measured = mona.post(strip, headers={"HX-Request": "true"}).content.decode()
    assert re.search(r"(1[89]|2\d)\d/\d{2,3} mmHg, minute 40", measured)
    clock(50)
    assert "minute 40" in mona.get(strip).content.decode(), "a reading keeps its minute"


BLIND = "Monitoring is blind."


def test_a_drill_says_that_monitoring_is_blind_when_its_own_watch_stops_and_not_for_its_fast_clock(
    mona, clock, monkeypatch
):
    monkeypatch.setattr(nav, "blindness", lambda *, now: Blindness(None))
    session = begin(mona, "worker_killed")
    clock(20)
    assert BLIND not in mona.get(session).content.decode()
    assert BLIND in mona.get("/workspace/sessions/").content.decode()
    clock(25)
    monkeypatch.setattr(nav, "blindness", lambda *, now: None)
    assert BLIND in mona.get(session).content.decode()
    assert BLIND not in mona.get("/workspace/sessions/").content.decode()


def test_what_a_patient_said_with_their_own_hand_has_no_button_to_strike_it_out(mona, clock):
    session = begin(mona, "panic")
    clock(16)
    html = mona.get(session).content.decode()
    entry = next(
        part for part in html.split("<li") if "Asked for help" in part and "said by the patient" in part
    )
    assert "Strike out" not in entry


def test_neither_world_opens_a_record_of_the_other(mona, ward, clock):
    session = begin(mona)
    inside = session.split("workspace/")[0]
    assert mona.get(f"/workspace/patients/{ward.ada.patient_id}/").status_code == 200
    assert mona.get(f"{inside}workspace/patients/{ward.ada.patient_id}/").status_code == 404
    assert mona.get(f"/workspace/{session.split('workspace/')[1]}").status_code == 404
    with in_rehearsal():
        simulated = Patient.objects.get()
    assert mona.get(f"{inside}workspace/patients/{simulated.id}/").status_code == 200
    assert mona.get(f"/workspace/patients/{simulated.id}/").status_code == 404


def test_without_a_drill_there_is_no_bedside(mona):
    assert mona.get("/workspace/rehearsal/bedside/").status_code == 404


def test_a_reload_goes_on_where_the_drill_was(mona, clock):
    session = begin(mona)
    clock(30)
    assert "minute 30 of 75" in mona.get(session).content.decode()
    assert session in mona.get(LIST).content.decode()


def test_at_the_end_of_its_script_the_drill_leads_to_its_report(mona, clock):
    session = begin(mona)
    clock(76)
    html = the_report(mona, session)
    assert "not passed" in html
    assert "Set out for the reading at 35 minutes" in html
    assert "SPRAVATO" in html
    assert "program policy" in html


def test_a_part_of_a_page_that_renews_itself_leads_the_whole_page_to_the_report(mona, clock):
    strip = begin(mona).split("workspace/")[0] + "workspace/rehearsal/bedside/"
    clock(76)
    response = mona.get(strip, headers={"HX-Request": "true"})
    assert response.headers["HX-Redirect"].startswith(LIST)


def test_a_drill_can_be_ended_early_and_is_scored_for_what_it_asked(mona, clock):
    session = begin(mona)
    clock(20)
    assert mona.post(f"{LIST}{drill_of(session)}/stop/").status_code == 302
    assert "before anything was due" in the_report(mona, session)


def test_a_second_dose_tried_on_the_page_is_told_in_the_report(mona, clock):
    session = begin(mona, "dose_repeated")
    clock(8)
    assert send(mona, session, "dosed", mg="56").status_code == 422
    clock(60)
    html = the_report(mona, session)
    assert "Done at minute 8." in html
    assert "The program refuses a second" in html


def test_without_network_the_pages_of_a_drill_do_not_load_and_come_back(mona, clock):
    session = begin(mona, "lost_network")
    clock(33)
    assert mona.get(session).status_code == 200
    clock(35)
    lost = mona.get(session)
    assert lost.status_code == 503
    assert MARK in lost.content.decode()
    assert send(mona, session, "looked").status_code == 503
    assert mona.get(session.split("workspace/")[0] + "workspace/rehearsal/bedside/").status_code == 200
    assert mona.get("/workspace/sessions/").status_code == 200, "the practice's pages go on"
    clock(53)
    assert mona.get(session).status_code == 200


def test_the_shell_that_records_without_a_network_is_given_without_a_login(mona, client, clock):
    inside = begin(mona).split("workspace/")[0]
    client.logout()
    shell = client.get(f"{inside}workspace/sessions/offline/")
    assert shell.status_code == 200
    assert MARK in shell.content.decode()
    assert client.get(f"{inside}workspace/sessions/worker.js").status_code == 200
    assert client.get(f"{inside}workspace/sessions/").status_code == 302


def test_a_session_token_of_a_drill_records_in_the_drill_and_nowhere_else(mona, clock):
    session = begin(mona)
    inside = session.split("workspace/")[0]
    clock(39)
    secret = mona.post(f"{session}token/").json()["token"]
    looked = {
        "sent_at": "2026-11-24T17:00:39Z",
        "events": [
            {"form_id": str(uuid4()), "kind": "looked", "taken_at": "2026-11-24T17:00:39Z", "facts": {}}
        ],
    }
    headers = {"Authorization": f"Bearer {secret}"}
    sent = mona.post(f"{inside}record/", looked, content_type="application/json", headers=headers)
    assert sent.json()["events"][0]["status"] == "recorded"
    with in_rehearsal():
        taken = SessionEvent.objects.get(kind="looked")
    assert taken.received_at == BEGAN + timedelta(minutes=39)
    refused = mona.post("/record/", looked, content_type="application/json", headers=headers)
    assert refused.status_code == 401


def test_one_drill_runs_at_a_time_and_the_page_names_who_rehearses(mona, ward, client, clock):
    begin(mona)
    response = mona.post(LIST, {"script": "panic", "speed": 10, "role": "prescriber"})
    assert response.status_code == 422
    assert "Mona Castillo is rehearsing just now" in response.content.decode()
    clock(80)
    assert mona.post(LIST, {"script": "panic", "speed": 10, "role": "prescriber"}).status_code == 302


def test_somebody_else_may_join_a_drill_and_reads_no_report_of_it(ward, sign_in, clock, client):
    session = begin(sign_in(ward.mona))
    assert sign_in(ward.ben).get(session).status_code == 200
    clock(80)
    sign_in(ward.mona).get(session)
    report = f"{LIST}{drill_of(session)}/"
    assert sign_in(ward.ben).get(report).status_code == 404
    assert sign_in(ward.dora).get(report).status_code == 200
    assert "Mona Castillo" in sign_in(ward.dora).get(LIST).content.decode()


@pytest.mark.parametrize(("who", "status"), [("thea", 403), ("cora", 403), ("ada", 403)])
def test_a_drill_is_closed_to_who_does_not_watch_sessions(ward, sign_in, clock, who, status):
    session = begin(sign_in(ward.mona))
    assert sign_in(getattr(ward, who)).get(session).status_code == status


def test_a_visitor_is_led_to_sign_in(ward, sign_in, clock, client):
    session = begin(sign_in(ward.mona))
    client.logout()
    response = client.get(session)
    assert response.status_code == 302
    assert response.headers["Location"].startswith("/account/login/")


@pytest.mark.parametrize(
    "path", ["account/logout/", "workspace/staff/", "", "health/", "workspace/rehearsal/"]
)
def test_other_pages_of_the_practice_have_no_place_in_a_drill(mona, path):
    session = begin(mona)
    response = mona.get(f"/rehearsal/{drill_of(session)}/{path}")
    assert response.status_code == 302
    assert response.headers["Location"] == session


@pytest.mark.parametrize("drill", ["6e0c4a52-2f0e-4d58-9a51-0f5f7b1f3c11", "x" * 36, "0" * 36])
def test_an_address_of_no_drill_is_no_page(mona, drill):
    assert mona.get(f"/rehearsal/{drill}/workspace/sessions/").status_code == 404


def test_the_certificate_says_who_when_which_script_and_what_score(mona, clock):
    session = begin(mona)
    clock(80)
    mona.get(session)
    made = mona.get(f"{LIST}{drill_of(session)}/certificate/")
    assert made.headers["Content-Type"] == "application/pdf"
    assert made.content.startswith(b"%PDF")


def test_the_list_of_drills_asks_twice_however_many_there_are(mona, ward, clock):
    session = begin(mona)
    clock(80)
    mona.get(session)
    with in_rehearsal():
        drill = Drill.objects.get()
        assert drill.trainee_id == ward.mona.staff_id
    assert [row.trainee_name for row in queries.past_drills(ward.mona)] == ["Mona Castillo"]
