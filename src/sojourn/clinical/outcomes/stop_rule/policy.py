"""What may be agreed as a stop rule, and what can be chosen when it is due; from its data file."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from importlib.resources import files
from math import ceil

from sojourn.clinical import instruments
from sojourn.clinical.evidence import Citation, read_citations, read_table
from sojourn.clinical.evidence.data_files import Table
from sojourn.clinical.instruments import Direction
from sojourn.clinical.quantities import how_many

PATH = files("sojourn.clinical.outcomes") / "data" / "stop_rule.toml"
CHOICE = ("id", "title", "says", "patient_says", "goes_on", "citations")
WHOLES = ("most_scores", "least_scores", "newest_within_days")


class NotOffered(ValueError):
    """These terms lie outside what is offered; the message says which part."""


@dataclass(frozen=True)
class OfferedScale:
    """A scale the rule can be agreed on. `low` is the reliable change: a smaller amount cannot be told from noise."""

    instrument: str
    low: int
    usual: int
    high: int
    reliable_points: Fraction
    citations: tuple[Citation, ...]


@dataclass(frozen=True)
class Choice:
    """One way on from the conversation. `goes_on`: further doses of this course may be given after it."""

    id: str
    title: str
    says: str
    patient_says: str
    goes_on: bool
    citations: tuple[Citation, ...]


@dataclass(frozen=True)
class StopRulePolicy:
    """The offered scales, amounts and sessions, how a rule is judged, and the choices that remain."""

    version: str
    title: str
    usual_scale: str
    says: str
    most_scores: int
    least_scores: int
    newest_within_days: int
    sessions_low: int
    sessions_usual: int
    sessions_high: int
    scales: Mapping[str, OfferedScale]
    choices: Mapping[str, Choice]
    citations: tuple[Citation, ...]

    def sessions(self, *, doses: int) -> tuple[int, ...]:
        """Give the sessions that may be agreed in a series of so many doses."""
        high = max(1, min(self.sessions_high, doses))
        low = min(self.sessions_low, max(1, doses - 1))
        return tuple(range(low, high + 1))


@dataclass(frozen=True)
class Terms:
    """What was agreed: this scale falls by so many points by that session, or there is a conversation first."""

    instrument: str
    points: int
    by_session: int

    def __post_init__(self) -> None:
        offered = stop_rule_policy().scales.get(self.instrument)
        if offered is None:
            raise NotOffered(f"the scale {self.instrument} is not offered")
        if not offered.low <= self.points <= offered.high:
            raise NotOffered(
                f"{how_many(self.points, 'point')} cannot be agreed on: {offered.low} to {offered.high}"
            )
        if not 1 <= self.by_session <= stop_rule_policy().sessions_high:
            raise NotOffered(f"session {self.by_session} is not offered")


def usual_terms(*, doses: int) -> Terms:
    """Give what the program proposes where nobody has proposed anything else."""
    policy = stop_rule_policy()
    offered = policy.scales[policy.usual_scale]
    sessions = policy.sessions(doses=doses)
    early = [n for n in sessions if n < doses] or [max(1, doses - 1)]  # so that a dose of the series can wait
    return Terms(
        policy.usual_scale, offered.usual, min(early, key=lambda n: (abs(n - policy.sessions_usual), n))
    )


@cache
def stop_rule_policy() -> StopRulePolicy:
    """Read the policy. Raises DataFileInvalid, with the key and the remedy."""
    table = read_table(
        PATH,
        required=("version", "title", "usual_scale", "says", "basis", "citations", "sessions", "scale", "choice", *WHOLES),
        allowed=(),
    )  # fmt: skip
    sessions = table.table("sessions", allowed=(), required=("low", "usual", "high", "citations"))
    if not 1 <= sessions.whole("low") <= sessions.whole("usual") <= sessions.whole("high"):
        raise sessions.refuse("usual", "give low, usual and high in order")
    if not 1 < table.whole("least_scores") <= table.whole("most_scores"):
        raise table.refuse(
            "least_scores", "one score alone judges nobody: give 2 or more, and no more than the most"
        )
    scales = [
        _scale_from(row)
        for row in table.tables("scale", allowed=(), required=("instrument", "usual", "high", "citations"))
    ]
    choices = [_choice_from(row) for row in table.tables("choice", allowed=(), required=CHOICE)]
    return StopRulePolicy(
        version=table.text("version"),
        title=table.text("title"),
        usual_scale=table.choice("usual_scale", [scale.instrument for scale in scales]),
        says=table.text("says"),
        sessions_low=sessions.whole("low"),
        sessions_usual=sessions.whole("usual"),
        sessions_high=sessions.whole("high"),
        scales={scale.instrument: scale for scale in scales},
        choices={choice.id: choice for choice in choices},
        citations=read_citations(table),
        **{name: table.whole(name) for name in WHOLES},
    )


def _scale_from(row: Table) -> OfferedScale:
    instrument = instruments.get(row.text("instrument"))
    reliable = instrument.change_set()
    if reliable is None or instrument.direction is not Direction.LOWER_IS_BETTER:
        raise row.refuse(
            "instrument", "offer a scale with a published reliable change on which lower is better"
        )
    low, usual, high = ceil(reliable.points), row.whole("usual"), row.whole("high")
    if not low <= usual <= high:
        raise row.refuse("usual", f"give a number from the reliable change, {low}, to the highest")
    return OfferedScale(instrument.id, low, usual, high, Fraction(reliable.points), read_citations(row))


def _choice_from(row: Table) -> Choice:
    return Choice(
        id=row.text("id"),
        title=row.text("title"),
        says=row.text("says"),
        patient_says=row.text("patient_says"),
        goes_on=row.flag("goes_on"),
        citations=read_citations(row),
    )
