"""What a session needs beforehand, as data for each monitoring plan."""

from dataclasses import dataclass
from datetime import timedelta
from functools import cache

from sojourn.clinical.evidence import Basis, Citation, Table, read_citations, read_table
from sojourn.clinical.monitoring.plan_files import DATA, monitoring_plans

KINDS = (
    "consent", "preparation", "order", "companion", "forms", "fasting", "medicines", "pregnancy", "tablets",
    "integration",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class ReadinessItem:
    """One thing a session needs. `holds`: without it no dose is given; `patient_acts`: the patient can say so."""

    id: str
    kind: str
    plans: tuple[str, ...]
    title: str
    do: str
    patient_title: str
    patient_does: str
    patient_acts: bool
    holds: bool
    food_before: timedelta
    drink_before: timedelta
    classes: tuple[str, ...]
    good_days: int
    basis: Basis
    citations: tuple[Citation, ...]


def readiness_items(plan_id: str) -> tuple[ReadinessItem, ...]:
    """Give what sessions of this plan need, in the order of the file."""
    return tuple(item for item in _all_items()[0] if plan_id in item.plans)


def asked_before() -> timedelta:
    """How long before a session its patient is asked what they can see to."""
    return _all_items()[1]


@cache
def _all_items() -> tuple[tuple[ReadinessItem, ...], timedelta]:
    table = read_table(DATA / "readiness.toml", allowed=(), required=("item", "asked_days_before"))
    rows = table.tables(
        "item",
        allowed=("food_hours", "drink_minutes", "classes", "good_days"),
        required=(
            "id", "kind", "plans", "title", "do", "patient_title", "patient_does", "patient_acts", "holds", "basis",
            "citations",
        ),
    )  # fmt: skip
    return tuple(_item(row) for row in rows), timedelta(days=table.whole("asked_days_before"))


def _item(row: Table) -> ReadinessItem:
    known = {plan.id for plan in monitoring_plans()}
    if set(row.texts("plans")) - known:
        raise row.refuse("plans", f"name plans among {', '.join(sorted(known))}")
    return ReadinessItem(
        id=row.text("id"),
        kind=row.choice("kind", KINDS),
        plans=row.texts("plans"),
        title=row.text("title"),
        do=row.text("do"),
        patient_title=row.text("patient_title"),
        patient_does=row.text("patient_does"),
        patient_acts=row.flag("patient_acts"),
        holds=row.flag("holds"),
        food_before=timedelta(hours=row.whole_or_none("food_hours") or 0),
        drink_before=timedelta(minutes=row.whole_or_none("drink_minutes") or 0),
        classes=row.texts("classes") if "classes" in row else (),
        good_days=row.whole_or_none("good_days") or 0,
        basis=Basis(row.choice("basis", tuple(Basis))),
        citations=read_citations(row),
    )
