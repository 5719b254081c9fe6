"""Integration visits still booked though nobody had their dose. A person calls them off or keeps them, and may undo either.

Nothing here is cancelled by itself: the conversation may be wanted all the more because there was no dose.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Lower, Upper
from django.utils.translation import gettext as _

from sojourn.clinical.protocols import course_protocol
from sojourn.program.audit.queries import who_did
from sojourn.program.intake.models import Consent
from sojourn.program.people.actors import Actor
from sojourn.program.people.policy import patients_visible_to, require
from sojourn.program.people.roster import names_by_account
from sojourn.program.plans import booking, keeping
from sojourn.program.plans.asking import WAITS_AFTER
from sojourn.program.plans.choices import VisitKind
from sojourn.program.plans.models import Visit
from sojourn.program.plans.queries import VisitRow, visit_rows
from sojourn.program.treatment.choices import EventKind
from sojourn.program.treatment.given import dose_given
from sojourn.program.treatment.models import SessionEvent
from sojourn.program.treatment.visits import call_off

UNDO_FOR: Final = timedelta(days=1)
LISTED_AT_MOST: Final = 200


class NoSuchConversation(Exception):
    """No integration visit to come without a dose: it was decided on meanwhile, had its dose, or is not theirs to see."""


@dataclass(frozen=True)
class WithoutDose:
    """An integration visit to come whose dose nobody had. `since` is when that came about.

    `decided_at` and `by` are set once somebody called it off or kept it; by the visit one tells which.
    """

    visit: VisitRow
    why: str
    since: datetime
    decided_at: datetime | None = None
    by: str = ""

    @property
    def is_called_off(self) -> bool:
        return self.visit.cancelled_at is not None


@dataclass(frozen=True)
class Conversations:
    """What waits for somebody's word, and what was decided in the last day and may be undone; by time of the visit."""

    waiting: tuple[WithoutDose, ...]
    decided: tuple[WithoutDose, ...]

    @property
    def by_course(self) -> tuple[tuple[WithoutDose, ...], ...]:
        """Those that wait, course by course."""
        found: dict[UUID, list[WithoutDose]] = {}
        for each in self.waiting:
            found.setdefault(each.visit.course_id, []).append(each)
        return tuple(map(tuple, found.values()))


def conversations_without_dose(actor: Actor, *, now: datetime) -> Conversations:
    """The integration visits to come, in open courses, whose dose was not given; one query, five where there are any.

    A dose counts as not given when its session ended without one, was cancelled, passed without a record, stands only
    after the conversation, or can no longer be given because the consent was taken back.
    """
    seen = _to_come(now).filter(patients_visible_to(actor, "patient"))
    facts = {row["pk"]: row for row in _facts(seen, now)}
    if not facts:
        return Conversations((), ())
    taken_back = _consents_taken_back({row["patient_id"] for row in facts.values()})
    rows = sorted(visit_rows(Visit.objects.filter(pk__in=facts)), key=lambda row: row.starts_at)
    found = [
        WithoutDose(row, *cause, decided_at=row.cancelled_at or _kept(facts[row.id], cause[1]))
        for row in rows
        if (cause := _cause(facts[row.id], taken_back, now)) is not None
    ]
    lately = [
        each
        for each in found
        if each.decided_at is not None and each.decided_at >= max(each.since, now - UNDO_FOR)
    ]
    return Conversations(
        waiting=tuple(each for each in found if each.decided_at is None), decided=_by_whom(lately)
    )


def call_off_conversations(*, visit_ids: Collection[UUID], actor: Actor, now: datetime) -> int:
    """Cancel these conversations, all or none, each with why its dose was not given; return how many.

    Raises NotAllowed, NoSuchConversation, and HasRecords where one was held already.
    """
    return _decide(
        visit_ids,
        actor,
        now,
        lambda each: call_off(visit_id=each.visit.id, because=each.why, actor=actor, now=now),
    )


