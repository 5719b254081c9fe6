"""The gate every public statement of a practice passes: a card behind it, and denominators for each number in it."""

import re
from dataclasses import dataclass
from datetime import date

from sojourn.clinical.evidence.claims import Claim
from sojourn.clinical.evidence.figures import whole
from sojourn.clinical.evidence.meta_analysis import Counts, wilson

LEAST_FOLLOWED = 0.60  # program policy: below this share of those due, a rate is not shown (instruments 1.8)
PROMISES = re.compile(
    r"\b(cures?|cured|guarantee[ds]?|miracle\w*|breakthrough|risk[- ]free|no risks?|no side effects|"
    r"completely safe|perfectly safe|proven|always works|never fails|best)\b",
    re.IGNORECASE,
)
NUMBER = re.compile(r"(?<![\w-])\d[\d,.]*\d|(?<![\w-])\d")
AMOUNTS = re.compile(
    r"\b(most|majority|many|nearly all|almost all|almost every\w*|every (?:patient|person)|everybody|everyone|"
    r"all (?:of )?our|"
    r"half|thirds?|quarters?|percent|per cent|out of|twice|doubles?|doubled|dozens?|hundreds?|thousands?|"
    r"twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|"
    r"(?:one|two|three|four|five|six|seven|eight|nine|ten) (?:in|of|times) (?:every )?"
    r"(?:two|three|four|five|ten|as|more))\b",
    re.IGNORECASE,
)
SHARE = re.compile(r"(?<![\w-])(\d+(?:\.\d+)?)\s*(?:%|percent|per cent)", re.IGNORECASE)


SENTENCE = re.compile(r"(?<=[.?!])\s+")


class FigureImpossible(Exception):
    """Counts that contradict each other."""


@dataclass(frozen=True, kw_only=True)
class PracticeFigure:
    """Counts of the practice's own patients behind a rate. Everybody who was treated is accounted for.

    `event` says what counted; `instrument` and `window` how and when it was looked at; `due` of those `treated` had
    reached the window, `observed` of those were seen, `events` of those had the event.
    """

    event: str
    instrument: str
    window: str
    period: str
    treated: int
    due: int
    observed: int
    events: int

    def __post_init__(self) -> None:
        if not 0 <= self.events <= self.observed <= self.due <= self.treated:
            raise FigureImpossible("events ≤ observed ≤ due ≤ treated must hold")
        if self.observed == 0:
            raise FigureImpossible("nobody was observed: there is no rate")

    @property
    def counts(self) -> Counts:
        return Counts(self.events, self.observed)

    @property
    def is_followed_enough(self) -> bool:
        """Hold where enough of those due were observed for a rate to mean anything."""
        return self.observed >= LEAST_FOLLOWED * self.due

    @property
    def in_words(self) -> str:
        """Say the rate with its denominators, interval and bounds; always printed beside the statement."""
        within = wilson(self.counts)
        worst, best = Counts(self.events, self.due), Counts(self.events + self.due - self.observed, self.due)
        missing = self.due - self.observed
        return (
            f"{self.event}: {self.events} of {self.observed} patients observed, {whole(self.counts.share)}% (95% interval "
            f"{whole(within.low)} to {whole(within.high)}%), by {self.instrument}, {self.window}, {self.period}. "
            f"{self.treated} were treated, {self.due} had reached this point, {missing} of them were not observed; "
            f"with them, between {whole(worst.share)} and {whole(best.share)}%. No comparison group."
        )


@dataclass(frozen=True, kw_only=True)
class Refusal:
    """Why a statement cannot be published, and what would change that."""

    rule: str
    says: str


def why_not_published(
    text: str, *, card: Claim | None, figure: PracticeFigure | None, on: date
) -> tuple[Refusal, ...]:
    """Give every reason against publishing this statement on that day; empty when it may be published."""
    found = [*_against_card(card, on)]
    if promise := PROMISES.search(text):
        found.append(
            Refusal(
                rule="promise",
                says=f"“{promise.group(0)}” promises more than any study shows. Leave it out.",
            )
        )
    if figure and not figure.is_followed_enough:
        found.append(
            Refusal(
                rule="follow-up",
                says=f"Insufficient follow-up: {figure.observed} of {figure.due} patients due were observed, and at least "
                f"{whole(LEAST_FOLLOWED)}% are needed. Say no rate until more are seen.",
            )
        )
    return (*found, *_against_numbers(text, card, figure))


def _against_card(card: Claim | None, on: date) -> tuple[Refusal, ...]:
    if card is None:
        return (Refusal(rule="card", says="No card stands behind it. Choose one, or do not say it."),)
    if why := card.being_rechecked(on=on):
        return (Refusal(rule="re-checked", says=f"The card is being re-checked. {' '.join(why)}"),)
    if not card.verdict.may_be_published:
        return (
            Refusal(
                rule="verdict",
                says=f"The card says: {card.verdict}. What is not supported is not published.",
            ),
        )
    return ()


def _against_numbers(text: str, card: Claim | None, figure: PracticeFigure | None) -> tuple[Refusal, ...]:
    """A number is said in the card's own sentence, or follows from the counts of the practice."""
    said_by_card = card.truth if card else ""
    own = " ".join(sentence for sentence in SENTENCE.split(text) if sentence not in said_by_card)
    if figure is None:
        number = NUMBER.search(own) or AMOUNTS.search(own)
        if number is None:
            return ()
        return (
            Refusal(
                rule="denominator",
                says=f"“{number.group(0)}” has no denominator. Give the counts behind it, say it in the card's own "
                "sentence, or leave it out.",
            ),
        )
    return _against_counts(own, figure)


def _against_counts(own: str, figure: PracticeFigure) -> tuple[Refusal, ...]:
    given = whole(figure.counts.share)
    allowed = {given, *(str(n) for n in (figure.events, figure.observed, figure.due, figure.treated))}
    wrong = [share for share in SHARE.findall(own) if share != given]
    rest = SHARE.sub(" ", own)
    for named in (figure.window, figure.instrument, figure.period):
        rest = rest.replace(named, " ")
    wrong += [number for number in NUMBER.findall(rest) if number.replace(",", "") not in allowed]
    wrong += [amount.group(0) for amount in AMOUNTS.finditer(rest) if amount.group(0).lower() != "out of"]
    return tuple(
        Refusal(
            rule="number",
            says=f"“{number}” does not follow from the counts: {figure.counts} is {given}%. Say it as the counts do.",
        )
        for number in dict.fromkeys(wrong)
    )
