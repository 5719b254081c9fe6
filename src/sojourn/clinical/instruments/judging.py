"""What the answers mean beyond their sum: patterns, categories, and contradictions."""

from dataclasses import dataclass
from fractions import Fraction

from sojourn.clinical.instruments.answers import Answers, points_of
from sojourn.clinical.instruments.conditions import Facts, Verdict, verdict
from sojourn.clinical.instruments.definition import Contradiction, Instrument, Level
from sojourn.clinical.instruments.scoring import Score, Unscorable, score
from sojourn.clinical.instruments.skipping import not_asked, unanswered


@dataclass(frozen=True)
class Category:
    """The level answers fall into. `could_be` are graver ones that the blank questions leave open."""

    instrument_id: str
    instrument_version: str
    definition_hash: str
    triage_id: str
    level: Level
    could_be: tuple[str, ...]
    blank: tuple[str, ...]


def pattern_verdict(instrument: Instrument, answers: Answers, pattern_id: str) -> Verdict:
    """Judge a named combination of answers; None where blanks leave it open."""
    pattern = next(p for p in instrument.patterns if p.id == pattern_id)
    return verdict(pattern.when, facts_of(instrument, answers))


def contradictions(instrument: Instrument, answers: Answers) -> tuple[Contradiction, ...]:
    """Find the answers that cannot both be true. Nothing is corrected: the graver reading stands."""
    facts = facts_of(instrument, answers)
    return tuple(found for found in instrument.contradictions if verdict(found.when, facts))


def triage(instrument: Instrument, answers: Answers) -> Category | Unscorable | None:
    """Find the category of the answers; None for an instrument that has none.

    A graver category that blanks leave open is named in `could_be`. Without any certain one there is no category,
    rather than the least.
    """
    if instrument.triage is None:
        return None
    facts = facts_of(instrument, answers)
    identity = (instrument.id, instrument.version, instrument.definition_hash, instrument.triage.id)
    could_be: list[str] = []
    for level in instrument.triage.levels:
        holds = verdict(level.when, facts) if level.when else not could_be
        if holds:
            return Category(*identity, level, tuple(could_be), unanswered(instrument, answers))
        if holds is None:
            could_be.append(level.id)
    missing = unanswered(instrument, answers)
    asked = len(instrument.items) - len(facts.not_asked)
    reason = f"{asked - len(missing)} of {asked} questions answered; the blanks leave it open"
    return Unscorable(*identity, reason, missing, asked - len(missing), asked)


def levels_held(instrument: Instrument, answers: Answers) -> dict[str, Verdict]:
    """Tell of each category but the last whether its own condition holds; None where blanks leave it open."""
    facts = facts_of(instrument, answers)
    levels = instrument.triage.levels if instrument.triage else ()
    return {level.id: verdict(level.when, facts) for level in levels if level.when}


def facts_of(
    instrument: Instrument, answers: Answers, previous: Answers | None = None, *, unfinished: bool = False
) -> Facts:
    """Give conditions their view of the answers now, and of the patient's last ones."""

    def value(of: Answers | None, scale_id: str) -> Fraction | None:
        scored = score(instrument, of, scale_id=scale_id) if of else None
        return scored.value if isinstance(scored, Score) and scored.scale_id == scale_id else None

    return Facts(
        points=lambda item_id: points_of(instrument, answers, item_id),
        points_before=lambda item_id: points_of(instrument, previous, item_id) if previous else None,
        value=lambda scale_id: value(answers, scale_id),
        value_before=lambda scale_id: value(previous, scale_id),
        not_asked=not_asked(instrument, answers),
        unfinished=unfinished,
    )
