"""The tablets a patient has at home: what was shipped, what sessions used, what was counted, and what must remain.

Nothing is shipped while a count differs by more than one, and never more than the program allows at a time.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.db.models import F, OuterRef, Subquery

from sojourn.clinical.monitoring.shipping import Breach, ShipmentAsked, Shipped, shipment_breaches
from sojourn.program.audit import actions as audit
from sojourn.program.people.actors import Actor
from sojourn.program.people.policy import patients_visible_to, require
from sojourn.program.plans.models import Course
from sojourn.program.treatment.choices import TabletKind
from sojourn.program.treatment.diversion import diversion_now
from sojourn.program.treatment.models import TabletEntry


class CourseNotSeen(Exception):
    """No such course among the patients this actor may see."""


class MoreThanIsThere(Exception):
    """More would be used than remains by what was shipped and used."""


class ShipmentHeld(Exception):
    """Something holds the shipment; `breaches` say what, and who says so."""

    def __init__(self, breaches: tuple[Breach, ...]) -> None:
        super().__init__("; ".join(breach.says for breach in breaches))
        self.breaches = breaches


@dataclass(frozen=True)
class TabletRow:
    """One change of the tablets at home, ready to print."""

    kind: str
    change: int
    remains: int
    counted: int | None
    lot: str
    expires_on: date | None
    words: str
    by: str
    at: datetime

    @property
    def label(self) -> str:
        return str(TabletKind(self.kind).label)


def ship_tablets(
    *, course_id: UUID, tablets: int, lot: str, expires_on: date, doses: int, actor: Actor, now: datetime
) -> None:
    """Note a shipment. Raises NotAllowed, CourseNotSeen, ShipmentHeld."""
    with transaction.atomic():
        course = _locked(course_id, actor)
        rows = list(TabletEntry.objects.filter(course_id=course_id).order_by("sequence"))
        asked = ShipmentAsked(tablets=tablets, doses=doses, lot=lot.strip(), expires_on=expires_on, at=now)
        signs = diversion_now(course.patient_id, now=now).level
        breaches = shipment_breaches(asked, history=[_shipped(row) for row in rows], signs=signs)
        if breaches:
            raise ShipmentHeld(breaches)
        _add(course, TabletKind.SHIPPED, tablets, actor, now, lot=lot.strip()[:80], expires_on=expires_on)


def count_tablets(*, course_id: UUID, counted: int, words: str, actor: Actor, now: datetime) -> int:
    """Note what was counted on video; return by how many it differs from what must remain."""
    with transaction.atomic():
        course = _locked(course_id, actor)
        entry = _add(course, TabletKind.COUNTED, 0, actor, now, counted=counted, words=words.strip()[:1000])
    return counted - entry.remains


def use_tablets(*, course_id: UUID, visit_id: UUID, used: int, actor: Actor, now: datetime) -> None:
    """Bring what this session used to `used` tablets: a later account takes the place of an earlier one.

    Inside the caller's transaction. Where no shipment was ever noted there is nothing to bring in line. Raises
    MoreThanIsThere.
    """
    course = Course.objects.select_for_update(of=("self",), no_key=True).get(pk=course_id)
    before = -sum(
        TabletEntry.objects.filter(visit_id=visit_id, kind=TabletKind.USED).values_list("change", flat=True)
    )
    remains = remaining_of([course_id]).get(course_id)
    if used == before or remains is None:
        return
    if remains < used - before:
        raise MoreThanIsThere
    _add(course, TabletKind.USED, before - used, actor, now, visit_id=visit_id)


def tablets_of(course_id: UUID, *, actor: Actor) -> tuple[TabletRow, ...]:
    """Every change of the tablets of a course, the newest first."""
    rows = TabletEntry.objects.filter(
        patients_visible_to(actor, "course__patient"), course_id=course_id
    ).order_by("-sequence")
    return tuple(
        TabletRow(**row)
        for row in rows.values(
            "kind", "change", "remains", "counted", "lot", "expires_on", "words", "at",
            by=F("recorded_by__name"),
        )
    )  # fmt: skip


def remaining_of(course_ids: Iterable[UUID]) -> dict[UUID, int]:
    """What must remain at home, for each course to which anything was shipped; one query."""
    newest = TabletEntry.objects.filter(course=OuterRef("pk")).order_by("-sequence").values("remains")
    rows = Course.objects.filter(pk__in=list(course_ids)).annotate(remains=Subquery(newest[:1]))
    return {pk: remains for pk, remains in rows.values_list("pk", "remains") if remains is not None}


def changed_at(course_ids: Iterable[UUID]) -> dict[UUID, datetime]:
    """When tablets last came or were used, for each course; one query."""
    rows = TabletEntry.objects.filter(course_id__in=list(course_ids)).exclude(kind=TabletKind.COUNTED)
    return dict(rows.order_by("course_id", "-sequence").distinct("course_id").values_list("course_id", "at"))


def _locked(course_id: UUID, actor: Actor) -> Course:
    course = (
        Course.objects.select_for_update(of=("self",), no_key=True)
        .filter(patients_visible_to(actor, "patient"), pk=course_id)
        .first()
    )
    if course is None:
        raise CourseNotSeen
    require(actor, "account for tablets", patient_id=course.patient_id)
    return course


def _add(
    course: Course, kind: TabletKind, change: int, actor: Actor, now: datetime, **more: object
) -> TabletEntry:
    last = TabletEntry.objects.filter(course=course).order_by("-sequence").first()
    assert actor.staff_id is not None
    entry = TabletEntry.objects.create(
        course=course,
        sequence=last.sequence + 1 if last else 1,
        kind=kind,
        change=change,
        remains=(last.remains if last else 0) + change,
        recorded_by_id=actor.staff_id,
        at=now,
        **more,
    )
    audit.record(actor, f"tablets {kind}", about=("course", course.id), at=now, patient_id=course.patient_id)
    return entry


def _shipped(row: TabletEntry) -> Shipped:
    return Shipped(kind=row.kind, change=row.change, remains=row.remains, counted=row.counted, at=row.at)
