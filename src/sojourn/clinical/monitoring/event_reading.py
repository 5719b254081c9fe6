"""Reads events from a form or from where they were stored, and gives the facts to store."""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from typing import Any

from sojourn.clinical.monitoring import medicine_reading
from sojourn.clinical.monitoring.event_fields import Fields
from sojourn.clinical.monitoring.events import (
    KINDS,
    OWN_UNIT,
    UNITS,
    Acknowledged,
    Alarmed,
    Called,
    Cancelled,
    Checked,
    Confirmed,
    Corrected,
    Discharged,
    Event,
    HelpAsked,
    Left,
    Looked,
    Missed,
    NextMorning,
    Noted,
    Noticed,
    PickedUp,
    Rated,
    Refused,
    RoleAccepted,
    SeriousTold,
    Struck,
    VitalTaken,
    Witnessed,
)
from sojourn.clinical.quantities import BloodPressure, HeartRate, OxygenSaturation, RespiratoryRate


class EventInvalid(ValueError):
    """What was entered is not an event. `problems` maps each field to a message in plain words."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        super().__init__("; ".join(f"{field}: {message}" for field, message in problems.items()))
        self.problems = dict(problems)


def read_event(*, kind: str, facts: Mapping[str, Any], taken_at: datetime, event_id: str = "") -> Event:
    """Read an event from texts of a form or from stored facts; both use the same names.

    vital_taken: systolic, diastolic, heart_rate, spo2, respiratory_rate, symptoms · rated: moaas,
    dissociation
    checked: item, passed, words · dosed: mg, words · noticed: sign, words · confirmed: criterion, words
    dose_checked: name_matches, birth_matches, drug, route, mg, lot, expires_on, ordered_drug, ordered_route,
    ordered_mg, count, expected_count, unit, words · witnessed: about_id, words
    accounted: drug, unit, dispensed, given, wasted, returned, words
    noted, looked, discharged, left, cancelled: words · called: whom, reached, words
    medicated: drug, amount, unit, words · alarmed: limit_id, severity, about_id, words
    help_asked, role_accepted, picked_up: words · next_morning: slept, well, words · refused: of, typed, why
    missed: step, does, look_due_at, words · serious: happened, what, treatment, hospital, outcome
    acknowledged: limit_id, about_id, words · struck: struck_id, words · corrected: struck_id, replaced_by, words
    Blank means not measured.
    Raises EventInvalid with a message for each field.
    """
    if kind not in KINDS:
        raise EventInvalid({"kind": f"Choose one of {', '.join(KINDS)}."})
    if taken_at.tzinfo is None:
        raise EventInvalid({"taken_at": "Give the time with its time zone."})
    read = Fields(facts)
    made = _READERS[kind](read, {"taken_at": taken_at.astimezone(UTC), "event_id": event_id})
    if read.problems or made is None:
        raise EventInvalid(read.problems)
    return made


def facts_of(event: Event) -> dict[str, Any]:
    """Give what to store beside the kind, the time and the id; `read_event` makes an equal event of it."""
    if isinstance(event, VitalTaken):
        return _vital_facts(event)
    return {
        name: value.isoformat() if isinstance(value, date) else value
        for name in event.__dataclass_fields__
        if name not in {"taken_at", "event_id"} and (value := getattr(event, name)) not in {None, ""}
    }


def units_of(facts: Mapping[str, Any]) -> dict[str, str]:
    """Give the unit of each number among stored facts."""
    found = {name: unit for name, unit in UNITS.items() if name in facts}
    return found | {name: str(facts["unit"]) for name in OWN_UNIT if name in facts and "unit" in facts}


def _vital_facts(event: VitalTaken) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if event.blood_pressure is not None:
        found["systolic"] = event.blood_pressure.systolic_mmhg
        found["diastolic"] = event.blood_pressure.diastolic_mmhg
    if event.heart_rate is not None:
        found["heart_rate"] = event.heart_rate.per_min
    if event.spo2 is not None:
        found["spo2"] = event.spo2.percent
    if event.respiratory_rate is not None:
        found["respiratory_rate"] = event.respiratory_rate.per_min
    if event.symptoms:
        found["symptoms"] = True
    return found


def _checked(read: Fields, at: dict[str, Any]) -> Event | None:
    passed = read.yes("passed")
    if passed is None:
        read.problems["passed"] = "Please answer yes or no."
        return None
    return Checked(
        **at, item=read.words("item", needed="Which item?"), passed=passed, words=read.words("words")
    )


def _vital_taken(read: Fields, at: dict[str, Any]) -> Event | None:
    taken = VitalTaken(
        **at,
        blood_pressure=_blood_pressure(read),
        heart_rate=read.measured("heart_rate", HeartRate),
        spo2=read.measured("spo2", OxygenSaturation),
        respiratory_rate=read.measured("respiratory_rate", RespiratoryRate),
        symptoms=_symptoms(read),
    )
    measured = (taken.blood_pressure, taken.heart_rate, taken.spo2, taken.respiratory_rate)
    if not read.problems and not taken.symptoms and all(value is None for value in measured):
        read.problems["systolic"] = "Please enter at least one vital sign."
    return taken


def _symptoms(read: Fields) -> bool:
    said = read.yes("symptoms")
    if said is None and read.facts.get("symptoms") not in {None, ""}:
        read.problems["symptoms"] = "Please say yes or no to symptoms."  # an unclear word is never a no
    return said or False


def _blood_pressure(read: Fields) -> BloodPressure | None:
    systolic, diastolic = read.whole("systolic"), read.whole("diastolic")
    if systolic is None and diastolic is None:
        return None
    if systolic is None or diastolic is None:
        missing = "systolic" if systolic is None else "diastolic"
        read.problems.setdefault(missing, "Please enter both numbers of the blood pressure.")
        return None
    try:
        return BloodPressure(systolic_mmhg=systolic, diastolic_mmhg=diastolic)
    except ValueError as refused:
        is_lower = "lower number" in str(refused) and "upper number" not in str(refused)
        read.problems["diastolic" if is_lower else "systolic"] = str(refused)
        return None


def _rated(read: Fields, at: dict[str, Any]) -> Event | None:
    rated = Rated(**at, moaas=read.bounded("moaas", 0, 5), dissociation=read.bounded("dissociation", 0, 10))
    if not read.problems and rated.moaas is None and rated.dissociation is None:
        read.problems["moaas"] = "Please enter at least one rating."
    return rated


def _called(read: Fields, at: dict[str, Any]) -> Event | None:
    reached = read.yes("reached")
    if reached is None:
        read.problems["reached"] = "Please say whether they were reached."
        return None
    return Called(
        **at, whom=read.words("whom", needed="Who was called?"), reached=reached, words=read.words("words")
    )


def _next_morning(read: Fields, at: dict[str, Any]) -> Event | None:
    answers = {name: read.yes(name) for name in ("slept", "well")}
    read.problems |= {name: "Please answer yes or no." for name, said in answers.items() if said is None}
    slept, well = answers["slept"], answers["well"]
    if slept is None or well is None:
        return None
    return NextMorning(**at, slept=slept, well=well, words=read.words("words"))


def _serious(read: Fields, at: dict[str, Any]) -> Event | None:
    happened, hospital = read.yes("happened"), read.yes("hospital")
    if happened is None:
        read.problems["happened"] = "Please answer yes or no."
        return None
    if not happened:
        return SeriousTold(**at, happened=False)
    if hospital is None:
        read.problems["hospital"] = "Did they go to a hospital?"
    return SeriousTold(
        **at,
        happened=True,
        what=read.words("what", needed="What happened?"),
        treatment=read.words("treatment", needed="What was done? Write none where nothing was."),
        hospital=hospital,
        outcome=read.words("outcome", needed="How is the patient now?"),
    )


_READERS: dict[str, Callable[[Fields, dict[str, Any]], Event | None]] = {
    "checked": _checked,
    "dose_checked": medicine_reading.dose_checked,
    "witnessed": lambda read, at: Witnessed(
        **at, about_id=read.words("about_id", needed="Which entry?"), words=read.words("words")
    ),
    "accounted": medicine_reading.accounted,
    "dosed": medicine_reading.dosed,
    "vital_taken": _vital_taken,
    "rated": _rated,
    "looked": lambda read, at: Looked(**at, words=read.words("words")),
    "called": _called,
    "medicated": medicine_reading.medicated,
    "alarmed": lambda read, at: Alarmed(
        **at,
        limit_id=read.words("limit_id", needed="Which limit?"),
        severity=read.words("severity", needed="How urgent?"),
        about_id=read.words("about_id", needed="By which entry?"),
        words=read.words("words"),
    ),
    "acknowledged": lambda read, at: Acknowledged(
        **at,
        limit_id=read.words("limit_id", needed="Which limit?"),
        about_id=read.words("about_id", needed="By which entry?"),
        words=read.words("words"),
    ),
    "missed": lambda read, at: Missed(
        **at,
        step=read.words("step", needed="Which step?"),
        does=read.words("does", needed="What does the step do?"),
        look_due_at=read.words("look_due_at", needed="When was the look due?"),
        words=read.words("words"),
    ),
    "noticed": lambda read, at: Noticed(
        **at, sign=read.words("sign", needed="What did you notice?"), words=read.words("words")
    ),
    "confirmed": lambda read, at: Confirmed(
        **at, criterion=read.words("criterion", needed="Which criterion?"), words=read.words("words")
    ),
    "help_asked": lambda read, at: HelpAsked(**at, words=read.words("words")),
    "role_accepted": lambda read, at: RoleAccepted(
        **at, words=read.words("words", needed="Please write your name.")
    ),
    "picked_up": lambda read, at: PickedUp(**at, words=read.words("words")),
    "next_morning": _next_morning,
    "refused": lambda read, at: Refused(
        **at,
        of=read.words("of", needed="Which kind of reading?"),
        typed=read.words("typed", needed="What was entered?"),
        why=read.words("why", needed="Why was it refused?"),
    ),
    "serious": _serious,
    "noted": lambda read, at: Noted(**at, words=read.words("words", needed="Please write the note.")),
    "discharged": lambda read, at: Discharged(**at, words=read.words("words")),
    "left": lambda read, at: Left(**at, words=read.words("words", needed="Please say with whom they left.")),
    "cancelled": lambda read, at: Cancelled(
        **at, words=read.words("words", needed="Please say why the session ended.")
    ),
    "struck": lambda read, at: Struck(
        **at,
        struck_id=read.words("struck_id", needed="Which entry?"),
        words=read.words("words", needed="Please say what was wrong."),
    ),
    "corrected": lambda read, at: Corrected(
        **at,
        struck_id=read.words("struck_id", needed="Which entry?"),
        replaced_by=read.words("replaced_by", needed="By which entry?"),
        words=read.words("words", needed="Please say what was wrong."),
    ),
}
