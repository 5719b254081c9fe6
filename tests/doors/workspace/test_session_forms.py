"""What is done for a patient beside measuring, telling an entry anew, taking back, and taking on an alarm."""

from datetime import timedelta
from html.parser import HTMLParser
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse

from sojourn.program.safety.models import Alarm, AlarmEvent
from sojourn.program.treatment import papers, proving
from sojourn.program.treatment.models import SessionEvent
from tests.support import courses

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


@pytest.fixture
def first(ward):
    return courses.first_session(ward)


@pytest.fixture
def dosed_at(ward, first):
    return courses.give_dose(ward, first)


@pytest.fixture
def desk(ward, first, sign_in, time_machine):
    """Mona at her desk at a moment: `desk(at, do, field=...)` sends a form of the session, `desk(at)` opens its page."""

    def _desk(moment, do="", form_id=None, who=None, **fields):
        time_machine.move_to(moment, tick=False)
        client, url = sign_in(who or ward.mona), reverse("workspace:session", args=[first.id])
        if not do:
            return client.get(url)
        sent = {f"{do}-{name}": value for name, value in fields.items()}
        return client.post(url, sent | {f"{do}-form_id": form_id or uuid4(), "do": do}, follow=True)

    return _desk


@pytest.fixture
def correct(ward, first, sign_in, time_machine):
    def _correct(moment, row, form_id=None, **fields):
        time_machine.move_to(moment, tick=False)
        url = reverse("workspace:session_correct", args=[first.id, row.id])
        client = sign_in(ward.mona)
        if not fields:
            return client.get(url)
        sent = {f"{row.kind}-{name}": value for name, value in fields.items()}
        return client.post(url, sent | {f"{row.kind}-form_id": form_id or uuid4()}, follow=True)

    return _correct


def text_of(response):
    return response.content.decode()


@pytest.mark.parametrize(
    ("do", "fields", "says"),
    [
        ("looked", {"words": "Asleep, warm."}, "Looked at the patient: Asleep, warm."),
        ("looked", {"words": ""}, "Looked at the patient"),
        ("called", {"whom": "Dr Adeyemi", "reached": "yes", "words": ""}, "Called Dr Adeyemi: reached"),
        ("called", {"whom": "Nils", "reached": "no", "words": "no answer"}, "Called Nils: not reached: no answer"),
        (
            "medicated",
            {"drug": "ondansetron", "amount": "4", "unit": "mg", "words": "nausea"},
            "ondansetron 4 mg: nausea",
        ),
    ],
)  # fmt: skip
def test_a_look_a_call_and_a_medicine_are_told_in_words(dosed_at, desk, do, fields, says):
    page = desk(dosed_at + 20 * MINUTE, do, **fields)
    assert page.status_code == 200
    assert says in text_of(page)


@pytest.mark.parametrize(
    ("do", "fields", "words", "kept"),
    [
        ("called", {"whom": "Nils", "words": "rang"}, "Please say whether they were reached.", "Nils"),
        ("called", {"whom": "", "reached": "no"}, "Who was called?", ""),
        ("medicated", {"drug": "ondansetron", "amount": "-4", "unit": "mg"}, "a number above 0", "-4"),
        ("medicated", {"drug": "ondansetron", "amount": "4"}, "In which unit?", "ondansetron"),
        ("medicated", {"drug": "", "amount": "4", "unit": "mg"}, "What was given?", "4"),
        ("left", {"words": ""}, "Please say with whom they left.", ""),
    ],
)
def test_what_is_missing_is_said_beside_its_field_and_nothing_typed_is_lost(
    dosed_at, desk, do, fields, words, kept
):
    before = SessionEvent.objects.count()
    page = desk(dosed_at + 20 * MINUTE, do, **fields)
    assert page.status_code == 422
    assert words in text_of(page)
    if kept:
        assert f'value="{kept}"' in text_of(page)
    assert '<details class="disclosure" open>' in text_of(page) or do == "looked"
    assert SessionEvent.objects.count() == before


