"""Proves limits and criteria by their own examples: each comes out as told, on both sides of the edge."""

from collections.abc import Iterator
from datetime import UTC, datetime

from sojourn.clinical.monitoring.courses import Course
from sojourn.clinical.monitoring.discharge import Leaving, Said, Seen, why_not
from sojourn.clinical.monitoring.limits import is_crossed
from sojourn.clinical.monitoring.plans import Criterion, CriterionExample, Limit, LimitExample
from sojourn.clinical.quantities import BloodPressure

FINEST_STEP = 1.0  # readings are whole numbers: the neighbor of an edge is one step away
MEASURED = {
    "sedation_at_least": "moaas",
    "dissociation_at_most": "dissociation",
    "oxygen_at_least": "spo2",
    "breathing_between": "respiratory_rate",
}
"""The signal that each kind of criterion with numbers looks at; `pressure_settled` looks at two."""

_MOMENT = datetime(2025, 1, 1, tzinfo=UTC)  # any: an example has no time of its own
_HIGHER = 40  # mmHg by which the reading before it stood above the one of an example: it has come down


def defects_of_limit(limit: Limit) -> Iterator[str]:
    """Say what keeps a limit from being trusted: an example that comes out otherwise, or an edge without one."""
    for example in limit.examples:
        if is_crossed(limit, example.value, example.baseline, symptoms=example.symptoms) != example.met:
            yield f"the example with {example.value:g} should be {_word(example.met)} and is not"
    edge = [_from_edge(limit, example) for example in limit.examples]
    if not any(distance == 0 for distance in edge) or not any(0 < abs(d) <= FINEST_STEP for d in edge):
        yield f"give examples at {limit.value:g} and just beside it"
    if {example.met for example in limit.examples} != {True, False}:
        yield "give at least one example that is met and one that is not"


def defects_of_criterion(criterion: Criterion) -> Iterator[str]:
    """Say what keeps a criterion with numbers from being trusted; those without numbers need no example."""
    for example in criterion.examples:
        if (_why_not(criterion, example) == "") != example.met:
            yield f"the example {example} should be {_word(example.met)} and is not"
    if criterion.values and {example.met for example in criterion.examples} != {True, False}:
        yield "give at least one example that is met and one that is not"


def _from_edge(limit: Limit, example: LimitExample) -> float:
    start = (example.baseline or 0) if limit.test == "rise" else 0
    return example.value - start - limit.value


def _word(met: bool) -> str:  # noqa: FBT001 - the fact itself
    return "met" if met else "not met"


def _why_not(criterion: Criterion, example: CriterionExample) -> str:
    values: dict[str, float] = {}
    if criterion.kind in MEASURED and example.value is not None:
        values[MEASURED[criterion.kind]] = example.value
    if len(example.pressure) == 2:  # noqa: PLR2004 - systolic and diastolic
        values |= {"systolic": float(example.pressure[0]), "diastolic": float(example.pressure[1])}
    leaving = Leaving(
        at=_MOMENT,
        minutes_since_dose=0,
        observe_minutes=0,
        seen={name: Seen(name, value, _MOMENT) for name, value in values.items()},
        confirmed={criterion.agreed_by: Said("yes", _MOMENT)}
        if criterion.agreed_by and example.agreed
        else {},
        baseline=BloodPressure(*example.baseline) if example.baseline else None,
        pressures=tuple(_come_down_to(value) for value in example.pressure),
        troubled_at=None,
    )
    return why_not(criterion, leaving, fresh_minutes=1, holds_minutes=1)


def _come_down_to(value: float) -> Course:
    return Course(times=(_MOMENT, _MOMENT), values=(value + _HIGHER, value))
