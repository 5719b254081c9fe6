"""Signing in and passwords, as a worried person meets them: wrong words, weak words, too many tries, two tabs."""

from html import unescape

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from sojourn.program.people.models import User
from tests.support.ward import NOW, PASSWORD

pytestmark = pytest.mark.django_db
LOGIN = "/account/login/"
CHANGE = "/account/password/change/"


@pytest.fixture(autouse=True)
def _today(time_machine):
    time_machine.move_to(NOW, tick=False)
    cache.clear()


def page_of(response):
    return unescape(response.content.decode())


@pytest.mark.parametrize(
    ("login", "password"),
    [
        ("ada@example.org", "not-her-password"),
        ("nobody@example.org", PASSWORD),
        ("", ""),
        ("ada", "x"),
        ("a" * 300 + "@example.org", "x" * 300),
        ("\x00@example.org", "\x00"),
        ("<script>alert(1)</script>", "x"),
        ("e\u0301@\u202eexample.org", "x"),
    ],
)
def test_a_log_in_that_does_not_fit_is_said_on_the_page_and_the_address_stays(client, ward, login, password):
    response = client.post(LOGIN, {"login": login, "password": password})
    assert response.status_code == 200
    form = response.context["form"]
    assert form.errors
    assert (form["login"].value() or "") == login
    assert not password or f'value="{password}"' not in response.content.decode()
    assert "<script>alert" not in response.content.decode()
    assert "_auth_user_id" not in client.session


def test_nobody_learns_from_the_page_who_has_an_account(client, ward):
    said = {
        tuple(client.post(LOGIN, {"login": login, "password": "wrong"}).context["form"].non_field_errors())
        for login in ("ada@example.org", "nobody@example.org")
    }
    assert said == {("This e-mail and this password do not belong together. Check both and try again.",)}


def test_too_many_tries_are_stopped_in_words(client, ward):
    pages = [
        page_of(client.post(LOGIN, {"login": "ada@example.org", "password": "wrong"})) for _ in range(40)
    ]
    assert "Too many tries" in pages[-1]
    assert "Call 988" in pages[-1]


def test_signing_in_in_two_tabs_is_no_error(ward):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(User.objects.get(pk=ward.ada.user_id))
    sent = {"login": "ada@example.org", "password": PASSWORD}
    response = browser.post(LOGIN, sent, HTTP_ORIGIN="http://testserver")
    assert (response.status_code, response.headers["Location"]) == (302, "/")


def test_a_forgotten_password_promises_no_e_mail(client, ward):
    assert reverse("portal:password_forgotten") in page_of(client.get(LOGIN))
    page = page_of(client.get(reverse("portal:password_forgotten")))
    assert "no links by e-mail" in page
    for address in (
        "/account/password/reset/",
        "/account/signup/",
        "/account/email/",
        "/account/confirm-email/",
    ):
        assert client.get(address).status_code == 404


@pytest.mark.parametrize(
    ("changed", "field", "message"),
    [
        ({"oldpassword": "wrong"}, "oldpassword", "This is not your password of now"),
        ({"password1": "short", "password2": "short"}, "password1", "at least 12 characters"),
        ({"password1": "1" * 14, "password2": "1" * 14}, "password1", "entirely numeric"),
        ({"password1": "ada@example.org", "password2": "ada@example.org"}, "password1", "too similar"),
        ({"password2": "another-quiet-rook"}, "password2", "same password"),
    ],
)
def test_a_new_password_that_will_not_do_is_named_beside_its_field(ward, sign_in, changed, field, message):
    sent = {"oldpassword": PASSWORD, "password1": "another-quiet-room", "password2": "another-quiet-room"}
    response = sign_in(ward.ada).post(CHANGE, {**sent, **changed})
    assert message in " ".join(response.context["form"].errors[field])
    assert User.objects.get(pk=ward.ada.user_id).check_password(PASSWORD)


def test_a_new_password_holds_and_keeps_the_person_signed_in(ward, sign_in):
    sent = {"oldpassword": PASSWORD, "password1": "another-quiet-room", "password2": "another-quiet-room"}
    client = sign_in(ward.ada)
    client.post(CHANGE, sent)
    assert User.objects.get(pk=ward.ada.user_id).check_password("another-quiet-room")
    assert client.get("/today/").status_code == 200


def test_the_list_of_passkeys_can_be_opened_without_one(ward, sign_in):
    assert sign_in(ward.ada).get("/account/2fa/webauthn/").status_code == 200
