"""Every dose limit on both of its sides."""

import pytest

from sojourn.clinical.pharmacology import iv_equivalent_mg
from sojourn.clinical.protocols.course_files import UnknownCourse, course_protocol, course_protocols
from sojourn.clinical.protocols.doses import (
    WeightNeeded,
    check_dose,
    dose_range,
)
from sojourn.clinical.quantities import Implausible


def ids(protocol_id, dose_mg, **told):
    return [
        (b.rule_id, b.needs)
        for b in check_dose(protocol=course_protocol(protocol_id), dose_mg=dose_mg, **told)
    ]


@pytest.mark.parametrize(
    ("dose_mg", "expected"),
    [
        (37.5, []),
        (37.6, [("DOSE-REASON", "reason")]),
        (56.2, [("DOSE-REASON", "reason")]),
        (56.4, [("DOSE-HIGH", "medical_director")]),
        (75.0, [("DOSE-HIGH", "medical_director")]),
        (75.1, [("DOSE-CAP", "never")]),
        (7.5, []),
        (7.4, [("DOSE-LOW", "reason")]),
    ],
)
def test_an_infusion_for_75_kg_keeps_to_its_limits(dose_mg, expected):
    assert ids("racemic_iv_clinic", dose_mg, weight_kg=75) == expected


def test_an_injection_never_exceeds_100_mg_whatever_the_weight():
    assert dose_range(protocol=course_protocol("racemic_im_clinic"), weight_kg=140).cap == 100
    assert ids("racemic_im_clinic", 100, weight_kg=140, number=2) == [("DOSE-REASON", "reason")]
    assert ids("racemic_im_clinic", 100.1, weight_kg=140, number=2) == [("DOSE-CAP", "never")]


def test_an_injection_is_raised_by_a_quarter_milligram_per_kilogram_at_most():
    assert ids("racemic_im_clinic", 50, weight_kg=80, number=2, previous_mg=30) == [("DOSE-REASON", "reason")]
    raised = ids("racemic_im_clinic", 50.2, weight_kg=80, number=2, previous_mg=30)
    assert ("DOSE-RAISE", "medical_director") in raised


def test_esketamine_comes_in_devices_and_begins_with_56_mg():
    assert ids("esketamine_clinic", 56) == []
    assert ids("esketamine_clinic", 84) == [("DOSE-FIRST", "never")]
    assert ids("esketamine_clinic", 84, number=2) == []
    assert ids("esketamine_clinic", 70, number=2) == [("DOSE-DEVICE", "never")]
    assert ids("esketamine_clinic", 84, number=4, given_in_7_days_mg=84) == []
    assert ids("esketamine_clinic", 84, number=4, given_in_7_days_mg=112) == [("DOSE-WEEK", "never")]


@pytest.mark.parametrize(
    ("dose_mg", "weight_kg", "expected"),
    [
        (100, 80, []),
        (101, 80, [("DOSE-FIRST", "never")]),
        (75, 50, []),
        (76, 50, [("DOSE-FIRST", "never")]),
    ],
)
def test_the_first_dose_at_home_is_low(dose_mg, weight_kg, expected):
    assert ids("racemic_sl_home", dose_mg, weight_kg=weight_kg) == expected


def test_home_doses_rise_in_steps_and_need_the_medical_director_above_300_mg():
    assert ids("racemic_sl_home", 150, number=2, previous_mg=100) == []
    assert ids("racemic_sl_home", 151, number=2, previous_mg=100) == [("DOSE-RAISE", "medical_director")]
    assert ids("racemic_sl_home", 300, number=4, previous_mg=300) == []
    assert ids("racemic_sl_home", 301, number=4, previous_mg=300) == [("DOSE-HIGH", "medical_director")]
    assert ids("racemic_sl_home", 451, number=4, previous_mg=450) == [("DOSE-CAP", "never")]


def test_a_dose_by_weight_needs_a_weight_that_can_be_true():
    with pytest.raises(WeightNeeded):
        dose_range(protocol=course_protocol("racemic_iv_clinic"))
    with pytest.raises(Implausible):
        dose_range(protocol=course_protocol("racemic_iv_clinic"), weight_kg=7)


def test_every_course_names_a_route_with_known_exposure_and_cites_its_dose():
    for protocol in course_protocols():
        assert iv_equivalent_mg(route=protocol.route, mg=1).mean <= 1
        assert protocol.dose.citations
        assert all(limit.citations for limit in protocol.limits)


def test_a_course_that_does_not_exist_is_refused():
    with pytest.raises(UnknownCourse):
        course_protocol("ketamine_by_post")
