"""The documents of a session, derived from its events; the form that is to be filed; the sealed record as a file."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sojourn.clinical.monitoring.documents import NotDerivable
from sojourn.design.papers.pdf import paper_pdf
from sojourn.program.people.access import only
from sojourn.program.people.policy import may_do
from sojourn.program.people.queries import the_practice
from sojourn.program.treatment import papers as treatment
from sojourn.program.treatment.proving import sealed_session
from sojourn.program.treatment.sessions import session
from sojourn.workspace.session_room.forms import FiledForm
from sojourn.workspace.session_room.printing import paper_of
from sojourn.workspace.session_room.views import WATCHERS

TITLES = {
    "note": gettext_lazy("Session note"),
    "form": gettext_lazy("Monitoring form"),
    "minutes": gettext_lazy("Minutes of observation"),
    "summary": gettext_lazy("Summary for the patient"),
    "incident": gettext_lazy("Incident report"),
}


@only(*WATCHERS)
def papers(request: Any, visit_id: UUID) -> HttpResponse:
    """List what can be derived from the session, and why the rest cannot."""
    found = session(visit_id, actor=request.actor, now=request.now)
    if found is None:
        raise Http404
    made = [
        {"kind": kind, "title": TITLES[kind], "lacks": made if isinstance(made, str) else ""}
        for kind, made in treatment.papers(found).items()
    ]
    filed = treatment.filed_form_of(visit_id, actor=request.actor)
    return render(
        request,
        "workspace/session_room/papers.html",
        {"session": found, "visit": found.visit, "papers": made, "filed": filed},
    )


@only(*WATCHERS)
def paper(request: Any, visit_id: UUID, paper: str) -> HttpResponse:
    """Show one document; the form can be noted as filed."""
    form = FiledForm(request.POST or None)
    try:
        made = treatment.paper(visit_id, paper, actor=request.actor, now=request.now)
        if paper == "form" and request.method == "POST" and form.is_valid():
            treatment.file_form(
                visit_id=visit_id,
                reference=form.cleaned_data["reference"],
                actor=request.actor,
                now=request.now,
            )
            messages.success(request, _("Noted as filed."))
            return redirect("workspace:session_papers", visit_id=visit_id)
    except (treatment.PaperNotFound, NotDerivable) as missing:
        raise Http404 from missing
    except treatment.AlreadyFiled:
        messages.info(request, _("This form was filed already. Nothing was changed."))
        return redirect("workspace:session_papers", visit_id=visit_id)
    found = session(visit_id, actor=request.actor, now=request.now)
    assert found is not None
    return render(
        request,
        "workspace/session_room/paper.html",
        {
            "paper": made,
            "title": TITLES[paper],
            "visit": found.visit,
            "form": form,
            "filed": treatment.filed_form_of(visit_id, actor=request.actor),
            "may_file": paper == "form" and may_do(request.actor, "file a form"),
        },
    )


@only(*WATCHERS)
def paper_as_pdf(request: Any, visit_id: UUID, paper: str) -> HttpResponse:
    """Give one document as a tagged PDF."""
    try:
        made = treatment.paper(visit_id, paper, actor=request.actor, now=request.now)
    except (treatment.PaperNotFound, NotDerivable) as missing:
        raise Http404 from missing
    return HttpResponse(
        paper_pdf(paper_of(made, practice=the_practice())),
        content_type="application/pdf",
        headers={"Content-Disposition": f'inline; filename="{paper}-{visit_id}.pdf"'},
    )


@only(*WATCHERS)
def sealed_record(request: Any, visit_id: UUID) -> HttpResponse:
    """Give the sealed record as a file that `./sojourn verify-session` checks without the database."""
    text = sealed_session(visit_id, actor=request.actor, now=request.now)
    if text is None:
        raise Http404
    return HttpResponse(
        text,
        content_type="application/json",
        headers={"Content-Disposition": f'attachment; filename="session-{visit_id}.json"'},
    )