def keep_conversations(*, visit_ids: Collection[UUID], actor: Actor, now: datetime) -> int:
    """Let these conversations stand, all or none; return how many. For another reason they are asked about again.

    Raises NotAllowed, NoSuchConversation.
    """
    return _decide(
        visit_ids, actor, now, lambda each: keeping.keep_visit(visit_id=each.visit.id, actor=actor, now=now)
    )


def undo_decision(*, visit_id: UUID, actor: Actor, now: datetime) -> None:
    """Put back a conversation called off in the last day, or ask again about one that was kept.

    Raises NotAllowed, NoSuchConversation, and what `keeping.restore_visit` raises where its time is taken.
    """
    require(actor, "book visits")
    with transaction.atomic():
        decided = conversations_without_dose(actor, now=now).decided
        found = next((each for each in decided if each.visit.id == visit_id), None)
        if found is None:
            raise NoSuchConversation
        if found.is_called_off:
            keeping.restore_visit(visit_id=visit_id, actor=actor, now=now)
        else:
            keeping.ask_anew(visit_id=visit_id, actor=actor, now=now)


def _decide(
    visit_ids: Collection[UUID], actor: Actor, now: datetime, decide: Callable[[WithoutDose], None]
) -> int:
    require(actor, "book visits")
    with transaction.atomic():
        waiting = {each.visit.id: each for each in conversations_without_dose(actor, now=now).waiting}
        if not visit_ids or not set(visit_ids) <= waiting.keys():
            raise NoSuchConversation
        for visit_id in sorted(visit_ids):
            decide(waiting[visit_id])
    return len(set(visit_ids))


def _to_come(now: datetime) -> QuerySet[Visit]:
    """Integration visits to come in open courses: those that stand, and those cancelled in the last day."""
    instead = Visit.objects.filter(
        course=OuterRef("course_id"), kind=VisitKind.INTEGRATION, number=OuterRef("number"), cancelled_at=None
    )
    return Visit.objects.filter(
        Q(cancelled_at=None) | Q(cancelled_at__gte=now - UNDO_FOR) & ~Exists(instead),
        kind=VisitKind.INTEGRATION,
        course__ended_at=None,
        during__startswith__gt=now,
    )


def _facts(visits: QuerySet[Visit], now: datetime) -> Sequence[Mapping[str, Any]]:
    """What is on record of the dose that each conversation follows, where something speaks against that dose."""
    doses = Visit.objects.filter(
        course=OuterRef("course_id"), kind=VisitKind.DOSING, number=OuterRef("number")
    )
    dose = doses.filter(cancelled_at=None).annotate(begins_at=Lower("during"), ends_at=Upper("during"))
    cancelled = doses.exclude(cancelled_at=None).order_by("-cancelled_at")
    of_dose = {
        "visit__course": OuterRef("course_id"),
        "visit__kind": VisitKind.DOSING,
        "visit__number": OuterRef("number"),
    }
    ended = SessionEvent.objects.filter(
        **of_dose, kind=EventKind.CANCELLED, visit__cancelled_at=None, withdrawn_by=None
    ).order_by("taken_at")
    rows = (
        visits.annotate(
            booked_at_for_dose=Subquery(dose.values("booked_at")[:1]),
            dose_begins_at=Subquery(dose.values("begins_at")[:1]),
            dose_ends_at=Subquery(dose.values("ends_at")[:1]),
            ended_at=Subquery(ended.values("taken_at")[:1]),
            ended_words=Subquery(ended.values("facts__words")[:1]),
            dose_cancelled_at=Subquery(cancelled.values("cancelled_at")[:1]),
            dose_cancelled_because=Subquery(cancelled.values("cancelled_because")[:1]),
            begins_at=Lower("during"),
        )
        .filter(
            (Exists(cancelled) & ~Exists(dose))
            | Exists(ended)
            | Exists(dose.filter(during__endswith__lte=now - WAITS_AFTER))
            | Exists(dose.filter(during__startswith__gte=Lower(OuterRef("during"))))
            | _has_taken_a_consent_back(),
            ~Exists(dose_given(**of_dose)),
        )
        .order_by("begins_at", "pk")
        .values(
            "pk", "patient_id", "number", "kept_at", "begins_at", "booked_at_for_dose", "dose_begins_at", "dose_ends_at",
            "ended_at", "ended_words", "dose_cancelled_at", "dose_cancelled_because",
            protocol_id=F("course__protocol_id"),
        )
    )  # fmt: skip
    return tuple(rows[:LISTED_AT_MOST])


