"""The free assessment: asked without an account, answered at once, and stored nowhere."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache

from sojourn.clinical import protocols
from sojourn.portal.assessment.forms import AssessmentForm, carried_fields
from sojourn.portal.assessment.results import result_of
from sojourn.program.people.access import everyone
from sojourn.program.people.for_visitors import states_for_visitors


@everyone
@never_cache
def assessment(request: HttpRequest) -> HttpResponse:
    """Show the questions, or what the rules make of the answers. Nothing a visitor answers is kept."""
    if request.method != "POST":
        return questions_page(request, AssessmentForm(today=request.now.date()))  # type: ignore[attr-defined]
    form = AssessmentForm(request.POST, today=request.now.date())  # type: ignore[attr-defined]
    if not form.is_valid():
        return questions_page(request, form, status=422)
    if "change" in request.POST:
        return questions_page(request, form)
    evaluation = _evaluation(request, form)
    page = {"result": result_of(evaluation, form.facts), "carried": carried_fields(request.POST)}
    return render(request, "portal/assessment/result.html", page)


def questions_page(request: HttpRequest, form: AssessmentForm, status: int = 200) -> HttpResponse:
    """Show the questions with what was answered, and a message beside each answer that cannot be read.

    Danger that was said shows help first: nobody has to mend a number before they are heard.
    """
    in_danger = bool(form.errors) and _evaluation(request, form).danger_is_said
    page = {"form": form, "sections": list(form.sections()), "in_danger": in_danger}
    return render(request, "portal/assessment/questions.html", page, status=status)


def _evaluation(request: HttpRequest, form: AssessmentForm) -> protocols.Evaluation:
    return protocols.evaluate(
        facts=form.facts,
        on=request.now.date(),  # type: ignore[attr-defined]
        licensed_states=states_for_visitors(),
    )
