"""Names the rules that a series of visits breaks, and why a dose is held or marked."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from sojourn.clinical.evidence import Basis, Citation
from sojourn.clinical.protocols.courses import CourseProtocol, Limit, LimitKind, VisitKind


@dataclass(frozen=True, slots=True)
class Visit:
    """A booked visit. Give `starts_at` in the time zone of the site: some rules count calendar days."""

    kind: VisitKind
    number: int
    starts_at: datetime


@dataclass(frozen=True, slots=True)
class Breach:
    """A rule that is broken. `holds`: it stops the booking or the dose; otherwise it is only marked.

    `needs` is what could allow it: "never", a "medical_director", or a "reason" of the prescriber. `about` is
    the kind and number of the visit, where there is one.
    """

    rule_id: str
    says: str
    basis: Basis
    citations: tuple[Citation, ...]
    holds: bool = True
    needs: str = "never"
    about: tuple[str, int] | None = None

    @property
    def citation(self) -> Citation:
        return self.citations[0]


def breaches(*, protocol: CourseProtocol, series: Sequence[Visit]) -> tuple[Breach, ...]:
    """Name every spacing rule the series breaks, in order of time. `series` need not be sorted."""
    visits = sorted(series, key=lambda visit: (visit.starts_at, visit.kind, visit.number))
    found = [
        *_too_close(protocol, visits),
        *_too_many(protocol, visits),
        *_unprepared(protocol, visits),
        *_integration_too_late(protocol, visits),
        *_integration_outside_days(protocol, visits),
    ]
    return tuple(found)


def dose_hold(
    *, protocol: CourseProtocol, number: int, preparations_held: int, integrations_held: Collection[int]
) -> tuple[Breach, ...]:
    """Say what holds or marks a dose on the day: preparation not held, or the last integration missing.

    Both are program policy. Only the first holds the dose; the other is marked for the prescriber.
    """
    found = []
    if number == 1 and preparations_held < protocol.visit(VisitKind.PREPARATION).count:
        found.append(
            _breach(protocol.limit(LimitKind.PREPARATION_BEFORE_FIRST_DOSE), (VisitKind.DOSING, number))
        )
    if number > 1 and number - 1 not in integrations_held:
        about = (VisitKind.INTEGRATION, number - 1)
        found.append(_breach(protocol.limit(LimitKind.INTEGRATION_BEFORE_NEXT_DOSE), about))
    return tuple(found)


def _too_close(protocol: CourseProtocol, visits: Sequence[Visit]) -> Iterable[Breach]:
    limit = protocol.limit(LimitKind.MIN_HOURS_BETWEEN_DOSES)
    doses = _of_kind(visits, VisitKind.DOSING)
    for earlier, later in pairwise(doses):
        if _apart(earlier.starts_at, later.starts_at) < timedelta(hours=limit.value or 0):
            yield _breach(limit, (VisitKind.DOSING, later.number))


def _apart(earlier: datetime, later: datetime) -> timedelta:
    """Real time between two moments. Two times of one zone would be subtracted by the clock on the wall."""
    return later.astimezone(UTC) - earlier.astimezone(UTC)


def _too_many(protocol: CourseProtocol, visits: Sequence[Visit]) -> Iterable[Breach]:
    limit = protocol.limit(LimitKind.MAX_DOSES_IN_7_DAYS)
    doses = _of_kind(visits, VisitKind.DOSING)
    most = limit.value or 1
    for place in range(most, len(doses)):
        days = (doses[place].starts_at.date() - doses[place - most].starts_at.date()).days
        if days < 7:  # noqa: PLR2004 - a week
            yield _breach(limit, (VisitKind.DOSING, doses[place].number))


def _unprepared(protocol: CourseProtocol, visits: Sequence[Visit]) -> Iterable[Breach]:
    first = next(iter(_of_kind(visits, VisitKind.DOSING)), None)
    if first is None or first.number != 1:
        return
    before = [visit for visit in _of_kind(visits, VisitKind.PREPARATION) if visit.starts_at < first.starts_at]
    if len(before) < protocol.visit(VisitKind.PREPARATION).count:
        yield _breach(protocol.limit(LimitKind.PREPARATION_BEFORE_FIRST_DOSE), (VisitKind.DOSING, 1))


def _integration_too_late(protocol: CourseProtocol, visits: Sequence[Visit]) -> Iterable[Breach]:
    integrations = {visit.number: visit for visit in _of_kind(visits, VisitKind.INTEGRATION)}
    for dose in _of_kind(visits, VisitKind.DOSING):
        integration = integrations.get(dose.number - 1)
        if dose.number > 1 and (integration is None or integration.starts_at >= dose.starts_at):
            about = (VisitKind.INTEGRATION, dose.number - 1)
            yield _breach(protocol.limit(LimitKind.INTEGRATION_BEFORE_NEXT_DOSE), about)


def _integration_outside_days(protocol: CourseProtocol, visits: Sequence[Visit]) -> Iterable[Breach]:
    limit = protocol.limit(LimitKind.INTEGRATION_WITHIN_DAYS)
    doses = {visit.number: visit for visit in _of_kind(visits, VisitKind.DOSING)}
    for integration in _of_kind(visits, VisitKind.INTEGRATION):
        dose = doses.get(integration.number)
        if dose is None:
            continue
        days = (integration.starts_at.date() - dose.starts_at.date()).days
        if not 1 <= days <= (limit.value or 0):
            yield _breach(limit, (VisitKind.INTEGRATION, integration.number))


def _of_kind(visits: Sequence[Visit], kind: VisitKind) -> list[Visit]:
    return [visit for visit in visits if visit.kind == kind]


def _breach(limit: Limit, about: tuple[VisitKind, int]) -> Breach:
    return Breach(
        rule_id=limit.id,
        says=limit.says,
        basis=limit.basis,
        citations=limit.citations,
        holds=limit.holds,
        about=(about[0].value, about[1]),
    )
