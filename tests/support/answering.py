"""Answers the pages of the portal in a real browser, as a person would: one choice, one field after the other."""

from typing import Any

from sojourn.clinical import protocols
from sojourn.clinical.protocols import Kind
from tests.support.assessments import answered
from tests.support.questionnaires import all_zero

TYPED = {Kind.BIRTH_DATE, Kind.BLOOD_PRESSURE, Kind.WEIGHT, Kind.NUMBER}


def answer_assessment(page: Any, **changed: str | list[str]) -> None:
    """Answer the free assessment so that nothing speaks against treatment, but for the changed answers."""
    answers = answered(**changed)
    for question in protocols.questions():
        given = answers.get(question.id, "")
        if question.kind in TYPED:
            page.locator(f"[name={question.id}]").fill(given)
        elif question.kind is Kind.STATE:
            page.locator(f"[name={question.id}]").select_option(given)
        else:
            for value in [given] if isinstance(given, str) else given:
                if value:
                    page.locator(f"[name={question.id}][value={value}]").check()


def answer_questionnaire(page: Any, instrument_id: str = "phq-9", **changed: str | None) -> None:
    """Choose 0 for every item but the changed ones; None leaves one as it is."""
    for item, value in all_zero(instrument_id, **changed).items():
        if value is not None:
            page.locator(f"[name={item}][value='{value}']").check()


def press(page: Any, button: str) -> None:
    """Press a button and wait for the page that follows."""
    with page.expect_navigation():
        page.get_by_role("button", name=button, exact=True).first.click()


def follow(page: Any, link: str) -> None:
    """Follow a link and wait for its page."""
    with page.expect_navigation():
        page.get_by_role("link", name=link, exact=True).first.click()
