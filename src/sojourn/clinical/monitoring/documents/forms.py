"""Forms that somebody outside asks for, filled from the events of one session. Fields and version are data."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import cache

from sojourn.clinical.evidence import Citation, Table, read_citations, read_table
from sojourn.clinical.monitoring.documents import facts
from sojourn.clinical.monitoring.documents.milestones import discharge, left_undischarged
from sojourn.clinical.monitoring.documents.values import (
    Document,
    Line,
    NotDerivable,
    Section,
    SessionRecord,
    document,
)
from sojourn.clinical.monitoring.plan_files import DATA

OF_PATIENT, OF_SITE = "patient record", "site record"
NOT_ON_RECORD = "not on record"
FILLS: dict[str, Callable[[SessionRecord], facts.Fact | None]] = {
    "patient_name": lambda record: facts.Fact(record.patient_name, source=OF_PATIENT),
    "born_on": lambda record: (
        facts.Fact(record.born_on.isoformat(), source=OF_PATIENT) if record.born_on else None
    ),
    "is_first": facts.first_treatment,
    "sex": facts.kept("sex"),
    "enrolled": facts.kept("enrolled"),
    "contact": facts.kept("contact"),
    "benzodiazepines": facts.medicine("benzodiazepine"),
    "sedatives": facts.medicine("sedative"),
    "stimulants": facts.medicine("stimulant"),
    "maois": facts.medicine("maoi"),
    "opioids": facts.medicine("opioid"),
    "serious": facts.serious,
    "monitor": facts.monitor,
    "site_name": lambda record: facts.Fact(record.site_name, source=OF_SITE),
    "site_address": lambda record: (
        facts.Fact(record.site_address, source=OF_SITE) if record.site_address else None
    ),
    "session_date": facts.session_date,
    "dose": facts.dose,
    "lot": facts.lot,
    "minutes": facts.minutes,
    "ready_after": facts.ready_after,
    "acceptable_before": facts.acceptable_before,
    "acceptable_after": facts.acceptable_after,
    "pressure_before": facts.pressure_before,
    "pressure_at_40": facts.pressure_at_40,
    "pressure_last": facts.pressure_last,
    "oxygen_series": facts.oxygen_series,
    "sedation": facts.sedation,
    "dissociation": facts.dissociation,
    "pressure_rise": facts.pressure_rise,
    "breathing": facts.breathing,
}


@dataclass(frozen=True, slots=True)
class FormField:
    """One thing a form asks. `needed` fields must be there before it is filed. `unknown` says what to do where it is not."""

    section: str
    label: str
    needed: bool
    fill: str
    unknown: str


@dataclass(frozen=True, slots=True)
class Form:
    """A form of one version for the sessions of one plan, and in how many days it is due."""

    id: str
    plan: str
    version: str
    title: str
    due_days: int
    says: str
    fields: tuple[FormField, ...]
    citations: tuple[Citation, ...]

    @property
    def due_within(self) -> timedelta:
        return timedelta(days=self.due_days)


@cache
def forms() -> tuple[Form, ...]:
    """Every form that is asked for after a session."""
    table = read_table(DATA / "forms.toml", allowed=(), required=("form", "field"))
    fields = table.tables(
        "field", allowed=("unknown",), required=("form", "section", "label", "needed", "fill")
    )
    rows = table.tables(
        "form",
        allowed=(),
        required=("id", "plan", "version", "title", "due_days", "says", "citations"),
    )
    return tuple(_form(row, fields) for row in rows)


def form_for(plan_id: str) -> Form | None:
    """The form asked for after a session of this plan, or None."""
    return next((form for form in forms() if form.plan == plan_id), None)


def filled_form(record: SessionRecord) -> Document:
    """Fill the form of a session from its events and what is kept of its people; what is not known says so.

    Raises NotDerivable where no form is asked for, and without a dose and a discharge after it on record.
    """
    form = form_for(record.plan.id)
    if form is None:
        raise NotDerivable("No form is asked for after a session of this kind.")
    discharge(record)
    titles = tuple(dict.fromkeys(field.section for field in form.fields))
    return document(
        record,
        kind="form",
        title=form.title,
        version=form.version,
        sections=tuple(
            Section(title, tuple(_line(field, record) for field in form.fields if field.section == title))
            for title in titles
        ),
        citations=form.citations,
    )


def form_by_hand(record: SessionRecord) -> Form | None:
    """The form that is asked for and cannot be made of the record, since the patient left without a discharge; or None."""
    return form_for(record.plan.id) if left_undischarged(record) else None


def _line(field: FormField, record: SessionRecord) -> Line:
    label = f"{field.label}{' *' if field.needed else ''}"
    found = FILLS[field.fill](record)
    if found is None or not found.says:
        return Line(label, "", lacks=(found.lacks if found else "") or field.unknown)
    return Line(label, found.says, found.cites, source=found.source)


def _form(row: Table, fields: tuple[Table, ...]) -> Form:
    return Form(
        id=row.text("id"),
        plan=row.text("plan"),
        version=row.text("version"),
        title=row.text("title"),
        due_days=row.whole("due_days"),
        says=row.text("says"),
        fields=tuple(
            FormField(
                each.text("section"),
                each.text("label"),
                each.flag("needed"),
                each.choice("fill", tuple(FILLS)),
                each.text_or_none("unknown") or NOT_ON_RECORD,
            )
            for each in fields
            if each.text("form") == row.text("id")
        ),
        citations=read_citations(row),
    )