def test_who_leaves_before_the_discharge_ends_the_session_with_a_red_alarm(dosed_at, desk):
    page = text_of(desk(dosed_at + 50 * MINUTE, "left", words="With her brother, unsteady."))
    assert "Left: With her brother, unsteady." in page
    assert "Nobody has taken this on: The patient left without a discharge." in page
    assert Alarm.objects.get().reason == "LEFT-UNDISCHARGED"


def test_a_corrected_reading_takes_the_place_of_the_wrong_one(ward, first, dosed_at, desk, correct):
    at = dosed_at + 40 * MINUTE
    courses.take_vitals(ward, first, at, systolic=142)
    wrong = SessionEvent.objects.get(kind="vital_taken", taken_at=at)
    assert 'value="142"' in text_of(correct(at + MINUTE, wrong))
    again = {"systolic": "124", "diastolic": "78", "heart_rate": "70", "spo2": "98", "respiratory_rate": "14"}
    form_id = uuid4()
    for says in ("Corrected.", "recorded already"):
        page = correct(at + 2 * MINUTE, wrong, form_id, **again, why="Read from the wrong cuff.")
        assert says in text_of(page)
    assert "<del>142/78 mmHg" in text_of(page)
    assert "Corrected an entry: Read from the wrong cuff." in text_of(page)
    right = SessionEvent.objects.get(form_id=form_id)
    assert (right.facts["systolic"], right.taken_at) == (124, at)
    ((_, verdict),) = proving.proofs([first.id])
    assert verdict.is_intact


def test_a_reading_is_told_anew_days_later_at_the_time_of_its_day(ward, first, dosed_at, correct):
    """The form of a session is filed within seven days, and what is wrong with it is often seen only then."""
    at = dosed_at + 40 * MINUTE
    courses.take_vitals(ward, first, at, systolic=142)
    courses.take_vitals(ward, first, dosed_at + 120 * MINUTE)
    courses.end_session(ward, first, dosed_at + 125 * MINUTE)
    again = {"systolic": "124", "diastolic": "78", "heart_rate": "70", "spo2": "98", "respiratory_rate": "14"}
    for days, typed, expected in (
        (1, "", at),
        (3, f"{(at - 3 * MINUTE).astimezone(ZoneInfo('America/Los_Angeles')):%H:%M}", at - 3 * MINUTE),
    ):
        wrong = SessionEvent.objects.get(kind="vital_taken", withdrawn_by=None, taken_at=at)
        form_id = uuid4()
        page = correct(dosed_at + timedelta(days=days), wrong, form_id, **again, at=typed, why="Wrong cuff.")
        assert "Corrected." in text_of(page)
        assert SessionEvent.objects.get(form_id=form_id).taken_at == expected


def test_a_correction_without_a_reason_or_with_a_wrong_value_keeps_what_was_typed(
    ward, first, dosed_at, correct
):
    at = dosed_at + 40 * MINUTE
    courses.take_vitals(ward, first, at, systolic=142)
    wrong = SessionEvent.objects.get(kind="vital_taken", taken_at=at)
    page = correct(at + MINUTE, wrong, systolic="124", diastolic="78", why="")
    assert page.status_code == 422
    assert "Please say what was wrong." in text_of(page)
    assert 'value="124"' in text_of(page)
    page = correct(at + MINUTE, wrong, systolic="12", diastolic="78", why="Wrong cuff.")
    assert "between 50 and 300 mmHg" in text_of(page)
    assert 'value="Wrong cuff."' in text_of(page)
    assert not SessionEvent.objects.filter(kind="corrected").exists()


def test_an_entry_that_no_longer_stands_offers_no_correction(ward, first, dosed_at, desk, correct):
    at = dosed_at + 10 * MINUTE
    desk(at, "looked", words="")
    row = SessionEvent.objects.get(kind="looked")
    desk(at, "struck", struck_id=row.id, words="Another patient.")
    assert "struck out or corrected already" in text_of(correct(at, row))
    assert "Nothing was changed" in text_of(correct(at, row, words="Seen.", why="Late."))


