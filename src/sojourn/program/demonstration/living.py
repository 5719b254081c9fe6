"""What an invented person hopes for beside the scores: goals in their own words, function and well-being, a medicine."""

from datetime import date, datetime, time, timedelta
from random import Random
from uuid import UUID
from zoneinfo import ZoneInfo

from sojourn.clinical import instruments
from sojourn.program.demonstration.living_person import LivingPerson
from sojourn.program.demonstration.way_in import Person
from sojourn.program.measures import actions as measures
from sojourn.program.measures import goals
from sojourn.program.treatment.medicines import record_medicine_change

HOPES = (
    ("Get out of bed without negotiating", "Call my sister on Sundays"),
    ("Cook once a day", "Walk to the lake and back", "Answer the telephone"),
    ("Read to the end of a chapter",),
    ("Sit with the others at lunch", "Sleep without the radio"),
)
FULLY_REACHED = 4  # of a goal
DAYS_A_WEEK = 7
NOT_SAID = 0.15  # of the weeks
EVENING = time(19, 30)


def live_beside(
    person: Person,
    living: LivingPerson,
    *,
    turn: int,
    first_on: date,
    zone: ZoneInfo,
    until: datetime,
    rng: Random,
) -> None:
    """Let a person name goals and rate them weekly, and let the therapist enter function and well-being."""
    named_at = datetime.combine(first_on - timedelta(days=3), EVENING, zone)
    if named_at > until:
        return
    ids = [
        goals.name_goal(patient_id=person.id, words=words, actor=person.actor, now=named_at)
        for words in HOPES[turn % len(HOPES)]
    ]
    for goal_id in ids:
        _rate(person, living, goal_id, named_at, until, rng)
    for weeks in (0, 4, 12):
        on = first_on + timedelta(weeks=weeks) - timedelta(days=2 if weeks == 0 else 0)
        entered_at = datetime.combine(on + timedelta(days=1), EVENING, zone)
        if entered_at < until:
            _enter_beside(person, living, on, entered_at, rng)
    if turn % 5 == 0:
        record_medicine_change(
            patient_id=person.id, medicine="sertraline", what="changed", on=first_on - timedelta(days=6),
            detail="50 mg to 100 mg", actor=person.prescriber, now=named_at,
        )  # fmt: skip


def _rate(
    person: Person, living: LivingPerson, goal_id: UUID, named_at: datetime, until: datetime, rng: Random
) -> None:
    week = 0
    while (at := named_at + timedelta(weeks=week)) <= until:
        if rng.random() > NOT_SAID:
            reached = FULLY_REACHED * living.gain_on(DAYS_A_WEEK * week)
            near = min(FULLY_REACHED, max(0, round(reached) + rng.choice((-1, 0, 0, 0))))
            goals.rate_goal(goal_id=goal_id, value=near, actor=person.actor, now=at)
        week += 1


def _enter_beside(person: Person, living: LivingPerson, on: date, entered_at: datetime, rng: Random) -> None:
    better = max(0.0, living.gain_on(living.day_of(on)))
    for instrument_id, share in (("who-5", 0.4 + 0.4 * better), ("wsas", 0.7 - 0.5 * better)):
        answers: dict[str, str | int | None] = {}
        for item in instruments.get(instrument_id).items:
            values = sorted(option.value for option in item.options if option.points is not None)
            place = round(share * (len(values) - 1)) + rng.choice((0, 0, 1))
            answers[item.id] = values[min(len(values) - 1, place)]
        measures.enter_response(
            patient_id=person.id, instrument_id=instrument_id, raw_answers=answers, answered_on=on, stated_total="",
            accept_blanks=True, actor=person.therapist, now=entered_at,
        )  # fmt: skip
