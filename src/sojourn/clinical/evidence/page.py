"""The reference page of the evidence: every card, every question studies were asked, every study, in Markdown."""

from sojourn.clinical.evidence.claim_files import claims
from sojourn.clinical.evidence.claims import Claim
from sojourn.clinical.evidence.figures import whole
from sojourn.clinical.evidence.meta_analysis import (
    ZERO_CELL_RULE,
    Measure,
    Pooled,
    newcombe,
    odds_ratio,
    wilson,
)
from sojourn.clinical.evidence.strata import Stratum, strata, synthesize, why_not_alone
from sojourn.clinical.evidence.studies import Result, Study
from sojourn.clinical.evidence.study_files import studies

HUNDRED = 100
HEAD = """# Evidence

Made from `src/sojourn/clinical/evidence/data/` by `tools/reference`; do not edit it here. Each card answers a claim
that is made about the treatment. Numbers are computed from the studies below or quoted with their place. Marks: [read]
in the source, [excerpt] in an excerpt or abstract, [from memory] to be read again, [program policy] nobody else says
so. Strength is this program's own grade. Who pays for a study is from memory and not looked up.

No card and no lesson has been reviewed by a clinician unless its line says by whom.
"""


TOGETHER = f"""## Studies together

Results that ask the same question: same outcome and definition, condition, drug, route, comparison and time.
Differences are treated minus compared, in 100 people. Three methods stand beside each other; cards print REML with the
wider of the plain and the Hartung-Knapp interval. {ZERO_CELL_RULE}
"""


def evidence_page() -> str:
    """Write the page; the same data give the same text."""
    largest_first = sorted(strata(), key=lambda each: -len(each.results))
    return "\n".join(
        [
            HEAD,
            "## Cards\n",
            *(_card(card) for card in claims().values()),
            TOGETHER,
            *(_stratum(each) for each in largest_first),
            "## Studies\n",
            *(_study(each) for each in studies().values()),
        ]
    )


def _card(card: Claim) -> str:
    reviewed = f"reviewed by {card.reviewed_by}" if card.reviewed_by else "not yet reviewed by a clinician"
    number = f"Claim {card.number} of the article. " if card.number else ""
    lines = [
        f"### {card.title}\n",
        f"`{card.id}` · {number}Says {card.speaker}: {card.claim}\n",
        f"**{card.verdict.value.capitalize()}.** {card.truth}\n",
        f"Strength: {card.strength}. {card.because}\n",
        *(f"- Against, or bounding it: {each.says} ({each.citation.in_words})" for each in card.counter),
        *(f"- {figure.reads}: {figure.how}{_memory(figure.is_from_memory)}" for figure in card.figures),
        *(f"- Source: {citation.in_words}" for citation in card.cited),
        f"\nChecked on {card.checked_on}, review due by {card.review_by}, {reviewed}.\n",
    ]
    return "\n".join(lines)


def _stratum(each: Stratum) -> str:
    compared = "Compared" if each.is_compared else "No comparison group"
    lines = [
        f"### {each.title}\n",
        f"{each.about}\n",
        f"| study | treated | {compared.lower()} | of 100 (95% interval) |",
        "| --- | --- | --- | --- |",
        *(_result_line(result) for result in each.results),
    ]
    if synthesis := each.synthesis:
        lines += [f"| {_pooled_line(pooled)} |" for pooled in synthesis.by_method]
        q = synthesis.headline
        lines += ["", f"Q {q.q:.2f}, df {q.studies - 1}, p {q.q_p:.2f}.{_odds(each)}"]
    return "\n".join([*lines, ""])


def _result_line(result: Result) -> str:
    active = result.active_counts
    if result.control is None:
        within = wilson(active)
        return f"| {result.title} | {active} | | {_span(float(active.share), within.low, within.high)} |"
    control = result.control.counts
    within = newcombe(active, control)
    difference = float(active.share - control.share)
    return f"| {result.title} | {active} | {control} | {_span(difference, within.low, within.high)} |"


def _odds(each: Stratum) -> str:
    """The pooled odds ratio as well, for whoever recomputes it."""
    if not each.is_compared:
        return ""
    pooled = synthesize(each.results, measure=Measure.ODDS_RATIO).headline
    within = pooled.interval
    return f" Odds ratio, {pooled.method}: {pooled.natural:.2f} ({within.low:.2f} to {within.high:.2f})."


def _pooled_line(pooled: Pooled) -> str:
    within, predicted = pooled.interval, pooled.prediction
    spread = f"tau² {pooled.tau2:.4f}, I² {round(HUNDRED * pooled.i2)}%"
    more = f"one more study: {whole(predicted.low)} to {whole(predicted.high)}"
    span = _span(pooled.natural, within.low, within.high)
    return f"together, {pooled.method} | | {spread} | {span}; {more}"


def _span(middle: float, low: float, high: float) -> str:
    return f"{whole(middle)} ({whole(low)} to {whole(high)})"


def _study(each: Study) -> str:
    people = f"{each.people:,} people. " if each.people else ""
    compared = f"compared with: {each.comparator}"
    about = (each.design, each.condition, f"{each.drug}, {each.route}", each.setting, compared)
    lines = [
        f"### {each.title}\n",
        f"`{each.id}` · {'; '.join(about)}. {people}Who pays: {each.funding}.\n",
        *([f"No counts: {each.no_counts}\n"] if each.no_counts else []),
        *([f"Conflict: {each.conflict}\n"] if each.conflict else []),
    ]
    for result in each.results:
        lines += _result(result)
    lines += [f"- {note.says} ({note.citation.in_words})" for note in each.notes]
    return "\n".join([*lines, ""])


def _result(result: Result) -> list[str]:
    arms = "; ".join(
        f"{arm.label} {arm.counts} [{arm.provenance}{', worked out from a percentage' if arm.is_worked_out else ''}]"
        for arm in result.arms
    )
    why = why_not_alone(result)
    exact = odds_ratio(result.active_counts, result.control.counts) if result.control else None
    return [
        f"- {result.outcome.capitalize()} {result.at}: {arms}. {result.definition.says}"
        + (f" Odds ratio {float(exact):.2f}." if exact else "")
        + (f" Not pooled: {why}" if why else ""),
        *(f"  - {flag}" for flag in result.flags),
        *(f"  - {citation.in_words}" for citation in result.citations),
    ]


def _memory(is_from_memory: bool) -> str:  # noqa: FBT001 - one private call
    return " [from memory]" if is_from_memory else ""
