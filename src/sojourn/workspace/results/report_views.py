"""Long reports: asked for, watched while they are made, taken back, read, and given as files."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from sojourn.clinical import instruments
from sojourn.clinical.outcomes.practice.oddities import Odd, all_or_nobody, in_words
from sojourn.clinical.outcomes.reports import yardstick_of
from sojourn.design.papers.pdf import paper_pdf
from sojourn.program.people import roster
from sojourn.program.people.access import only
from sojourn.program.people.queries import the_practice
from sojourn.program.people.roles import Role
from sojourn.program.results.reporting import (
    NoSuchReport,
    NotToStartAgain,
    ReportRow,
    ask_report,
    cancel_report,
    card_of,
    report_of,
    start_again,
)
from sojourn.workspace.results.numbers import definition_of
from sojourn.workspace.results.questions import QuestionForm
from sojourn.workspace.results.report_figures import (
    adjusted_figure,
    change_figure,
    imputed_figure,
    imputed_rate_figure,
    rate_tipping_words,
    time_figure,
    tipping_words,
)
from sojourn.workspace.results.tables import as_csv, as_paper, as_parquet, cells_of

readers = only(Role.PRESCRIBER, Role.MEDICAL_DIRECTOR)
KINDS = {
    "csv": "text/csv; charset=utf-8", "parquet": "application/vnd.apache.parquet", "pdf": "application/pdf",
}  # fmt: skip


@readers
@require_POST
def ask(request: Any) -> HttpResponse:
    """Ask for the report on what the address asks, and go to where it can be watched."""
    question = QuestionForm.of_request(request)
    yardstick = yardstick_of(instruments.get(question.instrument_id))
    report_id = ask_report(
        definition=definition_of(question, yardstick), asked=question.asked_at_a_moment, actor=request.actor,
        now=request.now,
    )  # fmt: skip
    return redirect("workspace:results_report", report_id=report_id)


@readers
def report(request: Any, report_id: UUID) -> HttpResponse:
    """Show a report, or how far it has come."""
    row = _row(request, report_id)
    shown: dict[str, Any] = {"row": row}
    if row.found is not None:
        adjusted, not_adjusted = adjusted_figure(row, _sites())
        shown |= {
            "card": card_of(row),
            "change": change_figure(row),
            "imputed": imputed_figure(row),
            "tipping": tipping_words(row),
            "imputed_rate": imputed_rate_figure(row),
            "rate_tipping": rate_tipping_words(row),
            "followed": time_figure(row),
            "adjusted": adjusted,
            "not_adjusted": not_adjusted,
            "missing": row.found["missing by baseline severity"],
            "harms": row.found["harms"],
            "odd": _odd(row),
            "at_window": next(
                each for each in row.found["windows"] if each["window"] == row.definition.window.id
            ),
            "unsaid": {
                name: part.get("unsaid", "") for name, part in row.found.items() if isinstance(part, dict)
            },
        }
    return render(request, "workspace/results/report.html", shown)


@readers
@require_POST
def cancel(request: Any, report_id: UUID) -> HttpResponse:
    """Take a report back."""
    try:
        cancel_report(report_id=report_id, actor=request.actor, now=request.now)
    except NoSuchReport:
        raise Http404 from None
    return redirect("workspace:results_report", report_id=report_id)


@readers
@require_POST
def again(request: Any, report_id: UUID) -> HttpResponse:
    """Start a report again that failed, or whose worker is gone."""
    try:
        start_again(report_id=report_id, actor=request.actor, now=request.now)
    except NoSuchReport:
        raise Http404 from None
    except NotToStartAgain:
        messages.info(request, _("This report needs no new start. Nothing was changed."))
    return redirect("workspace:results_report", report_id=report_id)


@readers
def export(request: Any, report_id: UUID, kind: str) -> HttpResponse:
    """Give a finished report as a file; the same definition, cut, software and author give the same bytes."""
    row = _row(request, report_id)
    if row.found is None:
        raise Http404
    card = card_of(row)
    cells = cells_of(row, card, _sites())
    if kind == "csv":
        content = as_csv(cells)
    elif kind == "parquet":
        content = as_parquet(cells, card)
    else:
        practice = the_practice()
        mark = _("Invented data") if practice.is_demonstration else ""
        content = paper_pdf(as_paper(cells, card, practice=practice.name, mark=mark))
    name = f"results-{row.definition_hash[:12]}.{kind}"
    return HttpResponse(
        content, content_type=KINDS[kind], headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )


def _row(request: Any, report_id: UUID) -> ReportRow:
    try:
        return report_of(report_id, actor=request.actor)
    except NoSuchReport:
        raise Http404 from None


def _odd(row: ReportRow) -> tuple[str, ...] | None:
    """What looked odd in the records; None in reports of versions that did not look."""
    assert row.found is not None
    if "odd" not in row.found:
        return None
    yardstick = yardstick_of(instruments.get(row.definition.instrument))
    said = in_words(Odd(**row.found["odd"]), low=yardstick.low, high=yardstick.high)
    return (*said, *all_or_nobody(card_of(row).chain, row.definition.window.id))


def _sites() -> dict[str, str]:
    return {str(site.id): site.name for site in roster.all_sites()}
