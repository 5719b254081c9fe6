"""Seeds the demonstration practice by letting invented people live through the real actions."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from random import Random

from django.db import transaction

from sojourn.program.demonstration.agreements import rule_of
from sojourn.program.demonstration.cast import PATIENTS, PatientPart, Stage
from sojourn.program.demonstration.opening import House, open_house
from sojourn.program.demonstration.treatment_story import first_dose_day, treat
from sojourn.program.demonstration.way_in import come_in, consent, decide, settle_alarms
from sojourn.program.people import actions as people

SEED = 20261124
JOINED_BEFORE_DOSE = timedelta(days=21)
# The rule about age at home (ELIG-AGE-02) has a newer edition since November 1, 2026.
BEFORE_A_RULE_CHANGED = datetime(2026, 10, 20, 16, tzinfo=UTC)
UNDECIDED = {
    Stage.JOINED: timedelta(hours=1),
    Stage.ANSWERING: timedelta(hours=5),
    Stage.WAITING: timedelta(days=2),
}
NOT_TREATED = {*UNDECIDED, Stage.ASKED, Stage.DECLINED, Stage.REFERRED, Stage.CONSENTING}

Tell = Callable[[int, int], None]


def _tell_nobody(done: int, of: int) -> None:
    pass


def seed(*, now: datetime, tell: Tell = _tell_nobody, parts: Sequence[PatientPart] = PATIENTS) -> None:
    """Open the demonstration practice and let its people live up to `now`, in one transaction.

    The same `now` gives the same practice. `tell` hears how many people are done, of how many.
    """
    rng = Random(SEED)  # noqa: S311 - a story, not a secret
    with transaction.atomic():
        house = open_house(now=now)
        # Those whose session goes on now come first, so that later bookings see their chairs as taken.
        for turn, part in enumerate(parts):
            _live(part, turn=turn, house=house, now=now, rng=rng)
            tell(turn + 1, len(parts))
        settle_alarms(house, now=now)
        people.note_seeding(at=now)


def _live(part: PatientPart, *, turn: int, house: House, now: datetime, rng: Random) -> None:
    first_on = first_dose_day(part, now=now, zone=house.zones[part.site])
    if part.stage in NOT_TREATED:
        joined_at = now - UNDECIDED.get(part.stage, timedelta(days=9)) - timedelta(hours=3 * (turn % 7))
    else:
        before = now - timedelta(days=(now.date() - first_on).days) - JOINED_BEFORE_DOSE
        joined_at = min(before, now - timedelta(days=9)) - timedelta(hours=turn % 5)
    if part.joined_minutes_ago:
        joined_at = now - timedelta(minutes=part.joined_minutes_ago)
    if part.rules_of_another_day:
        joined_at = min(joined_at, BEFORE_A_RULE_CHANGED)
    person = come_in(part, turn=turn, house=house, joined_at=joined_at, rng=rng)
    decide(person, at=joined_at + timedelta(days=2))
    if part.stage in NOT_TREATED:
        return
    consent(person, at=joined_at + timedelta(days=4), rule=rule_of(person))
    treat(person, turn=turn, house=house, first_on=first_on, now=now, rng=rng)
