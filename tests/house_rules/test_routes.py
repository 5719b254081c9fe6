"""Rules about addresses: each names who may enter, and none carries health information."""

import ast
import re

import pytest
from django.urls import reverse

from sojourn.program.people.roles import SIGNED_IN, Role
from tests.house_rules.tree import ROOT, files
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


# What a word in an address may name: a text everybody may read, a page of the reference, a rule, or a link that says nothing.
NAMED_IN_ADDRESSES = {
    "document_id", "lesson_id", "claim_id", "instrument_id", "rule_id", "fact", "relation", "token",
}  # fmt: skip


@pytest.mark.parametrize("route", ROUTES, ids=lambda r: r.name or "?")
def test_no_route_can_carry_health_information(route):
    """Addresses are kept by browsers, proxies and logs: they hold ids and names of documents, never words about a person."""
    if route.is_ours:
        assert set(route.converters) <= {"UUIDConverter", "SlugConverter"}
        slugs = {
            name
            for name, kind in zip(route.parameters, route.converters, strict=True)
            if kind == "SlugConverter"
        }
        assert slugs <= NAMED_IN_ADDRESSES, (
            "a slug may name a document, never somebody or something about them"
        )
        assert not slugs or "UUIDConverter" not in route.converters, (
            "which document beside whom tells something"
        )


# What may stand behind the question mark of an address, and what each is.
ASKED_IN_ADDRESSES = {
    "next": "where to go after signing in",
    "phase": "which of the phases is listed",
    "site": "the id of a site",
    "after": "the id after which a list goes on",
    "day": "a day of the calendar",
    "topic": "which topic the cards of public claims are about",
    "verdict": "which verdict those cards give",
    "family": "which family of rules is listed",
    "layout": "which layout the gallery stands on",
    "protocol": "the id of a course protocol whose results are counted",
    "route": "by which route doses were given whose results are counted",
    "since": "a day from which courses began",
    "until": "a day up to which courses began",
    "at": "which window after the first dose",
    "outcome": "response or remission",
    "need": "whether only the sessions that need somebody are shown",
    "dense": "whether a board is shown close together",
    "readings": "whether each reading of a device is shown",
    "v": "the id of a visit the live hub asks about",
    "instrument": "the id of a scale whose results are counted",
    "received": "a moment up to which answers were received",
    "cut": "a day up to which the records are counted",
    "shows": "ids of the alarms a page without scripts has shown, signed for its reader",
}
FORMS_THAT_ASK = {
    "patients/patients.html": "phase and site; the name is searched by a second form, sent by POST",
    "planning/calendar.html": "the day",
    "results/results.html": "protocol, route, site, days and window: never a person",
    "session_room/sessions.html": "the site, and how the board is shown",
    "elements/form.html": "the skeleton of django-allauth's forms, which say their method themselves",
}


@pytest.mark.parametrize(
    "path", files("src/sojourn/*.html"), ids=lambda p: str(p.relative_to(ROOT / "src" / "sojourn"))
)
def test_no_template_writes_words_about_a_person_into_an_address(path):
    """A search for a name sent by GET stands in every log between here and there."""
    text = path.read_text()
    keys = set(re.findall(r"[?&](\w+)=", text))
    assert keys <= set(ASKED_IN_ADDRESSES), keys
    sent_in_the_address = [
        form
        for form in re.findall(r"<form\b[^>]*>", text)
        if (method := re.search(r'method="([^"]+)"', form)) is None or method.group(1).lower() != "post"
    ]
    allowed = 1 if "/".join(path.parts[-2:]) in FORMS_THAT_ASK else 0
    assert len(sent_in_the_address) <= allowed, f"send it by POST: {sent_in_the_address}"


@pytest.mark.parametrize(
    "path", files("src/sojourn/*.py"), ids=lambda p: str(p.relative_to(ROOT / "src" / "sojourn"))
)
def test_no_view_reads_or_writes_more_in_an_address(path):
    """What a view reads from an address, some page will write into it."""
    for node in ast.walk(ast.parse(path.read_text())):
        texts = [node.value] if isinstance(node, ast.Constant) and isinstance(node.value, str) else []
        assert all(key in ASKED_IN_ADDRESSES for text in texts for key in re.findall(r"/\?(\w+)=", text)), (
            texts
        )
        asked = None
        if isinstance(node, ast.Subscript) and ast.unparse(node.value).endswith(".GET"):
            asked = node.slice
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith((".GET.get", ".GET.getlist")):
            asked = node.args[0]
        if isinstance(asked, ast.Constant):
            assert asked.value in ASKED_IN_ADDRESSES, ast.unparse(node)
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "urlencode":
            (asked,) = node.args
            assert isinstance(asked, ast.Dict), "name the keys where the address is made"
            assert {ast.literal_eval(key) for key in asked.keys if key} <= set(ASKED_IN_ADDRESSES)


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
