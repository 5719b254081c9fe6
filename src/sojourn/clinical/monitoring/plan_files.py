"""Reads the monitoring plans from their data files, and refuses rows that their own examples contradict."""

from collections.abc import Callable
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any, TypeVar

from sojourn.clinical.evidence import Basis, Table, read_citations, read_table
from sojourn.clinical.evidence.validity import above_zero, read_validity, rows_with_defaults
from sojourn.clinical.monitoring.plans import (
    CRITERIA,
    TESTS,
    UNITS,
    Alarm,
    ChecklistItem,
    Criterion,
    CriterionExample,
    Limit,
    LimitExample,
    MonitoringPlan,
    Sign,
)
from sojourn.clinical.monitoring.proofs import defects_of_criterion, defects_of_limit

DATA = files("sojourn.clinical.monitoring") / "data"

Row = TypeVar("Row")


class UnknownPlan(KeyError):
    """No monitoring plan has that id."""


@cache
def monitoring_plans() -> tuple[MonitoringPlan, ...]:
    """Give every monitoring plan."""
    return read_plans(DATA)


def read_plans(folder: Traversable) -> tuple[MonitoringPlan, ...]:
    """Read the plans of a folder with their checklist, limits, signs and criteria. Raises DataFileInvalid."""
    table = read_table(folder / "plans.toml", allowed=("defaults",), required=("plan",))
    return tuple(
        _plan_from(row, folder)
        for row in rows_with_defaults(table, "plan", allowed=_PLAN[0], required=_PLAN[1])
    )


def monitoring_plan(plan_id: str) -> MonitoringPlan:
    """Find one monitoring plan. Raises UnknownPlan."""
    for plan in monitoring_plans():
        if plan.id == plan_id:
            return plan
    raise UnknownPlan(plan_id)


def _plan_from(row: Table, folder: Traversable) -> MonitoringPlan:
    name = row.text("id")
    above_zero(row, "then_every", "observe_at_least", "observe_longer")
    times = row.wholes("vitals_at")
    if not times or times[0] <= 0 or list(times) != sorted(set(times)):
        raise row.refuse("vitals_at", "give the minutes after the dose, each once, the earliest first")
    plan = MonitoringPlan(
        id=name,
        version=row.text("version"),
        title=row.text("title"),
        at_home=row.flag("at_home"),
        dosing_minutes=row.whole("dosing_minutes"),
        vitals_at=row.wholes("vitals_at"),
        then_every=row.whole("then_every"),
        observe_at_least=row.whole("observe_at_least"),
        observe_longer=row.whole_or_none("observe_longer") or row.whole("observe_at_least"),
        vitals_says=row.text("vitals_says"),
        observe_says=row.text("observe_says"),
        patient_says=row.text("patient_says"),
        citations=read_citations(row),
        validity=read_validity(row),
        checklist=_rows(folder, "checklist.toml", "item", name, _ITEM, _item_from),
        limits_before=_rows(folder, "limits.toml", "limit", name, _LIMIT, _limit_from, phase="before"),
        limits_after=_rows(folder, "limits.toml", "limit", name, _LIMIT, _limit_from, phase="after"),
        signs=_rows(folder, "signs.toml", "sign", name, _SIGN, _sign_from),
        criteria=_rows(folder, "discharge.toml", "criterion", name, _CRITERION, _criterion_from),
        fresh_minutes=_file(folder / "discharge.toml", "criterion").whole("fresh_minutes"),
        confirmed_holds_minutes=_file(folder / "discharge.toml", "criterion").whole(
            "confirmed_holds_minutes"
        ),
    )
    _refuse_loose_ends(row, plan)
    return plan


def _refuse_loose_ends(row: Table, plan: MonitoringPlan) -> None:
    """Refuse a plan in which a row leads nowhere, or in which a whole part is missing."""
    items = {item.id for item in plan.checklist}
    for limit in plan.limits_before:
        if limit.cleared_by is not None and limit.cleared_by not in items:
            raise row.refuse(limit.id, f"is cleared by {limit.cleared_by}, which is no item of the checklist")
    criteria = {criterion.id for criterion in plan.criteria}
    for criterion in plan.criteria:
        if criterion.agreed_by is not None and criterion.agreed_by not in criteria:
            raise row.refuse(criterion.id, f"is agreed by {criterion.agreed_by}, which is no criterion")
    parts = {
        "checklist": plan.checklist,
        "limits before": plan.limits_before,
        "limits after": plan.limits_after,
        "signs": plan.signs,
        "discharge": plan.criteria,
    }
    for part, rows in parts.items():
        if not rows:
            raise row.refuse("id", f"{plan.id} has no {part}; name it in the `plans` of its rows")


_SAID = ("says", "patient_says", "basis", "citations")
_PLAN = (
    ("observe_longer",),
    (
        "id", "title", "at_home", "dosing_minutes", "vitals_at", "then_every", "observe_at_least",
        "vitals_says", "observe_says", "patient_says", "citations",
    ),
)  # fmt: skip
_ITEM = (("needed",), ("id", "plans", "asks", "when_no", "red", "patient_says", "basis", "citations"))
_LIMIT = (
    (*TESTS, "with_symptoms", "cleared_by"),
    ("id", "plans", "phase", "signal", "unit", "severity", "examples", *_SAID),
)
_SIGN = (("again", "plans"), ("id", "label", "severity", *_SAID))
_CRITERION = (
    (*sorted({name for names in CRITERIA.values() for name in names}), "examples", "lapses"),
    ("id", "plans", "kind", *_SAID),
)


