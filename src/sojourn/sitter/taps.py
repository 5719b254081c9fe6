"""What a sitter presses, as the events that are recorded: one press, one event."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.utils.translation import gettext as _

from sojourn.program.treatment.choices import EventKind
from sojourn.program.treatment.pressing import press

PROMISES: Final = ("sober", "present", "reachable")
LONGEST_NAME: Final = 200
LONGEST_WORDS: Final = 2000


@dataclass(frozen=True)
class Tapped:
    """What became of a press: what to say, and whether it was recorded."""

    says: str
    is_recorded: bool


def tap(posted: Mapping[str, str], *, secret: str, now: datetime) -> Tapped:
    """Record what was pressed. The same form again is the same event. Raises TokenUnknown, TokenEnded."""
    kind = posted.get("do", "")
    if kind not in FACTS:
        return Tapped(_("Nothing was recorded. Press one of the buttons."), is_recorded=False)
    facts = FACTS[kind](posted)
    if isinstance(facts, str):
        return Tapped(facts, is_recorded=False)
    done = press(secret=secret, form_id=posted.get("form_id", ""), kind=kind, facts=facts, now=now)
    says = _(SAID[kind]) if done.is_recorded else _("Not recorded. %(why)s") % {"why": done.why}
    return Tapped(says, done.is_recorded)


def _accepted(posted: Mapping[str, str]) -> dict[str, Any] | str:
    name = posted.get("name", "").strip()[:LONGEST_NAME]
    if not name:
        return _("Please write your name.")
    if not all(posted.get(promise) for promise in PROMISES):
        return _(
            "Please tick all three. If one of them is not true today, call the practice before the dose."
        )
    return {"words": f"{name}: {', '.join(PROMISES)}"}


def _words(posted: Mapping[str, str]) -> dict[str, Any]:
    words = posted.get("words", "").strip()[:LONGEST_WORDS]
    return {"words": words} if words else {}


def _morning(posted: Mapping[str, str]) -> dict[str, Any] | str:
    if not (posted.get("slept") and posted.get("well")):
        return _("Please answer both questions.")
    return {"slept": posted["slept"], "well": posted["well"], **_words(posted)}


FACTS: Final[dict[str, Callable[[Mapping[str, str]], dict[str, Any] | str]]] = {
    EventKind.ROLE_ACCEPTED: _accepted,
    EventKind.LOOKED: _words,
    EventKind.HELP_ASKED: _words,
    EventKind.NOTICED: lambda posted: {"sign": posted.get("sign", "")},
    EventKind.PICKED_UP: _words,
    EventKind.NEXT_MORNING: _morning,
}
SAID: Final[dict[str, str]] = {
    EventKind.ROLE_ACCEPTED: "Thank you. The practice knows that you are there.",
    EventKind.LOOKED: "Your look is recorded.",
    EventKind.HELP_ASKED: "The practice has been alarmed.",
    EventKind.NOTICED: "The practice has been alarmed.",
    EventKind.PICKED_UP: "Recorded. Thank you.",
    EventKind.NEXT_MORNING: "Recorded. Thank you for staying with them.",
}
