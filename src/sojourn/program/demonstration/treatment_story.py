"""How an invented person is treated: course, series, preparation, sessions, integration, weekly answers."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from random import Random
from uuid import UUID
from zoneinfo import ZoneInfo

from sojourn.clinical import monitoring, protocols
from sojourn.clinical.monitoring.documents import form_for
from sojourn.program.demonstration.agreements import agree, talk_over
from sojourn.program.demonstration.cast import PatientPart, Stage
from sojourn.program.demonstration.living import live_beside
from sojourn.program.demonstration.living_person import LivingPerson, Look
from sojourn.program.demonstration.opening import House
from sojourn.program.demonstration.vitals import session_entries
from sojourn.program.demonstration.way_in import Person, answer_open
from sojourn.program.measures import queries as asked
from sojourn.program.plans import actions as plans
from sojourn.program.plans import booking, proposing
from sojourn.program.plans.booking import NotBookable
from sojourn.program.plans.checking import WantedVisit
from sojourn.program.plans.choices import EndedHow, VisitKind
from sojourn.program.plans.queries import VisitRow, orders_of, visits_of_course
from sojourn.program.treatment import notes
from sojourn.program.treatment.on_paper import copy_session
from sojourn.program.treatment.papers import file_form

HALF_A_WEEK, A_NIGHT = timedelta(days=3), timedelta(hours=20)
CLEAR = timedelta(hours=3)  # nothing else is booked so shortly before a session
MISSED_AFTER = timedelta(minutes=30)
GIVEN_UP_AFTER = timedelta(days=11)  # two calls and a letter
LITTLE, WORSE = 0.1, -0.1  # share of the first score that is gone
DAYS_A_WEEK = 7
FILED_AFTER = timedelta(days=2)
LONGEST_RUNNING = timedelta(hours=4)
DOSED_AFTER = timedelta(minutes=14)  # checks come first
SHARED = (
    "Spoke about sleep and mornings. Wants to try getting up before eight on three days.",
    "Described the session as slow and quiet. Wrote two pages the evening after; read one aloud.",
    "Some grief about the lost year. Agreed on a walk with a friend before the next visit.",
    "Less rumination since the last dose; work is still hard. Breathing practice each evening.",
)
ENDS = {
    Stage.COMPLETED: (EndedHow.COMPLETED, "Course completed; holds the gain, back to the own psychiatrist."),
    Stage.STOPPED: (
        EndedHow.STOPPED,
        "No reliable change after the agreed number of sessions; other options discussed.",
    ),
    Stage.DROPPED_OUT: (EndedHow.DROPPED_OUT, "Did not come back after two calls and a letter."),
}


def first_dose_day(part: PatientPart, *, now: datetime, zone: str) -> date:
    """The day of the first dose; for a session going on now, such that one falls on today."""
    today = now.astimezone(ZoneInfo(zone)).date()
    if part.stage is Stage.PREPARING:
        return today + timedelta(days=5)
    day = today - timedelta(weeks=part.weeks_in)
    return day - timedelta(days=max(0, day.weekday() - 4))  # never on a weekend


def treat(person: Person, *, turn: int, house: House, first_on: date, now: datetime, rng: Random) -> None:
    """Start the course two weeks before its first dose, book the series, and live it up to now."""
    zone = ZoneInfo(house.zones[person.part.site])
    begins_at = min(datetime.combine(first_on - timedelta(days=14), time(10), zone), now - timedelta(hours=2))
    course_id = plans.start_course(
        patient_id=person.id, protocol_id=person.part.protocol, dose_mg=person.living.dose_mg,
        weight_kg=person.living.weight_kg, why="First dose as the protocol has it.", actor=person.prescriber, now=begins_at,
    )  # fmt: skip
    agree(person, course_id, at=begins_at)
    booked_at = begins_at + timedelta(minutes=40)
    if person.part.stage is Stage.RUNNING:
        _book_around_now(person, course_id, turn=turn, first_on=first_on, now=now, booked_at=booked_at)
    else:
        proposal = proposing.propose(
            course_id=course_id, first_dose_on=first_on, actor=person.coordinator, now=booked_at
        )
        wanted = [visit.wanted for visit in proposal.visits if visit.wanted is not None]
        booking.book_series(course_id=course_id, visits=wanted, actor=person.coordinator, now=booked_at)
    visits = visits_of_course(course_id, actor=person.prescriber)
    living, until = _living(person, visits, now=now)
    _live(person, living, visits, until=until, rng=rng)
    ends_at = min(now, until + GIVEN_UP_AFTER) if person.part.stage is Stage.DROPPED_OUT else until
    live_beside(person, living, turn=turn, first_on=first_on, zone=zone, until=until, rng=Random(turn))  # noqa: S311 - a story
    for visit in visits:
        if until < visit.starts_at <= ends_at < now:
            booking.cancel_visit(
                visit_id=visit.id, because="Did not come.", actor=person.coordinator, now=visit.starts_at + MISSED_AFTER
            )  # fmt: skip
    if person.part.stage in ENDS:
        how, because = ENDS[person.part.stage]
        plans.end_course(course_id=course_id, how=how, because=because, actor=person.prescriber, now=ends_at)


def _book_around_now(
    person: Person, course_id: UUID, *, turn: int, first_on: date, now: datetime, booked_at: datetime
) -> None:
    """Book a series one of whose sessions began `minutes_in` minutes ago, at whatever hour and day it is now.

    That session may stand too near to the doses before it (on a weekend, or late in the evening). Then it becomes
    the session of a dose earlier in the series, until the rules of spacing hold.
    """
    proposal = proposing.propose(
        course_id=course_id, first_dose_on=first_on, actor=person.coordinator, now=booked_at
    )
    chairs = proposal.desk.chairs if proposal.desk.uses_chairs else ()
    chair = chairs[turn % len(chairs)].id if chairs else None
    wanted = [visit.wanted for visit in proposal.visits if visit.wanted is not None]
    begun_at = (now - timedelta(minutes=person.part.minutes_in) - DOSED_AFTER).replace(
        second=0, microsecond=0
    )
    doses = sorted(
        (visit for visit in wanted if visit.kind == VisitKind.DOSING), key=lambda dose: dose.number
    )
    for dose in reversed([dose for dose in doses if dose.starts_at < now + HALF_A_WEEK]):
        running = WantedVisit(dose.kind, dose.number, begun_at, dose.clinician_id, chair)
        before = [
            visit for visit in wanted
            if visit.starts_at < begun_at - CLEAR and (visit.number < dose.number or visit.kind == VisitKind.PREPARATION)
        ]  # fmt: skip
        if _is_booked(person, course_id, [*before, running], booked_at):
            moved_by = begun_at.astimezone(proposal.desk.zone).date() - dose.starts_at.date()
            _book_the_rest(
                person, course_id, first_on + moved_by, after=begun_at + A_NIGHT, booked_at=booked_at
            )
            return
    raise AssertionError(f"no dose of {person.part.name} can be going on now")


def _is_booked(person: Person, course_id: UUID, visits: list[WantedVisit], booked_at: datetime) -> bool:
    try:
        booking.book_series(course_id=course_id, visits=visits, actor=person.coordinator, now=booked_at)
    except NotBookable:
        return False
    return True


def _book_the_rest(
    person: Person, course_id: UUID, first_on: date, *, after: datetime, booked_at: datetime
) -> None:
    """Book what follows the running session, as far as the rules of spacing allow; the rest is left to be booked."""
    proposal = proposing.propose(
        course_id=course_id, first_dose_on=first_on, actor=person.coordinator, now=booked_at
    )
    rest = [visit.wanted for visit in proposal.visits if visit.wanted is not None]
    rest = [visit for visit in rest if visit.starts_at > after]
    if rest:
        _is_booked(person, course_id, rest, booked_at)


def _living(person: Person, visits: Sequence[VisitRow], *, now: datetime) -> tuple[LivingPerson, datetime]:
    """Find the person with the doses that are booked, and until when they come and answer."""
    part, doses = person.part, [visit for visit in visits if visit.kind == VisitKind.DOSING]
    at = [visit.starts_at + DOSED_AFTER for visit in doses]
    living = person.living.dosed(at, timezone=visits[0].timezone, until=now)
    if part.stage is Stage.STOPPED:
        return living, now - timedelta(weeks=max(1, part.weeks_in - 3))
    if part.stage is Stage.DROPPED_OUT and living.comes_to < len(doses):
        return living, doses[living.comes_to].starts_at - A_NIGHT
    return living, now


def _live(
    person: Person, living: LivingPerson, visits: Sequence[VisitRow], *, until: datetime, rng: Random
) -> None:
    """Let every visit and every week up to a moment happen."""
    doses = [visit.id for visit in visits if visit.kind == VisitKind.DOSING]
    for visit in visits:
        if visit.kind == VisitKind.DOSING and visit.starts_at <= until:
            _dose(person, living.looks(doses.index(visit.id)), visit, until=until, rng=rng)
        elif visit.ends_at <= until and not _is_left_out(living, visit, visits, until):
            notes.write_visit_note(
                visit_id=visit.id, shared=rng.choice(SHARED), to_prescriber=_to_prescriber(living, visit),
                actor=person.therapist, now=visit.ends_at,
            )  # fmt: skip
    _answer_what_is_due(person, living, until=until, rng=rng)
    talk_over(person, tuple(visits), until=until)


def _dose(person: Person, looks: Sequence[Look], visit: VisitRow, *, until: datetime, rng: Random) -> None:
    sitter = ("Robin Marsh", "Alex Jordan", "Sam Whitlock")[rng.randint(0, 2)]
    booking.name_sitter(
        visit_id=visit.id, name=sitter, phone="555-0190", actor=person.coordinator,
        now=visit.starts_at - timedelta(days=1),
    )  # fmt: skip
    dosed_at = visit.starts_at + DOSED_AFTER
    order = orders_of(visit.course_id, actor=person.prescriber)[0]
    protocol = protocols.course_protocol(visit.protocol_id)
    plan = monitoring.monitoring_plan(protocol.monitoring)
    goes_on = dosed_at > until - LONGEST_RUNNING
    entries = session_entries(
        plan=plan,
        mg=float(order.dose_mg),
        looks=looks,
        longer=visit.number == 1,
        dosed_at=dosed_at,
        until=until,
        sitter=sitter,
        sedated=person.part.sedated and goes_on,
    )
    if entries:
        recorded_at = max(entry.taken_at for entry in entries)
        copy_session(visit_id=visit.id, entries=entries, actor=person.monitor, now=recorded_at)
        if form_for(plan.id) is not None and recorded_at + FILED_AFTER < until:
            file_form(visit_id=visit.id, reference="", actor=person.monitor, now=recorded_at + FILED_AFTER)


def _is_left_out(living: LivingPerson, visit: VisitRow, visits: Sequence[VisitRow], until: datetime) -> bool:
    """The last integration of somebody who is no better has not been held."""
    past = [each for each in visits if each.kind == VisitKind.INTEGRATION and each.ends_at <= until]
    is_no_better = living.gain_on(living.day_of(until.date())) < LITTLE
    return is_no_better and bool(past) and visit.id == past[-1].id


def _to_prescriber(living: LivingPerson, visit: VisitRow) -> str:
    if visit.kind == VisitKind.INTEGRATION and living.gain_on(living.day_of(visit.starts_at.date())) < WORSE:
        return "Sleeps less and worries more since the last dose; please look before the next one."
    return ""


def _answer_what_is_due(person: Person, living: LivingPerson, *, until: datetime, rng: Random) -> None:
    rows = asked.requests_of(person.id, actor=person.prescriber)
    zone = ZoneInfo(living.timezone)
    for due_on in sorted({row.due_on for row in rows if row.answered_at is None}):
        at = datetime.combine(due_on, time(7, 30), zone)
        day = living.day_of(due_on)
        if at <= until and round(day / DAYS_A_WEEK) not in person.part.skipped_weeks:
            answer_open(person, at=at, day=day, rng=rng, living=living)
