"""The claim card as files, and as the page that is published."""

import csv
import io
import json
from typing import Any

from django.template.loader import render_to_string

from sojourn.clinical.evidence.meta_analysis import Counts
from sojourn.clinical.outcomes.practice import LEAST, Chain, suppress_chain
from sojourn.clinical.quantities import how_many
from sojourn.design.charts.denominators import DenominatorStep, denominators_figure
from sojourn.design.charts.figures import ChartFigure
from sojourn.design.standalone import styles
from sojourn.program.results.publishing import PublishedQuestion
from sojourn.workspace.results.numbers import Answers
from sojourn.workspace.results.questions import QuestionForm

# What a public article says of its company's own patients, and what it does not say; three sentences no card can carry.
CANNOT_BE_RENDERED = (
    "69 % reduction in depression symptoms after 10 weeks",
    "60 % reduction in anxiety symptoms after 10 weeks",
    "87 % see improvement within four weeks",
)

WINDOW_CLOSED = 3  # the step of the chain


def card_as_csv(card_json: str) -> str:
    """Write every value of a card in a row of its own, in the order of the JSON."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(("what", "value"))
    writer.writerows(rows_of_card(card_json))
    return stream.getvalue()


def rows_of_card(card_json: str) -> list[tuple[str, str]]:
    """Give every value of a card with the path to it."""
    return _flat("", json.loads(card_json))


def _flat(path: str, value: Any) -> list[tuple[str, str]]:
    if isinstance(value, dict):
        return [row for key, each in value.items() for row in _flat(f"{path}.{key}" if path else key, each)]
    if isinstance(value, list):
        return [row for place, each in enumerate(value) for row in _flat(f"{path}.{place}", each)]
    return [(path, "" if value is None else str(value))]


def refused_because(answers: Answers) -> str:
    """Say why these results may not be published; empty where they may."""
    chain = answers.card.chain
    if not answers.card.is_sufficient:
        return answers.card.headline
    small = [
        name
        for name, count in (
            ("answered", chain.observed), ("met the outcome", chain.met),
            ("did not meet it", chain.observed - chain.met), ("are missing", chain.missing),
        )
        if 0 < count < LEAST
    ]  # fmt: skip
    if small:
        return f"Fewer than {LEAST} people {' and fewer than 11 '.join(small)}: a reader could tell who they are."
    return ""


def published_question(question: QuestionForm) -> PublishedQuestion:
    """Say whom a page speaks of, so that it can be held beside others."""
    asked = question.asked
    return PublishedQuestion(
        instrument=question.instrument_id,
        window=question.window.id,
        outcome="remission" if question.asks_remission else "response",
        protocols=asked.protocols,
        site=str(asked.site_id) if asked.site_id else None,
        since=asked.since.isoformat() if asked.since else None,
        until=asked.until.isoformat() if asked.until else None,
    )


def published_counts(answers: Answers) -> dict[str, int]:
    """Give every count that a reader of the page can see or work out."""
    chain, alarmed = answers.card.chain, answers.harms.people_with_red_alarm
    counts = {
        "came in": chain.enrolled, "valid baseline": chain.baseline, "dosed": chain.dosed, "window closed": chain.reached,
        "no valid baseline": chain.enrolled - chain.baseline, "no dose": chain.baseline - chain.dosed,
        "window still to come": chain.dosed - chain.reached, "due": chain.due,
        "due without a baseline": chain.reached_without_baseline, "answered": chain.observed,
        "no answer": chain.reached - chain.observed, "missing": chain.missing, "met": chain.met,
        "not met": chain.observed - chain.met, "people with an act-now alarm": alarmed,
        "people without one": chain.enrolled - alarmed,
    }  # fmt: skip
    worse = _worse_published(answers)
    if worse is None:
        return counts
    if worse.n == chain.observed:
        return counts | {"worse of those who answered": worse.events}
    return counts | {"seen with any baseline": worse.n, "worse with any baseline": worse.events}


def _worse_published(answers: Answers) -> Counts | None:
    """Of everybody observed who got worse; of those who answered alone where the two would differ by a handful."""
    chain, worse = answers.card.chain, answers.worse
    if worse is not None and 0 < worse.n - chain.observed < LEAST:
        return Counts(chain.worse, chain.observed)
    return worse


def _may_show(part: int, whole: int) -> bool:
    """Tell whether neither a part nor the rest of the whole is a handful."""
    return all(n == 0 or n >= LEAST for n in (part, whole - part))


def published_page(answers: Answers, *, practice: str, outcome: str, is_demonstration: bool) -> str:
    """Write the page; its figures hide every cell of 1 to 10 and what would give one away."""
    worse, harms = _worse_published(answers), answers.harms
    return render_to_string(
        "workspace/results/published.html",
        {
            "styles": styles(),
            "practice_name": practice,
            "is_demonstration": is_demonstration,
            "card": answers.card,
            "chain": _suppressed(answers.card.chain, outcome),
            "worse": worse if worse and _may_show(worse.events, worse.n) else None,
            "worse_hidden": worse is not None and not _may_show(worse.events, worse.n),
            "reliable": how_many(answers.yardstick.reliable_points or 0, "point"),
            "harms": harms,
            "alarmed_hidden": not _may_show(harms.people_with_red_alarm, answers.card.chain.enrolled),
            "cannot": CANNOT_BE_RENDERED,
        },
    )


def _suppressed(chain: Chain, outcome: str) -> ChartFigure:
    links = chain.links
    # The headline names all who were due: beside it, the window's own step would tell who of them has no baseline.
    also = (WINDOW_CLOSED,) if 0 < chain.reached_without_baseline < LEAST else ()
    shown = suppress_chain([link.people for link in links], also=also)
    return denominators_figure(
        title="Who was counted",
        steps=[
            DenominatorStep(
                says=outcome if link is links[-1] else link.says,
                people=people,
                lost=lost,
                lost_because=link.lost_because,
            )
            for link, people, lost in zip(links, shown.people, shown.lost, strict=True)
        ],
        caption="Cells of 1 to 10 people are hidden, and others from which they could be worked out.",
    )
