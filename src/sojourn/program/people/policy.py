"""Who may do what, and whose records they may see. The one place that answers either question.

Seeing is answered with a query filter, so that a page can only ever start from what its reader may see.
Doing is answered from the table below; an action asks before it loads anything.
"""

from uuid import UUID

from django.db.models import Exists, OuterRef, Q

from sojourn.program.people.actors import Actor
from sojourn.program.people.models import CareTeamMember, Patient
from sojourn.program.people.roles import CLINICIANS, Role

R = Role
SITE_WIDE = frozenset({R.PRESCRIBER, R.SESSION_MONITOR, R.COORDINATOR})

# One line per deed. A deed that is not listed may be done by nobody.
MAY: dict[str, frozenset[Role]] = {
    "answer a questionnaire": frozenset({R.PATIENT}),
    "enter answers for a patient": CLINICIANS,
    "install wording": frozenset({R.MEDICAL_DIRECTOR}),
    "sign a consent": frozenset({R.PATIENT}),
    "answer a comprehension check": frozenset({R.PATIENT}),
    "acknowledge an alarm": CLINICIANS,
    "close an alarm": CLINICIANS,
    "decide eligibility": frozenset({R.PRESCRIBER, R.MEDICAL_DIRECTOR}),
    "adopt a threshold": frozenset({R.MEDICAL_DIRECTOR}),
    "start a course": frozenset({R.PRESCRIBER, R.MEDICAL_DIRECTOR}),
    "end a course": frozenset({R.PRESCRIBER, R.MEDICAL_DIRECTOR}),
    "order a dose": frozenset({R.PRESCRIBER, R.MEDICAL_DIRECTOR}),
    "choose an interval": frozenset({R.PRESCRIBER, R.MEDICAL_DIRECTOR}),
    "offer a stop rule": frozenset({R.PRESCRIBER, R.MEDICAL_DIRECTOR}),
    "record a stop conversation": frozenset({R.PRESCRIBER, R.MEDICAL_DIRECTOR}),
    "name a goal": frozenset({R.PATIENT, R.THERAPIST, R.COORDINATOR}),
    "rate a goal": frozenset({R.PATIENT, R.THERAPIST, R.COORDINATOR}),
    "record a medicine": CLINICIANS,
    "book visits": frozenset({R.COORDINATOR, R.PRESCRIBER, R.MEDICAL_DIRECTOR}),
    "name an escort or sitter": frozenset(
        {R.PATIENT, R.COORDINATOR, R.SESSION_MONITOR, R.PRESCRIBER, R.MEDICAL_DIRECTOR}
    ),
    "say what is ready": frozenset(
        {R.PATIENT, R.COORDINATOR, R.SESSION_MONITOR, R.PRESCRIBER, R.MEDICAL_DIRECTOR}
    ),
    "note a readiness": frozenset({R.COORDINATOR, R.SESSION_MONITOR, R.PRESCRIBER, R.MEDICAL_DIRECTOR}),
    "account for tablets": frozenset({R.COORDINATOR, R.SESSION_MONITOR, R.PRESCRIBER, R.MEDICAL_DIRECTOR}),
    "note a sign": CLINICIANS,
    "settle a sign": frozenset({R.PRESCRIBER, R.MEDICAL_DIRECTOR}),
    "follow up after a dose": CLINICIANS,
    "hand out a sitter link": frozenset({R.COORDINATOR, R.SESSION_MONITOR, R.PRESCRIBER, R.MEDICAL_DIRECTOR}),
    "take down a session's place": frozenset(
        {R.COORDINATOR, R.SESSION_MONITOR, R.PRESCRIBER, R.MEDICAL_DIRECTOR}
    ),
    "run a dosing session": frozenset({R.SESSION_MONITOR, R.PRESCRIBER, R.MEDICAL_DIRECTOR}),
    "file a form": frozenset({R.SESSION_MONITOR, R.PRESCRIBER, R.MEDICAL_DIRECTOR}),
    "write a visit note": frozenset({R.THERAPIST, R.PRESCRIBER}),
    "write a private note": frozenset({R.THERAPIST}),
    "choose a care team": frozenset({R.COORDINATOR, R.PRESCRIBER, R.MEDICAL_DIRECTOR}),
    "keep credentials": frozenset({R.COORDINATOR, R.MEDICAL_DIRECTOR}),
    "add a chair": frozenset({R.COORDINATOR, R.MEDICAL_DIRECTOR}),
    "add a site": frozenset({R.MEDICAL_DIRECTOR}),
    "set the practice's number": frozenset({R.MEDICAL_DIRECTOR}),
    "add staff": frozenset({R.MEDICAL_DIRECTOR}),
    "publish a statement": frozenset({R.MEDICAL_DIRECTOR}),
    "end somebody's work": frozenset({R.MEDICAL_DIRECTOR}),
    "see the practice's results": frozenset({R.PRESCRIBER, R.MEDICAL_DIRECTOR}),
    "publish results": frozenset({R.MEDICAL_DIRECTOR}),
    "rehearse": frozenset({R.SESSION_MONITOR, R.PRESCRIBER, R.MEDICAL_DIRECTOR}),
    "see everybody's drills": frozenset({R.MEDICAL_DIRECTOR}),
}


