"""Studies and what they counted: arms, definitions, time points, and what is wrong with what was printed."""

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from sojourn.clinical.evidence.meta_analysis import Comparison, Counts, odds_ratio
from sojourn.clinical.evidence.provenance import Provenance
from sojourn.clinical.evidence.sources import Citation


class Design(StrEnum):
    DOUBLE_BLIND = "double-blind randomized trial"
    RATER_BLIND = "open randomized trial with blind raters"
    OPEN_LABEL = "open randomized trial"
    CROSSOVER = "crossover trial"
    WITHDRAWAL = "randomized withdrawal trial"
    SINGLE_GROUP = "single group, nothing to compare with"
    POOLED_TRIALS = "trials pooled by their authors"


class Comparator(StrEnum):
    SALINE = "saline"
    MIDAZOLAM = "midazolam"
    ECT = "electroconvulsive therapy"
    ANTIDEPRESSANT = "antidepressant and placebo spray"
    QUETIAPINE = "quetiapine"
    PLACEBO = "placebo"
    NOTHING = "no comparison group"


class TimePoint(StrEnum):
    DAY_1 = "24 hours"
    DAY_2 = "day 2"
    DAY_3 = "day 3"
    DAY_15 = "day 15"
    END_OF_SERIES = "end of series"
    WEEK_8 = "week 8"
    WEEK_32 = "week 32"
    UNTIL_RELAPSE = "until relapse or end"


class Outcome(StrEnum):
    RESPONSE = "response"
    REMISSION = "remission"
    SUICIDAL_THOUGHTS = "fewer suicidal thoughts"
    RELAPSE = "relapse"
    WORSE = "worse"


class Funding(StrEnum):
    """Who paid or profits. `not recorded` means that we have not looked it up, not that nobody does."""

    MAKER = "maker of the drug"
    SELLER = "seller of the treatment"
    PUBLIC = "public money"
    NOT_RECORDED = "not recorded"


@dataclass(frozen=True, kw_only=True)
class Definition:
    """What counted as an event. Only definitions that `pools_as` the same thing may be pooled."""

    id: str
    says: str
    pools_as: str


@dataclass(frozen=True, kw_only=True)
class Arm:
    """One group of a study. `is_worked_out`: the count follows from a printed percentage by arithmetic."""

    label: str
    counts: Counts
    is_worked_out: bool
    provenance: Provenance


@dataclass(frozen=True, kw_only=True)
class Printed:
    """An odds ratio as a paper prints it, rounded to `decimals`, and the counts printed beside it where they differ."""

    odds_ratio: Fraction
    decimals: int
    where: str
    active: Counts | None
    control: Counts | None

    def is_reproduced_by(self, active: Counts, control: Counts) -> bool:
        """Hold where these counts give the printed ratio after rounding."""
        exact = odds_ratio(active, control)
        return exact is not None and abs(exact - self.odds_ratio) <= Fraction(1, 2 * 10**self.decimals)


@dataclass(frozen=True, kw_only=True)
class Result:
    """One outcome of one study at one time. Without `control` there is nothing to compare with.

    `hold`: why it must not be pooled yet, or ever. `repeats`: results whose people are counted here again.
    `never_with`: results it must stand beside, never be averaged with.
    """

    id: str
    study_id: str
    title: str
    drug: str
    route: str
    condition: str
    comparator: Comparator
    design: Design
    outcome: Outcome
    definition: Definition
    time_point: TimePoint
    at: str
    active: tuple[Arm, ...]
    control: Arm | None
    citations: tuple[Citation, ...]
    hold: str
    repeats: tuple[str, ...]
    never_with: tuple[str, ...]
    printed: tuple[Printed, ...]

    @property
    def active_counts(self) -> Counts:
        """All treated groups together: a shared control group must not be counted twice."""
        first, *others = (arm.counts for arm in self.active)
        return sum(others, start=first)

    @property
    def comparison(self) -> Comparison:
        return Comparison(
            label=self.title, active=self.active_counts, control=self.control.counts if self.control else None
        )

    @property
    def arms(self) -> tuple[Arm, ...]:
        return (*self.active, *((self.control,) if self.control else ()))

    @property
    def people(self) -> int:
        return sum(arm.counts.n for arm in self.arms)

    @property
    def is_from_memory(self) -> bool:
        return any(arm.provenance is Provenance.FROM_MEMORY for arm in self.arms)

    @property
    def flags(self) -> tuple[str, ...]:
        """What does not add up between the counts kept here and what was printed, in sentences."""
        return tuple(said for printed in self.printed for said in _flags_of(self, printed))


@dataclass(frozen=True, kw_only=True)
class Note:
    """A cited remark about a study: who dropped out, who guessed, who paid."""

    says: str
    citation: Citation


@dataclass(frozen=True, kw_only=True)
class Study:
    """A trial or cohort. A study without results says why in `no_counts`."""

    id: str
    source_id: str
    title: str
    design: Design
    condition: str
    drug: str
    route: str
    setting: str
    comparator: Comparator
    people: int | None
    funding: Funding
    no_counts: str
    conflict: str
    notes: tuple[Note, ...]
    results: tuple[Result, ...]


def _flags_of(result: Result, printed: Printed) -> tuple[str, ...]:
    if result.control is None:
        return ()
    said = f"{float(printed.odds_ratio):.{printed.decimals}f}"
    kept, other = result.active_counts, result.control.counts
    flags = []
    if not printed.is_reproduced_by(kept, other):
        flags.append(
            f"The odds ratio {said} ({printed.where}) cannot be reproduced from {kept} against {other}, "
            f"which give {_rounded(kept, other, printed.decimals)}."
        )
    if printed.active and printed.control and not printed.is_reproduced_by(printed.active, printed.control):
        flags.append(
            f"{printed.where} prints {printed.active} against {printed.control}. Those counts give an odds ratio of "
            f"{_rounded(printed.active, printed.control, printed.decimals)}, not the printed {said}; "
            f"{kept} against {other} give {_rounded(kept, other, printed.decimals)}."
        )
    return tuple(flags)


def _rounded(active: Counts, control: Counts, decimals: int) -> str:
    exact = odds_ratio(active, control)
    return "no finite ratio" if exact is None else f"{float(exact):.{decimals}f}"
