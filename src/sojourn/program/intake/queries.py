"""What the doors and the apps above may ask about assessments, decisions and consents."""

from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any
from uuid import UUID

from django.db.models import Exists, F, OuterRef, QuerySet, Subquery

from sojourn.clinical import protocols
from sojourn.clinical.protocols.rule_set import RuleSet
from sojourn.program.intake.choices import DecisionOutcome
from sojourn.program.intake.models import Assessment, Consent, Decision
from sojourn.program.people.actors import Actor
from sojourn.program.people.policy import patients_visible_to

LISTED_AT_MOST = 200


@dataclass(frozen=True)
class AssessmentRow:
    """One assessment as it was answered and judged. `outcome` is None while nobody has decided."""

    id: UUID
    patient_id: UUID
    patient_name: str
    facts_json: dict[str, Any]
    evaluation_json: dict[str, Any]
    disposition: str
    rule_set_version: str
    taken_at: datetime
    outcome: str | None

    @cached_property
    def evaluation(self) -> protocols.Evaluation:
        """What the rules of that day found."""
        return protocols.evaluation_from_json(self.evaluation_json)

    @cached_property
    def facts(self) -> protocols.Facts:
        return protocols.facts_from_json(self.facts_json)

    def by_rules_of(self, on: date, *, rules: RuleSet | None = None) -> protocols.Evaluation:
        """What the rules of another day make of the same facts; by the rules that ship, or those given."""
        past = self.evaluation
        return protocols.evaluate(
            facts=self.facts, on=on, setting=past.setting, licensed_states=past.licensed_states, rules=rules
        )


@dataclass(frozen=True)
class DecisionRow:
    id: UUID
    assessment_id: UUID
    patient_id: UUID
    outcome: str
    why: str
    resolved: dict[str, str]
    by: str
    decided_at: datetime

    @property
    def outcome_label(self) -> str:
        return str(DecisionOutcome(self.outcome).label)


@dataclass(frozen=True)
class ConsentRow:
    id: UUID
    patient_id: UUID
    document_id: str
    version: str
    sha256: str
    text: str
    signed_name: str
    signed_at: datetime
    withdrawn_at: datetime | None
    understood: dict[str, Any]

    @property
    def is_in_force(self) -> bool:
        return self.withdrawn_at is None

    @property
    def title(self) -> str:
        """The first line of the signed text."""
        return self.text.split("\n", 1)[0]

    @property
    def tries(self) -> int:
        """How often the comprehension check was sent until every answer was right."""
        return int(self.understood.get("tries", 1))


def assessments_waiting_for(actor: Actor) -> tuple[AssessmentRow, ...]:
    """The newest assessment of each patient that nobody has decided about, oldest first."""
    newer = Assessment.objects.filter(patient=OuterRef("patient"), taken_at__gt=OuterRef("taken_at"))
    waiting = _assessments(actor).exclude(Exists(newer)).exclude(Exists(_decisions_about_outer()))
    return _assessment_rows(waiting.order_by("taken_at")[:LISTED_AT_MOST])


def assessment(assessment_id: UUID, *, actor: Actor) -> AssessmentRow | None:
    """One assessment, or None where the actor may not see its patient."""
    rows = _assessment_rows(_assessments(actor).filter(pk=assessment_id))
    return rows[0] if rows else None


def latest_assessment(patient_id: UUID, *, actor: Actor) -> AssessmentRow | None:
    """The patient's newest assessment, or None."""
    rows = _assessment_rows(_assessments(actor).filter(patient_id=patient_id).order_by("-taken_at")[:1])
    return rows[0] if rows else None


def decisions_of(patient_id: UUID, *, actor: Actor) -> tuple[DecisionRow, ...]:
    """All decisions about a patient, newest first."""
    rows = Decision.objects.filter(patients_visible_to(actor, "patient"), patient_id=patient_id)
    return tuple(
        DecisionRow(**row)
        for row in rows.order_by("-decided_at").values(
            "id", "assessment_id", "patient_id", "outcome", "why", "resolved", "decided_at",
            by=F("decided_by__name"),
        )
    )  # fmt: skip


def latest_decision(patient_id: UUID, *, actor: Actor) -> DecisionRow | None:
    """The decision that holds for a patient, or None."""
    decisions = decisions_of(patient_id, actor=actor)
    return decisions[0] if decisions else None


def consents_of(patient_id: UUID, *, actor: Actor) -> tuple[ConsentRow, ...]:
    """Everything a patient signed, newest first, withdrawn or not."""
    return _consent_rows(_consents(actor).filter(patient_id=patient_id))


def consent(consent_id: UUID, *, actor: Actor) -> ConsentRow | None:
    """One signed consent, or None where the actor may not see its patient."""
    rows = _consent_rows(_consents(actor).filter(pk=consent_id))
    return rows[0] if rows else None


def consent_in_force(patient_id: UUID, document_id: str, *, actor: Actor) -> ConsentRow | None:
    """The newest standing signature under a document, or None."""
    standing = _consents(actor).filter(patient_id=patient_id, document_id=document_id, withdrawn_at=None)
    rows = _consent_rows(standing)
    return rows[0] if rows else None


def _decisions_about_outer() -> QuerySet[Decision]:
    return Decision.objects.filter(assessment=OuterRef("pk"))


def _assessments(actor: Actor) -> QuerySet[Assessment]:
    return Assessment.objects.filter(patients_visible_to(actor, "patient"))


def _consents(actor: Actor) -> QuerySet[Consent]:
    return Consent.objects.filter(patients_visible_to(actor, "patient")).order_by("-signed_at")


def _assessment_rows(assessments: QuerySet[Assessment]) -> tuple[AssessmentRow, ...]:
    newest = _decisions_about_outer().order_by("-decided_at")
    return tuple(
        AssessmentRow(**row)
        for row in assessments.values(
            "id", "patient_id", "disposition", "rule_set_version", "taken_at",
            facts_json=F("facts"), evaluation_json=F("evaluation"),
            patient_name=F("patient__name"), outcome=Subquery(newest.values("outcome")[:1]),
        )
    )  # fmt: skip


def _consent_rows(consents: QuerySet[Consent]) -> tuple[ConsentRow, ...]:
    return tuple(
        ConsentRow(**row)
        for row in consents.values(
            "id", "patient_id", "document_id", "version", "sha256", "text", "signed_name", "signed_at",
            "withdrawn_at", "understood",
        )
    )  # fmt: skip
