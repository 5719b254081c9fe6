"""Rules about addresses: each names who may enter, and none carries health information."""

import pytest
from django.urls import reverse

from sojourn.program.people.roles import SIGNED_IN, Role
from tests.support.routes import all_routes

ROUTES = all_routes()

# Sign-in pages of django-allauth. What each asks is its own affair; that the list is complete is ours.
THIRD_PARTY_FOR_EVERYONE = {
    "account_login", "account_logout", "account_signup", "account_inactive", "account_reset_password",
    "account_reset_password_done", "account_reset_password_from_key", "account_reset_password_from_key_done",
    "account_confirm_email", "account_email_verification_sent", "account_confirm_login_code", "account_request_login_code",
    "mfa_authenticate", "mfa_login_webauthn", "mfa_signup_webauthn", "mfa_trust", "account_signup_by_passkey",
    "account_confirm_phone", "account_verify_phone",
}  # fmt: skip
THIRD_PARTY_SIGNED_IN = {
    "account_change_password", "account_set_password", "account_email", "account_reauthenticate",
    "mfa_index", "mfa_activate_totp", "mfa_deactivate_totp", "mfa_generate_recovery_codes", "mfa_view_recovery_codes",
    "mfa_download_recovery_codes", "mfa_reauthenticate", "mfa_reauthenticate_webauthn", "mfa_list_webauthn",
    "mfa_add_webauthn", "mfa_edit_webauthn", "mfa_remove_webauthn", "account_change_phone",
}  # fmt: skip


@pytest.mark.parametrize("route", ROUTES, ids=lambda r: r.name or "?")
def test_every_route_names_who_may_enter(route):
    """A page without a list of roles is open by accident."""
    if route.is_ours:
        assert getattr(route.view, "open_to", None), f"{route.name}: add a decorator of people.access"
    else:
        assert route.name in THIRD_PARTY_FOR_EVERYONE | THIRD_PARTY_SIGNED_IN, f"{route.name}: list it here"


@pytest.mark.parametrize("route", ROUTES, ids=lambda r: r.name or "?")
def test_no_route_can_carry_health_information(route):
    """Addresses are kept by browsers, proxies and logs: they hold ids and names of documents, never words about a person."""
    if route.is_ours:
        assert set(route.converters) <= {"UUIDConverter", "SlugConverter", "IntConverter"}


@pytest.mark.django_db
@pytest.mark.parametrize("name", sorted(THIRD_PARTY_SIGNED_IN & {r.name for r in ROUTES if not r.parameters}))
def test_third_party_pages_of_an_account_ask_for_a_login(client, name):
    assert client.get(reverse(name)).status_code in {302, 405}


def test_roles_are_the_seven_of_the_practice():
    """A role added to the code without pages, policy and tests would be a back door."""
    assert {str(r) for r in Role} == {
        "visitor", "patient", "prescriber", "therapist", "session_monitor", "coordinator", "medical_director",
    }  # fmt: skip
    assert len(SIGNED_IN) == 6
