"""A claim card in words, for somebody who has never seen one: what is claimed, each rate, where the numbers come from."""

from datetime import UTC
from fractions import Fraction

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from sojourn.clinical import instruments
from sojourn.clinical.evidence.meta_analysis import Interval
from sojourn.clinical.outcomes.practice import ClaimCard, Rate


def claimed(card: ClaimCard) -> tuple[tuple[str, str], ...]:
    """Say of whom, on which scale, what and when."""
    definition, window = card.definition, card.definition.window
    days = _(
        "days %(opens)d to %(closes)d after the first dose; of several scores the one nearest to day %(target)d"
    )
    return (
        (_("People"), definition.population.capitalize()),
        (_("Questionnaire"), instruments.get(definition.instrument).title),
        (_("Where they began"), _("a baseline of %(n)s or more, at most a week before the first dose")
         % {"n": definition.baseline_at_least}),
        (_("Outcome"), _("The score %(outcome)s") % {"outcome": definition.outcome}),
        (_("When"), f"{window.id.capitalize()}: " + days
         % {"opens": window.opens, "closes": window.closes, "target": window.target}),
        (_("Comparison"), card.comparison),
    )  # fmt: skip


def rates(card: ClaimCard) -> tuple[tuple[str, ...], ...]:
    """Give each rate in a row: of whom, how many, which share, and two intervals."""
    chain, found = card.chain, card.rates
    return (
        _row(_("Of those who answered"), found.observed),
        _row(_("With the missing counted as not"), found.missing_not_met),
        _bound(_("At worst: nobody missing met it"), chain.met, chain.due, found.worst),
        _bound(_("At best: everybody missing met it"), chain.met + chain.missing, chain.due, found.best),
        _row(_("Worse by the reliable change, of those who answered"), found.worse),
    )


def severity(card: ClaimCard) -> tuple[tuple[str, str], ...]:
    """Say how ill those were who answered and those who did not."""
    chain = card.chain
    return (
        (_("%(n)d answered, their mean baseline") % {"n": chain.observed}, _mean(card.severity.observed)),
        (_("%(n)d are missing, their mean baseline") % {"n": chain.missing}, _mean(card.severity.missing)),
        (_("Missing without any baseline"), str(chain.reached_without_baseline)),
    )


def origin(card: ClaimCard) -> tuple[tuple[str, str], ...]:
    """Say as of when, by which software and whom, and by which names it can be asked for again."""
    received = (
        date_format(card.cut.astimezone(UTC), "M j, Y, H:i") + " UTC" if card.cut else _("whatever was there")
    )
    return (
        (_("Answers received up to"), received),
        (_("As of"), date_format(card.as_of, "M j, Y")),
        (_("Software"), f"Sojourn {card.software}"),
        (_("Stands behind it"), card.author),
        (_("Definition, sha256"), card.definition.hash),
        (_("Questionnaire, sha256"), card.definition.instrument_hash),
        (_("This card, sha256"), card.hash),
    )


def _row(name: str, rate: Rate | None) -> tuple[str, ...]:
    if rate is None:
        return name, "–", "–", "–", "–"
    return (
        name,
        _("%(events)d of %(n)d") % {"events": rate.counts.events, "n": rate.counts.n},
        _percent(rate.share),
        _ends(rate.wilson),
        _ends(rate.strict),
    )


def _bound(name: str, events: int, n: int, share: Fraction | None) -> tuple[str, ...]:
    if share is None:
        return name, "–", "–", "–", "–"
    return name, _("%(events)d of %(n)d") % {"events": events, "n": n}, _percent(share), "–", "–"


def _ends(interval: Interval) -> str:
    return _("%(low)s to %(high)s") % {"low": _percent(interval.low), "high": _percent(interval.high)}


def _percent(share: Fraction | float) -> str:
    return f"{100 * float(share):.1f}\N{NO-BREAK SPACE}%"


def _mean(baseline: float | None) -> str:
    return _("nobody's is known") if baseline is None else f"{baseline:.1f}"