def test_the_dose_and_the_end_of_an_ended_session_offer_no_change(ward, first, dosed_at, desk, correct):
    """They stand for good: a link that leads to a refusal is none."""
    dose, at = SessionEvent.objects.get(kind="dosed"), dosed_at + 125 * MINUTE
    link = reverse("workspace:session_correct", args=[first.id, dose.id])
    assert link in text_of(desk(at - MINUTE))
    courses.end_session(ward, first, at)
    page = text_of(desk(at))
    assert link not in page
    assert f'value="{dose.id}"' not in page
    assert "stand for good" in text_of(correct(at, dose))


def test_a_confirmation_that_lapsed_says_why_it_is_asked_again(ward, first, dosed_at, desk):
    courses.meet_every_criterion(ward, first, dosed_at + 110 * MINUTE)
    assert "confirm it again" not in text_of(desk(dosed_at + 111 * MINUTE))
    desk(dosed_at + 112 * MINUTE, "noticed", sign="panic", words="")
    page = text_of(desk(dosed_at + 113 * MINUTE))
    assert "Confirmed before what was seen since: confirm it again" in page


def test_a_serious_event_is_on_the_form_from_when_it_began_and_not_from_when_it_was_told(
    ward, first, dosed_at, desk
):
    end = courses.end_session(ward, first, dosed_at + 125 * MINUTE)
    zone = ZoneInfo(first.course.site.timezone)
    began = (dosed_at + 61 * MINUTE).astimezone(zone).strftime("%H:%M")
    assert "When it began" in text_of(desk(end - 20 * MINUTE))
    desk(
        end + MINUTE, "serious", happened="yes", what="Fainted", treatment="laid flat", hospital="no",
        outcome="well", at=began,
    )  # fmt: skip
    form = papers.paper(first.id, "form", actor=ward.mona, now=end + 2 * MINUTE)
    (told,) = [each.says for part in form.sections for each in part.lines if each.label.startswith("Serious")]
    assert told.endswith(f"from {began}")


class Fields(HTMLParser):
    """The names of what is typed into each form of a page."""

    def __init__(self):
        super().__init__()
        self.forms = []

    def handle_starttag(self, tag, attrs):
        told = dict(attrs)
        if tag == "form":
            self.forms.append([])
        is_typed = tag in {"textarea", "select"} or (
            tag == "input" and told.get("type") not in {"radio", "checkbox", "hidden", "submit"}
        )
        if is_typed and self.forms and told.get("name"):
            self.forms[-1].append(told["name"])


def test_no_form_of_a_session_asks_twice_for_one_thing(ward, first, desk):
    """Of two fields of one name only the last is read: what was typed into the first was lost without a word."""
    before = first.during.lower
    dosed_at = courses.give_dose(ward, first)
    courses.take_vitals(ward, first, dosed_at + 120 * MINUTE)
    moments = [
        before,
        dosed_at + 121 * MINUTE,
        courses.end_session(ward, first, dosed_at + 125 * MINUTE) + MINUTE,
    ]
    seen = set()
    for moment in moments:
        fields = Fields()
        fields.feed(desk(moment).content.decode())
        for names in fields.forms:
            assert len(names) == len(set(names)), names
            seen |= set(names)
    assert "serious-at" in seen


def test_a_serious_event_is_told_days_later_from_when_it_began(ward, first, dosed_at, desk, correct):
    end = courses.end_session(ward, first, dosed_at + 125 * MINUTE)
    zone = ZoneInfo(first.course.site.timezone)
    began, later = end + timedelta(hours=9), end + timedelta(days=4)

    def tell(began):
        return text_of(desk(
            later, "serious", happened="yes", what="Fell at night", treatment="sutured", hospital="yes", outcome="well",
            on=began.astimezone(zone).date().isoformat(), at=began.astimezone(zone).strftime("%H:%M"),
        ))  # fmt: skip

    assert "Give a time within" in tell(dosed_at - MINUTE)
    assert "Give a time within" in tell(later + timedelta(hours=1))
    assert not SessionEvent.objects.filter(kind="serious").exists()
    tell(began)
    told = SessionEvent.objects.get(kind="serious")
    assert abs(told.taken_at - began) < MINUTE
    form = papers.paper(first.id, "form", actor=ward.mona, now=later)
    (says,) = [each.says for part in form.sections for each in part.lines if each.label.startswith("Serious")]
    assert says.endswith(f"from {began.astimezone(zone):%H:%M}"), "that evening"
    day = began.astimezone(zone).date().isoformat()
    page = text_of(correct(later + MINUTE, told))
    assert f'value="{day}"' in page
    assert page.count("checked") >= 2, "yes and hospital, as they were answered"


