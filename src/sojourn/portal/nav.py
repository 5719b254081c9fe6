"""The pages of a signed-in patient, as the head of every portal page lists them."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

PAGES = (
    (gettext_noop("Today"), "portal:today"),
    (gettext_noop("My goals"), "portal:goals"),
    (gettext_noop("My record"), "portal:my_record"),
    (gettext_noop("Lessons"), "portal:lessons"),
)


@dataclass(frozen=True)
class PortalLink:
    label: str
    url: str
    current: bool


def portal_nav(request: HttpRequest) -> dict[str, Any]:
    """Give templates `portal_nav`: a patient's pages and the way out; the lessons and the way in for a visitor."""
    return {"portal_nav": SimpleLazyObject(lambda: _links(request))}


def _links(request: HttpRequest) -> list[PortalLink]:
    actor = getattr(request, "actor", None)
    if actor is None or actor.user_id is None:
        lessons = reverse("portal:lessons")
        return [
            PortalLink(_("Lessons"), lessons, request.path.startswith(lessons)),
            PortalLink(_("Sign in"), reverse("account_login"), current=False),
        ]
    pages = [(_(label), reverse(name)) for label, name in PAGES] if actor.patient_id else []
    return [
        *(PortalLink(label, url, request.path.startswith(url)) for label, url in pages),
        PortalLink(_("Sign out"), reverse("account_logout"), current=False),
    ]
