"""Where each agreed stop rule stands now: who agreed, how the scores lie, and what was said when it came due.

Nothing of it is stored but the agreement and the conversations: the standing is judged anew from the scores.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from itertools import groupby
from typing import Any
from uuid import UUID

from django.db.models import F, Q
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from sojourn.clinical import instruments, outcomes, protocols
from sojourn.clinical.outcomes import stop_rule
from sojourn.clinical.outcomes.stop_rule import Standing, Terms, Verdict
from sojourn.program.intake.models import StopRule
from sojourn.program.measures.models import Response
from sojourn.program.people.actors import Actor
from sojourn.program.people.places import local_date
from sojourn.program.people.policy import patients_visible_to
from sojourn.program.plans.models import Course
from sojourn.program.treatment.given import dose_given
from sojourn.program.treatment.models import StopConversation, StopRuleOffer


@dataclass(frozen=True)
class ConversationLine:
    """One conversation on record. `again_by` is the session at which both look again, None for never."""

    choice: stop_rule.Choice
    words: str
    again_by: int | None
    standing: str
    by: str
    held_at: datetime


@dataclass(frozen=True)
class StopRuleNow:
    """One rule of an open course with its standing. `agreed_by` is empty while no prescriber stands behind its terms."""

    id: UUID
    patient_id: UUID
    patient_name: str
    course_id: UUID
    protocol_id: str
    timezone: str
    terms: Terms
    may_contact: tuple[str, ...]
    trusted_name: str
    trusted_phone: str
    signed_at: datetime
    agreed_by: str
    doses_given: int
    verdict: Verdict
    conversations: tuple[ConversationLine, ...]

    @property
    def sentence(self) -> str:
        return stop_rule.sentence(self.terms)

    @property
    def settled(self) -> ConversationLine | None:
        """The conversation that speaks for the next dose; None where it has to be held, or need not be."""
        newest = self.conversations[0] if self.conversations else None
        if newest is None or (newest.again_by is not None and self.doses_given >= newest.again_by):
            return None
        return newest

    @property
    def is_due(self) -> bool:
        """True while a conversation is due that is not on record."""
        return self.settled is None and self.verdict.standing is Standing.DUE

    @property
    def is_unknown(self) -> bool:
        return self.settled is None and self.verdict.standing is Standing.UNKNOWN

    @property
    def held_because(self) -> str:
        """Say why the next dose waits; empty where this rule does not hold it."""
        if self.settled is not None:
            if self.settled.choice.goes_on:
                return ""
            day = date_format(local_date(self.settled.held_at, self.timezone), "M j")
            return _("the conversation of %(day)s chose: %(choice)s") % {
                "day": day, "choice": self.settled.choice.title.lower(),
            }  # fmt: skip
        if not self.agreed_by:
            return _("signed, and not agreed by a prescriber yet")
        if self.verdict.standing is Standing.DUE:
            return _("stop and talk before this dose (%(why)s)") % {"why": self.verdict.because}
        if self.verdict.standing is Standing.UNKNOWN:
            return _("cannot be told (%(why)s): ask for the score, or talk") % {"why": self.verdict.because}
        return ""

    @property
    def says(self) -> str:
        """Say in a few words where it stands, held or not."""
        if self.held_because:
            return self.held_because
        if self.settled is not None:
            return _("talked over, goes on: %(choice)s") % {"choice": self.settled.choice.title.lower()}
        return f"{self.verdict.standing.value} ({self.verdict.because})"


def stop_rule_of(patient_id: UUID, *, actor: Actor, now: datetime) -> StopRuleNow | None:
    """The rule of a patient's open course, or None where none was signed or the patient is not theirs to see."""
    rules = stop_rules_now(
        Q(patients_visible_to(actor, "consent__patient"), consent__patient_id=patient_id), now=now
    )
    return rules.get(patient_id)


def stop_rules_for(actor: Actor, *, now: datetime) -> tuple[StopRuleNow, ...]:
    """All rules of open courses the actor may see that hold the next dose, the longest signed first."""
    rules = stop_rules_now(patients_visible_to(actor, "consent__patient"), now=now)
    return tuple(sorted((r for r in rules.values() if r.held_because), key=lambda r: r.signed_at))


def stop_rules_now(of: Q, *, now: datetime) -> dict[UUID, StopRuleNow]:
    """Judge the rules of open courses that `of` filters, by patient; one query where there is none, else six."""
    signed = _signed(of)
    if not signed:
        return {}
    courses = {course.patient_id: course for course in _courses(signed)}
    ids = [course.id for course in courses.values()]
    doses = _doses(courses.values())
    scores = _scores(signed)
    offers = list(
        StopRuleOffer.objects.filter(course__in=ids).select_related("offered_by").order_by("-offered_at")
    )
    talks = _conversations(ids)
    found = {}
    for patient_id, rule in signed.items():
        course = courses.get(patient_id)
        if (
            course is None
            or protocols.course_protocol(course.protocol_id).consent != rule.consent.document_id
        ):
            continue
        given = doses.get(course.id, ())
        terms = Terms(rule.instrument_id, rule.points, rule.by_session)
        lines = tuple(
            line for course_id, rule_id, line in talks if (course_id, rule_id) == (course.id, rule.id)
        )
        found[patient_id] = StopRuleNow(
            id=rule.id,
            patient_id=patient_id,
            patient_name=rule.consent.patient.name,
            course_id=course.id,
            protocol_id=course.protocol_id,
            timezone=course.site.timezone,
            terms=terms,
            may_contact=tuple(rule.may_contact),
            trusted_name=rule.trusted_name,
            trusted_phone=rule.trusted_phone,
            signed_at=rule.consent.signed_at,
            agreed_by=_agreed_by(terms, course.id, offers),
            doses_given=len(given),
            verdict=_verdict(
                terms, given, scores.get((patient_id, terms.instrument), ()), lines,
                today=local_date(now, course.site.timezone),
            ),
            conversations=lines,
        )  # fmt: skip
    return found


