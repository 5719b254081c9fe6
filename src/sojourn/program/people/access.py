"""Names who may enter a page. Every view carries this decorator; a house rule walks all routes and checks."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt

from sojourn.program.people.kept_form import signed_out_page
from sojourn.program.people.policy import NotAllowed
from sojourn.program.people.roles import EVERYONE, SIGNED_IN, STAFF, Role

View = Callable[..., HttpResponseBase]


def open_to(roles: frozenset[Role]) -> Callable[[View], View]:
    """Let these roles in; send others to sign in, or say that the page is not theirs.

    A form sent after the login expired comes back as a page that keeps what was typed.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            actor = request.actor  # type: ignore[attr-defined]
            if actor.is_any_of(roles):
                try:
                    return view(request, *args, **kwargs)
                except NotAllowed as refusal:
                    raise PermissionDenied(str(refusal)) from refusal
            if actor.user_id is None and request.method == "POST":
                return signed_out_page(request)
            if actor.user_id is None:
                return redirect(f"{reverse('account_login')}?{urlencode({'next': request.path})}")
            raise PermissionDenied("this page belongs to another role")

        guarded.open_to = roles  # type: ignore[attr-defined]
        return guarded if roles == EVERYONE else never_cache(guarded)

    return decorate


def token_holders(view: View) -> View:
    """Let in whoever shows a recording token, whatever their login: the view asks for it, and answers 401 without.

    No cookie is looked at, so no other site can make a browser send one: the page needs no safety token.
    """
    guarded = csrf_exempt(open_to(EVERYONE)(view))
    guarded.asks_for_token = True  # type: ignore[attr-defined]
    return guarded


everyone = open_to(EVERYONE)
patients_only = open_to(frozenset({Role.PATIENT}))
staff_only = open_to(STAFF)
signed_in = open_to(SIGNED_IN)


def only(*roles: Role) -> Callable[[View], View]:
    """Let just the named roles in."""
    return open_to(frozenset(roles))
