"""Three trials with repeated scores, fitted by mixed models."""

from collections.abc import Mapping, Sequence
from math import sqrt

import numpy as np

from sojourn.clinical.outcomes.mixed_models import Fit, PersonScores, change_over_visits, fit
from sojourn.clinical.outcomes.mixed_models.covariance import compound_symmetry, random_intercept_and_slope

Rows = Sequence[Mapping[str, str]]
ABSENT = {"", "NA", "NaN", "."}
MONTHS = {"bdi.2m": 2, "bdi.4m": 3, "bdi.6m": 5, "bdi.8m": 8}  # as the printed analysis codes time
BTHEB_EFFECTS = ("level", "BDI before", "time", "BtheB", "drug", "longer than 6 months")
HAMD_VISITS = ("4", "5", "6", "7")
WEEKS = 6


def beat_the_blues(rows: Rows) -> dict[str, float]:
    """Fit a random intercept by maximum likelihood, and count who halved their score at month 8."""
    scores, design, people, visits = [], [], [], []
    for who, row in enumerate(rows):
        for place, (column, time) in enumerate(MONTHS.items()):
            if row[column] in ABSENT:
                continue
            scores.append(float(row[column]))
            people.append(who)
            visits.append(place)
            design.append(
                (1.0, float(row["bdi.pre"]), time, row["treatment"] == "BtheB", row["drug"] == "Yes",
                 row["length"] == ">6m")
            )  # fmt: skip
    found = fit(
        scores=np.array(scores),
        design=np.array(design, dtype=np.float64),
        names=BTHEB_EFFECTS,
        people=np.array(people),
        visits=np.array(visits),
        structures_to_try=[compound_symmetry(len(MONTHS))],
        restricted=False,
    )
    between = float(found.covariance[0, 1])
    return {
        "people": found.people,
        "scores": found.scores,
        **_effects(found),
        "variance between people": between,
        "variance within people": float(found.covariance[0, 0]) - between,
        "log likelihood": found.log_likelihood,
        **_halved(rows, "BtheB"),
        **_halved(rows, "TAU"),
    }


def _halved(rows: Rows, arm: str) -> dict[str, float]:
    pairs = [(row["bdi.pre"], row["bdi.8m"]) for row in rows if row["treatment"] == arm]
    seen = [(float(before), float(after)) for before, after in pairs if after not in ABSENT]
    met = sum(2 * after <= before for before, after in seen)
    return {
        f"{arm}, month 8: responded": met,
        f"{arm}, month 8: observed": len(seen),
        f"{arm}, month 8: percent, missing as not": 100 * met / len(pairs),
    }


def antidepressant(rows: Rows) -> dict[str, float]:
    """Fit change by visit with unstructured covariance and restricted likelihood."""
    people: dict[str, PersonScores] = {}
    scores: dict[str, dict[str, float]] = {}
    for row in rows:
        by_visit = scores.setdefault(row["PATIENT"], {})
        by_visit[row["VISIT"]] = float(row["HAMDTL17"])
        # "treated" sorts after PLACEBO, so that differences read treated minus placebo.
        group = "treated" if row["THERAPY"] == "DRUG" else row["THERAPY"]
        people[row["PATIENT"]] = PersonScores(float(row["BASVAL"]), by_visit, group)
    found = change_over_visits(people=list(people.values()), visits=HAMD_VISITS)
    first, last = found.differences[0].change, found.differences[-1].change
    return {
        "people": found.model.people,
        "scores": found.model.scores,
        "log likelihood, restricted": found.model.log_likelihood,
        "difference at visit 4": first.value,
        "difference at visit 4, error": first.error,
        "difference at visit 7": last.value,
        "difference at visit 7, error": last.error,
        **_observed_change(list(people.values()), "treated"),
        **_observed_change(list(people.values()), "PLACEBO"),
    }


def _observed_change(people: Sequence[PersonScores], group: str) -> dict[str, float]:
    last = HAMD_VISITS[-1]
    changes = [p.by_visit[last] - p.baseline for p in people if p.group == group and last in p.by_visit]
    return {
        f"{group}, visit 7: observed": len(changes),
        f"{group}, visit 7: mean change observed": float(np.mean(changes)),
    }


def reisby(rows: Rows) -> dict[str, float]:
    """Fit a random intercept, and a random intercept and slope, by maximum likelihood."""
    seen = [row for row in rows if row["hdrs"].strip() not in ABSENT]
    weeks = np.array([int(row["week"]) for row in seen])
    values = np.array([float(row["hdrs"]) for row in seen])
    places = {who: place for place, who in enumerate(dict.fromkeys(row["id"] for row in seen))}
    people = np.array([places[row["id"]] for row in seen])
    design = np.column_stack([np.ones(len(seen)), weeks])
    sloped, level = (
        fit(
            scores=values,
            design=design,
            names=("level", "week"),
            people=people,
            visits=weeks,
            structures_to_try=[structure],
            restricted=False,
        )
        for structure in (random_intercept_and_slope(np.arange(float(WEEKS))), compound_symmetry(WEEKS))
    )
    means = {f"week {week}: mean": float(values[weeks == week].mean()) for week in range(WEEKS)}
    counts = {f"week {week}: observed": float((weeks == week).sum()) for week in range(WEEKS)}
    return {
        "people": sloped.people,
        "scores": sloped.scores,
        **{f"slope model, {name}": value for name, value in _effects(sloped).items()},
        "slope model, -2 log likelihood": -2 * sloped.log_likelihood,
        **{f"level model, {name}": value for name, value in _effects(level).items()},
        "level model, -2 log likelihood": -2 * level.log_likelihood,
        "level model, variance between people": float(level.covariance[0, 1]),
        "level model, variance within people": float(level.covariance[0, 0] - level.covariance[0, 1]),
        **means,
        **counts,
    }


def _effects(found: Fit) -> dict[str, float]:
    values = {name: float(value) for name, value in zip(found.names, found.effects, strict=True)}
    errors = {
        f"{name}, error": sqrt(float(found.effects_covariance[place, place]))
        for place, name in enumerate(found.names)
    }
    return values | errors