def test_the_day_of_a_serious_event_is_not_taken_without_its_time(ward, first, dosed_at, desk):
    courses.end_session(ward, first, dosed_at + 125 * MINUTE)
    page = text_of(desk(
        dosed_at + timedelta(days=1), "serious", happened="yes", what="Fell", treatment="none", hospital="no",
        outcome="well", on=dosed_at.date().isoformat(),
    ))  # fmt: skip
    assert "give the time of that day" in page
    assert not SessionEvent.objects.filter(kind="serious").exists()


def test_room_air_is_asked_about_only_once_oxygen_was_given(ward, first, dosed_at, desk):
    at, asks = dosed_at + 121 * MINUTE, "Oxygen was measured on room air"
    courses.meet_every_criterion(ward, first, at)
    assert asks not in text_of(desk(at))
    desk(at, "medicated", drug="oxygen", amount="2", unit="L/min", words="by mask")
    page = text_of(desk(at + MINUTE))
    assert asks in page
    assert "Oxygen was given: measure without it, and say so" in page
    desk(at + 2 * MINUTE, "confirmed", room_air="on")
    assert "Oxygen was given" not in text_of(desk(at + 3 * MINUTE))
    assert "Discharged" in text_of(desk(at + 4 * MINUTE, "discharged", words=""))


def test_ones_own_entry_is_taken_back_within_five_minutes_and_stays_on_record(ward, first, dosed_at, desk):
    at = dosed_at + 10 * MINUTE
    assert "Undo" in text_of(desk(at, "looked", words=""))
    row = SessionEvent.objects.get(kind="looked")
    for _twice in range(2):
        page = text_of(desk(at + 5 * MINUTE, "undo", event_id=row.id))
        assert "Taken back." in page
    assert "<del>Looked at the patient</del>" in page
    assert SessionEvent.objects.filter(kind="struck", withdraws=row).count() == 1


def test_what_is_older_or_somebody_elses_or_a_dose_is_not_undone(ward, first, dosed_at, desk):
    at = dosed_at + 10 * MINUTE
    desk(at, "looked", words="")
    row = SessionEvent.objects.get(kind="looked")
    late = desk(at + 5 * MINUTE + timedelta(seconds=1), "undo", event_id=row.id)
    assert "can no longer be undone" in text_of(late)
    assert 'value="undo"' not in text_of(late)
    assert "can no longer be undone" in text_of(desk(at + MINUTE, "undo", who=ward.ben, event_id=row.id))
    dose = SessionEvent.objects.get(kind="dosed")
    assert "can no longer be undone" in text_of(desk(at, "undo", event_id=dose.id))
    assert "out of date" in text_of(desk(at, "undo", event_id="nonsense"))
    assert "struck out already" in text_of(desk(at, "undo", event_id=uuid4()))
    assert not SessionEvent.objects.filter(kind="struck").exists()


def test_an_alarm_of_the_session_is_taken_on_where_it_stands(ward, first, dosed_at, desk):
    at = dosed_at + 40 * MINUTE
    courses.take_vitals(ward, first, at, systolic=190)
    alarm = Alarm.objects.get()
    assert "Nobody has taken this on" in text_of(desk(at))
    about = {"about_id": alarm.about_id, "limit_id": alarm.reason}
    assert "You have taken this alarm on." in text_of(desk(at + MINUTE, "acknowledged", **about))
    page = text_of(desk(at + MINUTE, "acknowledged", who=ward.ben, **about))
    assert "Somebody has taken this alarm on already." in page
    assert "Nobody has taken this on" not in page
    taken = AlarmEvent.objects.get(what="acknowledged")
    assert taken.by_id == ward.mona.staff_id
    assert "no such alarm" in text_of(desk(at, "acknowledged", about_id=uuid4(), limit_id="x"))
