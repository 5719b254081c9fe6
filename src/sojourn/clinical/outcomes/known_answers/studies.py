"""Studies counted by reliable change, by response with the missing people in, by survival, and pooled."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from fractions import Fraction
from statistics import fmean

from sojourn.clinical.evidence.meta_analysis import Comparison, Counts, Measure, Method, effect_of, pool
from sojourn.clinical.outcomes.practice.chain import Outcome, chain_of
from sojourn.clinical.outcomes.practice.estimates import rates_of
from sojourn.clinical.outcomes.practice.windows import Person, Reading, Window
from sojourn.clinical.outcomes.reliable_change import cut_offs, difference_error, reliable_change_points
from sojourn.clinical.outcomes.significant_change import sd_of, significance_of
from sojourn.clinical.outcomes.survival import Curve, Followed, curve, hazard_ratio, log_rank

Rows = Sequence[Mapping[str, str]]
ABSENT = {"", "NA", "NaN", "."}
DAY_0, LATER = (
    date(2020, 1, 1),
    date(2030, 1, 1),
)  # the files count months; any first day gives the same figures
MONTH = 30
RELIABLE = 6
NOT_POOLED = {"5", "6", "26"}
RELAPSES = (9, 13, 18, 23, 31, 34, 48)


def claus(rows: Rows) -> dict[str, float]:
    """Sort people by clinically significant change on HAM-D, and by a 7-point anchor on BDI-II."""
    hamd = _first_and_last(rows, "hamd")
    before = [first for first, _ in hamd]
    sd = sd_of(before)
    cut = cut_offs(clinical_mean=fmean(before), clinical_sd=sd, norm_mean=8, norm_sd=8).c
    sorted_into = Counter(
        significance_of(before=first, after=last, sd=sd, reliability=0.8, cut_off=cut).value
        for first, last in hamd
    )
    bdi = [last - first for first, last in _first_and_last(rows, "bdi")]
    return {
        "HAM-D: pairs": len(hamd),
        "HAM-D: s before": sd,
        "HAM-D: error of a difference": difference_error(sd=sd, reliability=0.8),
        "HAM-D: reliable from": reliable_change_points(sd=sd, reliability=0.8),
        "HAM-D: cut-off c": cut,
        **{
            f"HAM-D: {name}": sorted_into[name]
            for name in ("recovered", "improved", "unchanged", "deteriorated")
        },
        "BDI-II, 7 points: better": sum(change <= -7 for change in bdi),  # noqa: PLR2004 - the anchor
        "BDI-II, 7 points: unchanged": sum(abs(change) < 7 for change in bdi),  # noqa: PLR2004
        "BDI-II, 7 points: worse": sum(change >= 7 for change in bdi),  # noqa: PLR2004
        "HAM-D: half or less": sum(2 * last <= first for first, last in hamd),
        "HAM-D: less than half": sum(2 * last < first for first, last in hamd),
    }


def _first_and_last(rows: Rows, scale: str) -> list[tuple[float, float]]:
    scores: dict[str, dict[float, float]] = {}
    for row in rows:
        if row[scale] not in ABSENT:
            scores.setdefault(row["id"], {})[float(row["time"])] = float(row[scale])
    return [(found[1.0], found[4.0]) for found in scores.values() if {1.0, 4.0} <= set(found)]


def reframed(rows: Rows) -> dict[str, float]:
    """Count responses with the missing people in, and who ever responded."""
    people = {arm: _people(rows, arm) for arm in ("RO-DBT", "TAU")}
    found: dict[str, float] = {"PHQ-9 scores": sum(row["phq9"] not in ABSENT for row in rows)}
    for arm, those in people.items():
        chain = chain_of(people=those, window=_month(12), outcome=_fell_by_half(), as_of=LATER)
        rates = rates_of(chain)
        assert rates.observed is not None
        assert rates.missing_not_met is not None
        found |= {
            f"{arm}, month 12: randomized": chain.enrolled,
            f"{arm}, month 12: with baseline": chain.baseline,
            f"{arm}, month 12: observed": chain.observed,
            f"{arm}, month 12: responded": chain.met,
            f"{arm}, month 12: percent observed": 100 * float(rates.observed.share),
            f"{arm}, month 12: percent observed, low": 100 * rates.observed.wilson.low,
            f"{arm}, month 12: percent observed, high": 100 * rates.observed.wilson.high,
            f"{arm}, month 12: percent, missing as not": 100 * float(rates.missing_not_met.share),
            f"{arm}, month 12: percent, missing as not, low": 100 * rates.missing_not_met.wilson.low,
            f"{arm}, month 12: percent, missing as not, high": 100 * rates.missing_not_met.wilson.high,
            f"{arm}, month 12: percent, best case": 100 * float(rates.best or 0),
        }
        for name, outcome in (("any better", _fell_by(Fraction(0), strictly=True)),
                              ("6 points better", _fell_by(Fraction(6))), ("half or less", _fell_by_half())):  # fmt: skip
            early = chain_of(people=those, window=_month(1), outcome=outcome, as_of=LATER)
            found |= {f"{arm}, month 1: {name}": early.met, f"{arm}, month 1: observed": early.observed}
    found["RO-DBT: percent ever responded by month 12"] = 100 * (1 - float(_ever(people["RO-DBT"]).at(12)))
    return found


def _people(rows: Rows, arm: str) -> list[Person]:
    scores: dict[str, list[Reading]] = {}
    for row in rows:
        if row["grp"] == arm:
            of = scores.setdefault(row["patient"], [])
            if row["month"].isdigit() and row["phq9"] not in ABSENT:
                of.append(Reading(DAY_0 + timedelta(days=MONTH * int(row["month"])), Fraction(row["phq9"])))
    return [Person(who, DAY_0, DAY_0, tuple(readings)) for who, readings in scores.items()]


def _month(number: int) -> Window:
    return Window(f"month {number}", target=MONTH * number, opens=MONTH * number, closes=MONTH * number)


def _fell_by_half() -> Outcome:
    return Outcome(met=lambda before, after: 2 * after <= before, is_worse=_is_worse)


def _fell_by(points: Fraction, *, strictly: bool = False) -> Outcome:
    return Outcome(
        met=lambda before, after: before - after > points if strictly else before - after >= points,
        is_worse=_is_worse,
    )


def _is_worse(before: Fraction, after: Fraction) -> bool:
    return after - before >= RELIABLE


def _ever(people: Sequence[Person]) -> Curve:
    """Follow everybody with a baseline of 10 or more until they first respond, for 12 months at most."""
    followed = []
    for person in people:
        months = {(reading.on - DAY_0).days // MONTH: reading.value for reading in person.readings}
        baseline = months.pop(0, None)
        within = {month: score for month, score in sorted(months.items()) if month <= 12}  # noqa: PLR2004
        if baseline is None or baseline < 10:  # noqa: PLR2004 - the entry floor of PHQ-9
            continue
        first = next((month for month, score in within.items() if 2 * score <= baseline), None)
        followed.append(
            Followed(float(first), event=True)
            if first is not None
            else Followed(float(max(within, default=0)), event=False)
        )
    return curve(followed)


def linde(rows: Rows) -> dict[str, float]:
    """Pool the risk ratios of response."""
    comparisons = [
        Comparison(
            label=row["study"],
            active=Counts(int(row["ai"]), int(row["n1i"])),
            control=Counts(int(row["ci"]), int(row["n2i"])),
        )
        for row in rows
        if row["id"] not in NOT_POOLED
    ]
    effects = [effect_of(comparison, Measure.RISK_RATIO) for comparison in comparisons]
    pooled = pool(tuple(each for each in effects if each), method=Method.DERSIMONIAN_LAIRD)
    return {
        "log risk ratio": pooled.estimate,
        "log risk ratio, error": pooled.standard_error,
        "risk ratio": pooled.natural,
        "risk ratio, low": pooled.interval.low,
        "risk ratio, high": pooled.interval.high,
        "prediction, low": pooled.prediction.low,
        "prediction, high": pooled.prediction.high,
        "tau squared": pooled.tau2,
        "I squared, percent": 100 * pooled.i2,
        "Q": pooled.q,
        "studies": pooled.studies,
    }


def smoking(rows: Rows) -> dict[str, float]:
    """Compare the time to relapse; who relapsed on day 0 counts as half a day."""
    followed = [Followed(float(row["ttr"]) or 0.5, row["relapse"] == "1") for row in rows]
    on_patch = [row["grp"] == "patchOnly" for row in rows]
    patch = [person for person, is_patch in zip(followed, on_patch, strict=True) if is_patch]
    both = [person for person, is_patch in zip(followed, on_patch, strict=True) if not is_patch]
    test = log_rank([patch, both])
    ratio = hazard_ratio(followed, [float(is_patch) for is_patch in on_patch])
    return {
        "people": len(followed),
        "relapses": sum(person.event for person in followed),
        "log-rank chi squared": test.chi_squared,
        "log-rank p": test.p_value,
        "median, both": _median(curve(both).median),
        "median, patch": _median(curve(patch).median),
        "median, patch, midpoint": _median(curve(patch).median_midpoint),
        "hazard ratio, patch": ratio.ratio,
        "hazard ratio, patch, low": ratio.interval.low,
        "hazard ratio, patch, high": ratio.interval.high,
    }


def aml(rows: Rows) -> dict[str, float]:
    """Follow remission of leukemia."""
    groups: dict[str, list[Followed]] = {}
    for row in rows:
        groups.setdefault(row["x"], []).append(Followed(float(row["time"]), float(row["status"]) == 1))
    maintained = curve(groups["Maintained"])
    return {
        **{f"maintained, survival at {time}": float(maintained.at(time)) for time in RELAPSES},
        "maintained, median": _median(maintained.median),
        "log-rank chi squared": log_rank(list(groups.values())).chi_squared,
        "people": sum(len(group) for group in groups.values()),
    }


def _median(value: float | None) -> float:
    return float("nan") if value is None else value
