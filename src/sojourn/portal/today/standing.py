"""Where a patient stands, in one sentence they would say themselves, and a second one of what comes next."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from sojourn.portal.today.day import PatientDay
from sojourn.portal.wording import visit_name, when_in_words
from sojourn.program.plans.queries import VisitRow
from sojourn.program.treatment.phases import Phase


@dataclass(frozen=True)
class Standing:
    sentence: str
    about: str


ENDED = gettext_noop("Your course has ended")
AFTER_END = gettext_noop("Your record stays here for you. To talk about what comes next, call the practice.")

# What is said where no visit is coming. A phase with None as its second sentence tells about the course instead.
BY_PHASE: dict[Phase, tuple[str, str | None]] = {
    Phase.JOINED: (
        gettext_noop("You have an account, and your assessment is still open"),
        gettext_noop("A clinician can only begin once they know something about your health."),
    ),
    Phase.DECIDING: (
        gettext_noop("A clinician is looking at your answers"),
        gettext_noop(
            "They decide with you whether this treatment is for you. Until then nothing is booked and nothing "
            "costs anything."
        ),
    ),
    Phase.ASKED: (
        gettext_noop("A clinician needs to know more before deciding"),
        gettext_noop(
            "The practice will tell you what is missing. You can also answer the assessment again with what you "
            "know now."
        ),
    ),
    Phase.DECIDED: (
        gettext_noop("A clinician found that this treatment may suit you"),
        gettext_noop(
            "Next, they choose a course with you. Then you read what it means, ask, and sign only if you want it."
        ),
    ),
    Phase.PREPARATION: (gettext_noop("Your course is chosen, and no visit is booked right now"), None),
    Phase.TREATMENT: (gettext_noop("Your course has begun, and no visit is booked right now"), None),
    Phase.AFTER: (gettext_noop("All doses of your course have been given"), None),
    Phase.COMPLETED: (
        gettext_noop("Your course is complete"),
        gettext_noop("The practice may still ask you how you are. Your record stays here for you."),
    ),
    Phase.STOPPED: (ENDED, AFTER_END),
    Phase.DROPPED_OUT: (ENDED, AFTER_END),
    Phase.NOT_TREATED: (
        gettext_noop("A clinician decided against this treatment for now"),
        gettext_noop("They can tell you why, and what would change it. Other treatments remain open to you."),
    ),
}


def standing_of(day: PatientDay) -> Standing:
    """Say where the patient is: the next visit of their course, or else what their phase means."""
    if day.coming and day.course:
        return Standing(_visit_sentence(day, day.coming[0]), _about_course(day))
    sentence, about = BY_PHASE.get(day.phase, BY_PHASE[Phase.JOINED])
    return Standing(_(sentence), _about_course(day) if about is None else _(about))


def _visit_sentence(day: PatientDay, visit: VisitRow) -> str:
    name = visit_name(visit.kind, visit.number)
    if visit.is_dosing and day.doses_booked > 1:
        name = _("%(visit)s of %(all)d") % {"visit": name, "all": day.doses_booked}
    if visit.starts_at <= day.now:
        return _("%(visit)s is now") % {"visit": name}
    when = when_in_words(visit.starts_at, visit.timezone, day.now)
    return _("%(visit)s is %(when)s") % {"visit": name, "when": _on(when)}


def _on(when: str) -> str:
    everyday = (_("today"), _("tomorrow"))
    return when if when.startswith(everyday) else _("on %(when)s") % {"when": when}


def _about_course(day: PatientDay) -> str:
    if day.course is None:
        return ""
    title = day.course.patient_title
    if not day.doses_booked:
        return _("Your course: %(title)s. The practice books the visits with you.") % {"title": title}
    return _("Your course: %(title)s. %(given)d of %(all)d doses given so far.") % {
        "title": title,
        "given": day.doses_given,
        "all": day.doses_booked,
    }
