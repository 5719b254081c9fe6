"""How it works, for anybody: four stages, each statement marked by what it was seen in, without a script."""

import re

import pytest
from django.urls import reverse

from sojourn.clinical.pharmacology import SeenIn, stages
from sojourn.program.plans.choices import VisitKind
from tests.support import courses
from tests.support.ward import NOW

pytestmark = pytest.mark.django_db


def words_of(response):
    return " ".join(response.content.decode().split())


def test_the_page_is_open_to_everybody_and_linked_from_the_first_one(client):
    assert client.get("/how-it-works/").status_code == 200
    assert 'href="/how-it-works/"' in words_of(client.get(reverse("portal:welcome")))


def test_the_drawing_is_on_the_page_itself_and_called_illustrative(client):
    page = words_of(client.get("/how-it-works/"))
    main = re.search(r"<main.*?</main>", page).group()
    assert "<svg" in main
    assert "polygon" in main
    assert "<script" not in main
    assert "Illustrative" in main
    assert "not measurements" in main


def test_every_statement_says_what_it_was_seen_in_and_where(client):
    page = words_of(client.get("/how-it-works/"))
    listed = page[page.index('<section class="stack" aria-labelledby="stage-1"') :]
    told = [statement for stage in stages() for statement in stage.statements]
    for words, kind in (
        ("seen in people", SeenIn.PEOPLE),
        ("seen in animals only", SeenIn.ANIMALS),
        ("conjecture</span>", SeenIn.CONJECTURE),
    ):
        assert listed.count(words) == sum(statement.seen_in is kind for statement in told)
    assert all(statement.citations[0].source.title.split("'")[0] in page for statement in told)


def test_trials_in_which_people_could_not_tell_are_told_of(client):
    assert "could not tell what they had been given" in words_of(client.get("/how-it-works/"))


def test_the_stages_are_at_their_highest_in_order():
    peaks = [stage.hours[stage.course.index(max(stage.course))] for stage in stages()]
    assert peaks == sorted(peaks)
    assert len(stages()) == 4


def test_a_patient_reads_on_the_day_what_the_hours_may_be_like(ward, sign_in, time_machine):
    time_machine.move_to(NOW, tick=False)
    course = courses.start(ward)
    courses.book(ward, course)
    visit = courses.visit_of(course, VisitKind.DOSING, 1)
    assert "What the hours after the dose may be like" not in words_of(sign_in(ward.ada).get("/today/"))
    time_machine.move_to(visit.during.lower, tick=False)
    page = words_of(sign_in(ward.ada).get("/today/"))
    assert "What the hours after the dose may be like" in page
    assert (
        "For 95 of 100 people that feeling has mostly passed after 120 minutes. For 5 it takes longer."
        in page
    )
    assert "never a rule for going home" in page
    assert "simulated people, seed 1, confidence" in page


def test_a_later_session_is_told_plainly_to_count_the_doses_before(ward, sign_in, time_machine):
    course = courses.prepare(ward)
    courses.run_session(ward, courses.visit_of(course, VisitKind.DOSING, 1))
    visit = courses.visit_of(course, VisitKind.DOSING, 2)
    time_machine.move_to(visit.during.lower, tick=False)
    page = words_of(sign_in(ward.ada).get("/today/"))
    assert "has mostly passed after 105 minutes" in page
    assert "The dose you have had before is counted in" in page
    assert "For a first dose it would be 120 minutes." in page
    assert "model for session 2 of this course" in page
