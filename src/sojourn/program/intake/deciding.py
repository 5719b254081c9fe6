"""Deciding from a page that may be old: a button pressed twice, or a colleague who was quicker."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.db import transaction

from sojourn.program.intake.actions import AssessmentNotFound, record_decision
from sojourn.program.intake.models import Assessment, Decision
from sojourn.program.people.actors import Actor
from sojourn.program.people.models import Patient


class AlreadyDecided(Exception):
    """The very same decision stands already."""


class DecidedMeanwhile(Exception):
    """Somebody else has decided since the page was opened; that is to be read first."""


def decide_once(
    *,
    assessment_id: UUID,
    seen: UUID | None,
    outcome: str,
    why: str,
    resolved: Mapping[str, str],
    actor: Actor,
    now: datetime,
) -> UUID:
    """Record a decision unless the newest one is no longer the one its author saw (`seen`, None for none).

    Raises AlreadyDecided, DecidedMeanwhile and what `record_decision` raises.
    """
    with transaction.atomic():
        # Two presses of the same button wait here for each other.
        patient_id = Assessment.objects.filter(pk=assessment_id).values_list("patient_id", flat=True).first()
        if patient_id is None:
            raise AssessmentNotFound
        Patient.objects.select_for_update(no_key=True).get(pk=patient_id)
        newest = Decision.objects.filter(assessment_id=assessment_id).order_by("-decided_at", "-id").first()
        if newest is not None and newest.id != seen:
            mine = newest.decided_by_id == actor.staff_id
            same = newest.outcome == outcome and newest.why == why.strip()
            raise AlreadyDecided if mine and same else DecidedMeanwhile
        return record_decision(
            assessment_id=assessment_id, outcome=outcome, why=why, resolved=resolved, actor=actor, now=now
        )
