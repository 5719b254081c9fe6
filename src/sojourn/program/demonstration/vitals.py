"""A dosing session of an invented person on paper: checks, vital signs, ratings, discharge when the criteria are met."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from sojourn.clinical import monitoring
from sojourn.clinical.monitoring import MonitoringPlan
from sojourn.program.demonstration.living_person import Look
from sojourn.program.treatment.on_paper import PaperEntry

CHECKS_BEFORE = timedelta(minutes=12)
VITALS_BEFORE = timedelta(minutes=6)
LEAVES_AFTER = timedelta(minutes=10)  # the look that found the criteria met
RATED_AFTER = timedelta(seconds=40)
DROWSY = 4  # of the MOAA/S
SAID = {"confirmed", "named", "optional"}  # criteria that somebody says; the others are measured
ONLY_WHEN_NEEDED = "prescriber_decision"


def session_entries(
    *,
    plan: MonitoringPlan,
    mg: float,
    looks: Sequence[Look],
    longer: bool,
    dosed_at: datetime,
    until: datetime,
    sitter: str,
    sedated: bool,
) -> list[PaperEntry]:
    """Write down a session up to a moment; one that is over by then ends with its discharge.

    `sedated` lets the person be drowsy when they feel farthest away, so that an alarm is raised.
    """
    before, *during = looks
    lines = [
        PaperEntry("checked", {"item": item.id, "passed": True}, dosed_at - CHECKS_BEFORE)
        for item in plan.checklist
        if item.id != ONLY_WHEN_NEEDED
    ]
    lines.append(PaperEntry("vital_taken", before.vitals, dosed_at - VITALS_BEFORE))
    lines.append(PaperEntry("dosed", {"mg": mg}, dosed_at))
    farthest = max(during, key=lambda look: look.felt)
    least = plan.observe_longer if longer else plan.observe_at_least
    for look in during:
        at = dosed_at + timedelta(minutes=look.minute)
        if at + RATED_AFTER > until:
            break
        moaas = DROWSY if sedated and look is farthest else look.moaas
        lines.append(PaperEntry("vital_taken", look.vitals, at))
        lines.append(PaperEntry("rated", {"moaas": moaas, "dissociation": look.felt}, at + RATED_AFTER))
        if look.minute >= least and _may_leave(lines, plan, longer=longer, at=at + RATED_AFTER):
            lines += _leaving(plan, at + LEAVES_AFTER, sitter)
            break
    return [line for line in lines if line.taken_at <= until]


def _may_leave(lines: Sequence[PaperEntry], plan: MonitoringPlan, *, longer: bool, at: datetime) -> bool:
    """Ask the plan's own criteria, but for those that somebody says."""
    told = [
        monitoring.read_event(kind=line.kind, facts=line.facts, taken_at=line.taken_at, event_id=str(number))
        for number, line in enumerate(lines)
    ]
    state = monitoring.state_of(events=told, plan=plan, now=at, observe_longer=longer)
    kinds = {criterion.id: criterion.kind for criterion in plan.criteria}
    return all(kinds[missing.criterion] in SAID for missing in state.discharge_missing)


def _leaving(plan: MonitoringPlan, at: datetime, sitter: str) -> Iterator[PaperEntry]:
    for criterion in plan.criteria:
        if criterion.kind in {"confirmed", "named"}:
            words = sitter if criterion.kind == "named" else ""
            yield PaperEntry(
                "confirmed", {"criterion": criterion.id, "words": words}, at + timedelta(minutes=1)
            )
    yield PaperEntry("discharged", {}, at + timedelta(minutes=2))
