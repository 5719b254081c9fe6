"""Every card and every study, to search and to read."""

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render

from sojourn.clinical.evidence.claim_files import UnknownClaim, claims
from sojourn.clinical.evidence.claim_files import claim as card_of
from sojourn.clinical.evidence.claims import Claim
from sojourn.clinical.evidence.strata import strata, why_not_alone
from sojourn.clinical.evidence.study_files import results
from sojourn.clinical.evidence.study_files import studies as all_studies
from sojourn.design.charts.evidence import figure_of_stratum, figure_side_by_side
from sojourn.design.claim_cards import TONES, card_in_words
from sojourn.program.people.access import staff_only
from sojourn.workspace.evidence.forms import SearchForm

SIDE_BY_SIDE = ("elekt-d/response", "ketect/remission")


@staff_only
def evidence(request: Any) -> HttpResponse:
    """List the cards that hold the words, with verdict, strength and the day their review is due."""
    form = SearchForm(request.POST or None)
    form.is_valid()
    on = request.now.date()
    found = [card for card in claims().values() if _holds(card, form)]
    rows = [
        {"card": card, "tone": TONES[card.verdict], "rechecked": bool(card.being_rechecked(on=on))}
        for card in found
    ]
    page = {"form": form, "rows": rows, "in_all": len(claims())}
    return render(request, "workspace/evidence/evidence.html", page)


@staff_only
def evidence_card(request: Any, claim_id: str) -> HttpResponse:
    """Show one card with everything it rests on."""
    try:
        card = card_of(claim_id)
    except UnknownClaim as unknown:
        raise Http404 from unknown
    page = {"words": card_in_words(card, on=request.now.date())}
    return render(request, "workspace/evidence/card.html", page)


@staff_only
def studies(request: Any) -> HttpResponse:
    """Show what studies were asked together, drawn and pooled where they may be, and what was left out and why."""
    beside = tuple(results()[each] for each in SIDE_BY_SIDE)
    page = {
        "questions": [
            {"about": each.about, "figure": figure_of_stratum(each)}
            for each in sorted(strata(), key=lambda each: -len(each.results))
        ],
        "side_by_side": figure_side_by_side("ELEKT-D, KetECT", beside),
        "left_out": [
            {"result": each, "why": why_not_alone(each)} for each in results().values() if why_not_alone(each)
        ],
        "studies": [
            {"study": each, "flags": [flag for result in each.results for flag in result.flags]}
            for each in all_studies().values()
        ],
    }
    return render(request, "workspace/evidence/studies.html", page)


def _holds(card: Claim, form: SearchForm) -> bool:
    words = form.given("q").casefold().split()
    text = " ".join(
        (card.id, card.title, card.claim, card.truth, card.because, *(c.source.title for c in card.cited))
    ).casefold()
    return (
        all(word in text for word in words)
        and form.given("topic") in {"", card.topic.value}
        and form.given("verdict") in {"", card.verdict.value}
    )
