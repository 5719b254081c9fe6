"""Keeps what somebody typed when their login or their page expired before they pressed the button."""

from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse

SECRETS = {"password", "password1", "password2", "oldpassword", "code"}
NOT_KEPT = {"csrfmiddlewaretoken", *SECRETS}
ANSWERS_OF_A_PATIENT = "portal"  # the namespace of pages whose answers may tell of danger


def signed_out_page(request: HttpRequest) -> HttpResponse:
    """Answer a form sent without a login: sign in in another tab, come back, send again. Nothing is stored."""
    return _kept(request, "kept_form/signed_out.html", status=401)


def expired_page(request: HttpRequest, reason: str = "") -> HttpResponseBase:
    """Answer a form whose safety token is old (Django's CSRF failure view): offer to send it again.

    Only a form of our own pages is offered back; what another site sent is refused and never shown.
    """
    origin = (
        urlsplit(request.headers.get("Origin", "")).netloc
        or urlsplit(request.headers.get("Referer", "")).netloc
    )
    if origin != request.get_host():
        return render(request, "403_csrf.html", status=403)
    if request.path == reverse("account_login") and request.user.is_authenticated:
        return redirect("home")  # signed in meanwhile, in another tab
    return _kept(request, "kept_form/expired.html", status=403)


def _kept(request: HttpRequest, template: str, *, status: int) -> HttpResponse:
    fields = [
        (name, value) for name, values in request.POST.lists() if name not in NOT_KEPT for value in values
    ]
    page = {
        "fields": fields,
        "path": request.path,
        "secret_is_lost": any(request.POST.get(name) for name in SECRETS),
        "may_tell_of_danger": request.resolver_match is not None
        and ANSWERS_OF_A_PATIENT in request.resolver_match.namespaces,
    }
    response = render(request, template, page, status=status)
    response["Cache-Control"] = "no-store"
    return response
