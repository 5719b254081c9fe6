"""A dose far off is told what it looks like, for every protocol; a dose within the range is told nothing."""

import pytest

from sojourn.clinical.protocols import course_protocols, dose_range, likely_slip
from sojourn.clinical.quantities import Implausible

PROTOCOLS = {protocol.id: protocol for protocol in course_protocols()}


def slip(protocol_id, dose_mg, weight_kg=70, **more):
    found = likely_slip(protocol=PROTOCOLS[protocol_id], dose_mg=dose_mg, weight_kg=weight_kg, **more)
    if found is None:
        return ""
    assert found.is_too_much is (
        dose_mg > dose_range(protocol=PROTOCOLS[protocol_id], weight_kg=weight_kg).cap
    )
    return found.says


@pytest.mark.parametrize("protocol_id", PROTOCOLS)
@pytest.mark.parametrize("weight_kg", [45, 70, 120])
def test_ten_times_the_usual_dose_is_named_for_every_route(protocol_id, weight_kg):
    usual = dose_range(protocol=PROTOCOLS[protocol_id], weight_kg=weight_kg).usual
    said = slip(protocol_id, 10 * usual, weight_kg)
    assert said.startswith("Ten times the usual dose by this route")
    assert f"{PROTOCOLS[protocol_id].route}: {usual:g} mg" in said
    assert said.endswith("Check the decimal point.")


@pytest.mark.parametrize("protocol_id", PROTOCOLS)
def test_a_dose_within_the_range_is_told_nothing(protocol_id):
    limits = dose_range(protocol=PROTOCOLS[protocol_id], weight_kg=70)
    for mg in (limits.low, limits.usual, limits.high, limits.cap):
        assert slip(protocol_id, mg) == ""


@pytest.mark.parametrize("protocol_id", PROTOCOLS)
def test_micrograms_and_grams_are_named(protocol_id):
    usual = dose_range(protocol=PROTOCOLS[protocol_id], weight_kg=70).usual
    assert "as if micrograms had been written" in slip(protocol_id, 1000 * usual)
    assert "as if grams had been written" in slip(protocol_id, usual / 1000)


def test_mg_per_kg_in_the_place_of_mg_is_worked_out():
    assert slip("racemic_iv_clinic", 0.5) == (
        "0.5 looks like mg per kg; this is in mg. At 70 kg, 0.5 mg/kg is 35 mg."
    )


@pytest.mark.parametrize(
    ("dose_mg", "starts"),
    [
        (71, "2 times"),
        (140, "4 times"),
        (350, "Ten times"),
        (700, "20 times"),
        (3.5, "A tenth of"),
        (0, ""),
        (-5, ""),
    ],
)
def test_other_distances_are_counted(dose_mg, starts):
    said = slip("racemic_iv_clinic", dose_mg)
    assert said.startswith(starts)
    assert bool(said) == bool(starts)


def test_ten_times_the_dose_that_holds_now_is_named_by_it():
    assert slip("racemic_iv_clinic", 200, previous_mg=20).startswith(
        "Ten times the dose that holds now (20 mg)"
    )


def test_a_weight_that_cannot_be_is_refused():
    with pytest.raises(Implausible):
        slip("racemic_iv_clinic", 350, weight_kg=7)
