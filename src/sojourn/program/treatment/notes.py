"""Notes of the conversations: one shared note holds a visit; private notes belong to their author alone."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F

from sojourn.program.audit import actions as audit
from sojourn.program.people.actors import Actor
from sojourn.program.people.policy import patients_visible_to, require
from sojourn.program.plans.choices import VisitKind
from sojourn.program.plans.models import Visit
from sojourn.program.treatment.choices import EventKind
from sojourn.program.treatment.models import PrivateNote, SessionEvent, VisitNote

SAME_AGAIN: Final = timedelta(minutes=30)  # a second press of the same button, not a second note


class VisitNotFound(Exception):
    """No such standing conversation among the patients this actor may see."""


class NotYet(Exception):
    """A note is written once its visit has begun."""


class AlreadyWritten(Exception):
    """The visit has its note; what there is to add goes into the next one."""


class NothingWritten(Exception):
    """An empty note holds no visit."""


class DoseNotGiven(Exception):
    """An integration note is tied to its dose, and no dose of that number is on record."""


@dataclass(frozen=True)
class NoteRow:
    """The shared note of a preparation or integration visit."""

    visit_id: UUID
    kind: str
    number: int
    shared: str
    to_prescriber: str
    author: str
    written_at: datetime


@dataclass(frozen=True)
class PrivateNoteRow:
    id: UUID
    text: str
    written_at: datetime


def write_visit_note(*, visit_id: UUID, shared: str, to_prescriber: str, actor: Actor, now: datetime) -> UUID:
    """Write the shared note of a preparation or integration visit; with it the visit counts as held.

    An integration note is tied to the dosing session of its number.
    Raises NotAllowed, VisitNotFound, NotYet, NothingWritten, DoseNotGiven, AlreadyWritten.
    """
    with transaction.atomic():
        visit = (
            Visit.objects.filter(patients_visible_to(actor, "patient"), pk=visit_id, cancelled_at=None)
            .exclude(kind=VisitKind.DOSING)
            .first()
        )
        if visit is None:
            raise VisitNotFound
        require(actor, "write a visit note", patient_id=visit.patient_id)
        assert actor.staff_id is not None
        if not shared.strip():
            raise NothingWritten
        if visit.during.lower > now:
            raise NotYet
        try:
            with transaction.atomic():
                note = VisitNote.objects.create(
                    visit=visit,
                    patient_id=visit.patient_id,
                    about_dose_visit=_dose_before(visit),
                    shared=shared.strip(),
                    to_prescriber=to_prescriber.strip()[:500],
                    written_by_id=actor.staff_id,
                    written_at=now,
                )
        except IntegrityError as twice:
            raise AlreadyWritten from twice
        audit.record(
            actor, "wrote a visit note", about=("visit", visit.id), at=now, patient_id=visit.patient_id
        )
    return note.id


def write_private_note(
    *, patient_id: UUID, text: str, actor: Actor, now: datetime, visit_id: UUID | None = None
) -> UUID:
    """Keep a note that only its author may ever read. Pressing twice keeps it once. Raises NothingWritten."""
    require(actor, "write a private note", patient_id=patient_id)
    assert actor.staff_id is not None
    if not text.strip():
        raise NothingWritten
    with transaction.atomic():
        same = PrivateNote.objects.filter(
            author_id=actor.staff_id,
            patient_id=patient_id,
            text=text.strip(),
            written_at__gt=now - SAME_AGAIN,
        ).first()
        if same is not None:
            return same.id
        visit = Visit.objects.filter(pk=visit_id, patient_id=patient_id).first() if visit_id else None
        note = PrivateNote.objects.create(
            patient_id=patient_id, author_id=actor.staff_id, visit=visit, text=text.strip(), written_at=now
        )
        audit.record(
            actor, "wrote a private note", about=("private note", note.id), at=now, patient_id=patient_id
        )
    return note.id


def notes_of(patient_id: UUID, *, actor: Actor) -> tuple[NoteRow, ...]:
    """The shared notes of one patient, newest first."""
    rows = VisitNote.objects.filter(patients_visible_to(actor, "patient"), patient_id=patient_id)
    return tuple(
        NoteRow(**row)
        for row in rows.order_by("-written_at").values(
            "visit_id",
            "shared",
            "to_prescriber",
            "written_at",
            kind=F("visit__kind"),
            number=F("visit__number"),
            author=F("written_by__name"),
        )
    )


def private_notes_of(patient_id: UUID, *, actor: Actor) -> tuple[PrivateNoteRow, ...]:
    """The actor's own private notes about a patient, newest first. Nobody else's, whatever the role."""
    if actor.staff_id is None:
        return ()
    rows = PrivateNote.objects.filter(
        patients_visible_to(actor, "patient"), patient_id=patient_id, author_id=actor.staff_id
    )
    return tuple(
        PrivateNoteRow(**row) for row in rows.order_by("-written_at").values("id", "text", "written_at")
    )


def _dose_before(visit: Visit) -> Visit | None:
    if visit.kind != VisitKind.INTEGRATION:
        return None
    dose = SessionEvent.objects.filter(
        visit__course_id=visit.course_id,
        visit__number=visit.number,
        visit__cancelled_at=None,
        kind=EventKind.DOSED,
        withdrawn_by=None,
    ).select_related("visit")
    found = dose.first()
    if found is None:
        raise DoseNotGiven
    return found.visit
