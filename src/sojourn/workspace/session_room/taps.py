"""What is done with one press and no typing: taking back one's own entry of a moment ago, and taking on an alarm."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sojourn.program.people.actors import Actor
from sojourn.program.treatment import actions, answering, session_refusals, undoing

SAID_NO: dict[type[Exception], Any] = {
    ValueError: gettext_lazy("This page is out of date. Reload it and try again."),
    undoing.TooLateToUndo: gettext_lazy("This can no longer be undone. Strike the entry out, with a reason."),
    session_refusals.NothingToStrike: gettext_lazy("This entry was struck out already. Nothing was changed."),
    session_refusals.StandsForGood: gettext_lazy("This session has ended: its dose and its end stand."),
    actions.SessionNotFound: gettext_lazy("This visit was cancelled meanwhile. Nothing was recorded."),
    answering.AlarmNotFound: gettext_lazy("There is no such alarm any more. Reload the page."),
    answering.AlreadyDone: gettext_lazy("Somebody has taken this alarm on already."),
}


class TapRefused(Exception):
    """What was pressed could not be done; the text says why."""


def tap(deed: str, *, visit_id: UUID, posted: QueryDict, actor: Actor, now: datetime) -> str:
    """Do what was pressed and return a sentence about it. Raises TapRefused."""
    try:
        return TAPS[deed](visit_id, posted, actor, now)
    except tuple(SAID_NO) as refusal:
        raise TapRefused(str(SAID_NO[type(refusal)])) from refusal


def _undo(visit_id: UUID, posted: QueryDict, actor: Actor, now: datetime) -> str:
    event_id = UUID(posted.get("undo-event_id", ""))
    undoing.undo_event(visit_id=visit_id, event_id=event_id, actor=actor, now=now)
    return _("Taken back. The entry stays on record, struck out.")


def _take_on(_visit_id: UUID, posted: QueryDict, actor: Actor, now: datetime) -> str:
    """Take on what stood on the page. What somebody else took on meanwhile stays theirs."""
    about = [UUID(each) for each in posted.getlist("acknowledged-about_id")]
    limits = posted.getlist("acknowledged-limit_id")
    taken = answering.acknowledge_on_record(
        causes=tuple(zip(about, limits, strict=True)), actor=actor, now=now
    )
    if taken > 1:
        return _("You have taken these %(n)s alarms on.") % {"n": taken}
    return _("You have taken this alarm on.")


TAPS: dict[str, Callable[[UUID, QueryDict, Actor, datetime], str]] = {
    "undo": _undo,
    "acknowledged": _take_on,
}
