"""Where a page says "call the practice", it says which number; the director sets it, and the ones before stay on record."""

import pytest
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse

from sojourn.design.templatetags.design import dialed
from sojourn.program.audit.models import Entry
from sojourn.program.people.actions import set_practice_phone
from sojourn.program.people.for_visitors import forget
from sojourn.program.people.models import PracticePhone
from sojourn.program.people.policy import NotAllowed
from sojourn.program.people.queries import practice_phones, the_practice
from sojourn.program.treatment.management.commands.doctor_report import telephone
from tests.doors.sitter.test_sitter import PROMISED, clock, opened, press, visit  # noqa: F401 - fixtures
from tests.support.ward import NOW

pytestmark = pytest.mark.django_db
NUMBER = "(510) 555-0142"
CALLS = 'href="tel:5105550142"'


@pytest.fixture(autouse=True)
def _fresh():
    forget()
    yield
    forget()


@pytest.fixture
def number(ward):
    set_practice_phone(phone=NUMBER, actor=ward.dora, now=NOW)
    forget()


@pytest.mark.parametrize(
    ("typed", "called"),
    [("(510) 555-0142", "5105550142"), ("+1 510.555.0142", "+15105550142"), ("510 555 0142", "5105550142")],
)
def test_a_number_is_dialed_without_what_makes_it_readable(typed, called):
    assert dialed(typed) == called


def test_the_number_that_holds_is_the_newest_and_the_ones_before_stay(ward, django_assert_num_queries):
    assert the_practice().phone == ""
    set_practice_phone(phone=NUMBER, actor=ward.dora, now=NOW)
    set_practice_phone(phone=f" {NUMBER} ", actor=ward.dora, now=NOW)
    set_practice_phone(phone="", actor=ward.dora, now=NOW)
    with django_assert_num_queries(1):
        assert the_practice().phone == ""
    assert [(each.phone, each.set_by) for each in practice_phones()] == [
        ("", "Dora Okafor"),
        (NUMBER, "Dora Okafor"),
    ]
    assert Entry.objects.filter(did="set the practice's number").count() == 2


def test_only_the_medical_director_sets_it_and_nobody_edits_what_was(ward, number):
    for who in (ward.ben, ward.mona, ward.cora, ward.ada):
        with pytest.raises(NotAllowed):
            set_practice_phone(phone="510 555 0199", actor=who, now=NOW)
    for change in (lambda rows: rows.update(phone="1234567"), lambda rows: rows.delete()):
        with pytest.raises(DatabaseError), transaction.atomic():
            change(PracticePhone.objects.all())


def test_the_director_is_told_that_there_is_none_and_sets_it(ward, sign_in):
    client = sign_in(ward.dora)
    assert (
        "The practice has no telephone number." in client.get(reverse("workspace:practice")).content.decode()
    )
    assert [grade for grade, _says in telephone()] == ["attention"]
    page = reverse("workspace:practice_phone")
    assert "7 to 40 digits" in client.post(page, {"phone": "call me"}).content.decode()
    assert NUMBER in client.post(page, {"phone": NUMBER}, follow=True).content.decode()
    assert "has no telephone number" not in client.get(reverse("workspace:practice")).content.decode()
    assert list(telephone()) == []


def test_help_pages_and_every_page_of_a_patient_have_the_number(ward, client, number, sign_in):
    page = client.get(reverse("portal:help")).content.decode()
    assert page.count(CALLS) == 2, "in the text, and in the line that is always in view"
    assert page.index("tel:988") < page.index(CALLS), "what answers day and night comes first"
    client = sign_in(ward.ada)
    assert CALLS in client.get(reverse("portal:today")).content.decode()


def test_pages_read_well_without_a_number(ward, client):
    page = client.get(reverse("portal:help")).content.decode()
    assert "tel:988" in page
    assert "Call the practice:" not in page
    assert 'href="tel:"' not in page


def test_sitter_and_patient_have_the_number_on_the_page_and_on_the_one_that_opens_without_a_network(
    ward,
    visit,  # noqa: F811
    clock,  # noqa: F811
    number,
):
    phone = opened(ward, visit)
    assert CALLS in press(phone, **PROMISED).content.decode()
    stranger = Client()
    for shell in ("sitter:shell", "portal:session_day_shell"):
        page = stranger.get(reverse(shell)).content.decode()
        assert page.count(CALLS) >= 3, "in each alarm that the page raises by itself"
    assert CALLS in stranger.get(reverse("sitter:page")).content.decode()
