"""What the model says to each published observation, by the observation's id. One typical person of 70 kg, or n 5000."""

from collections.abc import Callable, Mapping
from functools import cache

import numpy as np

from sojourn.clinical.pharmacology.bodies import dosed
from sojourn.clinical.pharmacology.chain import Signal
from sojourn.clinical.pharmacology.dissociation import drug_high
from sojourn.clinical.pharmacology.doses import Dose
from sojourn.clinical.pharmacology.draws import normal
from sojourn.clinical.pharmacology.exponentials import Array
from sojourn.clinical.pharmacology.levels import areas, levels
from sojourn.clinical.pharmacology.measures import Measure, follow
from sojourn.clinical.pharmacology.mood import Control, drug_effect, mood, placebo
from sojourn.clinical.pharmacology.parameters import model
from sojourn.clinical.pharmacology.people import People, typical
from sojourn.clinical.pharmacology.regimens import Regimen
from sojourn.clinical.pharmacology.routes import Drug, Route

CROWD = People(count=5000, seed=1)
EVERYTHING_H = 1000.0  # by then all of a dose has left
LEFT_OF_FILM_NG_PER_ML = 6.3
RESPONSE = 0.5
CUFF_STREAM, MOOD_STREAM = 99, 98

INFUSION = Dose(Route.INTRAVENOUS, Drug.RACEMATE, mg_per_kg=0.5, over_min=40)
MUSCLE = Dose(Route.INTRAMUSCULAR, Drug.RACEMATE, mg_per_kg=0.5)
SWALLOWED = Dose(Route.ORAL, Drug.RACEMATE, mg=25)
UNDER_TONGUE = Dose(Route.SUBLINGUAL, Drug.RACEMATE, mg=25)
FILM = Dose(Route.ORAL_FILM, Drug.ESKETAMINE, mg=50)
S_INFUSION = Dose(Route.INTRAVENOUS, Drug.ESKETAMINE, mg=20, over_min=20)
RACEMIC_SPRAY = Dose(Route.INTRANASAL, Drug.RACEMATE, mg=25)
LARGER_SPRAY = Dose(Route.INTRANASAL, Drug.RACEMATE, mg=50)
PUSH = Dose(Route.INTRAVENOUS, Drug.RACEMATE, mg=10)
SIX_INFUSIONS = (0.0, 2.0, 4.0, 7.0, 9.0, 11.0)
TWICE_WEEKLY = tuple(3.5 * number for number in range(8))


def _spray(mg: float) -> Dose:
    return Dose(Route.INTRANASAL, Drug.ESKETAMINE, mg=mg)


def _course(dose: Dose, signal: Signal) -> tuple[Array, Array]:
    times_h = np.arange(0, 6, 1 / 360)
    return times_h, levels(dosed(typical(), dose), times_h=times_h, signals=[signal])[0, 0]


def _highest(dose: Dose, signal: Signal = Signal.VENOUS) -> float:
    return float(_course(dose, signal)[1].max())


def _highest_at_h(dose: Dose) -> float:
    times_h, found = _course(dose, Signal.VENOUS)
    return float(times_h[found.argmax()])


def _area(dose: Dose, until_h: float, signal: Signal = Signal.VENOUS) -> float:
    return float(areas(dosed(typical(), dose), until_h=until_h, signals=[signal])[0, 0])


def bioavailability_percent(dose: Dose) -> float:
    """Compare the whole area under the venous level with that of the same amount by vein."""
    by_vein = Dose(Route.INTRAVENOUS, dose.drug, mg=dose.mg, mg_per_kg=dose.mg_per_kg, over_min=40)
    return 100 * _area(dose, EVERYTHING_H) / _area(by_vein, EVERYTHING_H)


def _in_crowd(regimen: Regimen, times_min: Array, measure: Measure) -> Array:
    return np.concatenate(
        [
            follow(regimen=regimen, people=block, times_h=times_min / 60, measures=[measure])[measure]
            for block in CROWD.blocks()
        ]
    )


@cache
def _cadss(dose: Dose) -> Array:
    return _in_crowd(Regimen.of(dose), np.arange(0, 242, 2.0), Measure.DISSOCIATION)


