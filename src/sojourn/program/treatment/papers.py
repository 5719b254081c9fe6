"""The documents of a session, derived from its events, and the forms that are still to be filed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction
from django.db.models import Exists, F, OuterRef, Subquery

from sojourn.clinical import protocols
from sojourn.clinical.monitoring import documents, sealing
from sojourn.program.audit import actions as audit
from sojourn.program.people.actors import Actor
from sojourn.program.people.models import Patient, Site
from sojourn.program.people.places import local_date
from sojourn.program.people.policy import patients_visible_to, require
from sojourn.program.plans.choices import VisitKind
from sojourn.program.plans.models import Visit
from sojourn.program.safety.queries import told_of_causes
from sojourn.program.treatment import form_answers
from sojourn.program.treatment.choices import EventKind, EventSource
from sojourn.program.treatment.given import dose_given, end_of_dosing
from sojourn.program.treatment.models import FiledForm
from sojourn.program.treatment.sessions import EventRow, Session, session
from sojourn.program.treatment.sitting import SaidBy, sitters_by_entry

LISTED_AT_MOST = 200
HANDS: Final[dict[str, documents.Hand]] = {
    EventSource.ROOM: "staff",
    EventSource.PAPER: "staff",
    EventSource.PROGRAM: "program",
    EventSource.PATIENT: "patient",
    EventSource.SITTER: "sitter",
    EventSource.DEVICE: "device",
}


class PaperNotFound(Exception):
    """No such session among the patients this actor may see, or no document of that name."""


class AlreadyFiled(Exception):
    """The form of this session was filed; it is filed once."""


@dataclass(frozen=True)
class Filed:
    """When the form of a session was filed, by whom, under which number, and of which record it was made."""

    filed_at: datetime
    by: str
    reference: str
    version: str
    seal: str


@dataclass(frozen=True)
class OwedForm:
    """A form that is to be filed after a session in which a dose was given. Without a discharge it is filled in by hand."""

    visit_id: UUID
    patient_id: UUID
    patient_name: str
    number: int
    form: documents.Form
    ended_at: datetime
    due_at: datetime
    timezone: str


def paper(visit_id: UUID, kind: str, *, actor: Actor, now: datetime) -> documents.Document:
    """Derive one document of a session. Raises PaperNotFound, NotDerivable."""
    made = documents.DOCUMENTS.get(kind)
    found = session(visit_id, actor=actor, now=now)
    if made is None or found is None:
        raise PaperNotFound
    return made(record_of(found))


def papers(of: Session) -> dict[str, documents.Document | str]:
    """Every document of a session, or the reason why it cannot be made."""
    record = record_of(of)
    found: dict[str, documents.Document | str] = {}
    for kind, made in documents.DOCUMENTS.items():
        try:
            found[kind] = made(record)
        except documents.NotDerivable as missing:
            found[kind] = str(missing)
    return found


def record_of(of: Session) -> documents.SessionRecord:
    """What documents are made of: this session's events and no other's.

    Three queries, two where nothing was alarmed; one more where a sitter said something, six where a form is asked for.
    """
    patient = Patient.objects.values("name", "born_on").get(pk=of.visit.patient_id)
    site = Site.objects.values("name", "address", "state").get(pk=of.visit.site_id)
    assert all(event.visit_id == of.visit.id for event in of.events)
    sitters = sitters_by_entry(of)
    last = max(of.events, key=lambda event: event.sequence, default=None)
    return documents.SessionRecord(
        patient_name=patient["name"],
        born_on=patient["born_on"],
        session_number=of.visit.number,
        title=of.protocol.title,
        monitor=of.visit.clinician_name,
        site_name=site["name"],
        site_address=_whole_address(site["address"], site["state"]),
        zone=ZoneInfo(of.visit.timezone),
        plan=of.plan,
        observe_longer=of.observes_longer,
        state=of.state,
        entries=tuple(_entry(row, sitters) for row in of.events),
        head=last.seal if last else sealing.BEFORE_THE_FIRST,
        **_for_the_form(of),
        tellings=_tellings(of),
    )


def _whole_address(address: str, state: str) -> str:
    """The address with its state, which most addresses name already."""
    has_state = state in address.replace(",", " ").split()
    return address if has_state or not state else ", ".join(part for part in (address, state) if part)


def monitored_by(of: Session) -> UUID | None:
    """Who let the patient go, by the record; until then, who is booked to watch."""
    dosed_at = of.state.dosed_at
    ends = [
        row
        for row in of.events
        if row.kind == EventKind.DISCHARGED
        and row.is_standing
        and dosed_at is not None
        and row.taken_at >= dosed_at
    ]
    return (ends[0].by_id if ends else None) or of.visit.clinician_id


def still_asked(of: Session) -> form_answers.Asked:
    """What the form of a session asks of people and nobody has told yet."""
    kept = _for_the_form(of).get("kept", {})
    monitor_id = monitored_by(of)
    return form_answers.asked_of(
        kept, monitor=of.visit.clinician_name, has_phone=form_answers.has_phone(monitor_id)
    )


def _for_the_form(of: Session) -> dict[str, Any]:
    """What a form asks beside the events, as it was known when the session ended."""
    if documents.form_for(of.plan.id) is None:
        return {}
    zone = of.visit.timezone
    until = of.state.ended_at or of.visit.ends_at
    on = local_date(of.state.dosed_at or of.visit.starts_at, zone)
    return {
        "kept": form_answers.kept_of(
            patient_id=of.visit.patient_id, monitor_id=monitored_by(of), session_on=on, timezone=zone
        ),
        "dosed_before_on": _dosed_before_on(of),
        "medicines": form_answers.medicines_of(
            patient_id=of.visit.patient_id, until=until, session_on=on, timezone=zone
        ),
    }


def _dosed_before_on(of: Session) -> date | None:
    """The day of the last dose watched by the same plan before this session, in any course of the patient."""
    protocol_ids = [each.id for each in protocols.course_protocols() if each.monitoring == of.plan.id]
    earlier = dose_given(
        visit__patient_id=of.visit.patient_id,
        visit__course__protocol_id__in=protocol_ids,
        taken_at__lt=of.state.dosed_at or of.visit.starts_at,
    ).exclude(visit_id=of.visit.id)
    last = earlier.order_by("-taken_at").values_list("taken_at", "visit__course__site__timezone").first()
    return local_date(*last) if last else None


def file_form(*, visit_id: UUID, reference: str, actor: Actor, now: datetime) -> None:
    """Note that the form of a session was filed, and of which record it was made, or beside which it was filled in by hand.

    Raises NotAllowed, PaperNotFound, NotDerivable, AlreadyFiled.
    """
    with transaction.atomic():
        version, head = _filed_of(visit_id, actor, now)
        visit = Visit.objects.get(pk=visit_id)
        require(actor, "file a form", patient_id=visit.patient_id)
        assert actor.staff_id is not None
        try:
            with transaction.atomic():
                FiledForm.objects.create(
                    visit=visit,
                    version=version,
                    reference=reference.strip()[:80],
                    seal=head,
                    filed_by_id=actor.staff_id,
                    filed_at=now,
                )
        except IntegrityError as twice:
            raise AlreadyFiled from twice
        audit.record(actor, "filed a form", about=("visit", visit_id), at=now, patient_id=visit.patient_id)


def _filed_of(visit_id: UUID, actor: Actor, now: datetime) -> tuple[str, str]:
    """The version of the form that is filed, and the last seal of the record. Raises PaperNotFound, NotDerivable."""
    found = session(visit_id, actor=actor, now=now)
    if found is None:
        raise PaperNotFound
    record = record_of(found)
    by_hand = documents.form_by_hand(record)
    if by_hand is not None:
        return by_hand.version, record.head
    made = documents.filled_form(record)
    return made.version, made.head


def form_is_by_hand(of: Session) -> bool:
    """True where a form is asked for and cannot be made of the record, since the patient left without a discharge."""
    return documents.form_by_hand(record_of(of)) is not None


def filed_form_of(visit_id: UUID, *, actor: Actor) -> Filed | None:
    """When the form of a session was filed, or None."""
    row = (
        FiledForm.objects.filter(patients_visible_to(actor, "visit__patient"), visit_id=visit_id)
        .values("filed_at", "reference", "version", "seal", by=F("filed_by__name"))
        .first()
    )
    return Filed(**row) if row else None


def owed_forms(actor: Actor) -> tuple[OwedForm, ...]:
    """Forms of sessions with a dose that have ended and whose form was not filed, first due first; one query.

    The program asks for it after every session, so also where the patient left before a discharge.
    """
    of_protocol = {
        protocol.id: form
        for protocol in protocols.course_protocols()
        if (form := documents.form_for(protocol.monitoring)) is not None
    }
    ended = end_of_dosing(visit=OuterRef("pk")).order_by("taken_at").values("taken_at")[:1]
    rows = (
        Visit.objects.filter(
            patients_visible_to(actor, "patient"),
            kind=VisitKind.DOSING,
            cancelled_at=None,
            course__protocol_id__in=list(of_protocol),
        )
        .annotate(ended_at=Subquery(ended))
        .filter(~Exists(FiledForm.objects.filter(visit=OuterRef("pk"))), ended_at__isnull=False)
        .order_by("ended_at")
        .values(
            "pk",
            "patient_id",
            "patient__name",
            "number",
            "ended_at",
            "course__site__timezone",
            "course__protocol_id",
        )
    )
    return tuple(_owed(row, of_protocol[row["course__protocol_id"]]) for row in rows[:LISTED_AT_MOST])


def _owed(row: Mapping[str, Any], form: documents.Form) -> OwedForm:
    return OwedForm(
        visit_id=row["pk"],
        patient_id=row["patient_id"],
        patient_name=row["patient__name"],
        number=row["number"],
        form=form,
        ended_at=row["ended_at"],
        due_at=row["ended_at"] + form.due_within,
        timezone=row["course__site__timezone"],
    )


def _tellings(of: Session) -> tuple[documents.Telling, ...]:
    causes = {UUID(row.facts["about_id"]) for row in of.events if row.kind == EventKind.ALARMED}
    return tuple(
        documents.Telling(
            about_id=str(told.about_id),
            limit_id=told.reason,
            way=told.way,
            whom=told.to or "",
            tried_at=told.attempted_at,
            made_at=told.delivered_at,
            failed_because=told.failed_because,
        )
        for told in (told_of_causes(causes) if causes else ())
    )


def _entry(row: EventRow, sitters: Mapping[UUID, SaidBy]) -> documents.Entry:
    said_by = "" if row.source == EventSource.PROGRAM else row.told_by
    if row.id in sitters and sitters[row.id].name:
        said_by = f"{sitters[row.id].name}, {said_by}"
    return documents.Entry(
        number=row.sequence,
        event=row.as_event(),
        by=row.by or said_by,
        counts=row.struck_at is None,
        hand=HANDS[row.source],
        device="from paper" if row.source == EventSource.PAPER else row.device,
        received_at=row.received_at,
    )
