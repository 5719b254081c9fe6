"""A medicine list becomes the classes that interact; what is not recognized is never taken as harmless."""

import pytest

from sojourn.clinical.protocols import read_facts
from sojourn.clinical.protocols.derived import known
from sojourn.clinical.protocols.medicines import medicine_classes, medicines_named
from sojourn.clinical.protocols.questions import question
from sojourn.clinical.protocols.rule_set import rule_set
from tests.clinical.protocols.days import TODAY


@pytest.mark.parametrize(
    ("entry", "classes"),
    [
        ("lorazepam", {"benzodiazepine"}),
        ("LORAZEPAM 1 mg at night", {"benzodiazepine"}),
        ("Ativan", {"benzodiazepine"}),
        ("Adderall XR 20 mg", {"stimulant"}),
        ("St. John's wort", {"enzyme"}),
        ("St John’s Wort capsules", {"enzyme"}),
        ("methylene blue", {"maoi"}),
        ("buprenorphine/naloxone film", {"opioid"}),
        ("fluticasone nasal spray", {"nasal"}),
        ("sertraline", set()),
    ],
)
def test_a_name_is_found_whatever_stands_around_it(entry, classes):
    read = medicines_named([entry])
    assert read.classes == classes
    assert read.not_recognized == ()


@pytest.mark.parametrize("entry", ["zyxwvutinib", "loraz", "blue", "fluticasone inhaler"])
def test_a_name_that_is_not_known_is_reported(entry):
    assert medicines_named([entry]).not_recognized == (entry,)


def known_medicines(**raw):
    return known(read_facts(raw), on=TODAY).get("medicines")


def test_a_list_settles_what_a_patient_was_unsure_of():
    assert known_medicines(medicines=["unknown"], medicine_list="lorazepam") == {"benzodiazepine"}
    assert known_medicines(medicines=["unknown"], medicine_list="sertraline") == {"none"}


def test_a_list_adds_to_what_a_patient_ticked_and_never_takes_away():
    assert known_medicines(medicines=["opioid"], medicine_list="lorazepam") == {"opioid", "benzodiazepine"}


def test_a_name_nobody_knows_leaves_the_question_open():
    assert known_medicines(medicines=["none"], medicine_list="zyxwvutinib") == {"unknown"}
    assert known_medicines(medicine_list="lorazepam; zyxwvutinib") == {"benzodiazepine", "unknown"}


def test_every_class_has_a_rule_that_speaks_of_it():
    asked = question("medicines")
    spoken = {
        word
        for rule in rule_set().rules
        for example in rule.examples
        for name, given in example.facts
        if name == "medicines"
        for word in given
    }
    assert {group.id for group in medicine_classes()} <= {option.value for option in asked.options}
    assert {group.id for group in medicine_classes()} <= spoken