def _percent_dissociated(mg: float) -> float:
    return float(100 * (_cadss(_spray(mg)).max(axis=1) > 4).mean())  # noqa: PLR2004 - the label's threshold


def _highest_rise(dose: Dose | None, at_min: tuple[float, ...]) -> float:
    noise = normal(seed=CROWD.seed, stream=CUFF_STREAM, first=0, count=CROWD.count, columns=len(at_min))
    read = model("effects")["measurement_sd_mmhg"] * noise
    if dose is not None:
        read = read + _in_crowd(Regimen.of(dose), np.array(at_min), Measure.SYSTOLIC_RISE)
    return float(read.max(axis=1).mean())


def _tolerance_at_plateau() -> float:
    series = Regimen.of(INFUSION, days=TWICE_WEEKLY)
    within = np.arange(0, 120, 2.0)
    first = _in_crowd(series, within, Measure.DISSOCIATION)
    last = _in_crowd(series, within + series.sessions[-1].start_h * 60, Measure.DISSOCIATION)
    return float(last.mean(axis=0).max() / first.mean(axis=0).max())


def _drug_difference(days: tuple[float, ...], at: Array) -> Array:
    """The mean of what the drug takes away, over people who differ in response."""
    regimen = Regimen.of(INFUSION, days=days)
    found: Array = np.concatenate(
        [mood(regimen=regimen, people=block, days=at).drug for block in CROWD.blocks()]
    ).mean(axis=0)
    return found


def _percent_responding(*, on_drug: bool) -> float:
    numbers, at = model("mood"), np.array([1.0])
    noise = normal(seed=CROWD.seed, stream=MOOD_STREAM, first=0, count=CROWD.count, columns=1)[:, 0]
    regimen = Regimen.of(INFUSION)
    people = CROWD.draw(first=0, count=CROWD.count)
    baseline = numbers["baseline_points"] + numbers.spread("baseline_points") * people["mood_baseline"]
    if on_drug:
        after = np.concatenate(
            [mood(regimen=regimen, people=block, days=at).score[:, 0] for block in CROWD.blocks()]
        )
    else:
        after = baseline - placebo(regimen=regimen, days=at, control=Control.ACTIVE)[0]
    score = np.clip(after + numbers["residual_points"] * noise, 0, numbers["highest_points"])
    return float(100 * (score <= RESPONSE * baseline).mean())


def _benefit_halves_after_days() -> float:
    after = np.arange(1, 60, 0.5)
    found = _drug_difference(SIX_INFUSIONS, SIX_INFUSIONS[-1] + after)
    return float(after[np.argmax(found <= found[0] / 2)])


def _single(at: Array) -> Array:
    found: Array = drug_effect(regimen=Regimen.of(INFUSION), people=typical(), days=at)[0]
    return found


def _drug_high_correlation() -> float:
    steady = np.array([50.0, 100.0, 150.0, 200.0])
    site = (1 + model("effects")["dissociation_r_weight"]) / 2 * steady
    high = drug_high(site=site[None, :], z=np.zeros(1))[0]
    return float(np.corrcoef(steady, high)[0, 1])


def _largest_effect_on_day() -> float:
    days = np.arange(0.1, 5, 0.05)
    return float(days[_single(days).argmax()])


def _level_after_a_push() -> float:
    times_h, found = _course(PUSH, Signal.VENOUS)
    return float(np.interp(2 / 60, times_h, found))


def _half_life_h() -> float:
    slowest = dosed(typical(), S_INFUSION).s_ketamine.ketamine_poles()[2]
    return float(np.log(2) / slowest[0])


