"""Rehearsals: choose a script, rehearse on the real screens, read how it went."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect, render
from django.urls import get_script_prefix, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from sojourn.clinical.rehearsal import UnknownScript, drill_scripts
from sojourn.design.papers.pdf import Paper, PaperLine, PaperSection, paper_pdf
from sojourn.program.people.access import only
from sojourn.program.people.queries import the_practice
from sojourn.program.people.roles import Role
from sojourn.program.people.roster import timezone_of
from sojourn.program.rehearsals import actions, queries
from sojourn.program.rehearsals.queries import DrillRow
from sojourn.program.rehearsals.world import NoRehearsal
from sojourn.workspace.rehearsal.forms import BeginForm
from sojourn.workspace.rehearsal.lines import report_lines, tap_lines

rehearsers = only(Role.SESSION_MONITOR, Role.PRESCRIBER, Role.MEDICAL_DIRECTOR)


@rehearsers
def rehearsal(request: Any) -> HttpResponse:
    """Show the scripts and the drills that were held; begin one."""
    form = BeginForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        begun = _begun(request, form)
        if begun is not None:
            return redirect(_address(begun.drill_id, begun.visit_id))
    try:
        running, held = queries.running_drill(), queries.past_drills(request.actor)
        is_ready = True
    except NoRehearsal:
        running, held, is_ready = None, (), False
    return render(
        request,
        "workspace/rehearsal/rehearsal.html",
        {
            "form": form,
            "scripts": drill_scripts(),
            "running": running,
            "resume_url": _address(running.id, running.visit_id) if running else "",
            "held": held,
            "sees_everybody": Role.MEDICAL_DIRECTOR in request.actor.roles,
            "is_ready": is_ready,
        },
        status=422 if request.method == "POST" else 200,
    )


def _begun(request: Any, form: BeginForm) -> actions.BegunDrill | None:
    try:
        return actions.begin_drill(
            script_id=form.cleaned_data["script"],
            speed=form.cleaned_data["speed"],
            role=form.cleaned_data["role"],
            timezone=timezone_of(request.actor),
            actor=request.actor,
            now=request.now,
        )
    except actions.DrillRuns as other:
        form.add_error(
            None, _("%(name)s is rehearsing just now. One drill runs at a time.") % {"name": other.by}
        )
    except UnknownScript:
        form.add_error("script", _("This script is not there any more."))
    except NoRehearsal:
        form.add_error(None, _("The rehearsal database is not there. ./sojourn up makes it."))
    return None


@rehearsers
def drill(request: Any, drill_id: UUID) -> HttpResponse:
    """Show the report of a drill: what was expected, what happened, what would be better."""
    found = _drill(request, drill_id)
    if found.report is None:
        return redirect("workspace:rehearsal")
    lines = report_lines(found.report)
    return render(
        request,
        "workspace/rehearsal/drill.html",
        {
            "drill": found,
            "lines": lines,
            "better": [line for line in lines if line.better],
            "taps": tap_lines(found.report),
        },
    )


@rehearsers
@require_POST
def stop(request: Any, drill_id: UUID) -> HttpResponse:
    """End a drill before its script does."""
    found = _drill(request, drill_id)
    try:
        actions.catch_up(drill_id=found.id, now=request.now)
        actions.stop_drill(drill_id=found.id, now=request.now)
    except (NoRehearsal, actions.DrillNotFound) as missing:
        raise Http404 from missing
    messages.success(request, _("The drill has ended."))
    return redirect("workspace:drill", drill_id=drill_id)


@rehearsers
def certificate(request: Any, drill_id: UUID) -> HttpResponse:
    """Give the certificate of a drill as a PDF: who, when, which script, what score."""
    found = _drill(request, drill_id)
    if found.report is None:
        raise Http404
    response = HttpResponse(paper_pdf(_certificate(found)), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="drill-{found.began_at:%Y-%m-%d}.pdf"'
    return response


@rehearsers
def bedside(request: Any) -> HttpResponse:
    """Show what can be seen and measured beside the bed of the running drill; a POST lets cuff and oximeter measure."""
    beside = getattr(request, "rehearsal", None)
    if beside is None:
        raise Http404
    if request.method not in {"GET", "POST"}:
        return HttpResponseNotAllowed(["GET", "POST"])
    if request.method == "POST":
        actions.take_reading(drill_id=beside.drill_id, shown=beside.shown)
        stand = queries.played(beside.drill_id, shown=beside.shown)
        assert stand is not None
        request.rehearsal = stand.bedside
        if not request.headers.get("HX-Request"):
            return redirect("workspace:session", visit_id=beside.visit_id)
    return render(request, "workspace/rehearsal/bedside.html")


def _drill(request: Any, drill_id: UUID) -> DrillRow:
    try:
        found = queries.drill(drill_id, actor=request.actor)
    except NoRehearsal as missing:
        raise Http404 from missing
    if found is None:
        raise Http404
    return found


def _address(drill_id: UUID, visit_id: UUID) -> str:
    path = reverse("workspace:session", kwargs={"visit_id": visit_id}).removeprefix(get_script_prefix())
    return f"{get_script_prefix()}rehearsal/{drill_id}/{path}"


def _certificate(found: DrillRow) -> Paper:
    assert found.report is not None
    passed = _("passed") if found.passed else _("not passed")
    held = PaperSection(
        _("Drill"),
        (
            PaperLine(_("Who"), found.trainee_name),
            PaperLine(_("Script"), f"{found.title} ({found.script_version})"),
            PaperLine(_("In the place of"), found.role_label),
            PaperLine(_("Begun"), f"{found.began_at:%B} {found.began_at.day}, {found.began_at:%Y %H:%M} UTC"),
            PaperLine(_("Speed"), f"{found.speed} x"),
            PaperLine(
                _("Score"), _("%(percent)s%%, %(passed)s") % {"percent": found.percent, "passed": passed}
            ),
        ),
    )
    told = PaperSection(
        _("What was expected"),
        tuple(
            PaperLine(line.says, f"{line.outcome.capitalize()}. {line.sentence}", "; ".join(line.citations))
            for line in report_lines(found.report)
        ),
    )
    return Paper(
        title=_("Certificate of a drill"),
        about=found.report["teaches"],
        practice=the_practice().name,
        sections=(held, told),
        headings=(_("What"), _("How it went")),
        made_from=_("A rehearsal with a simulated patient; nothing of it is in a chart."),
        seal=_("Drill %(id)s") % {"id": found.id},
        mark=_("REHEARSAL: simulated patient"),
    )
