"""Standing behind the terms of a stop rule, and recording the conversation it asked for."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from sojourn.clinical import protocols
from sojourn.clinical.outcomes import stop_rule
from sojourn.clinical.outcomes.stop_rule import NotOffered, Terms
from sojourn.program.audit import actions as audit
from sojourn.program.people.actors import Actor
from sojourn.program.people.policy import NotAllowed, patients_visible_to, require
from sojourn.program.plans.models import Course
from sojourn.program.treatment.models import StopConversation, StopRuleOffer
from sojourn.program.treatment.stop_rules import stop_rule_of

__all__ = ["CourseHasEnded", "NoSuchChoice", "NotOffered", "NothingToTalkOver", "WordsMissing"]


class CourseHasEnded(Exception):
    """There is no open course for which a rule could be agreed or talked over."""


class NothingToTalkOver(Exception):
    """No stop rule holds a dose of this course."""


class NoSuchChoice(Exception):
    """The choice is none of the list, or the session to look again at lies behind."""


class WordsMissing(Exception):
    """A conversation says in a line what was agreed."""


def offer_stop_rule(*, course_id: UUID, terms: Terms, actor: Actor, now: datetime) -> UUID:
    """Stand behind terms as the prescriber: as a proposal before the patient signs, as agreement after.

    The same terms twice are one offer. Raises NotAllowed, CourseHasEnded, NotOffered.
    """
    with transaction.atomic():
        course = _open_course(course_id, actor, "offer a stop rule")
        doses = protocols.course_protocol(course.protocol_id).doses
        if terms.by_session not in stop_rule.stop_rule_policy().sessions(doses=doses):
            raise NotOffered(f"session {terms.by_session} is not offered in a series of {doses}")
        newest = StopRuleOffer.objects.filter(course=course).order_by("-offered_at", "-id").first()
        if newest and (newest.instrument_id, newest.points, newest.by_session) == (
            terms.instrument, terms.points, terms.by_session,
        ):  # fmt: skip
            return newest.id
        assert actor.staff_id is not None
        offer = StopRuleOffer.objects.create(
            course=course, instrument_id=terms.instrument, points=terms.points, by_session=terms.by_session,
            offered_by_id=actor.staff_id, offered_at=now,
        )  # fmt: skip
        audit.record(
            actor,
            "offered a stop rule",
            about=("stop rule offer", offer.id),
            at=now,
            patient_id=course.patient_id,
        )
    return offer.id


def offered_terms(course_id: UUID, *, actor: Actor) -> Terms | None:
    """The newest terms a prescriber stands behind in a course, or None."""
    newest = (
        StopRuleOffer.objects.filter(patients_visible_to(actor, "course__patient"), course_id=course_id)
        .order_by("-offered_at", "-id")
        .first()
    )
    return Terms(newest.instrument_id, newest.points, newest.by_session) if newest else None


def record_stop_conversation(
    *, course_id: UUID, choice_id: str, words: str, again_by: int | None, actor: Actor, now: datetime
) -> UUID:
    """Record the conversation of a rule that holds the next dose, with how both go on; the same one twice is one.

    `again_by`: the session at which both look again, later than the doses given.
    Raises NotAllowed, CourseHasEnded, NothingToTalkOver, NoSuchChoice, WordsMissing.
    """
    with transaction.atomic():
        course = _open_course(course_id, actor, "record a stop conversation")
        rule = stop_rule_of(course.patient_id, actor=actor, now=now)
        if rule is None:
            raise NothingToTalkOver
        choice = stop_rule.stop_rule_policy().choices.get(choice_id)
        said = words.strip()[:1000]
        newest = rule.conversations[0] if rule.conversations else None
        if (
            newest
            and choice
            and (newest.choice.id, newest.words, newest.again_by) == (choice.id, said, again_by)
        ):
            return StopConversation.objects.filter(course=course).order_by("-held_at", "-id")[0].id
        if not rule.held_because:
            raise NothingToTalkOver
        if choice is None or (again_by is not None and (not choice.goes_on or again_by <= rule.doses_given)):
            raise NoSuchChoice
        if not said:
            raise WordsMissing
        assert actor.staff_id is not None
        talk = StopConversation.objects.create(
            course=course, stop_rule_id=rule.id, choice_id=choice.id, words=said, again_by=again_by,
            standing=f"{rule.verdict.standing.value}: {rule.verdict.because}"[:300],
            held_by_id=actor.staff_id, held_at=now,
        )  # fmt: skip
        audit.record(
            actor, "recorded a stop conversation", about=("stop conversation", talk.id), at=now,
            patient_id=course.patient_id,
        )  # fmt: skip
    return talk.id


def _open_course(course_id: UUID, actor: Actor, deed: str) -> Course:
    require(actor, deed)
    course = (
        Course.objects.select_for_update(of=("self",))
        .filter(patients_visible_to(actor, "patient"), pk=course_id)
        .first()
    )
    if course is None:
        raise NotAllowed("this course is not theirs to see")
    if course.ended_at is not None:
        raise CourseHasEnded
    return course
