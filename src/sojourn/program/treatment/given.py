"""The doses on record, and what ended the sessions in which they were given."""

from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery

from sojourn.program.treatment.choices import EventKind
from sojourn.program.treatment.models import SessionEvent


def dose_given(**of_visit: Any) -> QuerySet[SessionEvent]:
    """The dose on record of a visit: the `dosed` event that was not withdrawn."""
    return SessionEvent.objects.filter(kind=EventKind.DOSED, withdrawn_by=None, **of_visit)


def end_of_dosing(**of_visit: Any) -> QuerySet[SessionEvent]:
    """What ended a session that had a dose: a discharge, or that the patient left. Who went out before it ended nothing."""
    return SessionEvent.objects.filter(
        kind__in=(EventKind.DISCHARGED, EventKind.LEFT),
        withdrawn_by=None,
        taken_at__gte=Subquery(
            dose_given(visit=OuterRef("visit")).order_by("taken_at").values("taken_at")[:1]
        ),
        **of_visit,
    )
