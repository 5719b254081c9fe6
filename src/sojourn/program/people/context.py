"""What every page knows: the practice it belongs to."""

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from sojourn.program.people.for_visitors import practice_for_visitors
from sojourn.program.people.queries import the_practice


def practice(request: HttpRequest) -> dict[str, Any]:
    """Give templates `practice` (read only when a page uses it) and `actor`."""
    actor = getattr(request, "actor", None)
    is_visitor = actor is None or actor.user_id is None
    ask = practice_for_visitors if is_visitor else the_practice
    return {"practice": SimpleLazyObject(ask), "actor": actor}
