"""What in the ledger needs a person: known only from memory, about to expire, or expired."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from sojourn.clinical.evidence import is_verified
from sojourn.clinical.protocols.ledger.entries import Entry

SOON = timedelta(days=90)


class Kind(StrEnum):
    """Listed from the most to the least urgent."""

    EXPIRED = "expired"
    EXPIRING = "expires within 90 days"
    UNVERIFIED = "from memory"


@dataclass(frozen=True, slots=True)
class Concern:
    """`says` names the day, or the places in the sources that were only recalled."""

    kind: Kind
    entry: Entry
    says: str


def concerns(entries: Iterable[Entry], *, on: date) -> tuple[Concern, ...]:
    """Name what needs a person on that day, the most urgent first. A version that was followed needs nobody."""
    entries = tuple(entries)
    found: list[Concern] = []
    for entry in entries:
        ends = entry.validity.valid_to
        is_past = ends is not None and ends < on
        if entry.is_followed and is_past:
            continue
        if ends is not None and not entry.is_followed:
            if is_past:
                found.append(
                    Concern(Kind.EXPIRED, entry, f"ended on {ends.isoformat()}; flagged until reviewed")
                )
            elif ends <= on + SOON:
                found.append(Concern(Kind.EXPIRING, entry, f"ends on {ends.isoformat()}"))
        recalled = [each for each in entry.citations if not is_verified(each.provenance)]
        if recalled:
            places = "; ".join(f"{each.source.title}, {each.locator}" for each in recalled)
            found.append(Concern(Kind.UNVERIFIED, entry, f"to be read again: {places}"))
    return tuple(sorted(found, key=lambda concern: list(Kind).index(concern.kind)))
