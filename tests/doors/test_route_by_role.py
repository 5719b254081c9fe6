"""Every route as every role, from the route table itself: a new route without an example fails here."""

import pytest
from django.urls import reverse

from sojourn.program.people.models import User
from sojourn.program.people.roles import EVERYONE, Role
from tests.support.records import examples_of
from tests.support.routes import all_routes

ROUTES = [
    route
    for route in all_routes()
    if route.is_ours and not hasattr(route.view, "asks_for_token")  # those: tests/doors/recording
]
PEOPLE = {
    Role.VISITOR: None,
    Role.PATIENT: "ada",
    Role.PRESCRIBER: "ben",
    Role.THERAPIST: "thea",
    Role.SESSION_MONITOR: "mona",
    Role.COORDINATOR: "cora",
    Role.MEDICAL_DIRECTOR: "dora",
}
STRANGERS = {Role.PATIENT: "bea", Role.PRESCRIBER: "cleo", Role.THERAPIST: "theo"}
# Addresses whose id is no patient's record: a colleague, a site, words everybody may read, a rule.
NOT_ABOUT_A_PATIENT = {
    "staff_id", "site_id", "document_id", "lesson_id", "claim_id", "statement_id", "instrument_id", "rule_id", "fact", "relation", "drill_id",
}  # fmt: skip

pytestmark = pytest.mark.django_db(databases=["default", "rehearsal"])


def address(route, records):
    missing = set(route.parameters) - set(records)
    assert not missing, f"tests/support/records.py has no example for {missing} of {route.name}"
    return reverse(route.name, kwargs={name: records[name] for name in route.parameters})


def answer(client, person, url, method):
    client.logout()
    if person is not None:
        client.force_login(User.objects.get(pk=person.user_id))
    return getattr(client, method)(url)


# Open to all, and sends on whom it cannot place: a patient in a session is let in by the token of that session.
LET_IN_BY_MORE_THAN_A_LOGIN = {"home", "portal:session_day"}


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("route", ROUTES, ids=lambda r: r.name)
def test_a_route_opens_to_its_roles_and_to_nobody_else(client, ward, route, method):
    url = address(route, examples_of(ward))
    for role, who in PEOPLE.items():
        response = answer(client, getattr(ward, who) if who else None, url, method)
        if role in route.view.open_to:
            assert response.status_code not in {401, 403, 500}, f"{role} was refused by {route.name}"
            is_sent_to_sign_in = response.headers.get("Location", "").startswith("/account/login/")
            assert not is_sent_to_sign_in or route.name in LET_IN_BY_MORE_THAN_A_LOGIN
        elif role is Role.VISITOR and method == "get":
            assert response.status_code == 302, f"a visitor got into {route.name}"
            assert response.headers["Location"].startswith("/account/login/")
        elif role is Role.VISITOR:
            assert response.status_code == 401, f"a visitor's form was taken by {route.name}"
        else:
            assert response.status_code == 403, f"{role} got into {route.name}: {response.status_code}"


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize(
    "route", [r for r in ROUTES if set(r.parameters) - NOT_ABOUT_A_PATIENT], ids=lambda r: r.name
)
def test_a_record_of_adas_is_closed_to_strangers_of_the_right_role(client, ward, route, method):
    url = address(route, examples_of(ward))
    for role, who in STRANGERS.items():
        if role not in route.view.open_to or route.view.open_to == EVERYONE:
            continue
        response = answer(client, getattr(ward, who), url, method)
        assert response.status_code in {403, 404, 405}, f"{who} reached Ada's record at {route.name}"
        assert "Ada" not in response.content.decode()
