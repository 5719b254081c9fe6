"""What the practice says in public: published through the gate, taken back with a reason."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from sojourn.clinical.evidence.publishing import Refusal
from sojourn.program.education import actions, queries
from sojourn.program.people.access import only, staff_only
from sojourn.program.people.policy import may_do
from sojourn.program.people.roles import Role
from sojourn.workspace.evidence.forms import StatementForm, WithdrawForm


@staff_only
def statements(request: Any) -> HttpResponse:
    """List what the practice says, what it took back, and what is not shown today and why."""
    page = {
        "rows": queries.statements(on=request.now.date()),
        "may_publish": may_do(request.actor, "publish a statement"),
    }
    return render(request, "workspace/evidence/statements.html", page)


@only(Role.MEDICAL_DIRECTOR)
def publish_statement(request: Any) -> HttpResponseBase:
    """Publish a sentence, or say why it cannot be published."""
    form = StatementForm(request.POST or None)
    if request.method != "POST":
        return _shown(request, form)
    if not form.is_valid():
        return _shown(request, form, status=422)
    try:
        actions.publish_statement(
            text=form.cleaned_data["text"],
            claim_id=form.cleaned_data["claim_id"],
            figure=form.figure,
            actor=request.actor,
            now=request.now,
        )
    except actions.NotPublishable as refused:
        return _shown(request, form, refusals=refused.refusals, status=422)
    messages.success(request, _("Published. It stands on the page of the lessons from now on."))
    return redirect("workspace:statements")


@only(Role.MEDICAL_DIRECTOR)
def withdraw_statement(request: Any, statement_id: UUID) -> HttpResponseBase:
    """Ask why a statement is taken back, and take it back."""
    row = queries.statement(statement_id, on=request.now.date())
    if row is None:
        raise Http404
    if row.withdrawn_at:
        messages.info(request, _("This statement was taken back before. Nothing was changed."))
        return redirect("workspace:statements")
    form = WithdrawForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        actions.withdraw_statement(
            statement_id=statement_id, why=form.cleaned_data["why"], actor=request.actor, now=request.now
        )
        messages.success(request, _("Taken back. It is no longer shown, and stays on record."))
        return redirect("workspace:statements")
    return render(request, "workspace/evidence/withdraw.html", {"row": row, "form": form})


def _shown(
    request: Any, form: StatementForm, *, refusals: tuple[Refusal, ...] = (), status: int = 200
) -> HttpResponse:
    page = {"form": form, "refusals": refusals}
    return render(request, "workspace/evidence/publish.html", page, status=status)
