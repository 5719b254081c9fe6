"""The ledger's entries about dosing sessions: checklist, vital signs, alarms, signs and leaving."""

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from sojourn.clinical.evidence import Basis
from sojourn.clinical.monitoring import Ladder, MonitoringPlan, ladders, monitoring_plan, monitoring_plans
from sojourn.clinical.monitoring.plans import (
    ChecklistItem,
    Criterion,
    CriterionExample,
    Limit,
    LimitExample,
    Sign,
)
from sojourn.clinical.protocols.ledger.entries import Entry, Where

Row = TypeVar("Row", ChecklistItem, Limit, Sign, Criterion)
QUIETED_BY = {
    "look": "a look without vital signs, a call that reached somebody, or an alarm taken on",
    "call": "a step taken on, or a call that reached somebody; taking the call itself on ends it",
    "sitter_look": "a step taken on, or a call that reached somebody",
}


def entries_of_sessions() -> Iterator[Entry]:
    """Give the entries of each part of a session; a row that several plans share stands once."""
    yield from (_of_plan(plan) for plan in monitoring_plans())
    yield from _shared(lambda plan: plan.checklist, _of_item)
    yield from _shared(lambda plan: (*plan.limits_before, *plan.limits_after), _of_limit)
    yield from _shared(lambda plan: plan.signs, _of_sign)
    yield from _shared(lambda plan: plan.criteria, _of_criterion)
    yield from (_of_ladder(ladder) for ladder in ladders())


def _shared(
    rows: Callable[[MonitoringPlan], Iterable[Row]], made: Callable[[Row, list[str]], Entry]
) -> Iterator[Entry]:
    found: dict[str, tuple[Row, list[str]]] = {}
    for plan in monitoring_plans():
        for row in rows(plan):
            found.setdefault(row.id, (row, []))[1].append(plan.title)
    yield from (made(row, plans) for row, plans in found.values())


def _of_plan(plan: MonitoringPlan) -> Entry:
    return Entry(
        id=f"PLAN-{plan.id}",
        family="Vital signs and observation",
        says=f"{plan.vitals_says} {plan.observe_says}",
        patient_says=plan.patient_says,
        where=(Where(plan.title, "schedule", Basis.PROGRAM_POLICY),),
        citations=plan.citations,
        validity=plan.validity,
        unknown="a look that was missed stays on the record as missed",
        note=f"Due at {', '.join(str(each) for each in plan.vitals_at)} minutes, then every {plan.then_every}.",
    )


def _of_item(row: ChecklistItem, plans: list[str]) -> Entry:
    return Entry(
        id=f"CHECK-{row.id}",
        family="Before the dose: checklist",
        says=f"{row.asks} If not: {row.when_no}",
        patient_says=row.patient_says,
        where=_where(plans, "holds the session" if row.red else "is noted", row.basis),
        citations=row.citations,
        validity=row.validity,
        unknown="an item without an answer stands between the patient and the dose",
    )


def _of_limit(row: Limit, plans: list[str]) -> Entry:
    before = row.id.startswith("BEFORE")
    return Entry(
        id=row.id,
        family="Limits before the dose" if before else "Alarm thresholds",
        says=f"{row.signal.replace('_', ' ').capitalize()}: {row.says}",
        patient_says=row.patient_says,
        where=_where(plans, row.severity.value, row.basis),
        citations=row.citations,
        validity=row.validity,
        unknown="a value that was not taken is due, and missed when nobody looks",
        examples=tuple(_value(row, each) for each in row.examples),
        note=f"Lifted by the checklist item {row.cleared_by}." if row.cleared_by else "",
    )


def _value(row: Limit, example: LimitExample) -> str:
    before = f" after {example.baseline:g} before the dose" if example.baseline is not None else ""
    symptoms = " with symptoms" if example.symptoms else ""
    return f"{example.value:g} {row.unit}{before}{symptoms}: {'alarm' if example.met else 'no alarm'}"


def _of_sign(row: Sign, plans: list[str]) -> Entry:
    again = f", {row.again.value} the second time" if row.again is not row.severity else ""
    return Entry(
        id=f"SIGN-{row.id}",
        family="Signs somebody may notice",
        says=f"{row.label}. {row.says}",
        patient_says=row.patient_says,
        where=_where(plans, f"{row.severity.value}{again}", row.basis),
        citations=row.citations,
        validity=row.validity,
    )


def _of_criterion(row: Criterion, plans: list[str]) -> Entry:
    return Entry(
        id=f"LEAVE-{row.id}",
        family="Leaving: all must hold",
        says=row.says,
        patient_says=row.patient_says,
        where=_where(
            plans, "asked where another one needs it" if row.kind == "optional" else "must hold", row.basis
        ),
        citations=row.citations,
        validity=row.validity,
        unknown="what was not seen lately, or not confirmed, does not hold",
        examples=tuple(_leaving(each) for each in row.examples),
    )


def _leaving(example: CriterionExample) -> str:
    met = "holds" if example.met else "does not hold"
    if example.pressure:
        agreed = ", clinician agrees" if example.agreed else ""
        now, before = ("/".join(str(each) for each in pair) for pair in (example.pressure, example.baseline))
        return f"{now} mmHg and declining, baseline {before}{agreed}: {met}"
    return f"{example.value:g}: {met}"


def _of_ladder(row: Ladder) -> Entry:
    steps = "; ".join(
        f"{step.after.seconds // 60} minutes, {step.severity.value}, {step.owner}: {step.says}"
        for step in row.steps
    )
    urgent = ", ".join(f"{step.after_urgent.seconds // 60}" for step in row.steps) + " minutes"
    return Entry(
        id=f"MISSED-{row.id}",
        family="When a look is missed, or a call for help",
        says=row.says,
        patient_says=row.patient_says,
        where=_where([monitoring_plan(plan).title for plan in row.plans], "every step is taken", row.basis),
        citations=row.citations,
        validity=row.validity,
        unknown="a look that is not on record counts as missed",
        note=f"{steps} Sooner when the last reading was red, oxygen below {row.urgent_spo2_below:g} %, or suicide "
        f"was spoken of: {urgent}. Quiet for {row.quiet.seconds // 60} minutes after {QUIETED_BY[row.follows]}.",
    )


def _where(plans: list[str], weight: str, basis: Basis) -> tuple[Where, ...]:
    return tuple(Where(title, weight, basis) for title in plans)
