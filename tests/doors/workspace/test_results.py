import csv
import io
import json
from datetime import timedelta

import pytest
from django.urls import reverse

from sojourn.program.audit.models import Entry
from sojourn.program.people.models import Practice
from tests.program.results.test_counting import _dose, scored
from tests.support import histories as h
from tests.support.ward import NOW

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
PAGE = "/workspace/results/"


@pytest.fixture(autouse=True)
def _today(time_machine):
    time_machine.move_to(NOW, tick=False)


def treated(ward, n, *, first=20, later=9, answers=True):
    """People with a baseline, a dose 60 days ago, and perhaps an answer four weeks after it."""
    for place in range(n):
        patient = h.patient(ward, f"Person {first}-{later}-{answers}-{place}", NOW - 90 * DAY)
        course = h.course(ward, patient, NOW - 61 * DAY)
        _dose(ward, course, NOW - 60 * DAY)
        scored(patient, (NOW - 61 * DAY).date(), first)
        if answers:
            scored(patient, (NOW - 32 * DAY).date(), later)


def test_the_sentence_carries_its_denominators(ward, sign_in):
    treated(ward, 14)
    treated(ward, 12, later=18)
    treated(ward, 4, answers=False)
    text = sign_in(ward.dora).get(PAGE).content.decode()
    assert "Of 26 people who answered at week 4, 14 fell by 50 % or more (53.8 %" in text
    assert "30 were due: with the 4 missing counted as not, 46.7 %" in text


def test_too_little_follow_up_gives_no_headline(ward, sign_in):
    treated(ward, 5)
    treated(ward, 5, answers=False)
    text = sign_in(ward.dora).get(PAGE).content.decode()
    assert "Insufficient follow-up: 5 of 10 people due answered (50.0 %)" in text


def test_the_form_shows_the_window_that_is_answered(ward, sign_in):
    text = sign_in(ward.dora).get(PAGE).content.decode()
    assert '<option value="week 4" selected>' in text
    assert (
        '<option value="week 8" selected>' in sign_in(ward.dora).get(PAGE, {"at": "week 8"}).content.decode()
    )


def test_a_practice_with_nobody_says_so(ward, sign_in):
    text = sign_in(ward.dora).get(PAGE).content.decode()
    assert "Insufficient follow-up: 0 of 0 people due answered" in text
    assert "No window has closed for anybody yet." in text


def test_the_address_narrows_the_question_and_names_no_person(ward, sign_in):
    treated(ward, 3)
    client = sign_in(ward.dora)
    page = client.get(PAGE, {"site": ward.brooklyn, "at": "week 1", "outcome": "remission"})
    assert page.context["card"].chain.enrolled == 0
    assert page.context["card"].definition.window.id == "week 1"
    assert "were below 5 (remission)" in page.context["card"].definition.outcome
    assert client.get(PAGE, {"site": "no such"}).context["card"].chain.enrolled == 3
    assert client.get(PAGE, {"cut": "2999-01-01"}).context["card"].as_of == NOW.date()


def test_a_prescriber_counts_the_patients_of_their_sites_and_sees_no_colleague(ward, sign_in):
    treated(ward, 3)
    assert sign_in(ward.ben).get(PAGE).context["card"].chain.enrolled == 3
    page = sign_in(ward.cleo).get(PAGE)
    assert page.context["card"].chain.enrolled == 0
    assert page.context["clinicians"] is None
    assert sign_in(ward.cora).get(PAGE).status_code == 403


def test_small_sites_are_not_drawn(ward, sign_in):
    treated(ward, 10)
    answers = sign_in(ward.dora).get(PAGE).context["answers"]
    assert (answers.sites.units, answers.hidden_sites) == ((), 1)
    treated(ward, 1, first=21)
    answers = sign_in(ward.dora).get(PAGE).context["answers"]
    assert ([unit.name for unit in answers.sites.units], answers.hidden_sites) == (["Oakland"], 0)


def test_the_card_is_the_same_to_the_byte(ward, sign_in):
    treated(ward, 12)
    client = sign_in(ward.dora)
    question = {"cut": "2026-11-20"}
    for name in ("claim_card_json", "claim_card_csv"):
        url = reverse(f"workspace:{name}")
        assert client.get(url, question).content == client.get(url, question).content
    card = json.loads(client.get(reverse("workspace:claim_card_json"), question).content)
    rows = dict(
        csv.reader(io.StringIO(client.get(reverse("workspace:claim_card_csv"), question).content.decode()))
    )
    assert rows["headline"] == card["headline"]
    assert rows["definition.hash"] == card["definition"]["hash"]
    page = client.get(reverse("workspace:claim_card"), question).content.decode()
    assert card["definition"]["hash"] in page


