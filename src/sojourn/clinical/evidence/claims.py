"""Claims that are made about the treatment, each on a card: verdict, plain truth, strength, sources, who is speaking."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from sojourn.clinical.evidence.provenance import Provenance
from sojourn.clinical.evidence.sources import Citation


class Verdict(StrEnum):
    SUPPORTED = "supported"
    WITH_A_CAVEAT = "supported with a caveat"
    NOT_SUPPORTED = "not supported as said"
    CANNOT_BE_CHECKED = "cannot be checked"
    LAW = "law, for now"

    @property
    def may_be_published(self) -> bool:
        """Hold where the practice may say it in public, together with its caveat."""
        return self in {Verdict.SUPPORTED, Verdict.WITH_A_CAVEAT, Verdict.LAW}


class Strength(StrEnum):
    """How sure the sources make us. The grade is this program's own, with its reason beside it."""

    HIGH = "high"
    MODERATE = "moderate"
    LOW = "low"
    VERY_LOW = "very low"
    NONE = "no evidence found"
    RULE = "a rule, not a finding"


class Speaker(StrEnum):
    SELLER = "a company that sells ketamine treatment"
    PROGRAM = "this program"


class Topic(StrEnum):
    HOW_IT_WORKS = "how it works"
    DOES_IT_HELP = "does it help"
    RISKS = "risks"
    WHO_SHOULD_NOT = "who should not"
    SESSIONS = "sessions"
    AT_HOME = "at home"
    COSTS = "costs"
    DRIVING = "driving"
    LAW = "law"


@dataclass(frozen=True, kw_only=True)
class Figure:
    """A number on a card: what it reads, and how it came about. `citations` say whence.

    `results` and `pool` name what it was computed from; both are empty for a quoted number.
    """

    name: str
    reads: str
    how: str
    citations: tuple[Citation, ...]
    is_from_memory: bool
    results: tuple[str, ...] = ()
    pool: str = ""


@dataclass(frozen=True, kw_only=True)
class Counter:
    """Evidence that speaks against the claim, or bounds it."""

    says: str
    citation: Citation


@dataclass(frozen=True, kw_only=True)
class Claim:
    """A card. `number` counts the claims of the article it answers; the program's own statements have none.

    Texts are complete: each number in them was computed from a study or quoted with its citation (`figures`).
    `reviewed_by` names the clinician who read the card, and is empty until one has.
    """

    id: str
    number: int | None
    topic: Topic
    title: str
    claim: str
    verdict: Verdict
    truth: str
    strength: Strength
    because: str
    speaker: Speaker
    citations: tuple[Citation, ...]
    counter: tuple[Counter, ...]
    figures: tuple[Figure, ...]
    checked_on: date
    review_by: date
    reviewed_by: str

    @property
    def cited(self) -> tuple[Citation, ...]:
        """Every place this card rests on, once."""
        places = (
            *self.citations,
            *(each.citation for each in self.counter),
            *(citation for figure in self.figures for citation in figure.citations),
        )
        return tuple(dict.fromkeys(places))

    @property
    def is_from_memory(self) -> bool:
        """Hold where any of it was recalled and not yet read again."""
        recalled = any(citation.provenance is Provenance.FROM_MEMORY for citation in self.cited)
        return recalled or any(figure.is_from_memory for figure in self.figures)

    def being_rechecked(self, *, on: date) -> tuple[str, ...]:
        """Say why the card must not be relied on that day; empty while it may be.

        It is due for review, or one of its sources is retired or was to be read again.
        """
        found = (
            [f"This card was to be reviewed by {self.review_by.isoformat()}."] if self.review_by < on else []
        )
        sources = {citation.source_id: citation.source for citation in self.cited}
        return (*found, *(f"{why}." for each in sources.values() if (why := each.why_not_relied_on(on=on))))
