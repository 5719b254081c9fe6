"""Takes what was typed in the session room to the one action it asks for, and puts refusals beside their fields."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sojourn.clinical.monitoring import EventInvalid
from sojourn.clinical.monitoring.dose_rules import dose_rule
from sojourn.program.people.actors import Actor
from sojourn.program.treatment import actions, dose_checking, session_refusals
from sojourn.program.treatment.choices import EventKind
from sojourn.program.treatment.crossings import crossing_in_words
from sojourn.program.treatment.may_record import READINGS
from sojourn.program.treatment.sessions import Session
from sojourn.program.treatment.tablets import MoreThanIsThere
from sojourn.workspace.session_room.care_forms import CARE_FORMS
from sojourn.workspace.session_room.dose_forms import AccountForm, DoseCheckForm, WitnessForm
from sojourn.workspace.session_room.forms import (
    ChecklistForm,
    ConfirmForm,
    DischargeForm,
    DoseForm,
    EndForm,
    EventForm,
    NoteForm,
    RatingForm,
    SignForm,
    StrikeForm,
    VitalsForm,
)


def forms_for(session: Session, *, posted: QueryDict | None = None, deed: str = "") -> dict[str, EventForm]:
    """Every form of the room by its kind; the one that was sent carries what was typed."""
    zone = ZoneInfo(session.visit.timezone)
    missing = {each.criterion: each.why for each in session.state.discharge_missing}

    def made(form: Callable[..., EventForm], kind: str, **more: Any) -> EventForm:
        return form(posted if deed == kind else None, zone=zone, **more)

    standing = actions.answers_so_far(session)
    called_for = {item.id for item in session.state.unanswered}
    companion = session.visit.sitter_name
    rule = dose_rule(session.plan.id)
    return {
        EventKind.CHECKED: made(
            ChecklistForm,
            EventKind.CHECKED,
            plan=session.plan,
            standing=standing,
            called_for=called_for,
            answered_elsewhere={rule.item},
        ),
        EventKind.DOSE_CHECKED: made(DoseCheckForm, EventKind.DOSE_CHECKED, rule=rule),
        EventKind.WITNESSED: made(WitnessForm, EventKind.WITNESSED),
        EventKind.ACCOUNTED: made(AccountForm, EventKind.ACCOUNTED, rule=rule, drug=session.protocol.drug),
        EventKind.DOSED: made(DoseForm, EventKind.DOSED),
        EventKind.VITAL_TAKEN: made(VitalsForm, EventKind.VITAL_TAKEN),
        EventKind.RATED: made(RatingForm, EventKind.RATED),
        EventKind.NOTICED: made(SignForm, EventKind.NOTICED, plan=session.plan),
        EventKind.NOTED: made(NoteForm, EventKind.NOTED),
        EventKind.CONFIRMED: made(
            ConfirmForm, EventKind.CONFIRMED, plan=session.plan, missing=missing, companion=companion
        ),
        EventKind.DISCHARGED: made(DischargeForm, EventKind.DISCHARGED),
        EventKind.CANCELLED: made(EndForm, EventKind.CANCELLED),
        EventKind.STRUCK: made(StrikeForm, EventKind.STRUCK),
        **{form.kind: made(form, form.kind) for form in CARE_FORMS},
    }


class Warned(str):
    """A sentence that is recorded and asks for somebody: no success."""

    __slots__ = ()


class Stop(str):
    """A sentence that says not to go on, and what to do instead."""

    __slots__ = ()


def level_of(said: str) -> int:
    """Say how a sentence about what was recorded is shown."""
    match said:
        case Stop():
            return messages.ERROR
        case Warned():
            return messages.WARNING
        case _:
            return messages.SUCCESS


def record(session: Session, form: EventForm, *, actor: Actor, now: datetime) -> str:
    """Record what was typed; return a sentence about it, or "" with the refusal put into the form.

    A reading that is refused is kept on record as refused, with what was typed.
    """
    said = judged(form, lambda: _record(session, form, actor=actor, now=now))
    if not said and form.kind in READINGS:
        _keep_refused(session, form, actor=actor, now=now)
    return said


def _keep_refused(session: Session, form: EventForm, *, actor: Actor, now: datetime) -> None:
    typed = {
        name: str(form.data.get(form.add_prefix(name), "")).strip()
        for name in form.fields
        if name not in {"form_id", "at"}
    }
    wrong = {name: messages for name, messages in form.errors.items() if name in typed}
    form_id = _as_id(form.data.get(form.add_prefix("form_id"), ""))
    if not wrong or not any(typed.values()) or form_id is None or session.is_over:
        return
    actions.keep_refused(
        visit_id=session.visit.id,
        form_id=form_id,
        kind=form.kind,
        facts={name: text for name, text in typed.items() if text},
        why=" ".join(str(message) for messages in wrong.values() for message in messages),
        actor=actor,
        now=now,
    )


def _as_id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def judged(form: EventForm, deed: Callable[[], str]) -> str:
    """Do what a form asks for; return the sentence about it, or "" with the refusal beside its field."""
    if not form.is_valid():
        return ""
    try:
        return deed()
    except EventInvalid as invalid:
        for field, message in invalid.problems.items():
            field = SHOWN_AT.get(field, field)  # noqa: PLW2901 - two names of one field
            is_shown = field in form.fields and not isinstance(form, StrikeForm)
            form.add_error(field if is_shown else None, message)
    except session_refusals.DoseHeld as held:
        form.add_error(None, [hold.says for hold in held.holds])
    except session_refusals.MayNotLeave as early:
        form.add_error(None, [f"{each.says} {each.why.capitalize()}." for each in early.missing])
    except tuple(REFUSED) as refusal:
        field, says = REFUSED[type(refusal)]
        form.add_error(field if field in form.fields else None, str(says))
    return ""


SHOWN_AT = {"name_matches": "name", "birth_matches": "born_on"}
REFUSED: dict[type[Exception], tuple[str, Any]] = {
    session_refusals.WrongTime: (
        "at",
        gettext_lazy("Give a time within the last 12 hours, not in the future."),
    ),
    session_refusals.DoseDiffers: (
        "mg",
        gettext_lazy("This is not the dose ordered. A different dose needs a new order by the prescriber."),
    ),
    session_refusals.DoseBeforeChecks: (
        "at",
        gettext_lazy("At this time the checks were not finished. Give the time the dose was really given."),
    ),
    session_refusals.BeforeTheDose: (
        "at",
        gettext_lazy("This is before the dose. Give the time it was really taken."),
    ),
    actions.FormUsedElsewhere: ("", gettext_lazy("This page is out of date. Reload it and record again.")),
    session_refusals.StandsForGood: (
        "",
        gettext_lazy(
            "This session has ended: its dose and its end stand. Write a note about what was wrong."
        ),
    ),
    session_refusals.AlreadyDosed: (
        "",
        gettext_lazy("The dose of this session is on record. Nothing was added."),
    ),
    dose_checking.GivenDiffers: ("given", gettext_lazy("This is not the dose on record as given.")),
    MoreThanIsThere: (
        "given",
        gettext_lazy(
            "More than remains by what was shipped and used. Count the tablets, and call the prescriber."
        ),
    ),
    dose_checking.SamePerson: (
        "",
        gettext_lazy("You recorded this yourself. A second person signs it, signed in under their own name."),
    ),
    dose_checking.NothingToWitness: (
        "",
        gettext_lazy("This entry was struck out meanwhile, or needs no second person. Nothing was recorded."),
    ),
    session_refusals.NothingToStrike: (
        "",
        gettext_lazy("This entry was struck out already. Nothing was changed."),
    ),
    actions.SessionNotFound: ("", gettext_lazy("This visit was cancelled meanwhile. Nothing was recorded.")),
    session_refusals.SessionOver: ("", gettext_lazy("This session has ended. A note can still be added.")),
}


def _record(session: Session, form: EventForm, *, actor: Actor, now: datetime) -> str:
    visit_id, form_id, taken_at = session.visit.id, form.cleaned_data["form_id"], form.taken_at(now)
    if isinstance(form, ChecklistForm):
        changed = actions.finish_checklist(
            visit_id=visit_id, form_id=form_id, answers=form.answers, taken_at=taken_at, actor=actor, now=now
        )
        return _("Checklist recorded.") if changed else _("No answer was new, and nothing was recorded.")
    if isinstance(form, DoseCheckForm):
        wrong = dose_checking.check_dose(
            visit_id=visit_id,
            form_id=form_id,
            in_hand=form.in_hand,
            taken_at=taken_at,
            actor=actor,
            now=now,
        )
        if wrong:
            said = " ".join(each.says for each in wrong)
            return Stop(
                _("Stop: nothing is given. %(wrong)s The dose check says what to do next.") % {"wrong": said}
            )
        return _("Recorded.")
    if isinstance(form, AccountForm):
        dose_checking.account_for(
            visit_id=visit_id,
            form_id=form_id,
            facts=form.facts,
            taken_at=taken_at,
            actor=actor,
            now=now,
        )
        return _("Recorded.")
    if isinstance(form, WitnessForm):
        about_id = form.cleaned_data["about_id"]
        dose_checking.witness(visit_id=visit_id, form_id=form_id, about_id=about_id, actor=actor, now=now)
        return _("Recorded.")
    if isinstance(form, ConfirmForm):
        return _confirm(visit_id, form_id, form.confirmed, actor=actor, now=now)
    done = actions.record_event(
        visit_id=visit_id,
        form_id=form_id,
        kind=form.kind,
        facts=form.facts,
        taken_at=taken_at,
        actor=actor,
        now=now,
    )
    if not done.is_new:
        return _("This was recorded already. Nothing was added.")
    if done.crossed:
        words = " ".join([_("Recorded, and an alarm was raised:"), *map(crossing_in_words, done.crossed)])
        return Warned(words)
    return _("Recorded.")


def _confirm(visit_id: UUID, form_id: UUID, confirmed: dict[str, str], *, actor: Actor, now: datetime) -> str:
    for criterion, words in confirmed.items():
        actions.record_event(
            visit_id=visit_id,
            form_id=uuid5(form_id, criterion),
            kind=EventKind.CONFIRMED,
            facts={"criterion": criterion, "words": words},
            taken_at=now,
            actor=actor,
            now=now,
        )
    return _("Confirmed.") if confirmed else _("Nothing was ticked, and nothing was recorded.")
