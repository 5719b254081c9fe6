"""Whether a patient may drive again: by their last dose, and what they answered about the night after it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import F

from sojourn.clinical.monitoring.driving import ASKED_FOR, Driving, Slept, driving_after
from sojourn.program.measures.models import Response
from sojourn.program.people.actors import Actor
from sojourn.program.people.policy import patients_visible_to
from sojourn.program.treatment.given import dose_given

NEXT_DAY = "next-day"  # the questions of the day after
SLEPT, RESTED = "q2", 0
DIZZY, TOO_DIZZY = "q3", 2  # program policy: nobody drives who is too unsteady for usual things


def driving_of(patient_id: UUID, *, actor: Actor, now: datetime) -> Driving | None:
    """What holds for a patient after a dose of the last days; None where there was none. Two queries."""
    last = (
        dose_given(visit__patient_id=patient_id, taken_at__gt=now - ASKED_FOR, taken_at__lte=now)
        .filter(patients_visible_to(actor, "visit__patient"))
        .order_by("-taken_at")
        .values("taken_at", timezone=F("visit__course__site__timezone"))
        .first()
    )
    if last is None:
        return None
    answered = Response.objects.filter(
        patient_id=patient_id, instrument_id=NEXT_DAY, corrected_by=None, answered_at__gt=last["taken_at"]
    ).exclude(answers=None)
    nights = [
        Slept(on, well=_is_rested((answers or {}).get("values", {})))
        for on, answers in answered.values_list("answered_on", "answers")
    ]
    zone = ZoneInfo(last["timezone"])
    return driving_after(dosed_at=last["taken_at"], zone=zone, now=now, nights=nights)


def _is_rested(values: Mapping[str, Any]) -> bool:
    return values.get(SLEPT) == RESTED and values.get(DIZZY) not in {TOO_DIZZY, None}
