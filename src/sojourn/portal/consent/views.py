"""A consent: read, understood, signed, printed, taken back."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from sojourn.clinical.protocols.consents import ConsentDocument, UnknownConsent, consent_document
from sojourn.portal.consent.asked import asked_consent, asked_rule
from sojourn.portal.consent.forms import ConsentForm, tries_before
from sojourn.portal.consent.rule_words import rule_words
from sojourn.portal.consent.signed_text import signed_paragraphs
from sojourn.portal.wording import moment_in_words
from sojourn.program.intake import queries, signing
from sojourn.program.people.access import patients_only
from sojourn.program.people.patients import patient_card


@patients_only
def consents(request: HttpRequest) -> HttpResponse:
    """List what is asked and what was signed."""
    actor = request.actor  # type: ignore[attr-defined]
    page = {
        "asked": asked_consent(actor),
        "signed": queries.consents_of(actor.patient_id, actor=actor),
        "timezone": _timezone(request),
    }
    return render(request, "portal/consent/consents.html", page)


@patients_only
def consent(request: HttpRequest, document_id: str) -> HttpResponseBase:
    """Show a consent and, where it is asked for, take the signature once it is understood."""
    actor = request.actor  # type: ignore[attr-defined]
    document = _document(document_id)
    asked = asked_consent(actor)
    is_asked = asked is not None and asked.document.id == document.id
    signed = asked.signed if asked and is_asked else None
    if not is_asked or signed:
        return render(request, "portal/consent/read.html", {"document": document, "signed": signed})
    assert asked is not None
    given = {"document": document, "patient_name": actor.name, **asked_rule(asked, actor=actor)}
    if request.method != "POST":
        return _shown(request, document, ConsentForm(**given), tries=0)
    form = ConsentForm(request.POST, **given)
    if not form.is_for_todays_text:
        form = ConsentForm(**given)
        return _shown(request, document, form, tries=0, status=409, has_changed=True)
    misunderstood = tries_before(request.POST)
    if not form.is_valid():
        misunderstood += form.is_misunderstood
        return _shown(request, document, form, tries=misunderstood, status=422)
    try:
        consent_id = signing.sign_consent(
            patient_id=actor.patient_id,
            document_id=document.id,
            shown_sha256=request.POST["shown"],
            signed_name=form.cleaned_data["signed_name"],
            answers=form.answers,
            tries=misunderstood + 1,
            actor=actor,
            now=request.now,  # type: ignore[attr-defined]
            stop_rule=form.agreed,
        )
    except signing.NameDiffers:
        form.refuse_name()
        return _shown(request, document, form, tries=misunderstood, status=422)
    except signing.AlreadySigned:
        messages.info(request, _("You had signed this already; it stands as it was."))
        return redirect("portal:consents")
    messages.success(
        request, _("Your consent is signed. This is your copy; print it or come back to it at any time.")
    )
    return redirect("portal:signed_consent", consent_id=consent_id)


@patients_only
def signed_consent(request: HttpRequest, consent_id: UUID) -> HttpResponse:
    """Show a signed consent, word for word as it was signed, to read or to print."""
    signed = _signed(request, consent_id)
    timezone = _timezone(request)
    page = {
        "consent": signed,
        "paragraphs": signed_paragraphs(signed),
        "signed_when": moment_in_words(signed.signed_at, timezone),
        "timezone": timezone,
    }
    return render(request, "portal/consent/signed.html", page)


@patients_only
def withdraw_consent(request: HttpRequest, consent_id: UUID) -> HttpResponseBase:
    """Ask whether a consent is to be taken back, and take it back."""
    signed = _signed(request, consent_id)
    if not signed.is_in_force:
        messages.info(request, _("This consent was withdrawn before; nothing changed."))
        return redirect("portal:consents")
    if request.method != "POST":
        page = {"consent": signed, "timezone": _timezone(request)}
        return render(request, "portal/consent/withdraw.html", page)
    signing.withdraw_consent(
        consent_id=consent_id,
        actor=request.actor,  # type: ignore[attr-defined]
        now=request.now,  # type: ignore[attr-defined]
    )
    messages.success(request, _("Your consent is withdrawn. No dose is given without a new one."))
    return redirect("portal:consents")


def _document(document_id: str) -> ConsentDocument:
    try:
        return consent_document(document_id)
    except UnknownConsent as unknown:
        raise Http404 from unknown


def _signed(request: HttpRequest, consent_id: UUID) -> queries.ConsentRow:
    signed = queries.consent(consent_id, actor=request.actor)  # type: ignore[attr-defined]
    if signed is None:
        raise Http404
    return signed


def _timezone(request: HttpRequest) -> str:
    actor = request.actor  # type: ignore[attr-defined]
    card = patient_card(actor.patient_id, actor=actor)
    assert card is not None
    return card.timezone


def _shown(
    request: HttpRequest,
    document: ConsentDocument,
    form: ConsentForm,
    *,
    tries: int,
    status: int = 200,
    has_changed: bool = False,
) -> HttpResponse:
    page = {
        "document": document,
        "form": form,
        "tries": tries,
        "has_changed": has_changed,
        "rule": rule_words(form["fall"].value(), form["by_session"].value()),
    }
    return render(request, "portal/consent/consent.html", page, status=status)
