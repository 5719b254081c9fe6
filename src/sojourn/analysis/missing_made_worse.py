"""The sections on what the missing could change: the advantage of a group, the mean change and the rate of each."""

from sojourn.analysis.parts import Part
from sojourn.clinical.outcomes.made_worse import ClaimedRate, MadeWorse
from sojourn.clinical.outcomes.reports import Report, Unsaid
from sojourn.clinical.outcomes.reports.what_if import Tipping, WhatIf
from sojourn.clinical.quantities import how_many
from sojourn.design.charts.results import WorsenedRow, worsened_change_figure, worsened_rate_figure

TITLE = "What the missing could change"
HOW = (
    "Each missing score is filled in many times as the mixed model expects of people like them; the points are added "
    "to each of those. Pooled by Rubin's rules with Barnard and Rubin's degrees of freedom, 95 % intervals."
)


def what_if_parts(report: Report) -> tuple[Part, ...]:
    """Say when an advantage is lost, then for each group when its improvement and its rate are."""
    found = report.what_if
    if isinstance(found, Unsaid):
        return (Part(TITLE, None, found.because),)
    return (
        *((_advantage(found.tipping),) if found.tipping else ()),
        *(part for each in found.groups for part in _of_group(each, report)),
    )


def in_short(found: WhatIf | Unsaid) -> tuple[str, ...]:
    """Say the two tipping points of each group in a line each, for the terminal."""
    if isinstance(found, Unsaid):
        return ()
    return tuple(
        f"{_named(TITLE, each)}: {sentence}"
        for each in found.groups if each.missing
        for sentence in (_improvement(each), *((_rate(each.rate, each.most),) if each.rate else ()))
    )  # fmt: skip


def _advantage(tipping: Tipping) -> Part:
    title = f"{TITLE}: {tipping.group} against {tipping.against} at {tipping.visit}"
    missing = f"the {tipping.missing} missing of {tipping.group}"
    if tipping.points == 0:
        return Part(title, None, "there is no clear advantage that the missing could take away")
    if tipping.points is None:
        most = how_many(tipping.most, "point")
        said = f"Even if each of {missing} were {most} worse than people like them, the advantage would stay."
    else:
        said = (
            f"If each of {missing} were {how_many(tipping.points, 'point')} worse than people like them, the advantage "
            "could no longer be told from chance."
        )
    return Part(title, None, "", (said, f"{tipping.imputations} imputations. {HOW}"))


def _of_group(each: MadeWorse, report: Report) -> tuple[Part, ...]:
    if not each.missing:
        because = f"nobody due at {each.visit} with a baseline is missing, so there is nothing to fill in"
        return (Part(_named(TITLE, each), None, because),)
    reach = float(report.yardstick.high - report.yardstick.low)
    figure = worsened_change_figure(
        [
            WorsenedRow(
                penalty=s.penalty, value=s.change.value, low=s.change.low, high=s.change.high,
                is_lost=s.penalty == each.lost_at,
            )
            for s in each.steps
        ],
        title=_named(f"{TITLE}: the mean change at {each.visit}", each),
        caption=(
            f"Of {each.people} people due with a baseline, {each.missing} are missing. {each.imputations} imputations. "
            f"{HOW}"
        ),
        reach=reach,
        lower_is_better=report.yardstick.lower_is_better,
    )  # fmt: skip
    change = Part(figure.title, figure, "", (_improvement(each),))
    return (change, _rate_part(each)) if report.yardstick.response_percent is not None else (change,)


def _rate_part(each: MadeWorse) -> Part:
    title = _named(f"{TITLE}: the rate of response at {each.visit}", each)
    if each.rate is None:
        return Part(title, None, "no rate is claimed, because too few of those due answered")
    rate = each.rate
    figure = worsened_rate_figure(
        [
            WorsenedRow(
                penalty=step.penalty, value=100 * step.share.value, low=100 * step.share.low, high=100 * step.share.high,
                is_lost=step.penalty == rate.lost_at,
            )
            for step in rate.steps
        ],
        title=title,
        caption=(
            f"The rate of all {rate.people} people due whose baseline can show a response, {rate.missing} of them filled "
            "in. Wilson intervals for multiple imputation. Who has no baseline cannot be filled in and is not among them."
        ),
        limit=100 * rate.limit,
    )  # fmt: skip
    claimed = (
        f"Claimed: {rate.counts.events} of {rate.counts.n} who answered, {100 * float(rate.counts.share):.1f} %, with an "
        f"interval from {100 * rate.limit:.1f} %. The claim ends where the rate of everybody due falls below that."
    )
    return Part(title, figure, "", (claimed, _rate(rate, each.most)))


def _improvement(each: MadeWorse) -> str:
    if each.lost_at == 0:
        return (
            "Even if the missing did as people like them, the mean change cannot be told from no improvement."
        )
    if each.lost_at is None:
        return f"Even if each missing score were {how_many(each.most, 'point')} worse, the mean would still have improved."
    return (
        f"If each missing score were {how_many(each.lost_at, 'point')} worse, the mean change could no longer be told "
        "from no improvement."
    )


def _rate(rate: ClaimedRate, most: float) -> str:
    if rate.lost_at == 0:
        return (
            "Even if the missing did as people like them, the rate of everybody due lies below the interval of those who "
            "answered: their rate speaks for themselves alone."
        )
    if rate.lost_at is None:
        return (
            f"Even if each missing score were {how_many(most, 'point')} worse, the claimed rate would hold."
        )
    return f"If each missing score were {how_many(rate.lost_at, 'point')} worse, the claimed rate would no longer hold."


def _named(title: str, each: MadeWorse) -> str:
    return f"{title}, {each.group}" if each.group else title
