"""Everything with a day on it that somebody in the practice must not forget, in one list by date."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from django.db.models import Count, F, Min
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from sojourn.program.measures.models import QuestionnaireRequest
from sojourn.program.people.actors import Actor
from sojourn.program.people.policy import patients_visible_to
from sojourn.program.people.roster import credentials_ending, today_for
from sojourn.program.plans.queries import day_at
from sojourn.program.treatment.following_up import owed_contacts
from sojourn.program.treatment.owed_integrations import owed_integrations
from sojourn.program.treatment.papers import owed_forms

LISTED_AT_MOST = 200


@dataclass(frozen=True)
class Deadline:
    """One day to keep. It is about a patient or about a staff member. `marked`: a rule is being broken."""

    on: date
    says: str
    about: str
    patient_id: UUID | None = None
    staff_id: UUID | None = None
    visit_id: UUID | None = None  # of a call that is owed: where it is noted
    marked: str = ""
    is_past: bool = False


def deadlines_for(actor: Actor, *, now: datetime) -> tuple[Deadline, ...]:
    """Integrations, calls and forms owed, questionnaires past their day, credentials that end, by date; six queries.

    A day is past when it has ended where the actor works.
    """
    today = today_for(actor, now=now)
    found = [
        *_integrations(actor, now),
        *_contacts(actor, now),
        *_forms(actor, now),
        *_questionnaires(actor, today),
        *_credentials(actor, today),
    ]
    dated = [replace(deadline, is_past=deadline.on < today) for deadline in found]
    return tuple(sorted(dated, key=lambda deadline: (deadline.on, deadline.about)))


def _integrations(actor: Actor, now: datetime) -> list[Deadline]:
    return [
        Deadline(
            on=owed.due_on,
            says=_("integration %(n)d is to be held") % {"n": owed.number},
            about=owed.patient_name,
            patient_id=owed.patient_id,
            marked=_("Dose %(n)d is booked and integration %(of)d is not held (program policy).")
            % {"n": owed.number + 1, "of": owed.number}
            if owed.marks_next_dose
            else "",
        )
        for owed in owed_integrations(actor, now=now)
    ]


def _contacts(actor: Actor, now: datetime) -> list[Deadline]:
    """Calls owed after a first dose: from a day after it, marked once two days have passed."""
    return [
        Deadline(
            on=day_at(owed.due_at, owed.timezone),
            says=_("is to be called after dose %(n)d") % {"n": owed.number}
            if not owed.tried
            else ngettext(
                "is to be called after dose %(n)d, tried %(tried)d time",
                "is to be called after dose %(n)d, tried %(tried)d times",
                owed.tried,
            )
            % {"n": owed.number, "tried": owed.tried},
            about=owed.patient_name,
            patient_id=owed.patient_id,
            visit_id=owed.visit_id,
            marked=_("A clinician contacts the patient within 48 hours of the first dose (program policy).")
            if owed.due_at < now
            else "",
        )
        for owed in owed_contacts(actor, now=now)
    ]


def _forms(actor: Actor, now: datetime) -> list[Deadline]:
    return [
        Deadline(
            on=day_at(owed.due_at, owed.timezone),
            says=_("form of session %(n)d is to be filed") % {"n": owed.number},
            about=owed.patient_name,
            patient_id=owed.patient_id,
            marked=_("The program asks for it within %(days)d days.") % {"days": owed.form.due_days}
            if owed.due_at < now
            else "",
        )
        for owed in owed_forms(actor)
    ]


def _questionnaires(actor: Actor, today: date) -> list[Deadline]:
    waiting = (
        QuestionnaireRequest.objects.filter(
            patients_visible_to(actor, "patient"),
            withdrawn_at=None,
            response=None,
            due_on__lt=today,
            closes_on__gte=today,
        )
        .values("patient_id", patient_name=F("patient__name"))
        .annotate(count=Count("id"), closes=Min("closes_on"))
        .order_by("closes", "patient_name")[:LISTED_AT_MOST]
    )
    return [
        Deadline(
            on=row["closes"],
            says=ngettext(
                "%(n)d questionnaire is past its day and closes",
                "%(n)d questionnaires are past their day and close",
                row["count"],
            )
            % {"n": row["count"]},
            about=row["patient_name"],
            patient_id=row["patient_id"],
        )
        for row in waiting
    ]


def _credentials(actor: Actor, today: date) -> list[Deadline]:
    return [
        Deadline(
            on=row.expires_on,
            says=(_("%(credential)s ended") if row.expires_on < today else _("%(credential)s ends"))
            % {"credential": row.label},
            about=row.staff_name,
            staff_id=row.staff_id,
            marked=_("Nothing that needs it can be booked or prescribed.") if row.expires_on < today else "",
        )
        for row in credentials_ending(actor, on=today)
    ]
