"""The one next action of a patient, and what is still missing before the next session."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from sojourn.clinical import instruments
from sojourn.clinical.monitoring import monitoring_plan
from sojourn.clinical.monitoring.plans import ChecklistItem
from sojourn.portal.today.day import PatientDay
from sojourn.program.measures.queries import RequestRow
from sojourn.program.people.places import local_date
from sojourn.program.treatment.phases import Phase
from sojourn.program.treatment.readiness import ReadyItem

SEEN_TO_BEFOREHAND = ("fasting", "meal", "sober")
BEFORE_DECISION = {Phase.JOINED, Phase.DECIDING, Phase.ASKED}


@dataclass(frozen=True)
class NextStep:
    """What to do now: a title, why, and the button; without `url` there is nothing to do."""

    title: str
    about: str
    button: str = ""
    url: str = ""


@dataclass(frozen=True)
class ReadyLine:
    """One thing that is there or still missing, with a page to mend it where there is one."""

    title: str
    is_done: bool
    says: str
    url: str = ""


def next_step_of(day: PatientDay) -> NextStep:
    """Choose one: what is due today, then the consent, then what may be answered early. At a session, none of it."""
    open_now = day.open_requests
    due = [row for row in open_now if row.due_on <= day.today]
    if due and not day.is_session_time:
        return _answer(due[0], more=len(due) - 1)
    if _lacks_consent(day):
        return NextStep(
            _("Read and sign your consent"),
            _(
                "No dose is given before you have read what it means, shown that it is understood, and signed."
            ),
            _("Read the consent"),
            reverse("portal:consents"),
        )
    if day.is_session_time:
        return NextStep(
            _("Nothing is needed from you now"),
            _("It is time for your session. Everything else waits until it is over."),
        )
    if day.to_say:
        return NextStep(
            _("Get ready for your session"),
            ", ".join(item.patient_title for item in day.to_say) + ".",
            _("Say what is settled"),
            reverse("portal:getting_ready"),
        )
    if open_now:
        return _answer(open_now[0], more=len(open_now) - 1)
    if day.phase in {Phase.JOINED, Phase.ASKED}:
        return NextStep(
            _("Answer the assessment"),
            _("About five minutes. “I don’t know” is an answer."),
            _("Answer the assessment"),
            reverse("portal:assessment"),
        )
    return NextStep(_("Nothing is needed from you now"), _nothing(day))


def ready_lines(day: PatientDay) -> tuple[ReadyLine, ...]:
    """What the way to the next step rests on, in the order in which it happens."""
    if day.course is None and day.phase not in BEFORE_DECISION | {Phase.DECIDED}:
        return ()
    lines = [
        ReadyLine(
            _("Questionnaires"),
            not day.open_requests,
            _questionnaires_say(day),
            reverse("portal:questionnaire", args=[day.open_requests[0].id]) if day.open_requests else "",
        )
    ]
    if day.course is None:
        decided = day.phase is Phase.DECIDED
        says = (
            _("A clinician decided that treatment may suit you.")
            if decided
            else _("A clinician decides after reading your answers.")
        )
        return (*lines, ReadyLine(_("Decision"), decided, says))
    if day.phase is Phase.AFTER:
        return (*lines, _consent_line(day))
    lines = [*lines, _consent_line(day), _lessons_line(day), _visits_line(day), _preparation_line(day)]
    return (*lines, *_said_lines(day))


def asked_before_dose(day: PatientDay) -> tuple[ChecklistItem, ...]:
    """What will be asked at the next dosing session that a patient can see to beforehand: food, drink, alcohol."""
    if day.next_dose is None or day.protocol is None:
        return ()
    plan = monitoring_plan(day.protocol.monitoring)
    return tuple(item for item in plan.checklist if item.id.startswith(SEEN_TO_BEFOREHAND))


def _answer(row: RequestRow, *, more: int) -> NextStep:
    instrument = instruments.get(row.instrument_id)
    about = _("%(occasion)s. About %(minutes)d minutes, open until %(closes)s.") % {
        "occasion": row.occasion.capitalize(),
        "minutes": instrument.minutes,
        "closes": date_format(row.closes_on, "l, F j"),
    }
    if more:
        about += (
            " " + _("One more follows.") if more == 1 else " " + _("%(more)d more follow.") % {"more": more}
        )
    return NextStep(
        instrument.patient_title, about, _("Answer now"), reverse("portal:questionnaire", args=[row.id])
    )


def _nothing(day: PatientDay) -> str:
    if day.phase is Phase.DECIDING:
        return _("As soon as a clinician has decided, it stands here.")
    upcoming = [row for row in day.asked if row.answered_at is None and row.opens_on > day.today]
    if upcoming:
        opens = min(row.opens_on for row in upcoming)
        return _("The next questionnaire opens on %(day)s.") % {"day": date_format(opens, "l, F j")}
    return _("If something changes for you, call the practice.")


def _lacks_consent(day: PatientDay) -> bool:
    return day.course is not None and day.consented is None


def _questionnaires_say(day: PatientDay) -> str:
    waiting = day.open_requests
    if not waiting:
        return _("Nothing is waiting for your answer.")
    return ", ".join(instruments.get(row.instrument_id).patient_title for row in waiting)


def _consent_line(day: PatientDay) -> ReadyLine:
    if day.consented is None:
        return ReadyLine(_("Consent"), False, _("Not signed yet."), reverse("portal:consents"))
    signed = date_format(local_date(day.consented.signed_at, day.card.timezone), "F j, Y")
    return ReadyLine(
        _("Consent"), True, _("Signed on %(day)s.") % {"day": signed}, reverse("portal:consents")
    )


def _lessons_line(day: PatientDay) -> ReadyLine:
    if not day.lessons_left:
        return ReadyLine(
            _("What to know before a session"), True, _("Understood."), reverse("portal:lessons")
        )
    titles = ", ".join(lesson.title for lesson in day.lessons_left)
    url = reverse("portal:lesson", args=[day.lessons_left[0].id])
    return ReadyLine(_("What to know before a session"), False, titles, url)


def _visits_line(day: PatientDay) -> ReadyLine:
    if day.coming:
        return ReadyLine(_("Visits"), True, _("%(n)d to come.") % {"n": len(day.coming)})
    return ReadyLine(_("Visits"), False, _("The practice books them with you."))


def _preparation_line(day: PatientDay) -> ReadyLine:
    if day.is_prepared:
        return ReadyLine(_("Preparation talk"), True, _("Held."))
    return ReadyLine(_("Preparation talk"), False, _("It comes before the first dose."))


def _said_lines(day: PatientDay) -> tuple[ReadyLine, ...]:
    """What the patient can say about the next session; once it comes near, everything the practice still needs."""
    url = reverse("portal:getting_ready")
    return tuple(
        ReadyLine(item.patient_title, item.is_ready, _said(item), f"{url}#{item.kind}")
        for item in day.sayable
    )


def _said(item: ReadyItem) -> str:
    if item.is_ready:
        return item.says.capitalize() if item.kind != "companion" else item.says
    return item.patient_does
