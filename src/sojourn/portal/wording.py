"""What the rooms of the patient call things: visits, days, and who looked at a record."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from sojourn.program.audit.queries import Reading
from sojourn.program.people.places import local_date
from sojourn.program.people.roles import Role
from sojourn.program.people.roster import names_by_account
from sojourn.program.plans.choices import VisitKind

DEEDS = {
    "saw the chart": gettext_noop("opened your record"),
    "acknowledged an alarm": gettext_noop("read what you answered and is following it up"),
    "closed an alarm": gettext_noop("wrote down what was done about what you answered"),
    "decided about an assessment": gettext_noop("read your assessment and decided"),
}


def visit_name(kind: str, number: int) -> str:
    """Name a visit as a patient would: "Dosing session 3"."""
    match VisitKind(kind):
        case VisitKind.PREPARATION:
            return (
                _("Preparation talk %(number)d") % {"number": number} if number > 1 else _("Preparation talk")
            )
        case VisitKind.DOSING:
            return _("Dosing session %(number)d") % {"number": number}
    return _("Talk after session %(number)d") % {"number": number}


def day_name(day: date) -> str:
    """Write a day in full: "Thursday, December 3"."""
    return date_format(day, "l, F j")


def clock_time(moment: datetime, timezone: str) -> str:
    """Write a time of day where the site is, with the name of its time: "10:00 AM PST"."""
    there = moment.astimezone(ZoneInfo(timezone))
    return f"{date_format(there, 'g:i A')} {there.tzname()}"


def moment_in_words(moment: datetime, timezone: str) -> str:
    """Write a moment of a record, with its year: "Nov 9, 2026, 1:53 PM PST"."""
    there = moment.astimezone(ZoneInfo(timezone))
    return f"{date_format(there, 'M j, Y')}, {clock_time(moment, timezone)}"


def when_in_words(moment: datetime, timezone: str, now: datetime) -> str:
    """Write day and time, the nearest days by their everyday names."""
    day, today = local_date(moment, timezone), local_date(now, timezone)
    said = {0: _("today"), 1: _("tomorrow")}.get((day - today).days, day_name(day))
    return _("%(day)s at %(time)s") % {"day": said, "time": clock_time(moment, timezone)}


@dataclass(frozen=True)
class ReadingLine:
    """One time that somebody looked: who, what they are to the practice, what they did, when."""

    who: str
    role: str
    did: str
    at: datetime
    when: str


def reading_lines(readings: Iterable[Reading], timezone: str) -> tuple[ReadingLine, ...]:
    """Put names, plain words and the site's clock to lines of the log; one query for the names."""
    lines = tuple(readings)
    names = names_by_account(line.actor_id for line in lines if line.actor_id) if lines else {}
    return tuple(
        ReadingLine(
            who=names.get(line.actor_id, _("A member of the practice"))
            if line.actor_id
            else _("The practice"),
            role=", ".join(Role(role).label for role in line.role.split() if role in set(Role)),
            did=_(DEEDS.get(line.did, line.did)),
            at=line.at,
            when=moment_in_words(line.at, timezone),
        )
        for line in lines
    )
