"""A patient reads a consent, gets one thing wrong, understands, signs, and keeps a printed copy."""

from hashlib import sha256

import pytest

from sojourn.clinical.protocols.consents import consent_document
from sojourn.program.intake.models import Consent
from tests.support import courses
from tests.support.ward import NOW

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
DOCUMENT = consent_document("esketamine_clinic")


@pytest.fixture(params=[1440, 360], ids=["desk", "phone"])
def story(request, ward, enter, looks_right, time_machine):
    time_machine.move_to(NOW)
    return Story(ward, enter, looks_right, width=request.param)


class Story:
    def __init__(self, ward, enter, looks_right, width):
        self.ward, self.enter, self.looks_right, self.width = ward, enter, looks_right, width

    def given_a_course_that_needs_her_consent(self):
        self.course = courses.start(self.ward)

    def when_she_opens_her_day(self):
        self.page = self.enter(self.ward.ada, width=self.width)
        self.looks_right(self.page)

    def then_the_consent_is_her_next_step(self):
        assert self.page.get_by_role("heading", name="Read and sign your consent").is_visible()

    def when_she_opens_the_consent(self):
        self.press("link", "Read the consent")
        self.looks_right(self.page)
        self.press("link", "Read the consent")
        assert self.page.get_by_role("heading", level=1).inner_text() == DOCUMENT.title
        self.looks_right(self.page)

    def when_she_answers_and_signs(self, *, wrong=None):
        for place, question in enumerate(DOCUMENT.questions, 1):
            value = next(
                o.value for o in question.options if (o.value != question.correct) == (question.id == wrong)
            )
            label = next(option.label for option in question.options if option.value == value)
            asked = self.page.get_by_role("group", name=f"{place}. {question.asks}")
            asked.get_by_label(label, exact=True).check()
        self.page.get_by_label("Type your full name to sign").fill(self.ward.ada.name)
        self.page.get_by_label("I have read this").check()
        self.press("button", "Sign this consent")

    def then_what_was_wrong_is_explained_and_nothing_is_signed(self, wrong):
        question = next(one for one in DOCUMENT.questions if one.id == wrong)
        assert self.page.get_by_text(f"Not quite. {question.explanation}").first.is_visible()
        assert self.page.get_by_label("Type your full name to sign").input_value() == self.ward.ada.name
        self.looks_right(self.page)
        assert not Consent.objects.exists()

    def then_her_signed_copy_is_shown(self):
        signed = Consent.objects.get()
        assert signed.understood["tries"] == 2
        assert signed.sha256 == sha256(signed.text.encode()).hexdigest()
        assert self.page.get_by_text("If my PHQ-9 score has not fallen by 6 points by session 4").is_visible()
        assert self.page.get_by_text(signed.sha256).is_visible()
        assert self.page.get_by_role("button", name="Print this copy").is_visible()
        self.looks_right(self.page)

    def then_the_print_is_the_document_without_the_page_around_it(self):
        self.page.emulate_media(media="print")
        assert self.page.get_by_text(DOCUMENT.sections[-1].paragraphs[-1]).is_visible()
        assert self.page.get_by_text(self.ward.ada.name).first.is_visible()
        for name in ("Print this copy", "Withdraw this consent", "Sign out"):
            assert self.page.get_by_text(name).is_hidden()
        assert self.page.pdf().startswith(b"%PDF")
        self.page.emulate_media(media="screen")

    def then_it_is_not_asked_for_again(self):
        self.press("link", "Today")
        self.looks_right(self.page)
        assert self.page.get_by_role("heading", name="Read and sign your consent").count() == 0
        self.press("link", "My record")
        self.looks_right(self.page)
        assert self.page.get_by_role("link", name=DOCUMENT.title).is_visible()

    def press(self, role, name):
        with self.page.expect_navigation():
            self.page.get_by_role(role, name=name).first.click()


def test_a_patient_understands_signs_and_prints_her_consent(story):
    story.given_a_course_that_needs_her_consent()
    story.when_she_opens_her_day()
    story.then_the_consent_is_her_next_step()
    story.when_she_opens_the_consent()
    story.when_she_answers_and_signs(wrong="driving")
    story.then_what_was_wrong_is_explained_and_nothing_is_signed("driving")
    story.when_she_answers_and_signs()
    story.then_her_signed_copy_is_shown()
    story.then_the_print_is_the_document_without_the_page_around_it()
    story.then_it_is_not_asked_for_again()
