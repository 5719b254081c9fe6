"""A prescriber enters what a patient wrote on paper, and corrects a slip; the original stays beside it."""

import pytest

from tests.support.answering import answer_questionnaire, press
from tests.support.ward import NOW

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_answers_from_paper_are_entered_and_corrected(
    ward, enter, live_server, looks_right_everywhere, time_machine
):
    time_machine.move_to(NOW)
    page = enter(ward.ben)
    page.goto(f"{live_server.url}/workspace/questionnaires/of/{ward.ada.patient_id}/")
    looks_right_everywhere(page)
    page.get_by_label("Instrument").select_option("phq-9")
    press(page, "Enter answers")
    looks_right_everywhere(page)
    answer_questionnaire(page, q1="3")
    page.get_by_label("Total as stated on paper").fill("4")
    press(page, "Record the answers")
    assert page.get_by_text("PHQ-9 total: 3 of 27 (minimal)").is_visible()
    assert page.get_by_text("Stated total 4").is_visible()
    with page.expect_navigation():
        page.get_by_role("link", name="Correct PHQ-9").click()
    looks_right_everywhere(page)
    page.locator("[name=q1][value='2']").check()
    page.get_by_label("Why are they corrected?").fill("Read the wrong line.")
    press(page, "Record the correction")
    assert page.get_by_text("PHQ-9 total: 2 of 27 (minimal)").is_visible()
    assert page.get_by_text("Corrected since: the original").is_visible()
    looks_right_everywhere(page)
    page.goto(f"{live_server.url}/workspace/instruments/pcl-5/")
    looks_right_everywhere(page)
