"""Where a session is held: taken down by staff and read back, for whoever has to call emergency services."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import F

from sojourn.program.audit import actions as audit
from sojourn.program.people.actors import Actor
from sojourn.program.people.policy import patients_visible_to, require
from sojourn.program.plans.choices import VisitKind
from sojourn.program.plans.models import Visit
from sojourn.program.treatment.models import SessionPlace


class NotReadBack(Exception):
    """The address was not read back to whoever gave it."""


class PlaceMissing(Exception):
    """Address, number to call back and nearest emergency department are all needed; `fields` are the empty ones."""

    def __init__(self, fields: tuple[str, ...]) -> None:
        super().__init__(", ".join(fields))
        self.fields = fields


class SessionNotFound(Exception):
    """No such dosing session among the patients this actor may see."""


@dataclass(frozen=True)
class PlaceRow:
    """A place as it was taken down; `shown_until` is the midnight at which it ends."""

    address: str
    callback: str
    emergency_department: str
    wishes: str
    told_by: str
    told_at: datetime
    shown_until: datetime


def tell_place(
    *,
    visit_id: UUID,
    address: str,
    callback: str,
    emergency_department: str,
    wishes: str,
    read_back: bool,
    actor: Actor,
    now: datetime,
) -> None:
    """Take down where a session is held; it holds until midnight there, and is asked anew for each session.

    Raises NotAllowed, SessionNotFound, PlaceMissing, NotReadBack.
    """
    require(actor, "take down a session's place")
    assert actor.staff_id is not None  # the deed is of staff
    said = {"address": address, "callback": callback, "emergency_department": emergency_department}
    if empty := tuple(name for name, text in said.items() if not text.strip()):
        raise PlaceMissing(empty)
    if not read_back:
        raise NotReadBack
    with transaction.atomic():
        visit = (
            Visit.objects.select_related("course__site")
            .filter(
                patients_visible_to(actor, "patient"),
                pk=visit_id,
                kind=VisitKind.DOSING,
                cancelled_at=None,
            )
            .first()
        )
        if visit is None:
            raise SessionNotFound
        SessionPlace.objects.create(
            visit=visit,
            **{name: text.strip() for name, text in said.items()},
            wishes=wishes.strip(),
            read_back=True,
            told_to_id=actor.staff_id,
            told_at=now,
            shown_until=_midnight_after(max(now, visit.during.lower), visit.course.site.timezone),
        )
        audit.record(
            actor, "took down a place", about=("visit", visit.id), at=now, patient_id=visit.patient_id
        )


def place_of(visit_id: UUID, *, now: datetime) -> PlaceRow | None:
    """The newest place of a session, or None once its midnight has passed: somebody may be elsewhere by then."""
    rows = SessionPlace.objects.filter(visit_id=visit_id).order_by("-told_at", "-id")
    found = rows.values(
        "address", "callback", "emergency_department", "wishes", "told_at", "shown_until",
        told_by=F("told_to__name"),
    ).first()  # fmt: skip
    return PlaceRow(**found) if found and now < found["shown_until"] else None


def _midnight_after(moment: datetime, timezone: str) -> datetime:
    zone = ZoneInfo(timezone)
    day = moment.astimezone(zone).date() + timedelta(days=1)
    return datetime.combine(day, time(), zone)
