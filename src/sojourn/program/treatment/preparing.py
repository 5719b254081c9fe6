"""What a patient or staff say before a session about what it needs: kept with who said it and when."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Q

from sojourn.program.audit import actions as audit
from sojourn.program.people.actors import Actor
from sojourn.program.people.policy import patients_visible_to, require
from sojourn.program.plans.choices import VisitKind
from sojourn.program.plans.models import Visit
from sojourn.program.plans.queries import VisitRow, day_at, visit_rows
from sojourn.program.treatment.choices import ReadyKind
from sojourn.program.treatment.models import ReadinessFact
from sojourn.program.treatment.visits import name_companion

BY_STAFF = {ReadyKind.PREGNANCY}  # a result that a clinician saw
MOST_TABLETS = 1000


class SessionNotToCome(Exception):
    """No such session to come among the patients this actor may see."""


class NotSaid(Exception):
    """What was said cannot be read; the message says what is asked for."""


@dataclass(frozen=True)
class SaidFact:
    """The newest that was said on one thing. `by` is a name, or empty when the patient said it."""

    kind: str
    facts: dict[str, Any]
    by: str
    at: datetime


def say_companion(*, visit_id: UUID, name: str, phone: str, actor: Actor, now: datetime) -> None:
    """Say who comes along. Raises SessionNotToCome, NotAllowed and what `name_companion` raises."""
    with transaction.atomic():
        row = _coming(visit_id, actor, now)
        name_companion(visit_id=visit_id, name=name, phone=phone, actor=actor, now=now)
        _keep(row, ReadyKind.COMPANION, {"name": name.strip(), "phone": phone.strip()}, actor, now)


def say_fasting(*, visit_id: UUID, from_hour: time, actor: Actor, now: datetime) -> None:
    """Say from what hour of the session's day (or of the evening before) nothing is eaten."""
    with transaction.atomic():
        row = _coming(visit_id, actor, now)
        begins = _last_before(from_hour, row)
        _keep(row, ReadyKind.FASTING, {"food_from": begins.isoformat()}, actor, now)


def say_medicines(*, visit_id: UUID, words: str, actor: Actor, now: datetime) -> None:
    """Say what was agreed with the prescriber about medicines before the session. Raises NotSaid without words."""
    if not words.strip():
        raise NotSaid("Please write what you agreed with your prescriber.")
    with transaction.atomic():
        row = _coming(visit_id, actor, now)
        _keep(row, ReadyKind.MEDICINES, {"words": words.strip()[:500]}, actor, now)


def say_tablets(*, visit_id: UUID, count: int, actor: Actor, now: datetime) -> None:
    """Say how many tablets are in the box. Raises NotSaid for what no box holds."""
    if not 0 <= count <= MOST_TABLETS:
        raise NotSaid("Please give a whole number of tablets.")
    with transaction.atomic():
        row = _coming(visit_id, actor, now)
        _keep(row, ReadyKind.TABLETS, {"count": count}, actor, now)


def note_pregnancy_test(*, visit_id: UUID, result: str, on: date, actor: Actor, now: datetime) -> None:
    """Note the result of a test and its day. Raises NotSaid for another result, or for a day to come."""
    with transaction.atomic():
        row = _coming(visit_id, actor, now)
        if result not in {"negative", "positive"} or on > day_at(now, row.timezone):
            raise NotSaid("Please give the result, and the day of the test: today or before.")
        _keep(row, ReadyKind.PREGNANCY, {"result": result, "on": on.isoformat()}, actor, now)


def said_before(visits: Mapping[UUID, UUID]) -> dict[UUID, dict[str, SaidFact]]:
    """The newest that was said on each thing, by visit; `visits` gives the patient of each. One query.

    A pregnancy test is of a person, not of a session: the newest of the patient counts for each of their visits, by the
    day of the test. One of an earlier day that is noted later takes the place of none.
    """
    found: dict[UUID, dict[str, SaidFact]] = {visit_id: {} for visit_id in visits}
    of_a_person = Q(kind=ReadyKind.PREGNANCY, visit__patient_id__in=set(visits.values()))
    rows = ReadinessFact.objects.filter(Q(visit_id__in=list(visits)) | of_a_person).order_by("said_at", "id")
    for visit_id, patient_id, kind, facts, by, at in rows.values_list(
        "visit_id", "visit__patient_id", "kind", "facts", "said_by__name", "said_at"
    ):
        said = SaidFact(kind, facts, by or "", at)
        about = [visit_id] if kind not in BY_STAFF else [v for v, who in visits.items() if who == patient_id]
        for each in about:
            held = found[each].get(kind)
            if held is None or held.facts.get("on", "") <= said.facts.get("on", ""):
                found[each][kind] = said
    return found


def _coming(visit_id: UUID, actor: Actor, now: datetime) -> VisitRow:
    rows = visit_rows(
        Visit.objects.filter(
            patients_visible_to(actor, "patient"),
            pk=visit_id,
            kind=VisitKind.DOSING,
            cancelled_at=None,
            during__endswith__gt=now,
        )
    )
    if not rows or (actor.patient_id is not None and rows[0].starts_at <= now):
        raise SessionNotToCome
    return rows[0]


def _keep(row: VisitRow, kind: ReadyKind, facts: dict[str, Any], actor: Actor, now: datetime) -> None:
    require(actor, "note a readiness" if kind in BY_STAFF else "say what is ready", patient_id=row.patient_id)
    ReadinessFact.objects.create(
        visit_id=row.id, kind=kind, facts=facts, said_by_id=actor.staff_id, said_at=now
    )
    audit.record(actor, "said what is ready", about=("visit", row.id), at=now, patient_id=row.patient_id)


def _last_before(hour: time, row: VisitRow) -> datetime:
    """The moment at which the clock of the site last shows this hour before the session begins."""
    zone = ZoneInfo(row.timezone)
    begins = row.starts_at.astimezone(zone)
    moment = datetime.combine(begins.date(), hour, zone)
    if moment > begins:
        day_before = date.fromordinal(begins.date().toordinal() - 1)
        moment = datetime.combine(day_before, hour, zone)
    return moment.astimezone(UTC)


SAY: dict[str, Callable[..., None]] = {
    ReadyKind.COMPANION: say_companion,
    ReadyKind.FASTING: say_fasting,
    ReadyKind.MEDICINES: say_medicines,
    ReadyKind.TABLETS: say_tablets,
    ReadyKind.PREGNANCY: note_pregnancy_test,
}
"""The action for each thing that can be said; the values of its form are the words it takes by name."""