S_CLEARANCE = "clearance_l_per_h"
PREDICTIONS: Mapping[str, Callable[[], float]] = {
    "D1": lambda: _highest(INFUSION),
    "D2": lambda: _highest(S_INFUSION, Signal.ARTERIAL) + LEFT_OF_FILM_NG_PER_ML,
    "D3 level": lambda: _highest(MUSCLE),
    "D3 time": lambda: 60 * _highest_at_h(MUSCLE),
    "D4 level": lambda: _highest(_spray(28)),
    "D4 area": lambda: _area(_spray(28), 24),
    "D5 level": lambda: _highest(_spray(84)),
    "D5 area": lambda: _area(_spray(84), 24),
    "D6 28 mg": lambda: _highest(_spray(28), Signal.NORKETAMINE),
    "D6 84 mg": lambda: _highest(_spray(84), Signal.NORKETAMINE),
    "D7 time 28": lambda: 60 * _highest_at_h(_spray(28)),
    "D7 time 84": lambda: 60 * _highest_at_h(_spray(84)),
    "D7 after last": lambda: 60 * _highest_at_h(_spray(84)) - 10,
    "D7 share": lambda: bioavailability_percent(_spray(84)),
    "D8 share": lambda: bioavailability_percent(SWALLOWED),
    "D8 level": lambda: _highest(SWALLOWED),
    "D8 time": lambda: _highest_at_h(SWALLOWED),
    "D8 norketamine": lambda: _highest(SWALLOWED, Signal.NORKETAMINE),
    "D9 oral": lambda: bioavailability_percent(SWALLOWED),
    "D9 sublingual": lambda: bioavailability_percent(UNDER_TONGUE),
    "D10 share": lambda: bioavailability_percent(UNDER_TONGUE),
    "D10 time": lambda: _highest_at_h(UNDER_TONGUE),
    "D11 level": lambda: _highest(UNDER_TONGUE),
    "D11 time": lambda: _highest_at_h(UNDER_TONGUE),
    "D12 level": lambda: _highest(FILM, Signal.ARTERIAL),
    "D12 area": lambda: _area(FILM, 6, Signal.ARTERIAL),
    "D12 norketamine": lambda: _area(FILM, 6, Signal.NORKETAMINE),
    "D13 label": lambda: model("otto_2021")[S_CLEARANCE],
    "D13 Kamp": lambda: model("otto_2021")[S_CLEARANCE],
    "D13 half-life": _half_life_h,
    "D14": lambda: 1 / model("wang_2019")["r_to_s_clearance"],
    "D15": lambda: bioavailability_percent(RACEMIC_SPRAY),
    "D16 56 mg": lambda: _percent_dissociated(56),
    "D16 84 mg": lambda: _percent_dissociated(84),
    "D17 peak": lambda: 2.0 * float(_cadss(INFUSION).mean(axis=0).argmax()),
    "D17 over": lambda: float(100 * (_cadss(INFUSION)[:, 60] <= 4).mean()),  # noqa: PLR2004 - threshold of the row
    "D18": _drug_high_correlation,
    "D19 56 mg": lambda: _highest_rise(_spray(56), (40, 60, 90)),
    "D19 84 mg": lambda: _highest_rise(_spray(84), (40, 60, 90)),
    "D19 placebo": lambda: _highest_rise(None, (40, 60, 90)),
    "D20": lambda: _highest_rise(INFUSION, (20, 40, 60)),
    "D21": _tolerance_at_plateau,
    "D22 difference": lambda: float(_drug_difference((0.0,), np.array([1.0]))[0]),
    "D22 response": lambda: _percent_responding(on_drug=True),
    "D22 control": lambda: _percent_responding(on_drug=False),
    "D23": lambda: float(_drug_difference((0.0, 3.5, 7.0, 10.5, 14.0), np.array([14.5]))[0]),
    "D24 peak": _largest_effect_on_day,
    "D24 later": lambda: float(100 * np.divide(*_single(np.array([11.0, 1.0])))),
    "D25": _benefit_halves_after_days,
    "E1": lambda: _highest(LARGER_SPRAY),
    "E2": lambda: 60 * _highest_at_h(LARGER_SPRAY),
    "E3": lambda: _highest(Dose(Route.INTRANASAL, Drug.RACEMATE, mg=30)),
    "E4": lambda: _highest(LARGER_SPRAY, Signal.NORKETAMINE),
    "E5": lambda: bioavailability_percent(LARGER_SPRAY),
    "E6": lambda: _area(PUSH, EVERYTHING_H),
    "E7": _level_after_a_push,
    "E8": lambda: _highest(MUSCLE),
}
