"""Where each patient stands: derived from what happened, and kept beside it by the same transaction.

The derivation is in the database (`migrations/0015_left_is_over.sql`), because everything that moves a patient ends there.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Count, F, Q, QuerySet, Sum, TextChoices
from django.utils.translation import gettext_lazy as _

from sojourn.program.people.actors import Actor
from sojourn.program.people.models import Patient
from sojourn.program.people.policy import patients_visible_to, sites_seen_whole
from sojourn.program.treatment.models import PatientStanding, PhaseChange

PAGE = 50


class Phase(TextChoices):
    """The phases in the order of a patient's way. A research record has none: it is marked as what it is."""

    JOINED = "joined", _("joined, no assessment yet")
    DECIDING = "deciding", _("waiting for a decision")
    ASKED = "asked", _("more information asked")
    DECIDED = "decided", _("suitable, course not started")
    PREPARATION = "preparation", _("preparation")
    TREATMENT = "treatment", _("in treatment")
    AFTER = "after", _("all doses given, integration")
    COMPLETED = "completed", _("completed")
    DROPPED_OUT = "dropped_out", _("dropped out")
    STOPPED = "stopped", _("stopped")
    NOT_TREATED = "not_treated", _("referred or declined")
    RESEARCH = "research", _("imported research record")


@dataclass(frozen=True)
class PatientRow:
    """One line of the list of patients."""

    id: UUID
    name: str
    born_on: date | None
    state: str
    site_name: str
    joined_at: datetime
    timezone: str
    phase: Phase

    @property
    def is_research_record(self) -> bool:
        return self.phase == Phase.RESEARCH


@dataclass(frozen=True)
class PatientPage:
    """One page of patients by name; `next_after` is the last one's id when more follow."""

    rows: tuple[PatientRow, ...]
    next_after: UUID | None


def patients_by_phase(actor: Actor) -> dict[Phase, int]:
    """How many of the patients this actor may see stand in each phase; research records are counted apart.

    Whoever sees whole sites reads sums that are kept, so that it costs the same for any number of patients.
    """
    whole = sites_seen_whole(actor)
    if whole is None:
        seen = PatientStanding.objects.filter(patients_visible_to(actor, "patient", site="site_id"))
        found = {row["phase"]: row["n"] for row in seen.values("phase").annotate(n=Count("pk")).order_by()}
    else:
        changes = PhaseChange.objects.filter(whole).values("phase").annotate(n=Sum("people")).order_by()
        found = {row["phase"]: row["n"] for row in changes}
    return {phase: found.get(phase.value, 0) for phase in Phase}


def phase_of(patient_id: UUID, *, actor: Actor) -> Phase | None:
    """The phase of one patient, or None where the actor may not see them."""
    seen = with_phase(Patient.objects.filter(patients_visible_to(actor), pk=patient_id))
    found = seen.values_list("phase", flat=True).first()
    return None if found is None else Phase(found)


def list_patients(
    actor: Actor,
    *,
    phase: Phase | None = None,
    site_id: UUID | None = None,
    name_part: str = "",
    after: UUID | None = None,
) -> PatientPage:
    """Fifty patients by name, from the one after `after`; of one phase, site or part of a name."""
    seen = Patient.objects.filter(patients_visible_to(actor))
    if site_id is not None:
        seen = seen.filter(site_id=site_id)
    if name_part:
        seen = seen.filter(name__icontains=name_part)
    if phase is not None:
        seen = in_phase(seen, phase)
    if after is not None:
        last = Patient.objects.filter(pk=after).values("name")
        seen = seen.filter(Q(name__gt=last[:1]) | Q(name=last[:1], pk__gt=after))
    found = list(
        seen.order_by("name", "pk").values(
            "id",
            "name",
            "born_on",
            "state",
            "joined_at",
            site_name=F("site__name"),
            timezone=F("site__timezone"),
        )[: PAGE + 1]
    )
    shown = found[:PAGE]
    stands = with_phase(Patient.objects.filter(pk__in=[row["id"] for row in shown]))
    phases = dict(stands.values_list("pk", "phase"))  # of these fifty alone: never of everybody
    return PatientPage(
        rows=tuple(PatientRow(**row, phase=Phase(phases[row["id"]])) for row in shown),
        next_after=shown[-1]["id"] if len(found) > PAGE else None,
    )


def with_phase(patients: QuerySet[Patient]) -> QuerySet[Any]:
    """Name the phase of each patient as `phase`, in the same query."""
    return patients.annotate(phase=F("standing__phase"))


def in_phase(patients: QuerySet[Patient], phase: Phase) -> QuerySet[Patient]:
    """Keep the patients of one phase."""
    return patients.filter(standing__phase=phase)


def add_up_phases() -> None:
    """Put the sum of all changes in their place, so that counting stays as quick as it is."""
    with connection.cursor() as cursor:
        cursor.execute("""
            WITH gone AS (DELETE FROM treatment_phasechange RETURNING site_id, phase, people)
            INSERT INTO treatment_phasechange (site_id, phase, people)
            SELECT site_id, phase, sum(people) FROM gone GROUP BY site_id, phase HAVING sum(people) <> 0
        """)
