"""The hours after today's dose in plain words, from the model: what to expect, and that it decides nothing."""

from dataclasses import dataclass

from sojourn.clinical.pharmacology import CannotSimulate, ExpectedCourse, expected_course, ordered_dose
from sojourn.clinical.protocols import Setting
from sojourn.portal.today.day import PatientDay
from sojourn.program.people.places import local_date
from sojourn.program.treatment.held import days_since_doses


@dataclass(frozen=True)
class ComingHours:
    """Minutes from the start of the dose, each rounded to five, the last one up to a quarter of an hour.

    `number` is that of the session in its course; the last minute is also given as if it were a first session.
    """

    number: int
    begins_min: int | None
    strongest_min: int
    mostly_over_min: int | None
    first_over_min: int | None
    at_home: bool
    course: ExpectedCourse


def coming_hours(day: PatientDay) -> ComingHours | None:
    """Tell a patient on the day of a session; None on other days and where no dose is ordered."""
    visit, course, protocol = day.next_dose, day.course, day.protocol
    if visit is None or course is None or protocol is None or course.dose_mg is None:
        return None
    if local_date(visit.starts_at, day.card.timezone) != day.today:
        return None
    try:
        found = expected_course(
            dose=ordered_dose(route=protocol.route, drug=protocol.drug, mg=float(course.dose_mg)),
            weight_kg=float(course.weight_kg) if course.weight_kg else None,
            days_before=days_since_doses(day.held, on=day.today, without=visit.id),
        )
    except CannotSimulate:
        return None
    return ComingHours(
        number=visit.number,
        begins_min=None if found.begins_min is None else round(found.begins_min),
        strongest_min=round(found.strongest_min),
        mostly_over_min=found.back_from_dissociation.most_by_rounded_min,
        first_over_min=found.back_as_first.most_by_rounded_min,
        at_home=protocol.setting is Setting.HOME,
        course=found,
    )
