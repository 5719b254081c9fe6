"""Booking and moving the visits of a course: no dose is put at a time while the stop rule of the course holds the next.

Doors book and move here alone; what `plans.booking` asks of a series (spacing, caps, order, people) is asked there.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _

from sojourn.program.people.actors import Actor
from sojourn.program.people.policy import patients_visible_to
from sojourn.program.plans import booking, proposing
from sojourn.program.plans.checking import Problem, WantedVisit
from sojourn.program.plans.choices import VisitKind
from sojourn.program.treatment.stop_rules import StopRuleNow, stop_rules_now

ABOUT = "stop rule"


class DoseHeld(booking.NotBookable):
    """The stop rule of the course holds the next dose: a conversation comes first."""


def rule_of_course(course_id: UUID, *, actor: Actor, now: datetime) -> StopRuleNow | None:
    """The stop rule of an open course, or None where none was signed or the course is not theirs to see."""
    of_course = Q(patients_visible_to(actor, "consent__patient"), consent__patient__courses=course_id)
    rules = stop_rules_now(of_course, now=now).values()
    return next((rule for rule in rules if rule.course_id == course_id), None)


def held_by(rule: StopRuleNow | None, wanted: Sequence[WantedVisit]) -> tuple[Problem, ...]:
    """What a stop rule says against the wanted visits, told of the first dose among them.

    It refuses while a conversation is due, or chose not to go on. What cannot be told yet, or is not agreed yet, is marked:
    it may be settled before the day of the dose, and holds the dose itself until then.
    """
    doses = sorted(
        (visit for visit in wanted if visit.kind == VisitKind.DOSING), key=lambda visit: visit.starts_at
    )
    if rule is None or not rule.held_because or not doses:
        return ()
    refuses = rule.is_due or rule.settled is not None
    then = (
        _("No dose is booked or moved until the conversation is on record.")
        if refuses
        else _("The dose waits for it.")
    )
    says = _("The stop rule holds the next dose: %(why)s. %(then)s") % {
        "why": rule.held_because,
        "then": then,
    }
    return (Problem(doses[0].place, ABOUT, says, refuses=refuses, source=_("program policy")),)


def book_visits(*, course_id: UUID, visits: Sequence[WantedVisit], actor: Actor, now: datetime) -> None:
    """Book visits of a course, all or none. Raises DoseHeld, and what `booking.book_series` raises."""
    _refuse(held_by(rule_of_course(course_id, actor=actor, now=now), visits))
    booking.book_series(course_id=course_id, visits=visits, actor=actor, now=now)


def propose_move(*, visit_id: UUID, to: datetime, actor: Actor, now: datetime) -> proposing.MoveProposal:
    """Propose a move, with what a stop rule says against it. Raises what `proposing.propose_move` raises."""
    plan = proposing.propose_move(visit_id=visit_id, to=to, actor=actor, now=now)
    rule = rule_of_course(plan.visit.course_id, actor=actor, now=now)
    return replace(
        plan,
        shifted_problems=(*held_by(rule, [each.to for each in plan.shifted]), *plan.shifted_problems),
        alone_problems=(*held_by(rule, [plan.alone.to]), *plan.alone_problems),
    )


def move_visits(*, visit_id: UUID, to: datetime, whole_series: bool, actor: Actor, now: datetime) -> None:
    """Move a visit, or it and the rest of its series. Raises DoseHeld, and what `booking.apply_move` raises."""
    plan = propose_move(visit_id=visit_id, to=to, actor=actor, now=now)
    problems = plan.shifted_problems if whole_series else plan.alone_problems
    _refuse(tuple(problem for problem in problems if problem.about == ABOUT))
    booking.apply_move(visit_id=visit_id, to=to, whole_series=whole_series, actor=actor, now=now)


def _refuse(problems: Sequence[Problem]) -> None:
    against = [problem for problem in problems if problem.refuses]
    if against:
        raise DoseHeld(against)
