"""What somebody did in a drill, and the pattern a script asks for."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sojourn.clinical import monitoring

BETWEEN_FIGURES: Final = re.compile(r"(?<=\d)[-. ](?=\d)")  # 9-1-1 is 911
SHORT: Final = 3


@dataclass(frozen=True, slots=True)
class Deed:
    """One event a trainee recorded, by the clock of the drill. `was_refused`: it was tried, and the program said no."""

    event: monitoring.Event
    recorded_at: datetime
    was_refused: bool = False

    @property
    def kind(self) -> str:
        return monitoring.kind_of(self.event)


@dataclass(frozen=True, slots=True)
class Wanted:
    """A pattern of deeds: one of the kinds, with these facts; each of `words` is enough by itself, in any case or form.

    So is each of `whom` for a call, and of `drug` for a medicine.
    """

    kinds: tuple[str, ...]
    facts: tuple[tuple[str, object], ...] = ()
    whom: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    drug: tuple[str, ...] = ()
    signals: tuple[str, ...] = ()

    def fits(self, deed: Deed) -> bool:
        """Hold when this deed is one of those asked for."""
        if deed.kind not in self.kinds:
            return False
        facts = monitoring.facts_of(deed.event)
        return (
            all(facts.get(name, False) == value for name, value in self.facts)
            and all(signal in facts for signal in self.signals)
            and _says(facts, "whom", self.whom)
            and _says(facts, "words", self.words)
            and _says(facts, "drug", self.drug)
        )


def _says(facts: Mapping[str, Any], name: str, any_of: tuple[str, ...]) -> bool:
    said = BETWEEN_FIGURES.sub("", str(facts.get(name, "")).casefold())
    return not any_of or any(_stands_in(word.casefold(), said) for word in any_of)


def _stands_in(word: str, said: str) -> bool:
    """Find a word at the beginning of one that was said; a short one by itself, so that no "Dr" is found in "children"."""
    end = r"\b" if len(word) <= SHORT else ""
    return re.search(rf"\b{re.escape(word)}{end}", said) is not None
