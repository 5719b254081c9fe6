from hashlib import sha256
from html import unescape

import pytest
from django.urls import reverse

from sojourn.clinical.outcomes.stop_rule import Terms, stop_rule_policy
from sojourn.clinical.protocols.consents import consent_document
from sojourn.program.intake.models import Consent, StopRule
from sojourn.program.plans.models import Course
from sojourn.program.treatment import stopping
from tests.support import courses
from tests.support.ward import NOW

pytestmark = pytest.mark.django_db
DOCUMENT = "esketamine_clinic"
SIGN = f"/consent/{DOCUMENT}/"
LIST = "/consent/"


@pytest.fixture(autouse=True)
def _clock(time_machine):
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def ada(ward, sign_in):
    courses.start(ward)
    return sign_in(ward.ada)


def filled(**changed):
    right = {question.id: question.correct for question in consent_document(DOCUMENT).questions}
    shown = consent_document(DOCUMENT).sha256
    rule = {"fall": "phq-9:6", "by_session": "4", "rule_version": stop_rule_policy().version}
    return {
        **right,
        **rule,
        "shown": shown,
        "signed_name": "Ada Núñez",
        "agrees": "on",
        "tries": "0",
        **changed,
    }


def text_of(response):
    return unescape(response.content.decode())


def wrong_answer_to(question):
    return next(option.value for option in question.options if option.value != question.correct)


def test_the_consent_of_the_course_is_asked_for_and_no_answer_is_chosen_for_the_patient(ada):
    assert reverse("portal:consent", kwargs={"document_id": DOCUMENT}) in text_of(ada.get(LIST))
    page = text_of(ada.get(SIGN))
    assert consent_document(DOCUMENT).sections[0].paragraphs[0] in page
    assert " checked" not in page


def test_before_a_course_nothing_is_asked(ward, sign_in):
    assert "Nothing to sign yet" in text_of(sign_in(ward.bea).get(LIST))


def test_a_signature_keeps_the_words_their_version_and_their_hash(ada):
    response = ada.post(SIGN, filled(), follow=True)
    signed, document = Consent.objects.get(), consent_document(DOCUMENT)
    assert signed.text.startswith(document.text)
    assert signed.version == document.version
    assert signed.sha256 == sha256(signed.text.encode()).hexdigest()
    assert signed.understood["tries"] == 1
    page = text_of(response)
    assert signed.sha256 in page
    assert "If my PHQ-9 score has not fallen by 6 points by session 4, we stop and talk" in page
    assert document.sections[-1].paragraphs[-1] in page
    assert "Nov 24, 2026, 7:00 AM PST" in page


def test_a_wrong_answer_is_explained_keeps_everything_typed_and_counts(ada):
    question = consent_document(DOCUMENT).questions[1]
    wrong = wrong_answer_to(question)
    page = ada.post(SIGN, filled(**{question.id: wrong}))
    assert page.status_code == 422
    assert question.explanation in text_of(page)
    assert 'value="Ada Núñez"' in text_of(page)
    assert f'value="{wrong}"' in text_of(page)
    assert page.context["tries"] == 1
    assert not Consent.objects.exists()
    ada.post(SIGN, filled(tries="1"))
    assert Consent.objects.get().understood["tries"] == 2


def test_what_the_prescriber_proposes_stands_there_first_and_the_patient_may_choose_otherwise(ward, ada):
    stopping.offer_stop_rule(
        course_id=Course.objects.get().id, terms=Terms("gad-7", 5, 3), actor=ward.ben, now=NOW
    )
    page = text_of(ada.get(SIGN))
    assert '<option value="gad-7:5" selected>' in page
    assert '<option value="3" selected>' in page
    ada.post(SIGN, filled(fall="phq-9:8", may_contact=["my therapist"]))
    rule = StopRule.objects.get()
    assert (rule.instrument_id, rule.points, rule.by_session) == ("phq-9", 8, 4)
    assert rule.may_contact == ["my therapist"]


@pytest.mark.parametrize(
    "outside",
    [{"fall": "phq-9:5"}, {"fall": "phq-9"}, {"fall": ""}, {"by_session": "9"}, {"by_session": "two"}],
)
def test_terms_that_are_not_offered_are_not_signed(ada, outside):
    assert ada.post(SIGN, filled(**outside)).status_code == 422
    assert not Consent.objects.exists()


def test_a_person_to_call_needs_a_number_and_a_number_needs_a_person(ada):
    for half in ({"trusted_name": "Nils"}, {"trusted_phone": "555-0101"}):
        page = ada.post(SIGN, filled(**half))
        assert "Give both, a name and a number, or neither." in text_of(page)
    assert not Consent.objects.exists()


def test_a_page_with_another_version_of_the_rule_signs_nothing(ada):
    assert ada.post(SIGN, filled(rule_version="2025.1")).status_code == 409
    assert not Consent.objects.exists()


