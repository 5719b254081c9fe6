"""The page a new installation begins with; it closes for good when the practice is open."""

from django.contrib import messages
from django.contrib.auth import authenticate, login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from sojourn.program.people.access import everyone
from sojourn.program.people.actions import EmailTaken, PasswordTooWeak, PracticeAlreadyOpen, open_practice
from sojourn.program.people.queries import the_practice
from sojourn.workspace.first_run.forms import FirstRunForm


@everyone
def first_run(request: HttpRequest) -> HttpResponse:
    """Ask for the practice, its first site and its medical director; open it and sign the director in."""
    if the_practice().exists:
        if request.method == "POST":  # the button pressed twice, or the way back and again
            return _open_already(request)
        raise Http404
    form = FirstRunForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            open_practice(**form.cleaned_data, now=request.now)  # type: ignore[attr-defined]
        except PracticeAlreadyOpen:
            return _open_already(request)
        except PasswordTooWeak as weak:
            form.add_error("password", weak.messages)
        except EmailTaken:
            form.add_error("email", _("An account with this e-mail exists. Use another."))
        else:
            director = authenticate(
                request, email=form.cleaned_data["email"], password=form.cleaned_data["password"]
            )
            login(request, director)
            messages.success(request, _("The practice is open. Next, add the people who work here."))
            return redirect("workspace:practice")
    if form.is_bound:
        form.ask_password_again()
    return render(request, "workspace/first_run/first_run.html", {"form": form})


def _open_already(request: HttpRequest) -> HttpResponse:
    messages.info(request, _("This practice is open already. Nothing was changed."))
    return redirect("home")
