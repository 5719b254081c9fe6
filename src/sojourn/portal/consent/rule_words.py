"""What is said about the stop rule where it is agreed: the promise, how it is judged, and how often it is wrong."""

from dataclasses import dataclass

from sojourn.clinical.outcomes.stop_rule import NotOffered, Terms, chance_of_conversation, stop_rule_policy
from sojourn.clinical.outcomes.stop_rule.words import FAIRNESS, PROMISE

TRULY_FALLEN = 10  # points, as an example of a score that has clearly come down


@dataclass(frozen=True)
class RuleWords:
    """The words, and out of a hundred people: how many are asked to talk if nothing changed, and if much did."""

    title: str
    promise: str
    fairness: str
    version: str
    sources: tuple[str, ...]
    unchanged_of_100: int | None
    fallen_of_100: int | None
    fallen_points: int


def rule_words(fall: object, by_session: object) -> RuleWords:
    """Give the words for the terms that stand on the page; without figures where they are none that are offered."""
    policy = stop_rule_policy()
    terms = _terms(str(fall), str(by_session))

    def of_100(true_fall: float) -> int | None:
        if terms is None:
            return None
        return round(100 * chance_of_conversation(terms, true_fall=true_fall, scores=policy.most_scores))

    return RuleWords(
        title=policy.title,
        promise=PROMISE,
        fairness=FAIRNESS,
        version=policy.version,
        sources=tuple(citation.in_words for citation in policy.citations),
        unchanged_of_100=of_100(0),
        fallen_of_100=of_100(TRULY_FALLEN),
        fallen_points=TRULY_FALLEN,
    )


def _terms(fall: str, by_session: str) -> Terms | None:
    instrument, _colon, points = fall.partition(":")
    try:
        return Terms(instrument, int(points), int(by_session))
    except (NotOffered, ValueError):
        return None
