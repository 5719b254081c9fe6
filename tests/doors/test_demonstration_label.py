"""Whoever sees one page of a demonstration, or a picture of it, must see that nobody in it is real."""

import pytest
from django.urls import reverse

from sojourn.program.people.models import Practice, User
from sojourn.program.people.roles import Role
from tests.doors.test_route_by_role import PEOPLE
from tests.support.records import examples_of
from tests.support.routes import all_routes

WITH_A_KEY = {"account_confirm_email", "account_reset_password_from_key"}  # the key comes by e-mail
ROUTES = [r for r in all_routes() if r.name not in WITH_A_KEY and (r.is_ours or not r.parameters)]
NOT_A_PAGE = {301, 302, 405}
LABEL = "Demonstration practice: its patients and staff are invented"

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("route", ROUTES, ids=lambda r: r.name)
def test_every_page_of_a_demonstration_says_so(client, ward, route):
    Practice.objects.update(is_demonstration=True)
    records = examples_of(ward)
    url = reverse(route.name, kwargs={name: records[name] for name in route.parameters})
    for role in (Role.VISITOR, Role.PATIENT, Role.MEDICAL_DIRECTOR):
        client.logout()
        if PEOPLE[role] is not None:
            client.force_login(User.objects.get(pk=getattr(ward, PEOPLE[role]).user_id))
        page = client.get(url)
        if (
            page.headers.get("Content-Type", "").startswith("text/html")
            and page.status_code not in NOT_A_PAGE
        ):
            assert LABEL in page.content.decode(), (
                f"{role} sees {route.name} without the label ({page.status_code})"
            )
