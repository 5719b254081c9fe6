"""What people see when a page cannot be shown: what happened, what to do, what was kept."""

import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string

AGAIN_AFTER_S = "5"


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Say that the request could not be read."""
    return render(request, "400.html", status=400)


def not_allowed(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Say that the page belongs to another role."""
    return render(request, "403.html", status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Say that there is nothing here for this reader; whether it exists for another is not told."""
    return render(request, "404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """Say that something broke here, or that the database neither answers nor records. Neither page asks it anything."""
    about = {
        "is_posted": request.method == "POST",
        "request": {"COOKIES": request.COOKIES},
    }  # for dark or light
    if isinstance(sys.exc_info()[1], (OperationalError, InterfaceError)):
        headers = {"Retry-After": AGAIN_AFTER_S, "Cache-Control": "no-store"}
        return HttpResponse(render_to_string("503.html", about), status=503, headers=headers)
    return HttpResponse(render_to_string("500.html", about), status=500)
