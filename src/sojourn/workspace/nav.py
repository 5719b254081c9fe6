"""The rooms a staff member may enter, as the bar at the top of every workspace page lists them."""

from dataclasses import dataclass
from functools import cache
from typing import Any

from django.http import HttpRequest
from django.urls import get_script_prefix, resolve, reverse
from django.utils import timezone
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from sojourn.clinical.rehearsal import World
from sojourn.program.people.roles import Role
from sojourn.program.safety.lookout import Blindness, blindness
from sojourn.program.safety.queries import count_open_alarms

ROOMS = (
    (gettext_noop("Practice"), "workspace:practice"),
    (gettext_noop("Results"), "workspace:results"),
    (gettext_noop("Decisions"), "workspace:decisions"),
    (gettext_noop("Planning"), "workspace:planning"),
    (gettext_noop("Sessions"), "workspace:sessions"),
    (gettext_noop("Between doses"), "workspace:between_doses"),
    (gettext_noop("Inbox"), "workspace:inbox"),
    (gettext_noop("Patients"), "workspace:patients"),
    (gettext_noop("Rules"), "workspace:rules"),
    (gettext_noop("Evidence"), "workspace:evidence"),
    (gettext_noop("Staff"), "workspace:staff"),
)
LESS_OFTEN = (
    (gettext_noop("Rehearsal"), "workspace:rehearsal"),
    (gettext_noop("Messages to patients"), "workspace:messages"),
    (gettext_noop("What is known: instruments"), "workspace:instruments"),
)
INBOX = "workspace:inbox"


@dataclass(frozen=True)
class NavEntry:
    """One link of the bar; `count` is the number of open alarms beside the inbox, 0 for none."""

    label: str
    url: str
    current: bool
    count: int = 0


def workspace_nav(request: HttpRequest) -> dict[str, Any]:
    """Give templates `workspace_nav`, and `workspace_foot` for the rooms entered less often.

    It asks the database only when a page draws the bar.
    """
    return {
        "workspace_nav": SimpleLazyObject(lambda: _entries(request, ROOMS)),
        "workspace_foot": SimpleLazyObject(lambda: _entries(request, LESS_OFTEN)),
    }


def blind_watch(request: HttpRequest) -> dict[str, Any]:
    """Give templates `monitoring_blind`: what the lookout says, or None while somebody watches. Asks no database.

    In a drill it is the rehearsal's own watch that counts: its clock runs ahead of the lookout's.
    """
    beside = getattr(request, "rehearsal", None)
    if beside is not None:
        return {
            "monitoring_blind": Blindness(None) if World.WATCH_STOPPED in beside.condition.world else None
        }
    now = getattr(request, "now", None) or timezone.now()
    return {"monitoring_blind": SimpleLazyObject(lambda: blindness(now=now))}


def _entries(request: HttpRequest, rooms: tuple[tuple[str, str], ...]) -> list[NavEntry]:
    actor = getattr(request, "actor", None)
    if actor is None or actor.staff_id is None:
        return []
    entered = [(label, name) for label, name, open_to in _rooms(rooms) if actor.is_any_of(open_to)]
    return [
        NavEntry(
            label=_(label),
            url=(url := reverse(name)),
            current=request.path.startswith(url),
            count=count_open_alarms(actor) if name == INBOX else 0,
        )
        for label, name in entered
    ]


@cache
def _rooms(named: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str, frozenset[Role]], ...]:
    """Each room with who may enter, read from its own view, so that the bar and the door never disagree.

    Kept for good, and therefore without addresses: those of a drill begin otherwise.
    """
    rooms = []
    for label, name in named:
        path = f"/{reverse(name).removeprefix(get_script_prefix())}"
        rooms.append((label, name, resolve(path).func.open_to))  # type: ignore[attr-defined]
    return tuple(rooms)
