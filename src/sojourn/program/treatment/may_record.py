"""What the holder of a recording token may add to its session. The one table; what is not in it is refused.

A monitor's token does all of watching. It gives no dose, discharges nobody, ends no session without a dose and takes
nothing back: what must be asked before each of these (the rules, the spacing, the consent, the living watch, the
criteria for leaving) is asked at that moment of the whole record, and a browser without a network cannot ask it.
A token of a patient, a sitter or a device adds only what such a person or thing can know by itself.
"""

from functools import lru_cache
from typing import Final

from sojourn.program.treatment.choices import EventKind, TokenRole

K = EventKind
ANY: Final = None  # every fact of the kind

# Role, then kind of event, then the facts of that kind which may be named.
MAY_RECORD: Final[dict[TokenRole, dict[EventKind, frozenset[str] | None]]] = {
    TokenRole.MONITOR: {
        K.CHECKED: ANY,
        K.VITAL_TAKEN: ANY,
        K.RATED: ANY,
        K.LOOKED: ANY,
        K.CALLED: ANY,
        K.MEDICATED: ANY,
        K.NOTICED: ANY,
        K.CONFIRMED: ANY,
        K.NOTED: ANY,
        K.LEFT: ANY,
        K.REFUSED: ANY,  # by their device: a frame that gave no value
    },
    TokenRole.PATIENT: {
        K.HELP_ASKED: ANY,
        K.LOOKED: ANY,
        K.RATED: frozenset({"dissociation"}),  # sedation is rated by somebody else
    },
    TokenRole.SITTER: {
        K.ROLE_ACCEPTED: ANY,
        K.LOOKED: ANY,
        K.HELP_ASKED: ANY,
        K.NOTICED: ANY,
        K.PICKED_UP: ANY,
        K.NEXT_MORNING: ANY,
    },
    TokenRole.DEVICE: {
        K.VITAL_TAKEN: frozenset({"systolic", "diastolic", "heart_rate", "spo2", "respiratory_rate"}),
        K.REFUSED: ANY,
    },
}
FACTS: Final[dict[EventKind, frozenset[str]]] = {
    K.CHECKED: frozenset({"item", "passed", "words"}),
    K.VITAL_TAKEN: frozenset({"systolic", "diastolic", "heart_rate", "spo2", "respiratory_rate", "symptoms"}),
    K.RATED: frozenset({"moaas", "dissociation"}),
    K.LOOKED: frozenset({"words"}),
    K.CALLED: frozenset({"whom", "reached", "words"}),
    K.MEDICATED: frozenset({"drug", "amount", "unit", "words"}),
    K.NOTICED: frozenset({"sign", "words"}),
    K.CONFIRMED: frozenset({"criterion", "words"}),
    K.HELP_ASKED: frozenset({"words"}),
    K.ROLE_ACCEPTED: frozenset({"words"}),
    K.PICKED_UP: frozenset({"words"}),
    K.NEXT_MORNING: frozenset({"slept", "well", "words"}),
    K.NOTED: frozenset({"words"}),
    K.LEFT: frozenset({"words"}),
    K.REFUSED: frozenset({"of", "typed", "why"}),
}
READINGS: Final = frozenset({K.VITAL_TAKEN, K.RATED})
# What may still happen once a session has ended; everything else must have been true before.
AFTER_THE_END: Final = frozenset(
    {K.NOTED, K.CALLED, K.LEFT, K.HELP_ASKED, K.NOTICED, K.LOOKED, K.PICKED_UP, K.NEXT_MORNING}
)


def why_not(role: TokenRole, kind: str, named: frozenset[str] = frozenset()) -> str:
    """Say in words why a holder of this role may not add this kind of event, with the facts named; "" when they may."""
    facts = _facts_of(role, kind)
    if facts is None:
        return f"A {role.label} may record: {', '.join(sorted(MAY_RECORD[role]))}."
    if not named <= facts:
        return f"The facts of {kind} are: {', '.join(sorted(facts))}."
    return ""


@lru_cache(maxsize=1000)  # senders name what kinds they like
def _facts_of(role: TokenRole, kind: str) -> frozenset[str] | None:
    """The facts that a holder of this role may name of this kind of event; None where they may not add it."""
    allowed = MAY_RECORD[role]
    if kind not in EventKind.values or EventKind(kind) not in allowed:
        return None
    own = allowed[EventKind(kind)]
    return FACTS[EventKind(kind)] if own is None else own
