"""The simulated patient: what can be seen and measured at a minute of a drill, given what was done until then.

Blood pressure, heart rate and dissociation follow `clinical.pharmacology` for one virtual person drawn by the seed; the
script adds what happens, and its reactions what helps. The same deeds and seed give the same patient.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import Final

import numpy as np

from sojourn.clinical import pharmacology, protocols
from sojourn.clinical.monitoring.events import Dosed
from sojourn.clinical.pharmacology import Measure
from sojourn.clinical.pharmacology.draws import normal
from sojourn.clinical.rehearsal.clock import DrillClock
from sojourn.clinical.rehearsal.deeds import Deed
from sojourn.clinical.rehearsal.scripts import (
    ON_THE_CLIP,
    RATINGS,
    START,
    VITAL_SIGNS,
    Begins,
    Change,
    Happening,
    Script,
    World,
)

CADSS_A_POINT: Final = 6  # of the patient's own rating, 0 to 10; made up, as in the demonstration
FOLLOWED: Final = MappingProxyType(
    {
        "systolic": Measure.SYSTOLIC_RISE,
        "diastolic": Measure.DIASTOLIC_RISE,
        "heart_rate": Measure.HEART_RATE_RISE,
        "dissociation": Measure.DISSOCIATION,
    }
)
LONGEST_MIN: Final = 600
PEOPLE: Final = 10_000
SCATTER: Final = MappingProxyType(
    {"systolic": 2.0, "diastolic": 1.5, "heart_rate": 1.5, "spo2": 0.4, "respiratory_rate": 0.6}
)  # of one reading, made up
MOST_SCATTER: Final = 1.5  # times that: a script says which limit is crossed, and chance does not unsay it
BOUNDS: Final = MappingProxyType(
    {
        "systolic": (60, 250), "diastolic": (30, 150), "heart_rate": (35, 190), "spo2": (70, 100),
        "respiratory_rate": (0, 40), "moaas": (0, 5), "dissociation": (0, 10),
    }
)  # fmt: skip
AWAKE: Final = 5
NOISE_STREAM: Final = 96


@dataclass(frozen=True, slots=True)
class Condition:
    """What somebody at the bedside would find. `measured` holds vital signs and ratings by signal, whole numbers.

    `shows` are the ids of signs to be seen; `silent` do not answer the telephone; `has_left`: the patient is gone. `clip` is
    what the oximeter on the finger shows, which need not be so.
    """

    measured: Mapping[str, int]
    says: tuple[str, ...]
    shows: frozenset[str]
    silent: frozenset[str]
    world: frozenset[World]
    has_left: bool
    clip: Mapping[str, int]


def under_way(script: Script, deeds: Iterable[Deed], *, clock: DrillClock) -> Mapping[str, float]:
    """Give the minute at which each happening and each reaction began, or is going to; those kept away are left out.

    A reaction begins with the first deed of its kind after its happening began, by when it was recorded.
    """
    done = sorted((each for each in deeds if not each.was_refused), key=lambda each: each.recorded_at)
    began: dict[str, float] = {START: 0.0}
    for happening in sorted(script.happenings, key=lambda each: each.at):
        for reaction in script.reactions:
            if reaction.id not in began and reaction.after in began:
                minute = _first(script, reaction.id, done, began, clock)
                if minute is not None:
                    began[reaction.id] = minute
        if not any(began.get(name, LONGEST_MIN) <= happening.at for name in happening.unless):
            began[happening.id] = happening.at
    for reaction in script.reactions:
        if reaction.id not in began and reaction.after in began:
            minute = _first(script, reaction.id, done, began, clock)
            if minute is not None:
                began[reaction.id] = minute
    return MappingProxyType(began)


def condition_at(
    script: Script, minute: float, deeds: Sequence[Deed], *, clock: DrillClock, seed: int
) -> Condition:
    """Say what can be seen, heard and measured at a minute, given everything done until then."""
    done = [each for each in deeds if clock.minute_of(each.recorded_at) <= minute]
    began = under_way(script, done, clock=clock)
    now = [each for each in script.happenings if began.get(each.id, LONGEST_MIN) <= minute]
    lasting = [each for each in now if _ended(each.until, each.eased_by, began) > minute]
    heard = [each for each in script.reactions if began.get(each.id, LONGEST_MIN) <= minute]
    values = _undisturbed(script, minute, done, clock=clock, seed=seed)
    for happening in now:
        ended = _ended(happening.until, happening.eased_by, began)
        _add(values, happening.change, minute - began[happening.id], ended - began[happening.id])
    for reaction in heard:
        _add(values, reaction.change, minute - began[reaction.id], LONGEST_MIN)
    measured = MappingProxyType({signal: _kept(signal, value) for signal, value in values.items()})
    return Condition(
        measured=measured,
        says=tuple(each.says for each in lasting) + tuple(each.says for each in heard) or (script.looks,),
        shows=frozenset(each.shows for each in lasting if each.shows),
        silent=frozenset(name for each in lasting for name in each.silent),
        world=frozenset(each.world for each in lasting if each.world),
        has_left=any(each.ends_session for each in now),
        clip=_clip(lasting, measured),
    )


def _clip(lasting: Sequence[Happening], measured: Mapping[str, int]) -> Mapping[str, int]:
    """What the oximeter shows: what is so, or what the latest happening that it concerns says instead."""
    instead = [each.clip for each in lasting if each.clip is not None]
    if not instead:
        return MappingProxyType({signal: measured[signal] for signal in ON_THE_CLIP})
    return MappingProxyType({signal: round(value) for signal, value in instead[-1].items()})


def reading_at(condition: Condition, *, minute: float, seed: int) -> Mapping[str, int]:
    """Give one reading of the vital signs as cuff and oximeter show it: with the scatter of a measurement."""
    drawn = normal(
        seed=seed, stream=NOISE_STREAM, first=max(0, int(minute * 60)), count=1, columns=len(VITAL_SIGNS)
    )[0]
    scatter = np.clip(drawn, -MOST_SCATTER, MOST_SCATTER)
    return MappingProxyType(
        {
            signal: _kept(signal, condition.measured[signal] + SCATTER[signal] * float(scatter[place]))
            for place, signal in enumerate(VITAL_SIGNS)
        }
    )


def _first(
    script: Script, reaction_id: str, done: Sequence[Deed], began: Mapping[str, float], clock: DrillClock
) -> float | None:
    reaction = next(each for each in script.reactions if each.id == reaction_id)
    since = began[reaction.after]
    minutes = (clock.minute_of(each.recorded_at) for each in done if reaction.to.fits(each))
    return next((minute for minute in minutes if minute > since), None)


def _ended(until: float | None, eased_by: Sequence[str], began: Mapping[str, float]) -> float:
    ends = [began[name] for name in eased_by if name in began]
    return min([*ends, LONGEST_MIN if until is None else until])


def _add(values: dict[str, float], change: Change, elapsed: float, lasts: float) -> None:
    """Add a change as far as it has grown, and as far as it has faded since it ended."""
    if not change.adds:
        return
    grown = min(elapsed, lasts)
    share = 1.0 if change.over_minutes <= 0 else min(1.0, max(0.0, grown / change.over_minutes))
    share *= 0.5 ** (max(0.0, elapsed - lasts) / change.fades_minutes)
    for signal, added in change.adds.items():
        values[signal] += share * added


def _undisturbed(
    script: Script, minute: float, done: Sequence[Deed], *, clock: DrillClock, seed: int
) -> dict[str, float]:
    """Give everything as it would be with nothing but the dose."""
    values = {signal: float(script.baseline[signal]) for signal in VITAL_SIGNS}
    values |= {signal: float(AWAKE if signal == "moaas" else 0) for signal in RATINGS}
    dosed_at = _dosed_at(script, done, clock)
    if dosed_at is None or minute <= dosed_at:
        return values
    place = min(LONGEST_MIN - 1, max(0, round(minute - dosed_at)))
    for signal, course in _courses(script.protocol, script.dose_mg, script.weight_kg, seed).items():
        values[signal] += course[place] / (CADSS_A_POINT if signal == "dissociation" else 1)
    return values


def _dosed_at(script: Script, done: Sequence[Deed], clock: DrillClock) -> float | None:
    if script.begins is Begins.DOSE:
        return 0.0
    given = [
        clock.minute_of(each.event.taken_at)
        for each in done
        if isinstance(each.event, Dosed) and not each.was_refused
    ]
    return min(given, default=None)


@lru_cache(maxsize=64)
def _courses(
    protocol_id: str, dose_mg: float, weight_kg: float, seed: int
) -> Mapping[str, tuple[float, ...]]:
    """Give what the dose adds to each signal, minute by minute, in one virtual person of that weight."""
    protocol = protocols.course_protocol(protocol_id)
    dose = pharmacology.ordered_dose(route=protocol.route, drug=protocol.drug, mg=dose_mg)
    people = pharmacology.People(count=PEOPLE, seed=1, weight_kg=weight_kg, weight_sd_kg=0.0)
    found = pharmacology.follow(
        regimen=pharmacology.Regimen.of(dose),
        people=people.draw(first=seed % PEOPLE, count=1),
        times_h=np.arange(LONGEST_MIN) / 60,
        measures=tuple(FOLLOWED.values()),
    )
    return MappingProxyType(
        {signal: tuple(float(v) for v in found[measure][0]) for signal, measure in FOLLOWED.items()}
    )


def _kept(signal: str, value: float) -> int:
    lowest, highest = BOUNDS[signal]
    return round(min(highest, max(lowest, value)))
