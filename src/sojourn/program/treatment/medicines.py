"""Medicines beside the treatment: what was started, stopped or changed on which day, as marks beside the scores."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F

from sojourn.program.audit import actions as audit
from sojourn.program.people.actors import Actor
from sojourn.program.people.models import Patient
from sojourn.program.people.places import local_date
from sojourn.program.people.policy import patients_visible_to, require
from sojourn.program.treatment.models import MedicineChange


class MedicineMissing(Exception):
    """A change names the medicine."""


class NoSuchChange(Exception):
    """A medicine is started, stopped or changed; or there is no such line among the patients this actor may see."""


class DayImpossible(Exception):
    """A medicine changes between the patient's birth and today."""


class ReasonMissing(Exception):
    """A line is struck with a reason."""


@dataclass(frozen=True)
class MedicineLine:
    """One change on record. `struck_because` is empty while it stands."""

    id: UUID
    medicine: str
    what: str
    on: date
    detail: str
    by: str
    recorded_at: datetime
    struck_because: str

    @property
    def stands(self) -> bool:
        return not self.struck_because

    @property
    def label(self) -> str:
        """A few words for a mark: "sertraline started"."""
        return f"{self.medicine} {MedicineChange.What(self.what).label}"


def medicine_changes_of(patient_id: UUID, *, actor: Actor) -> tuple[MedicineLine, ...]:
    """All changes of a patient's medicines, struck ones too, the newest first; one query."""
    rows = MedicineChange.objects.filter(patients_visible_to(actor, "patient"), patient_id=patient_id)
    return tuple(
        MedicineLine(**row)
        for row in rows.order_by("-on", "-recorded_at").values(
            "id",
            "medicine",
            "what",
            "on",
            "detail",
            "recorded_at",
            "struck_because",
            by=F("recorded_by__name"),
        )
    )


def record_medicine_change(
    *, patient_id: UUID, medicine: str, what: str, on: date, detail: str, actor: Actor, now: datetime
) -> UUID:
    """Record that a medicine was started, stopped or changed on a day; the same change twice is one.

    Raises NotAllowed, MedicineMissing, NoSuchChange, DayImpossible.
    """
    require(actor, "record a medicine", patient_id=patient_id)
    named = " ".join(medicine.split())[:120]
    if not named:
        raise MedicineMissing
    if what not in MedicineChange.What.values:
        raise NoSuchChange
    patient = Patient.objects.select_related("site").get(pk=patient_id)
    if on > local_date(now, patient.site.timezone) or (patient.born_on is not None and on < patient.born_on):
        raise DayImpossible
    assert actor.staff_id is not None
    facts = {"patient_id": patient_id, "medicine": named, "what": what, "on": on}
    with transaction.atomic():
        try:
            with transaction.atomic():
                change = MedicineChange.objects.create(
                    **facts,
                    detail=" ".join(detail.split())[:200],
                    recorded_by_id=actor.staff_id,
                    recorded_at=now,
                )
        except IntegrityError:
            return MedicineChange.objects.get(**facts, struck_at=None).id
        audit.record(
            actor, "recorded a medicine", about=("medicine change", change.id), at=now, patient_id=patient_id
        )
    return change.id


def strike_medicine_change(*, change_id: UUID, because: str, actor: Actor, now: datetime) -> None:
    """Strike a wrong line; it stays on record with the reason. Raises NotAllowed, NoSuchChange, ReasonMissing."""
    if not because.strip():
        raise ReasonMissing
    with transaction.atomic():
        change = (
            MedicineChange.objects.select_for_update()
            .filter(patients_visible_to(actor, "patient"), pk=change_id)
            .first()
        )
        if change is None:
            raise NoSuchChange
        require(actor, "record a medicine", patient_id=change.patient_id)
        if change.struck_at is not None:
            return
        change.struck_at, change.struck_by_id, change.struck_because = (
            now,
            actor.staff_id,
            because.strip()[:300],
        )
        change.save(update_fields=["struck_at", "struck_by", "struck_because"])
        audit.record(
            actor,
            "struck a medicine",
            about=("medicine change", change.id),
            at=now,
            patient_id=change.patient_id,
        )
