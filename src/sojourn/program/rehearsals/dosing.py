"""What was done before a drill that begins after the dose: checks, readings, the drug held against the order, the dose."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final
from uuid import uuid4

from sojourn.clinical import protocols
from sojourn.clinical.monitoring.dose_rules import dose_rule
from sojourn.clinical.rehearsal import Script
from sojourn.program.people.models import Patient
from sojourn.program.rehearsals.opening import Stand
from sojourn.program.rehearsals.world import set_clock
from sojourn.program.safety.watch import beat
from sojourn.program.treatment import actions as treatment
from sojourn.program.treatment import dose_checking
from sojourn.program.treatment.choices import EventKind
from sojourn.program.treatment.sessions import session

ANSWERED_BEFORE: Final = timedelta(minutes=12)
MEASURED_BEFORE: Final = timedelta(minutes=6)
CHECKED_BEFORE: Final = timedelta(minutes=3)
WATCH: Final = "the watch of the rehearsal"
LOT: Final = "REHEARSAL"
DEVICE_MG: Final = 28
TABLETS_LEFT: Final = 4


def give_dose(script: Script, stand: Stand, *, now: datetime) -> None:
    """Do what comes before a dose, each at its time, and give it now. Raises what the practice's own actions raise."""
    found = session(stand.visit_id, actor=stand.monitor, now=now)
    assert found is not None
    rule = dose_rule(found.plan.id)
    set_clock(at := now - ANSWERED_BEFORE)
    treatment.finish_checklist(
        visit_id=stand.visit_id,
        form_id=uuid4(),
        answers={item.id: True for item in found.plan.checklist if item.needed and item.id != rule.item},
        taken_at=at,
        actor=stand.monitor,
        now=at,
    )
    measured = {signal: round(value) for signal, value in script.baseline.items()}
    _record(EventKind.VITAL_TAKEN, measured, stand, at=now - MEASURED_BEFORE)
    _check_dose(script, stand, unit=rule.unit, is_seen_by_two=rule.second_person, at=now - CHECKED_BEFORE)
    _record(EventKind.DOSED, {"mg": script.dose_mg, "words": LOT}, stand, at=now)


def _record(kind: EventKind, facts: Mapping[str, float | str], stand: Stand, *, at: datetime) -> None:
    set_clock(at)
    beat(WATCH)
    treatment.record_event(
        visit_id=stand.visit_id,
        form_id=uuid4(),
        kind=kind,
        facts=facts,
        taken_at=at,
        actor=stand.monitor,
        now=at,
    )


def _check_dose(script: Script, stand: Stand, *, unit: str, is_seen_by_two: bool, at: datetime) -> None:
    """Hold what a rehearsal has in hand against the order; the prescriber sees it where a second person must."""
    set_clock(at)
    protocol = protocols.course_protocol(script.protocol)
    counts = {"devices": int(script.dose_mg // DEVICE_MG), "tablets": TABLETS_LEFT}
    assert stand.patient.patient_id is not None
    patient = Patient.objects.get(pk=stand.patient.patient_id)
    dose_checking.check_dose(
        visit_id=stand.visit_id,
        form_id=uuid4(),
        in_hand=dose_checking.InHand(
            name=patient.name,
            born_on=patient.born_on,
            drug=protocol.drug,
            route=protocol.route,
            mg=f"{script.dose_mg:g}",
            lot=LOT,
            expires_on=at.date() + timedelta(days=200),
            count=counts.get(unit),
        ),
        taken_at=at,
        actor=stand.monitor,
        now=at,
    )
    if not is_seen_by_two:
        return
    found = session(stand.visit_id, actor=stand.prescriber, now=at)
    assert found is not None
    checked = next(row for row in found.events if row.kind == EventKind.DOSE_CHECKED)
    dose_checking.witness(
        visit_id=stand.visit_id, form_id=uuid4(), about_id=checked.id, actor=stand.prescriber, now=at
    )
