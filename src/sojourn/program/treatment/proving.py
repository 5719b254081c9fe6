"""Proves that the record of a session is what was sealed, or names the first link that does not hold.

The seals cover the events. Whose they are, and what documents read beside them, is held against the log and the histories.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import islice
from uuid import UUID

from sojourn.clinical.monitoring import sealing
from sojourn.program.audit import actions as audit
from sojourn.program.audit import queries as log
from sojourn.program.people.actors import Actor
from sojourn.program.people.policy import patients_visible_to
from sojourn.program.plans.models import Visit
from sojourn.program.treatment.beside_events import changed_unseen
from sojourn.program.treatment.models import SessionEvent
from sojourn.program.treatment.recorder import links_of

AT_A_TIME = 200


def proofs(visit_ids: Iterable[UUID]) -> Iterator[tuple[UUID, sealing.Verdict]]:
    """Check the chain of each visit against what the log has witnessed; seven queries for 200 visits."""
    waiting = iter(visit_ids)
    while some := tuple(islice(waiting, AT_A_TIME)):
        seen = log.seals_seen("visit", some)
        patients = dict(Visit.objects.filter(pk__in=some).values_list("pk", "patient_id"))
        changed = changed_unseen(some)
        for visit_id, links in links_of(some).items():
            its = seen.get(visit_id, ())
            witnesses = [sealing.Witness(each.sequence, each.seal) for each in its]
            verdict = sealing.verify(links, witnesses=witnesses)
            beside = _whose(its, patients.get(visit_id)) or _changed(changed.get(visit_id))
            holds = verdict.is_intact and verdict.count > 0
            yield visit_id, replace(verdict, first_break=beside) if holds else verdict


def _whose(seen: Sequence[log.SealSeen], patient_id: UUID | None) -> sealing.Break | None:
    """The first event that was witnessed as somebody else's: the seals name the visit, and the visit its patient."""
    if patient_id is None:
        return sealing.Break(0, "the visit of these events is missing")
    other = next((each for each in seen if each.patient_id not in {None, patient_id}), None)
    return sealing.Break(other.sequence, "it was witnessed as another patient's") if other else None


def _changed(said: str | None) -> sealing.Break | None:
    return sealing.Break(0, f"every event holds, and {said}") if said else None


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
