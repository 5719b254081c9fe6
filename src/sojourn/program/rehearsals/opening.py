"""Brings the people of a drill to their places: a site of its own, its staff, and a patient who is booked for now.

Each drill has its own site, so that its floor board shows its own patient and no chair is taken twice. Everything goes
through the actions of the practice: what they refuse cannot stand in a drill.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Final
from uuid import UUID

from django.contrib.auth.hashers import make_password

from sojourn.clinical import protocols
from sojourn.clinical.rehearsal import Script, World
from sojourn.program.demonstration.cast import PatientPart, StaffPart, Stage
from sojourn.program.demonstration.opening import CREDENTIALS, House
from sojourn.program.demonstration.way_in import Person, come_in, consent, decide
from sojourn.program.people import actions as people
from sojourn.program.people.actors import Actor
from sojourn.program.people.queries import account_actor, account_of, staff_actor, the_practice
from sojourn.program.people.roles import Role
from sojourn.program.plans import actions as plans
from sojourn.program.plans import booking
from sojourn.program.plans.checking import WantedVisit
from sojourn.program.plans.choices import VisitKind
from sojourn.program.plans.queries import visits_of_course
from sojourn.program.rehearsals.cast import ADDRESS, DIRECTOR, ESCORT, PATIENTS, PHONE, STAFF, STATE
from sojourn.program.rehearsals.models import Drill
from sojourn.program.treatment import notes

CAME_BEFORE: Final = timedelta(days=21)
BOOKED_BEFORE: Final = timedelta(days=9)
PREPARED_BEFORE: Final = timedelta(days=3)
NOBODY_SIGNS_IN: Final = make_password(
    None
)  # no word opens these accounts: a drill is entered by its address
DIRECTOR_EMAIL: Final = "director@rehearsal.invalid"


@dataclass(frozen=True)
class Stand:
    """Who stands where as a drill begins."""

    visit_id: UUID
    patient: Actor
    monitor: Actor
    prescriber: Actor


def take_places(script: Script, *, number: int, timezone: str, now: datetime, rng: Random) -> Stand:
    """Open a site for this drill and bring a patient to its door: assessed, decided on, consented, booked for now."""
    site = f"Rehearsal {number}"
    director = _director(now - CAME_BEFORE)
    site_id = people.add_site(
        name=site, address=ADDRESS, state=STATE, timezone=timezone, actor=director, now=now - CAME_BEFORE
    )
    chair_id = plans.add_chair(site_id=site_id, name="Chair 1", actor=director, now=now - CAME_BEFORE)
    staff = tuple(
        (StaffPart(name, role, site), _hired(name, role, site_id, number, director, now))
        for name, role in STAFF
    )
    house = House(
        director,
        people.HashedPassword(NOBODY_SIGNS_IN),
        {site: site_id},
        {site: timezone},
        {site: STATE},
        staff,
    )
    part = PatientPart(rng.choice(PATIENTS), 1984, site, script.protocol, Stage.RUNNING)
    person = come_in(part, turn=number, house=house, joined_at=now - CAME_BEFORE, rng=rng)
    decide(person, at=now - CAME_BEFORE + timedelta(days=2))
    if World.CONSENT_EXPIRED not in {each.world for each in script.happenings}:
        consent(person, at=now - CAME_BEFORE + timedelta(days=4))
    visit_id = _booked(script, person, house, chair_id, now=now)
    return Stand(visit_id, person.actor, person.monitor, person.prescriber)


def _director(at: datetime) -> Actor:
    """The director of the rehearsal practice; who finds it closed opens it."""
    if not the_practice().exists:
        people.open_practice(
            name="Rehearsal", site_name="Rehearsal", site_address=ADDRESS, site_state=STATE, site_timezone="UTC",
            director_name=DIRECTOR, email=DIRECTOR_EMAIL, password=people.HashedPassword(NOBODY_SIGNS_IN), now=at,
        )  # fmt: skip
    return account_actor(account_of(DIRECTOR_EMAIL))


def _hired(name: str, role: Role, site_id: UUID, number: int, director: Actor, now: datetime) -> Actor:
    at = now - CAME_BEFORE
    staff_id = people.add_staff_member(
        name=name, email=f"{role.replace('_', '-')}-{number}@rehearsal.invalid",
        password=people.HashedPassword(NOBODY_SIGNS_IN), roles=[role], site_ids=[site_id], actor=director, now=at,
    )  # fmt: skip
    for kind, of_state in CREDENTIALS:
        people.record_credential(
            staff_id=staff_id, kind=kind, state=STATE if of_state else "", number=f"REHEARSAL-{kind}",
            issued_on=at.date() - timedelta(days=200), expires_on=now.date() + timedelta(days=300),
            actor=director, now=at,
        )  # fmt: skip
    return staff_actor(staff_id)


def _booked(script: Script, person: Person, house: House, chair_id: UUID, *, now: datetime) -> UUID:
    """Start the course, book preparation and the session that begins now, and hold the preparation."""
    at = now - BOOKED_BEFORE
    course_id = plans.start_course(
        patient_id=person.id, protocol_id=script.protocol, dose_mg=Decimal(str(script.dose_mg)),
        weight_kg=Decimal(str(script.weight_kg)), why="For a rehearsal.", actor=person.prescriber, now=at,
    )  # fmt: skip
    therapist, monitor = person.therapist.staff_id, person.monitor.staff_id
    assert therapist is not None
    assert monitor is not None
    at_home = protocols.course_protocol(script.protocol).setting is protocols.Setting.HOME
    visits = [
        WantedVisit(VisitKind.PREPARATION, 1, now - PREPARED_BEFORE, therapist),
        WantedVisit(VisitKind.DOSING, 1, now, monitor, None if at_home else chair_id),
    ]
    booking.book_series(course_id=course_id, visits=visits, actor=person.coordinator, now=at)
    rows = {row.kind: row for row in visits_of_course(course_id, actor=house.director)}
    notes.write_visit_note(
        visit_id=rows[VisitKind.PREPARATION].id, shared="Prepared for a rehearsal.", to_prescriber="",
        actor=person.therapist, now=now - PREPARED_BEFORE + timedelta(hours=1),
    )  # fmt: skip
    visit_id = rows[VisitKind.DOSING].id
    booking.name_sitter(
        visit_id=visit_id, name=ESCORT, phone=PHONE, actor=person.coordinator, now=now - timedelta(days=1)
    )
    return visit_id


def next_number() -> int:
    """The number of the next drill, from 1 on: sites and accounts are named by it."""
    return Drill.objects.count() + 1
