"""Lessons for visitors and patients, the cards they rest on, and what the practice says about itself."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.template import TemplateDoesNotExist
from django.template.loader import get_template
from django.urls import reverse
from django.views.decorators.cache import never_cache

from sojourn.clinical.evidence.claim_files import claims
from sojourn.clinical.evidence.claims import Topic
from sojourn.clinical.evidence.lessons import Lesson, UnknownLesson
from sojourn.clinical.evidence.lessons import lesson as lesson_of
from sojourn.clinical.evidence.lessons import lessons as all_lessons
from sojourn.design.claim_cards import card_in_words
from sojourn.portal.lessons.forms import CheckForm, NarrowForm, topic_ways, verdict_ways
from sojourn.portal.lessons.kept import kept_tries
from sojourn.program.education import actions, queries
from sojourn.program.people.access import everyone


@everyone
@never_cache
def lessons(request: HttpRequest) -> HttpResponse:
    """List the lessons; a patient sees which of those with questions they have understood."""
    kept = kept_tries(request, all_lessons())
    rows = [{"lesson": each, "kept": kept.get(each.id)} for each in all_lessons()]
    return render(request, "portal/lessons/lessons.html", {"rows": rows, "cards": len(claims())})


@everyone
def myths(request: HttpRequest) -> HttpResponse:
    """Show every card by topic, narrowed by topic and verdict where that is asked."""
    form = NarrowForm(request.GET or None)
    topic, verdict = form.topic_chosen, form.verdict_chosen
    on = request.now.date()  # type: ignore[attr-defined]
    chosen = [
        card_in_words(card, on=on)
        for card in claims().values()
        if topic in {"", card.topic.value} and verdict in {"", card.verdict.value}
    ]
    groups = [
        {"topic": each, "cards": cards}
        for each in Topic
        if (cards := [words for words in chosen if words.card.topic is each])
    ]
    page = {
        "groups": groups,
        "shown": len(chosen),
        "in_all": len(claims()),
        "topics": topic_ways(topic, verdict),
        "verdicts": verdict_ways(topic, verdict),
    }
    return render(request, "portal/lessons/myths.html", page)


@everyone
@never_cache
def lesson(request: HttpRequest, lesson_id: str) -> HttpResponseBase:
    """Show a lesson and its questions. A patient's answers are kept; a visitor's are only looked at."""
    try:
        chosen = lesson_of(lesson_id)
    except UnknownLesson as unknown:
        raise Http404 from unknown
    if request.method != "POST" or not chosen.questions:
        return _shown(request, chosen, CheckForm(lesson=chosen))
    form = CheckForm(request.POST, lesson=chosen)
    if not form.is_valid():
        return _shown(request, chosen, form, status=422)
    actor = request.actor  # type: ignore[attr-defined]
    if actor.patient_id is None:
        wrong = chosen.wrong_answers(form.cleaned_data)
    else:
        now = request.now  # type: ignore[attr-defined]
        wrong = actions.answer_check(lesson=chosen, answers=form.cleaned_data, actor=actor, now=now)
    if wrong:
        form.explain(wrong)
        return _shown(request, chosen, form, status=422)
    if actor.patient_id is not None:
        return redirect(f"{reverse('portal:lesson', args=[chosen.id])}#clear")
    return _shown(request, chosen, CheckForm(lesson=chosen), all_right=True)


@everyone
def what_we_say(request: HttpRequest) -> HttpResponse:
    """Show what the practice says in public, each sentence with its counts and its card."""
    on = request.now.date()  # type: ignore[attr-defined]
    said = [row for row in queries.statements(on=on) if row.is_shown]
    return render(request, "portal/lessons/what_we_say.html", {"said": said})


def _shown(
    request: HttpRequest, lesson: Lesson, form: CheckForm, *, all_right: bool = False, status: int = 200
) -> HttpResponse:
    on = request.now.date()  # type: ignore[attr-defined]
    cited = lesson.cards
    notes = {card.id: place for place, card in enumerate(cited, 1)}
    parts: list[dict[str, Any]] = [
        {
            "part": part,
            "figure": _figure(part.figure),
            "statements": [
                {"says": each.says, "notes": [(notes[card.id], card) for card in each.cards]}
                for each in part.statements
            ],
        }
        for part in lesson.parts
    ]
    others = all_lessons()
    after = others[(others.index(lesson) + 1) % len(others)]
    page = {
        "lesson": lesson,
        "parts": parts,
        "cited": [card_in_words(card, on=on) for card in cited],
        "form": form,
        "kept": kept_tries(request, (lesson,)).get(lesson.id),
        "all_right": all_right,
        "is_overdue": lesson.review_by < on,
        "after": after,
    }
    return render(request, "portal/lessons/lesson.html", page, status=status)


def _figure(name: str) -> str:
    """The template of a figure, where somebody has drawn it; empty where nobody has."""
    if not name:
        return ""
    path = f"portal/lessons/figures/{name}.html"
    try:
        get_template(path)
    except TemplateDoesNotExist:
        return ""
    return path
