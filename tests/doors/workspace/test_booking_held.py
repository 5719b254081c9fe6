"""While a stop rule is due no dose is booked or moved: the page says why and leads to the conversation, which frees it."""

from datetime import timedelta
from html import unescape

import pytest
from django.urls import reverse

from sojourn.program.plans import booking, proposing
from sojourn.program.plans.choices import VisitKind
from sojourn.program.plans.models import Visit
from sojourn.program.treatment import series, stopping
from tests.support import courses, stop_rules
from tests.support.ward import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def course(ward):
    return courses.start(ward)


@pytest.fixture
def fourth(ward, course, time_machine):
    """The dose booked after three without a fall; it is the evening before it."""
    time_machine.move_to(NOW, tick=False)
    stop_rules.agree(ward, course)
    stop_rules.sign(ward)
    coming = stop_rules.dosed(ward, course, courses.book(ward, course), [18, 17, 18])
    time_machine.move_to(coming[0].during.lower - timedelta(hours=12), tick=False)
    return coming[0]


@pytest.fixture
def now(ward, course, fourth):
    """The same evening, and what was booked for later called off."""
    now = fourth.during.lower - timedelta(hours=12)
    for visit in Visit.objects.filter(course=course, during__startswith__gt=now):
        booking.cancel_visit(visit_id=visit.id, because="The patient travels.", actor=ward.cora, now=now)
    return now


def proposed(ward, course, now):
    return proposing.propose(course_id=course.id, first_dose_on=now.date(), actor=ward.cora, now=now)


def sent(ward, course, now):
    proposal = proposed(ward, course, now)
    form = {}
    for visit in proposal.visits:
        name, local = f"{visit.kind}-{visit.number}", visit.wanted.starts_at.astimezone(proposal.desk.zone)
        form |= {
            f"{name}-on": local.date(),
            f"{name}-at": f"{local:%H:%M}",
            f"{name}-clinician": visit.wanted.clinician_id,
            f"{name}-chair": visit.wanted.chair_id or "",
        }
    return form


def text_of(response):
    return " ".join(unescape(response.content.decode()).split())


def talk(ward, course, now, choice="go_on"):
    stopping.record_stop_conversation(
        course_id=course.id, choice_id=choice, words="Sleeps better.", again_by=None, actor=ward.ben, now=now
    )


def test_booking_is_refused_with_the_reason_until_the_conversation_is_recorded(ward, course, now, sign_in):
    client, url = sign_in(ward.ben), reverse("workspace:book_series", args=[course.id])
    form, standing = sent(ward, course, now), Visit.objects.filter(cancelled_at=None).count()
    for page in (
        client.get(url),
        client.post(url, form | {"do": "check"}),
        client.post(url, form | {"do": "book"}),
    ):
        said = text_of(page)
        assert "The stop rule holds the next dose: stop and talk before this dose" in said
        assert "No dose is booked or moved until the conversation is on record." in said
        assert reverse("workspace:stop_rule", args=[ward.ada.patient_id]) in said
    assert page.status_code == 422
    assert Visit.objects.filter(cancelled_at=None).count() == standing
    talk(ward, course, now)
    assert "stop rule holds" not in text_of(client.get(url))
    assert client.post(url, form | {"do": "book"}).status_code == 302
    assert Visit.objects.filter(cancelled_at=None).count() > standing


def test_a_coordinator_is_told_who_records_it_and_is_not_sent_to_a_closed_door(ward, course, now, sign_in):
    client = sign_in(ward.cora)
    said = text_of(client.get(reverse("workspace:book_series", args=[course.id])))
    assert "The prescriber records the conversation" in said
    assert reverse("workspace:stop_rule", args=[ward.ada.patient_id]) not in said
    course_page = text_of(client.get(reverse("workspace:course", args=[course.id])))
    assert "The stop rule holds the next dose: stop and talk before this dose" in course_page


def test_the_action_refuses_whatever_the_page_says(ward, course, now):
    wanted = [visit.wanted for visit in proposed(ward, course, now).visits]
    with pytest.raises(series.DoseHeld, match="The stop rule holds the next dose"):
        series.book_visits(course_id=course.id, visits=wanted, actor=ward.cora, now=now)
    assert not Visit.objects.filter(cancelled_at=None, during__startswith__gt=now).exists()


