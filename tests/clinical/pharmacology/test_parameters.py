"""Every number says its unit, where it stands, how it is known, whom it was studied in and how sure it is."""

import doctest
import importlib
import pkgutil

import pytest

from sojourn.clinical import pharmacology
from sojourn.clinical.evidence import DataFileInvalid, Provenance
from sojourn.clinical.pharmacology import Confidence, iv_equivalent_mg, models, order_exposure
from sojourn.clinical.pharmacology.exposure import UnknownRoute
from sojourn.clinical.quantities import Implausible

PARAMETERS = [(name, one) for name, found in models().items() for one in found.parameters.values()]
MODULES = [
    f"sojourn.clinical.pharmacology.{found.name}" for found in pkgutil.iter_modules(pharmacology.__path__)
]


@pytest.mark.parametrize(("name", "parameter"), PARAMETERS, ids=lambda value: getattr(value, "id", value))
def test_a_parameter_carries_all_that_it_needs_to_be_argued_with(name, parameter):
    assert parameter.unit
    assert parameter.population
    assert parameter.citations
    assert all(cited.locator for cited in parameter.citations)
    assert (parameter.spread is None) == (parameter.scale is None)


def test_nothing_from_memory_alone_passes_for_high_confidence():
    sure = [p for _, p in PARAMETERS if p.confidence is Confidence.HIGH]
    assert sure
    assert all(any(c.provenance is not Provenance.FROM_MEMORY for c in p.citations) for p in sure)


def test_the_stages_are_illustrative_in_every_number():
    assert {p.confidence for p in models()["cascade"].parameters.values()} == {Confidence.ILLUSTRATIVE}


@pytest.mark.parametrize("module", MODULES)
def test_examples_in_the_documentation_run(module):
    flags = doctest.ELLIPSIS | doctest.IGNORE_EXCEPTION_DETAIL
    assert doctest.testmod(importlib.import_module(module), optionflags=flags).failed == 0


@pytest.mark.parametrize(
    ("mg", "expected"),
    [(100, (15, 32, 49)), (200, (30, 64, 98)), (300, (45, 96, 147)), (450, (67.5, 144, 220.5))],
)
def test_exposure_under_the_tongue_matches_the_reference_arithmetic(mg, expected):
    found = iv_equivalent_mg(route="sublingual", mg=mg)
    assert (found.low, found.mean, found.high) == pytest.approx(expected)


def test_exposure_of_an_unknown_route_is_refused():
    with pytest.raises(UnknownRoute):
        iv_equivalent_mg(route="rectal", mg=100)


def test_a_home_tablet_of_300_mg_carries_more_than_a_standard_infusion():
    found = order_exposure(route="sublingual", mg=300, weight_kg=75, at_home=True)
    assert found.standard_mg == 37.5
    assert found.times_standard.mean == pytest.approx(2.56)
    assert found.home_warning
    assert found.home_citations


@pytest.mark.parametrize(("mg", "warns"), [(76, False), (77, True)])
def test_the_home_warning_begins_where_the_high_estimate_passes_the_standard_infusion(mg, warns):
    """0.49 of 76.5 mg is 37.5 mg."""
    assert bool(order_exposure(route="sublingual", mg=mg, weight_kg=75, at_home=True).home_warning) is warns
    assert not order_exposure(route="sublingual", mg=mg, weight_kg=75).home_warning


def test_esketamine_is_compared_by_its_own_form_with_half_of_the_racemate():
    found = order_exposure(route="intranasal", mg=84, weight_kg=75, drug="esketamine")
    assert found.by_vein.mean == pytest.approx(40.32)
    assert found.times_standard.mean == pytest.approx(40.32 / 18.75)


@pytest.mark.parametrize(("mg", "above"), [(450, False), (451, True)])
def test_a_dose_above_everything_published_is_said_to_be(mg, above):
    assert order_exposure(route="sublingual", mg=mg, weight_kg=75).is_above_published is above


def test_a_dose_or_weight_that_cannot_be_true_is_refused():
    with pytest.raises(Implausible):
        order_exposure(route="oral", mg=3000, weight_kg=75)
    with pytest.raises(Implausible):
        order_exposure(route="oral", mg=300, weight_kg=7)


def test_a_model_file_with_an_unknown_key_is_refused(tmp_path, monkeypatch):
    from sojourn.clinical.pharmacology import parameters

    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "wrong.toml").write_text('title = "x"\ngroup = []\nremark = "y"\n')
    monkeypatch.setattr(parameters, "DATA", tmp_path)
    with pytest.raises(DataFileInvalid, match="remark"):
        parameters.models.__wrapped__()
