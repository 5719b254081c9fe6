"""A patient signs under her own name only, and can take a signed consent back."""

import pytest

from sojourn.clinical.protocols import consent_document
from sojourn.program.intake.models import Consent
from tests.support import courses
from tests.support.answering import follow, press
from tests.support.ward import NOW

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
DOCUMENT = consent_document("esketamine_clinic")


@pytest.fixture
def story(ward, enter, live_server, looks_right_everywhere, time_machine):
    time_machine.move_to(NOW)
    return Story(ward, enter, live_server.url, looks_right_everywhere)


class Story:
    def __init__(self, ward, enter, address, looks_right):
        self.ward, self.enter, self.address, self.looks_right = ward, enter, address, looks_right

    def given_a_consent_to_sign(self, **window):
        courses.start(self.ward)
        self.page = self.enter(self.ward.ada, **window)
        self.page.goto(f"{self.address}/consent/{DOCUMENT.id}/")

    def when_she_signs_as(self, name):
        for question in DOCUMENT.questions:
            self.page.locator(f"[name={question.id}][value={question.correct}]").check()
        self.page.get_by_label("Type your full name to sign").fill(name)
        self.page.get_by_label("I have read this").check()
        press(self.page, "Sign this consent")

    def when_she_withdraws_it(self):
        follow(self.page, "Withdraw this consent")
        self.looks_right(self.page)
        press(self.page, "Withdraw this consent")

    def then_the_name_is_refused_and_nothing_is_signed(self):
        assert self.page.get_by_text("This is not the name in your record.").first.is_visible()
        assert self.page.locator("input:checked").count() == len(DOCUMENT.questions) + 1
        assert not Consent.objects.exists()
        self.looks_right(self.page)

    def then_it_is_signed(self):
        assert Consent.objects.get().signed_name == "ada núñez"

    def then_it_is_asked_again_and_the_old_copy_stays(self):
        assert self.page.get_by_role("link", name="Read the consent").is_visible()
        assert self.page.get_by_text("withdrawn on").is_visible()
        self.looks_right(self.page)
        follow(self.page, DOCUMENT.title)
        assert self.page.get_by_text("It stays in your record as what was true until then.").is_visible()
        self.looks_right(self.page)


def test_another_name_is_no_signature_and_what_is_signed_can_be_taken_back(story):
    story.given_a_consent_to_sign(width=360)
    story.when_she_signs_as("Somebody Else")
    story.then_the_name_is_refused_and_nothing_is_signed()
    story.when_she_signs_as("ada núñez")
    story.then_it_is_signed()
    story.when_she_withdraws_it()
    story.then_it_is_asked_again_and_the_old_copy_stays()
