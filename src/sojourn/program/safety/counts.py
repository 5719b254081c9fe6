"""How many alarms are open, patient by patient."""

from collections.abc import Iterable
from uuid import UUID

from django.db.models import Count, Exists, OuterRef

from sojourn.program.people.actors import Actor
from sojourn.program.people.policy import patients_visible_to
from sojourn.program.safety.models import Alarm, AlarmEvent


def open_alarms_by_patient(patient_ids: Iterable[UUID], *, actor: Actor) -> dict[UUID, int]:
    """Count the open alarms of these patients; a patient without one is not in the answer."""
    closed = AlarmEvent.objects.filter(alarm=OuterRef("pk"), what=AlarmEvent.What.CLOSED)
    rows = (
        Alarm.objects.filter(
            patients_visible_to(actor, "patient"), ~Exists(closed), patient_id__in=set(patient_ids)
        )
        .values("patient_id")
        .annotate(n=Count("pk"))
        .order_by()
    )
    return dict(rows.values_list("patient_id", "n"))
