"""Holds the drug in hand against the order, and lets a second person say in their own name what they saw.

What the patient says is compared here and then forgotten: the record of one patient never holds what another said.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid5

from django.db import transaction

from sojourn.clinical import monitoring
from sojourn.clinical.monitoring import dose_check
from sojourn.clinical.monitoring.dose_rules import dose_rule
from sojourn.clinical.monitoring.names import same_name
from sojourn.program.people.actors import Actor
from sojourn.program.people.models import Patient
from sojourn.program.plans.queries import day_at
from sojourn.program.treatment.actions import locked_session, record_event
from sojourn.program.treatment.choices import EventKind
from sojourn.program.treatment.consequences import Recorded
from sojourn.program.treatment.holding import ordered_in
from sojourn.program.treatment.models import SessionEvent
from sojourn.program.treatment.session_refusals import A_HAIR
from sojourn.program.treatment.sessions import Session
from sojourn.program.treatment.tablets import remaining_of, use_tablets

SEEN_BY_TWO = {EventKind.DOSE_CHECKED, EventKind.ACCOUNTED}


class NothingToWitness(Exception):
    """The entry is not in this session, was struck out, or is none that a second person signs."""


class GivenDiffers(Exception):
    """What is accounted for as given is not the dose on record; the message says what is."""


class SamePerson(Exception):
    """Whoever recorded an entry is not its second person."""


@dataclass(frozen=True, kw_only=True)
class InHand:
    """What is read off the package and said by the patient, just before a dose. `count`: devices, or all tablets."""

    name: str
    born_on: date | None
    drug: str
    route: str
    mg: str
    lot: str
    expires_on: date | None
    count: int | str | None = None


def check_dose(
    *, visit_id: UUID, form_id: UUID, in_hand: InHand, taken_at: datetime, actor: Actor, now: datetime
) -> tuple[monitoring.Hold, ...]:
    """Record the check, right or wrong, with the checklist item it answers; return what is wrong, in words.

    Raises what `record_event` raises.
    """
    with transaction.atomic():
        found = locked_session(visit_id, actor, now)
        done = record_event(
            visit_id=visit_id,
            form_id=form_id,
            kind=EventKind.DOSE_CHECKED,
            facts=_facts(in_hand, found),
            taken_at=taken_at,
            actor=actor,
            now=now,
            by_deed=True,
        )
        told = SessionEvent.objects.get(pk=done.event_id)
        event = monitoring.read_event(kind=told.kind, facts=told.facts, taken_at=told.taken_at)
        assert isinstance(event, monitoring.DoseChecked)
        rule = dose_rule(found.plan.id)
        wrong = dose_check.wrongs_of(event, rule=rule, on=day_at(taken_at, found.visit.timezone))
        record_event(
            visit_id=visit_id,
            form_id=uuid5(form_id, rule.item),
            kind=EventKind.CHECKED,
            facts={"item": rule.item, "passed": not wrong},
            taken_at=taken_at,
            actor=actor,
            now=now,
        )
    return wrong


def account_for(
    *,
    visit_id: UUID,
    form_id: UUID,
    facts: Mapping[str, Any],
    taken_at: datetime,
    actor: Actor,
    now: datetime,
) -> Recorded:
    """Record what became of the medicine of a session; at home the tablets that remain are fewer by what was used.

    Raises GivenDiffers, MoreThanIsThere, EventInvalid for a part of a tablet or device taken out, and what `record_event`
    raises.
    """
    with transaction.atomic():
        found = locked_session(visit_id, actor, now)
        done = record_event(
            visit_id=visit_id,
            form_id=form_id,
            kind=EventKind.ACCOUNTED,
            facts=facts,
            taken_at=taken_at,
            actor=actor,
            now=now,
            by_deed=True,
        )
        if done.is_new:
            told = SessionEvent.objects.get(pk=done.event_id).facts
            _refuse_parts(told)
            _refuse_other_than_given(told, found)
            if told["unit"] == "tablets":
                used = round(told["dispensed"])
                use_tablets(
                    course_id=found.visit.course_id, visit_id=visit_id, used=used, actor=actor, now=now
                )
    return done


def witness(*, visit_id: UUID, form_id: UUID, about_id: UUID, actor: Actor, now: datetime) -> Recorded:
    """Say in one's own name that one saw what an entry tells. Raises NothingToWitness, SamePerson, NotAllowed."""
    with transaction.atomic():
        found = locked_session(visit_id, actor, now)
        about = next((row for row in found.events if row.id == about_id and row.is_standing), None)
        if about is None or about.kind not in SEEN_BY_TWO:
            raise NothingToWitness
        if SessionEvent.objects.filter(pk=about_id, recorded_by_id=actor.staff_id).exists():
            raise SamePerson
        return record_event(
            visit_id=visit_id,
            form_id=form_id,
            kind=EventKind.WITNESSED,
            facts={"about_id": str(about_id)},
            taken_at=max(now, about.taken_at),
            actor=actor,
            now=now,
            by_deed=True,
        )


def _facts(in_hand: InHand, of: Session) -> dict[str, object]:
    patient = Patient.objects.values("name", "born_on").get(pk=of.visit.patient_id)
    ordered = ordered_in(of)
    return {
        "name_matches": same_name(in_hand.name, patient["name"]),
        "birth_matches": patient["born_on"] is not None and in_hand.born_on == patient["born_on"],
        "drug": in_hand.drug,
        "route": in_hand.route,
        "mg": in_hand.mg,
        "lot": in_hand.lot,
        "expires_on": in_hand.expires_on,
        "ordered_drug": ordered.drug,
        "ordered_route": ordered.route,
        "ordered_mg": ordered.mg,
        "count": in_hand.count,
        "expected_count": remaining_of([of.visit.course_id]).get(of.visit.course_id)
        if of.plan.at_home
        else None,
        "unit": dose_rule(of.plan.id).unit,
    }


def _refuse_parts(told: Mapping[str, Any]) -> None:
    """Tablets and devices are taken out whole; what became of the parts of one is told beside it."""
    if told["unit"] != "mg" and told["dispensed"] != round(told["dispensed"]):
        raise monitoring.EventInvalid(
            {"dispensed": f"Whole {told['unit']} are taken out: enter a whole number."}
        )


def _refuse_other_than_given(told: Mapping[str, Any], of: Session) -> None:
    """Without a dose nothing was given; where the amount of each is known, the account and the dose agree."""
    rule, dosed = dose_rule(of.plan.id), of.state.dose_mg
    each = 1.0 if told["unit"] == "mg" else rule.mg_each
    given = told["given"] * each if each is not None else None
    if (given is None and (told["given"] > 0) is not (dosed > 0)) or (
        given is not None and abs(given - dosed) > A_HAIR
    ):
        raise GivenDiffers(f"On record as given: {dosed:g} mg.")
