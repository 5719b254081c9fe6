"""Says how well a fact is backed: what it rests on, and whether its source was read."""

from enum import StrEnum


class Basis(StrEnum):
    """What a rule rests on."""

    LABEL = "label"
    TRIAL = "trial"
    GUIDELINE = "guideline"
    LAW = "law"
    EXPERT = "expert"
    PROGRAM_POLICY = "program policy"


class Provenance(StrEnum):
    """How a statement reached the data file."""

    READ = "read"  # in the source itself
    EXCERPT = "excerpt"  # in an excerpt or an abstract of the source
    FROM_MEMORY = "from memory"  # recalled; to be read again before it counts as verified
    PROGRAM_POLICY = "program policy"  # nobody else says so


VERIFIED = frozenset({Provenance.READ, Provenance.EXCERPT, Provenance.PROGRAM_POLICY})


def is_verified(provenance: Provenance) -> bool:
    """Hold for all but what was only recalled."""
    return provenance in VERIFIED
