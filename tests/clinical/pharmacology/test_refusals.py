"""What cannot be simulated is refused with the field and the remedy; what lies outside the studies is said."""

import pytest

from sojourn.clinical.pharmacology import (
    CannotSimulate,
    Dose,
    Drug,
    Interaction,
    Liver,
    Person,
    Regimen,
    Route,
    Step,
    cautions_for,
    read_regimen,
    read_toml,
)
from sojourn.clinical.pharmacology.regimens import Session

IV, RACEMATE = Route.INTRAVENOUS, Drug.RACEMATE
INFUSION = Dose(IV, RACEMATE, mg=37.5, over_min=40)


@pytest.mark.parametrize(
    ("told", "field"),
    [
        ({"route": "rectal", "dose_mg": 50}, "route"),
        ({"dose_mg": 50}, "route"),
        ({"route": "intravenous"}, "dose_mg"),
        ({"route": "intravenous", "dose_mg": 35, "dose_mg_per_kg": 0.5}, "dose_mg"),
        ({"route": "intravenous", "dose_mg": -5}, "dose_mg"),
        ({"route": "intravenous", "dose_mg": 35000}, "dose_mg"),
        ({"route": "intravenous", "dose_mg": "35 mg"}, "dose_mg"),
        ({"route": "intravenous", "dose_mg": True}, "dose_mg"),
        ({"route": "intravenous", "dose_mg_per_kg": 35}, "dose_mg_per_kg"),
        ({"route": "intravenous", "dose_g": 0.035}, "dose_g"),
        ({"route": "intravenous", "dose_mg": 35, "over_min": -1}, "over_min"),
        ({"route": "intramuscular", "dose_mg": 35, "over_min": 40}, "over_min"),
        ({"route": "intravenous", "dose_mg": 35, "spat_out": True}, "spat_out"),
        ({"route": "sublingual", "dose_mg": 100, "spat_out": "yes"}, "spat_out"),
        ({"route": "sublingual", "dose_mg": 100, "hold_min": 600}, "hold_min"),
        ({"route": "sublingual", "drug": "esketamine", "dose_mg": 56}, "drug"),
        ({"route": "intravenous", "drug": "propofol", "dose_mg": 56}, "drug"),
        ({"route": "intranasal", "drug": "esketamine", "dose_mg": 50}, "dose_mg"),
        ({"route": ["intravenous", "oral"], "dose_mg": 50}, "route"),
        ({"route": "intravenous", "dose_mg": 35, "steps": "fast"}, "steps"),
        ({"route": "intravenous", "dose_mg": 35, "steps": [{"amount": 35, "from_min": 0, "until": 9}]}, "until"),
    ],
)  # fmt: skip
def test_a_dose_that_cannot_be_is_refused_by_field_and_remedy(told, field):
    with pytest.raises(CannotSimulate) as refused:
        read_regimen({"session": [told]})
    assert refused.value.field == field
    assert str(refused.value).startswith(f"`{field}`: ")
    assert len(refused.value.remedy) > 10


@pytest.mark.parametrize(
    "steps",
    [(Step(20, 0, 30), Step(17.5, 20, 20)), (Step(20, 0, 30),), (Step(37.5, -5, 30),)],
    ids=["overlapping", "not adding up", "before the start"],
)
def test_a_pump_program_that_contradicts_itself_is_refused(steps):
    with pytest.raises(CannotSimulate) as refused:
        Dose(IV, RACEMATE, mg=37.5, steps=steps)
    assert refused.value.field == "steps"


def test_sessions_of_one_day_overlap():
    with pytest.raises(CannotSimulate, match="overlap"):
        Regimen((Session(0, INFUSION), Session(23, INFUSION)))
    assert Regimen((Session(0, INFUSION), Session(24, INFUSION))).days == (0, 1)


def test_sessions_out_of_order_are_refused():
    with pytest.raises(CannotSimulate, match="overlap"):
        Regimen((Session(48, INFUSION), Session(0, INFUSION)))


def test_a_file_with_an_unknown_key_names_it_and_the_known_ones():
    with pytest.raises(CannotSimulate) as refused:
        read_toml('titel = "Six infusions"')
    assert refused.value.field == "titel"
    assert "title" in refused.value.remedy


def test_a_file_that_is_no_toml_says_where():
    with pytest.raises(CannotSimulate, match="line 2"):
        read_toml("session = [\nday 1")


def test_a_repeated_session_comes_so_often():
    regimen = read_regimen(
        {
            "session": [{"route": "intravenous", "dose_mg_per_kg": 0.5, "over_min": 40, "day": 1}],
            "repeat": {"sessions": 3, "days_apart": 3.5},
        }
    )
    assert regimen.days == (1, 4.5, 8)


@pytest.mark.parametrize(
    ("dose", "weight_kg", "warns"),
    [
        (Dose(IV, RACEMATE, mg_per_kg=1.0, over_min=40), 75, False),
        (Dose(IV, RACEMATE, mg_per_kg=1.01, over_min=40), 75, True),
        (Dose(IV, RACEMATE, mg_per_kg=0.09, over_min=40), 75, True),
        (Dose(Route.SUBLINGUAL, RACEMATE, mg=25), 75, False),
        (Dose(Route.SUBLINGUAL, RACEMATE, mg=300), 75, True),
    ],
)
def test_a_dose_outside_the_studies_is_called_an_extrapolation(dose, weight_kg, warns):
    assert bool(dose.check_for(weight_kg)) is warns


def test_a_dose_ten_times_too_high_is_refused_with_its_size():
    with pytest.raises(CannotSimulate, match="far outside anything studied"):
        Dose(IV, RACEMATE, mg=405, over_min=40).check_for(75)
    assert Dose(IV, RACEMATE, mg=375, over_min=40).check_for(75)


@pytest.mark.parametrize(
    ("person", "word"),
    [
        (Person(weight_kg=70, age_years=17.9), "below 18"),
        (Person(weight_kg=70, is_pregnant=True), "pregnancy"),
        (Person(weight_kg=70, liver=Liver.SEVERE), "severe liver disease"),
    ],
)
def test_whom_the_model_was_not_made_for_gets_no_prediction(person, word):
    with pytest.raises(CannotSimulate, match=word) as refused:
        cautions_for(person, INFUSION)
    assert refused.value.field == "person"


@pytest.mark.parametrize(
    ("person", "word"),
    [
        (Person(weight_kg=70, age_years=60), "60 years"),
        (Person(weight_kg=44.9), "weight"),
        (Person(weight_kg=120.1), "weight"),
        (Person(weight_kg=70, liver=Liver.MODERATE), "Moderate liver disease"),
        (Person(weight_kg=70, interactions=(Interaction.CYP_INHIBITOR,)), "CYP3A4"),
        (Person(weight_kg=70, interactions=(Interaction.BENZODIAZEPINE,)), "benzodiazepine"),
    ],
)
def test_what_changes_levels_by_an_unknown_amount_is_warned_of_by_name(person, word):
    assert any(word in said for said in cautions_for(person, INFUSION))


def test_what_was_not_told_is_said_to_be_unknown():
    said = cautions_for(Person(weight_kg=70), INFUSION)
    assert said == ("Not told, so not taken into account: age, pregnancy, liver, interacting medicines.",)
    told = Person(weight_kg=70, age_years=40, is_pregnant=False, liver=Liver.HEALTHY, interactions=())
    assert cautions_for(told, INFUSION) == ()