def _rows(
    folder: Traversable,
    name: str,
    key: str,
    plan_id: str,
    keys: tuple[tuple[str, ...], tuple[str, ...]],
    made: Callable[[Table], Row],
    **wanted: Any,
) -> tuple[Row, ...]:
    rows = rows_with_defaults(_file(folder / name, key), key, allowed=keys[0], required=keys[1])
    plans = _plan_ids(folder)
    for row in rows:
        named = row.texts("plans")
        if "plans" in row and (not named or set(named) - plans):
            raise row.refuse("plans", f"name at least one of {', '.join(sorted(plans))}, and nothing else")
        if "phase" in keys[1]:
            row.choice("phase", ("before", "after"))
    return tuple(
        made(row)
        for row in rows
        if ("plans" not in row or plan_id in row.texts("plans"))
        and all(row.values[name] == value for name, value in wanted.items())
    )


def _plan_ids(folder: Traversable) -> set[str]:
    table = read_table(folder / "plans.toml", allowed=("defaults",), required=("plan",))
    rows = rows_with_defaults(table, "plan", allowed=_PLAN[0], required=_PLAN[1])
    return {row.text("id") for row in rows}


def _file(file: Traversable, key: str) -> Table:
    extra = ("fresh_minutes", "confirmed_holds_minutes") if key == "criterion" else ()
    return read_table(file, allowed=("defaults", *extra), required=(key, *extra))


def _basis(row: Table) -> Basis:
    return Basis(row.choice("basis", tuple(Basis)))


def _item_from(row: Table) -> ChecklistItem:
    return ChecklistItem(
        id=row.text("id"),
        asks=row.text("asks"),
        when_no=row.text("when_no"),
        patient_says=row.text("patient_says"),
        red=row.flag("red"),
        needed=row.flag("needed") if "needed" in row else True,
        basis=_basis(row),
        citations=read_citations(row),
        validity=read_validity(row),
    )


def _limit_from(row: Table) -> Limit:
    tests = [test for test in TESTS if test in row]
    if len(tests) != 1:
        raise row.refuse("signal", f"give exactly one test: {', '.join(TESTS)}")
    signal = row.choice("signal", tuple(UNITS))
    if row.text("unit") != UNITS[signal]:
        raise row.refuse("unit", f"limits of {signal} are written in {UNITS[signal]}")
    limit = Limit(
        id=row.text("id"),
        signal=signal,
        severity=Alarm(row.choice("severity", tuple(Alarm))),
        test=tests[0],
        value=row.number(tests[0]),
        with_symptoms=row.flag("with_symptoms") if "with_symptoms" in row else False,
        cleared_by=row.text_or_none("cleared_by"),
        says=row.text("says"),
        patient_says=row.text("patient_says"),
        basis=_basis(row),
        citations=read_citations(row),
        validity=read_validity(row),
        examples=tuple(
            LimitExample(
                value=example.number("value"),
                met=example.flag("met"),
                baseline=example.number_or_none("baseline"),
                symptoms=example.flag("symptoms") if "symptoms" in example else False,
            )
            for example in row.tables("examples", allowed=("baseline", "symptoms"), required=("value", "met"))
        ),
    )
    for defect in defects_of_limit(limit):
        raise row.refuse("examples", defect)
    return limit


def _sign_from(row: Table) -> Sign:
    severity = Alarm(row.choice("severity", tuple(Alarm)))
    return Sign(
        id=row.text("id"),
        label=row.text("label"),
        severity=severity,
        again=Alarm(row.choice("again", tuple(Alarm))) if "again" in row else severity,
        says=row.text("says"),
        patient_says=row.text("patient_says"),
        basis=_basis(row),
        citations=read_citations(row),
        validity=read_validity(row),
    )


def _criterion_from(row: Table) -> Criterion:
    kind = row.choice("kind", tuple(CRITERIA))
    names = CRITERIA[kind]
    if "lapses" in row and kind != "confirmed":
        raise row.refuse("lapses", f"is not used by '{kind}'; remove it")
    if extra := [
        name for name in _CRITERION[0] if name in row and name not in {*names, "examples", "lapses"}
    ]:
        raise row.refuse(extra[0], f"is not used by '{kind}'; remove it")
    criterion = Criterion(
        id=row.text("id"),
        kind=kind,
        says=row.text("says"),
        patient_says=row.text("patient_says"),
        values=tuple((name, row.number(name)) for name in names if name != "agreed_by"),
        agreed_by=row.text("agreed_by") if "agreed_by" in names else None,
        lapses=row.flag("lapses") if "lapses" in row else False,
        basis=_basis(row),
        citations=read_citations(row),
        validity=read_validity(row),
        examples=tuple(
            CriterionExample(
                met=example.flag("met"),
                value=example.number_or_none("value"),
                pressure=example.wholes("pressure"),
                baseline=example.wholes("baseline"),
                agreed=example.flag("agreed") if "agreed" in example else False,
            )
            for example in row.tables(
                "examples", allowed=("value", "pressure", "baseline", "agreed"), required=("met",)
            )
        ),
    )
    for defect in defects_of_criterion(criterion):
        raise row.refuse("examples", defect)
    return criterion