class NotAllowed(Exception):
    """The actor's role does not include this deed, or the patient is not theirs to see."""


def patients_visible_to(actor: Actor, path: str = "", *, site: str = "") -> Q:
    """Filter for the patients this actor may see; `path` leads from the model being filtered to the patient.

    `site` names a column of that model that holds the patient's site, where it has one: then no patient is looked up.

    A medical director sees everyone; prescribers, session monitors and coordinators see the patients of their
    sites; a therapist sees the patients whose care team they are on; patients see themselves; nobody else anyone.
    """
    to = f"{path}__" if path else ""
    if R.MEDICAL_DIRECTOR in actor.roles:
        return Q(**{f"{to}pk__isnull": False})
    seen = Q(pk__in=[])
    if actor.patient_id is not None:
        seen |= Q(**{f"{to}pk": actor.patient_id})
    if actor.is_any_of(SITE_WIDE):
        seen |= Q(**{f"{site or f'{to}site'}__in": actor.site_ids})
    if R.THERAPIST in actor.roles:
        patient = OuterRef(f"{to}pk")
        seen |= Q(
            Exists(CareTeamMember.objects.filter(patient=patient, staff_member=actor.staff_id, until_at=None))
        )
    return seen


def sites_seen_whole(actor: Actor, column: str = "site_id") -> Q | None:
    """Filter for the sites whose every patient this actor may see, where these are all they may see; else None.

    Then patients need not be looked at one by one to be counted.
    """
    if R.MEDICAL_DIRECTOR in actor.roles:
        return Q()
    if actor.is_any_of(SITE_WIDE) and actor.patient_id is None and R.THERAPIST not in actor.roles:
        return Q(**{f"{column}__in": actor.site_ids})
    return None


def may_see(actor: Actor, patient_id: UUID) -> bool:
    """True when this patient is among those the actor may see."""
    return Patient.objects.filter(patients_visible_to(actor), pk=patient_id).exists()


def may_do(actor: Actor, deed: str) -> bool:
    """True when one of the actor's roles includes the deed (for showing or hiding a button)."""
    return actor.is_any_of(MAY[deed])


def require(actor: Actor, deed: str, *, patient_id: UUID | None = None) -> None:
    """Raise NotAllowed unless the actor's role includes the deed and, where one is named, the patient is theirs."""
    if not may_do(actor, deed):
        raise NotAllowed(f"{actor.role_names or 'nobody'} may not {deed}")
    if patient_id is None or patient_id == actor.patient_id:
        return
    if not may_see(actor, patient_id):
        raise NotAllowed("this patient is not theirs to see")
