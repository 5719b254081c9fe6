"""What is known about each instrument, with a search; and installing wording."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from sojourn.clinical import instruments
from sojourn.clinical.evidence import DataFileInvalid
from sojourn.clinical.instruments.sheet import sheet_of
from sojourn.program.measures import actions
from sojourn.program.measures.wording import instrument_here, instruments_here
from sojourn.program.people.access import only, staff_only
from sojourn.program.people.policy import may_do
from sojourn.program.people.roles import Role
from sojourn.workspace.instruments.forms import SearchForm, TextPackForm


@staff_only
def instruments_known(request: Any) -> HttpResponse:
    """List the instruments, or those in whose sheet every searched word stands; the words come in the form's body."""
    form = SearchForm(request.POST if request.method == "POST" else None)
    words = form.cleaned_data["q"].lower().split() if form.is_valid() else []
    here = instruments_here()
    found = [
        (one, sheet)
        for one in here
        if (sheet := sheet_of(one)) and all(word in sheet.words for word in words)
    ]
    page = {
        "form": form,
        "found": found,
        "in_all": len(here),
        "searched": bool(words),
        "may_install": may_do(request.actor, "install wording"),
    }
    return render(request, "workspace/instruments/instruments.html", page)


@staff_only
def instrument(request: Any, instrument_id: str) -> HttpResponse:
    """Show everything known about one instrument."""
    try:
        known = instrument_here(instrument_id)
    except instruments.UnknownInstrument as unknown:
        raise Http404 from unknown
    return render(
        request, "workspace/instruments/instrument.html", {"known": known, "sheet": sheet_of(known)}
    )


@only(Role.MEDICAL_DIRECTOR)
def install_wording(request: Any) -> HttpResponse:
    """Install the wording of an instrument from a text pack."""
    form = TextPackForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.install_text_pack(
                text=form.cleaned_data["pack"],
                name=request.FILES["pack"].name,
                actor=request.actor,
                now=request.now,
            )
        except DataFileInvalid as invalid:
            form.add_error("pack", str(invalid))
        except instruments.UnknownInstrument:
            form.add_error("pack", _("No instrument of this release has that id."))
        except actions.AlreadyInstalled:
            form.add_error("pack", _("This very file is installed already."))
        else:
            messages.success(request, _("Wording installed. Patients can be asked from the next hour on."))
            return redirect("workspace:instruments")
    return render(
        request,
        "workspace/instruments/install_wording.html",
        {"form": form},
        status=422 if form.is_bound else 200,
    )
