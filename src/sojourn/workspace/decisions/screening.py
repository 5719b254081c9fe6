"""The clinical screen: tests, scales and history a clinician adds, and answers a clinician corrects."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.forms.boundfield import BoundField
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from sojourn.clinical import protocols
from sojourn.clinical.protocols.questions import CLINICIAN, PATIENT
from sojourn.design.question_fields import answers_sent, field_for
from sojourn.program.intake import queries, screening
from sojourn.program.intake.measured import MeasuredFact, measured_facts
from sojourn.program.people.access import only
from sojourn.program.people.patients import patient_card
from sojourn.program.people.queries import states_served
from sojourn.program.people.roles import Role
from sojourn.program.plans.queries import day_at


class ScreenForm(forms.Form):
    """Every question, with what is known already; what the answers mean is read by `protocols.read_facts` alone."""

    facts: protocols.Facts

    def __init__(
        self,
        data: Mapping[str, Any] | None,
        *,
        today: date,
        known: protocols.Facts,
        measured: Mapping[str, MeasuredFact],
    ) -> None:
        told = {name: fact.raw for name, fact in measured.items()}
        super().__init__(data, initial=told | _shown(known))
        self.today = today
        for question in protocols.all_questions():
            field = self.fields[question.id] = field_for(question)
            if question.id in measured:
                field.help_text = (
                    f"{field.help_text} {_measured_says(question, measured[question.id])}".strip()
                )

    def clean(self) -> dict[str, Any]:
        """Read the answers; each that cannot be read, or contradicts another, gets its message beside it."""
        try:
            self.facts = protocols.read_facts(answers_sent(self.data, protocols.all_questions()))
            protocols.refuse_future(self.facts, on=self.today)
        except protocols.FactsInvalid as invalid:
            for name, message in invalid.problems.items():
                self.add_error(name, message)
        return self.cleaned_data

    def sections(self, asked_of: str) -> Iterator[tuple[str, list[BoundField]]]:
        """Give the sections of what a clinician adds, or of what the patient was asked."""
        titles: dict[str, list[BoundField]] = {}
        for question in protocols.all_questions():
            if question.asked_of == asked_of:
                titles.setdefault(question.section.title, []).append(self[question.id])
        yield from titles.items()


@only(Role.PRESCRIBER, Role.MEDICAL_DIRECTOR)
def screen(request: Any, assessment_id: UUID) -> HttpResponse:
    """Add facts to an assessment; the rules judge all of them again, and the older assessment stays as it was."""
    row = queries.assessment(assessment_id, actor=request.actor)
    patient = patient_card(row.patient_id, actor=request.actor) if row else None
    if row is None or patient is None:
        raise Http404
    today = day_at(request.now, patient.timezone)
    measured = measured_facts(row.patient_id, actor=request.actor)
    form = ScreenForm(request.POST or None, today=today, known=row.facts, measured=measured)
    if request.method == "POST" and form.is_valid():
        kept = _kept(request, row, form)
        if kept is not None:
            return redirect("workspace:decide", assessment_id=kept)
    return render(
        request,
        "workspace/decisions/screen.html",
        {
            "row": row,
            "patient": patient,
            "form": form,
            "added": list(form.sections(CLINICIAN)),
            "answered": list(form.sections(PATIENT)),
        },
    )


def _kept(request: Any, row: queries.AssessmentRow, form: ScreenForm) -> UUID | None:
    """Keep the screen; None leaves the page open with a message and everything that was typed."""
    try:
        kept = screening.screen(
            assessment_id=row.id,
            facts=form.facts,
            today=form.today,
            licensed_states=states_served(),
            actor=request.actor,
            now=request.now,
        )
    except screening.NothingChanged:
        messages.info(request, _("Nothing was changed, so nothing was kept."))
        return row.id
    except screening.ScreenedMeanwhile:
        form.add_error(
            None,
            _(
                "A newer assessment of this person exists. Open it from the list of decisions, and add these facts there."
            ),
        )
        return None
    messages.success(request, _("Kept as a new assessment. The rules judged all facts again."))
    return kept


def _measured_says(question: protocols.Question, fact: MeasuredFact) -> str:
    """Name the questionnaire behind an answer; where a clinician wrote something else, both can be seen."""
    return _("%(title)s of %(day)s: %(answer)s.") % {
        "title": fact.title,
        "day": date_format(fact.on, "M j, Y"),
        "answer": question.label_of(fact.raw).lower(),
    }


def _shown(known: protocols.Facts) -> dict[str, Any]:
    raw = protocols.as_raw(known)
    if isinstance(names := raw.get("medicine_list"), list):
        raw["medicine_list"] = "\n".join(names)
    return raw
