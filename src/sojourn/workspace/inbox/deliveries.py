"""Says in plain words who was told of an alarm, by which way, and with what success."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from sojourn.program.safety.queries import DeliveryRow


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
        made = _("opened") if row.channel == "screen" else _("taken by the mail server")
        return Telling(says, row.delivered_at, made if row.channel != "text" else _("taken"), is_made=True)
    if row.failed_because:
        return Telling(
            says, row.attempted_at, _("not delivered: %(why)s") % {"why": row.failed_because}, is_made=False
        )
    waiting = _("not opened yet") if row.channel == "screen" else _("being sent")
    return Telling(says, row.attempted_at, waiting, is_made=False)
