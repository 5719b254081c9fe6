"""The doses on record."""

from typing import Any

from django.db.models import QuerySet

from sojourn.program.treatment.choices import EventKind
from sojourn.program.treatment.models import SessionEvent


def dose_given(**of_visit: Any) -> QuerySet[SessionEvent]:
    """The dose on record of a visit: the `dosed` event that was not withdrawn."""
    return SessionEvent.objects.filter(kind=EventKind.DOSED, withdrawn_by=None, **of_visit)
