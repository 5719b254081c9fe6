"""The answers to a question: chains by window, the claim card, harms, and units for the funnel."""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from sojourn import __version__
from sojourn.clinical import instruments
from sojourn.clinical.evidence.meta_analysis import Counts
from sojourn.clinical.outcomes.practice import (
    LEAST,
    USUAL_WINDOWS,
    Chain,
    ClaimCard,
    Definition,
    Funnel,
    claim_card,
    funnel,
)
from sojourn.clinical.outcomes.practice.oddities import all_or_nobody, in_words
from sojourn.clinical.outcomes.reports import Yardstick, yardstick_of
from sojourn.program.people.actors import Actor
from sojourn.program.people.roster import names_of_staff
from sojourn.program.results.counting import Asked, Counted, Harms, chain_from, counted, harms_among
from sojourn.program.results.oddities import MOST_ON_A_PAGE, odd_among
from sojourn.workspace.results.questions import QuestionForm


@dataclass(frozen=True)
class Answers:
    """Everything the page says. `hidden_*` counts units too small to be drawn.

    `odd` names what looks odd in the records; None where there are too many to look through for each page.
    """

    yardstick: Yardstick
    card: ClaimCard
    chains: tuple[tuple[str, Chain], ...]
    worse: Counts | None
    harms: Harms
    sites: Funnel
    hidden_sites: int
    clinicians: Funnel
    hidden_clinicians: int
    odd: tuple[str, ...] | None


def answers_to(question: QuestionForm, asked: Asked, *, actor: Actor) -> Answers:
    """Ask the database four times, however many people there are."""
    yardstick = yardstick_of(instruments.get(question.instrument_id))
    rows = counted(actor, asked, yardstick=yardstick, windows=USUAL_WINDOWS)
    here = [row for row in rows if row.visit == question.window.id]

    def met(row: Counted) -> int:
        return row.remitted if question.asks_remission else row.responded

    sites, hidden_sites = _units(
        here, lambda row: row.site_id, met, {UUID(key): name for key, name in question.sites.items()}
    )
    names = names_of_staff(row.prescriber_id for row in here)
    clinicians, hidden_clinicians = _units(here, lambda row: row.prescriber_id, met, names)
    observed = sum(row.seen_at_all for row in here)
    return Answers(
        yardstick=yardstick,
        card=claim_card(
            definition=definition_of(question, yardstick),
            chain=chain_from(here, met),
            as_of=question.as_of,
            cut=asked.cut,
            software=__version__,
            author=actor.name,
        ),
        chains=tuple(
            (window.id, chain_from([row for row in rows if row.visit == window.id], met))
            for window in USUAL_WINDOWS
        ),
        worse=Counts(sum(row.worse_at_all for row in here), observed)
        if observed and yardstick.reliable_points is not None
        else None,
        harms=harms_among(actor, asked),
        sites=sites,
        hidden_sites=hidden_sites,
        clinicians=clinicians,
        hidden_clinicians=hidden_clinicians,
        odd=_odd(actor, asked, yardstick, chain_from(here, met), question.window.id),
    )


def _odd(
    actor: Actor, asked: Asked, yardstick: Yardstick, chain: Chain, window: str
) -> tuple[str, ...] | None:
    if chain.enrolled > MOST_ON_A_PAGE:
        return None
    found = odd_among(actor, asked, yardstick=yardstick)
    return (*in_words(found, low=yardstick.low, high=yardstick.high), *all_or_nobody(chain, window))


def definition_of(question: QuestionForm, yardstick: Yardstick) -> Definition:
    """Say what is claimed, of whom and when: with the data cut and the software it decides every number."""
    outcome = (
        f"were below {yardstick.remission_below} (remission)"
        if question.asks_remission
        else f"fell by {yardstick.response_percent} % or more"
    )
    return Definition(
        instrument=yardstick.id,
        instrument_hash=yardstick.definition_hash,
        outcome=outcome,
        population=question.population,
        baseline_at_least=str(yardstick.baseline_at_least),
        window=question.window,
    )


def _units(
    rows: list[Counted], unit_of: Callable[[Counted], UUID], met: Callable[[Counted], int],
    names: dict[UUID, str],
) -> tuple[Funnel, int]:  # fmt: skip
    """Put units of 11 people due or more around their common share; the missing count as not."""
    by_unit: dict[UUID, list[Counted]] = {}
    for row in rows:
        by_unit.setdefault(unit_of(row), []).append(row)
    units = [(names.get(unit, "not named"), chain_from(those, met)) for unit, those in by_unit.items()]
    due = [(name, Counts(chain.met, chain.due)) for name, chain in units if chain.due >= LEAST]
    return funnel(due), sum(0 < chain.due < LEAST for _, chain in units)
