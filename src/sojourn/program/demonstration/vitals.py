"""A plausible dosing session for an invented person: checks, vital signs, ratings, discharge.

Blood pressure, heart rate and dissociation follow `clinical.pharmacology` for one virtual person; where they start
from, and how sleepy somebody is, is made up.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random

import numpy as np

from sojourn.clinical.monitoring import MonitoringPlan
from sojourn.clinical.pharmacology import Dose, Measure, People, Regimen, follow
from sojourn.program.treatment.on_paper import PaperEntry

CHECKS_BEFORE = timedelta(minutes=12)
VITALS_BEFORE = timedelta(minutes=6)
CADSS_A_POINT = 6  # of the patient's own rating, 0 to 10; made up
DROWSY_FROM = 2  # of that rating
VIRTUAL_PEOPLE = 10_000
FOLLOWED = (
    Measure.SYSTOLIC_RISE, Measure.DIASTOLIC_RISE, Measure.HEART_RATE_RISE, Measure.DISSOCIATION,
)  # fmt: skip
DROWSY_SHARE = 0.04  # few, so that the inbox shows what an alarm is without being full of them
ONLY_WHEN_NEEDED = "prescriber_decision"


def session_entries(
    *,
    plan: MonitoringPlan,
    dose: Dose,
    number: int,
    dosed_at: datetime,
    until: datetime,
    sitter: str,
    sedated: bool,
    rng: Random,
) -> list[PaperEntry]:
    """Write down a session up to a moment; a session that is over by then ends with its discharge.

    `sedated` lets the person be drowsy at the peak, so that an alarm is raised.
    """
    systolic, diastolic, pulse = rng.randint(112, 132), rng.randint(68, 82), rng.randint(62, 80)
    lines = [
        PaperEntry("checked", {"item": item.id, "passed": True}, dosed_at - CHECKS_BEFORE)
        for item in plan.checklist
        if item.id != ONLY_WHEN_NEEDED
    ]
    lines.append(_vitals(systolic, diastolic, pulse, dosed_at - VITALS_BEFORE, rng))
    lines.append(PaperEntry("dosed", {"mg": dose.amount}, dosed_at))
    least = plan.observe_longer if number == 1 else plan.observe_at_least
    end = least + rng.randint(8, 18)
    looks = list(_looks(plan, end))
    rises = _rises(dose, looks, rng)
    strongest = max(rise[Measure.DISSOCIATION] for rise in rises)
    for minute, rise in zip(looks, rises, strict=True):
        at = dosed_at + timedelta(minutes=minute)
        lines.append(
            _vitals(
                systolic + round(rise[Measure.SYSTOLIC_RISE]),
                diastolic + round(rise[Measure.DIASTOLIC_RISE]),
                pulse + round(rise[Measure.HEART_RATE_RISE]),
                at,
                rng,
            )
        )
        felt = min(10, round(rise[Measure.DISSOCIATION] / CADSS_A_POINT))
        at_peak = rise[Measure.DISSOCIATION] == strongest
        drowsy = (felt >= DROWSY_FROM and rng.random() < DROWSY_SHARE) or (sedated and at_peak)
        rating = {"moaas": 4 if drowsy else 5, "dissociation": felt}
        if minute >= least:
            rating = {"moaas": 5, "dissociation": 0}
        lines.append(PaperEntry("rated", rating, at + timedelta(seconds=40)))
    lines += _leaving(plan, dosed_at + timedelta(minutes=end), sitter)
    return [line for line in lines if line.taken_at <= until]


def _looks(plan: MonitoringPlan, end: int) -> Iterator[int]:
    """Minutes of the looks: as planned, then at the plan's pace, and one at the end."""
    yield from plan.vitals_at
    yield from range(plan.vitals_at[-1] + plan.then_every, end - 3, plan.then_every)
    yield end


def _rises(dose: Dose, looks: list[int], rng: Random) -> list[dict[Measure, float]]:
    """Follow one virtual person through the dose, at these minutes."""
    somebody = People(count=VIRTUAL_PEOPLE, seed=1).draw(first=rng.randrange(VIRTUAL_PEOPLE), count=1)
    found = follow(regimen=Regimen.of(dose), people=somebody, times_h=np.array(looks) / 60, measures=FOLLOWED)
    return [
        {measure: float(values[0, place]) for measure, values in found.items()} for place in range(len(looks))
    ]


def _vitals(systolic: int, diastolic: int, pulse: int, at: datetime, rng: Random) -> PaperEntry:
    facts = {
        "systolic": systolic + rng.randint(-3, 3),
        "diastolic": diastolic + rng.randint(-2, 2),
        "heart_rate": pulse + rng.randint(-3, 3),
        "spo2": rng.choice((96, 97, 97, 98, 98, 99)),
        "respiratory_rate": rng.choice((13, 14, 14, 15, 16)),
    }
    return PaperEntry("vital_taken", facts, at)


def _leaving(plan: MonitoringPlan, at: datetime, sitter: str) -> Iterator[PaperEntry]:
    for criterion in plan.criteria:
        if criterion.kind in {"confirmed", "named"}:
            words = sitter if criterion.kind == "named" else ""
            yield PaperEntry(
                "confirmed", {"criterion": criterion.id, "words": words}, at + timedelta(minutes=1)
            )
    yield PaperEntry("discharged", {}, at + timedelta(minutes=2))
