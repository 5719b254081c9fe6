"""Sign-in, passwords, the second factor and passkeys look and behave like the rest."""

import pytest

from tests.support.browser import axe_violations, overflow_px
from tests.support.ward import PASSWORD

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.urls("tests.design.urls"),
]


def checked(page, heading):
    assert page.locator("h1").inner_text() == heading
    assert axe_violations(page) == []
    assert overflow_px(page) == 0
    assert page.locator(".crisis a", has_text="Call 988").is_visible()


@pytest.mark.parametrize("width", [360, 1440])
def test_a_wrong_password_is_said_beside_the_form_and_the_address_is_kept(live_server, new_page, width):
    page = new_page(width=width)
    page.goto(f"{live_server.url}/account/login/")
    checked(page, "Sign in")
    page.get_by_label("Email").fill("nobody@example.org")
    page.locator("input[name=password]").fill("not-the-password")
    page.get_by_role("button", name="Sign in", exact=True).click()
    assert page.locator(".field__error").is_visible()
    assert page.get_by_label("Email").input_value() == "nobody@example.org"
    checked(page, "Sign in")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_staff_member_can_reach_every_way_of_signing_in_more_safely(live_server, new_page, ward, scheme):
    page = new_page(width=360, scheme=scheme)
    page.goto(f"{live_server.url}/account/login/?next=/account/2fa/")
    page.get_by_label("Email").fill(ward.email_of(ward.ben))
    page.locator("input[name=password]").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    checked(page, "Sign in more safely")
    page.goto(f"{live_server.url}/account/2fa/totp/activate/")
    if "reauthenticate" in page.url:
        checked(page, "Is it still you?")
        page.locator("input[name=password]").fill(PASSWORD)
        page.locator("main button[type=submit]").first.click()
    assert page.locator("img.qr").is_visible()
    checked(page, "Activate authenticator app")
    page.goto(f"{live_server.url}/account/2fa/webauthn/add/")
    checked(page, "Add security key")
    page.goto(f"{live_server.url}/account/password/change/")
    checked(page, "Change your password")
    page.goto(f"{live_server.url}/account/2fa/webauthn/")
    checked(page, "Security keys")
    page.goto(f"{live_server.url}/account/logout/")
    checked(page, "Sign out?")
