"""Consents say what they must, can be checked for understanding, and their hash follows every word."""

from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest

from sojourn.clinical.evidence import DataFileInvalid
from sojourn.clinical.protocols import consent_document, consent_documents, course_protocols
from sojourn.clinical.protocols.consents import CONSENTS, UnknownConsent, read_consent

DOCUMENTS = [pytest.param(document, id=document.id) for document in consent_documents()]


def test_every_course_has_its_consent():
    for protocol in course_protocols():
        assert consent_document(protocol.consent).id == protocol.consent


@pytest.mark.parametrize("document", DOCUMENTS)
def test_a_consent_speaks_of_driving_of_stopping_and_of_help_in_a_crisis(document):
    for needed in (
        "until the next day, after a restful sleep",
        "You can stop at any time",
        "988",
        "911",
        "off-label",
    ):
        assert needed in document.text


@pytest.mark.parametrize("document", DOCUMENTS)
def test_a_consent_is_short_enough_to_be_read_and_checked_with_four_or_five_questions(document):
    assert 350 <= len(document.text.split()) <= 700
    assert 4 <= len(document.questions) <= 5
    for question in document.questions:
        assert question.correct in {option.value for option in question.options}
        assert len(question.options) >= 3


def test_home_treatment_tells_of_the_warning_of_2023():
    text = consent_document("racemic_home").text
    assert "In October 2023 the FDA warned" in text
    assert "adds risk" in text


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_section_is_cited(document):
    assert all(section.citations for section in document.sections)


def test_the_hash_changes_with_a_single_word():
    document = consent_document("racemic_home")
    section = document.sections[0]
    changed = replace(section, paragraphs=(section.paragraphs[0].replace("anesthesia", "surgery"),))
    other = replace(document, sections=(changed, *document.sections[1:]))
    assert document.sha256 == sha256(document.text.encode()).hexdigest()
    assert other.sha256 != document.sha256


def test_an_unknown_consent_or_version_is_refused():
    with pytest.raises(UnknownConsent):
        consent_document("oral_home")
    with pytest.raises(UnknownConsent):
        consent_document("racemic_home", "1999.1.0")
    assert consent_document("racemic_home", "2026.11.0").id == "racemic_home"


def test_a_question_whose_answer_is_not_offered_is_refused(tmp_path: Path):
    text = (CONSENTS / "racemic_home.toml").read_text(encoding="utf-8")
    spoiled = tmp_path / "spoiled.toml"
    spoiled.write_text(text.replace('correct = "next_day"', 'correct = "never"'), encoding="utf-8")
    with pytest.raises(DataFileInvalid, match="next_day"):
        read_consent(spoiled)
