"""Says in plain words who was told of an alarm, by which way, and with what success."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from sojourn.program.people.actors import Actor
from sojourn.program.safety.queries import AlarmRow, DeliveryRow, NextTelling, deliveries_of, next_tellings


@dataclass(frozen=True)
class Telling:
    """One line: what was tried, when, and how it ended. `is_made` is True only when the channel said so."""

    says: str
    at: datetime
    outcome: str
    is_made: bool


def telling_in_words(row: DeliveryRow) -> Telling:
    """Write one attempt as a line to read."""
    says = {
        "screen": _("On screen for %(who)s"),
        "email": _("Email to %(who)s"),
        "text": _("Text message to %(who)s"),
    }[row.channel] % {"who": row.to or _("nobody")}
    if row.delivered_at is not None:
        made = _("shown") if row.channel == "screen" else _("taken by the mail server")
        return Telling(says, row.delivered_at, made if row.channel != "text" else _("taken"), is_made=True)
    if row.failed_because:
        return Telling(
            says, row.attempted_at, _("not delivered: %(why)s") % {"why": row.failed_because}, is_made=False
        )
    waiting = _("not shown yet") if row.channel == "screen" else _("being sent")
    return Telling(says, row.attempted_at, waiting, is_made=False)


@dataclass(frozen=True)
class Tellings:
    """Who was told of an alarm, and what comes next when nobody takes it on: empty where somebody has it."""

    made: tuple[Telling, ...]
    next: str = ""
    next_at: datetime | None = None


def tellings_of(alarms: Sequence[AlarmRow], *, actor: Actor, now: datetime) -> dict[UUID, Tellings]:
    """Write for each alarm who was told, and what comes next; two queries."""
    made = deliveries_of([row.id for row in alarms], actor=actor)
    coming = next_tellings([row.id for row in alarms if row.is_unacknowledged])
    return {row.id: _tellings(made[row.id], coming.get(row.id), now) for row in alarms}


def _tellings(made: Sequence[DeliveryRow], coming: NextTelling | None, now: datetime) -> Tellings:
    lines = tuple(telling_in_words(row) for row in made)
    if coming is None:
        return Tellings(lines)
    says = {
        "screen": _("Next: on screen"),
        "email": _("Next, if nobody sees it: email"),
        "text": _("Next, if the email fails: text message"),
        None: _("Next, if nobody has it: the medical director"),
    }[coming.channel]
    return Tellings(lines, says, max(coming.at, now))
