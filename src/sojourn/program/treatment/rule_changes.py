"""The medical director's work list after a change of the rules: who would get other findings now."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from sojourn.program.intake.models import AffectedPatient, Assessment, Decision, RuleReview
from sojourn.program.people.actors import Actor
from sojourn.program.people.models import Patient
from sojourn.program.people.policy import patients_visible_to
from sojourn.program.treatment.phases import Phase, with_phase

PAGE = 50
NOT_ACTIVE = (Phase.COMPLETED, Phase.DROPPED_OUT, Phase.STOPPED, Phase.NOT_TREATED, Phase.RESEARCH)


@dataclass(frozen=True)
class AffectedRow:
    """One patient whose findings differ, and how."""

    assessment_id: UUID
    patient_id: UUID
    patient_name: str
    phase: Phase
    disposition_was: str
    disposition: str
    appeared: tuple[str, ...]
    gone: tuple[str, ...]
    reweighed: tuple[str, ...]
    taken_at: datetime


@dataclass(frozen=True)
class RuleChanges:
    """The look at everybody by the rules of now. `rows` are at most fifty of the `in_all` still to be settled."""

    rule_set_version: str
    on: date
    began_at: datetime
    is_finished: bool
    looked_at: int
    in_all: int
    rows: tuple[AffectedRow, ...]


def rule_changes(actor: Actor) -> RuleChanges | None:
    """Give the newest look and whom it still concerns, the gravest first; None before the first look.

    Somebody leaves the list with a new decision or a new assessment. Four queries, however many are concerned.
    """
    review = RuleReview.objects.order_by("-began_at", "-pk").first()
    if review is None:
        return None
    waiting = _waiting(review, actor)
    phases = _phases(waiting)
    rows = (
        waiting.filter(patient__in=phases.values("pk"))
        .order_by("rank", "patient__name", "pk")
        .values(
            "assessment_id", "patient_id", "disposition", "appeared", "gone", "reweighed",
            patient_name=F("patient__name"), disposition_was=F("assessment__disposition"),
            taken_at=F("assessment__taken_at"),
        )
    )  # fmt: skip
    shown = list(rows[:PAGE])
    stands = dict(_phases(AffectedPatient.objects.filter(patient__in=[row["patient_id"] for row in shown])))
    return RuleChanges(
        rule_set_version=review.rule_set_version,
        on=review.on,
        began_at=review.began_at,
        is_finished=review.finished_at is not None,
        looked_at=review.looked_at,
        in_all=rows.count(),
        rows=tuple(_row(row, Phase(stands[row["patient_id"]])) for row in shown),
    )


def _row(row: Mapping[str, Any], phase: Phase) -> AffectedRow:
    lists = {name: tuple(row[name]) for name in ("appeared", "gone", "reweighed")}
    return AffectedRow(**{**row, **lists}, phase=phase)


def _waiting(review: RuleReview, actor: Actor) -> QuerySet[AffectedPatient]:
    decided = Decision.objects.filter(patient=OuterRef("patient"), decided_at__gt=OuterRef("found_at"))
    newer = Assessment.objects.filter(patient=OuterRef("patient"), taken_at__gt=OuterRef("found_at"))
    return AffectedPatient.objects.filter(
        patients_visible_to(actor, "patient"), Q(~Exists(decided)), Q(~Exists(newer)), review=review
    )


def _phases(affected: QuerySet[AffectedPatient]) -> QuerySet[Patient, tuple[UUID, str]]:
    """Give the active ones among these patients, with their phase."""
    seen = with_phase(Patient.objects.filter(pk__in=affected.values("patient_id")))
    return seen.exclude(phase__in=NOT_ACTIVE).values_list("pk", "phase")