def _has_taken_a_consent_back() -> Exists:
    """Whether the patient of a visit took some consent back and has not signed it again."""
    of_patient = Consent.objects.filter(patient=OuterRef("patient_id"))
    signed_again = of_patient.filter(document_id=OuterRef("document_id"), withdrawn_at=None)
    return Exists(of_patient.filter(~Exists(signed_again), withdrawn_at__isnull=False))


def _cause(
    facts: Mapping[str, Any], taken_back: Mapping[tuple[UUID, str], datetime], now: datetime
) -> tuple[str, datetime] | None:
    """Say why the dose of a conversation was not given, and since when; None where it may still be."""
    number = {"n": facts["number"]}
    if facts["dose_begins_at"] is None:
        if facts["dose_cancelled_at"] is None:
            return None
        says = _("Session %(n)d was cancelled: %(why)s")
        return says % (number | {"why": facts["dose_cancelled_because"]}), facts["dose_cancelled_at"]
    if facts["ended_at"] is not None:
        said = _("Session %(n)d ended without a dose: %(why)s")
        return said % (number | {"why": facts["ended_words"] or _("no reason noted")}), facts["ended_at"]
    passed_at = facts["dose_ends_at"] + WAITS_AFTER
    if passed_at <= now:
        return _("The time of session %(n)d passed and no dose is on record.") % number, passed_at
    consent = course_protocol(facts["protocol_id"]).consent
    if (taken_back_at := taken_back.get((facts["patient_id"], consent))) is not None:
        return _("The consent was taken back before dose %(n)d.") % number, taken_back_at
    if facts["dose_begins_at"] >= facts["begins_at"]:
        return _("Session %(n)d is booked only after it.") % number, facts["booked_at_for_dose"]
    return None


def _kept(facts: Mapping[str, Any], since: datetime) -> datetime | None:
    """When somebody kept a conversation, knowing why its dose was not given."""
    kept_at: datetime | None = facts["kept_at"]
    return kept_at if kept_at is not None and kept_at >= since else None


def _consents_taken_back(patient_ids: set[UUID]) -> dict[tuple[UUID, str], datetime]:
    """The consents of these patients that were signed and taken back, and not signed again since."""
    rows = Consent.objects.filter(patient_id__in=patient_ids).values_list(
        "patient_id", "document_id", "withdrawn_at"
    )
    found: dict[tuple[UUID, str], datetime] = {}
    standing = set()
    for patient_id, document_id, withdrawn_at in rows:
        place = (patient_id, document_id)
        if withdrawn_at is None:
            standing.add(place)
        else:
            found[place] = max(found.get(place, withdrawn_at), withdrawn_at)
    return {place: at for place, at in found.items() if place not in standing}


def _by_whom(decided: Iterable[WithoutDose]) -> tuple[WithoutDose, ...]:
    """Name who decided, as the log has it."""
    of = {each.visit.id: each for each in decided}
    if not of:
        return ()
    doers = who_did("visit", of, deeds=(keeping.KEPT, booking.CANCELLED))
    names = names_by_account(doers.values())
    by = {visit_id: names.get(doer, "") for visit_id, doer in doers.items()}
    return tuple(replace(each, by=by.get(visit_id, "")) for visit_id, each in of.items())
