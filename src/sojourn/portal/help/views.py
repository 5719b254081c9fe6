from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from sojourn.program.people.access import everyone


@everyone
def crisis_help(request: HttpRequest) -> HttpResponse:
    """Show where help is, to anybody, at any time; nobody has to sign in for it."""
    return render(request, "portal/help/help.html")


@everyone
def help_after_answers(request: HttpRequest) -> HttpResponse:
    """Show help to a patient whose answers raised an alarm, and say who is going to see them."""
    return render(request, "portal/help/help.html", {"after_answers": True})


@everyone
def password_forgotten(request: HttpRequest) -> HttpResponse:
    """Say how somebody comes back in who forgot their password; no e-mail is promised that nobody sends."""
    return render(request, "portal/help/password.html")


@everyone
def help_before_more(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """Show the same help before the few questions that follow in the same sitting."""
    go_on = reverse("portal:questionnaire", args=[request_id])
    return render(request, "portal/help/help.html", {"after_answers": True, "go_on": go_on})
