"""What lies on the coordinator's desk while a course is being booked: the people, their papers, the chairs."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import F

from sojourn.clinical import protocols
from sojourn.program.people.actors import Actor
from sojourn.program.people.models import CareTeamMember, StaffMember
from sojourn.program.people.policy import patients_visible_to
from sojourn.program.plans.choices import VisitKind
from sojourn.program.plans.credentials import Held, held_by, may_be_chosen, missing, needs_for
from sojourn.program.plans.models import Chair, Course
from sojourn.program.plans.queries import ChairRow, CourseRow, course_rows


class CourseNotFound(Exception):
    """No such course among the patients this actor may see."""


@dataclass(frozen=True)
class Clinician:
    """A staff member of the site, with their roles and papers."""

    id: UUID
    name: str
    roles: tuple[str, ...]
    held: tuple[Held, ...]

    def runs(self, kind: str) -> bool:
        return may_be_chosen(self.roles, is_dosing=kind == VisitKind.DOSING)


@dataclass(frozen=True)
class Desk:
    """One course with everybody and everything that could serve it. `care_team` maps roles to staff ids."""

    course: CourseRow
    protocol: protocols.CourseProtocol
    clinicians: tuple[Clinician, ...]
    chairs: tuple[ChairRow, ...]
    care_team: tuple[tuple[str, UUID], ...]

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.course.timezone)

    @property
    def uses_chairs(self) -> bool:
        """True when the dosing sessions happen in the clinic."""
        return self.protocol.setting is not protocols.Setting.HOME

    def clinician(self, staff_id: UUID) -> Clinician | None:
        return next((c for c in self.clinicians if c.id == staff_id), None)

    def lasting(self, kind: str) -> timedelta:
        return self.protocol.visit(protocols.VisitKind(kind)).duration

    def missing_papers(self, clinician: Clinician, *, kind: str, starts_at: datetime) -> tuple[str, ...]:
        """The papers this clinician lacks for this kind of visit on its day, where the patient is."""
        needs = needs_for(is_dosing=kind == VisitKind.DOSING, drug=self.protocol.drug)
        on = starts_at.astimezone(self.zone).date()
        return missing(held=clinician.held, needs=needs, state=self.course.patient_state, on=on)

    def clinicians_for(self, kind: str, *, starts_at: datetime) -> tuple[Clinician, ...]:
        """Who may run this visit on its day: the patient's own care team first, then by name."""
        own = {staff_id for _, staff_id in self.care_team}
        fit = [
            c for c in self.clinicians
            if c.runs(kind) and not self.missing_papers(c, kind=kind, starts_at=starts_at)
        ]  # fmt: skip
        only_prescribes = {"prescriber"}
        return tuple(sorted(fit, key=lambda c: (set(c.roles) <= only_prescribes, c.id not in own, c.name)))


def desk_for(course_id: UUID, *, actor: Actor) -> Desk:
    """Read a course and its site's people and chairs, in six queries. Raises CourseNotFound."""
    seen = Course.objects.filter(patients_visible_to(actor, "patient"), pk=course_id)
    rows = course_rows(seen)
    if not rows:
        raise CourseNotFound
    course = rows[0]
    return Desk(
        course=course,
        protocol=protocols.course_protocol(course.protocol_id),
        clinicians=_clinicians_of(course.site_id),
        chairs=tuple(
            ChairRow(**row)
            for row in Chair.objects.filter(site_id=course.site_id)
            .order_by("name")
            .values("id", "name", "site_id", site_name=F("site__name"))
        ),
        care_team=tuple(
            CareTeamMember.objects.filter(patient_id=course.patient_id, until_at=None).values_list(
                "role", "staff_member_id"
            )
        ),
    )


def _clinicians_of(site_id: UUID) -> tuple[Clinician, ...]:
    rows: Iterable[tuple[UUID, str, list[str]]] = list(
        StaffMember.objects.filter(sites=site_id, left_on=None)
        .order_by("name")
        .values_list("id", "name", "roles")
    )
    papers = held_by(staff_id for staff_id, _, _ in rows)
    return tuple(Clinician(staff_id, name, tuple(roles), papers[staff_id]) for staff_id, name, roles in rows)
