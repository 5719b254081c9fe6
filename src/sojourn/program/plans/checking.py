"""Finds what stands against a series of visits: each problem names its visit, its rule, and whether it refuses."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Final
from uuid import UUID

from django.utils.translation import gettext as _

from sojourn.clinical import protocols
from sojourn.program.people.roles import Role
from sojourn.program.plans.availability import ALL_PLACES, Taken, clashes, free_places
from sojourn.program.plans.choices import VisitKind
from sojourn.program.plans.desk import Clinician, Desk
from sojourn.program.plans.holidays import holidays_of
from sojourn.program.plans.queries import VisitRow

OPENS, CLOSES = 8, 18  # local hours of a site (program policy): times outside are marked, not refused
SATURDAY: Final = 5
AT_MOST_AHEAD = timedelta(days=730)

Place = tuple[str, int]  # (kind, number): "dosing", 3
NOWHERE: Final[Place] = ("", 0)


@dataclass(frozen=True)
class WantedVisit:
    """A visit as somebody would like to book it. `chair_id` is None for a conversation or a session at home."""

    kind: str
    number: int
    starts_at: datetime
    clinician_id: UUID
    chair_id: UUID | None = None

    @property
    def place(self) -> Place:
        return self.kind, self.number


@dataclass(frozen=True)
class Problem:
    """One thing against a visit. `about` is its kind: time, clinician, credential, chair, clash, order, spacing."""

    place: Place
    about: str
    says: str
    refuses: bool
    source: str = ""


def problems_with(
    desk: Desk,
    wanted: Sequence[WantedVisit],
    *,
    standing: Sequence[VisitRow],
    taken: Sequence[Taken],
    now: datetime,
) -> tuple[Problem, ...]:
    """Find every problem of the wanted visits beside those that stand already.

    `standing` are the course's other visits (not those being moved); `taken` is the calendar without the moved ones.
    """
    found: list[Problem] = []
    calendar = list(taken)
    for visit in wanted:
        found += _of_the_time(desk, visit, now)
        found += _of_the_clinician(desk, visit)
        found += _of_the_chair(desk, visit)
        span = as_taken(desk, visit, calendar)
        is_dosing = visit.kind == VisitKind.DOSING
        found += [
            Problem(visit.place, "clash", says, refuses=True)
            for says in clashes(calendar, wanted=span, is_dosing=is_dosing, timezone=desk.course.timezone)
        ]
        calendar.append(span)
    found += _of_the_order(wanted, standing)
    found += _of_the_spacing(desk, wanted, standing)
    return tuple(found)


def as_taken(desk: Desk, visit: WantedVisit, calendar: Sequence[Taken]) -> Taken:
    """The wanted visit as a span of the calendar, in the first place its clinician has free (or all of them)."""
    ends_at = visit.starts_at + desk.lasting(visit.kind)
    clinician = desk.clinician(visit.clinician_id)
    places = free_places(
        calendar, clinician_id=visit.clinician_id, is_dosing=visit.kind == VisitKind.DOSING,
        starts_at=visit.starts_at, ends_at=ends_at,
    )  # fmt: skip
    return Taken(
        label=str(VisitKind(visit.kind).label),
        patient_id=desk.course.patient_id,
        clinician_id=visit.clinician_id,
        clinician_name=clinician.name if clinician else "",
        chair_id=visit.chair_id,
        chair_name=next((chair.name for chair in desk.chairs if chair.id == visit.chair_id), ""),
        starts_at=visit.starts_at,
        ends_at=ends_at,
        places=places or ALL_PLACES,
    )


def _of_the_time(desk: Desk, visit: WantedVisit, now: datetime) -> list[Problem]:
    if visit.starts_at <= now:
        return [Problem(visit.place, "time", _("This time has passed."), refuses=True)]
    if visit.starts_at > now + AT_MOST_AHEAD:
        return [Problem(visit.place, "time", _("This is more than two years away."), refuses=True)]
    begin = visit.starts_at.astimezone(desk.zone)
    end = begin + desk.lasting(visit.kind)
    if begin.date() in holidays_of(begin.year):
        return [Problem(visit.place, "time", _("This is on a holiday."), refuses=False)]
    if begin.weekday() >= SATURDAY:
        return [Problem(visit.place, "time", _("This is on a weekend."), refuses=False)]
    if begin.hour < OPENS or (end.hour, end.minute) > (CLOSES, 0) or end.date() != begin.date():
        return [Problem(visit.place, "time", _("This is outside 8 AM to 6 PM."), refuses=False)]
    return []


def _of_the_clinician(desk: Desk, visit: WantedVisit) -> list[Problem]:
    clinician = desk.clinician(visit.clinician_id)
    if clinician is None:
        return [
            Problem(visit.place, "clinician", _("This clinician does not work at this site."), refuses=True)
        ]
    if not clinician.runs(visit.kind):
        says = _("%(name)s does not run this kind of visit.") % {"name": clinician.name}
        return [Problem(visit.place, "clinician", says, refuses=True)]
    return _of_the_team(desk, visit, clinician) + [
        Problem(
            visit.place, "credential", f"{clinician.name} {lack}.", refuses=True, source=_("program policy")
        )
        for lack in desk.missing_papers(clinician, kind=visit.kind, starts_at=visit.starts_at)
    ]


def _of_the_team(desk: Desk, visit: WantedVisit, clinician: Clinician) -> list[Problem]:
    """A therapist sees a patient only from the care team; booking the first one puts them on it."""
    therapist = dict(desk.care_team).get(Role.THERAPIST, clinician.id)
    if set(clinician.roles) != {Role.THERAPIST} or therapist == clinician.id:
        return []
    says = _("%(name)s is not the patient's therapist and does not see the chart.") % {"name": clinician.name}
    return [Problem(visit.place, "care team", says, refuses=False, source=_("program policy"))]


def _of_the_chair(desk: Desk, visit: WantedVisit) -> list[Problem]:
    if visit.kind != VisitKind.DOSING or not desk.uses_chairs:
        return []
    if visit.chair_id not in {chair.id for chair in desk.chairs}:
        return [
            Problem(visit.place, "chair", _("A dosing session in the clinic needs a chair."), refuses=True)
        ]
    return []


def _of_the_order(wanted: Sequence[WantedVisit], standing: Sequence[VisitRow]) -> list[Problem]:
    """Doses are given in the order of their numbers: limits of the first dose and of raising it count on that."""
    asked = {visit.number for visit in wanted if visit.kind == VisitKind.DOSING}
    begin = {visit.number: visit.starts_at for visit in standing if visit.kind == VisitKind.DOSING}
    begin |= {visit.number: visit.starts_at for visit in wanted if visit.kind == VisitKind.DOSING}
    return [
        Problem(
            (str(VisitKind.DOSING), later if later in asked else earlier),
            "order",
            _("Dosing session %(later)d would come before dosing session %(earlier)d.")
            % {"later": later, "earlier": earlier},
            refuses=True,
            source=_("program policy"),
        )
        for earlier, later in pairwise(sorted(begin))
        if begin[later] <= begin[earlier] and {earlier, later} & asked
    ]


def _of_the_spacing(desk: Desk, wanted: Sequence[WantedVisit], standing: Sequence[VisitRow]) -> list[Problem]:
    """What the rules of the protocol say that they did not say of the standing visits alone."""
    before = set(_breaches(desk, standing))
    return [
        Problem(breach.about or NOWHERE, "spacing", breach.says, breach.holds, breach.citation.in_words)
        for breach in _breaches(desk, (*standing, *wanted))
        if breach not in before
    ]


def _breaches(desk: Desk, visits: Sequence[VisitRow | WantedVisit]) -> tuple[protocols.Breach, ...]:
    series = [
        protocols.Visit(
            kind=protocols.VisitKind(visit.kind),
            number=visit.number,
            starts_at=visit.starts_at.astimezone(desk.zone),
        )
        for visit in visits
    ]
    return protocols.breaches(protocol=desk.protocol, series=series)
