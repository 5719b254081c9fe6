from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from sojourn.program.people.access import everyone


@everyone
def welcome(request: HttpRequest) -> HttpResponse:
    """Say what the practice offers, for whom, and lead to the free assessment."""
    return render(request, "portal/welcome/welcome.html")
