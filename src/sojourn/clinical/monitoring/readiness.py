"""Judges what a session still needs from what is known beforehand. What nobody has said is missing, never fine."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta, tzinfo

from sojourn.clinical.monitoring.readiness_items import ReadinessItem, readiness_items

FEW = 1  # tablets by which a count may differ before it holds (program policy)
SAID_FOR_THE_DAY = timedelta(
    hours=24
)  # what is eaten until when is said of the day before; older was for another day


@dataclass(frozen=True, slots=True)
class Said:
    """What somebody said about one thing: who, when, and what of it, as `value`."""

    value: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is known about a session beforehand. None: nobody has said.

    `medicines`: classes of medicine taken; `pregnancy`: the answer of the assessment; `pregnancy_test`: what the
    clinical screen says of a test, and from when; `tested`: a test noted for this session, "negative" or "positive" and
    its day. `tablets_expected`: what should be in the box by what was sent and taken, last at `tablets_changed_at`.
    `had_dose`: a dose of this course was given before, in whichever session; until then this is the first.
    `answered_at`: when the answers of the assessment were given. `judged_at`: now; a session that runs into another day
    is judged by that day.
    """

    starts_at: datetime
    zone: tzinfo
    number: int
    consented: bool
    prepared: bool
    ordered: bool
    forms_waiting: int
    companion: Said | None = None
    eats_nothing_from: datetime | None = None
    fasting: Said | None = None
    medicines: frozenset[str] | None = None
    medicines_settled: Said | None = None
    pregnancy: str | None = None
    pregnancy_test: str | None = None
    tested: Said | None = None
    tested_on: date | None = None
    tablets: Said | None = None
    tablets_expected: int | None = None
    tablets_changed_at: datetime | None = None
    had_dose: bool = False
    dose_before: bool = False
    integrated: bool = False
    answered_at: datetime | None = None
    judged_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Judged:
    """One item as it stands: `holds` only where it is missing and no dose is given without it."""

    item: ReadinessItem
    is_ready: bool
    holds: bool
    says: str
    said: Said | None = None


def judge_readiness(known: Known, *, plan_id: str) -> tuple[Judged, ...]:
    """Say of each thing the session needs whether it is there; what does not apply is left out."""
    found = (JUDGES[item.kind](item, known) for item in readiness_items(plan_id))
    return tuple(judged for judged in found if judged is not None)


def _judged(item: ReadinessItem, says: str, *, ready: bool, said: Said | None = None) -> Judged:
    return Judged(item, ready, holds=item.holds and not ready, says=says, said=said)


def _consent(item: ReadinessItem, known: Known) -> Judged:
    says = "signed and in force" if known.consented else "not signed for this protocol"
    return _judged(item, says, ready=known.consented)


def _preparation(item: ReadinessItem, known: Known) -> Judged:
    found = _judged(item, "held" if known.prepared else "not held yet", ready=known.prepared)
    return replace(found, holds=False) if known.had_dose else found


def _order(item: ReadinessItem, known: Known) -> Judged:
    return _judged(item, "a dose is ordered" if known.ordered else "no dose is ordered", ready=known.ordered)


def _forms(item: ReadinessItem, known: Known) -> Judged:
    waiting = known.forms_waiting
    return _judged(item, "waiting for answers" if waiting else "nothing is due", ready=not waiting)


def _companion(item: ReadinessItem, known: Known) -> Judged:
    said = known.companion
    return _judged(item, said.value if said else "nobody is named", ready=said is not None, said=said)


def _fasting(item: ReadinessItem, known: Known) -> Judged:
    latest = known.starts_at - item.food_before
    begins, needed = known.eats_nothing_from, _told(latest, known)
    if begins is None or known.fasting is None:
        return _judged(item, f"not said yet; nothing to eat from {needed}", ready=False)
    if known.starts_at - begins > SAID_FOR_THE_DAY:
        says = f"said for another time; nothing to eat from {needed}"
        return _judged(item, says, ready=False, said=known.fasting)
    told = _told(begins, known)
    if begins > latest:
        return _judged(item, f"eats until {told}, and must stop by {needed}", ready=False, said=known.fasting)
    return _judged(item, f"eats nothing from {told}", ready=True, said=known.fasting)


