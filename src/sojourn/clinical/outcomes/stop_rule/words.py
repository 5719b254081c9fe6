"""The sentences of a stop rule: the very words that are signed with the consent, and where it stands in plain words."""

from collections.abc import Sequence

from sojourn.clinical import instruments
from sojourn.clinical.outcomes.stop_rule.judging import Standing, Verdict
from sojourn.clinical.outcomes.stop_rule.policy import Terms, stop_rule_policy
from sojourn.clinical.quantities import how_many

PROMISE = (
    "Until that conversation is on record, no further dose is given. You decide together how to go on: another dose or "
    "way of taking it, another treatment, a second opinion, or ending well. You may also stop at any time without it."
)
FAIRNESS = (
    "One bad or good day does not decide. The practice compares the average of your last three scores with the score "
    "before your first dose, and allows for how much such scores go up and down by chance. If scores are missing, it "
    "says so and asks you; it does not guess."
)


def sentence(terms: Terms) -> str:
    """Say the rule in one sentence, as it is signed."""
    title = instruments.get(terms.instrument).title
    return (
        f"If my {title} score has not fallen by {how_many(terms.points, 'point')} by session {terms.by_session}, "
        "we stop and talk before another dose."
    )


def signed_words(terms: Terms, *, may_contact: Sequence[str], trusted_name: str, trusted_phone: str) -> str:
    """Give the section that is signed below the consent: the rule, what follows, and who may contact the patient."""
    who = ", ".join(may_contact)
    about_me = (
        f"About this I may be contacted by: {who}."
        if who
        else "Nobody contacts me about this; I call myself."
    )
    trusted = (
        f"If I cannot be reached, the practice may call {trusted_name}, {trusted_phone}."
        if trusted_name
        else "I have named nobody else whom the practice may call."
    )
    policy = stop_rule_policy()
    parts = (
        policy.title,
        sentence(terms),
        PROMISE,
        FAIRNESS,
        about_me,
        trusted,
        f"Rule version {policy.version}",
    )
    return "\n\n".join(parts) + "\n"


def plain_standing(terms: Terms, verdict: Verdict) -> str:
    """Tell a patient where their rule stands, kindly and without the word failure."""
    match verdict.standing:
        case Standing.NOT_YET:
            return f"We look at it together after session {terms.by_session}."
        case Standing.FALLEN | Standing.CLOSE:
            return "Your score has come down. Nothing stands against the next dose from this side."
        case Standing.DUE:
            return (
                "Your score has not come down as we both hoped. That is nobody's fault and happens to many people. "
                "Before another dose we talk about what could help you more."
            )
        case Standing.UNKNOWN:
            return (
                "We cannot tell yet whether it has come down, because a score is missing. Before the next dose, "
                "please answer the questionnaire that is waiting, or talk with us."
            )
