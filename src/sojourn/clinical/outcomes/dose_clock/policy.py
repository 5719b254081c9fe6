"""What the program has decided about maintenance intervals, from its data file."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from sojourn.clinical.evidence import Citation, read_citations, read_table

PATH = files("sojourn.clinical.outcomes") / "data" / "maintenance.toml"
WHOLES = (
    "good_below", "near_best_points", "good_checks", "return_points", "poor_checks", "review_after_shortenings",
    "review_within_days", "least_scores",
)  # fmt: skip
DURABILITY = ("least_scores", "least_doses", "least_late_scores", "late_from_days", "longest_days")


@dataclass(frozen=True)
class DurabilityPolicy:
    """How much must be known before a half-life of benefit is estimated."""

    says: str
    least_scores: int
    least_doses: int
    least_late_scores: int
    late_from_days: int
    longest_days: int


@dataclass(frozen=True)
class MaintenancePolicy:
    """The steps of the interval in weeks, when to lengthen and to shorten, and the shortest for each setting."""

    says: str
    instrument: str
    steps_weeks: tuple[int, ...]
    shortest_weeks: Mapping[str, int]
    good_below: int
    near_best_points: int
    good_checks: int
    return_points: int
    poor_checks: int
    review_after_shortenings: int
    review_within_days: int
    least_scores: int
    durability: DurabilityPolicy
    citations: tuple[Citation, ...]


@cache
def maintenance_policy() -> MaintenancePolicy:
    """Read the policy. Raises DataFileInvalid, with the key and the remedy."""
    table = read_table(
        PATH, allowed=(), required=("says", "instrument", "steps_weeks", "basis", "citations", "shortest_weeks",
                                    "durability", *WHOLES),
    )  # fmt: skip
    steps = table.wholes("steps_weeks")
    if list(steps) != sorted(set(steps)) or not steps or steps[0] < 1:
        raise table.refuse("steps_weeks", "give rising numbers of weeks from 1 up")
    shortest = table.table("shortest_weeks", allowed=(), required=("esketamine", "clinic", "home"))
    for setting in shortest.values:
        if shortest.whole(setting) not in steps:
            raise shortest.refuse(setting, "give one of the steps")
    durability = table.table("durability", allowed=(), required=("says", *DURABILITY))
    return MaintenancePolicy(
        says=table.text("says"),
        instrument=table.text("instrument"),
        steps_weeks=steps,
        shortest_weeks={setting: shortest.whole(setting) for setting in shortest.values},
        durability=DurabilityPolicy(
            says=durability.text("says"), **{name: durability.whole(name) for name in DURABILITY}
        ),
        citations=read_citations(table),
        **{name: table.whole(name) for name in WHOLES},
    )
