"""Monitoring plans as data: what is asked before a dose, when to look, what alarms, who may leave."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Any, TypeVar

from sojourn.clinical.evidence import Basis, Citation, Table, read_citations, read_table

DATA = files("sojourn.clinical.monitoring") / "data"
SIGNALS = ("systolic", "diastolic", "heart_rate", "spo2", "respiratory_rate", "moaas", "dissociation")
TESTS = ("at_least", "above", "at_most", "below", "rise")
CRITERIA = {
    "minimum_observation": (),
    "sedation_at_least": ("least",),
    "dissociation_at_most": ("most",),
    "pressure_settled": (
        "within_systolic", "within_diastolic", "below_systolic", "below_diastolic", "agreed_by",
    ),
    "oxygen_at_least": ("least",),
    "breathing_between": ("least", "most"),
    "confirmed": (),
    "named": (),
    "optional": (),
}  # fmt: skip

Row = TypeVar("Row")


class Alarm(StrEnum):
    """How urgent a crossed limit is. Listed from the most to the least urgent."""

    EMERGENCY = "emergency"
    RED = "red"
    AMBER = "amber"

    @property
    def rank(self) -> int:
        """Zero for the most urgent."""
        return list(Alarm).index(self)


class UnknownPlan(KeyError):
    """No monitoring plan has that id."""


@dataclass(frozen=True, slots=True)
class ChecklistItem:
    """A question before the dose, worded so that yes is good. `red`: a no holds the session.

    An item that is not `needed` is answered only where a limit before the dose calls for it.
    """

    id: str
    asks: str
    when_no: str
    red: bool
    needed: bool
    basis: Basis
    citations: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class Limit:
    """A value that calls for somebody. `cleared_by`: the checklist item that lifts the hold before a dose."""

    id: str
    signal: str
    severity: Alarm
    test: str
    value: float
    with_symptoms: bool
    cleared_by: str | None
    says: str
    basis: Basis
    citations: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class Sign:
    """Something to notice; `again` is its severity when noticed a second time."""

    id: str
    label: str
    severity: Alarm
    again: Alarm
    says: str
    basis: Basis
    citations: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class Criterion:
    """A condition for leaving. `values` holds the numbers its kind needs, by name."""

    id: str
    kind: str
    says: str
    values: tuple[tuple[str, float], ...]
    agreed_by: str | None
    basis: Basis
    citations: tuple[Citation, ...]

    def value(self, name: str) -> float:
        return dict(self.values)[name]


@dataclass(frozen=True, slots=True)
class MonitoringPlan:
    """Times are minutes from the first dose. `observe_longer` holds for first sessions and raised doses."""

    id: str
    version: str
    title: str
    at_home: bool
    dosing_minutes: int
    vitals_at: tuple[int, ...]
    then_every: int
    observe_at_least: int
    observe_longer: int
    vitals_says: str
    observe_says: str
    citations: tuple[Citation, ...]
    checklist: tuple[ChecklistItem, ...]
    limits_before: tuple[Limit, ...]
    limits_after: tuple[Limit, ...]
    signs: tuple[Sign, ...]
    criteria: tuple[Criterion, ...]
    fresh_minutes: int

    def sign(self, sign_id: str) -> Sign | None:
        return next((sign for sign in self.signs if sign.id == sign_id), None)


@cache
def monitoring_plans() -> tuple[MonitoringPlan, ...]:
    """Give every monitoring plan. Raises DataFileInvalid for a defect in its data."""
    table = read_table(DATA / "plans.toml", allowed=(), required=("plan",))
    required = (
        "id", "version", "title", "at_home", "dosing_minutes", "vitals_at", "then_every", "observe_at_least",
        "vitals_says", "observe_says", "citations",
    )  # fmt: skip
    return tuple(
        _plan_from(row) for row in table.tables("plan", allowed=("observe_longer",), required=required)
    )


def monitoring_plan(plan_id: str) -> MonitoringPlan:
    """Find one monitoring plan. Raises UnknownPlan."""
    for plan in monitoring_plans():
        if plan.id == plan_id:
            return plan
    raise UnknownPlan(plan_id)


def _plan_from(row: Table) -> MonitoringPlan:
    name = row.text("id")
    discharge = read_table(DATA / "discharge.toml", allowed=(), required=("criterion", "fresh_minutes"))
    return MonitoringPlan(
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
        citations=read_citations(row),
        checklist=_rows("checklist.toml", "item", name, _ITEM, _item_from),
        limits_before=_rows("limits.toml", "limit", name, _LIMIT, _limit_from, phase="before"),
        limits_after=_rows("limits.toml", "limit", name, _LIMIT, _limit_from, phase="after"),
        signs=_rows("signs.toml", "sign", name, _SIGN, _sign_from),
        criteria=tuple(
            _criterion_from(found)
            for found in discharge.tables("criterion", allowed=_CRITERION[0], required=_CRITERION[1])
            if name in found.texts("plans")
        ),
        fresh_minutes=discharge.whole("fresh_minutes"),
    )


_CITED = ("basis", "citations")
_ITEM = (("needed",), ("id", "plans", "asks", "when_no", "red", *_CITED))
_LIMIT = (
    (*TESTS, "with_symptoms", "cleared_by"),
    ("id", "plans", "phase", "signal", "severity", "says", *_CITED),
)
_SIGN = (("again", "plans"), ("id", "label", "severity", "says", *_CITED))
_CRITERION = (
    tuple({name for names in CRITERIA.values() for name in names}),
    ("id", "plans", "kind", "says", *_CITED),
)


def _rows(
    file: str,
    key: str,
    plan_id: str,
    keys: tuple[tuple[str, ...], tuple[str, ...]],
    made: Callable[[Table], Row],
    **wanted: Any,
) -> tuple[Row, ...]:
    rows = read_table(DATA / file, allowed=(), required=(key,)).tables(key, allowed=keys[0], required=keys[1])
    return tuple(
        made(row)
        for row in rows
        if ("plans" not in row or plan_id in row.texts("plans"))
        and all(row.values[name] == value for name, value in wanted.items())
    )


def _basis(row: Table) -> Basis:
    return Basis(row.choice("basis", tuple(Basis)))


def _item_from(row: Table) -> ChecklistItem:
    return ChecklistItem(
        id=row.text("id"),
        asks=row.text("asks"),
        when_no=row.text("when_no"),
        red=row.flag("red"),
        needed=row.flag("needed") if "needed" in row else True,
        basis=_basis(row),
        citations=read_citations(row),
    )


def _limit_from(row: Table) -> Limit:
    tests = [test for test in TESTS if test in row]
    if len(tests) != 1:
        raise row.refuse("signal", f"give exactly one test: {', '.join(TESTS)}")
    return Limit(
        id=row.text("id"),
        signal=row.choice("signal", SIGNALS),
        severity=Alarm(row.choice("severity", tuple(Alarm))),
        test=tests[0],
        value=row.number(tests[0]),
        with_symptoms=row.flag("with_symptoms") if "with_symptoms" in row else False,
        cleared_by=row.text_or_none("cleared_by"),
        says=row.text("says"),
        basis=_basis(row),
        citations=read_citations(row),
    )


def _sign_from(row: Table) -> Sign:
    severity = Alarm(row.choice("severity", tuple(Alarm)))
    return Sign(
        id=row.text("id"),
        label=row.text("label"),
        severity=severity,
        again=Alarm(row.choice("again", tuple(Alarm))) if "again" in row else severity,
        says=row.text("says"),
        basis=_basis(row),
        citations=read_citations(row),
    )


def _criterion_from(row: Table) -> Criterion:
    kind = row.choice("kind", tuple(CRITERIA))
    names = CRITERIA[kind]
    if extra := [name for name in _CRITERION[0] if name in row and name not in names]:
        raise row.refuse(extra[0], f"is not used by '{kind}'; remove it")
    return Criterion(
        id=row.text("id"),
        kind=kind,
        says=row.text("says"),
        values=tuple((name, row.number(name)) for name in names if name != "agreed_by"),
        agreed_by=row.text("agreed_by") if "agreed_by" in names else None,
        basis=_basis(row),
        citations=read_citations(row),
    )