def test_the_page_of_a_card_says_in_words_what_the_file_holds(ward, sign_in):
    treated(ward, 14)
    treated(ward, 12, later=18)
    treated(ward, 4, answers=False)
    page = (
        sign_in(ward.dora)
        .get(reverse("workspace:claim_card"))
        .content.decode()
        .replace("\N{NO-BREAK SPACE}", " ")
    )
    for said in (
        "Week 4: days 21 to 41 after the first dose; of several scores the one nearest to day 28",
        "Of those who answered", "14 of 26", "53.8 %", "35.5 % to 71.2 %",
        "With the missing counted as not", "14 of 30",
        "At best: everybody missing met it", "18 of 30",
        "4 are missing, their mean baseline",
        "No comparison group",
    ):  # fmt: skip
        assert said in page, said
    assert "chain.0" not in page


def test_only_a_confirmed_page_is_written_and_the_deed_is_logged(ward, sign_in, settings, tmp_path):
    settings.DATA_DIR = tmp_path
    treated(ward, 14)
    treated(ward, 12, later=18)
    treated(ward, 11, answers=False)
    client = sign_in(ward.dora)
    url = reverse("workspace:publish_results")
    assert "Nothing was written" in client.post(url).content.decode()
    assert not list(tmp_path.glob("published/*"))
    for _ in range(2):
        client.post(url, {"confirmed": "yes"})
    [path] = tmp_path.glob("published/*.html")
    page = path.read_text(encoding="utf-8")
    assert "Of 26 people who answered at week 4, 14 fell by 50 % or more" in page
    assert "87 % see improvement within four weeks" in page
    assert "Person" not in page
    assert "<script" not in page
    assert "src=" not in page
    assert Entry.objects.filter(did="published results").count() == 2
    assert sign_in(ward.ben).post(url, {"confirmed": "yes"}).status_code == 403


def test_a_demonstration_says_on_its_published_page_that_everybody_is_invented(
    ward, sign_in, settings, tmp_path
):
    settings.DATA_DIR = tmp_path
    Practice.objects.update(is_demonstration=True)
    treated(ward, 14)
    treated(ward, 12, later=18)
    sign_in(ward.dora).post(reverse("workspace:publish_results"), {"confirmed": "yes"})
    [path] = tmp_path.glob("published/*.html")
    assert "its patients and staff are invented" in path.read_text(encoding="utf-8")


def test_a_page_that_would_show_a_handful_is_refused(ward, sign_in, settings, tmp_path):
    settings.DATA_DIR = tmp_path
    treated(ward, 14)
    treated(ward, 3, later=18)
    client = sign_in(ward.dora)
    url = reverse("workspace:publish_results")
    assert "Fewer than 11 people did not meet it" in client.get(url).content.decode()
    client.post(url, {"confirmed": "yes"})
    assert not list(tmp_path.glob("published/*"))


@pytest.mark.parametrize("more", [0, 15])
def test_the_results_page_asks_the_same_number_of_queries_for_few_and_many(
    ward, sign_in, django_assert_num_queries, more
):
    treated(ward, 1 + more)
    client = sign_in(ward.dora)
    client.get(PAGE)
    with django_assert_num_queries(12):
        client.get(PAGE)


def test_one_person_all_missing_and_all_responders_are_told_as_what_they_are(ward, sign_in):
    client = sign_in(ward.dora)
    treated(ward, 1)
    assert (
        "Of 1 person who answered at week 4, 1 fell by 50 % or more (100.0 %, 95 % interval 20.7 to 100.0)"
        in (client.get(PAGE).content.decode())
    )
    treated(ward, 12, later=1)
    assert (
        "Of 13 people who answered at week 4, 13 fell by 50 % or more (100.0 %"
        in client.get(PAGE).content.decode()
    )
    missing = client.get(PAGE, {"at": "week 1"}).content.decode()
    assert "Insufficient follow-up: 0 of 13 people due answered (0.0 %)" in missing
