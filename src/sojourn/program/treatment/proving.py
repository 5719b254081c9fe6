"""Proves that the record of a session is what was sealed, or names the first link that does not hold."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import islice
from uuid import UUID

from sojourn.clinical.monitoring import sealing
from sojourn.program.audit import actions as audit
from sojourn.program.audit import queries as log
from sojourn.program.people.actors import Actor
from sojourn.program.people.policy import patients_visible_to
from sojourn.program.plans.models import Visit
from sojourn.program.treatment.models import SessionEvent
from sojourn.program.treatment.recorder import links_of

AT_A_TIME = 200


def proofs(visit_ids: Iterable[UUID]) -> Iterator[tuple[UUID, sealing.Verdict]]:
    """Check the chain of each visit against what the log has witnessed; two queries for 200 visits."""
    waiting = iter(visit_ids)
    while some := tuple(islice(waiting, AT_A_TIME)):
        seen = log.seals_seen("visit", some)
        for visit_id, links in links_of(some).items():
            witnesses = [sealing.Witness(each.sequence, each.seal) for each in seen.get(visit_id, ())]
            yield visit_id, sealing.verify(links, witnesses=witnesses)


def recorded_visits() -> tuple[UUID, ...]:
    """Every visit of which anything was ever recorded, by the events or by the log."""
    told = set(SessionEvent.objects.values_list("visit_id", flat=True).distinct())
    return tuple(sorted(told | log.things_witnessed("visit")))


def sealed_session(visit_id: UUID, *, actor: Actor, now: datetime) -> str | None:
    """A session as a file that verifies without this database, or None where the actor may not see it."""
    visit = Visit.objects.filter(patients_visible_to(actor, "patient"), pk=visit_id).first()
    if visit is None:
        return None
    audit.record(actor, "exported a session", about=("visit", visit_id), at=now, patient_id=visit.patient_id)
    return export(visit_id, now=now)


def export(visit_id: UUID, *, now: datetime) -> str:
    """The sealed file of a visit. The caller has asked whether its reader may see the patient."""
    return sealing.sealed_file(links_of([visit_id])[visit_id], visit_id=str(visit_id), exported_at=now)
