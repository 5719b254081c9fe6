"""A patient answers the assessment again: the new answers are kept beside the old ones, for a clinician to decide."""

from django.contrib import messages
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from sojourn.clinical import protocols
from sojourn.portal.assessment.forms import AssessmentForm
from sojourn.portal.assessment.views import questions_page
from sojourn.program.intake import actions
from sojourn.program.people.access import patients_only
from sojourn.program.people.queries import states_served


@patients_only
def keep_answers(request: HttpRequest) -> HttpResponseBase:
    """Keep the answers a patient has just been shown the result of; sending them twice keeps them once."""
    actor, now = request.actor, request.now  # type: ignore[attr-defined]
    form = AssessmentForm(request.POST, today=now.date())
    if request.method == "POST" and not form.is_valid():
        return questions_page(request, form, status=422)
    if request.method != "POST" or not form.facts.answers:
        return redirect("portal:assessment")
    evaluation = protocols.evaluate(facts=form.facts, on=now.date(), licensed_states=states_served())
    try:
        actions.answer_again(
            facts=form.facts, evaluation=evaluation, patient_id=actor.patient_id, actor=actor, now=now
        )
    except actions.AlreadyKept:
        messages.info(request, _("These answers were kept already."))
    else:
        messages.success(request, _("Your answers are kept. A clinician looks at them."))
    in_danger = evaluation.disposition is protocols.Disposition.HELP_NOW
    return redirect("portal:help_after_answers" if in_danger else "portal:today")
