"""What is shown of a session: levels and effects over time, for a block of people."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from sojourn.clinical.pharmacology import blood_pressure, dissociation
from sojourn.clinical.pharmacology.bodies import dosed
from sojourn.clinical.pharmacology.chain import Signal
from sojourn.clinical.pharmacology.exponentials import Array
from sojourn.clinical.pharmacology.levels import levels
from sojourn.clinical.pharmacology.parameters import Confidence
from sojourn.clinical.pharmacology.people import Draw
from sojourn.clinical.pharmacology.regimens import Regimen


class Measure(StrEnum):
    """What can be followed over time."""

    VENOUS = "venous ketamine"
    ARTERIAL = "arterial ketamine"
    NORKETAMINE = "venous norketamine"
    DISSOCIATION = "dissociation"
    DRUG_HIGH = "drug-high"
    SYSTOLIC_RISE = "systolic rise"
    DIASTOLIC_RISE = "diastolic rise"
    HEART_RATE_RISE = "heart rate rise"


@dataclass(frozen=True, slots=True)
class Described:
    """Unit, how sure, and what it is made from."""

    unit: str
    confidence: Confidence
    needs: tuple[Signal, ...]


DESCRIBED = {
    Measure.VENOUS: Described("ng/mL", Confidence.HIGH, (Signal.VENOUS,)),
    Measure.ARTERIAL: Described("ng/mL", Confidence.MEDIUM, (Signal.ARTERIAL,)),
    Measure.NORKETAMINE: Described("ng/mL, as ketamine", Confidence.HIGH, (Signal.NORKETAMINE,)),
    Measure.DISSOCIATION: Described(
        "CADSS points", Confidence.MEDIUM, (Signal.DISSOCIATION_SITE, Signal.TOLERANCE)
    ),
    Measure.DRUG_HIGH: Described("of 100", Confidence.MEDIUM, (Signal.DISSOCIATION_SITE,)),
    Measure.SYSTOLIC_RISE: Described("mmHg", Confidence.MEDIUM, (Signal.PRESSURE_SITE,)),
    Measure.DIASTOLIC_RISE: Described("mmHg", Confidence.MEDIUM, (Signal.PRESSURE_SITE,)),
    Measure.HEART_RATE_RISE: Described("per minute", Confidence.ILLUSTRATIVE, (Signal.PRESSURE_SITE,)),
}


def follow(
    *,
    regimen: Regimen,
    people: Draw,
    times_h: Array,
    measures: Sequence[Measure],
    occasions: bool = False,
    days_before: tuple[float, ...] = (),
) -> Mapping[Measure, Array]:
    """Follow these people through a regimen: for each measure `(n, times)`, in the unit of `DESCRIBED`.

    Times in hours from the beginning of the regimen. Sessions add up; tolerance between sessions is that of the
    session a time falls into. `days_before` are the days from each session before the regimen to its beginning, the
    longest ago first: they leave tolerance, and nothing in the blood. With `occasions` a person's uptake differs from
    session to session.

    >>> from sojourn.clinical.pharmacology import Dose, Drug, Route, typical
    >>> spray = Regimen.of(Dose(Route.INTRANASAL, Drug.ESKETAMINE, mg=56))
    >>> found = follow(
    ...     regimen=spray, people=typical(weight_kg=70), times_h=np.array([0.5]), measures=[Measure.VENOUS]
    ... )
    >>> f"{found[Measure.VENOUS][0, 0]:.0f} {DESCRIBED[Measure.VENOUS].unit} half an hour after 56 mg"
    '79 ng/mL half an hour after 56 mg'

    """
    needed = list(dict.fromkeys(signal for measure in measures for signal in DESCRIBED[measure].needs))
    found = np.zeros((len(people), len(needed), len(times_h)))
    for number, session in enumerate(regimen.sessions, 1):
        body = dosed(people, session.dose, session=number, occasions=occasions)
        found += levels(body, times_h=times_h - session.start_h, signals=needed)
    signals = {signal: found[:, place] for place, signal in enumerate(needed)}
    tolerance = _session_tolerance_at(regimen, times_h, days_before)
    return {measure: _measured(measure, signals, people, tolerance) for measure in measures}


def _measured(
    measure: Measure, signals: Mapping[Signal, Array], people: Draw, session_tolerance: Array
) -> Array:
    match measure:
        case Measure.VENOUS | Measure.ARTERIAL | Measure.NORKETAMINE:
            return signals[DESCRIBED[measure].needs[0]]
        case Measure.DISSOCIATION:
            return dissociation.cadss(
                site=signals[Signal.DISSOCIATION_SITE],
                tolerance=signals[Signal.TOLERANCE],
                z_ec50=people["dissociation_ec50"],
                z_emax=people["dissociation_emax"],
                session_tolerance=session_tolerance,
            )
        case Measure.DRUG_HIGH:
            return dissociation.drug_high(site=signals[Signal.DISSOCIATION_SITE], z=people["drug_high"])
        case Measure.SYSTOLIC_RISE:
            return _systolic(signals, people)
        case Measure.DIASTOLIC_RISE:
            return blood_pressure.diastolic_rise(systolic=_systolic(signals, people))
        case Measure.HEART_RATE_RISE:
            return blood_pressure.heart_rate_rise(site=signals[Signal.PRESSURE_SITE], z=people["heart_rate"])


def _systolic(signals: Mapping[Signal, Array], people: Draw) -> Array:
    return blood_pressure.systolic_rise(site=signals[Signal.PRESSURE_SITE], z=people["pressure"])


def _session_tolerance_at(regimen: Regimen, times_h: Array, days_before: tuple[float, ...]) -> Array:
    starts = np.array([session.start_h for session in regimen.sessions])
    which = np.clip(np.searchsorted(starts, times_h, side="right") - 1, 0, None)
    days = (*(-days for days in days_before), *regimen.days)
    found: Array = np.array(dissociation.session_tolerances(days)[len(days_before) :])[which]
    return found
