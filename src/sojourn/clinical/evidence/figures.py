"""Numbers for cards: computed from the counts of studies, or quoted with the place they stand."""

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction

from sojourn.clinical.evidence.claims import Figure
from sojourn.clinical.evidence.data_files import Table
from sojourn.clinical.evidence.meta_analysis import Counts, Interval, newcombe, risk_difference, wilson
from sojourn.clinical.evidence.sources import CITATION_KEYS, Citation, read_citation
from sojourn.clinical.evidence.strata import Synthesis, strata, stratum
from sojourn.clinical.evidence.studies import Arm, Result
from sojourn.clinical.evidence.study_files import results

HUNDRED = 100


def read_figures(row: Table) -> tuple[Figure, ...]:
    """Compute the figures and take over the quotations a card names. Raise DataFileInvalid."""
    computed = row.tables("figure", allowed=("of", "arm", "pool"), required=("name", "show"))
    quoted = row.tables("quoted", allowed=(), required=("name", "says", *CITATION_KEYS))
    found = (*(_computed(each) for each in computed), *(_quoted(each) for each in quoted))
    for place, figure in enumerate(found):
        if figure.name in {other.name for other in found[:place]}:
            raise row.refuse("figure", f"{figure.name} stands twice; give each number one name")
    return found


def _quoted(row: Table) -> Figure:
    citation = read_citation(row)
    return Figure(
        name=row.text("name"),
        reads=row.text("says"),
        how="as the source says",
        citations=(citation,),
        is_from_memory=citation.provenance.value == "from memory",
    )


def _computed(row: Table) -> Figure:
    if ("of" in row) == ("pool" in row):
        raise row.refuse("of", "name either one result (`of`) or one stratum (`pool`)")
    return _pooled(row) if "pool" in row else _of_one(row)


def _of_one(row: Table) -> Figure:
    result = results()[row.choice("of", tuple(results()))]
    if "arm" in row:
        arm, show = _arm(row, result), ARM_SHOWS[row.choice("show", tuple(ARM_SHOWS))]
        worked_out = ", worked out from the percentage" if arm.is_worked_out else ""
        return _figure(row, show(arm.counts), f"{result.title}: {arm.counts}{worked_out}", (result,))
    if result.control is None:
        raise row.refuse("arm", "this study has one group only; name the arm")
    compare = PAIR_SHOWS[row.choice("show", tuple(PAIR_SHOWS))]
    how = f"{result.title}: {result.active_counts} against {result.control.counts}"
    return _figure(row, compare(result.active_counts, result.control.counts), how, (result,))


def _arm(row: Table, result: Result) -> Arm:
    named = {"control": result.control} if result.control else {}
    arms = {**{arm.label: arm for arm in result.active}, **named}
    if len(result.active) == 1:
        arms["active"] = result.active[0]
    elif row.text("arm") == "active":
        return Arm(
            label="active",
            counts=result.active_counts,
            is_worked_out=any(arm.is_worked_out for arm in result.active),
            provenance=result.active[0].provenance,
        )
    return arms[row.choice("arm", tuple(arms))]


def _pooled(row: Table) -> Figure:
    known = {each.id: each for each in strata() if each.is_pooled}
    chosen = stratum(row.choice("pool", tuple(known)))
    synthesis = chosen.synthesis
    assert synthesis is not None
    show = POOL_SHOWS[row.choice("show", tuple(POOL_SHOWS))]
    names = ", ".join(result.title for result in chosen.results)
    how = f"{synthesis.headline.method} over {len(chosen.results)} results ({names}), {synthesis.people:,} people"
    return replace(_figure(row, show(synthesis), how, chosen.results), pool=chosen.id)


def _figure(row: Table, reads: str, how: str, used: tuple[Result, ...]) -> Figure:
    citations: tuple[Citation, ...] = tuple(citation for result in used for citation in result.citations)
    return Figure(
        name=row.text("name"),
        reads=reads,
        how=how,
        citations=citations,
        is_from_memory=any(result.is_from_memory for result in used),
        results=tuple(result.id for result in used),
    )


def whole(share: Fraction | float) -> str:
    """Write a share as a whole number of hundredths, halves up, with a true minus sign."""
    scaled = Fraction(share) * HUNDRED
    rounded = int(abs(scaled) + Fraction(1, 2))
    return f"{'−' if scaled < 0 and rounded else ''}{rounded}"  # noqa: RUF001 - a true minus sign


def span(interval: Interval) -> str:
    """Write an interval of shares as "8 to 23 in 100"."""
    return f"{whole(interval.low)} to {whole(interval.high)} in 100"


ARM_SHOWS: dict[str, Callable[[Counts], str]] = {
    "in a hundred": lambda counts: f"{whole(counts.share)} of 100",
    "percent": lambda counts: f"{whole(counts.share)}%",
    "counts": lambda counts: f"{counts.events:,} of {counts.n:,}",
    "interval": lambda counts: span(wilson(counts)),
    "people": lambda counts: f"{counts.n:,}",
}
PAIR_SHOWS: dict[str, Callable[[Counts, Counts], str]] = {
    "difference": lambda active, control: f"{whole(abs(risk_difference(active, control)))} in 100",
    "difference interval": lambda active, control: span(newcombe(active, control)),
}
POOL_SHOWS: dict[str, Callable[[Synthesis], str]] = {
    "difference": lambda found: f"{whole(abs(found.headline.natural))} in 100",
    "share": lambda found: f"{whole(found.headline.natural)} of 100",
    "interval": lambda found: span(found.headline.interval),
    "prediction": lambda found: span(found.headline.prediction),
    "studies": lambda found: str(len(found.results)),
    "people": lambda found: f"{found.people:,}",
}
