"""The patient reads where the agreed rule stands, in kind words."""

from datetime import timedelta
from html import unescape

import pytest
from django.urls import reverse

from sojourn.program.treatment import stopping
from tests.support import courses, stop_rules
from tests.support.ward import NOW

pytestmark = pytest.mark.django_db
UNKIND = ("fail", "deteriorat", "non-respond", "harmed", "!")


@pytest.fixture
def story(ward, sign_in, time_machine):
    def tell(*scores):
        time_machine.move_to(NOW, tick=False)
        course = courses.start(ward)
        stop_rules.agree(ward, course)
        stop_rules.sign(ward)
        coming = stop_rules.dosed(ward, course, courses.book(ward, course), scores)
        time_machine.move_to(coming[0].during.lower - timedelta(hours=12), tick=False)
        return sign_in(ward.ada), course, coming[0]

    return tell


def text_of(response):
    page = unescape(response.content.decode())
    return " ".join(page[page.index("<main") : page.index("</main>")].split())


def read(client):
    return text_of(client.get(reverse("portal:today"))), text_of(client.get(reverse("portal:stop_rule")))


def test_when_it_is_due_the_day_says_so_kindly_and_leads_to_the_choices(story):
    client, *_ = story(18, 17, 18)
    today, rule = read(client)
    assert "Before your next dose we talk" in today
    assert "nobody's fault" in today
    assert "Your next dose waits for a conversation" in rule
    assert "A second opinion" in rule
    assert "Lower is better." in rule
    assert not [word for word in UNKIND if word in rule.lower().replace("<!--", "")]


def test_missing_scores_are_said_as_missing(story):
    client, *_ = story(None, None, None)
    today, rule = read(client)
    assert "We cannot tell yet" in today
    assert "not come down" not in rule


def test_when_the_score_has_come_down_the_day_says_nothing_and_the_page_says_so(story):
    client, *_ = story(9, 8, 9)
    today, rule = read(client)
    assert "Before your next dose we talk" not in today
    assert "Your score has come down." in rule


def test_before_the_session_it_says_when_it_is_looked_at(story):
    client, *_ = story(18)
    assert "We look at it together after session 3." in read(client)[1]


def test_after_the_conversation_it_tells_what_was_chosen(story, ward):
    client, course, next_dose = story(18, 17, 18)
    stopping.record_stop_conversation(
        course_id=course.id, choice_id="change_dose", words="84 mg, twice.", again_by=5, actor=ward.ben,
        now=next_dose.during.lower - timedelta(hours=12),
    )  # fmt: skip
    today, rule = read(client)
    assert "Before your next dose we talk" not in today
    assert "Change the dose. 84 mg, twice." in rule


def test_without_a_rule_the_page_says_when_it_comes(ward, sign_in):
    assert "None is agreed yet" in text_of(sign_in(ward.bea).get(reverse("portal:stop_rule")))
