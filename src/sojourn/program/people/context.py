"""What every page knows: the practice it belongs to."""

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from sojourn.program.people.queries import the_practice


def practice(request: HttpRequest) -> dict[str, Any]:
    """Give templates `practice` (read only when a page uses it) and `actor`."""
    return {"practice": SimpleLazyObject(the_practice), "actor": getattr(request, "actor", None)}
