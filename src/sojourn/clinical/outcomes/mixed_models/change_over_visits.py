"""Change from baseline at each planned visit, adjusted for baseline, in one or two groups."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sojourn.clinical.outcomes.mixed_models.covariance import Matrix, Vector
from sojourn.clinical.outcomes.mixed_models.fitting import Estimate, Fit, NotFitted, fit

NO_COMPARISON = "no comparison group"
TWO = 2


@dataclass(frozen=True)
class PersonScores:
    """One person: their baseline, and the score at each visit that was held. `group` is "" where all are one group."""

    baseline: float
    by_visit: Mapping[str, float]
    group: str = ""


@dataclass(frozen=True)
class VisitChange:
    """The mean change of a group at a visit, at the mean baseline of all; `observed` people had a score there."""

    visit: str
    group: str
    observed: int
    change: Estimate


@dataclass(frozen=True)
class ChangeOverVisits:
    """Mean changes by visit and group; `differences` are second group minus first, empty with one group."""

    means: tuple[VisitChange, ...]
    differences: tuple[VisitChange, ...]
    model: Fit
    left_out: int  # people without any score after baseline: they cannot speak here
    comparison: str


@dataclass(frozen=True)
class Layout:
    """The rows of a model of change: one for each score, in blocks of visit by group, then baseline by visit."""

    scores: Vector
    design: Matrix
    names: tuple[str, ...]
    people: NDArray[np.intp]
    visits: NDArray[np.intp]
    groups: tuple[str, ...]
    middle: float  # the baseline that an effect of a visit speaks for
    has_baseline: bool  # False where everybody began at the same score: then it explains nothing


def change_over_visits(*, people: Sequence[PersonScores], visits: Sequence[str]) -> ChangeOverVisits:
    """Estimate the mean change from baseline at each visit by a mixed model for repeated measures.

    Baseline and group each have their own effect at each visit. Means are taken at the mean baseline of everybody, those
    without a later score among them: who left early was often more ill. Raises NotFitted where nobody has a score at a
    visit, or the scores are too few.
    """
    seen = [person for person in people if any(visit in person.by_visit for visit in visits)]
    layout = lay_out(seen, visits, middle=mean_baseline(people))
    model = fit(
        scores=layout.scores,
        design=layout.design,
        names=layout.names,
        people=layout.people,
        visits=layout.visits,
    )
    observed = {
        (visit, group): sum(person.group == group and visit in person.by_visit for person in seen)
        for visit in visits
        for group in layout.groups
    }
    means = tuple(
        VisitChange(visit, group, observed[visit, group], model.effect(_name(visit, group)))
        for group in layout.groups
        for visit in visits
    )
    differences: tuple[VisitChange, ...] = ()
    comparison = NO_COMPARISON
    if len(layout.groups) == TWO:
        first, second = layout.groups
        comparison = f"{second} minus {first}"
        differences = tuple(
            VisitChange(
                visit, comparison, observed[visit, first] + observed[visit, second],
                model.estimate(_difference(layout.names, visit, first, second)),
            )
            for visit in visits
        )  # fmt: skip
    return ChangeOverVisits(means, differences, model, len(people) - len(seen), comparison)


def mean_baseline(people: Sequence[PersonScores]) -> float | None:
    """Give the mean baseline of everybody; None of nobody."""
    return float(np.mean([person.baseline for person in people])) if people else None


def lay_out(
    people: Sequence[PersonScores], visits: Sequence[str], *, middle: float | None = None, like: Layout | None = None
) -> Layout:  # fmt: skip
    """Lay scores out as the rows of a model. Baselines are centered, so that an effect is a mean at the center.

    `middle` is that center, else these people's mean. `like` is a layout whose columns and center these rows share.
    """
    groups = like.groups if like else tuple(sorted({person.group for person in people}))
    if not people:
        raise NotFitted("nobody has a score after baseline")
    for visit in visits if like is None else ():
        for group in groups:
            if not any(person.group == group and visit in person.by_visit for person in people):
                of = f" of {group}" if group else ""
                raise NotFitted(f"nobody{of} has a score at {visit}")
    baselines = [person.baseline for person in people]
    if like is not None:
        middle = like.middle
    elif middle is None:
        middle = float(np.mean(baselines))
    has_baseline = like.has_baseline if like else min(baselines) < max(baselines)
    cells = [(visit, group) for group in groups for visit in visits]
    rows = [
        (
            who,
            visits.index(visit),
            cells.index((visit, person.group)),
            person.baseline,
            person.by_visit[visit],
        )
        for who, person in enumerate(people)
        for visit in visits
        if visit in person.by_visit
    ]
    who, at, cell, baseline, score = (np.array(column) for column in zip(*rows, strict=True))
    names = [_name(*each) for each in cells]
    design = np.zeros((len(rows), len(cells) + (len(visits) if has_baseline else 0)))
    design[np.arange(len(rows)), cell] = 1
    if has_baseline:
        design[np.arange(len(rows)), len(cells) + at] = baseline - middle
        names += [f"baseline at {visit}" for visit in visits]
    return Layout(
        scores=score - baseline,
        design=design,
        names=tuple(names),
        people=who.astype(np.intp),
        visits=at.astype(np.intp),
        groups=groups,
        middle=middle,
        has_baseline=has_baseline,
    )


def _name(visit: str, group: str) -> str:
    return f"{group} at {visit}" if group else visit


def _difference(names: Sequence[str], visit: str, first: str, second: str) -> Vector:
    weights = np.zeros(len(names))
    weights[names.index(_name(visit, second))] = 1
    weights[names.index(_name(visit, first))] = -1
    return weights
