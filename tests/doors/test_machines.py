"""Machines are answered by the shortest way, and everybody else as before."""

import pytest

pytestmark = pytest.mark.django_db


def test_machines_are_answered_without_what_only_pages_need(client, ward):
    answer = client.post("/record/", b"{}", content_type="application/json")
    assert answer.status_code == 401
    assert answer["Content-Type"] == "application/json"
    assert not answer.cookies
    assert answer["Content-Length"] == str(len(answer.content))
    assert answer["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("path", ["/record/x", "/record/tick/x", "/workspace/sessions/rows/"])
def test_what_machines_do_not_find_goes_the_way_of_every_page(client, ward, path):
    answer = client.get(path)
    assert answer.status_code == 404
    assert "Content-Security-Policy" in answer


def test_a_name_that_is_not_ours_is_refused_to_machines_too(client, ward):
    answer = client.post(
        "/record/", b"{}", content_type="application/json", headers={"Host": "elsewhere.example"}
    )
    assert answer.status_code == 400
