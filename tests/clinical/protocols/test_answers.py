"""Stored answers read as they were asked and given."""

from sojourn.clinical.protocols import answers_in_words, questions, read_facts

RAW = {
    "born_on": "1980-05-31",
    "aneurysm": "unknown",
    "blood_pressure": "120/80",
    "weight": "180 lb",
    "medicines": ["opioid", "lithium"],
    "spo2_percent": "97",
}


def test_answers_are_put_back_into_words():
    said = {each.question_id: each.answer for each in answers_in_words(read_facts(RAW))}
    assert said["born_on"] == "05/31/1980"
    assert said["aneurysm"] == "I don't know"
    assert said["blood_pressure"] == "120/80 mmHg"
    assert said["weight"] == "81.6 kg (180 lb)"
    assert said["medicines"].startswith("Lithium; Opioid pain medicines")
    assert said["spo2_percent"] == "97 %"


def test_what_was_left_blank_says_so_and_what_only_clinicians_add_is_left_out():
    said = answers_in_words(read_facts({}))
    assert [each.question_id for each in said] == [question.id for question in questions()]
    assert {each.answer for each in said} == {"not answered"}
    assert not any(each.is_answered for each in said)
