"""Signs that a patient's medicine may not go where it should: noted by staff, read off the records, settled by a prescriber.

Clinicians see them with their evidence; a patient never does. What they add up to is `clinical.monitoring.diversion`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q

from sojourn.clinical import protocols
from sojourn.clinical.monitoring.diversion import (
    At,
    Count,
    Diversion,
    Ordered,
    Seen,
    counts_that_differ,
    diversion,
    increases,
    is_early,
    moves,
)
from sojourn.clinical.monitoring.diversion_files import diversion_rules
from sojourn.program.audit import actions as audit
from sojourn.program.people.actors import Actor
from sojourn.program.people.models import Patient
from sojourn.program.people.places import local_date
from sojourn.program.people.policy import patients_visible_to, require
from sojourn.program.people.roles import CLINICIANS
from sojourn.program.plans.models import Course, DoseOrder
from sojourn.program.treatment.choices import EventKind, TabletKind
from sojourn.program.treatment.models import NotedSign, SessionEvent, SessionPlace, SettledSign, TabletEntry

AT_HOME = tuple(each.id for each in protocols.course_protocols() if each.setting is protocols.Setting.HOME)


class NoSuchSign(Exception):
    """No sign that staff note, or none that stands among the patients this actor may see."""


class WordsMissing(Exception):
    """What was seen, or why it is settled, is written down."""


class DayImpossible(Exception):
    """A sign is seen between the patient's birth and today."""


class NotEarly(Exception):
    """More was asked for no more than five days before it was due: that is no sign."""


@dataclass(frozen=True)
class Settled:
    """A sign that does not count any more, and why."""

    seen: Seen
    why: str
    by: str
    at: datetime


@dataclass(frozen=True)
class SignsOfPatient:
    """What the signs of a patient add up to today, and what was settled."""

    now: Diversion
    settled: tuple[Settled, ...]
    takes_home: bool


def note_sign(
    *,
    patient_id: UUID,
    form_id: UUID,
    sign: str,
    seen_on: date,
    words: str,
    due_on: date | None = None,
    actor: Actor,
    now: datetime,
) -> None:
    """Note a sign as it was seen; the same form twice is one. `due_on`: when more was due, where it was asked for early.

    Raises NotAllowed, NoSuchSign, WordsMissing, DayImpossible, NotEarly.
    """
    require(actor, "note a sign", patient_id=patient_id)
    rule = diversion_rules().signs.get(sign)
    if rule is None or not rule.is_noted:
        raise NoSuchSign
    if not words.strip():
        raise WordsMissing
    if rule.asks_due and (due_on is None or not is_early(asked_on=seen_on, due_on=due_on)):
        raise NotEarly
    patient = Patient.objects.select_related("site").get(pk=patient_id)
    if seen_on > local_date(now, patient.site.timezone) or (patient.born_on and seen_on < patient.born_on):
        raise DayImpossible
    said = f"{words.strip()} (due on {due_on.isoformat()})" if rule.asks_due and due_on else words.strip()
    assert actor.staff_id is not None
    with transaction.atomic():
        _noted, is_new = NotedSign.objects.get_or_create(
            form_id=form_id,
            defaults={
                "patient_id": patient_id,
                "sign": sign,
                "seen_on": seen_on,
                "words": said[:1000],
                "noted_by_id": actor.staff_id,
                "noted_at": now,
            },
        )
        if is_new:
            audit.record(actor, "noted a sign", about=("patient", patient_id), at=now, patient_id=patient_id)


def settle_sign(*, patient_id: UUID, key: str, why: str, actor: Actor, now: datetime) -> None:
    """Let a sign count no more, with the reason. Doing it again changes nothing.

    Raises NotAllowed, NoSuchSign, WordsMissing.
    """
    require(actor, "settle a sign", patient_id=patient_id)
    if not why.strip():
        raise WordsMissing
    who = _who(Q(pk=patient_id))
    if who is None or key not in {each.key for each in _seen_of(who, now)}:
        raise NoSuchSign
    assert actor.staff_id is not None
    with transaction.atomic():
        _settled, is_new = SettledSign.objects.get_or_create(
            patient_id=patient_id,
            key=key,
            defaults={"why": why.strip()[:1000], "settled_by_id": actor.staff_id, "settled_at": now},
        )
        if is_new:
            audit.record(
                actor, "settled a sign", about=("patient", patient_id), at=now, patient_id=patient_id
            )


