"""Where a patient stands, in one sentence they would say themselves, and a second one of what comes next."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from sojourn.portal.today.day import PatientDay
from sojourn.portal.wording import visit_name, when_in_words
from sojourn.program.plans.queries import VisitRow
from sojourn.program.treatment.phases import Phase


@dataclass(frozen=True)
class Standing:
    sentence: str
    about: str


def standing_of(day: PatientDay) -> Standing:
    """Say where the patient is."""
    if day.coming and day.course:
        return Standing(_visit_sentence(day, day.coming[0]), _about_course(day))
    match day.phase:
        case Phase.DECIDING:
            return Standing(
                _("A clinician is looking at your answers"),
                _(
                    "They decide with you whether this treatment is for you. Until then nothing is booked and "
                    "nothing costs anything."
                ),
            )
        case Phase.ASKED:
            return Standing(
                _("A clinician needs to know more before deciding"),
                _(
                    "The practice will tell you what is missing. You can also answer the assessment again with "
                    "what you know now."
                ),
            )
        case Phase.DECIDED:
            return Standing(
                _("A clinician found that this treatment may suit you"),
                _("Next, they choose a course with you. Then you read what it means, ask, and sign only if you want it."),
            )
        case Phase.PREPARATION | Phase.TREATMENT:
            return Standing(_("Your course has begun, and no visit is booked right now"), _about_course(day))
        case Phase.AFTER:
            return Standing(_("All doses of your course have been given"), _about_course(day))
        case Phase.COMPLETED:
            return Standing(
                _("Your course is complete"),
                _("The practice may still ask you how you are. Your record stays here for you."),
            )
        case Phase.STOPPED | Phase.DROPPED_OUT:
            return Standing(
                _("Your course has ended"),
                _("Your record stays here for you. To talk about what comes next, call the practice."),
            )
        case Phase.NOT_TREATED:
            return Standing(
                _("A clinician decided against this treatment for now"),
                _("They can tell you why, and what would change it. Other treatments remain open to you."),
            )
    return Standing(
        _("You have an account, and your assessment is still open"),
        _("A clinician can only begin once they know something about your health."),
    )


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
