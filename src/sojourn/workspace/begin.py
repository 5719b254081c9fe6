"""The bare address of the workspace, as somebody types it."""

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect

from sojourn.program.people.access import staff_only


@staff_only
def begin(_request: HttpRequest) -> HttpResponseBase:
    """Lead a colleague to where their day begins."""
    return redirect("home")
