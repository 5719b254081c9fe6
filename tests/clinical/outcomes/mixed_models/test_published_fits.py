"""Fits of published data sets against the figures other software prints for them."""

import csv

import numpy as np
import pytest

from sojourn.clinical.outcomes.mixed_models import PersonScores, change_over_visits, fit
from sojourn.clinical.outcomes.mixed_models.covariance import compound_symmetry, random_intercept_and_slope
from tests.support.data_sets import data_set

VISITS = ("4", "5", "6", "7")


def rows(name):
    with data_set(name).open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def numbered(keys):
    places = {}
    return np.array([places.setdefault(key, len(places)) for key in keys])


def antidepressant_people():
    people = {}
    for row in rows("antidepressant_hamd17.csv"):
        found = people.setdefault(
            row["PATIENT"], PersonScores(float(row["BASVAL"]), {}, row["THERAPY"].replace("DRUG", "TREATED"))
        )
        found.by_visit[row["VISIT"]] = float(row["HAMDTL17"])
    return list(people.values())


def test_the_antidepressant_trial_as_nlme_fits_it():
    """Goldstein 2004, masked: unstructured, restricted likelihood, baseline and group by visit."""
    found = change_over_visits(people=antidepressant_people(), visits=VISITS)
    assert found.model.structure == "unstructured"
    assert (found.model.people, found.model.scores) == (172, 608)
    assert found.model.log_likelihood == pytest.approx(-1747.101, abs=5e-3)
    assert found.comparison == "TREATED minus PLACEBO"
    first, *_, last = (each.change for each in found.differences)
    assert (first.value, first.error) == (
        pytest.approx(0.09181, abs=1e-4),
        pytest.approx(0.68263, rel=1e-3),
    )
    assert (last.value, last.error) == (
        pytest.approx(-2.80183, rel=1e-4),
        pytest.approx(1.11403, rel=1e-3),
    )


def test_observed_mean_changes_at_the_last_visit():
    people = antidepressant_people()
    for group, n, mean in (("TREATED", 64, -8.34375), ("PLACEBO", 65, -5.138462)):
        changes = [p.by_visit["7"] - p.baseline for p in people if p.group == group and "7" in p.by_visit]
        assert len(changes) == n
        assert np.mean(changes) == pytest.approx(mean, rel=1e-6)


def test_the_reisby_study_as_hedeker_and_gibbons_print_it():
    """Table 4.5: random intercept and slope, maximum likelihood; and the random intercept alone."""
    seen = [row for row in rows("reisby_hdrs.csv") if row["hdrs"].strip() not in {"", "."}]
    weeks = np.array([int(row["week"]) for row in seen])
    data = {
        "scores": np.array([float(row["hdrs"]) for row in seen]),
        "design": np.column_stack([np.ones(len(seen)), weeks]),
        "names": ("level", "week"),
        "people": numbered(row["id"] for row in seen),
        "visits": weeks,
        "restricted": False,
    }
    sloped = fit(**data, structures_to_try=[random_intercept_and_slope(np.arange(6.0))])
    assert (sloped.people, sloped.scores) == (66, 375)
    assert -2 * sloped.log_likelihood == pytest.approx(2219.04, abs=5e-3)
    assert sloped.effects == pytest.approx([23.577, -2.377], abs=6e-4)
    assert np.sqrt(np.diag(sloped.effects_covariance)) == pytest.approx([0.546, 0.209], abs=6e-4)
    covariance = sloped.covariance
    assert covariance[0, 0] == pytest.approx(12.63 + 12.22, abs=0.02)
    assert covariance[0, 1] == pytest.approx(12.63 - 1.42, abs=0.02)
    level = fit(**data, structures_to_try=[compound_symmetry(6)])
    assert -2 * level.log_likelihood == pytest.approx(2285.19, abs=5e-3)
    assert level.effects == pytest.approx([23.552, -2.376], abs=6e-4)
    assert level.covariance[0, 1] == pytest.approx(16.16, abs=0.02)


def test_beat_the_blues_as_lme4_fits_it():
    """Random intercept, maximum likelihood, time coded 2, 3, 5, 8 as in the printed analysis."""
    scores, design, people, visits = [], [], [], []
    for who, row in enumerate(rows("beat_the_blues_bdi.csv")):
        for place, (column, time) in enumerate(
            zip(("bdi.2m", "bdi.4m", "bdi.6m", "bdi.8m"), (2, 3, 5, 8), strict=True)
        ):
            if row[column] in {"", "NA"}:
                continue
            scores.append(float(row[column]))
            people.append(who)
            visits.append(place)
            design.append(
                (1, float(row["bdi.pre"]), time, row["treatment"] == "BtheB", row["drug"] == "Yes",
                 row["length"] == ">6m")
            )  # fmt: skip
    found = fit(
        scores=np.array(scores),
        design=np.array(design, dtype=float),
        names=("level", "before", "time", "BtheB", "drug", "longer"),
        people=np.array(people),
        visits=np.array(visits),
        structures_to_try=[compound_symmetry(4)],
        restricted=False,
    )
    assert (found.people, found.scores) == (97, 280)
    assert found.log_likelihood == pytest.approx(-935.75, abs=5e-3)
    assert found.effects == pytest.approx([5.59239, 0.63968, -0.70476, -2.32908, -2.82495, 0.19708], rel=1e-4)
    assert np.sqrt(np.diag(found.effects_covariance)) == pytest.approx(
        [2.24244, 0.07789, 0.14639, 1.67036, 1.72684, 1.63832], rel=1e-3
    )
    assert found.covariance[0, 1] == pytest.approx(48.78, abs=5e-3)
    assert found.covariance[0, 0] - found.covariance[0, 1] == pytest.approx(25.14, abs=5e-3)
