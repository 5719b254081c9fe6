"""Where a session begins and ends by its events: the dose, the discharge, and until when somebody was watched."""

from sojourn.clinical.monitoring.documents.values import Entry, NotDerivable, SessionRecord
from sojourn.clinical.monitoring.events import Cancelled, Discharged, Dosed, Left, VitalTaken

ENDED_HOW = {
    Discharged: "discharged",
    Left: "the patient left without a discharge",
    Cancelled: "ended without a dose",
}


def doses(record: SessionRecord) -> list[Entry]:
    """Every dose that stands, in order of time."""
    return [e for e in record.standing if isinstance(e.event, Dosed)]


def first_dose(record: SessionRecord) -> Entry:
    """The dose that began the session. Raises NotDerivable."""
    given = doses(record)
    if not given:
        raise NotDerivable("No dose stands on record.")
    return given[0]


def discharge(record: SessionRecord) -> Entry:
    """The discharge after the dose. Raises NotDerivable: without one, or before the dose, nobody was discharged from it."""
    told = [e for e in record.standing if isinstance(e.event, Discharged)]
    if left_undischarged(record):
        raise NotDerivable(
            "The patient left without a discharge, so this is not made of the record. "
            "Fill it in by hand from the note, and note here that it was filed."
        )
    if not told:
        raise NotDerivable("No discharge stands on record, so this cannot be made yet.")
    dosed_at = first_dose(record).event.taken_at
    after = [e for e in told if e.event.taken_at >= dosed_at]
    if not after:
        raise NotDerivable("The discharge on record is before the dose: one of the two times is wrong.")
    return after[0]


def left_undischarged(record: SessionRecord) -> bool:
    """True where the patient had a dose, is gone, and no discharge after the dose is on record."""
    dosed_at, ended_at = record.state.dosed_at, record.state.ended_at
    if dosed_at is None or ended_at is None:
        return False
    return not any(isinstance(e.event, Discharged) and e.event.taken_at >= dosed_at for e in record.standing)


def end(record: SessionRecord) -> Entry | None:
    """What ended the session, of a discharge and a leaving at one moment the discharge; None while it runs."""
    ended_at = record.state.ended_at
    if ended_at is None:
        return None
    ends = (Discharged, Left) if record.state.dosed_at is not None else (Cancelled,)
    told = [e for e in record.standing if isinstance(e.event, ends) and e.event.taken_at == ended_at]
    return min(told, key=lambda e: isinstance(e.event, Left))


def watched_until(record: SessionRecord) -> Entry:
    """Until when the patient was watched: the discharge, or that they left, whichever was sooner. Raises NotDerivable.

    Who left without a discharge was watched until then; only a form asks for the discharge itself.
    """
    first_dose(record)
    return end(record) or discharge(record)


def minutes_watched(record: SessionRecord) -> int:
    """Whole minutes from the first dose until then. Raises NotDerivable."""
    elapsed = watched_until(record).event.taken_at - first_dose(record).event.taken_at
    return int(elapsed.total_seconds() // 60)


def after_dose(record: SessionRecord) -> list[Entry]:
    """What was true after the first dose, in order of time."""
    given = doses(record)
    return [e for e in record.standing if given and e.event.taken_at > given[0].event.taken_at]


def until_dose(record: SessionRecord) -> list[Entry]:
    """What was true until the first dose, in order of time; nothing where there was none."""
    given = doses(record)
    return [e for e in record.standing if given and e.event.taken_at <= given[0].event.taken_at]


def while_watched(record: SessionRecord) -> list[Entry]:
    """What was true from the first dose until the patient was watched no more. Raises NotDerivable."""
    until = watched_until(record).event.taken_at
    return [e for e in after_dose(record) if e.event.taken_at <= until]


def while_it_ran(record: SessionRecord) -> list[Entry]:
    """What was true from the first dose until the session ended, or until now; nothing where there was no dose."""
    ended_at = record.state.ended_at
    return [e for e in after_dose(record) if ended_at is None or e.event.taken_at <= ended_at]


def with_pressure(entries: list[Entry]) -> list[Entry]:
    """Those that measured a blood pressure."""
    return [e for e in entries if isinstance(e.event, VitalTaken) and e.event.blood_pressure]