def _verdict(
    terms: Terms,
    given: Sequence[date],
    scores: Sequence[outcomes.ScorePoint],
    talks: Sequence[ConversationLine],
    *,
    today: date,
) -> Verdict:
    """Judge with the scores up to the dose after the agreed session: what came later is not what was agreed on.

    What could not be told on that day may be told by now.
    """
    again_by = talks[0].again_by if talks else None
    at = again_by or terms.by_session
    next_dose_on = given[at] if len(given) > at else None
    line = outcomes.trajectory(
        instrument=instruments.get(terms.instrument),
        points=scores,
        sessions=[outcomes.SessionMark(given[0], outcomes.SessionKind.DOSING)] if given else (),
    )

    def as_of(day: date) -> Verdict:
        return stop_rule.judge(
            terms=terms, baseline=line.baseline, scores=scores, first_dose_on=given[0] if given else None,
            doses_given=len(given), as_of=day, again_by=again_by,
        )  # fmt: skip

    verdict = as_of(next_dose_on or today)
    return as_of(today) if verdict.standing is Standing.UNKNOWN else verdict


def _agreed_by(terms: Terms, course_id: UUID, offers: Sequence[StopRuleOffer]) -> str:
    same = (
        offer.offered_by.name
        for offer in offers
        if offer.course_id == course_id
        and (offer.instrument_id, offer.points, offer.by_session)
        == (terms.instrument, terms.points, terms.by_session)
    )
    return next(same, "")


def _signed(of: Q) -> dict[UUID, StopRule]:
    """The newest standing rule of each patient."""
    rows = StopRule.objects.filter(
        of, consent__withdrawn_at=None, consent__patient__courses__ended_at=None,
        consent__patient__courses__isnull=False,
    )  # fmt: skip
    newest = rows.select_related("consent__patient").order_by("consent__signed_at")
    return {rule.consent.patient_id: rule for rule in newest}


def _courses(patient_ids: Collection[UUID]) -> list[Course]:
    return list(Course.objects.filter(patient_id__in=patient_ids, ended_at=None).select_related("site"))


def _doses(courses: Collection[Course]) -> dict[UUID, tuple[date, ...]]:
    zones = {course.id: course.site.timezone for course in courses}
    rows = (
        dose_given(visit__course__in=list(zones), visit__cancelled_at=None)
        .order_by("visit__course_id", "taken_at")
        .values_list("visit__course_id", "taken_at")
    )
    return {
        course_id: tuple(local_date(at, zones[course_id]) for _course, at in group)
        for course_id, group in groupby(rows, key=lambda row: row[0])
    }


def _scores(signed: dict[UUID, StopRule]) -> dict[tuple[UUID, str], tuple[outcomes.ScorePoint, ...]]:
    rows: Any = (
        Response.objects.filter(
            patient_id__in=signed, instrument_id__in={rule.instrument_id for rule in signed.values()},
            corrected_by=None, scale_id="",
        )
        .exclude(value=None)
        .order_by("answered_on", "answered_at")
        .values_list("patient_id", "instrument_id", "answered_on", "value", "prorated")
    )  # fmt: skip
    found: dict[tuple[UUID, str], tuple[outcomes.ScorePoint, ...]] = {}
    for patient_id, instrument_id, on, value, prorated in rows:
        kind = outcomes.PointKind.PRORATED if prorated else outcomes.PointKind.SCORED
        scale = instruments.get(instrument_id).scale()
        if not scale.low <= value <= scale.high:
            continue  # no score; the chart says so
        key = (patient_id, instrument_id)
        found[key] = (*found.get(key, ()), outcomes.ScorePoint(on, Fraction(value), kind))
    return found


def _conversations(course_ids: Collection[UUID]) -> list[tuple[UUID, UUID, ConversationLine]]:
    rows = StopConversation.objects.filter(course__in=course_ids).order_by("-held_at", "-id")
    choices = stop_rule.stop_rule_policy().choices
    return [
        (
            row["course_id"],
            row["stop_rule_id"],
            ConversationLine(
                choices[row["choice_id"]], row["words"], row["again_by"], row["standing"], row["by"], row["held_at"]
            ),
        )
        for row in rows.values(
            "course_id", "stop_rule_id", "choice_id", "words", "again_by", "standing", "held_at", by=F("held_by__name")
        )
    ]  # fmt: skip