def signs_of(patient_id: UUID, *, actor: Actor, now: datetime) -> SignsOfPatient | None:
    """The signs of a patient; None for who is no clinician, or may not see this patient. Three queries, seven at home."""
    if not actor.is_any_of(CLINICIANS):
        return None
    who = _who(Q(patients_visible_to(actor), pk=patient_id))
    if who is None:
        return None
    seen = _seen_of(who, now)
    named = {each.key: each for each in seen}
    settled = tuple(
        Settled(named[row["key"]], row["why"], row["by"], row["settled_at"])
        for row in SettledSign.objects.filter(patient_id=patient_id)
        .order_by("-settled_at")
        .values("key", "why", "settled_at", by=F("settled_by__name"))
        if row["key"] in named
    )
    keys = {each.seen.key for each in settled}
    return SignsOfPatient(
        diversion(seen, on=local_date(now, who.zone), settled=keys), settled, who.takes_home
    )


def diversion_now(patient_id: UUID, *, now: datetime) -> Diversion:
    """What the signs of a patient add up to, for a hold on a dose or a shipment. Three queries, seven at home."""
    who = _who(Q(pk=patient_id))
    assert who is not None
    settled = SettledSign.objects.filter(patient_id=patient_id).values_list("key", flat=True)
    return diversion(_seen_of(who, now), on=local_date(now, who.zone), settled=set(settled))


@dataclass(frozen=True)
class _Who:
    """A patient, the zone of their days, and whether medicine ever goes home with them."""

    id: UUID
    zone: str
    takes_home: bool


def _who(which: Q) -> _Who | None:
    home = Course.objects.filter(patient=OuterRef("pk"), protocol_id__in=AT_HOME)
    row = Patient.objects.filter(which).values_list("pk", "site__timezone", Exists(home)).first()
    return _Who(*row) if row else None


def _seen_of(who: _Who, now: datetime) -> tuple[Seen, ...]:
    """Every sign on record, settled or not. What is read off records concerns medicine at home alone."""
    noted = tuple(
        Seen(f"noted:{row['pk']}", row["sign"], row["seen_on"], row["words"], row["by"])
        for row in NotedSign.objects.filter(patient_id=who.id).values(
            "pk", "sign", "seen_on", "words", by=F("noted_by__name")
        )
    )
    if not who.takes_home:
        return noted
    on = local_date(now, who.zone)
    return (
        *noted,
        *counts_that_differ((*_counts(who.id, who.zone), *_checks(who.id, who.zone))),
        *increases(tuple(_orders(who.id, who.zone)), on=on),
        *moves(tuple(_places(who.id, who.zone)), on=on),
    )


def _counts(patient_id: UUID, zone: str) -> Iterable[Count]:
    """What was counted on video, the last count of each day: who counts again the same day corrects themselves."""
    rows = TabletEntry.objects.filter(course__patient_id=patient_id, kind=TabletKind.COUNTED)
    last: dict[tuple[UUID, date], Count] = {}
    for row in rows.order_by("sequence").values(
        "pk", "course_id", "counted", "remains", "at", by=F("recorded_by__name")
    ):
        on = local_date(row["at"], zone)
        last[row["course_id"], on] = Count(
            f"count:{row['pk']}", on, row["counted"] or 0, row["remains"], row["by"]
        )
    return last.values()


def _checks(patient_id: UUID, zone: str) -> Iterable[Count]:
    """What was counted at the dose check, the last check of each session."""
    rows = SessionEvent.objects.filter(
        visit__patient_id=patient_id,
        kind=EventKind.DOSE_CHECKED,
        withdrawn_by=None,
        facts__unit="tablets",
        facts__has_keys=["count", "expected_count"],
    )
    last: dict[UUID, Count] = {}
    for row in rows.order_by("taken_at", "sequence").values(
        "pk", "visit_id", "facts", "taken_at", by=F("recorded_by__name")
    ):
        facts = row["facts"]
        on = local_date(row["taken_at"], zone)
        last[row["visit_id"]] = Count(
            f"check:{row['pk']}", on, facts["count"], facts["expected_count"], row["by"] or ""
        )
    return last.values()


def _orders(patient_id: UUID, zone: str) -> Iterable[Ordered]:
    rows = DoseOrder.objects.filter(course__patient_id=patient_id, course__protocol_id__in=AT_HOME)
    for pk, at, mg, by in rows.order_by("ordered_at").values_list(
        "pk", "ordered_at", "dose_mg", "ordered_by__name"
    ):
        yield Ordered(f"order:{pk}", local_date(at, zone), float(mg), by)


def _places(patient_id: UUID, zone: str) -> Iterable[At]:
    """Where each session at home was held, as it was told last."""
    rows = SessionPlace.objects.filter(
        visit__patient_id=patient_id, visit__course__protocol_id__in=AT_HOME
    ).order_by("told_at")
    last = {
        row["visit_id"]: At(f"place:{row['pk']}", local_date(row["told_at"], zone), row["address"], row["by"])
        for row in rows.values("pk", "visit_id", "address", "told_at", by=F("told_to__name"))
    }
    return last.values()