def test_a_mistyped_name_or_a_missing_tick_is_not_counted_as_a_misunderstanding(ada):
    for slip in ({"signed_name": "Ada"}, {"agrees": ""}, {"driving": ""}):
        assert ada.post(SIGN, filled(**slip)).context["tries"] == 0
    ada.post(SIGN, filled())
    assert Consent.objects.get().understood["tries"] == 1


@pytest.mark.parametrize(
    ("changed", "beside", "message"),
    [
        ({"signed_name": ""}, "signed_name", "Type your name to sign."),
        ({"signed_name": "Bea Thornton"}, "signed_name", "This is not the name in your record."),
        ({"signed_name": "x" * 301}, "signed_name", "at most 300 characters"),
        ({"agrees": ""}, "agrees", "Tick this only if it is true for you."),
        ({"driving": ""}, "driving", "Choose an answer."),
        ({"driving": "never"}, "driving", "Select a valid choice."),
    ],
)
def test_what_is_missing_or_wrong_gets_a_message_beside_it_and_nothing_is_signed(
    ada, changed, beside, message
):
    page = ada.post(SIGN, filled(**changed))
    assert page.status_code == 422
    assert any(message in said for said in page.context["form"].errors[beside])
    assert not Consent.objects.exists()


@pytest.mark.parametrize("typed", ["ada núñez", "  Ada   Núñez ", "Ada Nu\u0301n\u0303ez"])
def test_the_name_may_be_typed_in_another_case_with_more_space_or_combining_marks(ada, typed):
    ada.post(SIGN, filled(signed_name=typed))
    assert Consent.objects.count() == 1


def test_a_script_typed_as_a_name_is_shown_as_text(ada):
    page = ada.post(SIGN, filled(signed_name="<script>alert(1)</script>"))
    assert b"<script>alert(1)" not in page.content
    assert "<script>alert(1)</script>" in text_of(page)


def test_pressing_twice_signs_once(ada):
    ada.post(SIGN, filled())
    again = ada.post(SIGN, filled(), follow=True)
    assert "You have signed this" in text_of(again)
    assert Consent.objects.count() == 1
    assert "Read the consent" not in text_of(ada.get(LIST))


def test_a_consent_that_is_not_asked_for_can_be_read_and_not_signed(ada):
    other = "/consent/racemic_home/"
    assert "You are not asked to sign this now" in text_of(ada.get(other))
    ada.post(other, filled())
    assert not Consent.objects.exists()


def test_a_consent_that_does_not_exist_is_not_found(ada):
    assert ada.get("/consent/no_such_text/").status_code == 404


def test_a_withdrawn_consent_is_kept_marked_and_asked_for_again(ada):
    ada.post(SIGN, filled())
    signed = Consent.objects.get()
    away = reverse("portal:withdraw_consent", kwargs={"consent_id": signed.id})
    assert "Withdraw this consent?" in text_of(ada.get(away))
    signed.refresh_from_db()
    assert signed.withdrawn_at is None, "asking changes nothing"
    assert "No dose is given without a new one" in text_of(ada.post(away, follow=True))
    assert "withdrawn before" in text_of(ada.post(away, follow=True))
    signed.refresh_from_db()
    assert signed.withdrawn_at == NOW
    copy = text_of(ada.get(reverse("portal:signed_consent", kwargs={"consent_id": signed.id})))
    assert "You withdrew this consent" in copy
    assert "Read the consent" in text_of(ada.get(LIST))


def test_the_copy_shows_the_words_that_were_signed_whatever_the_document_says_today(ward, ada):
    courses.sign_consent(ward, text="An older title\nVersion 0\n\nOld words <b>as</b> signed.\n")
    signed = Consent.objects.get()
    page = ada.get(reverse("portal:signed_consent", kwargs={"consent_id": signed.id}))
    assert "Old words <b>as</b> signed." in text_of(page)
    assert b"<b>as</b>" not in page.content


@pytest.mark.parametrize("shown", ["0" * 64, ""])
def test_a_text_that_changed_while_it_was_open_is_shown_again_and_not_signed(ada, shown):
    page = ada.post(SIGN, filled(shown=shown))
    assert page.status_code == 409
    assert "This text has changed since you opened it" in text_of(page)
    assert consent_document(DOCUMENT).sha256 in text_of(page)
    assert not Consent.objects.exists()


def test_another_patients_copy_is_not_found(ada, ward, sign_in):
    ada.post(SIGN, filled())
    bea = sign_in(ward.bea)
    for name in ("portal:signed_consent", "portal:withdraw_consent"):
        address = reverse(name, kwargs={"consent_id": Consent.objects.get().id})
        assert bea.get(address).status_code == 404
        assert bea.post(address).status_code == 404
    assert Consent.objects.get().withdrawn_at is None


def test_the_pages_ask_a_fixed_number_of_times(ada, django_assert_num_queries):
    ada.post(SIGN, filled(), follow=True)
    with django_assert_num_queries(7):
        ada.get(LIST)
    copy = reverse("portal:signed_consent", kwargs={"consent_id": Consent.objects.get().id})
    with django_assert_num_queries(5):
        ada.get(copy)
