"""From visitor to patient: an account, with what was answered carried over, in one transaction."""

from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from sojourn.clinical import protocols
from sojourn.portal.assessment.forms import AssessmentForm, carried_fields
from sojourn.portal.assessment.views import questions_page
from sojourn.portal.joining.forms import JoiningForm
from sojourn.program.intake import actions as intake
from sojourn.program.measures import actions as measures
from sojourn.program.people import actions as people
from sojourn.program.people.access import everyone
from sojourn.program.people.actors import Actor
from sojourn.program.people.login import sign_in
from sojourn.program.people.places import local_date
from sojourn.program.people.queries import states_served
from sojourn.program.people.roster import all_sites

ASKED_AGAIN = ("born_on", "state")


@everyone
@never_cache
def join(request: HttpRequest) -> HttpResponseBase:
    """Make an account from the answers of the assessment; without answers, begin with those."""
    if request.actor.user_id is not None:  # type: ignore[attr-defined]
        return redirect("home")
    begins = "begin" in request.POST
    answers = _answers(request, without=() if begins else ASKED_AGAIN)
    if request.method != "POST":
        return redirect("portal:assessment")
    if not answers.is_valid():
        return questions_page(request, answers, status=422)
    form = _joining_form(request, answers.facts, begins=begins)
    if begins or not form.is_valid():
        return _asked(request, form, status=200 if begins else 422)
    try:
        patient, found = _become_a_patient(request, form.cleaned_data, answers.facts)
    except people.EmailTaken:
        form.add_error(
            "email", _("There is an account with this e-mail. Sign in with it, or use another e-mail.")
        )
    except people.PasswordTooWeak as weak:
        for message in weak.messages:
            form.add_error("password", message)
    else:
        assert patient.user_id is not None
        sign_in(request, patient.user_id)
        in_danger = found is protocols.Disposition.HELP_NOW
        return redirect("portal:help_after_answers" if in_danger else "portal:today")
    return _asked(request, form, status=422)


def _answers(request: HttpRequest, without: tuple[str, ...]) -> AssessmentForm:
    """Read the answers that came along; what the account asks again is judged by its own form."""
    sent = request.POST.copy()
    for name in without:
        sent.pop(name, None)
    return AssessmentForm(sent, today=request.now.date())  # type: ignore[attr-defined]


def _become_a_patient(
    request: HttpRequest, given: dict[str, Any], answered: protocols.Facts
) -> tuple[Actor, protocols.Disposition]:
    now = request.now  # type: ignore[attr-defined]
    site = next(site for site in all_sites() if str(site.id) == given["site"])
    today = local_date(now, site.timezone)
    facts = answered.with_answers(
        protocols.read_facts({"born_on": given["born_on"].isoformat(), "state": given["state"]})
    )
    evaluation = protocols.evaluate(facts=facts, on=today, licensed_states=states_served())
    with transaction.atomic():
        patient = people.join_practice(
            name=given["name"],
            born_on=given["born_on"],
            email=given["email"],
            password=given["password"],
            phone=given["phone"],
            state=given["state"],
            site_id=site.id,
            now=now,
        )
        assert patient.patient_id is not None
        intake.keep_assessment(
            facts=facts, evaluation=evaluation, patient_id=patient.patient_id, actor=patient, now=now
        )
        measures.request_before_treatment(patient_id=patient.patient_id, on=today, actor=patient, now=now)
    return patient, evaluation.disposition


def _joining_form(request: HttpRequest, facts: protocols.Facts, *, begins: bool) -> JoiningForm:
    sites = [(str(site.id), f"{site.name}, {site.state}") for site in all_sites()]
    near = next((str(site.id) for site in all_sites() if site.state == facts.get("state")), None)
    return JoiningForm(
        None if begins else request.POST,
        initial={"born_on": facts.get("born_on"), "state": facts.get("state"), "site": near},
        sites=sites,
        today=request.now.date(),  # type: ignore[attr-defined]
    )


def _asked(request: HttpRequest, form: JoiningForm, status: int) -> HttpResponse:
    if form.is_bound:
        form.ask_password_again()
    # The account's own fields win over answers of the same name.
    carried = [(name, value) for name, value in carried_fields(request.POST) if name not in form.fields]
    return render(request, "portal/joining/join.html", {"form": form, "carried": carried}, status=status)
