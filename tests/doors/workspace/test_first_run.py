import pytest
from django.urls import reverse

from sojourn.program.people.models import Practice, Site, StaffMember, User
from tests.support.ward import PASSWORD

pytestmark = pytest.mark.django_db

GIVEN = {
    "name": "Harbor Practice",
    "site_name": "Oakland",
    "site_address": "12 Lake Street, Oakland, CA 94601",
    "site_state": "CA",
    "site_timezone": "America/Los_Angeles",
    "director_name": "Dora Okafor",
    "email": "dora@example.org",
    "password": PASSWORD,
}
URL = "/workspace/first-run/"


def test_the_first_run_opens_the_practice_and_signs_its_director_in(client):
    assert client.get("/").headers["Location"] == URL
    assert client.get(URL).status_code == 200
    response = client.post(URL, GIVEN)
    assert response.headers["Location"] == reverse("workspace:practice")
    assert client.get(response.headers["Location"]).status_code == 200
    assert Practice.objects.get().name == "Harbor Practice"
    assert not Practice.objects.get().is_demonstration
    assert StaffMember.objects.get().roles == ["medical_director"]


def test_the_first_run_is_closed_for_good_once_a_practice_exists(client, ward):
    assert client.get(URL).status_code == 404


def test_pressing_twice_opens_one_practice_and_says_so(client):
    client.post(URL, GIVEN)
    again = client.post(URL, {**GIVEN, "name": "Another", "email": "other@example.org"}, follow=True)
    assert "open already" in again.content.decode()
    assert Practice.objects.get().name == "Harbor Practice"
    assert User.objects.count() == 1


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("name", "", "Give the practice a name."),
        ("name", "\u200b\u2060", "a name that can be read"),
        ("director_name", " \u200b ", "a name that can be read"),
        ("name", "a\x00b", "a name that can be read"),
        ("password", "Dora Okafor", "at least 12 characters"),
        ("password", "   ".join("....."), "more different characters"),
        ("name", "x" * 301, "at most 300 characters"),
        ("site_state", "ZZ", "Select a valid choice"),
        ("site_timezone", "Mars/Olympus", "Select a valid choice"),
        ("email", "dora", "Enter a valid email address."),
        ("password", "short", "at least 12 characters"),
        ("password", "dora@example.org", "too similar"),
    ],
)
def test_a_wrong_answer_is_named_beside_its_field_and_nothing_is_stored(client, field, value, message):
    response = client.post(URL, {**GIVEN, field: value})
    assert message in " ".join(response.context["form"].errors[field])
    page = response.content.decode()
    assert response.status_code == 200
    assert "Oakland" in page, "what was typed is kept"
    assert PASSWORD not in page, "a password is never sent back"
    assert not Practice.objects.exists()
    assert not Site.objects.exists()
    assert not User.objects.exists()


def test_a_password_that_was_good_is_asked_for_again_in_words(client):
    response = client.post(URL, {**GIVEN, "site_state": "ZZ"})
    assert response.context["form"].errors["password"] == [
        "Type your password again. We never send one back in a page."
    ]


def test_names_in_any_script_are_kept_as_they_were_typed(client):
    name = "مركز السلام \u200f <script>alert(1)</script> Z\u0351\u036balgo"
    client.post(URL, {**GIVEN, "name": name})
    assert Practice.objects.get().name == name
    page = client.get(reverse("workspace:practice")).content.decode()
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)" in page
