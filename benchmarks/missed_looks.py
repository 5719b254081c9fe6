"""What was missed and what was raised, judged: each once, none invented, none late."""

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass

MOST_WITHIN_S, MOST = 5.0, 0.999
ALL_WITHIN_S = 10.0

Look = tuple[str, str]  # the session, and when the look was due: it names the look


@dataclass(frozen=True)
class Verdict:
    """How a simulated afternoon went. `late_s` are the seconds from each due moment to its alarm, in order."""

    missed: int
    lost: int
    doubled: int
    invented: int
    late_s: tuple[float, ...]

    @property
    def within_most(self) -> float:
        """The share of misses raised within 5 seconds."""
        return sum(late <= MOST_WITHIN_S for late in self.late_s) / len(self.late_s) if self.late_s else 0.0

    @property
    def holds(self) -> bool:
        """True when every miss was raised once, none was invented, 99.9 % within 5 s and all within 10 s."""
        is_exact = self.missed > 0 and self.lost == self.doubled == self.invented == 0
        return is_exact and self.within_most >= MOST and max(self.late_s) <= ALL_WITHIN_S

    def at(self, share: float) -> float:
        """The lateness that this share of the misses does not exceed."""
        return self.late_s[min(len(self.late_s) - 1, int(share * len(self.late_s)))] if self.late_s else 0.0


def judged(
    missed: Iterable[Look], raised: Iterable[tuple[Look, float]], *, unsure: Collection[Look]
) -> Verdict:
    """Compare the looks that were missed with the alarms that were raised (with their lateness).

    A look recorded in the very moment it was due is `unsure`: raised once or not at all, both are right.
    """
    wanted = set(missed)
    raised = list(raised)
    counted = Counter(look for look, _late in raised)
    return Verdict(
        missed=len(wanted),
        lost=sum(look not in counted for look in wanted),
        doubled=sum(count - 1 for count in counted.values()),
        invented=sum(look not in wanted and look not in unsure for look in counted),
        late_s=tuple(sorted(late for look, late in raised if look in wanted)),
    )
