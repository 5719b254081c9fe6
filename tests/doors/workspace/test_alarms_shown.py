"""Delivered to a screen means: a page said that the alarm stood before somebody who may take it on. Once for each of them."""

import json
import re
from uuid import uuid4

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from sojourn.program.safety.models import Alarm, Delivery
from sojourn.program.treatment import answering
from sojourn.program.treatment.models import SessionEvent
from tests.program.safety.test_delivering import Takes, deliver, raise_one
from tests.program.treatment.test_missed_looks import MINUTE, open_session
from tests.support.clock import let_pass
from tests.support.courses import take_vitals

pytestmark = pytest.mark.django_db
BOARD = "/workspace/sessions/"


@pytest.fixture
def running(ward):
    """A session of Ada's with a red alarm that nobody has taken on."""
    visit, dosed_at = open_session(ward, "esketamine_clinic", 56)
    at = dosed_at + 20 * MINUTE
    with time_machine.travel(at, tick=False):
        take_vitals(ward, visit, at, systolic=190)
        yield visit


def alarm():
    return Alarm.objects.get(severity="red")


def entry():
    """The entry on the session's record that tells of the red alarm: what a board names."""
    return SessionEvent.objects.get(kind="alarmed", facts__limit_id=alarm().reason).id


def say(client, *ids):
    return client.post(
        reverse("workspace:alarms_shown"),
        json.dumps({"alarms": [str(each) for each in ids]}),
        "application/json",
    )


def screens():
    return [
        (row.to.name.split()[0], row.delivered_at is not None)
        for row in Delivery.objects.filter(alarm=alarm(), channel="screen")
        .order_by("to__name")
        .select_related("to")
    ]


def test_a_board_that_is_made_has_shown_nothing_until_its_browser_says_so(ward, running, sign_in):
    browser = sign_in(ward.mona)
    page = browser.get(BOARD).content.decode()
    assert f'data-alarm="{entry()}"' in page
    assert screens() == []
    assert say(browser, entry()).status_code == 204
    assert screens() == [("Mona", True)]


def test_however_often_a_board_says_so_there_is_one_row_for_each_alarm_and_person(ward, running, sign_in):
    for who in (ward.mona, ward.mona, ward.ben, ward.dora, ward.mona):
        browser = sign_in(who)
        for _ in range(3):
            say(browser, entry(), alarm().id)
    assert screens() == [("Ben", True), ("Dora", True), ("Mona", True)]


def test_an_attempt_that_waits_for_a_screen_is_made_by_it_and_no_letter_is_sent(ward, running, sign_in):
    post = Takes()
    deliver(email=post)
    assert screens() == [("Mona", False)]
    say(sign_in(ward.mona), entry())
    assert screens() == [("Mona", True)]
    let_pass(minutes=1)
    deliver(email=post)
    assert post.taken == []


def test_a_board_that_is_faster_than_the_watch_has_told_its_reader_all_the_same(ward, running, sign_in):
    say(sign_in(ward.mona), entry())
    post = Takes()
    deliver(email=post)
    let_pass(minutes=1)
    deliver(email=post)
    assert screens() == [("Mona", True)]
    assert post.taken == []


def test_what_others_saw_is_on_record_and_still_tells_the_one_who_answers_nothing(ward, running, sign_in):
    say(sign_in(ward.ben), entry())
    post = Takes()
    deliver(email=post)
    let_pass(minutes=1)
    deliver(email=post)
    assert screens() == [("Ben", True), ("Mona", False)]
    assert [to.email for to, _message in post.taken] == ["mona@example.org"]


def test_nobody_sees_for_others_what_is_not_theirs(ward, running, sign_in):
    for who in (ward.cleo, ward.theo):
        assert say(sign_in(who), entry(), alarm().id).status_code == 204
    for who in (ward.cora, ward.ada):
        assert say(sign_in(who), entry()).status_code in {302, 403, 404}
    assert say(Client(), entry()).status_code == 401
    assert screens() == []


def test_an_alarm_that_somebody_has_taken_on_needs_to_be_shown_to_nobody(ward, running, sign_in):
    answering.acknowledge_alarm(alarm_id=alarm().id, actor=ward.ben, now=alarm().raised_at)
    say(sign_in(ward.mona), entry())
    assert screens() == []


@pytest.mark.parametrize("body", ["", "[]", '{"alarms": 3}', '{"alarms": ["x"]}', '{"alarms": [{}]}', "\x00"])
def test_what_is_no_list_of_alarms_is_refused(ward, sign_in, body):
    assert (
        sign_in(ward.mona).post(reverse("workspace:alarms_shown"), body, "application/json").status_code
        == 400
    )


def picture_of(page):
    found = re.search(r'<noscript>\s*<img src="([^"]+)"', page.content.decode())
    return found and found[1].replace("&amp;", "&")


@pytest.mark.parametrize("page", [BOARD, "session", "/workspace/inbox/"])
def test_a_page_without_scripts_has_shown_its_alarms_by_loading_its_picture(ward, running, sign_in, page):
    browser = sign_in(ward.mona)
    address = picture_of(browser.get(f"{BOARD}{running.id}/" if page == "session" else page))
    assert str(entry()) not in address, "the ids are packed"
    assert screens() == []
    for _ in range(2):
        assert browser.get(address)["Content-Type"] == "image/gif"
    assert screens() == [("Mona", True)]


def test_the_picture_of_one_reader_shows_nothing_to_another_and_none_can_be_made_up(ward, running, sign_in):
    address = picture_of(sign_in(ward.mona).get(BOARD))
    assert sign_in(ward.ben).get(address).status_code == 400
    assert sign_in(ward.mona).get("/workspace/inbox/shown.gif?shows=made-up").status_code == 400
    assert screens() == []


def test_a_page_without_an_alarm_loads_no_picture(ward, sign_in):
    assert picture_of(sign_in(ward.mona).get(BOARD)) is None


def test_saying_so_costs_the_same_for_one_alarm_and_for_many(
    ward, running, sign_in, django_assert_max_num_queries
):
    browser = sign_in(ward.mona)
    many = [raise_one(ward) for _ in range(20)]
    counts = []
    for ids in ([many[0]], many):
        with django_assert_max_num_queries(20) as asked:
            say(browser, *ids)
        counts.append(len(asked))
    assert counts[0] == counts[1]
    assert Delivery.objects.filter(to_id=ward.mona.staff_id).count() == 20
    assert say(browser, *[uuid4() for _ in range(500)]).status_code == 204
