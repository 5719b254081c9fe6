"""Finding a patient, and their chart."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import render

from sojourn.program.audit import actions as audit
from sojourn.program.audit.queries import SAW_THE_CHART
from sojourn.program.people.access import staff_only
from sojourn.program.people.places import local_date
from sojourn.program.people.policy import may_do
from sojourn.program.people.roles import CLINICIANS, Role
from sojourn.program.people.roster import all_sites
from sojourn.program.treatment.chart import chart_head
from sojourn.program.treatment.diversion import signs_of
from sojourn.program.treatment.phases import Phase, list_patients
from sojourn.program.treatment.stop_rules import stop_rule_of
from sojourn.workspace.patients.chart import (
    clinical_part,
    consent_lines,
    course_lines,
    decision_lines,
    visit_lines,
)
from sojourn.workspace.patients.forms import FilterForm, SearchForm
from sojourn.workspace.patients.lessons import lesson_lines


@staff_only
def patients(request: Any) -> HttpResponse:
    """List patients by name, fifty a page, by phase and site; a search by name comes in the form's body."""
    searched = request.method == "POST"
    search = SearchForm(request.POST if searched else None)
    filters = FilterForm(request.GET, sites=all_sites())
    given = filters.cleaned_data if filters.is_valid() else {}
    phase = Phase(given["phase"]) if given.get("phase") else None
    site_id = UUID(given["site"]) if given.get("site") else None
    name_part = search.cleaned_data["name"] if searched and search.is_valid() else ""
    if name_part:
        page = list_patients(request.actor, name_part=name_part)
    else:
        page = list_patients(request.actor, phase=phase, site_id=site_id, after=given.get("after"))
    return render(
        request,
        "workspace/patients/patients.html",
        {
            "page": page,
            "search": search,
            "filters": filters,
            "searched": bool(name_part),
            "narrowed": bool(phase or site_id or given.get("after")),
            "next_query": urlencode({"phase": phase or "", "site": site_id or "", "after": page.next_after}),
        },
    )


@staff_only
def chart(request: Any, patient_id: UUID) -> HttpResponse:
    """Show one patient's chart, and write down that it was seen."""
    actor, now = request.actor, request.now
    head = chart_head(patient_id, actor=actor)
    if head is None:
        raise Http404
    today = local_date(now, head.patient.timezone)
    audit.record(actor, SAW_THE_CHART, about=("patient", patient_id), at=now, patient_id=patient_id)
    return render(
        request,
        "workspace/patients/chart.html",
        {
            "head": head,
            "patient": head.patient,
            "age": head.patient.age_on(today),
            "decisions": decision_lines(head),
            "consents": consent_lines(head),
            "courses": course_lines(head),
            "lessons": () if head.patient.is_research_record else lesson_lines(patient_id, actor=actor),
            "visits": visit_lines(patient_id, actor=actor, now=now),
            "clinical": clinical_part(head.patient, actor=actor, now=now, today=today),
            "stop_rule": stop_rule_of(patient_id, actor=actor, now=now)
            if actor.is_any_of(CLINICIANS)
            else None,
            "signs": None if head.patient.is_research_record else signs_of(patient_id, actor=actor, now=now),
            "may_write_goals": actor.is_any_of({Role.THERAPIST, Role.COORDINATOR}),
            "may_stop": may_do(actor, "record a stop conversation") and head.open_course is not None,
            "may_choose_interval": may_do(actor, "choose an interval") and head.open_course is not None,
            "may_decide": may_do(actor, "decide eligibility"),
            "may_start": may_do(actor, "start a course") and head.phase is Phase.DECIDED,
            "may_choose_team": may_do(actor, "choose a care team"),
            "may_plan": may_do(actor, "book visits"),
            "may_watch": may_do(actor, "run a dosing session"),
        },
    )
