"""The clinical screen: what a clinician adds to, or corrects in, a person's answers, judged by the same rules."""

from collections.abc import Iterable
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from sojourn.clinical import protocols
from sojourn.program.intake.actions import AssessmentNotFound, keep_assessment
from sojourn.program.intake.models import Assessment
from sojourn.program.intake.practice_rules import practice_rules
from sojourn.program.people.actors import Actor
from sojourn.program.people.policy import require


class NothingChanged(Exception):
    """The facts are the same as before; nothing was kept."""


class ScreenedMeanwhile(Exception):
    """A newer assessment of this person exists; that one is to be read first."""


def screen(
    *,
    assessment_id: UUID,
    facts: protocols.Facts,
    today: date,
    licensed_states: Iterable[str],
    actor: Actor,
    now: datetime,
) -> UUID:
    """Keep the facts of a screen as a new assessment beside the old one, judged by the practice's rules of today.

    `facts` are all that is known now: what the person answered, as a clinician left or corrected it, and what the
    clinician added. Raises NotAllowed, AssessmentNotFound, NothingChanged, ScreenedMeanwhile, FactsInvalid.
    """
    before = Assessment.objects.filter(pk=assessment_id).first()
    if before is None:
        raise AssessmentNotFound
    require(actor, "decide eligibility", patient_id=before.patient_id)
    if facts.as_json() == before.facts:
        raise NothingChanged
    past = protocols.evaluation_from_json(before.evaluation)
    evaluation = protocols.evaluate(
        facts=facts, on=today, setting=past.setting, licensed_states=licensed_states, rules=practice_rules()
    )
    with transaction.atomic():
        # Two screens of one person wait here for each other.
        Assessment.objects.select_for_update().get(pk=assessment_id)
        if Assessment.objects.filter(patient=before.patient_id, taken_at__gt=before.taken_at).exists():
            raise ScreenedMeanwhile
        return keep_assessment(
            facts=facts,
            evaluation=evaluation,
            patient_id=before.patient_id,
            actor=actor,
            now=now,
            before=past,
        )
