"""The documents of a session, derived from its events; the form that is to be filed; the sealed record as a file."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sojourn.clinical.monitoring.documents import NotDerivable, form_for
from sojourn.design.papers.pdf import paper_pdf
from sojourn.program.people.access import only
from sojourn.program.people.policy import may_do
from sojourn.program.people.queries import the_practice
from sojourn.program.treatment import papers as treatment
from sojourn.program.treatment.form_answers import AnswerImpossible, answer_form
from sojourn.program.treatment.proving import sealed_session
from sojourn.program.treatment.sessions import Session, session
from sojourn.program.treatment.since_filed import changed_since_filed
from sojourn.workspace.session_room.form_answers import AnswersForm
from sojourn.workspace.session_room.forms import FiledForm
from sojourn.workspace.session_room.printing import paper_of
from sojourn.workspace.session_room.roles import WATCHERS

TITLES = {
    "note": gettext_lazy("Session note"),
    "form": gettext_lazy("Monitoring form"),
    "minutes": gettext_lazy("Minutes of observation"),
    "summary": gettext_lazy("Summary for the patient"),
    "incident": gettext_lazy("Incident report"),
}


@only(*WATCHERS)
def papers(request: Any, visit_id: UUID) -> HttpResponse:
    """Show what can be derived from the session and why the rest cannot; print one, or note the form as filed.

    Which document is asked for stands in the form and never in the address: beside a visit it would tell something.
    """
    found = session(visit_id, actor=request.actor, now=request.now)
    if found is None:
        raise Http404
    form = FiledForm(request.POST if request.POST.get("do") == "file" else None)
    if request.method == "POST" and "print" in request.POST:
        return _printed(request, visit_id, request.POST["print"])
    if form.is_valid():
        return _filed(request, visit_id, form.cleaned_data["reference"])
    answers = _answers(request, found)
    if answers is not None and answers.is_valid() and _answered(request, found, answers):
        return redirect("workspace:session_papers", visit_id=visit_id)
    made = [
        {
            "kind": kind,
            "title": TITLES[kind],
            "lacks": made if isinstance(made, str) else "",
            "paper": None if isinstance(made, str) else made,
        }
        for kind, made in treatment.papers(found).items()
    ]
    filed = treatment.filed_form_of(visit_id, actor=request.actor)
    return render(
        request,
        "workspace/session_room/papers.html",
        {
            "visit": found.visit,
            "papers": made,
            "filed": filed,
            "changed": changed_since_filed(found, filed) if filed else (),
            "form": form,
            "answers": answers,
            "by_hand": treatment.form_is_by_hand(found),
            "may_file": filed is None and may_do(request.actor, "file a form"),
        },
        status=422 if form.is_bound or (answers is not None and answers.is_bound) else 200,
    )


def _answers(request: Any, found: Session) -> AnswersForm | None:
    """The form for what is still asked of people; None where nothing is, or the reader may not answer."""
    if not may_do(request.actor, "file a form") or form_for(found.plan.id) is None:
        return None
    asked = treatment.still_asked(found)
    if not asked.anything:
        return None
    return AnswersForm(request.POST if request.POST.get("do") == "answer" else None, asked=asked)


def _answered(request: Any, found: Session, form: AnswersForm) -> bool:
    try:
        answer_form(
            visit_id=found.visit.id,
            monitor_id=treatment.monitored_by(found),
            **form.cleaned_data,
            actor=request.actor,
            now=request.now,
        )
    except AnswerImpossible as refused:
        form.add_error(refused.field, _("This cannot be: look at the day again."))
        return False
    messages.success(request, _("Noted. Every form from now on says so by itself."))
    return True


def _printed(request: Any, visit_id: UUID, kind: str) -> HttpResponse:
    """Give one document as a tagged PDF."""
    try:
        made = treatment.paper(visit_id, kind, actor=request.actor, now=request.now)
    except (treatment.PaperNotFound, NotDerivable) as missing:
        raise Http404 from missing
    return HttpResponse(
        paper_pdf(paper_of(made, practice=the_practice())),
        content_type="application/pdf",
        headers={"Content-Disposition": f'inline; filename="{kind}-{visit_id}.pdf"'},
    )


def _filed(request: Any, visit_id: UUID, reference: str) -> HttpResponse:
    try:
        treatment.file_form(visit_id=visit_id, reference=reference, actor=request.actor, now=request.now)
    except NotDerivable as missing:
        raise Http404 from missing
    except treatment.AlreadyFiled:
        messages.info(request, _("This form was filed already. Nothing was changed."))
    else:
        messages.success(request, _("Noted as filed."))
    return redirect("workspace:session_papers", visit_id=visit_id)


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
