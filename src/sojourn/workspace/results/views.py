"""The practice's results, the card behind each sentence, and the page that is published."""

from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from sojourn.design.charts.figures import ChartFigure
from sojourn.design.charts.results import chain_figure
from sojourn.program.people.access import only
from sojourn.program.people.policy import may_do
from sojourn.program.people.queries import the_practice
from sojourn.program.people.roles import Role
from sojourn.program.results.counting import is_too_much_at_once
from sojourn.program.results.publishing import NothingToPublish, publish_results, why_not_beside_earlier
from sojourn.program.results.reporting import newest_reports
from sojourn.workspace.results import card_words
from sojourn.workspace.results.exports import (
    card_as_csv,
    published_counts,
    published_page,
    published_question,
    refused_because,
)
from sojourn.workspace.results.figures import funnel_of, rates_by_window
from sojourn.workspace.results.numbers import Answers, answers_to
from sojourn.workspace.results.questions import QuestionForm

readers = only(Role.PRESCRIBER, Role.MEDICAL_DIRECTOR)


@readers
def results(request: Any) -> HttpResponse:
    """Show what became of everybody the reader may see."""
    question, answers = _asked(request)
    sees_clinicians = may_do(request.actor, "publish results")
    outcome = answers.card.definition.outcome
    return render(
        request,
        "workspace/results/results.html",
        {
            "question": question,
            "answers": answers,
            "card": answers.card,
            "chain": _chain(question, answers),
            "rates": rates_by_window(
                answers.chains, title=_("People who %(outcome)s") % {"outcome": outcome}
            ),
            "dropout": [(name, chain) for name, chain in answers.chains if chain.due],
            "sites": funnel_of(answers.sites, title=_("Sites"), hidden=answers.hidden_sites, met=outcome),
            "clinicians": funnel_of(
                answers.clinicians, title=_("Prescribers"), hidden=answers.hidden_clinicians, met=outcome
            )
            if sees_clinicians
            else None,
            "sees_clinicians": sees_clinicians,
            "reports": newest_reports(request.actor),
        },
    )


@readers
def card(request: Any) -> HttpResponse:
    """Show the claim card: everything it takes to check the sentence."""
    question, answers = _asked(request, settled=True)
    return render(
        request,
        "workspace/results/card.html",
        {
            "question": question,
            "card": answers.card,
            "chain": _chain(question, answers),
            "claimed": card_words.claimed(answers.card),
            "rates": card_words.rates(answers.card),
            "severity": card_words.severity(answers.card),
            "origin": card_words.origin(answers.card),
        },
    )


@readers
def card_json(request: Any) -> HttpResponse:
    """Give the card as JSON; the same definition, cut, software and author give the same bytes."""
    _question, answers = _asked(request, settled=True)
    return _file(answers.card.as_json() + "\n", "application/json", "claim-card.json")


@readers
def card_csv(request: Any) -> HttpResponse:
    """Give the card as CSV."""
    _question, answers = _asked(request, settled=True)
    return _file(card_as_csv(answers.card.as_json()), "text/csv; charset=utf-8", "claim-card.csv")


@only(Role.MEDICAL_DIRECTOR)
def publish(request: Any) -> HttpResponse:
    """Show what would be published, and write it once the director confirms."""
    question, answers = _asked(request, settled=True)
    because = refused_because(answers) or why_not_beside_earlier(
        published_question(question), published_counts(answers), as_of=question.as_of
    )
    if request.method == "POST" and request.POST.get("confirmed") == "yes":
        practice = the_practice()
        page = published_page(
            answers,
            practice=practice.name,
            outcome=answers.card.definition.outcome,
            is_demonstration=practice.is_demonstration,
        )
        try:
            path = publish_results(
                page=page,
                question=published_question(question),
                counts=published_counts(answers),
                as_of=question.as_of,
                refused_because=refused_because(answers),
                actor=request.actor,
                now=request.now,
            )
        except NothingToPublish as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(
                request, _("Written to published/%(name)s in the data folder.") % {"name": path.name}
            )
        return redirect(f"{reverse('workspace:publish_results')}?{question.query}")
    return render(
        request,
        "workspace/results/publish.html",
        {
            "question": question,
            "card": answers.card,
            "because": because,
            "unconfirmed": request.method == "POST",
        },
    )


def _chain(question: QuestionForm, answers: Answers) -> ChartFigure:
    return chain_figure(
        answers.card.chain,
        title=_("Who was counted at %(window)s") % {"window": question.window.id},
        met=answers.card.definition.outcome,
        source=_("records of this practice up to %(day)s") % {"day": answers.card.as_of.isoformat()},
    )


def _asked(request: Any, *, settled: bool = False) -> tuple[QuestionForm, Answers]:
    """Answer the address; `settled`: as of a moment at which it can be asked again, and not of now."""
    question = QuestionForm.of_request(request)
    asked = question.asked_at_a_moment if settled else question.asked
    if is_too_much_at_once(request.actor, asked):
        messages.info(
            request,
            _(
                "So many people are counted as of a moment that is past in the background: ask for the long report. "
                "This is how they stand now."
            ),
        )
        asked = replace(asked, cut=None, as_of=question.today)
    return question, answers_to(question, asked, actor=request.actor)


def _file(text: str, kind: str, name: str) -> HttpResponse:
    return HttpResponse(
        text, content_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )
