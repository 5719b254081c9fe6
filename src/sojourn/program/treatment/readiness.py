"""Says whether everything is there for a dosing session."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import DateField, DateTimeField, Exists, F, Func, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Cast
from django.utils.translation import gettext as _

from sojourn.clinical import protocols
from sojourn.clinical.monitoring.readiness import Judged, Known, Said, judge_readiness
from sojourn.program.intake.models import Assessment, Consent
from sojourn.program.measures.models import QuestionnaireRequest
from sojourn.program.people.actors import Actor
from sojourn.program.people.policy import patients_visible_to
from sojourn.program.plans.choices import VisitKind
from sojourn.program.plans.models import DoseOrder, Visit
from sojourn.program.plans.queries import VisitRow, visit_rows
from sojourn.program.treatment.choices import ReadyKind
from sojourn.program.treatment.given import dose_given
from sojourn.program.treatment.models import VisitNote
from sojourn.program.treatment.preparing import SaidFact, said_before
from sojourn.program.treatment.stop_rules import StopRuleNow, stop_rules_now
from sojourn.program.treatment.tablets import changed_at, remaining_of

LISTED_AT_MOST: Final = 200


@dataclass(frozen=True)
class ReadyItem:
    """One thing a session needs. `holds`: without it no dose is given; else it is only marked.

    `by` and `at` tell who said so and when; `by` is empty when the patient did, `at` None when nobody said anything.
    """

    name: str
    is_ready: bool
    holds: bool
    says: str
    kind: str = ""
    do: str = ""
    patient_title: str = ""
    patient_does: str = ""
    patient_acts: bool = False
    source: str = "program policy"
    by: str = ""
    at: datetime | None = None


@dataclass(frozen=True)
class Answered:
    """The facts of an assessment, and when they were answered."""

    facts: Mapping[str, Any]
    at: datetime


@dataclass(frozen=True)
class Readiness:
    """A visit and what it still needs; a conversation needs nothing beforehand."""

    visit: VisitRow
    items: tuple[ReadyItem, ...]
    is_held: bool

    @property
    def by_urgency(self) -> tuple[ReadyItem, ...]:
        """What holds the dose first, then what is missing, then what is there."""
        return tuple(sorted(self.items, key=lambda item: (item.is_ready, not item.holds)))

    @property
    def missing(self) -> tuple[ReadyItem, ...]:
        return tuple(item for item in self.items if not item.is_ready)


def readiness_between(
    actor: Actor, *, begin: datetime, end: datetime, now: datetime
) -> tuple[Readiness, ...]:
    """The visits of a span of time with what each still needs; seven queries, twelve where a stop rule stands."""
    seen = Visit.objects.filter(
        patients_visible_to(actor, "patient"), cancelled_at=None, during__overlap=(begin, end)
    ).order_by("during", "id")[:LISTED_AT_MOST]
    return _readiness(seen, now)


def readiness_of(visit_id: UUID, *, actor: Actor, now: datetime) -> Readiness | None:
    """One standing visit with what it still needs, or None where the actor may not see it."""
    found = _readiness(
        Visit.objects.filter(patients_visible_to(actor, "patient"), pk=visit_id, cancelled_at=None), now
    )
    return found[0] if found else None


def _readiness(visits: QuerySet[Visit], now: datetime) -> tuple[Readiness, ...]:
    """The same number of queries, however many visits there are."""
    rows = visit_rows(visits)
    if not rows:
        return ()
    ids = [row.id for row in rows]
    about = {row["pk"]: row for row in _known_about(ids, now)}
    signed = set(
        Consent.objects.filter(
            patient_id__in={row.patient_id for row in rows}, withdrawn_at=None, signed_at__lte=now
        ).values_list("patient_id", "document_id")
    )
    rules = stop_rules_now(Q(consent__patient_id__in={row.patient_id for row in rows}), now=now)
    said = said_before({row.id: row.patient_id for row in rows if row.is_dosing})
    answers = _newest_answers({row.patient_id for row in rows if row.is_dosing})
    tablets = remaining_of({row.course_id for row in rows if row.is_dosing})
    changed = changed_at(tablets)
    return tuple(
        Readiness(
            row,
            _items(
                row, about[row.id], signed, said, answers, tablets, changed, rules.get(row.patient_id), now
            ),
            is_held=about[row.id]["given"] or about[row.id]["noted"],
        )
        for row in rows
    )


def _known_about(visit_ids: Sequence[UUID], now: datetime) -> Iterable[Mapping[str, Any]]:
    course = OuterRef("course_id")
    held = VisitNote.objects.filter(visit__course=course, visit__cancelled_at=None)
    # The day is one of the calendar where the session is: in the evening Greenwich has another.
    there = Func(OuterRef("course__site__timezone"), Value(now, DateTimeField()), function="timezone")
    asked = QuestionnaireRequest.objects.alias(today=Cast(there, DateField())).filter(
        patient=OuterRef("patient_id"),
        withdrawn_at=None,
        response=None,
        due_on__lte=F("today"),
        closes_on__gte=F("today"),
    )
    return (
        Visit.objects.filter(pk__in=visit_ids)
        .annotate(
            given=Exists(dose_given(visit=OuterRef("pk"))),
            noted=Exists(VisitNote.objects.filter(visit=OuterRef("pk"))),
            prepared=Exists(held.filter(visit__kind=VisitKind.PREPARATION)),
            ordered=Exists(DoseOrder.objects.filter(course=course)),
            unanswered=Exists(asked),
            had_dose=Exists(dose_given(visit__course=course).exclude(visit=OuterRef("pk"))),
            dose_before=Exists(
                dose_given(
                    visit__course=course, visit__number=OuterRef("number") - 1, visit__cancelled_at=None
                )
            ),
            integrated=Exists(
                held.filter(visit__kind=VisitKind.INTEGRATION, visit__number=OuterRef("number") - 1)
            ),
        )
        .values(
            "pk",
            "given",
            "noted",
            "prepared",
            "ordered",
            "unanswered",
            "had_dose",
            "dose_before",
            "integrated",
        )
    )


def _items(
    row: VisitRow,
    about: Mapping[str, Any],
    signed: set[tuple[UUID, str]],
    said: Mapping[UUID, Mapping[str, SaidFact]],
    answers: Mapping[UUID, Answered],
    tablets: Mapping[UUID, int],
    changed: Mapping[UUID, datetime],
    rule: StopRuleNow | None,
    now: datetime,
) -> tuple[ReadyItem, ...]:
    if row.kind != VisitKind.DOSING:
        return ()
    protocol = protocols.course_protocol(row.protocol_id)
    known = Known(
        starts_at=row.starts_at,
        zone=ZoneInfo(row.timezone),
        number=row.number,
        consented=(row.patient_id, protocol.consent) in signed,
        prepared=about["prepared"],
        ordered=about["ordered"],
        forms_waiting=int(about["unanswered"]),
        had_dose=about["had_dose"],
        dose_before=about["dose_before"],
        integrated=about["integrated"],
        tablets_expected=tablets.get(row.course_id),
        tablets_changed_at=changed.get(row.course_id),
        **_as_said(row, said[row.id]),
        judged_at=now,
        **_as_answered(answers.get(row.patient_id)),
    )
    items = [_item(judged) for judged in judge_readiness(known, plan_id=protocol.monitoring)]
    if rule is not None and rule.course_id == row.course_id:
        items.append(ReadyItem(_("Stop rule"), not rule.held_because, True, rule.says))
    return tuple(items)


def _item(judged: Judged) -> ReadyItem:
    item, said = judged.item, judged.said
    return ReadyItem(
        name=_(item.title),
        is_ready=judged.is_ready,
        holds=judged.holds if not judged.is_ready else item.holds,
        says=judged.says,
        kind=item.kind,
        do=_(item.do),
        patient_title=_(item.patient_title),
        patient_does=_(item.patient_does),
        patient_acts=item.patient_acts,
        source=item.citations[0].in_words,
        by=said.by if said else "",
        at=said.at if said else None,
    )


def _as_said(row: VisitRow, facts: Mapping[str, SaidFact]) -> dict[str, Any]:
    """What people said of this session, as `Known` names it. A companion named elsewhere has no one who said so."""
    found: dict[str, Any] = {}
    named = facts.get(ReadyKind.COMPANION)
    if row.sitter_name:
        is_same = named is not None and named.facts.get("name") == row.sitter_name
        found["companion"] = (
            Said(row.sitter_name, named.by, named.at)
            if named and is_same
            else Said(row.sitter_name, "", row.starts_at)
        )
    if (fasting := facts.get(ReadyKind.FASTING)) is not None:
        found["fasting"] = Said("", fasting.by, fasting.at)
        found["eats_nothing_from"] = datetime.fromisoformat(fasting.facts["food_from"])
    if (settled := facts.get(ReadyKind.MEDICINES)) is not None:
        found["medicines_settled"] = Said(settled.facts["words"], settled.by, settled.at)
    if (tested := facts.get(ReadyKind.PREGNANCY)) is not None:
        found["tested"] = Said(tested.facts["result"], tested.by, tested.at)
        found["tested_on"] = date.fromisoformat(tested.facts["on"])
    if (counted := facts.get(ReadyKind.TABLETS)) is not None:
        found["tablets"] = Said(str(counted.facts["count"]), counted.by, counted.at)
    return found


def _as_answered(answers: Answered | None) -> dict[str, Any]:
    if answers is None:
        return {}
    medicines = answers.facts.get("medicines")
    return {
        "medicines": frozenset(medicines) if isinstance(medicines, list) else None,
        "pregnancy": answers.facts.get("pregnancy"),
        "pregnancy_test": answers.facts.get("pregnancy_test"),
        "answered_at": answers.at,
    }


def _newest_answers(patient_ids: set[UUID]) -> dict[UUID, Answered]:
    """The facts of each patient's newest assessment, in one query."""
    rows = (
        Assessment.objects.filter(patient_id__in=patient_ids)
        .order_by("patient_id", "-taken_at", "-id")
        .distinct("patient_id")
    )
    found = rows.values_list("patient_id", "facts", "taken_at")
    return {patient_id: Answered(facts, at) for patient_id, facts, at in found}
