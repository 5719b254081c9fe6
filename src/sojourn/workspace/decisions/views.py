"""Who needs a decision, and the page on which it is made."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from sojourn.clinical import protocols
from sojourn.program.intake import queries
from sojourn.program.intake.actions import AnsweredAgain, ReasonMissing, RuleForbids, Unsettled
from sojourn.program.intake.deciding import AlreadyDecided, DecidedMeanwhile, decide_once
from sojourn.program.measures.newest import newest_scores_of
from sojourn.program.people.access import only
from sojourn.program.people.patients import PatientCard, patient_card
from sojourn.program.people.roles import Role
from sojourn.program.plans.queries import day_at
from sojourn.program.safety.counts import open_alarms_by_patient
from sojourn.program.treatment.glance import words_for_prescriber
from sojourn.program.treatment.phases import Phase, list_patients
from sojourn.program.treatment.stop_rules import stop_rules_for
from sojourn.workspace.decisions.cards import cards_for, score_lines
from sojourn.workspace.decisions.findings import findings_of, replayed, ways_of
from sojourn.workspace.decisions.forms import FORM_ID, DecisionForm, forbidden
from sojourn.workspace.wording import DISPOSITIONS, OUTCOMES

LOOK_BACK = timedelta(days=14)  # program policy: how long a word from a therapist stays on this page


@only(Role.PRESCRIBER, Role.MEDICAL_DIRECTOR)
def decisions(request: Any) -> HttpResponse:
    """List who waits for a decision, the longest first, and who was found suitable and has no course yet."""
    actor = request.actor
    return render(
        request,
        "workspace/decisions/decisions.html",
        {
            "cards": cards_for(queries.assessments_waiting_for(actor), actor=actor),
            "suitable": list_patients(actor, phase=Phase.DECIDED),
            "asked": list_patients(actor, phase=Phase.ASKED),
            "rules": stop_rules_for(actor, now=request.now),
            "words": words_for_prescriber(actor, since=request.now - LOOK_BACK),
        },
    )


@only(Role.PRESCRIBER, Role.MEDICAL_DIRECTOR)
def decide(request: Any, assessment_id: UUID) -> HttpResponse:
    """Show everything the rules found about one person, and take the decision."""
    row = queries.assessment(assessment_id, actor=request.actor)
    patient = patient_card(row.patient_id, actor=request.actor) if row else None
    if row is None or patient is None:
        raise Http404
    history = queries.decisions_of(row.patient_id, actor=request.actor)
    if request.method == "POST":
        form = DecisionForm(request.POST, evaluation=row.evaluation)
        if form.is_valid() and _recorded(request, row, form):
            return redirect("workspace:decisions")
    else:
        form = DecisionForm(evaluation=row.evaluation)
    return _page(request, row, patient, history, form)


def _recorded(request: Any, row: queries.AssessmentRow, form: DecisionForm) -> bool:
    """Record the decision; False leaves the page open with a message and everything that was typed."""
    outcome = form.cleaned_data["outcome"]
    try:
        decide_once(
            assessment_id=row.id,
            seen=form.last_seen,
            outcome=outcome,
            why=form.cleaned_data["why"],
            resolved=form.resolved,
            actor=request.actor,
            now=request.now,
        )
    except AlreadyDecided:
        messages.info(request, _("This decision was recorded already. Nothing was changed."))
    except DecidedMeanwhile:
        form.add_error(None, _("Somebody decided while this page was open. Read it below, then send again."))
        form.must_read = True
        return False
    except AnsweredAgain:
        form.add_error(None, _("The patient has answered again since. Decide about the newest answers."))
        return False
    except RuleForbids:
        form.add_error("outcome", forbidden(row.evaluation))
        return False
    except ReasonMissing:
        form.add_error("why", _("Say in one line why. Without it nothing is recorded."))
        return False
    except Unsettled as still_open:
        form.add_error(None, _("Still to settle: %(rules)s.") % {"rules": ", ".join(still_open.rule_ids)})
        return False
    else:
        messages.success(request, _("Decision recorded: %(outcome)s.") % {"outcome": OUTCOMES[outcome].label})
    return True


def _page(
    request: Any,
    row: queries.AssessmentRow,
    patient: PatientCard,
    history: tuple[queries.DecisionRow, ...],
    form: DecisionForm,
) -> HttpResponse:
    today = day_at(request.now, patient.timezone)
    only_one = [row.patient_id]
    latest = queries.latest_assessment(row.patient_id, actor=request.actor)
    newest = next((decision.id for decision in history if decision.assessment_id == row.id), "")
    return render(
        request,
        "workspace/decisions/decide.html",
        {
            "row": row,
            "newer": latest if latest and latest.taken_at > row.taken_at else None,
            "patient": patient,
            "age": patient.age_on(today),
            "form": form,
            "seen": newest if form.must_read or not form.is_bound else form["seen"].value(),
            "history": [{"row": past, "outcome": OUTCOMES[past.outcome]} for past in history],
            "disposition": DISPOSITIONS[row.disposition],
            "ways": ways_of(row.evaluation),
            "findings": [(line, form.settling(line.finding)) for line in findings_of(row.evaluation)],
            "to_settle": len(form.names),
            "form_id": FORM_ID,
            "replay": replayed(row, today=today),
            "said": protocols.answers_in_words(row.facts),
            "scores": score_lines(newest_scores_of(only_one, actor=request.actor).get(row.patient_id, ())),
            "alarms": open_alarms_by_patient(only_one, actor=request.actor).get(row.patient_id, 0),
            "forbidden": forbidden(row.evaluation),
        },
    )