def _told(at: datetime, known: Known) -> str:
    """Say a time as the pages do, by the clock where the session is: 7:00 AM."""
    return at.astimezone(known.zone).strftime("%I:%M %p").lstrip("0")


def _medicines(item: ReadinessItem, known: Known) -> Judged | None:
    if known.medicines_settled is not None:
        return _judged(item, known.medicines_settled.value, ready=True, said=known.medicines_settled)
    if known.medicines is None or "unknown" in known.medicines:
        return _judged(item, "the list of medicines is not known", ready=False)
    taken = [name for name in item.classes if name in known.medicines]
    if not taken:
        return None
    return _judged(item, f"not talked over: {', '.join(taken)}", ready=False)


def _pregnancy(item: ReadinessItem, known: Known) -> Judged | None:
    """A test holds where one is known to be needed; where nobody has said, it is marked for a clinician to say."""
    on = max(known.starts_at, known.judged_at or known.starts_at).astimezone(known.zone).date()
    if _is_pregnant_by_answers(known):
        return _judged(item, "pregnant by the answers on record: no dose", ready=False)
    if known.tested is not None and known.tested_on is not None:
        if known.tested.value != "negative":
            return _judged(item, f"test {known.tested.value}: no dose", ready=False, said=known.tested)
        if timedelta(0) <= on - known.tested_on <= timedelta(days=item.good_days):
            says = f"negative on {known.tested_on.isoformat()}"
            return _judged(item, says, ready=True, said=known.tested)
        return _judged(
            item, f"the test of {known.tested_on.isoformat()} is too old", ready=False, said=known.tested
        )
    if known.pregnancy_test == "not_needed":
        return None
    if known.pregnancy_test is not None or known.pregnancy in {"trying", "unknown"}:
        return _judged(item, "needed, and none is noted", ready=False)
    if known.had_dose:
        return None
    return replace(_judged(item, "no clinician has said whether one is needed", ready=False), holds=False)


def _is_pregnant_by_answers(known: Known) -> bool:
    """True until a test is noted after these answers: one noted before them says nothing against them."""
    if known.pregnancy_test != "positive" and known.pregnancy != "pregnant":
        return False
    is_older = (
        known.answered_at is not None and known.tested is not None and known.answered_at < known.tested.at
    )
    return not is_older


def _tablets(item: ReadinessItem, known: Known) -> Judged:
    if known.tablets is None:
        return replace(_judged(item, "not counted yet", ready=False), holds=False)
    counted, expected = int(known.tablets.value), known.tablets_expected
    changed_at = known.tablets_changed_at
    if changed_at is not None and known.tablets.at < changed_at:
        says = f"{counted} counted before the last shipment or session: count again"
        return replace(_judged(item, says, ready=False, said=known.tablets), holds=False)
    if expected is None:
        return _judged(item, f"{counted} counted", ready=True, said=known.tablets)
    says = f"{counted} counted, {expected} should be there"
    found = _judged(item, says, ready=counted == expected, said=known.tablets)
    return replace(found, holds=abs(counted - expected) > FEW)


def _integration(item: ReadinessItem, known: Known) -> Judged | None:
    if not known.dose_before:
        return None
    says = "held" if known.integrated else f"not held since dose {known.number - 1}"
    return _judged(item, says, ready=known.integrated)


JUDGES: dict[str, Callable[[ReadinessItem, Known], Judged | None]] = {
    "consent": _consent,
    "preparation": _preparation,
    "order": _order,
    "companion": _companion,
    "forms": _forms,
    "fasting": _fasting,
    "medicines": _medicines,
    "pregnancy": _pregnancy,
    "tablets": _tablets,
    "integration": _integration,
}
