"""What the doors may ask about who a patient is."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import F

from sojourn.program.people.actors import Actor
from sojourn.program.people.models import CareTeamMember, Patient
from sojourn.program.people.policy import patients_visible_to
from sojourn.program.people.roles import Role


@dataclass(frozen=True)
class PatientCard:
    """Who a patient is and where; `timezone` is the site's, for every moment shown about them."""

    id: UUID
    name: str
    kind: str
    born_on: date | None
    phone: str
    email: str | None
    state: str
    site_id: UUID
    site_name: str
    timezone: str
    joined_at: datetime
    import_source: str
    import_id: str
    import_days_made_up: bool

    @property
    def is_research_record(self) -> bool:
        return self.kind == Patient.Kind.RESEARCH

    def age_on(self, day: date) -> int | None:
        """Whole years on a day; None where the birth date is not known."""
        if self.born_on is None:
            return None
        had_birthday = (day.month, day.day) >= (self.born_on.month, self.born_on.day)
        return day.year - self.born_on.year - (not had_birthday)


CARD_COLUMNS = (
    "id", "name", "kind", "born_on", "phone", "state", "site_id", "joined_at",
    "import_source", "import_id", "import_days_made_up",
)  # fmt: skip
CARD_COLUMNS_ELSEWHERE = {
    "email": F("user__email"),
    "site_name": F("site__name"),
    "timezone": F("site__timezone"),
}


@dataclass(frozen=True)
class CareTeamRow:
    role: Role
    name: str
    since_at: datetime
    staff_id: UUID | None = None


def patient_card(patient_id: UUID, *, actor: Actor) -> PatientCard | None:
    """One patient, or None where the actor may not see them."""
    return patient_cards([patient_id], actor=actor).get(patient_id)


def patient_cards(patient_ids: Iterable[UUID], *, actor: Actor) -> dict[UUID, PatientCard]:
    """These patients by id, without those the actor may not see."""
    rows = Patient.objects.filter(patients_visible_to(actor), pk__in=set(patient_ids))
    rows = rows.values(*CARD_COLUMNS, **CARD_COLUMNS_ELSEWHERE)
    return {row["id"]: PatientCard(**row) for row in rows}


def care_team_of(patient_id: UUID, *, actor: Actor) -> tuple[CareTeamRow, ...]:
    """Who looks after a patient now, by role."""
    rows = CareTeamMember.objects.filter(
        patients_visible_to(actor, "patient"), patient_id=patient_id, until_at=None
    ).order_by("role")
    return tuple(
        CareTeamRow(Role(role), name, since_at, staff_id)
        for role, name, since_at, staff_id in rows.values_list(
            "role", "staff_member__name", "since_at", "staff_member_id"
        )
    )
