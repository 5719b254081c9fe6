"""The free assessment: asked without an account, answered at once, and stored nowhere."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache

from sojourn.clinical import protocols
from sojourn.portal.assessment.forms import AssessmentForm, carried_fields
from sojourn.portal.assessment.results import result_of
from sojourn.program.people.access import everyone
from sojourn.program.people.queries import states_served


@everyone
@never_cache
def assessment(request: HttpRequest) -> HttpResponse:
    """Show the questions, or what the rules make of the answers. Nothing a visitor answers is kept."""
    if request.method != "POST":
        return _asked(request, AssessmentForm(today=request.now.date()))  # type: ignore[attr-defined]
    form = AssessmentForm(request.POST, today=request.now.date())  # type: ignore[attr-defined]
    if not form.is_valid():
        return _asked(request, form, status=422)
    if "change" in request.POST:
        return _asked(request, form)
    evaluation = protocols.evaluate(
        facts=form.facts,
        on=request.now.date(),  # type: ignore[attr-defined]
        licensed_states=states_served(),
    )
    page = {"result": result_of(evaluation, form.facts), "carried": carried_fields(request.POST)}
    return render(request, "portal/assessment/result.html", page)


def _asked(request: HttpRequest, form: AssessmentForm, status: int = 200) -> HttpResponse:
    sections = list(form.sections())
    return render(
        request, "portal/assessment/questions.html", {"form": form, "sections": sections}, status=status
    )
