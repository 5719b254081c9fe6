"""Reaching a patient a day or two after their first dose: what is owed, each attempt, and who made it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import Count, Exists, F, OuterRef, QuerySet, Subquery

from sojourn.clinical import protocols
from sojourn.program.audit import actions as audit
from sojourn.program.people.actors import Actor
from sojourn.program.people.policy import patients_visible_to, require
from sojourn.program.plans.choices import VisitKind
from sojourn.program.plans.models import Visit
from sojourn.program.treatment.given import dose_given
from sojourn.program.treatment.models import FollowUp

NOT_BEFORE: Final = timedelta(hours=24)  # program policy: sooner does not tell how the night and the day were
LOOKED_BACK: Final = timedelta(days=90)
LISTED_AT_MOST: Final = 200
FIRST_DOSE: Final = "contact-after-first-dose"


class NothingToFollow(Exception):
    """No session with a dose among the patients this actor may see."""


class WordsMissing(Exception):
    """What was said, or how it was tried, is written down."""


@dataclass(frozen=True)
class OwedContact:
    """A first dose after which nobody has reached the patient yet. `tried` counts the attempts so far."""

    visit_id: UUID
    patient_id: UUID
    patient_name: str
    phone: str
    number: int
    given_at: datetime
    from_at: datetime
    due_at: datetime
    timezone: str
    tried: int


@dataclass(frozen=True)
class Attempt:
    """One attempt: whether the patient was reached, by whom, when; too early ones settle nothing."""

    reached: bool
    words: str
    by: str
    at: datetime
    settles: bool


def follow_up(
    *, visit_id: UUID, form_id: UUID, reached: bool, words: str, actor: Actor, now: datetime
) -> None:
    """Note an attempt to reach a patient after a dose. Raises NotAllowed, NothingToFollow, WordsMissing."""
    if not words.strip():
        raise WordsMissing
    with transaction.atomic():
        visit = Visit.objects.filter(
            patients_visible_to(actor, "patient"), Exists(dose_given(visit=OuterRef("pk"))), pk=visit_id
        ).first()
        if visit is None:
            raise NothingToFollow
        require(actor, "follow up after a dose", patient_id=visit.patient_id)
        assert actor.staff_id is not None
        _made, is_new = FollowUp.objects.get_or_create(
            form_id=form_id,
            defaults={
                "visit": visit,
                "reached": reached,
                "words": words.strip()[:2000],
                "tried_by_id": actor.staff_id,
                "tried_at": now,
            },
        )
        if is_new:
            audit.record(actor, "followed up", about=("visit", visit_id), at=now, patient_id=visit.patient_id)


def owed_contacts(actor: Actor, *, now: datetime) -> tuple[OwedContact, ...]:
    """First doses of the last 90 days after which the patient was not reached, first due first; one query.

    The first dose of a course, in whichever of its sessions it was given: one before it may have ended without.
    """
    within = protocols.policy(FIRST_DOSE).within
    given = dose_given(visit=OuterRef("pk")).order_by("taken_at").values("taken_at")[:1]
    earlier = dose_given(
        visit__course=OuterRef("course_id"), visit__cancelled_at=None, taken_at__lt=OuterRef("given_at")
    )
    attempts = FollowUp.objects.filter(visit=OuterRef("pk"))
    rows = (
        Visit.objects.filter(
            patients_visible_to(actor, "patient"),
            kind=VisitKind.DOSING,
            cancelled_at=None,
            during__overlap=(now - LOOKED_BACK, now),
        )
        .annotate(given_at=Subquery(given))
        .filter(given_at__isnull=False)
        .filter(~Exists(earlier))
        .filter(~Exists(attempts.filter(reached=True, tried_at__gte=OuterRef("given_at") + NOT_BEFORE)))
        .annotate(tried=_count(attempts))
        .order_by("given_at")
        .values(
            "patient_id",
            "number",
            "given_at",
            "tried",
            visit_id=F("pk"),
            patient_name=F("patient__name"),
            phone=F("patient__phone"),
            timezone=F("course__site__timezone"),
        )
    )
    return tuple(
        OwedContact(
            **row | {"tried": row["tried"] or 0},
            from_at=row["given_at"] + NOT_BEFORE,
            due_at=row["given_at"] + within,
        )
        for row in rows[:LISTED_AT_MOST]
    )


def attempts_of(visit_id: UUID, *, actor: Actor) -> tuple[Attempt, ...]:
    """Every attempt after the dose of a visit, the newest first."""
    given = dose_given(visit=OuterRef("visit")).order_by("taken_at").values("taken_at")[:1]
    rows = (
        FollowUp.objects.filter(patients_visible_to(actor, "visit__patient"), visit_id=visit_id)
        .annotate(given_at=Subquery(given))
        .order_by("-tried_at", "-id")
    )
    return tuple(
        Attempt(
            reached, words, by, at, settles=reached and given_at is not None and at >= given_at + NOT_BEFORE
        )
        for reached, words, by, at, given_at in rows.values_list(
            "reached", "words", "tried_by__name", "tried_at", "given_at"
        )
    )


def _count(attempts: QuerySet[FollowUp]) -> Subquery:
    return Subquery(attempts.order_by().values("visit").annotate(n=Count("pk")).values("n")[:1])
