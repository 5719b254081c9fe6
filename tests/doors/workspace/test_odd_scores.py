"""Odd scores of one patient are said on the chart, and impossible days are refused at the form."""

from datetime import timedelta
from html import unescape

import pytest
from django.urls import reverse

from sojourn.program.measures import actions
from tests.support.questionnaires import all_zero
from tests.support.stop_rules import scored
from tests.support.ward import NOW

pytestmark = pytest.mark.django_db


def chart(ward, sign_in, time_machine):
    time_machine.move_to(NOW, tick=False)
    page = sign_in(ward.ben).get(reverse("workspace:chart", args=[ward.ada.patient_id]))
    assert page.status_code == 200
    return " ".join(unescape(page.content.decode()).split())


def test_a_stored_value_outside_the_scale_is_said_and_breaks_no_page(ward, sign_in, time_machine):
    scored(ward.ada, 18, NOW - timedelta(days=9))
    scored(ward.ada, 99, NOW - timedelta(days=2))
    page = chart(ward, sign_in, time_machine)
    assert "99 on November 22, 2026 lies outside the scale: not drawn, not counted." in page
    assert "PHQ-9 18" in page


def test_two_scores_on_a_day_a_zero_between_and_another_version_are_said(ward, sign_in, time_machine):
    scored(ward.ada, 18, NOW - timedelta(days=21))
    scored(ward.ada, 0, NOW - timedelta(days=14), instrument_version="0")
    scored(ward.ada, 17, NOW - timedelta(days=7))
    scored(ward.ada, 16, NOW - timedelta(days=7) + timedelta(hours=1))
    page = chart(ward, sign_in, time_machine)
    assert "2 scores on November 17, 2026: the later one counts." in page
    assert "was a missed visit written as 0?" in page
    assert "The instrument changed: 1 with version 0, 3 with version 1." in page


@pytest.mark.parametrize(
    ("day", "refused"),
    [
        (NOW.date() + timedelta(days=1), actions.NotYet),
        (NOW.date().replace(year=1984, month=5, day=1), actions.BeforeBirth),
    ],
)
def test_answers_after_today_or_before_birth_are_refused(ward, day, refused):
    with pytest.raises(refused):
        actions.enter_response(
            patient_id=ward.ada.patient_id, instrument_id="phq-9", raw_answers=all_zero(), answered_on=day, stated_total="",
            accept_blanks=False, actor=ward.ben, now=NOW,
        )  # fmt: skip


def test_the_form_says_that_the_patient_was_not_born_yet(ward, sign_in, time_machine):
    time_machine.move_to(NOW, tick=False)
    url = reverse("workspace:enter_answers", args=[ward.ada.patient_id])
    sent = {**all_zero(), "instrument": "phq-9", "answered_on": "1984-05-01"}
    response = sign_in(ward.ben).post(f"{url}?instrument=phq-9", sent)
    assert "The patient was not born yet on this day." in unescape(response.content.decode())
