"""A plausible dosing session for an invented person: checks, vital signs, ratings, discharge.

Blood pressure rises to a peak about 40 minutes after the dose and returns within two hours, as the references say;
the numbers themselves are made up.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from math import exp
from random import Random

from sojourn.clinical.monitoring import MonitoringPlan
from sojourn.program.treatment.on_paper import PaperEntry

PEAK_MIN = 40
CHECKS_BEFORE = timedelta(minutes=12)
VITALS_BEFORE = timedelta(minutes=6)
NEAR_PEAK, AT_PEAK = 0.8, 0.93
DROWSY_SHARE = 0.04  # few, so that the inbox shows what an alarm is without being full of them
ONLY_WHEN_NEEDED = "prescriber_decision"


def session_entries(
    *,
    plan: MonitoringPlan,
    mg: float,
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
    lines.append(PaperEntry("dosed", {"mg": mg}, dosed_at))
    least = plan.observe_longer if number == 1 else plan.observe_at_least
    end = least + rng.randint(8, 18)
    for minute in _looks(plan, end):
        rise = _share_of_peak(minute)
        at = dosed_at + timedelta(minutes=minute)
        lines.append(
            _vitals(
                systolic + round(21 * rise), diastolic + round(12 * rise), pulse + round(9 * rise), at, rng
            )
        )
        drowsy = (rise > NEAR_PEAK and rng.random() < DROWSY_SHARE) or (sedated and rise > AT_PEAK)
        rating = {"moaas": 4 if drowsy else 5, "dissociation": round(5 * rise**1.5 + rng.random())}
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


def _share_of_peak(minute: float) -> float:
    """A smooth rise to 1 at the peak and a slower way back."""
    share = minute / PEAK_MIN
    return share * exp(1 - share) if share <= 1 else max(0.0, exp(-((share - 1) ** 1.3) / 1.1))


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
