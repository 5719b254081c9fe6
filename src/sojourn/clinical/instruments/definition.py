"""What an instrument is: values read from a data file, never changed once answered."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from fractions import Fraction
from functools import cached_property

from sojourn.clinical.evidence import Citation
from sojourn.clinical.instruments.conditions import Condition

LONGEST_LIST = 12  # more values than this are a line to point at, not a list to read


class Tier(StrEnum):
    """What may ship: A wording and scoring, B scoring only (wording by a text pack), C totals only."""

    A = "A"
    B = "B"
    C = "C"


class Direction(StrEnum):
    LOWER_IS_BETTER = "lower is better"
    HIGHER_IS_BETTER = "higher is better"
    NEITHER = "neither"


class Rater(StrEnum):
    SELF = "self"
    CLINICIAN = "clinician"
    STAFF = "staff"


class Severity(StrEnum):
    AMBER = "amber"
    RED = "red"


class Owner(StrEnum):
    """Who answers for an alarm first. Anybody on the care team may acknowledge it."""

    PRESCRIBER = "prescriber"
    THERAPIST = "therapist"
    SESSION_MONITOR = "session monitor"


class ChangeKind(StrEnum):
    RELIABLE = "reliable change"  # larger than the instrument's own noise
    MEANINGFUL = "meaningful change"  # large enough that patients or clinicians notice


@dataclass(frozen=True)
class Option:
    """One permitted answer. `points` is what it adds to a scale; None stands for "not applicable"."""

    value: int
    text: str | None
    points: int | None
    code: str | None


@dataclass(frozen=True)
class Item:
    """One question. `text` is None where the wording is not installed.

    `ends` are the words at both ends of a visual analog scale, `key` says in our words what the values stand for.
    An item whose `asked_when` does not hold is not asked: its blank is no gap and adds nothing.
    """

    id: str
    number: str
    text: str | None
    answer_set: str
    options: tuple[Option, ...]
    ends: tuple[str, str] | None
    key: str | None
    code: str | None
    asked_when: Condition | None
    about_suicide: bool

    @property
    def is_analog(self) -> bool:
        """True for a line from one end to the other rather than a list of choices."""
        return len(self.options) > LONGEST_LIST

    def option(self, value: int) -> Option:
        """Find the option of a value that was read by `read_answers`."""
        return next(option for option in self.options if option.value == value)


@dataclass(frozen=True)
class MissingRule:
    """`all-items`: nothing may be blank. `prorate-mean`: up to `at_most` blanks take the mean of the rest."""

    id: str
    at_most: int
    citations: tuple[Citation, ...]


@dataclass(frozen=True)
class Scale:
    """How answers become a number. A group counts once, by its highest answer; most groups hold one item.

    Of the items in one part of `either_or` one answer is enough: the others may stay blank by design.
    """

    id: str
    title: str
    op: str  # sum, mean, or count (of groups with at least `count_from` points)
    groups: tuple[tuple[str, ...], ...]
    either_or: tuple[tuple[str, ...], ...]
    count_from: int | None
    multiplier: int
    low: int
    high: int
    step: int  # totals lie on low, low + step, ...
    missing: MissingRule
    otherwise: str | None  # the scale to use when an answer is "not applicable"
    code: str | None


@dataclass(frozen=True)
class Band:
    """A named range of whole scores, both ends included."""

    id: str
    label: str
    plain: str  # the same for a patient
    low: int
    high: int


@dataclass(frozen=True)
class BandSet:
    id: str
    scale_id: str
    bands: tuple[Band, ...]
    citations: tuple[Citation, ...]


@dataclass(frozen=True)
class CutPoint:
    """A named threshold on a scale."""

    id: str
    scale_id: str
    at_least: int
    says: str
    citations: tuple[Citation, ...]


@dataclass(frozen=True)
class ChangeSet:
    """How many points of change count, for whom, and who says so. `sd` and `reliability` where given."""

    id: str
    scale_id: str
    kind: ChangeKind
    population: str
    points: Fraction
    sd: float | None
    reliability: float | None
    reliability_kind: str | None
    citations: tuple[Citation, ...]


@dataclass(frozen=True)
class OutcomeRule:
    """When a fall counts as response, from which baseline, and below which score a person is in remission."""

    scale_id: str
    response_percent: int | None  # None: percent change has no meaning on this scale
    baseline_at_least: int | None
    remission_below: int | None
    citations: tuple[Citation, ...]


@dataclass(frozen=True)
class CriticalRule:
    """An answer that needs a person, whatever the rest of the form says."""

    id: str
    severity: Severity
    says: str
    owner: Owner
    about: str  # an item, a scale, the triage, or "form"; of the rules about one thing only the first that holds is raised
    when: Condition
    acknowledge_within: timedelta
    citations: tuple[Citation, ...]


@dataclass(frozen=True)
class Pattern:
    """A named combination of answers, such as a diagnostic algorithm."""

    id: str
    says: str
    when: Condition
    citations: tuple[Citation, ...]


@dataclass(frozen=True)
class Contradiction:
    """Answers that cannot both be true. They are shown; the software does not choose between them."""

    id: str
    says: str
    when: Condition
    citations: tuple[Citation, ...]


@dataclass(frozen=True)
class Level:
    """One category of a triage. `when` is None for the last, which is what is left."""

    id: str
    label: str
    plain: str  # the same for a patient
    when: Condition | None
    citations: tuple[Citation, ...]


@dataclass(frozen=True)
class Triage:
    """Categories from the gravest to the least: the first that holds is the result, and nothing is added up."""

    id: str
    title: str
    levels: tuple[Level, ...]
    code: str | None


@dataclass(frozen=True)
class Licence:
    terms: str
    attribution: str
    citations: tuple[Citation, ...]


@dataclass(frozen=True)
class Occasion:
    """When the program asks for the instrument, and how often.

    `follows` names the instrument and the triage level or critical rule after whose answer this one is asked.
    """

    point: str
    every_days: int | None
    follows: tuple[str, str] | None
    citations: tuple[Citation, ...]


@dataclass(frozen=True)
class Instrument:
    id: str
    version: str
    title: str
    patient_title: str
    measures: str
    tier: Tier
    rater: Rater
    recall: str  # the time the questions speak of, in words
    recall_days: int | None  # None: no fixed number of days
    direction: Direction
    stem: str | None
    minutes: int
    licence: Licence
    panel_code: str | None
    items: tuple[Item, ...]
    scales: tuple[Scale, ...]  # the first is the one `score` gives
    band_sets: tuple[BandSet, ...]  # the first of a scale is the one shown
    cut_points: tuple[CutPoint, ...]
    change_sets: tuple[ChangeSet, ...]
    outcome_rules: tuple[OutcomeRule, ...]
    critical_rules: tuple[CriticalRule, ...]
    patterns: tuple[Pattern, ...]
    contradictions: tuple[Contradiction, ...]
    triage: Triage | None
    cadence: tuple[Occasion, ...]
    references: tuple[Citation, ...]
    definition_hash: str
    text_pack_hash: str | None = None  # of the installed wording, where it does not ship

    @property
    def has_wording(self) -> bool:
        """True when every question can be shown. Without wording only staff may enter values."""
        return bool(self.items) and all(item.text for item in self.items)

    @property
    def main_scale(self) -> Scale | None:
        return self.scales[0] if self.scales else None

    @cached_property
    def by_id(self) -> Mapping[str, Item]:
        return {item.id: item for item in self.items}

    def item(self, item_id: str) -> Item:
        """Find an item; KeyError where there is none."""
        return self.by_id[item_id]

    def scale(self, scale_id: str | None = None) -> Scale:
        """Find a scale, the main one by default; KeyError where there is none."""
        for scale in self.scales:
            if scale_id in {None, scale.id}:
                return scale
        raise KeyError(scale_id)

    def band_set(self, scale_id: str | None = None, band_set_id: str | None = None) -> BandSet | None:
        """Give the named band set of a scale, or the first; None where bands are not published."""
        wanted = self.scale(scale_id).id
        return next(
            (s for s in self.band_sets if s.scale_id == wanted and band_set_id in {None, s.id}),
            None,
        )

    def change_set(self, change_set_id: str | None = None) -> ChangeSet | None:
        """Give the named change set, or the first one of reliable change; None where there is none."""
        if change_set_id is not None:
            return next((s for s in self.change_sets if s.id == change_set_id), None)
        return next((s for s in self.change_sets if s.kind is ChangeKind.RELIABLE), None)

    def outcome_rule(self, scale_id: str | None = None) -> OutcomeRule | None:
        """Give what counts as response and remission on a scale; None where nothing is agreed."""
        wanted = self.scale(scale_id).id
        return next((rule for rule in self.outcome_rules if rule.scale_id == wanted), None)
