"""Judges the check before a dose: the right patient, drug, dose, route and lot, checked in time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sojourn.clinical.monitoring.dose_rules import DoseRule, next_steps
from sojourn.clinical.monitoring.events import DoseChecked, Event, Witnessed
from sojourn.clinical.monitoring.session import Hold

A_HAIR = 1e-6  # mg; two writings of one number


@dataclass(frozen=True, slots=True)
class Ordered:
    """What the prescriber ordered, and the protocol's drug and route."""

    drug: str
    route: str
    mg: float | None


def wrongs_of(check: DoseChecked, *, rule: DoseRule, on: date) -> tuple[Hold, ...]:
    """Name everything that is wrong with the drug in hand; empty when all is right. `on`: the day where it is given."""
    found = [*_wrong_patient(check), *_wrong_drug(check), *_wrong_count(check, rule)]
    if not check.lot.strip():
        found.append(("lot", "The lot number is not noted."))
    if check.expires_on < on:
        found.append(
            ("expiry", f"Lot {check.lot} expired on {check.expires_on.isoformat()}. Take another one.")
        )
    then = next_steps()
    return tuple(Hold(f"dose-{name}", says, rule.citations, then[name]) for name, says in found)


def dose_check_holds(
    told: Sequence[Event], *, rule: DoseRule, ordered: Ordered, at: datetime, on: date
) -> tuple[Hold, ...]:
    """Say what the check before the dose still holds; `told` are the standing events in order of time."""
    checks = [event for event in told if isinstance(event, DoseChecked) and event.taken_at <= at]
    if not checks:
        return (Hold("dose-unchecked", f"The dose is not checked yet. {rule.says}", rule.citations),)
    latest = checks[-1]
    found = list(wrongs_of(latest, rule=rule, on=on))
    if _against(latest) != _as_ordered(ordered):
        found.append(
            Hold("dose-reordered", "The order changed after the dose check: check again.", rule.citations)
        )
    if at - latest.taken_at > rule.fresh:
        minutes = int(rule.fresh.total_seconds() // 60)
        says = f"The dose was checked more than {minutes} minutes ago: check again."
        found.append(Hold("dose-check-old", says, rule.citations))
    if rule.second_person and not is_witnessed(latest, told):
        says = "A second person has to see the drug in hand and say so in their own name."
        found.append(Hold("dose-unwitnessed", says, rule.citations))
    return tuple(found)


def is_witnessed(event: Event, told: Sequence[Event]) -> bool:
    """True when a second person said that they saw it; who that was stands with the event on record."""
    return any(isinstance(each, Witnessed) and each.about_id == event.event_id for each in told)


def _wrong_patient(check: DoseChecked) -> list[tuple[str, str]]:
    wrong = []
    if not check.name_matches:
        wrong.append("name")
    if not check.birth_matches:
        wrong.append("date of birth")
    if not wrong:
        return []
    is_are = "is" if len(wrong) == 1 else "are"
    says = f"Wrong patient: {' and '.join(wrong)} {is_are} not as on record. Stop, and find out who this is."
    return [("patient", says)]


def _wrong_drug(check: DoseChecked) -> list[tuple[str, str]]:
    if check.ordered_mg is None:
        return [("order", "No dose is ordered.")]
    found = []
    if check.drug != check.ordered_drug:
        found.append(("drug", f"Wrong drug: {check.drug} in hand, {check.ordered_drug} ordered."))
    if check.route != check.ordered_route:
        found.append(("route", f"Wrong route: {check.route}, and {check.ordered_route} is ordered."))
    if abs(check.mg - check.ordered_mg) > A_HAIR:
        how = "Above the order" if check.mg > check.ordered_mg else "Below the order"
        found.append(("dose", f"{how}: {check.mg:g} mg in hand, {check.ordered_mg:g} mg ordered."))
    return found


def _wrong_count(check: DoseChecked, rule: DoseRule) -> list[tuple[str, str]]:
    if not rule.unit:
        return []
    if check.count is None or check.unit != rule.unit:
        return [("count", f"The {rule.unit} are not counted.")]
    if rule.mg_each is not None and abs(check.count * rule.mg_each - check.mg) > A_HAIR:
        says = f"{check.count} {rule.unit} of {rule.mg_each:g} mg are not {check.mg:g} mg."
        return [("count", says)]
    expected = check.expected_count
    if expected is not None and abs(check.count - expected) > rule.may_differ_by:
        says = f"{check.count} {rule.unit} counted, and {expected} should be there: call the prescriber."
        return [("count", says)]
    return []


def _against(check: DoseChecked) -> tuple[str, str, float | None]:
    return check.ordered_drug, check.ordered_route, check.ordered_mg


def _as_ordered(ordered: Ordered) -> tuple[str, str, float | None]:
    return ordered.drug, ordered.route, ordered.mg
