from hashlib import sha256

import pytest
from django.db import ProgrammingError, transaction

from sojourn.clinical.protocols import consent_document
from sojourn.program.audit.models import Entry
from sojourn.program.intake import queries, signing
from sojourn.program.intake.models import Consent
from sojourn.program.people.models import Patient
from sojourn.program.people.policy import NotAllowed
from tests.support.ward import NOW

pytestmark = pytest.mark.django_db
DOCUMENT = "esketamine_clinic"
RIGHT = {question.id: question.correct for question in consent_document(DOCUMENT).questions}


def sign(ward, actor=None, **changed):
    facts = {
        "document_id": DOCUMENT,
        "shown_sha256": consent_document(DOCUMENT).sha256,
        "signed_name": "Ada Núñez",
        "answers": RIGHT,
        "tries": 1,
        **changed,
    }
    return signing.sign_consent(patient_id=ward.ada.patient_id, actor=actor or ward.ada, now=NOW, **facts)


def test_the_signed_text_its_version_and_its_hash_are_kept(ward):
    signed = queries.consent(sign(ward, tries=2), actor=ward.ada)
    document = consent_document(DOCUMENT)
    assert (signed.text, signed.version) == (document.text, document.version)
    assert signed.sha256 == sha256(signed.text.encode()).hexdigest()
    assert signed.understood == {"answers": RIGHT, "tries": 2}
    assert (signed.signed_name, signed.signed_at) == ("Ada Núñez", NOW)
    assert Entry.objects.filter(did="signed a consent", about_id=signed.id).count() == 1


@pytest.mark.parametrize("wrong", [{"driving": "evening"}, {"driving": ""}, {"stopping": "finish"}])
def test_a_consent_that_is_not_understood_is_not_signed(ward, wrong):
    with pytest.raises(signing.NotUnderstood) as not_understood:
        sign(ward, answers={**RIGHT, **wrong})
    assert not_understood.value.question_ids == tuple(wrong)
    assert Consent.objects.count() == 0


def test_a_consent_without_any_answer_names_every_question(ward):
    with pytest.raises(signing.NotUnderstood) as not_understood:
        sign(ward, answers={})
    assert set(not_understood.value.question_ids) == set(RIGHT)


@pytest.mark.parametrize("name", ["ada núñez", "  Ada   NÚÑEZ ", "Ada Nu\u0301n\u0303ez"])
def test_the_name_may_differ_in_case_spaces_and_combining_characters(ward, name):
    assert sign(ward, signed_name=name)


@pytest.mark.parametrize(
    "name", ["", "Ada", "Ada Nunez", "Bea Thornton", "Ada Núñez Jr.", "<b>Ada Núñez</b>"]
)
def test_another_name_is_no_signature(ward, name):
    with pytest.raises(signing.NameDiffers):
        sign(ward, signed_name=name)
    assert Consent.objects.count() == 0


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("Nora O'Neill-Smith", "Nora O’Neill\u2011Smith"),
        ("Nora O’Neill", "nora o'neill"),
        ("נועה לוי", "\u200fנועה לוי\u200e"),
        ("Ann\u00a0Lee", "Ann Lee"),
    ],
)
def test_what_a_phone_writes_for_an_apostrophe_or_a_dash_is_the_same_name(ward, name, typed):
    Patient.objects.filter(pk=ward.ada.patient_id).update(name=name)
    assert sign(ward, signed_name=typed)


def test_a_text_that_was_not_shown_is_not_signed(ward):
    for shown in ("", "0" * 64):
        with pytest.raises(signing.TextChanged):
            sign(ward, shown_sha256=shown)
    assert Consent.objects.count() == 0


def test_the_database_keeps_what_was_signed_as_it_was(ward):
    signed = Consent.objects.filter(pk=sign(ward))
    before = signed.get().text
    for change in ({"text": "Other words."}, {"sha256": "1" * 64}, {"signed_name": "Bea"}, {"version": "9"}):
        with pytest.raises(ProgrammingError), transaction.atomic():
            signed.update(**change)
    with pytest.raises(ProgrammingError), transaction.atomic():
        signed.delete()
    assert signed.get().text == before


def test_a_consent_that_was_withdrawn_stays_withdrawn(ward):
    signed = Consent.objects.filter(pk=sign(ward))
    signing.withdraw_consent(consent_id=signed.get().id, actor=ward.ada, now=NOW)
    with pytest.raises(ProgrammingError), transaction.atomic():
        signed.update(withdrawn_at=None)
    assert signed.get().withdrawn_at == NOW


def test_a_standing_consent_is_not_signed_twice(ward):
    sign(ward)
    with pytest.raises(signing.AlreadySigned):
        sign(ward)
    assert Consent.objects.count() == 1


def test_a_withdrawn_consent_holds_no_longer_stays_readable_and_can_be_signed_anew(ward):
    first = sign(ward)
    assert queries.consent_in_force(ward.ada.patient_id, DOCUMENT, actor=ward.ben).id == first
    signing.withdraw_consent(consent_id=first, actor=ward.ada, now=NOW)
    signing.withdraw_consent(consent_id=first, actor=ward.ada, now=NOW)
    assert queries.consent_in_force(ward.ada.patient_id, DOCUMENT, actor=ward.ben) is None
    assert not queries.consent(first, actor=ward.ada).is_in_force
    assert Entry.objects.filter(did="withdrew a consent").count() == 1
    assert sign(ward) != first
    assert len(queries.consents_of(ward.ada.patient_id, actor=ward.ada)) == 2


def test_nobody_signs_or_withdraws_for_somebody_else(ward):
    for other in (ward.bea, ward.ben, ward.dora, ward.thea):
        with pytest.raises(NotAllowed):
            sign(ward, actor=other)
    signed = sign(ward)
    for other in (ward.bea, ward.ben, ward.dora):
        with pytest.raises(NotAllowed):
            signing.withdraw_consent(consent_id=signed, actor=other, now=NOW)
    assert queries.consent(signed, actor=ward.bea) is None
    assert queries.consent(signed, actor=ward.ada).is_in_force
