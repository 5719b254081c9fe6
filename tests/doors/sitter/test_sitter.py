"""The sitter's door: a link that opens once, a page that shows no more than a sitter needs, and an end of its own."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from sojourn.program.audit.models import Entry
from sojourn.program.people.policy import NotAllowed
from sojourn.program.plans.choices import VisitKind
from sojourn.program.safety.models import Alarm
from sojourn.program.treatment import answering, papers, session_places, sitting
from sojourn.program.treatment.models import RecordingToken, SessionEvent, SessionPlace
from sojourn.sitter import views
from tests.support import courses
from tests.support.tokens import without_ids

pytestmark = pytest.mark.django_db
PROMISED = {"do": "role_accepted", "name": "Nils Núñez", "sober": "yes", "present": "yes", "reachable": "yes"}


@pytest.fixture
def visit(ward):
    return courses.first_session(ward, "racemic_sl_home")


@pytest.fixture
def clock(visit):
    with time_machine.travel(visit.during.lower, tick=False) as traveller:
        yield traveller


def link_for(ward, visit, actor=None):
    secret = sitting.make_sitter_link(visit_id=visit.id, actor=actor or ward.mona, now=visit.during.lower)
    return reverse("sitter:link", kwargs={"token": secret})


def opened(ward, visit):
    phone = Client()
    address = link_for(ward, visit)
    phone.get(address)
    response = phone.post(address, follow=True)
    assert response.status_code == 200
    return phone


def loses_the_answer(phone, address):
    """Press the button; the practice hears it, and its answer is lost on the way back."""
    before = {name: morsel.value for name, morsel in phone.cookies.items()}
    assert phone.post(address).status_code == 302
    phone.cookies.clear()
    phone.cookies.load(before)


def press(phone, **posted):
    return phone.post(reverse("sitter:page"), {"form_id": str(uuid4()), **posted}, follow=True)


def shown(phone):
    return phone.get(reverse("sitter:page")).content.decode()


def tell_place(ward, visit, now, **different):
    said = {
        "address": "7 Alder Way, Oakland", "callback": "555 0123456", "emergency_department": "Highland, 1411 E 31st St",
        "wishes": "Hold my hand: yes", "read_back": True,
    } | different  # fmt: skip
    session_places.tell_place(visit_id=visit.id, actor=ward.cora, now=now, **said)


def test_a_preview_of_the_link_spends_nothing_and_the_button_opens_it(ward, visit, clock):
    address = link_for(ward, visit)
    for _ in range(3):
        assert "Open on this phone" in Client().get(address).content.decode()
    assert not RecordingToken.objects.exists()
    phone = Client()
    phone.get(address)
    page = phone.post(address, follow=True)
    assert page.redirect_chain == [("/sitter/", 302)]
    assert "Do you take this on?" in page.content.decode()


def test_a_link_opens_in_one_browser_and_says_so_in_another(ward, visit, clock):
    address = link_for(ward, visit)
    phone, other, early = Client(), Client(), Client()
    for each in (phone, early):
        each.get(address)
    phone.post(address)
    for response in (other.get(address), other.post(address), early.post(address), early.get(address)):
        assert response.status_code == 409
        assert "Ask the practice for a new one." in response.content.decode()
    assert phone.get(address, follow=True).status_code == 200
    assert Entry.objects.filter(did="opened a sitter link elsewhere", about_id=visit.id).count() == 4


def test_an_opening_whose_answer_was_lost_is_repeated_in_the_same_browser(ward, visit, clock):
    address = link_for(ward, visit)
    phone, other = Client(), Client()
    phone.get(address)
    loses_the_answer(phone, address)
    assert other.post(address).status_code == 409
    clock.shift(timedelta(minutes=20))
    assert phone.get(address).headers["Location"] == "/sitter/"
    assert "Do you take this on?" in shown(phone)
    assert RecordingToken.objects.count() == 1
    assert Entry.objects.filter(did="opened a sitter link", about_id=visit.id).count() == 1


def test_the_button_pressed_again_after_a_lost_answer_opens_the_page(ward, visit, clock):
    address = link_for(ward, visit)
    phone = Client()
    phone.get(address)
    for _ in range(2):
        loses_the_answer(phone, address)
    page = phone.post(address, follow=True)
    assert "Do you take this on?" in page.content.decode()
    assert RecordingToken.objects.count() == 1


def test_a_repeat_after_the_session_ended_is_refused(ward, visit, clock):
    address = link_for(ward, visit)
    phone = Client()
    phone.get(address)
    loses_the_answer(phone, address)
    link_for(ward, visit)  # a new one takes its place
    assert phone.post(address).status_code == 410
    assert phone.get(address).status_code == 410


def test_a_browser_that_keeps_no_cookies_spends_nothing_and_is_told_why(ward, visit, clock):
    address = link_for(ward, visit)
    response = Client().post(address)
    assert response.status_code == 400
    assert "keeps no cookies" in response.content.decode()
    assert not RecordingToken.objects.exists()
    assert Client().get(address).status_code == 200


def test_who_sits_in_two_sessions_opens_both_links_in_one_browser(ward, visit, clock):
    phone = opened(ward, visit)
    later = courses.visit_of(visit.course, VisitKind.DOSING, 2)
    address = link_for(ward, later)
    phone.get(address)
    assert phone.post(address).status_code == 302
    assert RecordingToken.objects.count() == 2


def test_nothing_is_asked_of_a_sitter_after_a_session_without_a_dose(ward, visit, clock):
    phone = opened(ward, visit)
    press(phone, **PROMISED)
    courses.note_event(ward, visit, "cancelled", {"words": "Fever."}, visit.during.lower)
    for hours in (0, 20):
        clock.move_to(visit.during.lower + timedelta(hours=hours, minutes=1))
        page = shown(phone)
        assert "No medicine was given. Nothing more is asked of you." in page
        assert "No driving" not in page
        assert "The morning after" not in page


def test_a_new_link_ends_the_one_before_and_its_page(ward, visit, clock):
    phone = opened(ward, visit)
    press(phone, **PROMISED)
    again = opened(ward, visit)
    assert phone.get(reverse("sitter:page")).status_code == 410
    assert press(phone, do="help_asked").status_code == 410
    assert not Alarm.objects.exists()
    assert "I take this on" in shown(again)
    press(again, **PROMISED)
    assert "Read this to 911" in shown(again)


def test_who_relieves_a_sitter_takes_the_role_on_in_their_own_name(ward, visit, clock):
    """The promises of another are not theirs; a call for help and the address to read to 911 wait for no promise."""
    tell_place(ward, visit, visit.during.lower)
    first = opened(ward, visit)
    press(first, **PROMISED)
    dosed_at = courses.give_dose(ward, visit, mg=100)
    clock.move_to(dosed_at + timedelta(minutes=14))
    press(first, do="looked")
    second = opened(ward, visit)
    page = shown(second)
    assert "I take this on" in page
    assert "7 Alder Way" in page
    assert "I looked: all is calm" not in page
    assert 'name="form_id" value=""' not in page
    assert press(second, do="help_asked").status_code == 200
    assert Alarm.objects.filter(reason="HELP-ASKED").count() == 1
    press(second, **PROMISED | {"name": "Mia Okoye"})
    clock.move_to(dosed_at + timedelta(minutes=28))
    press(second, do="looked", words="Asleep.")
    assert "I looked: all is calm" in shown(second)
    accepted = SessionEvent.objects.filter(kind="role_accepted").order_by("sequence")
    assert [row.facts["words"].partition(":")[0] for row in accepted] == ["Nils Núñez", "Mia Okoye"]
    note = papers.paper(visit.id, "note", actor=ward.mona, now=dosed_at + timedelta(minutes=29))
    said = [
        line.says
        for section in note.sections
        for line in section.lines
        if "looked at the patient" in line.says
    ]
    assert said == [
        "looked at the patient · Nils Núñez, said by the sitter",
        "looked at the patient: Asleep. · Mia Okoye, said by the sitter",
    ]


def test_a_link_made_after_the_end_asks_nobody_to_be_present(ward, visit, clock):
    press(opened(ward, visit), **PROMISED)
    left_at = courses.end_session(
        ward, visit, courses.give_dose(ward, visit, mg=100) + timedelta(minutes=185)
    )
    clock.move_to(left_at + timedelta(minutes=1))
    assert "I stay with them now" in shown(opened(ward, visit))


def test_a_link_that_nobody_was_sent_opens_nothing(client):
    assert client.get("/sitter/nobody/").status_code == 404
    assert client.post("/sitter/" + "x" * 200 + "/").status_code == 404
    assert client.get("/sitter/").status_code == 404


def test_the_role_is_taken_on_with_all_three_promises_or_not_at_all(ward, visit, clock):
    phone = opened(ward, visit)
    for lacks in ("name", "sober", "present", "reachable"):
        said = {name: value for name, value in PROMISED.items() if name != lacks}
        response = press(phone, **said)
        assert response.status_code == 422
    assert not SessionEvent.objects.filter(kind="role_accepted").exists()
    press(phone, **PROMISED)
    row = SessionEvent.objects.get(kind="role_accepted")
    assert row.facts == {"words": "Nils Núñez: sober, present, reachable"}
    assert (row.source, row.recorded_by_id, row.token.role) == ("sitter", None, "sitter")


def test_the_page_shows_address_and_wishes_until_midnight_there(ward, visit, clock):
    phone = opened(ward, visit)
    press(phone, **PROMISED)
    assert "has not written the address down yet" in shown(phone)
    tell_place(ward, visit, visit.during.lower)
    page = shown(phone)
    for words in (
        "7 Alder Way, Oakland",
        "555 0123456",
        "Highland",
        "Hold my hand: yes",
        "Read back with Cora",
    ):
        assert words in page
    midnight = SessionPlace.objects.get().shown_until
    clock.move_to(midnight - timedelta(seconds=1))
    assert "7 Alder Way" in shown(phone)
    clock.move_to(midnight)
    assert "7 Alder Way" not in shown(phone)


def test_a_place_is_read_back_and_whole_or_it_is_not_taken_down(ward, visit):
    now = visit.during.lower
    with pytest.raises(session_places.NotReadBack):
        tell_place(ward, visit, now, read_back=False)
    for name in ("address", "callback", "emergency_department"):
        with pytest.raises(session_places.PlaceMissing):
            tell_place(ward, visit, now, **{name: " "})
    assert not SessionPlace.objects.exists()


def test_a_look_every_15_minutes_from_the_dose(ward, visit, clock):
    phone = opened(ward, visit)
    press(phone, **PROMISED)
    assert "Next look" not in shown(phone)
    dosed_at = courses.give_dose(ward, visit, mg=100)
    clock.move_to(dosed_at + timedelta(minutes=5))
    assert sitting.sitter_look_due(courses.session_at(ward, visit, dosed_at)) == dosed_at + timedelta(
        minutes=15
    )
    assert "Next look" in shown(phone)
    assert ">9:10<" in shown(phone)  # by the clock on the wall there, not in London
    clock.move_to(dosed_at + timedelta(minutes=16))
    assert "Look now" in shown(phone)
    press(phone, do="looked")
    page = shown(phone)
    assert "Look now" not in page
    assert "Your last look" in page
    due = sitting.sitter_look_due(courses.session_at(ward, visit, dosed_at + timedelta(minutes=17)))
    assert due == dosed_at + timedelta(minutes=31)


def test_a_press_repeated_is_one_event(ward, visit, clock):
    phone = opened(ward, visit)
    press(phone, **PROMISED)
    form_id = str(uuid4())
    for _ in range(3):
        assert press(phone, do="help_asked", form_id=form_id).status_code == 200
    assert SessionEvent.objects.filter(kind="help_asked").count() == 1
    assert Alarm.objects.filter(reason="HELP-ASKED").count() == 1


def test_a_press_sent_again_later_is_the_same_event_and_is_not_said_to_be_lost(ward, visit, clock):
    """The answer was lost on its way; the phone sends the same page again a minute later."""
    phone = opened(ward, visit)
    press(phone, **PROMISED)
    form_id = str(uuid4())
    press(phone, do="help_asked", form_id=form_id)
    clock.shift(timedelta(minutes=1))
    page = press(phone, do="help_asked", form_id=form_id)
    assert "The practice has been alarmed." in page.content.decode()
    assert "Not recorded" not in page.content.decode()
    assert SessionEvent.objects.filter(kind="help_asked").count() == 1
    other = press(phone, do="looked", form_id=form_id)
    assert "Not recorded." in other.content.decode(), "the same form with another button is no repeat"


def test_worried_is_a_red_alarm_and_the_sitter_sees_that_somebody_has_it(ward, visit, clock):
    phone = opened(ward, visit)
    press(phone, **PROMISED)
    courses.give_dose(ward, visit, mg=100)
    clock.shift(timedelta(minutes=20))
    page = press(phone, do="help_asked").content.decode()
    assert "The practice has been alarmed. Stay with them." in page
    alarm = Alarm.objects.get(severity="red")
    assert alarm.says == "The sitter is worried."
    answering.acknowledge_alarm(alarm_id=alarm.id, actor=ward.mona, now=visit.during.lower)
    assert "Somebody at the practice has it." in shown(phone)


def test_a_sign_seen_raises_what_it_calls_for(ward, visit, clock):
    phone = opened(ward, visit)
    press(phone, **PROMISED)
    courses.give_dose(ward, visit, mg=100)
    clock.shift(timedelta(minutes=20))
    press(phone, do="noticed", sign="blue_lips")
    assert Alarm.objects.get().reason == "SIGN-blue_lips"
    assert press(phone, do="noticed").status_code == 422


def test_the_sitter_sees_nothing_clinical(ward, visit, clock):
    phone = opened(ward, visit)
    press(phone, **PROMISED)
    dosed_at = courses.give_dose(ward, visit, mg=100)
    clock.move_to(dosed_at + timedelta(minutes=20))
    courses.take_vitals(ward, visit, dosed_at + timedelta(minutes=20), systolic=187, heart_rate=133)
    page = without_ids(shown(phone))
    for secret in ("187", "133", "100 mg", "Núñez</h1>", "depress", "Systolic", "mmHg", "Mona"):
        assert secret not in page
    assert "Ada" in page


def test_after_the_session_pick_up_and_the_morning_after(ward, visit, clock):
    phone = opened(ward, visit)
    press(phone, **PROMISED)
    left_at = courses.run_session(ward, visit, mg=100, minutes=185)
    clock.move_to(left_at + timedelta(minutes=2))
    assert "I stay with them now" in shown(phone)
    press(phone, do="picked_up")
    assert "The morning after" not in shown(phone)
    clock.move_to(left_at + timedelta(hours=22))
    assert "Did they sleep through the night?" in shown(phone)
    assert press(phone, do="next_morning", slept="yes").status_code == 422
    press(phone, do="next_morning", slept="yes", well="no", words="A headache.")
    facts = SessionEvent.objects.get(kind="next_morning").facts
    assert facts == {"slept": True, "well": False, "words": "A headache."}
    assert "You have told us" in shown(phone)


def test_the_page_ends_by_itself_and_a_later_use_is_kept_in_the_log(ward, visit, clock):
    address = link_for(ward, visit)
    phone = Client()
    phone.get(address)
    phone.post(address)
    left_at = courses.run_session(ward, visit, mg=100, minutes=185)
    clock.move_to(left_at + timedelta(hours=37))
    for response in (
        phone.get(reverse("sitter:page")),
        press(phone, do="help_asked"),
        phone.get(address),
        Client().post(address),
    ):
        assert response.status_code == 410
        assert "This link has ended" in response.content.decode()
    used = Entry.objects.filter(about_id=visit.id, did__contains="after its end", patient_id=visit.patient_id)
    assert {entry.did for entry in used} == {
        "used a sitter page after its end",
        "used a sitter link after its end",
    }
    assert not SessionEvent.objects.filter(kind="help_asked").exists()


def test_a_page_that_asks_for_itself_is_loaded_anew_once_it_has_ended(client):
    response = client.get("/sitter/", headers={"HX-Request": "true"})
    assert response.headers["HX-Refresh"] == "true"


@pytest.mark.parametrize("posted", [{"do": "dosed"}, {"do": "struck"}, {}, {"do": "looked", "form_id": "x"}])
def test_a_forged_press_records_nothing(ward, visit, clock, posted):
    phone = opened(ward, visit)
    before = SessionEvent.objects.count()
    assert press(phone, **posted).status_code == 422
    assert SessionEvent.objects.count() == before


def test_the_secret_of_a_link_is_in_no_table_and_in_no_address_after_it_opened(ward, visit, clock):
    address = link_for(ward, visit)
    secret = address.split("/")[2]
    assert len(secret) >= 43
    phone = Client()
    phone.get(address)
    response = phone.post(address)
    assert response.headers["Location"] == "/sitter/"
    assert response.headers["Referrer-Policy"] == "no-referrer"
    assert phone.cookies["sojourn_sitter"]["httponly"]
    assert secret not in str(list(RecordingToken.objects.values()))


def test_the_secret_of_a_link_is_in_no_line_of_the_log(ward, visit, clock, caplog):
    address = link_for(ward, visit)
    secret = address.split("/")[2]
    assert Client().post(address).status_code == 400
    assert Client().get(f"/sitter/{'x' * 43}/").status_code == 404
    assert caplog.text.count("/sitter/…/") == 2
    assert secret not in caplog.text


def test_only_who_may_name_a_sitter_makes_a_link(ward, visit):
    for actor in (ward.thea, ward.ada, ward.cleo):
        with pytest.raises((NotAllowed, sitting.NotADosingSession)):
            link_for(ward, visit, actor)


def test_the_page_is_told_how_to_go_on_without_a_network(ward, visit, clock):
    phone = opened(ward, visit)
    assert "recording-about" not in shown(phone)  # nothing is recorded before the role is taken on
    press(phone, **PROMISED)
    about = phone.get(reverse("sitter:page")).context["recording"]
    assert (about["name"], about["every_s"], about["ended"]) == ("Ada", 900, False)
    empty = Client().get(reverse("sitter:shell")).content.decode()
    assert empty == phone.get(reverse("sitter:shell")).content.decode()
    assert not any(said in empty for said in ("Ada", "Alder", "csrfmiddlewaretoken"))
    assert phone.get(reverse("sitter:worker"))["Content-Type"].startswith("text/javascript")


@pytest.mark.parametrize(
    ("ended", "asked"),
    [
        ("2026-11-24T18:00", "2026-11-25T05:00"),
        ("2026-11-24T23:30", "2026-11-25T05:00"),
        ("2026-11-25T00:40", "2026-11-25T05:00"),  # not a day later
        ("2026-11-25T03:00", "2026-11-25T07:00"),
        ("2026-10-31T22:00", "2026-11-01T05:00"),  # the clocks go back that night
    ],
)
def test_the_morning_after_is_the_next_one_after_some_sleep(ended, asked):
    zone = ZoneInfo("America/Los_Angeles")
    at = [datetime.fromisoformat(each).replace(tzinfo=zone) for each in (ended, asked)]
    assert views._morning_after(at[0].astimezone(UTC), zone.key) == at[1]