def test_conversations_are_booked_while_a_dose_is_held(ward, course, now):
    talks = [v.wanted for v in proposed(ward, course, now).visits if v.kind != VisitKind.DOSING][:1]
    series.book_visits(course_id=course.id, visits=talks, actor=ward.cora, now=now)
    assert Visit.objects.filter(cancelled_at=None, during__startswith__gt=now).count() == 1


def moved(ward, visit, now, *, whole_series, to=None):
    series.move_visits(
        visit_id=visit.id,
        to=to or visit.during.lower + timedelta(days=1),
        whole_series=whole_series,
        actor=ward.cora,
        now=now,
    )


@pytest.mark.parametrize("whole_series", [True, False])
@pytest.mark.parametrize("days", [1, 7])
def test_a_booked_dose_is_not_moved_until_the_conversation_is_recorded(
    ward, course, fourth, whole_series, days
):
    now, stood = fourth.during.lower - timedelta(hours=12), fourth.during
    to = stood.lower + timedelta(days=days)
    for _again in range(2):
        with pytest.raises(series.DoseHeld, match="The stop rule holds the next dose"):
            moved(ward, fourth, now, whole_series=whole_series, to=to)
    fourth.refresh_from_db()
    assert fourth.during == stood
    talk(ward, course, now)
    moved(ward, fourth, now, whole_series=True, to=to)
    fourth.refresh_from_db()
    assert fourth.during.lower == to


def test_a_conversation_is_moved_while_a_dose_is_held_but_takes_no_dose_with_it(ward, course, fourth):
    now = fourth.during.lower - timedelta(hours=12)
    integration = courses.visit_of(course, VisitKind.INTEGRATION, 4)
    to = integration.during.lower + timedelta(hours=1)
    moved(ward, integration, now, whole_series=False, to=to)
    integration.refresh_from_db()
    assert integration.during.lower == to


def test_the_page_of_a_move_says_what_holds_it_and_offers_no_button(ward, course, fourth, sign_in):
    url = reverse("workspace:move_visit", args=[fourth.id])
    day = (fourth.during.lower + timedelta(days=1)).date()
    for who, leads in ((ward.ben, True), (ward.cora, False)):
        client = sign_in(who)
        for do in ("propose", "series", "alone"):
            said = text_of(client.post(url, {"on": day, "at": "09:00", "do": do}))
            assert "The stop rule holds the next dose: stop and talk before this dose" in said
            assert 'value="series"' not in said
            assert 'value="alone"' not in said
            assert (reverse("workspace:stop_rule", args=[ward.ada.patient_id]) in said) is leads
    fourth.refresh_from_db()
    assert fourth.during.lower.date() != day


def test_a_conversation_that_ends_well_books_no_further_dose(ward, course, now):
    talk(ward, course, now, choice="end_well")
    wanted = [visit.wanted for visit in proposed(ward, course, now).visits]
    with pytest.raises(series.DoseHeld, match="chose"):
        series.book_visits(course_id=course.id, visits=wanted, actor=ward.cora, now=now)


def test_what_cannot_be_told_yet_is_marked_and_can_be_booked(ward, course, time_machine):
    """Three doses and no score since: the dose waits for the score, and its day may stand in the calendar."""
    time_machine.move_to(NOW, tick=False)
    stop_rules.agree(ward, course)
    stop_rules.sign(ward)
    coming = stop_rules.dosed(ward, course, courses.book(ward, course), [None, None, None])
    now = coming[0].during.lower - timedelta(hours=12)
    for visit in coming:
        booking.cancel_visit(visit_id=visit.id, because="The patient travels.", actor=ward.cora, now=now)
    wanted = [visit.wanted for visit in proposed(ward, course, now).visits]
    [told] = series.held_by(series.rule_of_course(course.id, actor=ward.cora, now=now), wanted)
    assert not told.refuses
    assert "cannot be told" in told.says
    series.book_visits(course_id=course.id, visits=wanted, actor=ward.cora, now=now)


def test_without_a_rule_booking_is_what_it_was(ward, course):
    assert series.rule_of_course(course.id, actor=ward.cora, now=NOW) is None
    series.book_visits(
        course_id=course.id, visits=courses.wanted_series(ward, course), actor=ward.cora, now=NOW
    )
    assert Visit.objects.filter(course=course).exists()
